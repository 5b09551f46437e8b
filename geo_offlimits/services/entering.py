"""What another person enters of one person: what they said on paper or by word of mouth. Sheets: `services.sheets`.

1. It is entered by another person, never by the one who said it, and says who entered it.
2. It counts for the day that was written, never before the edition came out, after today or after they had departed.
3. By word of mouth, the list and the statement were explained to somebody who cannot read them, in the language said,
   by a person in service of the mission: the one who enters it or another, never the one who was told.
4. Who entered something by mistake withdraws it, with the reason; what people said themselves only they withdraw.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.acknowledgement import (
    ENTERED_BY_ANOTHER,
    Acknowledgement,
    AcknowledgementState,
    Channel,
    Strength,
)
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.people import Action, Person
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import acknowledging, missions, recording
from geo_offlimits.services.acknowledging import Manner
from geo_offlimits.services.act import Act
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.statements import statement
from geo_offlimits.store.editions import EditionHeader


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody said about edition `number`, on paper or by word of mouth, `on` that day (None: today).

    explained_by : number or address of who explained it, with channel `oral`.
    """

    number: int
    channel: Channel
    state: AcknowledgementState
    language: str
    on: date | None = None
    reason: str | None = None
    explained_by: str | None = None


class NoExplainerError(RefusedError):
    """Nobody, or the very person, would have explained it."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("What is said by word of mouth was explained by another person. Give the number of who did.")
        )


class DepartedError(RefusedError):
    """Who has gone says nothing any more, and explains nothing."""

    def __init__(self, reference: str, day: date) -> None:
        super().__init__(
            Sentence("{person} was not in service on {day}; correct the number or the day.", person=reference, day=day)
        )


def enter(act: Act, mission: str, reference: str, entry: Entry) -> Acknowledgement:
    """Record what the person of this number or address said. Said already, it is recorded once.

    Raises AbsentError for who is not of the mission, RefusedError for oneself and for what does not follow from what
    they said before, InputError for the day, the language or the reason.
    """
    act.require(Action.ENTER_ACKNOWLEDGEMENT, mission)
    texts.refuse(texts.tag("language", entry.language), texts.text("reason", entry.reason))
    person = _another(act, mission, reference)
    edition = act.tx.editions.header_of(mission, entry.number)
    if edition is None:
        newest = act.tx.editions.header(mission, act.now)
        raise UnknownEditionError(mission, entry.number, newest.number if newest else 0)
    before = act.tx.acknowledgements.one(person.person_id, mission, entry.number)
    if entry.state is AcknowledgementState.WITHDRAWN:
        return _withdraw(act, before, entry)
    if before and before.state is entry.state:
        return before
    at = _day(act, edition, entry)
    _refuse_departed(act, person, reference, entry)
    if before and (at <= before.acknowledged_at or (entry.on and stands_against(act, before, entry.on))):
        raise RefusedError(said_since(before))
    explained_by = explainer(act, mission, entry, person.person_id) if entry.channel is Channel.ORAL else None
    return entered(act, edition, entry, person_id=person.person_id, acknowledged_at=at, explained_by=explained_by)


def explainer(act: Act, mission: str, entry: Entry, person_id: str) -> str:
    """Id of who explained it. Raises AbsentError, DepartedError; NoExplainerError for nobody or the person they are."""
    if not entry.explained_by:
        raise NoExplainerError
    found = _of_mission(act, mission, entry.explained_by)
    if found.person_id == person_id:
        raise NoExplainerError
    _refuse_departed(act, found, entry.explained_by, entry)
    return found.person_id


def had_departed(act: Act, mission: str, service_to: datetime | None, day: date) -> bool:
    """Whether a service had ended before this day, as the mission counts them; paper of the last day may be signed."""
    return service_to is not None and missions.day_of(act, mission, service_to) < day


def _refuse_departed(act: Act, person: Person, reference: str, entry: Entry) -> None:
    day = entry.on or missions.today(act, person.mission)
    if had_departed(act, person.mission, person.service.end, day):
        raise DepartedError(reference, day)


def stands_against(act: Act, before: Acknowledgement, day: date) -> bool:
    """Whether paper of this day does not undo what was said: it says no hour, so of one day the paper may be older."""
    return day <= missions.day_of(act, before.mission, before.acknowledged_at)


def said_since(before: Acknowledgement) -> Sentence:
    """Paper of before a withdrawal does not undo it when it is read in once more."""
    return Sentence(
        "They said otherwise on {day}, and paper of that day or before does not undo it; ask them to say it again.",
        day=before.acknowledged_at.date(),
    )


def _another(act: Act, mission: str, reference: str) -> Person:
    person = _of_mission(act, mission, reference)
    if person.person_id == act.person_id:
        raise RefusedError(Sentence("You cannot enter your own acknowledgement; sign in and acknowledge."))
    return person


def _of_mission(act: Act, mission: str, reference: str) -> Person:
    person = act.tx.people.find(reference)
    if person is None or person.mission != mission:
        raise AbsentError(f"Nobody of {mission} has the number or address {reference}; check it.")
    return person


def _withdraw(act: Act, before: Acknowledgement | None, entry: Entry) -> Acknowledgement:
    texts.refuse(texts.text("reason", entry.reason, needed=True))
    if before and before.channel not in ENTERED_BY_ANOTHER:
        raise RefusedError(Sentence("They said this themselves, so only they can withdraw it."))
    return acknowledging.withdrawn(act, before, entry.number, entry.reason or "", Manner(channel=Channel.COMMAND))


def _day(act: Act, edition: EditionHeader, entry: Entry) -> datetime:
    first, today = possible_days(act, edition)
    day = entry.on or today
    if not first <= day <= today:
        raise InputError(
            Sentence("{day} is before edition {number} came out, or not yet.", day=day, number=edition.number),
            Issue(field="on", value=str(day), reason=Sentence("not a day on which it could be said")),
        )
    return act.now if entry.on is None or day == today else moment_of(act, edition, day)


def possible_days(act: Act, edition: EditionHeader) -> tuple[date, date]:
    """The first and the last day on which an edition can have been acknowledged, as the mission counts them."""
    return edition.issued_at.astimezone(_zone(act, edition)).date(), missions.today(act, edition.mission)


def moment_of(act: Act, edition: EditionHeader, day: date) -> datetime:
    """Paper says a day: its noon in the mission, but never before the edition came out or after now."""
    noon = datetime.combine(day, time(12), _zone(act, edition))
    return min(max(noon, edition.issued_at), act.now)


def _zone(act: Act, edition: EditionHeader) -> tzinfo:
    mission = act.tx.missions.get(edition.mission)
    return time_zone(mission.timezone if mission else "UTC")


def entered(act: Act, edition: EditionHeader, entry: Entry, **how: Any) -> Acknowledgement:
    """Writes it; callers have looked at everything that could stand in the way. how : what `entry` does not tell."""
    shown = statement(act, edition, entry.language)
    made = recording.said(
        act,
        edition,
        shown,
        # What was explained may be in a language of which the edition has no text.
        language=entry.language if entry.channel is Channel.ORAL else shown.language,
        channel=entry.channel,
        strength=Strength.ORAL if entry.channel is Channel.ORAL else Strength.PAPER,
        state=entry.state,
        reason=entry.reason or None,
        **how,
    )
    return recording.record(act, made)
