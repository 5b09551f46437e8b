"""An invented island mission with a person of each role, in a real store of either kind. Only the clock is ours.

The store is made once for each test process; every test works on its own copy of the file, then on its own copy of the
database, as a role that does not own it.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from shapely import Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import create_engine, inspect

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.designation import Basis, Designation, Restriction, Terms
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Mission, Organisation
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind, VenueKind
from geo_offlimits.services import editions, missions, outbox, people, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.settings import Settings
from tests import proving
from tests.mail_server import Handler, served
from tests.postgresql import Cluster
from tests.sparing import cheap_seals
from tests.tampering import Row, tamper

__all__ = ["cheap_seals"]

START = datetime(2026, 3, 2, 8, 0, 0, 250_000, tzinfo=UTC)
MISSION = "PELA"
OTHER = "MORO"
PASSPHRASE = "nine slow barges under fog"
# number -> name, unit, category, roles in PELA
STAFF = {
    "101": ("Ilsa Brand", "Headquarters", PersonnelCategory.CIVILIAN, (Role.HEAD,)),
    "102": ("Tomo Reyl", "Headquarters", PersonnelCategory.CIVILIAN, (Role.DEPUTY,)),
    "103": ("Orla Venn", "Police", PersonnelCategory.POLICE, (Role.OFFICER,)),
    "104": ("Pavo Lind", "Police", PersonnelCategory.POLICE, (Role.OFFICER,)),
    "105": ("Mira Toth", "Headquarters", PersonnelCategory.CIVILIAN, (Role.MANAGER,)),
    "106": ("Cora Desh", "Conduct", PersonnelCategory.CIVILIAN, (Role.CONDUCT,)),
    "107": ("Audi Torr", "Conduct", PersonnelCategory.CIVILIAN, (Role.AUDITOR,)),
    "108": ("Stan Field", "Engineers", PersonnelCategory.MILITARY, (Role.STAFF,)),
    "109": ("Petra Oll", "Police", PersonnelCategory.POLICE, (Role.PATROL,)),
    "110": ("Kon Tract", "Engineers", PersonnelCategory.CONTRACTOR, (Role.STAFF,)),
}


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def later(self, **how_much: float) -> datetime:
        self.now += timedelta(**how_much)
        return self.now


def quick_passphrases() -> Passphrases:
    """A hasher of low cost: these tests are not about Argon2's work."""
    return Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class World:
    """The mission PELA on an island at 10° N 30° W in the empty ocean, and MORO, which nobody of PELA may see."""

    wiring: Wiring
    clock: Clock

    @property
    def keyring(self) -> Keyring:
        return self.wiring.keyring

    def actor(self, number: str) -> Actor:
        with self.wiring.reading() as act:
            person = act.tx.people.find(number)
            assert person, number
            return proving.actor(act, person.person_id)

    @contextmanager
    def acting(self, number: str | None) -> Iterator[Act]:
        with self.wiring.writing(self.actor(number) if number else None) as act:
            yield act

    @contextmanager
    def reading(self, number: str | None) -> Iterator[Act]:
        with self.wiring.reading(self.actor(number) if number else None) as act:
            yield act

    def listed(
        self,
        name: str = "Blue Lantern",
        lon: float = -29.9,
        lat: float = 10.1,
        *,
        confirm_outside: bool = False,
        **more: Any,
    ) -> Designation:
        """Proposed by officer 103, beside whatever it may look like, and designated by head 101."""
        subject, terms = venue(name, lon, lat, **more)
        with self.acting("103") as act:
            made = register.propose(act, MISSION, subject, terms, confirm_outside=confirm_outside, confirm_alike=True)
        with self.acting("101") as act:
            return register.designate(act, made.designation_id)

    def lifted(self, designation_id: str) -> Designation:
        with self.acting("103") as act:
            register.propose_lift(act, designation_id, "closed for good")
        with self.acting("101") as act:
            return register.lift(act, designation_id, "seen closed")

    def published(self, **how: Any) -> PublishedHeader:
        """By head 101; a minute passes, because no two editions are issued in one second."""
        with self.acting("101") as act:
            header = editions.publish(act, self.keyring, MISSION, **{"expires_in": timedelta(days=30), **how})
        self.clock.later(minutes=1)
        return header

    def tags(self) -> list[str]:
        """The tags of the audit tree, oldest first."""
        return [leaf["tag"] for leaf in self.leaves()]

    def leaves(self) -> list[dict[str, Any]]:
        with self.wiring.reading() as act:
            return [json.loads(leaf) for leaf in act.tx.audit.leaves()]

    def tamper(self, change: Callable[[Row], Row], *, mission: str = MISSION, number: int) -> None:
        """Puts another row in an edition's place, past every guard."""
        settings = self.wiring.settings
        tamper(settings.owner_store or settings.store, change, mission=mission, number=number)

    def kept(self) -> bytes:
        """All that the store and the files beside it hold, once it is closed."""
        self.wiring.store.close()
        files = (path for path in self.wiring.settings.data_dir.parent.rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in files) + rows_of(self.wiring.settings.owner_store)

    def whole(self) -> bool:
        with self.wiring.reading() as act:
            return act.tx.audit.verify() == ()


