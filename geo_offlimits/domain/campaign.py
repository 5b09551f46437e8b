"""A campaign distributes one edition: whom it goes to, of whom it asks an acknowledgement, and by when.

1. A recipient is asked, or informed only; that is judged for each by what changed since the edition they acknowledged
   (`domain.asking`), and is kept with them as evidence.
2. Whoever owes an acknowledgement from an earlier campaign keeps the day by which it was due.
3. Who is on leave is neither reminded nor overdue; who has departed is not counted.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.people import Person, PersonnelCategory
from geo_offlimits.errors import InputError, Issue, Sentence


class CampaignKind(StrEnum):
    """`informs`: nobody is newly asked. Who owed an acknowledgement before still owes it."""

    ASKS = "asks"
    INFORMS = "informs"


class RecipientStanding(StrEnum):
    """Where a recipient stands. Only the two last-named wait for something to be done."""

    ACKNOWLEDGED = "acknowledged"
    INFORMED = "informed"  # and not asked
    DEPARTED = "departed"
    PAUSED = "paused"  # on leave
    OUTSTANDING = "outstanding"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom a campaign goes to: those in service who fit every choice that was made. An empty choice leaves all in.

    arrivals : those alone who came into service since the campaign before.
    """

    units: tuple[str, ...] = ()
    categories: tuple[PersonnelCategory, ...] = ()
    sectors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    arrivals: bool = False

    @property
    def everybody(self) -> bool:
        return self == Audience()

    def fits(self, person: Person) -> bool:
        """Spelling counts but for capitals; `fr` fits who reads `fr-CA`."""
        return (
            _among(self.units, person.unit)
            and (not self.categories or person.category in self.categories)
            and _among(self.sectors, person.sector)
            and (not self.languages or any(_is_of(person.language, tag) for tag in self.languages))
        )

    def as_json(self) -> dict[str, Any]:
        """The choices that were made, in the form in which they are kept."""
        chosen = {
            "units": list(self.units),
            "categories": [category.value for category in self.categories],
            "sectors": list(self.sectors),
            "languages": list(self.languages),
            "arrivals": self.arrivals,
        }
        return {name: value for name, value in chosen.items() if value}

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> "Audience":
        lists = {name: tuple(told.get(name, ())) for name in ("units", "sectors", "languages")}
        categories = tuple(PersonnelCategory(one) for one in told.get("categories", ()))
        return cls(**lists, categories=categories, arrivals=bool(told.get("arrivals")))


def _among(chosen: Iterable[str], own: str | None) -> bool:
    wanted = {one.strip().casefold() for one in chosen}
    return not wanted or (own or "").strip().casefold() in wanted


def _is_of(own: str, tag: str) -> bool:
    mine, wanted = own.casefold(), tag.strip().casefold()
    return mine == wanted or mine.startswith(f"{wanted}-")


EVERYBODY = Audience()


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A person as they were when the campaign opened: name and unit of then, kept as evidence.

    read : the edition that they had acknowledged by then, 0 for none. asked : an acknowledgement was asked of them;
    else they were informed. due : by when; None where no day was set, and for who was informed.
    """

    person_id: str
    number: str
    name: str
    unit: str
    category: PersonnelCategory
    email: str | None
    language: str
    asked: bool = True
    read: int = 0
    due: date | None = None


def owes(edition_number: int, *, asked: bool, read_then: int, read: int) -> bool:
    """Whether a campaign about this edition still waits for a recipient, who has acknowledged `read` by now.

    Who was only informed, and has meanwhile withdrawn what they had acknowledged then, owes it again.
    """
    return read < edition_number and (asked or read < read_then)


@dataclass(frozen=True, kw_only=True)
class CampaignHeader:
    """What is known of a campaign without its recipients.

    held_until : a standing order to ask seldom held its asking back until this day; then the next one asks.
    """

    campaign_id: str
    mission: str
    edition_number: int
    edition_sha256: str
    opened_at: datetime
    opened_by: str
    deadline: date | None
    closed_at: datetime | None = None
    closed_by: str | None = None
    kind: CampaignKind = CampaignKind.ASKS
    audience: Audience = EVERYBODY
    held_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Campaign(CampaignHeader):
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, kw_only=True)
class UnitStatus:
    """Who of a unit has acknowledged, who has not and of these is overdue, who is informed only and who is on leave."""

    unit: str
    acknowledged: tuple[Recipient, ...] = ()
    outstanding: tuple[Recipient, ...] = ()
    overdue: tuple[Recipient, ...] = ()
    informed: tuple[Recipient, ...] = ()
    paused: tuple[Recipient, ...] = ()


class Rung(StrEnum):
    """Who is told that an acknowledgement is missing, from the person upwards."""

    PERSON = "person"
    MANAGER = "manager"
    HEAD = "head"


@dataclass(frozen=True, kw_only=True, order=True)
class Step:
    """`days` after the day by which it is due, before it where negative."""

    days: int
    rung: Rung = field(compare=False)

    @property
    def name(self) -> str:
        return f"{self.rung}{self.days:+d}"


_STEP = re.compile(r"(person|manager|head)\s*([+-]?\d{1,3})")


def steps(text: str) -> tuple[Step, ...]:
    """The steps of escalation of a setting like `person -3, manager +2, head +7`; of an empty one none.

    Raises InputError.
    """
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        read = _STEP.fullmatch(part)
        if read is None:
            raise InputError(
                Sentence(
                    "The setting campaign_steps cannot be read at {part}; write it like “person -3, manager +2, "
                    "head +7”.",
                    part=repr(part),
                ),
                Issue(field="campaign_steps", value=part, reason=Sentence("not a step")),
            )
        found.append(Step(days=int(read[2]), rung=Rung(read[1])))
    return tuple(sorted(found))


def latest_step(taken: Iterable[Step], rung: Rung, due: date, today: date) -> Step | None:
    """Of a rung, the last step whose day has come; those before it that nobody took are past."""
    come = [one for one in taken if one.rung is rung and due + timedelta(days=one.days) <= today]
    return max(come, default=None)
