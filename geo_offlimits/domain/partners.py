"""A list of a partner, kept beside the mission's own register: its word, never ours.

1. A signed edition is its issuer's word by its signature. What was transcribed is nobody's word until another person
   than the one who entered it has held it against the paper.
2. A newer list of the same partner and standing takes the place of the one before. A transcription never takes the
   place of a signed edition, nor the other way round: who compares is shown both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mission import Boundary
from geo_offlimits.domain.origins import Origin, OriginStanding


class PartnerState(StrEnum):
    """Where a partner's list stands with us."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


# Only these are the partner's word: what else is shown as what it is, and compared with nothing.
HELD = frozenset({PartnerState.CONFIRMED, PartnerState.RECOGNISED})


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What somebody said of a transcribed list: confirmed by a second person, or refused for a reason."""

    state: PartnerState
    person_id: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class PartnerList:
    """What is kept of a list beside its entries. `entries` : how many there are.

    edition_id : `CODE-P0001`, of the mission that keeps it. dated : when a signed edition was issued, or when a
    transcribed list was received. key_id : of the key by which the signature was verified.
    """

    edition_id: str
    mission: str
    partner: str
    standing: OriginStanding
    dated: datetime
    sha256: str
    file_name: str
    person_id: str
    recorded_at: datetime
    entries: int
    reference: str | None = None
    number: int | None = None
    expires_at: datetime | None = None
    key_id: str | None = None
    settlement: Settlement | None = None

    @property
    def state(self) -> PartnerState:
        """As it stands by itself; whether a newer one took its place is told by all of them."""
        if self.standing is OriginStanding.SIGNED:
            return PartnerState.RECOGNISED
        return self.settlement.state if self.settlement else PartnerState.WAITING

    @property
    def persons(self) -> tuple[str, ...]:
        """Ids of who entered and of who settled it."""
        return (self.person_id, self.settlement.person_id) if self.settlement else (self.person_id,)

    @property
    def origin(self) -> Origin:
        is_transcribed = self.standing is OriginStanding.TRANSCRIBED
        is_confirmed = self.state is PartnerState.CONFIRMED
        return Origin(
            code=self.partner,
            standing=self.standing,
            dated=self.dated,
            sha256=self.sha256,
            edition=self.number,
            reference=self.reference,
            entered_by=self.person_id if is_transcribed else None,
            confirmed_by=self.settlement.person_id if self.settlement and is_confirmed else None,
        )


@dataclass(frozen=True, kw_only=True)
class PartnerEdition:
    """One list of a partner among all that the mission holds. `superseded_by` : the newer list in its place.

    entries : as it has them; none where only what is kept beside them was asked for. rows : of a transcribed one,
    entry id -> row of the file. not_read : the rows of the file that could not be understood. boundaries : of a signed
    one, as it tells them itself. names : person id -> name of who entered and who settled it.
    """

    kept: PartnerList
    superseded_by: str | None = None
    entries: tuple[Entry, ...] = ()
    rows: dict[str, int]
    not_read: tuple[int, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition_id(self) -> str:
        return self.kept.edition_id

    @property
    def mission(self) -> str:
        return self.kept.mission

    @property
    def origin(self) -> Origin:
        told = self.kept.origin
        entered, confirmed = self.name_of(told.entered_by), self.name_of(told.confirmed_by)
        return replace(told, entered_by_name=entered, confirmed_by_name=confirmed)

    def name_of(self, person_id: str | None) -> str | None:
        return self.names.get(person_id) if person_id else None

    @property
    def recorded_by(self) -> str:
        """Who entered or recognised it, by name where that is told."""
        return self.name_of(self.kept.person_id) or self.kept.person_id

    @property
    def settled_by(self) -> str | None:
        """Who confirmed or refused it, by name where that is told; None where nobody has."""
        settled = self.kept.settlement
        return (self.name_of(settled.person_id) or settled.person_id) if settled else None

    @property
    def state(self) -> PartnerState:
        return PartnerState.SUPERSEDED if self.superseded_by else self.kept.state

    @property
    def is_held(self) -> bool:
        """Whether it stands as the partner's word."""
        return self.state in HELD

    def is_stale(self, at: datetime) -> bool:
        return self.kept.expires_at is not None and at >= self.kept.expires_at

    def as_json(self) -> dict[str, Any]:
        kept, settled = self.kept, self.kept.settlement
        return {
            "id": kept.edition_id,
            "mission": kept.mission,
            "state": self.state.value,
            "origin": self.origin.as_json(),
            "file": kept.file_name,
            "entries": kept.entries,
            "recorded_at": format_instant(kept.recorded_at),
            "recorded_by": kept.person_id,
            "recorded_by_name": self.name_of(kept.person_id),
            "settled_by": settled.person_id if settled else None,
            "settled_by_name": self.name_of(settled.person_id) if settled else None,
            "settled_at": format_instant(settled.at) if settled else None,
            "reason": settled.reason if settled else None,
            "superseded_by": self.superseded_by,
            "expires_at": format_instant(kept.expires_at) if kept.expires_at else None,
            "key_id": kept.key_id,
        }

    def __str__(self) -> str:
        kept, origin = self.kept, self.origin
        what = f"edition {origin.edition}, signed" if kept.number else f"{origin.reference}, transcribed, unsigned"
        instead = f" by {self.superseded_by}" if self.superseded_by else ""
        by = f"; entered by {self.recorded_by}" + (f", settled by {self.settled_by}" if self.settled_by else "")
        about = f"{kept.edition_id} {kept.partner} ({what}, {kept.dated:%Y-%m-%d})"
        return f"{about}: {kept.entries} entries, {self.state.value}{instead}{by}"


def arranged(lists: Iterable[PartnerList]) -> tuple[PartnerEdition, ...]:
    """All lists of a mission, in their order, each with the newer one in its place where there is one."""
    known = tuple(lists)
    newest: dict[tuple[str, OriginStanding], PartnerList] = {}
    for one in known:
        if one.state in HELD and _age(one) >= _age(newest.setdefault((one.partner, one.standing), one)):
            newest[one.partner, one.standing] = one
    return tuple(PartnerEdition(kept=one, rows={}, superseded_by=_instead(one, newest)) for one in known)


def _instead(one: PartnerList, newest: dict[tuple[str, OriginStanding], PartnerList]) -> str | None:
    current = newest.get((one.partner, one.standing))
    return current.edition_id if current and one.state in HELD and current is not one else None


def _age(one: PartnerList) -> tuple[int, datetime, datetime]:
    """By the number of a signed edition; of transcribed lists by the day on which they were received."""
    return (one.number or 0, one.dated, one.recorded_at)


@dataclass(frozen=True, kw_only=True)
class PartnerKey:
    """A public key by which a partner signs, entered by an administrator who compared its fingerprint."""

    partner: str
    fingerprint: str
    pem: str
    person_id: str
    recorded_at: datetime
    withdrawn_by: str | None = None
