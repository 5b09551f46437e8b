"""Inductions: newcomers are told the standards of conduct by somebody who is named.

An induction says when, in which language and by whom somebody was told the standards of conduct; nobody briefs
themselves, or enters that they were briefed. It is about the edition that was current on that day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from geo_offlimits.delivery import catalogue
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.induction import Induction
from geo_offlimits.domain.languages import is_reviewed
from geo_offlimits.domain.people import Action, Person
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.conduct import conduct_sha256
from geo_offlimits.services import editions, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import own_unit
from geo_offlimits.services.entering import DepartedError, had_departed
from geo_offlimits.services.people import UnknownPersonError
from geo_offlimits.store.editions import EditionHeader

RECENT = timedelta(days=90)


def record_induction(
    act: Act, mission: str, reference: str, *, day: date | None, language: str, briefed_by: str | None = None
) -> Induction:
    """Record that a person was told the standards of conduct, in one of the languages with reviewed words for them.

    day : of the briefing; None is today. briefed_by : number or e-mail of who explained them; None is the actor.
    Raises InputError for a day to come, before the first edition or after they had departed, and for a language without
    words; RefusedError for one's own.
    """
    act.require(Action.ENTER_ACKNOWLEDGEMENT, mission)
    person = colleague(act, mission, reference)
    briefer = colleague(act, mission, briefed_by) if briefed_by else act.require_actor().person
    if person.person_id in {act.person_id, briefer.person_id}:
        raise RefusedError(
            Sentence("Nobody briefs themselves, or enters that they were briefed. Ask another person to.")
        )
    spoken, inducted_on = _spoken(language), _day(act, mission, day)
    current = _current(act, mission, inducted_on)
    for one in (person, briefer):
        if had_departed(act, mission, one.service.end, inducted_on):
            raise DepartedError(one.number, inducted_on)
    made = Induction(
        person_id=person.person_id,
        mission=mission,
        edition_number=current.number,
        edition_sha256=current.sha256,
        inducted_on=inducted_on,
        language=spoken,
        text_sha256=conduct_sha256(catalogue.catalogue(spoken).gettext),
        briefed_by=briefer.person_id,
        entered_by=act.person_id,
        recorded_at=act.now,
    )
    act.tx.inductions.add(made)
    facts = {"edition": current.number, "language": spoken, "text_sha256": made.text_sha256}
    act.record(
        AuditTag.INDUCTION_RECORDED,
        subject=person.person_id,
        mission=mission,
        briefed_by=briefer.person_id,
        **facts,
    )
    return made


def _day(act: Act, mission: str, day: date | None) -> date:
    today = missions.today(act, mission)
    if day and day > today:
        raise InputError(
            Sentence("The day {day} is still to come; give the day of the briefing.", day=day),
            Issue(field="date", reason=Sentence("still to come"), value=str(day)),
        )
    return day or today


def _current(act: Act, mission: str, day: date) -> EditionHeader:
    """The edition of that day: of two, the later."""
    if act.tx.editions.header(mission, act.now) is None:
        raise editions.NothingPublishedError(mission)
    found = act.tx.editions.header(mission, min(missions.days(act, mission, day, day).end or act.now, act.now))
    if found is None:
        raise InputError(
            Sentence("No edition of {mission} had come out by {day}; correct the day.", mission=mission, day=day),
            Issue(field="date", reason=Sentence("before the first edition"), value=str(day)),
        )
    return found


def _spoken(language: str) -> str:
    known = catalogue.known(language)
    if known is None or not is_reviewed(known):
        raise InputError(
            Sentence(
                "The standards of conduct are not here in {language}; give a language they were read in.",
                language=language,
            ),
            Issue(field="language", reason=Sentence("unknown"), value=language),
        )
    return known


def colleague(act: Act, mission: str, reference: str) -> Person:
    """A person of this mission; others are as absent as those who do not exist."""
    person = act.tx.people.find(reference)
    if person is None or person.mission != mission:
        raise UnknownPersonError(reference)
    return person


@dataclass(frozen=True, kw_only=True)
class Awaiting:
    """Who has come within the last 90 days and has no induction on record.

    own : those of the reader's unit, by number. elsewhere : how many they are in other units.
    """

    own: tuple[Person, ...]
    elsewhere: int


def awaiting(act: Act, mission: str) -> Awaiting:
    act.require(Action.ENTER_ACKNOWLEDGEMENT, mission)
    inducted, unit = act.tx.inductions.of_mission(mission), own_unit(act, mission)
    came = act.tx.arrived(mission, since=act.now - RECENT, now=act.now)
    waiting = [one for one in came if one.person_id not in inducted]
    own = tuple(one for one in waiting if one.unit == unit)
    return Awaiting(own=own, elsewhere=len(waiting) - len(own))
