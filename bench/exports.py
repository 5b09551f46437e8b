"""Every export of 10,000 premises, beside GDAL writing the same layer through pyogrio in the same run.

The peer writes the texts that our file holds for each entry, to memory, from a table that is ready: of GPX with both
extensions of Garmin and OsmAnd's as extension fields, of KML and KMZ (driver LIBKML) points only, of CSV and XLSX every
column of ours, of GeoJSON every property of the edition, those with several members as text, of GeoPackage the same
layers as ours, for QField with the zones as third and packed. GDAL writes nothing for TAK: its peer is KMZ with the
points and, because KML has no circle, the zones that warn as polygons. A ratio is our time by the peer's: below 1 ours
is quicker. The bar is 1.5. Unfiltered GeoJSON is the edition's own bytes and is no writing at all; measured is the same
whole list as a part.

Memory: the most that Python held at once while a file was written (tracemalloc), beside the size of the file.

Control: a writer that sleeps for twice the peer's time must be over the bar.
"""

import json
import random
import statistics
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from shapely import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Checkpoint, Edition, Entry
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from geo_offlimits.formats.edition import encode, properties
from geo_offlimits.formats.excerpt import Excerpt, in_a_line
from geo_offlimits.formats.geopackage import readable
from geo_offlimits.formats.gpx import short_name
from geo_offlimits.formats.qfield import alarm_zones
from geo_offlimits.formats.table import Table
from geo_offlimits.layer import boundaries_layer
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services.forms import FORMS

RESULTS = Path(__file__).resolve().parent / "results" / "exports.json"
PREMISES, ROUNDS, BAR = 10_000, 7, 1.5
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SIGNS = ("Blue Lantern", "Плава лампа", "مقهى الميناء", "ሰማያዊ ፋኖስ", "नीली लालटेन", "蓝灯酒吧", "Zoë & Søn")
WHOLE = {"sector": None}
KML = {"driver": "LIBKML"}
# What GDAL finds ready for the further layers of a package.
ZONES: dict[str, gpd.GeoDataFrame] = {}


def edition() -> Edition:
    rng = random.Random(20261120)
    return Edition(
        mission="BENCH",
        mission_name="Invented mission",
        timezone="UTC",
        number=1,
        previous_sha256=None,
        issued_at=NOW,
        expires_at=NOW.replace(year=2027),
        statement={"en": "I have read the list."},
        contacts=(),
        facilities=(),
        boundaries=(),
        checkpoint=Checkpoint(size=0, root_sha256="0" * 64),
        entries=tuple(entry(number, rng) for number in range(1, PREMISES + 1)),
    )


def entry(number: int, rng: random.Random) -> Entry:
    lon, lat = rng.uniform(-30.3, -30.0), rng.uniform(10.0, 10.3)
    footprint = Point(lon, lat) if number % 10 else box(lon, lat, lon + 0.0004, lat + 0.0003)
    name = f"{rng.choice(SIGNS)} {number}"
    return Entry(
        entry_id=f"BENCH-{number:05d}",
        name=name,
        names=(Name(text=name), Name(text=f"Old {name}")),
        subject=SubjectKind.PREMISES,
        category=rng.choice(list(VenueKind)),
        restriction=rng.choice(list(Restriction)),
        since=NOW,
        address=f"{number} Quay",
        locality=rng.choice(("Port", "Vela")),
        sector=rng.choice(("North", "South")),
        mgrs="26P KS 12345 67890",
        uncertainty_m=10.0,
        issuer="BENCH",
        directive="BENCH/DIR/1",
        geometry=canonical_geometry(footprint),
    )


def excerpt(of: Edition, content: bytes = b"") -> Excerpt:
    """Made anew for each writing, so that nothing is kept from the one before."""
    return Excerpt(
        edition=of, sha256="a" * 64, fingerprint="b" * 64, entries=of.entries, filtered=WHOLE, content=content
    )


# ---- the peer --------------------------------------------------------------------------------------------------------


def layers(of: Edition) -> dict[str, tuple[gpd.GeoDataFrame, dict[str, Any]]]:
    """For each format the table that GDAL writes, and how."""
    told = excerpt(of)
    points = gpd.GeoSeries([Point(one.lon, one.lat) for one in told.placed], crs=4326)
    texts = [in_a_line(one.entry) for one in told.placed]
    alarms = [str(one.alarm_m) for one in told.placed]
    waypoints = gpd.GeoDataFrame(
        {
            "name": [short_name(one.entry) for one in told.placed],
            "cmt": texts,
            "desc": texts,
            "sym": "Restricted Area",
            "type": "Off limits",
            "time": [one.entry.since for one in told.placed],
            "gpxx_Proximity": alarms,
            "wptx1_Proximity": alarms,
            "osmand_color": "#c03300",
            "osmand_icon": "special_symbol_exclamation_mark",
            "osmand_background": "octagon",
        },
        geometry=points,
    )
    placemarks = gpd.GeoDataFrame(
        {
            "Name": [one.entry.name for one in told.placed],
            "Description": texts,
            "begin": [one.entry.since for one in told.placed],
            "entry_id": [one.entry.entry_id for one in told.placed],
            "restriction": "Off limits",
        },
        geometry=points,
    )
    return {
        "geojson": (features(of), {"driver": "GeoJSON", "RFC7946": "YES"}),
        "gpx": (waypoints, {"driver": "GPX", "layer": "waypoints", "GPX_USE_EXTENSIONS": "YES"}),
        "kml": (placemarks, KML),
        "kmz": (placemarks, KML),
        "tak": (pd.concat([placemarks, placemarks.set_geometry(alarm_zones(told.placed).geometry)]), KML),
        "csv": (rows(told, facts=True), {"driver": "CSV", "WRITE_BOM": "YES"}),
        "xlsx": (rows(told, facts=False), {"driver": "XLSX"}),
        **dict.fromkeys(("gpkg", "qfield"), (readable(told), {"driver": "GPKG", "layer": "premises"})),
    }


