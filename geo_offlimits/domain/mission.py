"""A mission: who it is, where it holds, whom it tells its staff to turn to."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain import texts
from geo_offlimits.domain.instants import ALWAYS, Period, time_zone
from geo_offlimits.errors import InputError, Issue, Sentence

MAX_NOTICE_DAYS = 90


class Organisation(StrEnum):
    UN = "UN"
    NATO = "NATO"
    EU = "EU"
    OSCE = "OSCE"
    NATIONAL = "national"


class ContactKind(StrEnum):
    CONDUCT = "conduct"
    VICTIMS = "victims"
    EMERGENCY = "emergency"
    HOTLINE = "hotline"


class BoundaryKind(StrEnum):
    TERRITORY = "territory"
    SECTOR = "sector"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to call in confidence; shown on every verdict card, sheet and export."""

    kind: ContactKind
    name: str
    phone: str | None = None
    email: str | None = None
    hours: str | None = None

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (
            texts.line("name", self.name, needed=True),
            texts.line("phone", self.phone),
            texts.line("email", self.email, most=texts.MAX_EMAIL),
            texts.line("hours", self.hours),
        )


@dataclass(frozen=True, kw_only=True)
class Facility:
    """An approved welfare or recreation place: the positive alternative shown beside a verdict."""

    facility_id: str
    name: str
    kind: str
    geometry: BaseGeometry
    address: str | None = None
    locality: str | None = None

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (
            texts.line("name", self.name, needed=True),
            texts.line("kind", self.kind, needed=True),
            texts.text("address", self.address),
            texts.line("locality", self.locality),
        )


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The territory or one sector of a mission, WGS 84 degrees, with the dates between which it holds."""

    kind: BoundaryKind
    name: str
    geometry: BaseGeometry
    valid: Period = ALWAYS

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps its name from being written."""
        return (texts.line("name", self.name, needed=True),)


@dataclass(frozen=True, kw_only=True)
class Mission:
    """`territory` is the reference it was added with; a `demonstration` says so on every page and export.

    notice_days : how long an owner has to answer a notice before a proposal is decided; 0: no notice is given first.
    petition_address : where an owner may ask for a review at any time, as notices say it.
    """

    code: str
    name: str
    organisation: Organisation
    timezone: str
    territory: str
    languages: tuple[str, ...] = ("en",)
    recognises: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    demonstration: bool = False
    notice_days: int = 0
    petition_address: str | None = None

    def __post_init__(self) -> None:
        if not is_code(self.code):
            raise InputError(
                f"{self.code!r} is not a mission code; use 2 to 16 capital letters, digits or hyphens, a letter first.",
                Issue(field="code", value=self.code, reason="not a mission code"),
            )
        time_zone(self.timezone)

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written; contacts are asked for themselves."""
        return (
            texts.line("name", self.name, needed=True),
            texts.text("territory", self.territory, needed=True),
            texts.text("petition_address", self.petition_address),
            _unfit_days(self.notice_days),
            texts.several("languages", self.languages),
            *(texts.tag("language", language) for language in self.languages),
            texts.several("recognises", self.recognises),
            *(texts.line("recognises", code, needed=True, most=texts.MAX_CODE) for code in self.recognises),
        )


def is_code(text: str) -> bool:
    """Whether it is written as the code of a mission is: no letter of another script that looks the same."""
    return re.fullmatch(r"[A-Z][A-Z0-9-]{1,15}", text) is not None


def unfit_code(field: str, text: str) -> Issue | None:
    """What keeps a text from being the code of a mission, or of a partner: no two look alike."""
    if is_code(text):
        return None
    remedy = Sentence("use 2 to 16 letters from A to Z, digits or hyphens, a letter first")
    return Issue(field=field, value=ascii(text[:40]), reason=Sentence("no code of a mission"), remedy=remedy)


def _unfit_days(days: int) -> Issue | None:
    if 0 <= days <= MAX_NOTICE_DAYS:
        return None
    reason = Sentence("not between 0 and {most}", most=MAX_NOTICE_DAYS)
    return Issue(field="notice_days", value=str(days), reason=reason, remedy=Sentence("give whole days; 0 is none"))
