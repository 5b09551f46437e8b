"""A small mission on an invented isle with one person of each role, and a visitor to the real application."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import Point, box
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Facility, Mission, Organisation
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind, VenueKind
from geo_offlimits.domain.proof import Shown
from geo_offlimits.domain.sessions import Door
from geo_offlimits.services import (
    attachments,
    campaigns,
    editions,
    facilities,
    flags,
    missions,
    people,
    register,
    sessions,
)
from geo_offlimits.services.passphrases import Passphrases
from tests import proving

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PASSPHRASE = "seven quiet ferries at dawn"
HOSTILE = (
    "{{ cycler.__init__.__globals__.os.system('id') }}",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "<img src=x onerror=alert(1)>",
    '"\' onmouseover=alert(1) x="',
)
# A restricted note on ISLE-0001.
ATTACHED = "A WITNESS’S WORDS"
ROLES = tuple(Role)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def later(self, **how_much: float) -> None:
        self.now += timedelta(**how_much)


def listing(name: str, lon: float, lat: float, **more: Any) -> tuple[Subject, Terms]:
    subject = Subject(
        kind=SubjectKind.PREMISES,
        names=(Name(text=name, kind=NameKind.SIGN),),
        category=VenueKind.BAR,
        geometry=Point(lon, lat),
        uncertainty_m=2.0,
        locality="Port Sorrel",
    )
    terms = Terms(
        restriction=Restriction.OFF_LIMITS, basis=Basis.OTHER, authority="Head of Mission", directive="ISLE/1"
    )
    return replace(subject, **more), terms


def territory(west: float) -> Boundary:
    return Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(west, 9.5, west + 1, 10.5))


def mission(code: str) -> Mission:
    return Mission(
        code=code,
        name=f"Mission on {code.title()}",
        organisation=Organisation.UN,
        timezone="Atlantic/Azores",
        territory="file:isle",
        languages=("en", "fr"),
        contacts=(Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+99 1 234", email="c@isle.example"),),
        demonstration=True,
        petition_address="Off-Limits Review\nMission House, Port Sorrel",
    )


def _join(wiring: Wiring, by: Actor | None, number: str, role: Role, *, code: str | None, home: str) -> Actor:
    person = Person(
        person_id=f"p-{number}",
        number=number,
        name=f"Somebody {number.title()}",
        unit="Harbour",
        category=PersonnelCategory.CIVILIAN,
        mission=home,
        email=f"{number}@isle.example",
    )
    with wiring.writing(by) as act:
        once = people.add_person(act, person, (RoleGrant(role=role, mission=code),))
    return proving.ready(wiring, wiring.choose_passphrase(number, once, PASSPHRASE))


def departed(wiring: Wiring, number: str) -> None:
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    with wiring.writing(root) as act:
        people.depart(act, number)


def populate(wiring: Wiring, clock: Clock) -> None:
    """ISLE: two editions (a lift between them), one listing waiting in each state, a campaign. ROCK: one edition."""
    root = _join(wiring, None, "root", Role.ADMIN, code=None, home="ISLE")
    for code, west in (("ISLE", -30.5), ("ROCK", -20.5)):
        with wiring.writing(root) as act:
            missions.add_mission(act, mission(code), territory(west))
    who = {role: _join(wiring, root, role.value, role, code="ISLE", home="ISLE") for role in ROLES}
    stranger = _join(wiring, root, "stranger", Role.HEAD, code="ROCK", home="ROCK")
    with wiring.writing(stranger) as act:
        register.add_alone(act, "ROCK", *listing("Rock Bar", -20.0, 10.0))
        editions.publish(act, wiring.keyring, "ROCK", expires_in=timedelta(days=30))
    with wiring.writing(who[Role.HEAD]) as act:
        for at, name in enumerate(("Blue Lantern", "Old Anchor", *HOSTILE)):
            register.add_alone(act, "ISLE", *listing(name, -30.0 + at / 100, 10.0))
        library = Facility(facility_id="F-1", name="Seaside Library", kind="library", geometry=Point(-30.3, 10.3))
        facilities.add(act, "ISLE", library)
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
        register.propose_lift(act, "ISLE-0002", "closed")
    clock.later(hours=1)
    with wiring.writing(who[Role.DEPUTY]) as act:
        register.confirm(act, "ISLE-0001")
        register.lift(act, "ISLE-0002", "agreed")
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30))
    with wiring.writing(who[Role.OFFICER]) as act:
        register.propose(act, "ISLE", *listing("Wharf Nine", -30.1, 10.1))
        attachments.add_note(act, "ISLE-0001", ATTACHED)
    with wiring.writing(who[Role.MANAGER]) as act:
        campaigns.distribute(act, "ISLE")
    with wiring.writing(who[Role.STAFF]) as act:
        flags.raise_flag(act, wiring.shelf, "ISLE", "ISLE-0001", kind=FlagKind.NEW_TENANT, note="A FLAG’S NOTE")


def quick() -> Passphrases:
    """A hasher of low cost: these tests are not about Argon2's work."""
    return Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Browser:
    """A visitor with cookies who fills in forms as a browser would: with the page's token and its own origin."""

    def __init__(self, app: Flask, base_url: str = "http://localhost", source: str = "127.0.0.1") -> None:
        self.base_url = base_url
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = source

    def get(self, path: str, **how: Any) -> TestResponse:
        return self.client.get(path, base_url=self.base_url, buffered=True, **how)

    def token(self, path: str = "/login") -> str:
        return token_in(self.get(path).text)

    def post(self, path: str, form: dict[str, Any] | None = None, *, page: str = "/login", **how: Any) -> TestResponse:
        sent = {"csrf_token": self.token(page)} | (form or {})
        return self.client.post(path, data=sent, base_url=self.base_url, **how)

    def ask(self, path: str, body: object, *, headers: dict[str, str] | None = None) -> TestResponse:
        """A POST of JSON as the page's scripts make it."""
        sent = {"X-CSRF-Token": self.token("/list")} | (headers or {})
        return self.client.post(path, json=body, headers=sent, base_url=self.base_url)

    def sign_in(self, reference: str, passphrase: str = PASSPHRASE) -> TestResponse:
        """By passphrase; then the session has seen all that is asked, for as long as it lasts."""
        answer = self.post("/login", {"reference": reference, "passphrase": passphrase})
        self.has_shown(proving.ALWAYS)
        return answer

    def has_shown(self, what: Shown) -> None:
        """Writes into this browser's session what was shown in it."""
        if cookie := self.client.get_cookie("session") or self.client.get_cookie("__Host-session"):
            proving.show_all(self.client.application.extensions["offlimits"], cookie.value, what)


def token_in(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found, page[:2000]
    return found.group(1)


def signed_in(app: Flask, reference: str) -> Browser:
    """A browser in a session in which all that is asked was shown. By the form one gets there with `sign_in`."""
    browser, wiring = Browser(app), app.extensions["offlimits"]
    with wiring.writing() as act:
        person = act.tx.people.find(reference)
        assert person, reference
        browser.client.set_cookie("session", sessions.begin(act, person.person_id, proving.ALWAYS, Door.PAGES))
    return browser
