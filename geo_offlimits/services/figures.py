"""What a monitoring system may know of an installation: numbers by mission, gathered from the store when it asks.

1. Nothing is counted in memory: any of a server's processes gives the same answer.
2. No person, name, position or search is in it; and no number of requests, which would tell when somebody looked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from geo_offlimits.domain.mail import MailState
from geo_offlimits.domain.people import Action
from geo_offlimits.services import campaigns
from geo_offlimits.services.act import Act
from geo_offlimits.services.register import backlog
from geo_offlimits.services.worklist import Worklist


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number. `name` ends in its unit, `labels` say of what it is."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def figures(act: Act, mission: str | None = None) -> tuple[Figure, ...]:
    """All of them as of now, or those of one mission. What is not there, such as the age of no edition, is left out.

    None, for all missions, is for a door that knows where it is asked from. Raises NotPermittedError.
    """
    if mission:
        act.require(Action.READ_FIGURES, mission)
    act = act.by(None)  # they are the same for whoever asks
    missions = [mission] if mission else [one.code for one in act.tx.missions.all()]
    leaves = Figure(name="audit_leaves", help="Leaves in the audit tree; it only grows.", value=act.tx.audit.size())
    return (leaves, *(figure for code in missions for figure in _of_mission(act, code)))


def _of_mission(act: Act, code: str) -> Iterator[Figure]:
    for made in (_of_list, _of_mail, _of_register):
        yield from made(act, code)


def _of_list(act: Act, code: str) -> Iterator[Figure]:
    labels = {"mission": code}
    if current := act.tx.editions.header(code, act.now):
        yield Figure(
            name="edition_age_seconds",
            help="Since the current edition was issued.",
            value=(act.now - current.issued_at).total_seconds(),
            labels=labels,
        )
        yield Figure(
            name="edition_expires_in_seconds",
            help="Until the current edition expires; below zero it has.",
            value=(current.expires_at - act.now).total_seconds(),
            labels=labels,
        )
    share = campaigns.outstanding_share(act, code)
    if share is not None:
        yield Figure(
            name="unacknowledged_ratio",
            help="Share of the latest campaign's people who have not acknowledged; of few, the middle of a range.",
            value=share,
            labels=labels,
        )


def _of_mail(act: Act, code: str) -> Iterator[Figure]:
    labels = {"mission": code}
    count, queued_at, _ = act.tx.outbox.waiting(code)
    latest = act.tx.outbox.latest(code)
    failed = act.tx.outbox.counts(latest).get(MailState.FAILED, 0) if latest else 0
    yield Figure(name="mail_waiting", help="Messages that wait to be sent.", value=count, labels=labels)
    yield Figure(
        name="mail_failed",
        help="Recipients given up in the campaign that was mailed last.",
        value=failed,
        labels=labels,
    )
    if queued_at:
        yield Figure(
            name="mail_oldest_waiting_seconds",
            help="Since the oldest message that waits was queued.",
            value=(act.now - queued_at).total_seconds(),
            labels=labels,
        )


def _of_register(act: Act, code: str) -> Iterator[Figure]:
    # Read once a minute at most while nothing is recorded: a long register takes half a second.
    minute = act.now.replace(second=0, microsecond=0)
    waiting = act.tx.recalled(("backlog", code, minute), lambda: _counts(backlog(act, code)))
    for kind, count in waiting.items():
        yield Figure(
            name="worklist_entries",
            help="Listings that wait, by what they wait for.",
            value=count,
            labels={"mission": code, "kind": kind},
        )


def _counts(waiting: Worklist) -> dict[str, int]:
    return {item.name: len(getattr(waiting, item.name)) for item in fields(waiting)}
