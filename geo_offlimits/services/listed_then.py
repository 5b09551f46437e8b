"""What was listed at a place then, and beside it what the register knows by now about that time.

1. What was listed is the verdict of a look-up on the edition that was current then, for the person's own category.
2. What is known now may differ: a listing was lifted, suspended, moved or corrected since. Both are told, neither
   replaces the other.
3. Nothing restricted is told: no basis, no reason, no person, nothing that no edition ever held.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from geo_offlimits.domain.changes import ChangeState
from geo_offlimits.domain.designation import DECIDING, TURNS, Designation, StepKind
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.answers import Answer, Question, ReasonCode
from geo_offlimits.lookup.verdict import LookupIndex
from geo_offlimits.services import compiling, lookup, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.answers import CheckResult, Translate
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.shelf import Shelf, opened
from geo_offlimits.store.editions import EditionHeader

# Of an answer, what is told: approved places and contacts are for whoever stands at the door.
_ANSWER = ("verdict", "headline", "reasons", "matches", "rules", "nearest_m", "stale")
_ENDING = TURNS | {StepKind.LIFTED}
# Editions are told apart by the second of their issue: what was recorded within it may be in them.
_SECOND = timedelta(seconds=1)
# Said of an edition, which the register is not.
_OF_EDITIONS = frozenset({ReasonCode.EMPTY_EDITION, ReasonCode.LATER_EDITION, ReasonCode.EDITION_EXPIRED})
# Told by the edition alone, or told of as an event.
_NOT_COMPARED = frozenset({"sector", "mgrs", "since", "until", "issuer", "directive", "entry_id"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and when somebody of `personnel` may have been."""

    mission: str
    at: datetime
    position: Position
    personnel: PersonnelCategory


def current(act: Act, mission: str, at: datetime) -> PublishedHeader | None:
    """The edition that was current then; None before the first."""
    found: EditionHeader | None = act.tx.editions.header(mission, at)
    return PublishedHeader.of_stored(found) if found else None


class ListedThen:
    """One place at one time, on the edition of then and as the register knows it now."""

    def __init__(self, act: Act, shelf: Shelf, place: Place, translate: Translate = str, language: str = "en") -> None:
        self._act, self._shelf, self._place, self._spoken = act, shelf, place, (translate, language)

    @cached_property
    def result(self) -> CheckResult:
        place = self._place
        request = CheckRequest(
            mission=place.mission,
            positions=(place.position,),
            radius_m=self._act.settings.radius_m,
            at=place.at,
            known_at=place.at,
            personnel=place.personnel,
        )
        return lookup.check(self._act, self._shelf, request)

    @property
    def headers(self) -> tuple[PublishedHeader, ...]:
        """The editions that the verdict rests on, the mission's own first."""
        consulted = self.result.consulted
        return (*([consulted.header] if consulted.header else []), *consulted.recognised)

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """Of the mission's own entries that were shown."""
        (answer,) = self.result.answers
        found = (*(one.entry for one in answer.matches), *answer.rules)
        return tuple(dict.fromkeys(one.entry_id for one in found if one.issuer == self._place.mission))

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = self.result.as_json(*self._spoken)["answers"][0]
        return {name: told[name] for name in _ANSWER}

    def known_now(self) -> dict[str, Any] | None:
        """What the register knows now of this place at that time; None where there was no edition to compare with."""
        if self._edition is None:
            return None
        answer = self._answer_now
        by_now = replace(self.result, answers=(answer,)).as_json(*self._spoken)["answers"][0]
        found = (*(one.entry for one in answer.matches), *answer.rules)
        named = dict.fromkeys((*self.entry_ids, *(one.entry_id for one in found)))
        entries = [self._compared(one) for one in named]
        return {name: by_now[name] for name in _ANSWER} | {"entries": [one for one in entries if one]}

    @cached_property
    def _edition(self) -> Edition | None:
        header = self.result.consulted.header
        return opened(self._act, self._shelf, header).edition if header else None

    @cached_property
    def _entries_now(self) -> dict[str, Entry]:
        """In force then, as known now, and once published or held back no longer."""
        place, newest = self._place, self._act.tx.editions.header(self._place.mission, self._act.now)
        known = register.in_force(self._act, place.mission, place.at)
        told = [one for one in known if one.designation_id in self._on_edition or _is_public(one, newest)]
        return {one.entry_id: one for one in compiling.published(told)}

    @cached_property
    def _on_edition(self) -> dict[str, Entry]:
        return {one.entry_id: one for one in self._edition.entries} if self._edition else {}

    @cached_property
    def _answer_now(self) -> Answer:
        place = self._place
        if self._edition is None:
            raise AssertionError("asked beside an edition")
        boundaries = self._act.tx.missions.boundaries(place.mission)
        by_now = replace(
            self._edition,
            entries=tuple(self._entries_now.values()),
            boundaries=boundaries,
            expires_at=place.at + timedelta(days=1),
        )
        question = Question(
            at=place.at,
            position=place.position,
            radius_m=self._act.settings.radius_m,
            personnel=place.personnel,
            door_m=self._act.settings.door_m,
        )
        answer = LookupIndex(by_now).answer(question, now=place.at)
        return replace(answer, reasons=tuple(one for one in answer.reasons if one.code not in _OF_EDITIONS))

    def _compared(self, entry_id: str) -> dict[str, Any] | None:
        now = self._act.tx.register.get(entry_id)
        if now is None or now.mission != self._place.mission or self._edition is None:
            return None
        then, at = self._act.tx.register.get(entry_id, known_at=self._place.at), self._place.at
        entry, by_now = self._on_edition.get(entry_id), self._entries_now.get(entry_id)
        described = entry or by_now
        return {
            "entry_id": entry_id,
            "name": described.name if described else now.subject.label,
            "on_edition": entry is not None,
            "held_as_known_then": then is not None and then.holds(at),
            "holds_as_known_now": now.holds(at),
            "changed": _differing(entry, by_now) if entry and by_now else [],
            "events": list(self._events(now, since=self._edition.issued_at + _SECOND)),
        }

    def _events(self, found: Designation, since: datetime) -> Iterator[dict[str, str]]:
        """What was recorded on it after the edition: turns with the time from which they hold, new descriptions."""
        for step in found.steps:
            if step.kind in _ENDING and step.recorded_at >= since:
                yield _event(step.kind.value, step.recorded_at, step.effective_at)
        changes, described = self._act.tx.changes.on(found.subject_id), self._act.tx.register.subject_history
        made = {one.change_id: one.kind for one in changes if one.state is ChangeState.MADE}
        for recorded_at, _, change_id in described(found.subject_id)[1:]:
            if recorded_at >= since:
                yield _event(made[change_id].value if change_id else "renamed", recorded_at, recorded_at)


def _is_public(found: Designation, newest: EditionHeader | None) -> bool:
    """Whether it was decided, and held back no longer, when the newest edition was issued."""
    decided = next((one.recorded_at for one in found.steps if one.kind in DECIDING), None)
    moments = [moment for moment in (decided, found.terms.not_before) if moment]
    return newest is not None and decided is not None and max(moments) <= newest.issued_at + _SECOND


def _differing(entry: Entry, by_now: Entry) -> list[str]:
    names = [one.name for one in fields(entry) if one.name not in _NOT_COMPARED]
    return [name for name in names if getattr(entry, name) != getattr(by_now, name)]


def _event(kind: str, recorded_at: datetime, effective_at: datetime) -> dict[str, str]:
    return {"kind": kind, "recorded_at": format_instant(recorded_at), "effective_at": format_instant(effective_at)}
