"""What a look-up gives back: the words for people, the JSON for programs. Neither is stored or logged."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant, time_zone
from geo_offlimits.domain.mission import Contact
from geo_offlimits.domain.position import Position
from geo_offlimits.formats.edition import feature
from geo_offlimits.lookup import wording
from geo_offlimits.lookup.answers import Answer, Match, Reason, Verdict
from geo_offlimits.lookup.coordinates import notations
from geo_offlimits.lookup.names import NameMatch
from geo_offlimits.services.headers import PublishedHeader

Translate = Callable[[str], str]
# Strictest first.
_BY_STRICTNESS = (Verdict.LISTED, Verdict.CANNOT_TELL, Verdict.NOT_LISTED)
# Properties of an entry that stand beside a match, so that a reader can tell the door without opening the edition.
_TOLD = ("names", "subject", "category", "address", "locality", "part", "sector", "applies_to", "hours", "exceptions")


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One answer a position, in the order asked, and the edition they rest on (None: nothing is published)."""

    header: PublishedHeader | None
    known_at: datetime
    contacts: tuple[Contact, ...]
    timezone: str
    positions: tuple[Position, ...]
    answers: tuple[Answer, ...]

    @property
    def strictest(self) -> Verdict:
        given = {answer.verdict for answer in self.answers}
        return next(verdict for verdict in _BY_STRICTNESS if verdict in given or verdict is Verdict.NOT_LISTED)

    @property
    def _placed(self) -> list[tuple[Position | None, Answer]]:
        """Each answer with the position asked about; None for an answer by entry or kind of venue alone."""
        return list(zip(self.positions or (None,), self.answers, strict=True))

    def as_json(self, translate: Translate = str, *, written: bool = False) -> dict[str, Any]:
        """`written`: each position in every notation, too."""
        return {
            "edition": self.header.as_json(stale_at=self.known_at) if self.header else None,
            "answers": [
                self._answer(answer, translate) | _position(position, written=written)
                for position, answer in self._placed
            ],
            "contacts": [_contact(contact) for contact in self.contacts],
        }

    def _answer(self, answer: Answer, translate: Translate) -> dict[str, Any]:
        return {
            "verdict": answer.verdict.value,
            "headline": wording.headline(answer.verdict, translate),
            "reasons": [_reason(reason, translate) for reason in answer.reasons],
            "matches": [self._match(match) for match in answer.matches],
            "rules": [_rule(rule) for rule in answer.rules],
            "nearest_m": _metres(answer.nearest_m),
            "facilities": [
                {"name": near.facility.name, "kind": near.facility.kind, "distance_m": _metres(near.distance_m)}
                for near in answer.facilities
            ],
            "stale": answer.stale,
        }

    def _match(self, match: Match) -> dict[str, Any]:
        return {
            **_entry(match.entry, self.timezone),
            "applies": match.applies,
            "why_not": match.why_not.value if match.why_not else None,
            "distance_m": _metres(match.distance_m),
            "bearing_deg": None if match.bearing_deg is None else round(match.bearing_deg, 1),
            "issuer": match.issuer,
            "decides": match.decides,
        }

    def as_text(self, translate: Translate = str) -> str:
        lines = []
        for position, answer in self._placed:
            lines.append(wording.headline(answer.verdict, translate))
            lines += [_understood(position)] if position else []
            lines += [f"  {wording.sentence(reason, translate)}" for reason in answer.reasons]
            lines += [f"  {_match_text(match, translate)}" for match in answer.matches]
            lines += [f"  {rule.name}" for rule in answer.rules]
            lines += [f"  Approved nearby: {near.facility.name}, {near.distance_m:.0f} m" for near in answer.facilities]
        return "\n".join([*lines, *_footer(self.header, self.known_at, self.contacts)])


@dataclass(frozen=True, kw_only=True)
class NameFound:
    """One entry with a name like the one searched for, on the list of `issuer`."""

    match: NameMatch
    issuer: str


