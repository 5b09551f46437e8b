"""The outbox: messages of campaigns, queued with them or by their steps, and sent by whoever keeps the machine.

1. To queue takes the permission to distribute. To send takes none: it decides nothing, it carries out.
2. A message is claimed before it is sent and entered afterwards, each in a transaction of its own. One whose sender
   dies in between is sent again: nobody is left out, and a crash costs one duplicate at most, with the same Message-ID.
3. Nothing is sent without a reason: what is about an edition that is no longer current or a campaign that was closed is
   withdrawn, and what is for somebody who has acknowledged or left meanwhile. What is for somebody on leave waits until
   they are back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import EVERYBODY, Audience, Campaign, CampaignHeader, Recipient, owes
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mail import ABOUT_EDITION, TO_ANSWERABLE, MailKind, MailState, Message, Outcome
from geo_offlimits.domain.people import Action, Person, Role
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.formats.bounces import Bounce
from geo_offlimits.services import campaigns, editions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, own_unit, permitted
from geo_offlimits.services.editions import Number


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """How far the mail of one campaign has come. Names are of the reader's own unit alone (decision 039).

    It is for who hands out paper. counts : of what it was opened with; how many are reminded would tell how many are
    missing (decision 039). failed : who was given up, with the last answer; without_address : who has none, and gets it
    on paper. failed_in_all, without_address_in_all : how many they are in all units.
    """

    campaign: CampaignHeader
    counts: dict[MailState, int]
    failed: tuple[tuple[Person, str], ...]
    without_address: tuple[Recipient, ...]
    failed_in_all: int
    without_address_in_all: int
    next_due: datetime | None

    @property
    def queued(self) -> int:
        return sum(self.counts.values())

    def of(self, state: MailState) -> int:
        return self.counts.get(state, 0)

    def as_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign.campaign_id,
            "mission": self.campaign.mission,
            "edition": self.campaign.edition_number,
            **{state.value: self.of(state) for state in MailState if state is not MailState.FAILED},
            "failed": [{"person": one.number, "answer": answer} for one, answer in self.failed],
            "without_address": [one.number for one in self.without_address],
            "failed_in_all": self.failed_in_all,
            "without_address_in_all": self.without_address_in_all,
            "next_attempt_at": format_instant(self.next_due) if self.next_due else None,
        }

    def as_text(self) -> str:
        counts = ", ".join(f"{self.of(state)} {state}" for state in MailState if self.of(state))
        head = f"Campaign {self.campaign.campaign_id}, edition {self.campaign.edition_number}: {counts or 'no mail'}."
        lines = [head, *(f"  failed: {one.number}  {one.name} ({answer})" for one, answer in self.failed)]
        lines += [f"  no address: {one.number}  {one.name}" for one in self.without_address]
        failed = self.failed_in_all - len(self.failed)
        without = self.without_address_in_all - len(self.without_address)
        if failed or without:
            lines.append(f"  of other units {failed} failed and {without} have no address; their managers see who.")
        return "\n".join(lines)


def distribute(
    act: Act,
    mission: str,
    number: Number = "current",
    deadline: date | None = None,
    audience: Audience = EVERYBODY,
) -> Campaign:
    """Open a campaign for the current edition and queue its mail; where one is mailed already, go on with that.

    Raises RefusedError for another deadline than that one has.
    """
    act.require(Action.DISTRIBUTE, mission)
    current = editions.header(act, mission)
    mailed = _mailed(act, mission, current.number) if number in ("current", current.number) else None
    if mailed is None or mailed.audience != audience:
        opened = campaigns.distribute(act, mission, number, deadline, audience)
        queue(act, opened, opened.recipients)
        return opened
    if deadline not in (None, mailed.deadline):
        raise RefusedError(
            Sentence(
                "Campaign {id} is being mailed already, with another deadline. Leave the deadline out to go on with "
                "it, or close it first.",
                id=mailed.campaign_id,
            )
        )
    return mailed


def _mailed(act: Act, mission: str, number: int) -> Campaign | None:
    """The open campaign about this edition that was mailed last."""
    latest = act.tx.outbox.latest(mission)
    campaign = act.tx.campaigns.get(latest) if latest else None
    return campaign if campaign and not campaign.closed_at and campaign.edition_number == number else None


def queue(act: Act, campaign: CampaignHeader, recipients: Sequence[Recipient]) -> int:
    """One message to each recipient who has an address and has not read the edition; how many. Callers have asked."""
    reached = [one for one in recipients if not _is_out_of_reach(one)]
    unread = [one for one in reached if one.read < campaign.edition_number]
    act.tx.outbox.add(message(act, campaign, one.person_id, _kind(campaign, one)) for one in unread)
    act.record(
        AuditTag.CAMPAIGN_MAILED,
        subject=campaign.campaign_id,
        mission=campaign.mission,
        edition=campaign.edition_number,
        queued=len(unread),
        without_address=len(recipients) - len(reached),
    )
    return len(unread)


def message(act: Act, campaign: CampaignHeader, person_id: str, kind: MailKind, step: str = "") -> Message:
    """One that is due at once."""
    return Message(
        campaign_id=campaign.campaign_id,
        person_id=person_id,
        mission=campaign.mission,
        edition_number=campaign.edition_number,
        queued_at=act.now,
        next_attempt_at=act.now,
        kind=kind,
        step=step,
    )


def _kind(campaign: CampaignHeader, recipient: Recipient) -> MailKind:
    if not recipient.asked:
        return MailKind.INFORMATION
    return MailKind.INDUCTION if campaign.audience.arrivals and not recipient.read else MailKind.ANNOUNCEMENT


def _is_out_of_reach(recipient: Recipient) -> bool:
    return not (recipient.email or "").strip()


def claim(act: Act, mission: str | None = None) -> Message | None:
    """The next message that is due, taken by this process; None when none is. Needs nobody (rule 1)."""
    while message := act.tx.outbox.due(act.now, mission):
        person = act.tx.people.by_id(message.person_id)
        if person is None or not _is_wanted(act, message, person):
            act.tx.outbox.put(message.withdrawn())
        elif back := _away_until(act, message):
            act.tx.outbox.put(message.kept_until(back))
        else:
            claimed = message.claimed(act.now)
            act.tx.outbox.put(claimed)
            return claimed
    return None


def _is_wanted(act: Act, message: Message, person: Person) -> bool:
    """Whether there still is a reason to send it (rule 3)."""
    if not person.service.holds(act.now) or not (person.email or "").strip():
        return False
    if message.kind in TO_ANSWERABLE:
        return answers_for(act, person.person_id, message)
    if message.kind in ABOUT_EDITION and not _is_current(act, message):
        return False
    recipient = act.tx.campaigns.recipient(message.campaign_id, message.person_id)
    given = act.tx.acknowledgements.latest(message.person_id, message.mission)
    read = given.edition_number if given else 0
    if message.kind is MailKind.INFORMATION or recipient is None:
        return read < message.edition_number
    return owes(message.edition_number, asked=recipient.asked, read_then=recipient.read, read=read)


def answers_for(act: Act, person_id: str, message: Message) -> bool:
    """Whether they still have the role for which they are told who is missing."""
    role = Role.MANAGER if message.kind is MailKind.LIST else Role.HEAD
    return any(
        grant.role is role and grant.mission in (None, message.mission) and grant.valid.holds(act.now)
        for grant in act.tx.people.grants(person_id)
    )


def _away_until(act: Act, message: Message) -> datetime | None:
    """When they are back, for who is on leave; who answers for others is told all the same."""
    if message.kind in TO_ANSWERABLE:
        return None
    ends = [one.away_to for one in act.tx.leave.of_person(message.person_id) if one.holds(act.now)]
    return max(ends, default=None)


def _is_current(act: Act, message: Message) -> bool:
    current = act.tx.editions.header(message.mission, act.now)
    if current and current.number == message.edition_number:
        return True
    act.tx.outbox.withdraw(message.campaign_id, ABOUT_EDITION)
    return False


def enter(act: Act, message: Message, outcome: Outcome) -> Message:
    """What came of a claimed message. Needs nobody (rule 1)."""
    entered = message.entered(outcome, act.now, most_attempts=act.settings.mail_attempts)
    act.tx.outbox.put(entered)
    return entered


def mailing(act: Act, mission: str) -> Mailing | None:
    """How far the mail of the campaign that was mailed last has come; None where none was."""
    act.require(Action.DISTRIBUTE, mission)
    latest = act.tx.outbox.latest(mission)
    return of_campaign(act, latest) if latest else None


def of_campaign(act: Act, campaign_id: str) -> Mailing:
    """The same of one campaign, which need not be mailed."""
    campaign = permitted(act, campaign_id, Action.DISTRIBUTE)
    counts, unit = act.tx.outbox.counts(campaign_id), own_unit(act, campaign.mission)
    own = {one.person_id for one in act.tx.campaigns.roll(campaign_id, unit)} if unit else set()
    # Whom several messages did not reach is counted once.
    failed = {one.person_id: one for one in act.tx.outbox.failed(campaign_id)}
    without = act.tx.campaigns.without_address(campaign_id) if counts else ()
    return Mailing(
        campaign=campaign,
        counts=counts,
        failed=tuple(_failed(act, one) for person_id, one in failed.items() if person_id in own),
        without_address=tuple(one for one in without if one.person_id in own),
        failed_in_all=len(failed),
        without_address_in_all=len(without),
        next_due=act.tx.outbox.waiting(campaign.mission)[2] if counts.get(MailState.WAITING) else None,
    )


def _failed(act: Act, message: Message) -> tuple[Person, str]:
    person = act.tx.people.by_id(message.person_id)
    if person is None:
        raise UnknownCampaignError(message.campaign_id)
    return person, message.answer or ""


def bounced(act: Act, bounce: Bounce) -> Person | None:
    """Mark as failed what was sent and has come back; None where no message of ours is meant. Needs nobody (rule 1).

    Nobody is believed who does not know the message's own name: only its recipient and the servers on its way do.
    """
    message = act.tx.outbox.of_key(bounce.key)
    person = act.tx.people.by_id(message.person_id) if message else None
    if message is None or person is None or message.state not in {MailState.SENT, MailState.FAILED}:
        return None
    if bounce.address and bounce.address.casefold() != (person.email or "").strip().casefold():
        return None
    act.tx.outbox.fail(message.bounced(bounce.answer))
    return person
