"""The outbox: a message for each recipient of a campaign, queued with it, and sent by whoever keeps the machine.

1. To queue takes the permission to distribute. To send takes none: it decides nothing, it carries out.
2. A message is claimed before it is sent and entered afterwards, each in a transaction of its own. One whose sender
   dies in between is sent again: nobody is left out, and a crash costs one duplicate at most, with the same Message-ID.
3. Nothing is sent without a reason: what is about an edition that is no longer current or a campaign that was closed is
   withdrawn, and what is for somebody who has acknowledged or left meanwhile.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo_offlimits.domain.acknowledgement import Campaign, Recipient
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mail import MailState, Message, Outcome
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.services import campaigns, editions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import permitted
from geo_offlimits.services.editions import Number


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """How far the mail of one campaign has come.

    failed : who was given up, with the last answer; without_address : who has none, and gets it on paper.
    """

    campaign: Campaign
    counts: dict[MailState, int]
    failed: tuple[tuple[Recipient, str], ...]
    without_address: tuple[Recipient, ...]
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
            "next_attempt_at": format_instant(self.next_due) if self.next_due else None,
        }

    def as_text(self) -> str:
        counts = ", ".join(f"{self.of(state)} {state}" for state in MailState if self.of(state))
        head = f"Campaign {self.campaign.campaign_id}, edition {self.campaign.edition_number}: {counts or 'no mail'}."
        lines = [head, *(f"  failed: {one.number}  {one.name} ({answer})" for one, answer in self.failed)]
        lines += [f"  no address: {one.number}  {one.name}" for one in self.without_address]
        return "\n".join(lines)


def distribute(act: Act, mission: str, number: Number = "current", deadline: date | None = None) -> Campaign:
    """Open a campaign for the current edition and queue its mail; where one is mailed already, go on with that.

    Raises RefusedError for another deadline than that one has.
    """
    act.require(Action.DISTRIBUTE, mission)
    current = editions.header(act, mission)
    standing = _mailed(act, mission, current.number) if number in ("current", current.number) else None
    if standing is None:
        opened = campaigns.distribute(act, mission, number, deadline)
        _queue(act, opened)
        return opened
    if deadline not in (None, standing.deadline):
        raise RefusedError(
            Sentence(
                "Campaign {id} is being mailed already, with another deadline. Leave the deadline out to go on with "
                "it, or close it first.",
                id=standing.campaign_id,
            )
        )
    return standing


def _mailed(act: Act, mission: str, number: int) -> Campaign | None:
    """The open campaign about this edition that was mailed last."""
    latest = act.tx.outbox.latest(mission)
    campaign = act.tx.campaigns.get(latest) if latest else None
    return campaign if campaign and not campaign.closed_at and campaign.edition_number == number else None


def _queue(act: Act, campaign: Campaign) -> None:
    reached = [one for one in campaign.recipients if not _is_out_of_reach(one)]
    act.tx.outbox.add(
        Message(
            campaign_id=campaign.campaign_id,
            person_id=one.person_id,
            mission=campaign.mission,
            edition_number=campaign.edition_number,
            queued_at=act.now,
            next_attempt_at=act.now,
        )
        for one in reached
    )
    act.record(
        AuditTag.CAMPAIGN_MAILED,
        subject=campaign.campaign_id,
        mission=campaign.mission,
        edition=campaign.edition_number,
        queued=len(reached),
        without_address=len(campaign.recipients) - len(reached),
    )


def _is_out_of_reach(recipient: Recipient) -> bool:
    return not (recipient.email or "").strip()


def claim(act: Act, mission: str | None = None) -> Message | None:
    """The next message that is due, taken by this process; None when none is. Needs nobody (rule 1)."""
    while message := act.tx.outbox.due(act.now, mission):
        if _is_current(act, message) and _is_wanted(act, message):
            claimed = message.claimed(act.now)
            act.tx.outbox.put(claimed)
            return claimed
        act.tx.outbox.put(message.withdrawn())
    return None


def _is_current(act: Act, message: Message) -> bool:
    current = act.tx.editions.header(message.mission, act.now)
    if current and current.number == message.edition_number:
        return True
    act.tx.outbox.withdraw(message.campaign_id)
    return False


def _is_wanted(act: Act, message: Message) -> bool:
    person = act.tx.people.by_id(message.person_id)
    given = act.tx.acknowledgements.latest(message.person_id, message.mission)
    read = given.edition_number if given else 0
    return person is not None and person.service.holds(act.now) and read < message.edition_number


def enter(act: Act, message: Message, outcome: Outcome) -> Message:
    """What came of a claimed message. Needs nobody (rule 1)."""
    entered = message.entered(outcome, act.now, most_attempts=act.settings.mail_attempts)
    act.tx.outbox.put(entered)
    return entered


def mailing(act: Act, mission: str) -> Mailing | None:
    """How far the mail of the campaign that was mailed last has come; None where none was."""
    act.require(Action.READ_CAMPAIGN, mission)
    latest = act.tx.outbox.latest(mission)
    return of_campaign(act, latest) if latest else None


def of_campaign(act: Act, campaign_id: str) -> Mailing:
    """The same of one campaign, which need not be mailed."""
    campaign = permitted(act, campaign_id, Action.READ_CAMPAIGN)
    counts = act.tx.outbox.counts(campaign_id)
    people = {one.person_id: one for one in campaign.recipients}
    failed = tuple((people[one.person_id], one.answer or "") for one in act.tx.outbox.failed(campaign_id))
    return Mailing(
        campaign=campaign,
        counts=counts,
        failed=failed,
        without_address=tuple(one for one in campaign.recipients if _is_out_of_reach(one)),
        next_due=act.tx.outbox.waiting(campaign.mission)[2] if counts.get(MailState.WAITING) else None,
    )
