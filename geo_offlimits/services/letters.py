"""Letters to owners and public notices: what the register and the current edition say, made ready for paper.

1. To print is to read: nothing is recorded. That notice was given is a step of its own, taken after handing it over.
2. Where a mission has no petition address neither is made: an owner who is told must be told where to answer.
3. A public notice says what staff read, so it is made of the current edition, and only while the register holds it.
"""

from datetime import date, datetime

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.designation import IN_FORCE_STATES, PROPOSED_STATES, Designation, State, StepKind
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Subject, SubjectKind
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.letter import Letter, LetterStanding, Paper, Place, PublicNotice, page
from geo_offlimits.lookup.coordinates import mgrs
from geo_offlimits.services import editions, missions, notice, register
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import Shelf

_NOTICE_GIVEN = frozenset({StepKind.NOTICE_GIVEN})


class NoPetitionAddressError(RefusedError):
    """An owner would not know where to answer."""

    def __init__(self, mission: str) -> None:
        self.mission = mission
        super().__init__(
            Sentence(
                "{mission} has no petition address, so an owner would not know where to answer; an administrator sets "
                "it (mission notice {mission} --petition-address).",
                mission=mission,
            )
        )


class NoOwnerError(RefusedError):
    """A letter goes to the owner of premises; an area and a rule have none."""

    def __init__(self, designation_id: str, kind: SubjectKind) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} is no premises but of the kind “{kind}”, so there is no owner to write to; print the public "
                "notice instead.",
                id=designation_id,
                kind=kind,
            )
        )


class NothingToTellError(RefusedError):
    """It never held, and is not considered any more."""

    def __init__(self, designation: Designation) -> None:
        self.designation_id = designation.designation_id
        super().__init__(
            Sentence(
                "{id} stands at “{state}”, so an owner has nothing to be told; write only of what is considered, "
                "listed or ended.",
                id=designation.designation_id,
                state=designation.state,
            )
        )


class NotListedError(RefusedError):
    """A public notice would say what the current edition does not, or what no longer holds."""

    def __init__(self, designation_id: str, mission: str) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} is not both in force and on the current edition of {mission}, so there is nothing to put up; "
                "publish an edition first.",
                id=designation_id,
                mission=mission,
            )
        )


def letter(act: Act, designation_id: str) -> Letter:
    """The letter to the owner as things stand today.

    Raises UnknownDesignationError, NoOwnerError, NothingToTellError, NoPetitionAddressError.
    """
    found = register.show(act, designation_id)
    mission, standing = missions.mission(act, found.mission), _standing(found, act.now)
    if found.subject.kind is not SubjectKind.PREMISES:
        raise NoOwnerError(designation_id, found.subject.kind)
    if standing is None:
        raise NothingToTellError(found)
    _refuse_no_address(mission)
    return Letter(
        mission=mission,
        reference=designation_id,
        written_on=act.now.astimezone(time_zone(mission.timezone)).date(),
        standing=standing,
        restriction=found.terms.restriction,
        place=_place(found.subject),
        authority=found.terms.authority,
        directive=found.terms.directive,
        since=found.in_force_since,
        until=found.ends_at,
        answer_by=_answer_by(found, mission, act.now),
    )


def public_notice(act: Act, shelf: Shelf, designation_id: str) -> PublicNotice:
    """The public notice of an entry of the current edition.

    Raises UnknownDesignationError, NotListedError, NothingPublishedError, NoPetitionAddressError, DamagedEditionError.
    """
    found = register.show(act, designation_id)
    edition = editions.read(act, shelf, found.mission).edition
    entry = next((one for one in edition.entries if one.entry_id == designation_id), None)
    if entry is None or _standing(found, act.now) is not LetterStanding.LISTED:
        raise NotListedError(designation_id, found.mission)
    mission = missions.mission(act, found.mission)
    _refuse_no_address(mission)
    return PublicNotice(
        mission=mission,
        entry=entry,
        authority=found.terms.authority,
        edition_number=edition.number,
        issued_at=edition.issued_at,
    )


def offered(designation: Designation, now: datetime) -> tuple[bool, bool]:
    """Whether there may be a letter and a public notice of it, as far as the register alone tells."""
    standing = _standing(designation, now)
    has_owner = designation.subject.kind is SubjectKind.PREMISES
    return has_owner and standing is not None, standing is LetterStanding.LISTED


def language_of(mission: Mission, wished: str | None) -> str:
    """The wished one of the mission's languages that we have words for; its first unless one is wished.

    Raises InputError for another.
    """
    known = missions.languages(mission)
    if not wished:
        return known[0]
    if wished not in known:
        remedy = Sentence("use one of {members}", members=", ".join(known))
        reason = Sentence("no language of {mission} with words here", mission=mission.code)
        raise InputError.of(Issue(field="language", value=wished[:35], reason=reason, remedy=remedy))
    return wished


def file(paper: Paper, language: str) -> bytes:
    """The paper as an HTML file that needs nothing else."""
    return page(paper, language=language, translate=catalogue(language).gettext)


def _refuse_no_address(mission: Mission) -> None:
    if not mission.petition_address:
        raise NoPetitionAddressError(mission.code)


def _standing(designation: Designation, now: datetime) -> LetterStanding | None:
    """What there is to tell an owner; None for what was never decided and is considered no longer."""
    if designation.state in PROPOSED_STATES:
        return LetterStanding.CONSIDERED
    if designation.state is State.LIFTED or designation.ended_at(now):
        return LetterStanding.ENDED
    if designation.state is State.SUSPENDED:
        return LetterStanding.SUSPENDED
    return LetterStanding.LISTED if designation.state in IN_FORCE_STATES else None


def _answer_by(designation: Designation, mission: Mission, now: datetime) -> date | None:
    if designation.state not in PROPOSED_STATES:
        return None
    given = designation.last(_NOTICE_GIVEN)
    if given is None:
        return notice.answer_by(mission, now)
    runs = notice.notice_of(designation, mission, now).answer_until is not None
    return notice.answer_by(mission, given.effective_at) if runs else None


def _place(subject: Subject) -> Place:
    middle = subject.geometry.representative_point() if subject.geometry else None
    return Place(
        name=subject.label,
        other_names=tuple(name.text for name in subject.names if name.text != subject.label),
        part=subject.part,
        address=subject.address,
        locality=subject.locality,
        grid=mgrs(Position(lat=middle.y, lon=middle.x)) if middle else None,
        position=f"{middle.y:.5f}, {middle.x:.5f}" if middle else None,
    )
