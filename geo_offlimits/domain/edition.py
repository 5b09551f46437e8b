"""An edition: the numbered, immutable snapshot that staff get. Nothing else leaves the register."""

from dataclasses import dataclass, field
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain import texts
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.mission import Boundary, Contact, Facility
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M
from geo_offlimits.domain.premises import Name, Part, SubjectKind, VenueKind
from geo_offlimits.errors import Issue

EDITION_FORMAT = "geo-offlimits/edition/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One designation as published. Holds nothing restricted: no basis, note, source, proposer or operator."""

    entry_id: str
    name: str
    names: tuple[Name, ...]
    subject: SubjectKind
    category: VenueKind | None
    restriction: Restriction
    applies_to: tuple[PersonnelCategory, ...] = ()
    hours: Hours | None = None
    exceptions: tuple[str, ...] = ()
    since: datetime
    until: datetime | None = None
    part: Part | None = None
    address: str | None = None
    locality: str | None = None
    sector: str | None = None
    mgrs: str | None = None
    uncertainty_m: float | None = None
    issuer: str
    directive: str
    geometry: BaseGeometry | None = None

    @property
    def other_names(self) -> tuple[Name, ...]:
        """Those beside the one that labels it."""
        return tuple(name for name in self.names if name.text != self.name)

    @property
    def unsure_m(self) -> float:
        """The 95 % uncertainty with which its footprint is reckoned, in metres, also where none is told."""
        return UNKNOWN_UNCERTAINTY_M if self.uncertainty_m is None else self.uncertainty_m

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being shown: asked of what another installation signed."""
        part = self.part or Part()
        lines: dict[str, str | None] = {"id": self.entry_id, "name": self.name, "issuer": self.issuer}
        lines |= {"locality": self.locality, "sector": self.sector, "mgrs": self.mgrs}
        lines |= {"floor": part.floor, "entrance": part.entrance}
        several: dict[str, str | None] = {"address": self.address, "part": part.text, "directive": self.directive}
        return (
            *(texts.line(field, value) for field, value in lines.items()),
            *(texts.text(field, value) for field, value in several.items()),
            *(texts.text("exceptions", exception) for exception in self.exceptions),
            *(texts.line("name", name.text) for name in self.names),
        )


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The head of the audit tree: `size` leaves under `root_sha256` (hex), before the publishing row."""

    size: int
    root_sha256: str


@dataclass(frozen=True, kw_only=True)
class Edition:
    """The content of one edition, in the order of its bytes. `number` counts from 1 without gaps for each mission."""

    mission: str
    mission_name: str
    timezone: str
    number: int
    previous_sha256: str | None
    issued_at: datetime
    expires_at: datetime
    statement: dict[str, str]
    contacts: tuple[Contact, ...]
    facilities: tuple[Facility, ...]
    boundaries: tuple[Boundary, ...]
    checkpoint: Checkpoint
    entries: tuple[Entry, ...]
    demonstration: bool = False

    def stale(self, at: datetime) -> bool:
        return at >= self.expires_at


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """Says 'remove this one' to whoever holds an older edition."""

    entry_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One entry in both editions with the names of the properties that differ."""

    before: Entry
    after: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Delta:
    """The difference between two editions; may be empty."""

    from_number: int
    to_number: int
    added: tuple[Entry, ...] = ()
    changed: tuple[Changed, ...] = ()
    removed: tuple[Tombstone, ...] = ()
    to_sha256: str | None = field(default=None)

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)
