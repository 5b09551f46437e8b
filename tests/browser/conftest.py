"""A small invented mission, published and served by the real application, and a browser that tells on every fault."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    StorageState,
    expect,
)
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Facility, Mission, Organisation
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.services import campaigns, editions, facilities, missions, people, register
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.settings import Settings
from tests import proving
from web import create_app

LAT, LON = -31.0, -16.0  # open ocean: the mission is invented
METRE = 1 / 111_000
PASSPHRASE = "seven quiet ferries at dawn"
HOSTILE = (
    "{{ cycler.__init__.__globals__.os.system('id') }}",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "<img src=x onerror=alert(1)>",
)


@dataclass
class Clock:
    """Time as it passes, moved by `offset`."""

    offset: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


def at(north_m: float, east_m: float) -> Point:
    return Point(LON + east_m * METRE / 0.857, LAT + north_m * METRE)


def square(north_m: float, east_m: float, half_m: float) -> BaseGeometry:
    low, high = at(north_m - half_m, east_m - half_m), at(north_m + half_m, east_m + half_m)
    return box(low.x, low.y, high.x, high.y)


def subject(name: str, geometry: BaseGeometry | None, **more: Any) -> Subject:
    facts: dict[str, Any] = {
        "kind": SubjectKind.PREMISES,
        "names": (Name(text=name, kind=NameKind.SIGN),),
        "category": VenueKind.BAR,
        "geometry": geometry,
        "uncertainty_m": 3.0,
        "address": "4 Sandpiper Quay",
        "locality": "Port Sorrel",
    }
    return Subject(**(facts | more))


def terms(**more: Any) -> Terms:
    facts: dict[str, Any] = {
        "restriction": Restriction.OFF_LIMITS,
        "basis": Basis.OTHER,
        "authority": "Head of Mission",
        "directive": "ISLE/1",
    }
    return Terms(**(facts | more))


LANTERN = (Name(text="Blue Lantern", kind=NameKind.SIGN), Name(text="Плава лампа", lang="sr-Cyrl", kind=NameKind.ALIAS))
PARLOURS = (Name(text="Massage parlours"),)
RULE = Subject(kind=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, names=PARLOURS)
LISTINGS = (
    (subject("Blue Lantern", at(0, 0), names=LANTERN), terms()),
    (subject("Harbour Palace", square(2000, 0, 60), uncertainty_m=2.0), terms()),
    (subject("Attic Club", at(0, 3000), part=Part(floor="3", text="club on the third floor")), terms()),
    (subject("Quiet Tide", at(4000, 0)), terms(restriction=Restriction.CAUTION)),
    (subject("Nowhere Bar", None, address=None), terms()),
    (subject("Pier Shed", at(3000, 3000), address=None, locality=None), terms()),
    (subject("Sailors Only", at(-3000, 0)), terms(applies_to=(PersonnelCategory.MILITARY,))),
    (RULE, terms()),
    *((subject(name, at(-1000, 1000 * (1 + index))), terms()) for index, name in enumerate(HOSTILE)),
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """The application on a port of its own. `clock` moves its time; `sessions` are kept, so that each signs in once."""

    wiring: Wiring
    clock: Clock
    server: BaseWSGIServer
    sessions: dict[str, StorageState] = field(default_factory=dict)

    @contextmanager
    def later(self, how_much: timedelta) -> Iterator[None]:
        """The site's time moved on; sessions of before and after know nothing of each other."""
        self.sessions.clear()
        self.clock.offset = how_much
        try:
            yield
        finally:
            self.clock.offset = timedelta(0)
            self.sessions.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name is werkzeug's)
        """Nothing: the browser's own record is what the tests read."""


