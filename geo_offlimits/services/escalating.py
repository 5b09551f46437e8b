"""What a timer does for campaigns: ask when the standing order lets it, greet who has arrived, and remind by steps.

1. It needs nobody: it decides nothing, it carries out what somebody who may distribute has opened, as it was set.
2. Each mission is one transaction: cut short, nothing of it is done, and the next run does it. However often it runs,
   each person gets each step once; a day that passed while nobody ran it is not lost.
3. Of several steps of one rung whose days have passed, the last one is taken: nobody is reminded twice at once.
4. Nobody is reminded by two campaigns: of those that are open, the one opened last counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo_offlimits.domain import campaign as domain
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import CampaignHeader, Rung, Step
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.services import missions, outbox
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import permitted
from geo_offlimits.services.newcomers import greet
from geo_offlimits.services.opening import Plan, open_campaign, open_campaigns
from geo_offlimits.services.responsible import Responsible
from geo_offlimits.services.standings import late
from geo_offlimits.store.campaigns import Listed

_KINDS = {Rung.PERSON: MailKind.REMINDER, Rung.MANAGER: MailKind.LIST, Rung.HEAD: MailKind.COUNTS}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one run did for a mission: campaigns that ask now, people who were greeted, messages queued by kind."""

    mission: str
    asked: tuple[str, ...]
    greeted: int
    queued: dict[MailKind, int]

    @property
    def nothing(self) -> bool:
        return not (self.asked or self.greeted or any(self.queued.values()))

    def as_json(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "opened": list(self.asked),
            "greeted": self.greeted,
            **{f"{kind.value}s": self.queued.get(kind, 0) for kind in (MailKind.REMINDER, MailKind.LIST)},
            "counts": self.queued.get(MailKind.COUNTS, 0),
        }

    def as_text(self) -> str:
        told = self.as_json()
        return (
            f"{self.mission}: {len(self.asked)} campaigns opened, {self.greeted} newcomers greeted, "
            f"{told['reminders']} reminders, {told['lists']} lists to managers, {told['counts']} counts to heads."
        )


def run(act: Act, mission: str) -> Taken:
    """Whatever is due today in this mission. Needs nobody (rule 1)."""
    asked = _ask_held(act, mission)
    greeted = greet(act, mission)
    queued = _escalate(act, mission) if act.settings.smtp_host else {}
    return Taken(mission=mission, asked=asked, greeted=greeted, queued=queued)


def _ask_held(act: Act, mission: str) -> tuple[str, ...]:
    """Where a campaign held its asking back until today, one that asks takes its place."""
    today = missions.today(act, mission)
    held = [one for one in open_campaigns(act, mission) if one.held_until and one.held_until <= today]
    current = act.tx.editions.header(mission, act.now)
    if not held or current is None:
        return ()
    latest = held[0]
    deadline = today + timedelta(days=act.settings.campaign_days)
    opened = open_campaign(act, current, Plan(audience=latest.audience, deadline=deadline, opened_by=latest.opened_by))
    if act.settings.smtp_host:
        outbox.queue(act, opened, opened.recipients)
    return (opened.campaign_id,)


def _escalate(act: Act, mission: str) -> dict[MailKind, int]:
    steps = domain.steps(act.settings.campaign_steps)
    found, queued = _Escalation(act, mission, steps), dict.fromkeys(_KINDS.values(), 0)
    seen: set[str] = set()
    for campaign in open_campaigns(act, mission) if steps else ():
        waiting = [(one, due) for one, due in late(act, campaign) if one.person_id not in seen]
        seen |= {one.person_id for one in act.tx.campaigns.roll(campaign.campaign_id)}
        for kind, count in found.of(campaign, waiting).items():
            queued[kind] += count
    return queued


class _Escalation:
    """The steps that are due in one mission."""

    def __init__(self, act: Act, mission: str, steps: tuple[Step, ...]) -> None:
        self._act, self._steps = act, steps
        self._today = missions.today(act, mission)
        self._responsible = Responsible(act, mission)

    def of(self, campaign: CampaignHeader, waiting: Iterable[tuple[Listed, date | None]]) -> dict[MailKind, int]:
        """Queues what is due for those who are missing in one campaign; how many messages of each kind."""
        units: dict[date, dict[str, set[str]]] = {}
        for one, due in waiting:
            if due:
                units.setdefault(due, {}).setdefault(one.unit, set()).add(one.person_id)
        queued = dict.fromkeys(_KINDS.values(), 0)
        for due, missing in units.items():
            for rung, kind in _KINDS.items():
                step = domain.latest_step(self._steps, rung, due, self._today)
                if step and not self._is_told(campaign, step, due):
                    name = f"{step.name}/{due}"
                    queued[kind] += _queue(self._act, campaign, (kind, name), self._whom(rung, missing))
                    if rung is Rung.MANAGER and not all(map(self._responsible.has_manager, missing)):
                        heads = self._whom(Rung.HEAD, missing)
                        queued[MailKind.COUNTS] += _queue(self._act, campaign, (MailKind.COUNTS, name), heads)
        if any(queued.values()):
            _record(self._act, campaign, queued)
        return queued

    def _is_told(self, campaign: CampaignHeader, step: Step, due: date) -> bool:
        """Whether the campaign's own message, which names the day, has left on or after the day of a reminder."""
        opened = missions.day_of(self._act, campaign.mission, campaign.opened_at)
        return step.rung is Rung.PERSON and due + timedelta(days=step.days) <= opened

    def _whom(self, rung: Rung, missing: dict[str, set[str]]) -> set[str]:
        if rung is Rung.PERSON:
            return set().union(*missing.values())
        if rung is Rung.HEAD:
            return {one.person_id for one in self._responsible.heads if one.email}
        managers = (one for unit in missing for one in self._responsible.managers_of(unit))
        return {one.person_id for one in managers if one.email}


def _queue(act: Act, campaign: CampaignHeader, step: tuple[MailKind, str], people: set[str]) -> int:
    """To each of these people who has not had this step yet; reminders to those who have an address by now."""
    if MailKind.REMINDER in step:
        people = people & set(act.tx.campaigns.with_address(campaign.campaign_id))
    new = sorted(people - act.tx.outbox.taken(campaign.campaign_id, campaign.mission, *step))
    act.tx.outbox.add(outbox.message(act, campaign, person_id, *step) for person_id in new)
    return len(new)


def _record(act: Act, campaign: CampaignHeader, queued: Mapping[MailKind, int]) -> None:
    act.record(
        AuditTag.CAMPAIGN_REMINDED,
        subject=campaign.campaign_id,
        mission=campaign.mission,
        **{kind.value: count for kind, count in queued.items()},
    )


def remind(act: Act, campaign_id: str) -> int:
    """Remind by hand whoever is missing and has an address, once a day; how many are newly reminded."""
    campaign = permitted(act, campaign_id, Action.DISTRIBUTE)
    if campaign.closed_at:
        raise RefusedError(Sentence("Campaign {id} is closed; open one for the current edition.", id=campaign_id))
    if not act.settings.smtp_host:
        raise RefusedError(Sentence("No mail server is set, so nobody can be reminded by mail. Hand out paper."))
    step = (MailKind.REMINDER, f"by hand/{missions.today(act, campaign.mission)}")
    count = _queue(act, campaign, step, {one.person_id for one, _ in late(act, campaign)})
    _record(act, campaign, {MailKind.REMINDER: count})
    return count
