"""Leave: entered by another person who may enter acknowledgements, so that nobody is chased on a beach."""

import secrets
from datetime import date

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period, format_instant
from geo_offlimits.domain.leave import Leave
from geo_offlimits.domain.people import Action, NotPermittedError, Person
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.people import UnknownPersonError


def enter(act: Act, reference: str, first: date | None, last: date | None) -> Leave:
    """A person is away from the first day to the last, both included, as days go in their mission.

    It takes the place of leave that it touches. Raises InputError for open ends, RefusedError for one's own leave and
    where it touches several.
    """
    person = _of(act, reference)
    days = missions.days(act, person.mission, first, last)
    if days.start is None or days.end is None:
        raise InputError(
            Sentence("Leave has a first and a last day; give both."), Issue(field="to", reason=Sentence("missing"))
        )
    touched = [one for one in act.tx.leave.of_person(person.person_id) if _touches(one, days)]
    if len(touched) > 1:
        raise RefusedError(Sentence("This touches {count} leaves; take each back first.", count=len(touched)))
    leave_id = touched[0].leave_id if touched else f"L-{secrets.token_hex(4)}"
    return _put(
        act,
        Leave(
            leave_id=leave_id,
            person_id=person.person_id,
            mission=person.mission,
            away_from=days.start,
            away_to=days.end,
            entered_by=act.person_id,
            recorded_at=act.now,
        ),
    )


def take_back(act: Act, reference: str) -> Leave:
    """The leave that holds now, or is the next to come, ends now or never begins: the person is here."""
    person = _of(act, reference)
    coming = [one for one in act.tx.leave.of_person(person.person_id) if one.away_to > act.now]
    found = min(coming, key=lambda one: one.away_from, default=None)
    if found is None:
        raise RefusedError(Sentence("{person} is not on leave; nothing is left to take back.", person=reference))
    return _put(
        act,
        Leave(
            **vars(found)
            | {
                "away_to": max(found.away_from, act.now),
                "entered_by": act.person_id,
                "recorded_at": act.now,
            }
        ),
    )


def _put(act: Act, leave: Leave) -> Leave:
    act.tx.leave.add(leave)
    act.tx.outbox.wake(leave.person_id, act.now)
    act.record(
        AuditTag.LEAVE_ENTERED,
        subject=leave.person_id,
        mission=leave.mission,
        away_from=format_instant(leave.away_from),
        away_to=format_instant(leave.away_to),
    )
    return leave


def _of(act: Act, reference: str) -> Person:
    person = act.tx.people.find(reference)
    if person is None:
        raise UnknownPersonError(reference)
    try:
        act.require(Action.ENTER_ACKNOWLEDGEMENT, person.mission)
    except NotPermittedError:  # nobody learns from it who is of another mission
        raise UnknownPersonError(reference) from None
    if person.person_id == act.person_id:
        raise RefusedError(Sentence("Nobody enters leave of their own. Ask another person to."))
    return person


def _touches(one: Leave, days: Period) -> bool:
    return bool(days.start and days.end and one.away_from <= days.end and days.start <= one.away_to)