def _join(wiring: Wiring, by: Actor | None, role: Role, code: str | None) -> Actor:
    person = Person(
        person_id=f"p-{role}",
        number=str(role),
        name=f"Somebody {str(role).title()}",
        unit="Harbour",
        category=PersonnelCategory.CIVILIAN,
        mission="ISLE",
    )
    with wiring.writing(by) as act:
        once = people.add_person(act, person, (RoleGrant(role=role, mission=code),))
    return proving.ready(wiring, wiring.choose_passphrase(str(role), once, PASSPHRASE))


def _mission() -> Mission:
    contacts = (
        Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+99 1 234", email="conduct@isle.example"),
        Contact(kind=ContactKind.HOTLINE, name="Hotline", phone="+99 1 999", hours="24 h"),
    )
    return Mission(
        code="ISLE",
        name="Mission on the Isle",
        organisation=Organisation.UN,
        timezone="Atlantic/St_Helena",
        territory="file:isle",
        languages=("en", "fr"),
        contacts=contacts,
        demonstration=True,
        petition_address="Off-Limits Review\nMission House, Port Sorrel",
    )


Listings = tuple[tuple[Subject, Terms], ...]


def _publish(wiring: Wiring, listings: Listings) -> None:
    root = _join(wiring, None, Role.ADMIN, None)
    land = Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(LON - 0.5, LAT - 0.5, LON + 0.5, LAT + 0.5))
    with wiring.writing(root) as act:
        missions.add_mission(act, _mission(), land)
    who = {role: _join(wiring, root, role, "ISLE") for role in (Role.STAFF, Role.HEAD, Role.DEPUTY, Role.MANAGER)}
    with wiring.writing(who[Role.HEAD]) as act:
        for thing, how in listings:
            register.add_alone(act, "ISLE", thing, how, confirm_alike=True)
        canteen = Facility(facility_id="F-1", name="Harbour Canteen", kind="canteen", geometry=at(150, 150))
        facilities.add(act, "ISLE", canteen)
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    with wiring.writing(who[Role.MANAGER]) as act:
        campaigns.distribute(act, "ISLE")


# Installations as they are once published: path -> rights and content, None for a folder. Many tests begin with one of
# their own, and all of a list are alike.
_PUBLISHED: dict[tuple[int, ...], dict[Path, tuple[int, bytes | None]]] = {}


def _installed(folder: Path, listings: Listings, clock: Clock) -> None:
    """Into the folder: a store of its own, an edition of three days ago on it. Made once a process for each list."""
    which = tuple(map(id, listings))
    if which in _PUBLISHED:
        _unpacked(folder, _PUBLISHED[which])
        return
    made = Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data")
    clock.offset = timedelta(days=-3)
    initialise(made, clock)
    wiring = wire(made, clock, passphrases=quick())
    _publish(wiring, listings)
    wiring.store.close()
    clock.offset = timedelta(0)
    _PUBLISHED[which] = {
        path.relative_to(folder): (path.stat().st_mode, None if path.is_dir() else path.read_bytes())
        for path in sorted(folder.rglob("*"))
    }


