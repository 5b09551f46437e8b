"""Sending what waits in the outbox: message by message, by one process at a time.

1. No transaction is open while a mail server is waited for: whoever publishes or acknowledges is not held up.
2. A server that is not there ends the run, and so do three messages in a row with which the connection went. What is
   left waits for the next run.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from geo_offlimits.delivery.mail import LOST, NotServedError, Postman
from geo_offlimits.domain.mail import MailState, Message
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services import missions, outbox
from geo_offlimits.services.act import Act
from geo_offlimits.services.drafting import Desk
from geo_offlimits.store import Store

MOST_LOST = 3


class Installation(Protocol):
    """What a run opens its acts on."""

    @property
    def store(self) -> Store: ...

    def reading(self) -> AbstractContextManager[Act]: ...

    def writing(self) -> AbstractContextManager[Act]: ...


@dataclass
class Run:
    """How many messages one run has sent, deferred or given up; `stopped` says why it ended before all were tried."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    stopped: str = ""
    _lost: int = field(default=0, repr=False)

    def count(self, after: Message, answer: str) -> None:
        self.sent += after.state is MailState.SENT
        self.failed += after.state is MailState.FAILED
        self.deferred += after.state is MailState.WAITING
        self._lost = self._lost + 1 if answer.startswith(LOST) else 0
        if self._lost == MOST_LOST:
            self.stopped = "The mail server does not finish what it begins, so this run ends. Ask whoever keeps it."


def send(
    place: Installation,
    postman: Postman,
    *,
    mission: str | None = None,
    progress: Callable[[Run], None] = lambda _run: None,
) -> Run:
    """Sends what is due, of one mission or of all. Needs nobody (`services.outbox`, rule 1).

    Raises RefusedError while another process sends, UnverifiedError for an edition that does not verify,
    UnknownMissionError.
    """
    if mission:
        with place.reading() as act:
            missions.mission(act, mission)
    run, desk = Run(), Desk(postman.site)
    with place.store.sending():
        with place.writing() as act:
            act.tx.outbox.free(act.now)
        try:
            while not run.stopped and (message := _claimed(place, mission)):
                _try(place, postman, desk, message, run)
                progress(run)
        except BaseException:
            postman.close()  # who stops a run does not wait for a goodbye
            raise
        postman.leave()
    return run


def _claimed(place: Installation, mission: str | None) -> Message | None:
    with place.writing() as act:
        return outbox.claim(act, mission)


def _try(place: Installation, postman: Postman, desk: Desk, message: Message, run: Run) -> None:
    try:
        with place.reading() as act:
            draft = desk.draft(act, message)
        if draft is None:
            with place.writing() as act:
                act.tx.outbox.put(message.withdrawn())
            return
        outcome = postman.deliver(draft)
    except OfflimitsError as fault:
        with place.writing() as act:
            act.tx.outbox.put(message.given_back(act.now))
        if not isinstance(fault, NotServedError):
            raise
        run.stopped = str(fault)
        return
    with place.writing() as act:
        run.count(outbox.enter(act, message, outcome), outcome.answer)
