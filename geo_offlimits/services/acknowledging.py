"""Acknowledgements: somebody says that they have read one edition, or that they refuse, or takes back what they said.

1. An acknowledgement is bound to the SHA-256 of what was shown. One about an edition that is no longer current is
   refused with both numbers.
2. It is recorded once, with the hash of the statement in the language that was read and of the English beside it.
3. How strong it is comes from what the session has shown, or from a key that signed this very act.
4. A refusal and a withdrawal are added to what was said before, which stays; neither counts as an acknowledgement.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.acknowledgement import Acknowledgement, AcknowledgementState, Channel, Strength
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, RefusedError, Sentence
from geo_offlimits.formats import assertion
from geo_offlimits.services import editions, keys, recording, stamps
from geo_offlimits.services.act import Act
from geo_offlimits.services.keys import KeyAnswer, Party
from geo_offlimits.services.shelf import Header
from geo_offlimits.services.statements import Statement, statement
from geo_offlimits.store import Session


@dataclass(frozen=True, kw_only=True)
class Manner:
    """By which way somebody says it. `stamp` says when the page was given (`services.stamps`), in `session`.

    client_at : what their device says the time is. key : what their security key signed.
    """

    channel: Channel = Channel.PAGE
    session: Session | None = None
    stamp: str | None = None
    client_at: datetime | None = None
    key: KeyAnswer | None = None


ON_THE_PAGE = Manner()


class SaidOtherwiseError(RefusedError):
    """What the person said before stands in the way."""

    def __init__(self, mission: str, number: int, state: AcknowledgementState) -> None:
        self.state = state
        super().__init__(
            Sentence(
                "You have acknowledged edition {number} of {mission}; withdraw that first, and say why.",
                number=number,
                mission=mission,
            )
        )


class OldEditionError(RefusedError):
    """What was shown is not what is current."""

    def __init__(self, mission: str, shown: int, current: int) -> None:
        self.mission, self.shown, self.current = mission, shown, current
        another = Sentence(
            "You were shown edition {shown} of {mission}; edition {current} is current, read that one.",
            shown=shown,
            mission=mission,
            current=current,
        )
        altered = Sentence(
            "What you were shown is not edition {current} of {mission}; open it again and read that.",
            mission=mission,
            current=current,
        )
        super().__init__(altered if shown == current else another)


def is_self(act: Act, reference: str) -> bool:
    """Whether this number or e-mail address is the actor's own."""
    person = act.tx.people.find(reference)
    return person is not None and person.person_id == act.person_id


def current(act: Act, mission: str, number: int, sha256: str) -> Header:
    """The edition that was shown, if it is the current one. Raises OldEditionError with both numbers."""
    act.require(Action.ACKNOWLEDGE, mission)
    found = act.tx.editions.header(mission, act.now)
    if found is None:
        raise editions.NothingPublishedError(mission)
    if (number, sha256) != (found.number, found.sha256):
        raise OldEditionError(mission, number, found.number)
    return found


def acknowledge(
    act: Act, mission: str, number: int, sha256: str, language: str, *, manner: Manner = ON_THE_PAGE
) -> Acknowledgement:
    """Record that the actor has read edition `number` with this SHA-256; done twice it is recorded once.

    language : of the statement that was shown; where the edition does not have it, its English stands.
    Raises OldEditionError with both numbers when that is not the current edition, StampError, KeyRefusedError.
    """
    edition = current(act, mission, number, sha256)
    before = act.tx.acknowledgements.one(act.person_id, mission, number)
    if before and before.counts:
        return before
    shown = statement(act, edition, language)
    signed = manner.key and keys.signature(act, manner.key, _about(act, edition, shown))
    how = _how(act, manner, (edition, shown), before)
    if signed:
        how |= {"strength": Strength.WEBAUTHN, "evidence": signed.encode()}
    return recording.record(act, recording.said(act, edition, shown, **how))


def refuse(
    act: Act,
    mission: str,
    number: int,
    sha256: str,
    language: str,
    *,
    reason: str | None = None,
    manner: Manner = ON_THE_PAGE,
) -> Acknowledgement:
    """Record that the actor refuses to acknowledge edition `number`; done twice it is recorded once.

    Raises as `acknowledge` does; SaidOtherwiseError for who has acknowledged it, InputError for the reason.
    """
    texts.refuse(texts.text("reason", reason))
    edition = current(act, mission, number, sha256)
    before = act.tx.acknowledgements.one(act.person_id, mission, number)
    if before and before.counts:
        raise SaidOtherwiseError(mission, number, before.state)
    if before and before.state is AcknowledgementState.REFUSED:
        return before
    shown = statement(act, edition, language)
    how = _how(act, manner, (edition, shown), before)
    said = recording.said(act, edition, shown, state=AcknowledgementState.REFUSED, reason=reason or None, **how)
    return recording.record(act, said)


def withdraw(act: Act, mission: str, number: int, reason: str, *, manner: Manner = ON_THE_PAGE) -> Acknowledgement:
    """Take back what the actor said about edition `number`, current or not; the earlier row stays.

    Raises AbsentError where nothing of theirs stands, InputError for the reason.
    """
    act.require(Action.ACKNOWLEDGE, mission)
    texts.refuse(texts.text("reason", reason, needed=True))
    return withdrawn(act, act.tx.acknowledgements.one(act.person_id, mission, number), number, reason, manner)


def withdrawn(act: Act, before: Acknowledgement | None, number: int, reason: str, manner: Manner) -> Acknowledgement:
    """Callers have asked for the permission. Raises AbsentError where nothing stands that could be withdrawn."""
    if before is None or before.state is AcknowledgementState.WITHDRAWN:
        raise AbsentError(f"Nothing was said about edition {number} that could be withdrawn; look at what was said.")
    made = replace(
        before,
        state=AcknowledgementState.WITHDRAWN,
        reason=reason,
        acknowledged_at=act.now,
        recorded_at=act.now,
        entered_by=act.person_id,
        channel=manner.channel,
        strength=strength(act),
        served_at=None,
        client_at=manner.client_at,
        evidence=None,
        sheet_sha256=None,
        explained_by=None,
    )
    return recording.record(act, made)


def key_question(act: Act, edition: tuple[str, int, str], language: str, session: Session, party: Party) -> str | None:
    """What the actor's key shall sign to acknowledge `edition` (mission, number, SHA-256), as JSON.

    None where they have no key. Raises OldEditionError for one that is not the current edition.
    """
    found = current(act, *edition)
    return keys.question(act, session, party, _about(act, found, statement(act, found, language)))


def strength(act: Act) -> Strength:
    """Of what the actor's session has shown."""
    actor = act.require_actor()
    return Strength.PASSPHRASE_TOTP if actor.guarded and actor.shown.factor_at else Strength.PASSPHRASE


def _about(act: Act, edition: Header, shown: Statement) -> bytes:
    return assertion.about(
        person_id=act.person_id,
        mission=edition.mission,
        number=edition.number,
        sha256=edition.sha256,
        statement_sha256=shown.sha256,
    )


def _how(act: Act, manner: Manner, shown: tuple[Header, Statement], before: Acknowledgement | None) -> dict[str, Any]:
    served_at = None
    if manner.stamp is not None:
        if manner.session is None:
            raise stamps.StampError
        after = before.recorded_at if before else None
        served_at = stamps.served_at(act, manner.stamp, manner.session, shown, after=after)
    return {
        "person_id": act.person_id,
        "channel": manner.channel,
        "strength": strength(act),
        "served_at": served_at,
        "client_at": manner.client_at,
    }
