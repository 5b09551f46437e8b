"""How the demonstration mission came to be: its administrator, its territory, its people, its approved places."""

from dataclasses import dataclass, replace
from datetime import timedelta

from geo_offlimits.demonstration.cast import ACCOUNTS, DOMAIN, Account, is_departing, is_newcomer, person_of, staff
from geo_offlimits.demonstration.island import MISSION, Island
from geo_offlimits.demonstration.stage import Stage
from geo_offlimits.domain.mission import Contact, ContactKind, Facility, Mission
from geo_offlimits.domain.people import Person, Role, RoleGrant
from geo_offlimits.services import facilities, factors, missions, people
from geo_offlimits.services.passphrases import refuse_weak

_DAY = timedelta(days=1)

# Country code 999 is given to nobody, so these numbers ring nowhere.
CONTACTS = (
    Contact(
        kind=ContactKind.CONDUCT,
        name="Conduct and discipline team",
        phone="+999 555 0110",
        email=f"conduct.team@{DOMAIN}",
        hours="Monday to Friday, 08:00 to 18:00",
    ),
    Contact(
        kind=ContactKind.VICTIMS,
        name="Victims' rights adviser",
        phone="+999 555 0120",
        email=f"victims.adviser@{DOMAIN}",
        hours="every day, 08:00 to 22:00",
    ),
    Contact(kind=ContactKind.EMERGENCY, name="Duty officer", phone="+999 555 0100", hours="day and night"),
    Contact(
        kind=ContactKind.HOTLINE, name="Confidential line", phone="+999 555 0199", hours="day and night, also nameless"
    ),
)
PETITION_ADDRESS = f"Off-Limits Review\nDemonstration Mission\nPorto Velano, Calverra\nreview@{DOMAIN}"
# Name, kind, place and the kind of building each approved place is in.
_FACILITIES = (
    ("Founders Park Sports Hall", "sport", "Porto Velano", "sports_hall"),
    ("Velano Mall food court", "restaurant", "Porto Velano", "mall"),
    ("The Concord Dining Room", "restaurant", "Porto Velano", "restaurant"),
    ("Staff Welfare Centre Ostrel", "welfare", "Ostrel", "restaurant"),
    ("Halvera Lakeside Grill", "restaurant", "Halvera", "restaurant"),
    ("Miravesta Market Hall", "market", "Miravesta", "market_hall"),
    ("Corvella Market Hall", "market", "Corvella", "market_hall"),
)


@dataclass(frozen=True)
class Newcomers:
    """People who are to join later."""

    people: tuple[Person, ...]


def found(stage: Stage, island: Island, passphrase: str) -> Newcomers:
    """Administrator, mission, accounts, staff, approved places, in that order; returns who joins later."""
    for account in ACCOUNTS:
        refuse_weak(passphrase, (account.number, account.email, account.name, MISSION, island.mission.name))
    accounts = {account.role: account for account in ACCOUNTS}
    _add_administrator(stage, accounts.pop(Role.ADMIN), passphrase)
    _add_mission(stage, island)
    for account in accounts.values():
        with stage.acting(Role.ADMIN) as act:
            grant = RoleGrant(role=account.role, mission=MISSION)
            one_time = people.add_person(act, _person(stage, account), [grant])
        _choose(stage, account, one_time, passphrase)
    everybody = tuple(staff(stage.clock.moment))
    _add_staff(stage, [person for place, person in enumerate(everybody) if not is_newcomer(place)])
    _add_facilities(stage, island)
    return Newcomers(tuple(person for place, person in enumerate(everybody) if is_newcomer(place)))


def _person(stage: Stage, account: Account) -> Person:
    person = person_of(account, stage.clock.moment)
    stage.person_ids[account.role] = person.person_id
    return person


def _add_administrator(stage: Stage, account: Account, passphrase: str) -> None:
    """The first administrator is added by nobody and runs the installation, not one mission."""
    with stage.wiring.writing() as act:
        one_time = people.add_person(act, _person(stage, account), [RoleGrant(role=Role.ADMIN, mission=None)])
    _choose(stage, account, one_time, passphrase)


def _choose(stage: Stage, account: Account, one_time: str, passphrase: str) -> None:
    """A passphrase, and the second factor where one is needed."""
    actor = stage.wiring.choose_passphrase(account.email, one_time, passphrase)
    if secret := account.secret(passphrase):
        with stage.wiring.writing() as act:
            factors.enrol_app(act, actor, secret)


def _add_mission(stage: Stage, island: Island) -> None:
    shipped = island.mission
    adding = Mission(
        code=MISSION,
        name=shipped.name,
        organisation=shipped.organisation,
        timezone=shipped.timezone,
        territory=MISSION,
        languages=shipped.languages,
        demonstration=True,
        petition_address=PETITION_ADDRESS,
    )
    with stage.acting(Role.ADMIN) as act:
        missions.add_mission(act, adding, island.territory, island.sectors)
        missions.set_contacts(act, MISSION, CONTACTS)


def _add_staff(stage: Stage, joining: list[Person]) -> None:
    with stage.acting(Role.ADMIN) as act:
        for person in joining:
            people.add_person(act, person, [RoleGrant(role=Role.STAFF, mission=MISSION)])


def _add_facilities(stage: Stage, island: Island) -> None:
    for number, (name, kind, locality, stands_in) in enumerate(_FACILITIES, start=1):
        building = island.take(locality, stands_in)
        facility = Facility(
            facility_id=f"{MISSION}-F{number:02d}",
            name=name,
            kind=kind,
            geometry=building.footprint.centroid,
            address=building.address,
            locality=locality,
        )
        with stage.acting(Role.HEAD) as act:
            facilities.add(act, MISSION, facility)


def rotate(stage: Stage, newcomers: Newcomers) -> None:
    """Some leave the mission and others take their desks, so that no two campaigns go to the same people."""
    with stage.acting(Role.ADMIN, after=_DAY) as act:
        serving = [person for person in people.of_mission(act, MISSION) if is_departing(person.number)]
        for person in serving:
            people.depart(act, person.number)
    joined_at = stage.clock.moment + _DAY
    stage.clock.move_to(joined_at)
    _add_staff(
        stage, [replace(person, service=replace(person.service, start=joined_at)) for person in newcomers.people]
    )