def _unpacked(folder: Path, files: dict[Path, tuple[int, bytes | None]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (rights, content) in files.items():
        path = folder / name
        path.mkdir() if content is None else path.write_bytes(content)
        path.chmod(rights)


def quick() -> Passphrases:
    return Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def served(folder: Path, listings: Listings, **chosen: Any) -> Iterator[Site]:
    """The application with a store of its own, an edition of three days ago on it."""
    clock = Clock()
    _installed(folder, listings, clock)
    settings = Settings(store=f"sqlite:///{folder / 'store.db'}", data_dir=folder / "data", **chosen)
    wiring = wire(settings, clock, passphrases=quick())
    server = make_server("127.0.0.1", 0, create_app(wiring=wiring), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Site(wiring, clock, server)
    server.shutdown()
    thread.join()
    server.server_close()
    wiring.store.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from served(tmp_path_factory.mktemp("isle"), LISTINGS)


@pytest.fixture(scope="session")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same with 300 premises."""
    words = ("Lantern", "Heron", "Cassava", "Tide", "Mill", "Juniper", "Comet", "Saffron", "Pilot", "Marigold")
    names = [f"{words[n % 10]} {words[n // 30]} Bar {n}" for n in range(300)]
    places = [at(97 * (n % 17) - 800, 83 * n - 9000) for n in range(300)]
    many = tuple(
        (subject(name, place, address=f"{n} Quay"), terms())
        for n, (name, place) in enumerate(zip(names, places, strict=True))
    )
    yield from served(tmp_path_factory.mktemp("large"), many)


@dataclass
class Watched:
    """What pages did that they must not: complaints of the browser, requests to anybody but the site."""

    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


OpenPage = Callable[..., Page]


@dataclass
class Reader:
    """A person in front of a browser."""

    browser: Browser
    site: Site
    watched: Watched
    contexts: list[BrowserContext] = field(default_factory=list)
    hostile: tuple[str, ...] = HOSTILE

    def page(self, *, who: str = "staff", standing: tuple[float, float] | None = None, **options: Any) -> Page:
        """A signed-in page. `standing` is where the device is (metres north and east)."""
        if standing is not None:
            here = at(*standing)
            options["geolocation"] = {"latitude": here.y, "longitude": here.x, "accuracy": 4}
            options["permissions"] = ["geolocation"]
        options = {"reduced_motion": "reduce", "storage_state": self._session(who)} | options
        context = self.browser.new_context(base_url=self.site.url, **options)
        self.contexts.append(context)
        return self.watch(context.new_page())

    def watch(self, page: Page) -> Page:
        page.on("request", self._watch)
        page.on("pageerror", lambda error: self.watched.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def look_up(self, **options: Any) -> Page:
        """The look-up page with its list on the map."""
        page = self.page(**options)
        page.goto("/")
        return self.ready(page)

    def ready(self, page: Page) -> Page:
        page.wait_for_selector("html[data-ready] .folium-map[data-ready]")
        return page

    def check_here(self, page: Page) -> Locator:
        """Presses the big button and gives the card."""
        page.click("#check-here")
        return self.card(page)

    def card(self, page: Page) -> Locator:
        card = page.locator("#answer .verdict")
        expect(card).to_be_visible()
        return card

    def _is_foreign(self, url: str) -> bool:
        return not url.startswith((self.site.url, "data:", "blob:"))

    def _watch(self, request: Request) -> None:
        if self._is_foreign(request.url):
            self.watched.foreign.append(request.url)

    def _hear(self, told: ConsoleMessage) -> None:
        if told.type in ("error", "warning"):
            self.watched.complaints.append(told.text)

    def _session(self, who: str) -> StorageState:
        """The cookies of `who`, who signs in by the form the first time."""
        kept = self.site.sessions
        if who not in kept:
            context = self.browser.new_context(base_url=self.site.url)
            self._sign_in(context, who)
            kept[who] = context.storage_state()
            context.close()
        return kept[who]

    def _sign_in(self, context: BrowserContext, who: str) -> None:
        """Sends the form without drawing its page; other tests fill it in by hand."""
        token = re.findall('name="csrf_token" value="([^"]+)"', context.request.get("/login").text())[0]
        form: dict[str, str | float | bool] = {"csrf_token": token, "reference": who, "passphrase": PASSPHRASE}
        answer = context.request.post("/login", form=form)
        assert answer.ok
        assert "/login" not in answer.url
        (cookie,) = [one for one in context.cookies() if one.get("name") == "session"]
        proving.show_all(self.site.wiring, cookie.get("value", ""))


@pytest.fixture
def reader(browser: Browser, site: Site) -> Iterator[Reader]:
    """A signed-in reader; fails the test on any complaint of the browser and on any request to another host."""
    opened = Reader(browser, site, Watched())
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.watched.complaints == []
    assert opened.watched.foreign == []
