"""What a look-up gives back: the words for people, the JSON for programs. Neither is stored or logged."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant, time_zone
from geo_offlimits.domain.languages import SOURCE
from geo_offlimits.domain.mission import Contact
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Part
from geo_offlimits.formats.edition import feature
from geo_offlimits.formats.words import WORDS, hours_of
from geo_offlimits.lookup import wording
from geo_offlimits.lookup.answers import Answer, Match, Reason, Verdict, WhyNot
from geo_offlimits.lookup.coordinates import notations
from geo_offlimits.lookup.names import NameMatch, in_other_words
from geo_offlimits.services.headers import PublishedHeader

Translate = Callable[[str], str]
_LANGUAGE = "en"  # of the words at a prompt
# Strictest first.
_BY_STRICTNESS = (Verdict.LISTED, Verdict.CANNOT_TELL, Verdict.NOT_LISTED)
# Properties of an entry that stand beside a match, so that a reader can tell the door without opening the edition.
_TOLD = ("names", "subject", "category", "address", "locality", "part", "sector", "applies_to", "hours", "exceptions")


@dataclass(frozen=True, kw_only=True)
class Consulted:
    """The lists that an answer rests on: the mission's own edition (None: nothing is published) and `recognised` ones.

    known_at : when they were current, and their staleness is judged. contacts : the mission's own, never another's.
    """

    mission: str
    header: PublishedHeader | None
    recognised: tuple[PublishedHeader, ...]
    known_at: datetime
    contacts: tuple[Contact, ...]
    timezone: str

    def as_json(self) -> dict[str, Any]:
        return {
            "edition": self.header.as_json(stale_at=self.known_at) if self.header else None,
            "recognised": [header.as_json(stale_at=self.known_at) for header in self.recognised],
            "contacts": [_contact(contact) for contact in self.contacts],
        }

    def as_lines(self) -> list[str]:
        headers = [*([self.header] if self.header else []), *self.recognised]
        lines = [
            f"Edition {header.number} of {header.mission}, issued {format_instant(header.issued_at)}"
            f"{', expired' if header.stale(self.known_at) else ''}."
            for header in headers
        ]
        return lines + [f"{one.name}: {one.phone or one.email or ''}".rstrip(": ") for one in self.contacts]

    def entry_json(self, entry: Entry) -> dict[str, Any]:
        # Without its geometry: writing a footprint canonically takes longer than the whole look-up.
        properties: Mapping[str, Any] = feature(replace(entry, geometry=None))["properties"]
        return {
            "entry_id": entry.entry_id,
            "name": entry.name,
            "restriction": entry.restriction.value,
            "since": entry.since.astimezone(time_zone(self.timezone)).date().isoformat(),
            "directive": entry.directive,
            "issuer": entry.issuer,
            **{name: properties[name] for name in _TOLD},
        }

    def limits(self, entry: Entry, why_not: WhyNot | None, translate: Translate) -> str:
        """What an entry's line says behind its name: the restriction, when it binds, why it does not, whose it is."""
        words = [translate(WORDS[entry.restriction]).lower()]
        if entry.hours:
            words.append(f"{translate('only')} {hours_of(entry.hours, self.timezone, _LANGUAGE, translate)}")
        if why_not:
            words.append(wording.why_not(why_not, translate))
        if entry.issuer != self.mission:
            words.append(translate("on the list of {issuer}").format(issuer=entry.issuer))
        return ", ".join(words)


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One answer a position, in the order asked; one in all where no position was given."""

    consulted: Consulted
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

    def as_json(self, translate: Translate = str, language: str = SOURCE, *, written: bool = False) -> dict[str, Any]:
        """`written`: each position in every notation, too."""
        answers = [
            self._answer(answer, translate, language) | _position(position, written=written)
            for position, answer in self._placed
        ]
        return self.consulted.as_json() | {"answers": answers}

    def _answer(self, answer: Answer, translate: Translate, language: str) -> dict[str, Any]:
        return {
            **_verdict(answer, translate, language),
            "matches": [self._match(match) for match in answer.matches],
            "rules": [_rule(rule) for rule in answer.rules],
            "nearest_m": _metres(answer.nearest_m),
            "facilities": [
                {
                    "name": near.facility.name,
                    "kind": near.facility.kind,
                    "distance_m": _metres(near.distance_m),
                    "issuer": near.issuer,
                }
                for near in answer.facilities
            ],
            "stale": answer.stale,
        }

    def _match(self, match: Match) -> dict[str, Any]:
        return {
            **self.consulted.entry_json(match.entry),
            "applies": match.applies,
            "why_not": match.why_not.value if match.why_not else None,
            "distance_m": _metres(match.distance_m),
            "bearing_deg": None if match.bearing_deg is None else round(match.bearing_deg, 1),
            "decides": match.decides,
        }

    def as_text(self, translate: Translate = str) -> str:
        lines = []
        for position, answer in self._placed:
            headline, *reasons = _verdict_lines(answer, translate)
            lines += [headline, *([_understood(position)] if position else []), *reasons]
            lines += [f"  {self._match_text(match, translate)}" for match in answer.matches]
            lines += [f"  {self._rule_text(rule, translate)}" for rule in answer.rules]
            lines += [f"  Approved nearby: {near.facility.name}, {near.distance_m:.0f} m" for near in answer.facilities]
        return "\n".join([*lines, *self.consulted.as_lines()])

    def _match_text(self, match: Match, translate: Translate) -> str:
        far = "" if match.distance_m is None else f", {match.distance_m:.0f} m"
        limits = self.consulted.limits(match.entry, match.why_not, translate)
        return f"{match.entry.entry_id}  {match.entry.name}{far}, {limits}"

    def _rule_text(self, rule: Entry, translate: Translate) -> str:
        return f"{translate(WORDS[rule.subject])}: {rule.name}, {self.consulted.limits(rule, None, translate)}"


@dataclass(frozen=True, kw_only=True)
class NameFound:
    """One entry with a name like the one searched for. `answer` is what a check says with this entry chosen.

    is_match : the name is enough like it to count as that choice; else it is a suggestion and decides nothing.
    """

    match: NameMatch
    is_match: bool
    answer: Answer

    @property
    def entry(self) -> Entry:
        return self.match.entry

    @property
    def decides(self) -> bool:
        return self.is_match and self.answer.verdict is Verdict.LISTED

    @property
    def why_not(self) -> WhyNot | None:
        return next(one.why_not for one in self.answer.matches if one.entry.entry_id == self.entry.entry_id)


@dataclass(frozen=True, kw_only=True)
class FindResult:
    """Entries by name, those that decide first, then the most alike; `answer` is the strictest of what they lead to."""

    consulted: Consulted
    answer: Answer
    matches: tuple[NameFound, ...]

    @property
    def verdict(self) -> Verdict:
        return self.answer.verdict

    def as_json(self, translate: Translate = str, language: str = SOURCE) -> dict[str, Any]:
        return {
            **self.consulted.as_json(),
            **_verdict(self.answer, translate, language),
            "matches": [self._found(one, translate) for one in self.matches],
        }

    def _found(self, one: NameFound, translate: Translate) -> dict[str, Any]:
        return {
            **self.consulted.entry_json(one.entry),
            "matched": one.match.name,
            "score": round(one.match.score, 1),
            "reason": in_other_words(one.match.reason, translate),
            "applies": one.why_not is None,
            "why_not": one.why_not.value if one.why_not else None,
            "is_match": one.is_match,
            "decides": one.decides,
        }

    def as_text(self, translate: Translate = str) -> str:
        lines = _verdict_lines(self.answer, translate)
        for one in self.matches:
            entry = one.entry
            limits = self.consulted.limits(entry, one.why_not, translate)
            why = in_other_words(one.match.reason, translate)
            place = _place(entry, translate)
            lines.append(f"  {one.match.score:.0f}  {entry.entry_id}  {one.match.name}  ({place}), {limits}: {why}")
        return "\n".join([*lines, *self.consulted.as_lines()])


def _verdict(answer: Answer, translate: Translate, language: str) -> dict[str, Any]:
    return {
        "verdict": answer.verdict.value,
        "headline": wording.headline(answer.verdict, translate, on_list=answer.on_list),
        "reasons": [_reason(reason, translate, language) for reason in answer.reasons],
    }


def _verdict_lines(answer: Answer, translate: Translate) -> list[str]:
    headline = wording.headline(answer.verdict, translate, on_list=answer.on_list)
    return [headline, *(f"  {wording.sentence(reason, translate)}" for reason in answer.reasons)]


def _place(entry: Entry, translate: Translate) -> str:
    """The part of the building that is meant, the address and the town, so that a reader can tell the door."""
    texts = [*_part(entry.part, translate), entry.address, entry.locality]
    unknown = translate("Place not known") if entry.geometry is None else translate("Marked on the map")
    return ", ".join(text for text in texts if text) or unknown


def _part(part: Part | None, translate: Translate) -> Iterator[str]:
    if part and part.floor:
        yield translate("floor %(floor)s") % {"floor": part.floor}
    if part and part.entrance:
        yield translate("entrance: %(entrance)s") % {"entrance": part.entrance}
    if part and part.text:
        yield part.text


def _rule(rule: Entry) -> dict[str, Any]:
    return {
        "entry_id": rule.entry_id,
        "name": rule.name,
        "category": rule.category.value if rule.category else None,
        "restriction": rule.restriction.value,
        "issuer": rule.issuer,
        "directive": rule.directive,
    }


def _reason(reason: Reason, translate: Translate, language: str) -> dict[str, Any]:
    return {
        "code": reason.code.value,
        "mission": reason.facts.get("mission"),
        "text": wording.sentence(reason, translate, language),
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