def features(of: Edition) -> gpd.GeoDataFrame:
    flat = [
        {
            name: json.dumps(value) if isinstance(value, dict | list) else value
            for name, value in properties(one).items()
        }
        for one in of.entries
    ]
    return gpd.GeoDataFrame(flat, geometry=[one.geometry for one in of.entries], crs=4326)


def rows(told: Excerpt, *, facts: bool) -> gpd.GeoDataFrame:
    table = Table(told)
    beside = dict(table.facts()) if facts else {}
    cells = gpd.GeoDataFrame(list(table.rows()), columns=table.headings)
    for heading, text in beside.items():
        cells[heading] = text
    return cells


def written_by_gdal(form: str, layer: gpd.GeoDataFrame, how: dict[str, Any]) -> bytes:
    # A driver tells KML from KMZ by the name alone, so this one goes through a file, in memory where there is room.
    if form in {"kmz", "tak"}:
        path = RESULTS.parent / "peer.kmz"
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(layer, path, **how)
        return path.read_bytes()
    if how["driver"] == "GPKG":
        return packages(form, layer, how)
    file = BytesIO()
    pyogrio.write_dataframe(layer, file, **how)
    return file.getvalue()


def packages(form: str, layer: gpd.GeoDataFrame, how: dict[str, Any]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "peer.gpkg")
        pyogrio.write_dataframe(layer, path, **how)
        for name, outlines in ZONES.items():
            if form == "qfield" or name == "boundaries":
                pyogrio.write_dataframe(outlines, path, driver="GPKG", layer=name, append=True)
        if form == "gpkg":
            return path.read_bytes()
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, "offlimits.gpkg")
        return packed.getvalue()


# ---- the measure -----------------------------------------------------------------------------------------------------


def seconds(write: Callable[[], object]) -> float:
    started = time.process_time()
    write()
    return time.process_time() - started


def spread(figures: list[float]) -> dict[str, float]:
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures)}


def compared(ours: Callable[[], object], peer: Callable[[], object]) -> dict[str, Any]:
    """Interleaved, each once before the clock starts."""
    ours(), peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(ROUNDS)]
    return {
        "ours_s": spread([one for one, _ in pairs]),
        "peer_s": spread([other for _, other in pairs]),
        "ratio": spread([one / other for one, other in pairs]),
    }


def memory(write: Callable[[], bytes]) -> dict[str, float]:
    tracemalloc.start()
    size = len(write())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"file_bytes": size, "peak_bytes": peak, "peak_by_file": peak / size}


def lags(peer: Callable[[], object]) -> Callable[[], None]:
    def write() -> None:
        until = time.process_time() + 2 * seconds(peer)
        while time.process_time() < until:
            pass

    return write


def main() -> None:
    # GDAL speaks of drivers that know no geometry, and of names of fields that it shortens.
    warnings.simplefilter("ignore")
    RESULTS.parent.mkdir(exist_ok=True)
    of = edition()
    content = encode(of)
    ZONES["boundaries"] = boundaries_layer(of.boundaries)
    ZONES["alarm_zones"] = alarm_zones(excerpt(of).placed)
    report: dict[str, Any] = {
        "measure": "seconds of processor to write a list, ours by GDAL through pyogrio",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "premises": PREMISES,
        "rounds": ROUNDS,
        "gdal": ".".join(map(str, pyogrio.__gdal_version__)),
        "formats": {},
    }
    for form, (layer, how) in layers(of).items():
        ours = lambda form=form: FORMS[form].written(excerpt(of, content))  # noqa: E731
        peer = lambda form=form, layer=layer, how=how: written_by_gdal(form, layer, how)  # noqa: E731
        report["formats"][form] = compared(ours, peer) | {"peer": how["driver"], "memory": memory(ours)}
    report["control"] = compared(lags(peer), peer)["ratio"]
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    tell(report)


def tell(report: dict[str, Any]) -> None:
    slow = []
    for form, told in report["formats"].items():
        ratio, held = told["ratio"], told["memory"]
        print(
            f"{form:8} {told['ours_s']['median']:.3f} s, by {told['peer']:8} {ratio['median']:.2f} "
            f"(min {ratio['min']:.2f}, max {ratio['max']:.2f}); {held['file_bytes'] / 2**20:.1f} MB, "
            f"{held['peak_by_file']:.1f} times that held"
        )
        if ratio["median"] > BAR:
            slow.append(form)
    missing = sorted(FORMS.keys() - report["formats"].keys())
    if missing:
        print(f"Not measured, for want of a peer here: {', '.join(missing)}.")
    if report["control"]["median"] <= BAR:
        raise SystemExit("A writer that takes three times the peer's time is within the bar: this measures nothing.")
    if slow:
        raise SystemExit(f"Slower than {BAR} times GDAL: {', '.join(slow)}.")


if __name__ == "__main__":
    main()
