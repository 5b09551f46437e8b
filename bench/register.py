"""What stood at a time in a mission of 10,000 premises with ten versions each, on both kinds of store.

- status_at: the use case, now and as known two versions ago: rows, domain, validity of every listing.
- all: the whole register of the mission, as the worklist and the publication read it: subjects and terms, too.
- SELECT: the control and the peer. The driver alone (sqlite3, psycopg) reads the rows that stand, of the same tables,
  into tuples: no register can be quicker than its rows.

A ratio is the peer's time by ours: below 1 the peer is quicker. Rounds are interleaved. A version is a rename, a step
or another day of review, in rows as the product writes them. The bar is BAR_S for `status_at`, median, on both stores.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from peers.postgresql import private_cluster
from shapely.geometry import Point, box
from sqlalchemy import Connection

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.designation import Basis, Restriction, StepKind, Terms
from geo_offlimits.domain.mission import Mission, Organisation
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind, VenueKind
from geo_offlimits.domain.proof import Shown
from geo_offlimits.services import register
from geo_offlimits.settings import Settings
from geo_offlimits.store import Transaction, tables
from geo_offlimits.store.described import subject_columns, terms_columns

PREMISES, ROUNDS, BAR_S = 10_000, 9, 0.5
RENAMES = 4
FEW = 100
STEPS = (
    (StepKind.PROPOSED, "proposed", "officer"),
    (StepKind.DESIGNATED, "in_force", "head"),
    (StepKind.LIFT_PROPOSED, "lift_proposed", "officer"),
    (StepKind.LIFT_REFUSED, "in_force", "head"),
)
START = datetime(2026, 1, 1, tzinfo=UTC)
KNOWN_AT, NOW = START + timedelta(days=60), START + timedelta(days=300)
RESULTS = Path(__file__).resolve().parent / "results" / "register.json"
Rows = dict[str, list[dict[str, Any]]]


def invented() -> Rows:
    """Every row of the register: 5 descriptions, 4 steps and 2 lines of terms for each premises."""
    random = np.random.default_rng(2026)
    places = random.uniform((-42.0, 37.5), (-40.5, 38.5), (PREMISES, 2)).tolist()
    rows: Rows = {"subject": [], "designation": [], "step": []}
    for number, (lon, lat) in enumerate(places, 1):
        _describe(rows["subject"], number, lon, lat)
        _decide(rows["designation"], number)
        for at, (kind, state, person) in enumerate(STEPS):
            moment = _day(at * 20, number)
            step = {"designation_id": f"BENCH-{number:05d}", "kind": kind.value, "state": state, "person_id": person}
            _version(rows["step"], moment, at, step | {"effective_at": moment, "reason": "as reported" if at else None})
    return rows


def _day(day: int, number: int) -> datetime:
    return START + timedelta(days=day, seconds=number)


def _version(rows: list[dict[str, Any]], recorded_at: datetime, at: int, facts: dict[str, Any]) -> None:
    key = len(rows) + 1
    rows.append({"id": key, "recorded_at": recorded_at, "supersedes_id": key - 1 if at else None} | facts)


def _describe(rows: list[dict[str, Any]], number: int, lon: float, lat: float) -> None:
    footprint = Point(lon, lat) if number % 10 < 7 else box(lon, lat, lon + 0.0003, lat + 0.0002)
    names: tuple[Name, ...] = (Name(text=f"Invented Bar {number}", kind=NameKind.SIGN),)
    subject = Subject(
        kind=SubjectKind.PREMISES,
        names=names,
        category=VenueKind.BAR,
        geometry=footprint,
        uncertainty_m=5.0,
        address=f"Quay {number}",
        locality=f"Town {number % 60}",
    )
    for at in range(RENAMES + 1):
        if at:
            former = tuple(replace(name, kind=NameKind.FORMER) for name in names)
            names = (Name(text=f"Invented Bar {number} of owner {at}", kind=NameKind.SIGN), *former)
        named = {"subject_id": f"BENCH-S{number:05d}", "mission": "BENCH"}
        _version(rows, _day(at * 20, number), at, named | subject_columns(replace(subject, names=names)))


def _decide(rows: list[dict[str, Any]], number: int) -> None:
    terms = Terms(
        restriction=Restriction.OFF_LIMITS,
        basis=Basis.OTHER,
        authority="Head of Mission",
        directive=f"B-{number % 40}",
        applies_to=(PersonnelCategory.MILITARY, PersonnelCategory.POLICE),
    )
    named = {"designation_id": f"BENCH-{number:05d}", "mission": "BENCH", "subject_id": f"BENCH-S{number:05d}"}
    for at, review_by in enumerate((date(2026, 9, 1), date(2027, 3, 1))):
        _version(rows, _day(at * 50, number), at, named | terms_columns(replace(terms, review_by=review_by)))


def fill(tx: Transaction, rows: Rows) -> None:
    mission = Mission(code="BENCH", name="Bench", organisation=Organisation.UN, timezone="UTC", territory="own")
    tx.missions.add(mission, START)
    for person_id in ("officer", "head"):
        tx.people.add(person(person_id), START)
    tx.audit.append(AuditTag.MISSION_ADDED, recorded_at=START, actor=None, mission="BENCH", subject="BENCH", facts={})
    for first, last in ((0, FEW), (FEW, PREMISES)):
        for name, versions in rows.items():
            each = len(versions) // PREMISES
            tx.connection.execute(tables.metadata.tables[name].insert(), versions[first * each : last * each])
        if tx.connection.dialect.name == "postgresql":  # what is added later is numbered behind these
            for name, versions in rows.items():
                tx.connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {len(versions)})")
        # Once each database knows what its indexes are worth, its guards look rows up and need not read all of them.
        tx.connection.exec_driver_sql("ANALYZE")


def person(person_id: str) -> Person:
    return Person(
        person_id=person_id,
        number=person_id,
        name=person_id.title(),
        unit="Headquarters",
        category=PersonnelCategory.CIVILIAN,
        mission="BENCH",
    )


ALWAYS = datetime(2200, 1, 1, tzinfo=UTC)
HEAD = Actor(
    person=person("head"),
    grants=(RoleGrant(role=Role.HEAD, mission="BENCH"),),
    shown=Shown(passphrase_at=ALWAYS, factor_at=ALWAYS),
)


@contextmanager
def stores(clock: Callable[[], datetime] = lambda: NOW) -> Iterator[dict[str, Wiring]]:
    """Each filled with the same rows."""
    rows = invented()
    with private_cluster() as address, tempfile.TemporaryDirectory() as folder:
        host = dict(part.split("=") for part in address.split())["host"]
        urls = {
            "SQLite": f"sqlite:///{folder}/register.db",
            "PostgreSQL": f"postgresql+psycopg://owner@/postgres?host={host}",
        }
        wirings = {}
        for name, url in urls.items():
            settings = Settings(store=url, data_dir=Path(folder) / "data")
            initialise(settings, lambda: START)
            wirings[name] = wire(settings, clock)
            with wirings[name].store.writing() as tx:
                fill(tx, rows)
        rows.clear()  # else Python would keep track of them while others are measured
        yield wirings
        for wiring in wirings.values():
            wiring.store.close()


def status_at(wiring: Wiring, known_at: datetime | None = None) -> int:
    with wiring.reading(HEAD) as act:
        return sum(register.status_at(act, "BENCH", NOW, known_at).values())


def whole(wiring: Wiring) -> int:
    with wiring.reading(HEAD) as act:
        return len(register.all_of(act, "BENCH"))


def select(wiring: Wiring) -> int:
    with wiring.store.reading() as tx:
        return len(standing(tx.connection))


def standing(connection: Connection) -> list[tuple[Any, ...]]:
    """The steps that begin and end a listing, and the dates of its terms, as the driver gives them."""
    cursor = connection.connection.cursor()
    cursor.execute(
        "SELECT designation_id, kind, person_id, recorded_at, effective_at, reason FROM step WHERE designation_id IN"
        " (SELECT designation_id FROM designation WHERE mission = 'BENCH')"
        " AND kind IN ('designated', 'added_alone', 'suspended', 'reinstated', 'lifted') ORDER BY id"
    )
    cursor.fetchall()
    cursor.execute(
        "SELECT designation_id, valid_from, valid_to FROM designation o WHERE mission = 'BENCH'"
        " AND NOT EXISTS (SELECT 1 FROM designation n WHERE n.supersedes_id = o.id)"
    )
    found = [tuple(row) for row in cursor.fetchall()]
    cursor.close()
    return found


CONTESTANTS: dict[str, Callable[[Wiring], int]] = {
    "status_at": status_at,
    "status_at as known then": lambda wiring: status_at(wiring, KNOWN_AT),
    "all": whole,
    "SELECT": select,
}


def measured(wiring: Wiring) -> dict[str, list[float]]:
    """Seconds of each, round by round."""
    taken: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for _ in range(ROUNDS):
        for name, ask in CONTESTANTS.items():
            start = time.perf_counter()
            found = ask(wiring)
            taken[name].append(time.perf_counter() - start)
            if found != PREMISES:
                raise SystemExit(f"{name} found {found} of {PREMISES} listings, so times compare nothing.")
    return taken


def spread(figures: list[float]) -> dict[str, float]:
    return {"min": min(figures), "median": statistics.median(figures), "max": max(figures)}


def main() -> None:
    report: dict[str, Any] = {
        "measure": "the whole mission's status at a time; ratio: seconds of the driver's SELECT by ours, interleaved",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "premises": PREMISES,
        "versions": RENAMES + 1 + len(STEPS) + 1,
        "rounds": ROUNDS,
        "bar_seconds": BAR_S,
    }
    with stores() as wirings:
        for store, wiring in wirings.items():
            taken = measured(wiring)
            ratios = {
                name: spread([peer / ours for peer, ours in zip(taken["SELECT"], times, strict=True)])
                for name, times in taken.items()
                if name != "SELECT"
            }
            report[store] = {"seconds": {name: spread(times) for name, times in taken.items()}, "ratio": ratios}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    tell(report)


def tell(report: dict[str, Any]) -> None:
    missed = []
    for store in ("SQLite", "PostgreSQL"):
        for name, seconds in report[store]["seconds"].items():
            print(
                f"{store:11} {name:24} {seconds['median']:.3f} s (min {seconds['min']:.3f}, max {seconds['max']:.3f})"
            )
        for name, ratio in report[store]["ratio"].items():
            print(f"{store:11} SELECT by {name:24} {ratio['median']:.2f}")
        if report[store]["seconds"]["status_at"]["median"] > BAR_S:
            missed.append(store)
        if report[store]["ratio"]["all"]["median"] >= 1:
            raise SystemExit("Rows alone were not found quicker than all that is made of them: this measures nothing.")
    if missed:
        raise SystemExit(f"status_at takes longer than {BAR_S} s on {', '.join(missed)}.")


if __name__ == "__main__":
    main()
