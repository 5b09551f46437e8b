"""Acknowledgements: one person has read one edition, on the page, at the command line or on paper.

1. An acknowledgement is bound to the SHA-256 of what was shown. One about an edition that is no longer current is
   refused with both numbers; on paper it counts for the day it was signed.
2. It is recorded once, with the hash of the statement in the language that was read.
3. Paper is entered by another person, never by the one who signed.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from geo_offlimits.domain.acknowledgement import Acknowledgement, Channel, Strength
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import CampaignHeader, Recipient
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.sheet import SheetReading, SheetRow, is_named, within
from geo_offlimits.services import editions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, permitted
from geo_offlimits.services.statements import Statement, statement
from geo_offlimits.store.editions import EditionHeader


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


def acknowledge(
    act: Act, mission: str, number: int, sha256: str, language: str, *, channel: Channel = Channel.PAGE
) -> Acknowledgement:
    """Record that the actor has read edition `number` with this SHA-256; done twice it is recorded once.

    language : of the statement that was shown; where the edition does not have it, its English stands.
    Raises OldEditionError with both numbers when that is not the current edition.
    """
    act.require(Action.ACKNOWLEDGE, mission)
    current = act.tx.editions.header(mission, act.now)
    if current is None:
        raise editions.NothingPublishedError(mission)
    if (number, sha256) != (current.number, current.sha256):
        raise OldEditionError(mission, number, current.number)
    given = act.tx.acknowledgements.latest(act.person_id, mission)
    if given and given.edition_number == current.number:
        return given
    shown = statement(act, current, language)
    return _record(act, current, shown, act.person_id, act.now, channel, Strength.PASSPHRASE)


def _record(  # noqa: PLR0917  (the facts of one acknowledgement, in its own order)
    act: Act,
    edition: EditionHeader,
    shown: Statement,
    person_id: str,
    acknowledged_at: datetime,
    channel: Channel,
    strength: Strength,
) -> Acknowledgement:
    made = Acknowledgement(
        person_id=person_id,
        mission=edition.mission,
        edition_number=edition.number,
        edition_sha256=edition.sha256,
        statement_sha256=shown.sha256,
        language=shown.language,
        acknowledged_at=acknowledged_at,
        recorded_at=act.now,
        channel=channel,
        strength=strength,
        entered_by=act.person_id,
    )
    act.tx.acknowledgements.add(made)
    act.record(
        AuditTag.ACKNOWLEDGED,
        subject=person_id,
        mission=edition.mission,
        edition=edition.number,
        sha256=edition.sha256,
        statement_sha256=shown.sha256,
        channel=channel.value,
    )
    return made


@dataclass(frozen=True, kw_only=True)
class SheetReport:
    """What came of a sheet: how many were recorded, stood already, were left empty; and every row at fault."""

    campaign_id: str
    unit: str
    recorded: int
    already: int
    unsigned: int
    issues: tuple[Issue, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign_id,
            "unit": self.unit,
            "recorded": self.recorded,
            "already": self.already,
            "unsigned": self.unsigned,
            "issues": [issue.as_json() for issue in self.issues],
        }

    def as_text(self) -> str:
        counts = f"{self.recorded} recorded, {self.already} known already, {self.unsigned} not signed"
        return "\n".join([f"Sheet of {self.unit}: {counts}.", *(f"  {issue}" for issue in self.issues)])


def import_sheet(act: Act, reading: SheetReading, campaign_id: str | None = None) -> SheetReport:
    """Enter a filled-in sheet (`formats.sheet.read_sheet`). A row at fault becomes an issue; the others are recorded.

    Raises InputError for one of another campaign or edition.
    """
    campaign = permitted(act, campaign_id or reading.campaign_id, Action.ENTER_ACKNOWLEDGEMENT)
    _refuse_other(reading, campaign)
    edition = act.tx.editions.header_of(campaign.mission, campaign.edition_number)
    mission = act.tx.missions.get(campaign.mission)
    if edition is None or mission is None:
        raise UnknownCampaignError(campaign.campaign_id)
    zone = time_zone(mission.timezone)
    issued_on, today = (moment.astimezone(zone).date() for moment in (edition.issued_at, act.now))
    reading = within(reading, earliest=issued_on, latest=today)
    entering = _Entering(act, campaign, edition, mission.timezone)
    issues = [issue for row in reading.rows if (issue := entering.enter(row))]
    return SheetReport(
        campaign_id=campaign.campaign_id,
        unit=reading.unit,
        recorded=entering.recorded,
        already=entering.already,
        unsigned=reading.unsigned,
        issues=(*reading.issues, *issues),
    )


def _refuse_other(reading: SheetReading, campaign: CampaignHeader) -> None:
    told = (reading.campaign_id, reading.mission, reading.edition_number, reading.edition_sha256)
    known = (campaign.campaign_id, campaign.mission, campaign.edition_number, campaign.edition_sha256)
    if told != known:
        raise InputError(
            Sentence(
                "The sheet is about edition {number} of {mission}, campaign {id}; this is edition {own_number} of "
                "{own_mission}, campaign {own_id}. Read it in under its own campaign.",
                number=reading.edition_number,
                mission=reading.mission,
                id=reading.campaign_id,
                own_number=campaign.edition_number,
                own_mission=campaign.mission,
                own_id=campaign.campaign_id,
            ),
            Issue(field="campaign", value=reading.campaign_id, reason=Sentence("another campaign or edition")),
        )


class _Entering:
    """The rows of one sheet, entered one by one."""

    def __init__(self, act: Act, campaign: CampaignHeader, edition: EditionHeader, timezone: str) -> None:
        self.act, self.edition, self.timezone = act, edition, timezone
        self.recorded = self.already = 0
        recipients = act.tx.campaigns.recipients(campaign.campaign_id)
        self._recipients = {recipient.number.casefold(): recipient for recipient in recipients}
        given = act.tx.acknowledgements.of_edition(edition.mission, edition.number)
        self._given = {one.person_id for one in given}

    def enter(self, row: SheetRow) -> Issue | None:
        recipient = self._recipients.get(row.number.casefold())
        if recipient is None:
            return _issue(
                row,
                Sentence("nobody of this campaign"),
                Sentence("check the number; did the spreadsheet cut leading zeros?"),
            )
        if row.name and not is_named(row.name, recipient.name):
            return Issue(
                row=row.row,
                field="name",
                value=row.name[:40],
                reason=Sentence("number {number} is that of {name}", number=row.number, name=recipient.name),
                remedy=Sentence("correct the number or the name"),
            )
        if recipient.person_id == self.act.person_id:
            return _issue(
                row,
                Sentence("your own acknowledgement"),
                Sentence("sign in and acknowledge, or let another person enter it"),
            )
        if recipient.person_id in self._given:
            self.already += 1
            return None
        self._given.add(recipient.person_id)
        self._record(recipient, row.acknowledged_on)
        self.recorded += 1
        return None

    def _record(self, recipient: Recipient, day: date) -> None:
        shown = statement(self.act, self.edition, recipient.language)
        at = _moment_of(day, self.timezone, earliest=self.edition.issued_at, latest=self.act.now)
        _record(self.act, self.edition, shown, recipient.person_id, at, Channel.PAPER, Strength.PAPER)


def _issue(row: SheetRow, reason: str, remedy: str) -> Issue:
    return Issue(row=row.row, field="number", value=row.number, reason=reason, remedy=remedy)


def _moment_of(day: date, timezone: str, *, earliest: datetime, latest: datetime) -> datetime:
    """Paper says a day: its noon in the mission, but never before the edition came out or after now."""
    noon = datetime.combine(day, time(12), time_zone(timezone))
    return min(max(noon, earliest), latest)
