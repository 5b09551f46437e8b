"""A list of 100,000 rows: how long until its report stands, how much memory that takes, and whether it finds the slips.

Each format is read and reported in a process of its own: wall and processor time of `read_rows` and of
`imports.report` together, and the most memory that the process ever held. The report is one process that waits for
nothing, so that its processor time is its wall time on a machine that is not shared; the bar BAR_S is held to it.

96 of 100 rows have a place, the others a name and a town alone; planted are rows of the same door with a slip in the
name, rows with one digit otherwise in the latitude, and rows that are there already. The bars are BAR_S and BAR_MB, and
at least FOUND of what was planted.

`importing.py long` writes LONG rows and reports them a part at a time, as `import --report` does: BAR_MB again.

Peers, in the same process over the same file, and a ratio of a peer's time by ours:
- pandas.read_csv, GeoPandas.read_file (pyogrio or Fiona): the file alone, nothing understood or compared.
- rapidfuzz cdist (WRatio, two workers): the names alone, SAMPLE of them against all, counted up to all of them.
- GeoPandas.sjoin (dwithin, on a plane): the places alone, which ones lie within 250 m of one another.

Control: the same report with the comparison switched off must find none of what was planted.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from shapely.geometry import box

from geo_offlimits.bootstrap import initialise, wire
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Mission, Organisation
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.proof import Shown
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.streaming import stream_rows
from geo_offlimits.services import import_rows, imports, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.import_parts import LongReport
from geo_offlimits.settings import Settings

ROWS, SAMPLE, LONG = 100_000, 400, 1_000_000
BAR_S, BAR_MB, FOUND = 20.0, 500.0, 0.99
ROUNDS = 1
SLIPS, DIGITS, TWICE = 1_000, 300, 500
Box = tuple[float, float, float, float]
BOX, LONG_BOX = (-42.0, 37.0, -40.0, 39.0), (-46.0, 33.0, -40.0, 39.0)
FORMATS = ("csv", "geojson")
_PLANE = "EPSG:32624"
RESULTS = Path(__file__).resolve().parent / "results" / "importing.json"
FIRST = (
    "Blue",
    "Red",
    "Old",
    "Golden",
    "Silver",
    "Green",
    "Royal",
    "Little",
    "Grand",
    "Black",
    "White",
    "Lucky",
    "Quiet",
)
SECOND = ("Lantern", "Anchor", "Harbour", "Palace", "Garden", "Dragon", "Lion", "Bridge", "Tower", "Crown", "Falcon")
KINDS = ("bar", "hotel", "night club", "restaurant")
LETTERS = "abdefgiklmnoprstuvz"
Record = dict[str, Any]


def invented(rows: int) -> tuple[list[Record], dict[str, set[int]]]:
    """The rows, and the places (from 0) of those that were planted."""
    chance = random.Random(2026)
    made = [_venue(chance, at) for at in range(rows)]
    planted: dict[str, set[int]] = {"slip": set(), "digit": set(), "twice": set()}
    placed = [at for at in range(rows // 2) if made[at]["latitude"]]
    later = iter(chance.sample(range(rows // 2, rows), SLIPS + DIGITS + TWICE))
    for what, count in (("slip", SLIPS), ("digit", DIGITS), ("twice", TWICE)):
        for at in chance.sample(placed, count):
            other = next(later)
            made[other] = _like(made[at], what)
            planted[what].add(other)
    return made, planted


def _venue(chance: random.Random, at: int, *, letters: int = 7, box: Box = BOX) -> Record:
    own, street = ("".join(chance.choice(LETTERS) for _ in range(letters)).title() for _ in range(2))
    placed = at % 25 != 7
    west, south, east, north = box
    return {
        "name": f"{chance.choice(FIRST)} {own} {chance.choice(SECOND)}",
        "latitude": f"{chance.uniform(south, north):.6f}" if placed else "",
        "longitude": f"{chance.uniform(west, east):.6f}" if placed else "",
        "address": f"{street} Road {at}",
        "locality": f"Town {at % 400}",
        "category": chance.choice(KINDS),
        "note": f"seen on patrol {at}",
    }


def written_long(path: Path, rows: int) -> dict[str, set[int]]:
    """A CSV of so many rows over LONG_BOX, whose names have words of nine letters; and what was planted in it."""
    chance, planted = random.Random(2027), {"slip": set[int](), "digit": set[int](), "twice": set[int]()}
    some: list[Record] = []
    with path.open("w", encoding="utf-8") as file:
        for at in range(rows):
            made = _venue(chance, at, letters=9, box=LONG_BOX)
            what = ("slip", "digit", "twice")[at // 100 % 3]
            if at % 100 == 0 and at > rows // 10:
                made = _like(some.pop(chance.randrange(len(some))), what)
                planted[what].add(at)
            elif made["latitude"] and at % 40 == 0:
                some.append(made)
            if not at:
                file.write(",".join(made) + "\n")
            file.write(",".join(made.values()) + "\n")
    return planted


def _like(one: Record, what: str) -> Record:
    if what == "slip":
        words = one["name"].split()
        return one | {"name": f"{words[0]} {words[1][:-2]}{words[1][-1]} {words[2]}", "address": ""}
    if what == "digit":
        latitude = one["latitude"]
        other = str((int(latitude[4]) + 1) % 10)
        return one | {"latitude": latitude[:4] + other + latitude[5:], "address": ""}
    return dict(one)


def written(rows: list[Record], form: str) -> bytes:
    if form == "csv":
        lines = [",".join(rows[0]), *(",".join(map(str, one.values())) for one in rows)]
        return "\n".join(lines).encode()
    return json.dumps({"type": "FeatureCollection", "features": list(map(_feature, rows))}).encode()


def _feature(one: Record) -> Record:
    told = {key: value for key, value in one.items() if key not in ("latitude", "longitude")}
    point = (
        {"type": "Point", "coordinates": [float(one["longitude"]), float(one["latitude"])]} if one["latitude"] else None
    )
    return {"type": "Feature", "properties": told, "geometry": point}


ALWAYS = datetime(2200, 1, 1, tzinfo=UTC)
ACTOR = Actor(
    person=Person(
        person_id="officer",
        number="1",
        name="Officer",
        unit="Police",
        category=PersonnelCategory.POLICE,
        mission="BENCH",
    ),
    grants=(RoleGrant(role=Role.ADMIN, mission=None), RoleGrant(role=Role.OFFICER, mission="BENCH")),
    shown=Shown(passphrase_at=ALWAYS, factor_at=ALWAYS),
)


@contextmanager
def mission() -> Iterator[Act]:
    """An act that reads in a mission with a territory and no entry yet."""
    owner = Mission(code="BENCH", name="Bench", organisation=Organisation.UN, timezone="UTC", territory="own")
    ground = Boundary(kind=BoundaryKind.TERRITORY, name="Bench", geometry=box(*LONG_BOX))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=f"sqlite:///{folder}/register.db", data_dir=Path(folder) / "data")
        initialise(settings)
        wiring = wire(settings)
        with wiring.writing(ACTOR) as act:
            missions.add_mission(act, owner, ground)
        with wiring.reading(ACTOR) as act:
            yield act
        wiring.store.close()


# ---- one process a format --------------------------------------------------------------------------------------------


def measured(path: Path, *, compares: bool) -> Record:
    """In a process of its own: what `main` asks it for."""
    if not compares:
        setattr(import_rows, "alikes", lambda *_: {})  # noqa: B010  (the control: it compares nothing)
        setattr(import_rows, "suspicions", lambda *_: {})  # noqa: B010
    with mission() as act:
        start, busy = time.perf_counter(), time.process_time()
        table = read_rows(path, limit_rows=2 * ROWS, limit_bytes=2**28)
        read = time.perf_counter()
        report = imports.report(act, "BENCH", table)
        end, busy = time.perf_counter(), time.process_time() - busy
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    statuses = {one.row: one.status.value for one in report.reports}
    return {
        "read_s": read - start,
        "report_s": end - read,
        "seconds": end - start,
        "processor_s": busy,
        "megabytes": megabytes,
        "counts": {status.value: count for status, count in report.counts.items()},
        "statuses": [statuses[number] for number in sorted(statuses)],
    }


def measured_long(path: Path) -> Record:
    """The same by parts, with what each row was found to be, a letter each."""
    statuses = bytearray()
    with mission() as act:
        start, busy = time.perf_counter(), time.process_time()
        stream = stream_rows(path)
        report = LongReport(act, "BENCH", stream, name=path.name, source="bench")
        for reports in report.parts():
            statuses += "".join(one.status.value[0] for one in reports).encode()
        end, busy = time.perf_counter(), time.process_time() - busy
    return {
        "seconds": end - start,
        "processor_s": busy,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "counts": {status.value: count for status, count in report.summary.counts.items()},
        "statuses": statuses.decode(),
    }


def peers(path: Path, form: str) -> dict[str, float]:
    """Processor seconds of each; cdist counted up from a sample to all names."""
    readers: dict[str, Callable[[], Any]] = {
        "csv": lambda: pd.read_csv(path),
        "geojson": lambda: gpd.read_file(path, engine="fiona"),
    }
    start = time.process_time()
    table = readers[form]()
    read = time.process_time() - start
    names = table["name"].astype(str).tolist()
    start = time.process_time()
    cdist(names[:SAMPLE], names, scorer=fuzz.WRatio, score_cutoff=85, workers=2)
    compared = (time.process_time() - start) * len(names) / SAMPLE
    start = time.process_time()
    if form == "csv":
        table = table.dropna(subset=["latitude", "longitude"])
        places = gpd.GeoSeries(gpd.points_from_xy(table["longitude"], table["latitude"]), crs="EPSG:4326")
    else:
        places = table.geometry.dropna()
    layer = gpd.GeoDataFrame(geometry=places).to_crs(_PLANE)
    layer.sjoin(layer, predicate="dwithin", distance=250.0)
    return {
        "pandas.read_csv" if form == "csv" else "GeoPandas.read_file": read,
        "rapidfuzz cdist": compared,
        "GeoPandas.sjoin": time.process_time() - start,
    }


def found(taken: Record, planted: dict[str, set[int]]) -> dict[str, float]:
    """The part of what was planted that does not stand as new."""
    return {
        what: sum(taken["statuses"][at] != "new" for at in places) / len(places) for what, places in planted.items()
    }


# ---- the report ------------------------------------------------------------------------------------------------------


def asked(path: Path, what: str) -> Record:
    """`measured` or `peers` by a process that has done nothing else."""
    done = subprocess.run([sys.executable, __file__, what, str(path)], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def answer(what: str, path: Path) -> None:
    if what == "parts":
        done = measured_long(path)
    else:
        done = peers(path, path.suffix[1:]) if what == "peers" else measured(path, compares=what != "control")
    print(json.dumps(done))


def long() -> None:
    """LONG rows by parts; its figures are printed, and kept beside the others."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.csv"
        planted = written_long(path, LONG)
        taken = asked(path, "parts")
    shares = {
        what: sum(taken["statuses"][at] != "n" for at in places) / len(places) for what, places in planted.items()
    }
    told = {name: taken[name] for name in ("seconds", "processor_s", "megabytes", "counts")}
    result = RESULTS.with_name("importing_long.json")
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps(told | {"rows": LONG, "found": shares}, indent=2) + "\n", encoding="utf-8")
    print(
        f"{LONG} rows: {taken['processor_s']:.0f} s of processor, {taken['seconds']:.0f} s, {taken['megabytes']:.0f} MB"
    )
    print(f"{taken['counts']}; found {shares}")
    if taken["megabytes"] > BAR_MB or min(shares.values()) < FOUND:
        raise SystemExit(f"A long list takes more than {BAR_MB:.0f} MB, or less than {FOUND:.0%} of it is found.")