def rows_of(database: str) -> bytes:
    """Every row of every table of a PostgreSQL database, as text; of none, nothing."""
    if not database:
        return b""
    engine = create_engine(database)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET bytea_output = 'escape'")
        names = inspect(connection).get_table_names()
        rows = [
            str(row)
            for name in names
            for row in connection.exec_driver_sql(f"SELECT o::text FROM {name} o").scalars()  # noqa: S608
        ]
    engine.dispose()
    return "\n".join(rows).encode()


def venue(
    name: str = "Blue Lantern",
    lon: float = -29.9,
    lat: float = 10.1,
    *,
    geometry: BaseGeometry | None = None,
    placeless: bool = False,
    terms: dict[str, Any] | None = None,
    **facts: Any,
) -> tuple[Subject, Terms]:
    """A bar with a point where nothing is said, and terms that put it off limits."""
    place = None if placeless else (geometry or Point(lon, lat))
    subject = Subject(
        kind=facts.pop("kind", SubjectKind.PREMISES),
        names=facts.pop("names", (Name(text=name, kind=NameKind.SIGN),)),
        category=facts.pop("category", VenueKind.BAR),
        geometry=place,
        uncertainty_m=facts.pop("uncertainty_m", None if placeless else 5.0),
        **facts,
    )
    given = Terms(
        restriction=Restriction.OFF_LIMITS, basis=Basis.SEX_INDUSTRY, authority="Head of Mission", directive="PELA/7"
    )
    return subject, replace(given, **(terms or {}))


def mission(code: str, name: str, **facts: Any) -> Mission:
    return Mission(
        code=code,
        name=name,
        organisation=Organisation.UN,
        timezone="Atlantic/Azores",
        territory="own",
        languages=("en", "fr"),
        contacts=(Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+99 555 01"),),
        **facts,
    )


def territory(name: str, west: float) -> Boundary:
    return Boundary(kind=BoundaryKind.TERRITORY, name=name, geometry=box(west, 9.5, west + 1, 10.5))


def sector(name: str, west: float, east: float) -> Boundary:
    return Boundary(kind=BoundaryKind.SECTOR, name=name, geometry=box(west, 9.5, east, 10.5))


def _join(wiring: Wiring, by: Actor | None, number: str, home: str, grants: tuple[RoleGrant, ...]) -> Actor:
    name, unit, category, _ = STAFF.get(number, (f"Person {number}", "Support", PersonnelCategory.CIVILIAN, ()))
    email = None if category is PersonnelCategory.CONTRACTOR else f"p{number}@pela.example"
    person = Person(
        person_id=f"p_{number}", number=number, name=name, unit=unit, category=category, mission=home, email=email
    )
    with wiring.writing(by) as act:
        once = people.add_person(act, person, grants)
    return proving.ready(wiring, wiring.choose_passphrase(number, once, PASSPHRASE))


def _peopled(settings: Settings) -> None:
    clock = Clock(START - timedelta(hours=1))
    initialise(settings, clock)
    wiring = wire(settings, clock, passphrases=quick_passphrases())
    admin = _join(wiring, None, "100", MISSION, (RoleGrant(role=Role.ADMIN, mission=None),))
    with wiring.writing(admin) as act:
        sectors = (sector("West", -30.5, -30.0), sector("East", -30.0, -29.5))
        missions.add_mission(act, mission(MISSION, "Mission on Pela"), territory("Pela", -30.5), sectors)
        missions.add_mission(act, mission(OTHER, "Mission on Moro"), territory("Moro", -20.5))
    for number, (_, _, _, roles) in STAFF.items():
        _join(wiring, admin, number, MISSION, tuple(RoleGrant(role=role, mission=MISSION) for role in roles))
    _join(wiring, admin, "201", OTHER, (RoleGrant(role=Role.HEAD, mission=OTHER),))
    wiring.store.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the store and keys that every test copies."""
    folder = tmp_path_factory.mktemp("pela")
    _peopled(Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data"))
    return folder


@pytest.fixture(scope="session")
def template_database(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The database that every test clones, and the folder with its keys."""
    folder, name = tmp_path_factory.mktemp("pela"), cluster.new()
    _peopled(_on(cluster, name, folder))
    return name, folder


def _on(cluster: Cluster, database: str, folder: Path) -> Settings:
    return Settings(store=cluster.url(database, "runtime"), owner_store=cluster.url(database), data_dir=folder / "data")


@contextmanager
def _copied(backend: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Settings]:
    if backend == "sqlite":
        shutil.copytree(request.getfixturevalue("template"), folder)
        yield Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name, made = request.getfixturevalue("template_database")
    shutil.copytree(made, folder)
    copy = cluster.new(name)
    try:
        yield _on(cluster, copy, folder)
    finally:
        cluster.drop(copy)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Where the world is kept. A module that is about files or answers made of an edition names one of its own."""
    return str(request.param)


@pytest.fixture
def world(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with _copied(backend, request, tmp_path / "pela") as settings:
        clock = Clock()
        wiring = wire(settings, clock, passphrases=quick_passphrases())
        yield World(wiring, clock)
        wiring.store.close()


@pytest.fixture
def handler() -> Handler:
    """What the mail server does with what it is given."""
    return Handler()


@pytest.fixture
def port(handler: Handler) -> Iterator[int]:
    """Of the mail server."""
    with served(handler) as port:
        yield port


@pytest.fixture
def campaign(world: World) -> Campaign:
    """Of edition 1, its mail queued: ten people with an address and 110, who has none."""
    world.listed("Blue Lantern")
    world.published()
    with world.acting("105") as act:
        return outbox.distribute(act, MISSION)
