"""Writing the messages of one run: what is the same for many is written once.

1. People of one language who acknowledged the same edition, and have the same day, get one text.
2. Who answers for others is told how it stands when the message leaves, not when it was queued.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from geo_offlimits.delivery import catalogue
from geo_offlimits.delivery.mail import Draft
from geo_offlimits.domain.campaign import CampaignHeader, Rung
from geo_offlimits.domain.disclosure import alone
from geo_offlimits.domain.edition import Delta, Edition
from geo_offlimits.domain.mail import MailKind, Message
from geo_offlimits.domain.people import Person
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.mail import Announcement, MailText, Missing, MissingUnit, missing_written, written
from geo_offlimits.services import completion, deltas, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError
from geo_offlimits.services.responsible import Responsible
from geo_offlimits.services.shelf import kept
from geo_offlimits.services.standings import late


class _Key(NamedTuple):
    """What texts differ in."""

    campaign_id: str
    language: str
    kind: MailKind
    number: int
    read: int
    due: date | None


class Desk:
    """Where the messages of one run are written."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._campaigns: dict[str, CampaignHeader] = {}
        self._editions: dict[tuple[str, int], Edition] = {}
        self._deltas: dict[tuple[str, int, int], Delta | None] = {}
        self._texts: dict[_Key, MailText] = {}
        self._late: dict[str, dict[str, list[tuple[str, str, date | None]]]] = {}

    def draft(self, act: Act, message: Message) -> Draft | None:
        """None where there is nothing to say any more."""
        person = act.tx.people.by_id(message.person_id)
        if person is None:
            return None
        campaign = self._campaign(act, message.campaign_id)
        language = self._language(act, campaign, person.language)
        to_answerable = message.kind in {MailKind.LIST, MailKind.COUNTS}
        text = (self._missing if to_answerable else self._announcement)(act, campaign, message, person, language)
        if text is None:
            return None
        return Draft(
            name=person.name,
            address=person.email or "",
            sender_name=self._current(act, campaign).mission_name,
            subject=text.subject,
            plain=text.plain,
            html=text.html,
            language=text.language,
            key=message.key,
            at=act.now,
        )

    def _campaign(self, act: Act, campaign_id: str) -> CampaignHeader:
        if campaign_id not in self._campaigns:
            found = act.tx.campaigns.header(campaign_id)
            if found is None:
                raise UnknownCampaignError(campaign_id)
            self._campaigns[campaign_id] = found
        return self._campaigns[campaign_id]

    @staticmethod
    def _language(act: Act, campaign: CampaignHeader, wished: str) -> str:
        """The person's own, as far as there are words for it; else the mission's."""
        mission = act.tx.missions.get(campaign.mission)
        first = missions.languages(mission)[0] if mission else catalogue.SOURCE_LANGUAGE
        return catalogue.known(wished) or first

    def _announcement(
        self, act: Act, campaign: CampaignHeader, message: Message, person: Person, language: str
    ) -> MailText:
        given = act.tx.acknowledgements.latest(person.person_id, campaign.mission)
        recipient = act.tx.campaigns.recipient(campaign.campaign_id, person.person_id)
        edition = self._current(act, campaign)
        key = _Key(
            campaign_id=campaign.campaign_id,
            language=language,
            kind=message.kind,
            number=edition.number,
            read=given.edition_number if given else 0,
            due=recipient.due or campaign.deadline if recipient and recipient.asked else None,
        )
        if key not in self._texts:
            self._texts[key] = self._text(act, campaign, edition, key)
        return self._texts[key]

    def _text(self, act: Act, campaign: CampaignHeader, edition: Edition, key: _Key) -> MailText:
        header = act.tx.editions.header_of(campaign.mission, edition.number)
        announcement = Announcement(
            edition=edition,
            sha256=header.sha256 if header else campaign.edition_sha256,
            address=f"{self._site}/acknowledge/{edition.number}",
            deadline=key.due,
            changes=self._delta(act, campaign.mission, key.read, edition.number) if key.read else None,
            kind=key.kind,
        )
        return written(announcement, language=key.language, translate=catalogue.catalogue(key.language).gettext)

    def _missing(
        self, act: Act, campaign: CampaignHeader, message: Message, person: Person, language: str
    ) -> MailText | None:
        """To a manager by name, of their own unit; to a head by count, at the managers' step of units without one."""
        late = self._late_of(act, campaign)
        told: tuple[MissingUnit, ...] = ()
        if message.kind is MailKind.LIST:
            people = late.get(person.unit, ()) if person.mission == campaign.mission else ()
            told = (MissingUnit(unit=person.unit, people=tuple(people)),) if people else ()
        elif late:
            told = tuple(self._counted(act, campaign, only_without_manager=message.step.startswith(Rung.MANAGER)))
        if not told:
            return None
        address = f"{self._site}/campaigns/{campaign.mission}/{campaign.campaign_id}"
        missing = Missing(edition=self._current(act, campaign), address=address, units=told)
        return missing_written(missing, language=language, translate=catalogue.catalogue(language).gettext)

    @staticmethod
    def _counted(act: Act, campaign: CampaignHeader, *, only_without_manager: bool) -> Iterator[MissingUnit]:
        """As it may be told to who reads no names (decision 039)."""
        responsible = Responsible(act, campaign.mission)
        for unit, figures in completion.measured(act, campaign, own=None).units().items():
            has_manager = responsible.has_manager(unit)
            if (figures.outstanding.most or figures.left_out) and not (only_without_manager and has_manager):
                count = figures.outstanding if figures.outstanding.most else alone(1)
                yield MissingUnit(unit=unit, count=count, has_manager=has_manager)

    def _late_of(self, act: Act, campaign: CampaignHeader) -> dict[str, list[tuple[str, str, date | None]]]:
        """Who is missing, by unit; read once a run."""
        if campaign.campaign_id not in self._late:
            due = {one.person_id: (one.unit, day) for one, day in late(act, campaign)}
            found: dict[str, list[tuple[str, str, date | None]]] = {}
            for one in act.tx.campaigns.recipients(campaign.campaign_id):
                if one.person_id in due:
                    unit, day = due[one.person_id]
                    found.setdefault(unit, []).append((one.number, one.name, day))
            self._late[campaign.campaign_id] = found
        return self._late[campaign.campaign_id]

    def _current(self, act: Act, campaign: CampaignHeader) -> Edition:
        """What is read and acknowledged now, whichever edition the campaign opened with."""
        current = act.tx.editions.header(campaign.mission, act.now)
        return self._edition(act, campaign.mission, current.number if current else campaign.edition_number)

    def _edition(self, act: Act, mission: str, number: int) -> Edition:
        key = (mission, number)
        if key not in self._editions:
            header = act.tx.editions.header_of(mission, number)
            if header is None:
                raise UnknownCampaignError(f"about edition {number} of {mission}")
            self._editions[key] = decode(kept(act, header).content)
        return self._editions[key]

    def _delta(self, act: Act, mission: str, before: int, after: int) -> Delta | None:
        key = (mission, before, after)
        if key not in self._deltas:
            older = act.tx.editions.header_of(mission, before)
            self._deltas[key] = deltas.up_to(act, self._edition(act, mission, after), older)
        return self._deltas[key]