def spread(figures: list[float]) -> dict[str, float]:
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures)}


def of_format(form: str, folder: Path) -> Record:
    rows, planted = invented(ROWS)
    path = folder / f"list.{form}"
    path.write_bytes(written(rows, form))
    rounds = [(asked(path, "report"), asked(path, "peers")) for _ in range(ROUNDS)]
    ours = [one["processor_s"] for one, _ in rounds]
    control = asked(path, "control")
    return {
        "seconds": spread([one["seconds"] for one, _ in rounds]),
        "read_seconds": spread([one["read_s"] for one, _ in rounds]),
        "processor_seconds": spread(ours),
        "megabytes": spread([one["megabytes"] for one, _ in rounds]),
        "ratio": {
            name: spread([other[name] / one for one, (_, other) in zip(ours, rounds, strict=True)])
            for name in rounds[0][1]
        },
        "counts": rounds[0][0]["counts"],
        "found": found(rounds[0][0], planted),
        "control": found(control, {what: places for what, places in planted.items() if what != "twice"}),
    }


def short_of_the_bar(report: Record) -> Iterator[str]:
    for form in FORMATS:
        one = report[form]
        if one["processor_seconds"]["min"] > BAR_S:
            yield f"{form} takes longer than {BAR_S:.0f} s."
        if one["megabytes"]["max"] > BAR_MB:
            yield f"{form} takes more than {BAR_MB:.0f} MB."
        yield from (f"{form}: only {share:.1%} of {what}." for what, share in one["found"].items() if share < FOUND)


def main() -> None:
    report: Record = {
        "measure": "report on a list of 100,000 rows; ratio: processor seconds of a peer by ours",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": ROWS,
        "rounds": ROUNDS,
    }
    with tempfile.TemporaryDirectory() as folder:
        report |= {form: of_format(form, Path(folder)) for form in FORMATS}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for form in FORMATS:
        one = report[form]
        for name in ("processor_seconds", "seconds"):
            print(f"{form:8} {name} {one[name]['median']:.1f} ({one[name]['min']:.1f} to {one[name]['max']:.1f})")
        print(f"{form:8} {one['megabytes']['max']:.0f} MB; {one['counts']}; found {one['found']}")
        for name, ratio in one["ratio"].items():
            print(f"{form:8} {name:20} by ours: {ratio['median']:.3f}")
    if any(share > 1 - FOUND for form in FORMATS for share in report[form]["control"].values()):
        raise SystemExit("Without comparing it found as much, so what was planted shows nothing.")
    if short := tuple(short_of_the_bar(report)):
        raise SystemExit(" ".join(short))


if __name__ == "__main__":
    if sys.argv[1:] == ["long"]:
        long()
    elif len(sys.argv) > 1:
        answer(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
