"""What another person enters: a unit's filled-in sheet, and what somebody said on paper or by word of mouth.

1. It is entered by another person, never by the one who said it, and says who entered it.
2. On paper it counts for the day that was written, never before the edition came out nor after today.
3. By word of mouth, the list and the statement were explained to somebody who cannot read them, in the language said.
4. Who entered something by mistake withdraws it, with the reason; what people said themselves only they withdraw.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.acknowledgement import (
    ENTERED_BY_ANOTHER,
    Acknowledgement,
    AcknowledgementState,
    Channel,
    Strength,
)
from geo_offlimits.domain.campaign import CampaignHeader, Recipient
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.people import Action, Person
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.sheet import SheetReading, SheetRow, is_named, within
from geo_offlimits.services import acknowledging, missions, recording, statements
from geo_offlimits.services.acknowledging import Manner
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, permitted
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.statements import statement
from geo_offlimits.store.editions import EditionHeader


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody said about edition `number`: on paper `on` that day, or by word of mouth, in `language`, today."""

    number: int
    channel: Channel
    state: AcknowledgementState
    language: str
    on: date | None = None
    reason: str | None = None


def enter(act: Act, mission: str, reference: str, entry: Entry) -> Acknowledgement:
    """Record what the person of this number or address said. Said already, it is recorded once.

    Raises AbsentError for who is not of the mission, RefusedError for oneself and for what does not follow from what
    they said before, InputError for the day, the language or the reason.
    """
    act.require(Action.ENTER_ACKNOWLEDGEMENT, mission)
    texts.refuse(texts.tag("language", entry.language), texts.text("reason", entry.reason))
    person = _another(act, mission, reference)
    edition = act.tx.editions.header_of(mission, entry.number)
    if edition is None:
        newest = act.tx.editions.header(mission, act.now)
        raise UnknownEditionError(mission, entry.number, newest.number if newest else 0)
    before = act.tx.acknowledgements.one(person.person_id, mission, entry.number)
    if entry.state is AcknowledgementState.WITHDRAWN:
        return _withdraw(act, before, entry)
    if before and before.state is entry.state:
        return before
    at = _day(act, edition, entry)
    if before and at <= before.acknowledged_at:
        raise RefusedError(_said_since(before))
    return _entered(act, edition, person.person_id, at, entry)


def _said_since(before: Acknowledgement) -> Sentence:
    """Paper of before a withdrawal does not undo it when it is read in once more."""
    return Sentence(
        "They said otherwise on {day}, after this; ask them to say it again.", day=before.acknowledged_at.date()
    )


def _another(act: Act, mission: str, reference: str) -> Person:
    person = act.tx.people.find(reference)
    if person is None or person.mission != mission:
        raise AbsentError(f"Nobody of {mission} has the number or address {reference}; check it.")
    if person.person_id == act.person_id:
        raise RefusedError(Sentence("You cannot enter your own acknowledgement; sign in and acknowledge."))
    return person


def _withdraw(act: Act, before: Acknowledgement | None, entry: Entry) -> Acknowledgement:
    texts.refuse(texts.text("reason", entry.reason, needed=True))
    if before and before.channel not in ENTERED_BY_ANOTHER:
        raise RefusedError(Sentence("They said this themselves, so only they can withdraw it."))
    return acknowledging.withdrawn(act, before, entry.number, entry.reason or "", Manner(channel=Channel.COMMAND))


def _day(act: Act, edition: EditionHeader, entry: Entry) -> datetime:
    today = missions.today(act, edition.mission)
    mission = act.tx.missions.get(edition.mission)
    zone = mission.timezone if mission else "UTC"
    issued_on = edition.issued_at.astimezone(time_zone(zone)).date()
    day = entry.on or today
    if not issued_on <= day <= today or (entry.channel is Channel.ORAL and day != today):
        raise InputError(
            Sentence(
                "{day} is before edition {number} came out, or not yet; word of mouth is entered on its own day.",
                day=day,
                number=edition.number,
            ),
            Issue(field="on", value=str(day), reason=Sentence("not a day on which it could be said")),
        )
    return act.now if day == today else _moment_of(day, zone, earliest=edition.issued_at, latest=act.now)


def _entered(act: Act, edition: EditionHeader, person_id: str, at: datetime, entry: Entry) -> Acknowledgement:
    shown = statement(act, edition, entry.language)
    made = recording.said(
        act,
        edition,
        shown,
        person_id=person_id,
        # What was explained may be in a language of which the edition has no text.
        language=entry.language if entry.channel is Channel.ORAL else shown.language,
        acknowledged_at=at,
        channel=entry.channel,
        strength=Strength.ORAL if entry.channel is Channel.ORAL else Strength.PAPER,
        state=entry.state,
        reason=entry.reason or None,
    )
    return recording.record(act, made)


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
        standing = act.tx.acknowledgements.standing(edition.mission, edition.number)
        self._said = {one.person_id: one for one in standing}
        mission = act.tx.missions.get(campaign.mission)
        self._language = missions.languages(mission)[0] if mission else statements.FALLBACK_LANGUAGE

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
        before = self._said.get(recipient.person_id)
        if before and before.counts:
            self.already += 1
            return None
        at = _moment_of(row.acknowledged_on, self.timezone, earliest=self.edition.issued_at, latest=self.act.now)
        if before and at <= before.acknowledged_at:
            return Issue(row=row.row, field="acknowledged", value=str(row.acknowledged_on), reason=_said_since(before))
        self._said[recipient.person_id] = self._record(recipient, at)
        self.recorded += 1
        return None

    def _record(self, recipient: Recipient, at: datetime) -> Acknowledgement:
        entry = Entry(
            number=self.edition.number,
            channel=Channel.PAPER,
            state=AcknowledgementState.ACKNOWLEDGED,
            language=self._language,  # of the sheet that was signed
        )
        return _entered(self.act, self.edition, recipient.person_id, at, entry)


def _issue(row: SheetRow, reason: str, remedy: str) -> Issue:
    return Issue(row=row.row, field="number", value=row.number, reason=reason, remedy=remedy)


def _moment_of(day: date, timezone: str, *, earliest: datetime, latest: datetime) -> datetime:
    """Paper says a day: its noon in the mission, but never before the edition came out or after now."""
    noon = datetime.combine(day, time(12), time_zone(timezone))
    return min(max(noon, earliest), latest)