@dataclass(frozen=True, kw_only=True)
class FindResult:
    """Entries by name, best first. From the score `enough` a name counts as a match."""

    header: PublishedHeader | None
    known_at: datetime
    verified: bool
    contacts: tuple[Contact, ...]
    timezone: str
    matches: tuple[NameFound, ...]
    enough: float

    @property
    def verdict(self) -> Verdict:
        """`listed` once a name matches; else `cannot_tell` on a list that is missing, unverified or expired."""
        if self.header is None or not self.verified:
            return Verdict.CANNOT_TELL
        if any(one.match.score >= self.enough for one in self.matches):
            return Verdict.LISTED
        return Verdict.CANNOT_TELL if self.header.stale(self.known_at) else Verdict.NOT_LISTED

    def as_json(self) -> dict[str, Any]:
        return {
            "edition": self.header.as_json(stale_at=self.known_at) if self.header else None,
            "verdict": self.verdict.value,
            "matches": [
                {
                    **_entry(one.match.entry, self.timezone),
                    "matched": one.match.name,
                    "score": round(one.match.score, 1),
                    "reason": one.match.reason,
                    "issuer": one.issuer,
                }
                for one in self.matches
            ],
            "contacts": [_contact(contact) for contact in self.contacts],
        }

    def as_text(self, translate: Translate = str) -> str:
        lines = [wording.headline(self.verdict, translate)]
        for one in self.matches:
            entry = one.match.entry
            place = ", ".join(text for text in (entry.address, entry.locality) if text) or "place not known"
            lines.append(f"  {one.match.score:.0f}  {entry.entry_id}  {one.match.name}  ({place})")
        return "\n".join([*lines, *_footer(self.header, self.known_at, self.contacts)])


def _entry(entry: Entry, timezone: str) -> dict[str, Any]:
    # Without its geometry: writing a footprint canonically takes longer than the whole look-up.
    properties: Mapping[str, Any] = feature(replace(entry, geometry=None))["properties"]
    return {
        "entry_id": entry.entry_id,
        "name": entry.name,
        "restriction": entry.restriction.value,
        "since": entry.since.astimezone(time_zone(timezone)).date().isoformat(),
        "directive": entry.directive,
        **{name: properties[name] for name in _TOLD},
    }


def _rule(rule: Entry) -> dict[str, Any]:
    return {
        "entry_id": rule.entry_id,
        "name": rule.name,
        "category": rule.category.value if rule.category else None,
        "restriction": rule.restriction.value,
        "issuer": rule.issuer,
        "directive": rule.directive,
    }


def _reason(reason: Reason, translate: Translate) -> dict[str, Any]:
    return {
        "code": reason.code.value,
        "text": wording.sentence(reason, translate),
        "entry_ids": list(reason.entry_ids),
    }


def _contact(contact: Contact) -> dict[str, str | None]:
    return {
        "kind": contact.kind.value,
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "hours": contact.hours,
    }


def _metres(distance_m: float | None) -> float | None:
    return None if distance_m is None else round(distance_m, 1)


def _position(position: Position | None, *, written: bool) -> dict[str, Any]:
    if position is None:
        return {"position": None}
    return {"position": position.as_json()} | ({"notations": notations(position)} if written else {})


def _understood(position: Position) -> str:
    """How the position was read, so that a slip is seen."""
    told = notations(position)
    return f"  At {told['decimal']} ({told['mgrs']}), sure to {math.ceil(position.uncertainty_m)} m."


def _match_text(match: Match, translate: Translate) -> str:
    far = "" if match.distance_m is None else f", {match.distance_m:.0f} m"
    but = f" ({wording.why_not(match.why_not, translate)})" if match.why_not else ""
    return f"{match.entry.entry_id}  {match.entry.name}{far}{but}"


def _footer(header: PublishedHeader | None, at: datetime, contacts: tuple[Contact, ...]) -> list[str]:
    lines = []
    if header:
        worn = ", expired" if header.stale(at) else ""
        lines.append(f"Edition {header.number} of {header.mission}, issued {format_instant(header.issued_at)}{worn}.")
    lines += [f"{contact.name}: {contact.phone or contact.email or ''}".rstrip(": ") for contact in contacts]
    return lines
