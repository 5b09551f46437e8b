"""Lists of partners: what a mission holds of others beside its own register.

1. What was transcribed lies beside the register and never enters it: no proposal, no verdict, no edition comes of it.
2. Who entered a transcribed list cannot confirm it. Until another person who decides has, it is nobody's word.

They are entered by `transcribing`, or recognised by their signature (`partner_signed`).
"""

from collections.abc import Iterable
from dataclasses import replace

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerEdition, PartnerList, PartnerState, Settlement, arranged
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, RefusedError, Sentence
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats import partner_list
from geo_offlimits.formats.partner_list import Transcribed
from geo_offlimits.services.act import Act
from geo_offlimits.services.history import name_of


class UnknownPartnerListError(AbsentError):
    """No such list, or none that this person may know of."""

    def __init__(self, edition_id: str) -> None:
        super().__init__(
            Sentence("There is no list {id} of a partner here for you; partner-list shows what is.", id=edition_id)
        )


class EnteredByYourselfError(RefusedError):
    """Two persons, and this is the first."""

    def __init__(self, edition_id: str) -> None:
        super().__init__(
            Sentence(
                "{id} was entered by you. Another person who decides must hold it against the paper.", id=edition_id
            )
        )


class SettledError(RefusedError):
    """It does not wait."""

    def __init__(self, found: PartnerList) -> None:
        told = {"id": found.edition_id}
        super().__init__(Sentence("{id} does not wait for anybody any more, or is signed. Nothing is to do.", **told))


def all_of(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """Every list as it stands, also what waits, was refused or superseded, in the order of entering; no entries."""
    act.require(Action.READ_REGISTER, mission)
    return _named(act, arranged(act.tx.partners.of_mission(mission)))


def _named(act: Act, found: Iterable[PartnerEdition]) -> tuple[PartnerEdition, ...]:
    """With who entered and who settled each: whoever reads the register is told who signed."""
    names: dict[str, str] = {}
    told = []
    for one in found:
        for person_id in one.kept.persons:
            if person_id not in names:
                names[person_id] = name_of(act, person_id)
        told.append(replace(one, names={person_id: names[person_id] for person_id in one.kept.persons}))
    return tuple(told)


def waiting(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """The lists that wait for a second person; no entries."""
    return tuple(one for one in all_of(act, mission) if one.state is PartnerState.WAITING)


def held(act: Act, mission: str) -> tuple[PartnerEdition, ...]:
    """The lists that stand as their partner's word, by partner; nothing that waits, was refused or is superseded.

    A partner may have two: a signed one and a transcribed one.
    """
    found = (one for one in all_of(act, mission) if one.is_held)
    ordered = sorted(found, key=lambda one: (one.origin.code, one.origin.standing))
    return tuple(_with_entries(act, one) for one in ordered)


def get(act: Act, edition_id: str) -> PartnerEdition:
    """One list with its entries, wherever it stands. Raises UnknownPartnerListError."""
    return _with_entries(act, _listed(act, _known(act, edition_id)))


def _listed(act: Act, kept: PartnerList) -> PartnerEdition:
    """As it stands among the others; no entries."""
    found = [one for one in arranged(act.tx.partners.of_mission(kept.mission)) if one.edition_id == kept.edition_id]
    return _named(act, found)[0]


def of_mission(act: Act, mission: str, edition_id: str) -> PartnerEdition:
    """The same, where it is this mission's. Raises UnknownPartnerListError."""
    found = get(act, edition_id)
    if found.mission != mission:
        raise UnknownPartnerListError(edition_id)
    return found


def _known(act: Act, edition_id: str) -> PartnerList:
    kept = act.tx.partners.get(edition_id)
    if kept is None or not act.may_know(Action.READ_REGISTER, kept.mission):
        raise UnknownPartnerListError(edition_id)
    return kept


def _with_entries(act: Act, found: PartnerEdition) -> PartnerEdition:
    content, _ = act.tx.partners.bytes_of(found.edition_id)
    is_signed = found.origin.standing is OriginStanding.SIGNED
    return _filled(found, edition_file.decode(content) if is_signed else partner_list.read(content))


def as_read(act: Act, edition_id: str, read: Transcribed | Edition) -> PartnerEdition:
    """As `get`, for who has read its entries already: of a long list that takes a while."""
    return _filled(_listed(act, _known(act, edition_id)), read)


def _filled(found: PartnerEdition, read: Transcribed | Edition) -> PartnerEdition:
    if isinstance(read, Edition):
        return replace(found, entries=read.entries, boundaries=read.boundaries)
    return replace(found, entries=read.entries, rows=dict(read.rows), not_read=tuple(read.not_read))


def confirm(act: Act, edition_id: str) -> PartnerEdition:
    """Another person has held the list against the paper: it is the partner's word from now on.

    Raises UnknownPartnerListError, SettledError, EnteredByYourselfError.
    """
    found = _waiting(act, edition_id)
    act.require(Action.DECIDE, found.mission)
    if found.person_id == act.person_id:
        raise EnteredByYourselfError(edition_id)
    return _settled(act, found, PartnerState.CONFIRMED, AuditTag.PARTNER_CONFIRMED)


def refuse(act: Act, edition_id: str, reason: str) -> PartnerEdition:
    """The list is not what the partner gave. Who entered it may take it back, too. Raises as `confirm`."""
    found = _waiting(act, edition_id)
    act.require(Action.PROPOSE if found.person_id == act.person_id else Action.DECIDE, found.mission)
    texts.refuse(texts.text("reason", reason, needed=True))
    return _settled(act, found, PartnerState.REFUSED, AuditTag.PARTNER_REFUSED, reason.strip())


def _waiting(act: Act, edition_id: str) -> PartnerList:
    found = _known(act, edition_id)
    if found.state is not PartnerState.WAITING:
        raise SettledError(found)
    return found


def _settled(
    act: Act, found: PartnerList, state: PartnerState, tag: AuditTag, reason: str | None = None
) -> PartnerEdition:
    said = Settlement(state=state, person_id=act.person_id, at=act.now, reason=reason)
    act.tx.partners.settle(found.edition_id, said)
    act.record(tag, subject=found.edition_id, mission=found.mission)
    return get(act, found.edition_id)
