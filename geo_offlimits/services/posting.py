"""Sending what waits in the outbox: message by message, by one process at a time.

1. No transaction is open while a mail server is waited for: whoever publishes or acknowledges is not held up.
2. A server that is not there ends the run, and so do three messages in a row with which the connection went. What is
   left waits for the next run.
3. What is the same for many is written once: people of one language who acknowledged the same edition get one text.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from geo_offlimits.delivery import catalogue
from geo_offlimits.delivery.mail import LOST, Draft, NotServedError, Postman
from geo_offlimits.domain.acknowledgement import Campaign, Recipient
from geo_offlimits.domain.edition import Delta, Edition
from geo_offlimits.domain.mail import MailState, Message
from geo_offlimits.errors import OfflimitsError, UnverifiedError
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.mail import Announcement, MailText, written
from geo_offlimits.layer import delta
from geo_offlimits.services import missions, outbox
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError
from geo_offlimits.services.shelf import kept
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
    run, desk = Run(), _Desk(postman.site)
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


def _try(place: Installation, postman: Postman, desk: "_Desk", message: Message, run: Run) -> None:
    try:
        with place.reading() as act:
            draft = desk.draft(act, message)
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


class _Desk:
    """Where the messages of one run are written."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._campaigns: dict[str, Campaign] = {}
        self._recipients: dict[tuple[str, str], Recipient] = {}
        self._editions: dict[tuple[str, int], Edition] = {}
        self._deltas: dict[tuple[str, int, int], Delta | None] = {}
        self._texts: dict[tuple[str, str, int], MailText] = {}

    def draft(self, act: Act, message: Message) -> Draft:
        campaign = self._campaign(act, message.campaign_id)
        recipient = self._recipients[message.campaign_id, message.person_id]
        text = self._text(act, campaign, self._language(act, campaign, recipient.language), self._read(act, message))
        return Draft(
            name=recipient.name,
            address=recipient.email or "",
            sender_name=self._edition(act, campaign.mission, campaign.edition_number).mission_name,
            subject=text.subject,
            plain=text.plain,
            html=text.html,
            language=text.language,
            key=message.key,
            at=act.now,
        )

    def _campaign(self, act: Act, campaign_id: str) -> Campaign:
        if campaign_id not in self._campaigns:
            found = act.tx.campaigns.get(campaign_id)
            if found is None:
                raise UnknownCampaignError(campaign_id)
            self._campaigns[campaign_id] = found
            self._recipients |= {(campaign_id, one.person_id): one for one in found.recipients}
        return self._campaigns[campaign_id]

    @staticmethod
    def _language(act: Act, campaign: Campaign, wished: str) -> str:
        """The person's own, as far as there are words for it; else the mission's."""
        mission = act.tx.missions.get(campaign.mission)
        first = missions.languages(mission)[0] if mission else catalogue.SOURCE_LANGUAGE
        return catalogue.known(wished) or first

    @staticmethod
    def _read(act: Act, message: Message) -> int:
        """The edition that this person acknowledged last, 0 for none."""
        given = act.tx.acknowledgements.latest(message.person_id, message.mission)
        return given.edition_number if given else 0

    def _text(self, act: Act, campaign: Campaign, language: str, read: int) -> MailText:
        key = (campaign.campaign_id, language, read)
        if key not in self._texts:
            number = campaign.edition_number
            announcement = Announcement(
                edition=self._edition(act, campaign.mission, number),
                sha256=campaign.edition_sha256,
                address=f"{self._site}/acknowledge/{number}",
                deadline=campaign.deadline,
                changes=self._delta(act, campaign.mission, read, number) if read else None,
            )
            translate = catalogue.catalogue(language).gettext
            self._texts[key] = written(announcement, language=language, translate=translate)
        return self._texts[key]

    def _edition(self, act: Act, mission: str, number: int) -> Edition:
        key = (mission, number)
        if key not in self._editions:
            header = act.tx.editions.header_of(mission, number)
            if header is None:
                raise UnknownCampaignError(f"about edition {number} of {mission}")
            self._editions[key] = decode(kept(act, header).content)
        return self._editions[key]

    def _delta(self, act: Act, mission: str, before: int, after: int) -> Delta | None:
        """What changed; None where the older edition does not verify any more: then all of the list is to be read."""
        key = (mission, before, after)
        if key not in self._deltas:
            newer = self._edition(act, mission, after)
            try:
                self._deltas[key] = delta(self._edition(act, mission, before), newer)
            except UnverifiedError:
                self._deltas[key] = None
        return self._deltas[key]
