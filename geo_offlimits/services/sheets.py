"""Signed sheets that come back: a file that a unit filled in, or a sheet that a clerk types in from paper.

1. A sheet is entered once: its file, or the scan or photo of the paper, is told by its SHA-256, which stands in every
   acknowledgement that came from it. The file itself is not kept here; whoever keeps the paper can show that it is it.
2. A sheet of another campaign or edition is refused whole. A row at fault becomes an issue; the others are recorded.
3. Nobody enters their own row, and nobody explains the list to themselves; who had departed by that day does neither.
4. A sheet may be of any unit, so of a row nothing is told but what the sheet itself says (decision 040), and a row that
   cannot be entered does not tell whether it was there already.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.acknowledgement import (
    Acknowledgement,
    AcknowledgementState,
    Channel,
)
from geo_offlimits.domain.campaign import CampaignHeader, Recipient
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats.sheet_reading import SheetReading, SheetRow, is_named, within
from geo_offlimits.services import entering, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import UnknownCampaignError, permitted
from geo_offlimits.services.entering import Entry
from geo_offlimits.settings import Settings
from geo_offlimits.store.editions import EditionHeader


class SheetEnteredError(RefusedError):
    """The very same file, or scan, was entered before."""

    def __init__(self, before: tuple[Acknowledgement, ...], by: str) -> None:
        self.count, first = len(before), before[0]
        super().__init__(
            Sentence(
                "This sheet was entered on {day} by {person}: {count} acknowledgements of edition {number} of "
                "{mission}. Nothing was entered again; for somebody who was left out, scan it anew.",
                day=first.recorded_at.date(),
                person=by,
                count=self.count,
                number=first.edition_number,
                mission=first.mission,
            )
        )


class LargeScanError(InputError):
    """A scan larger than the setting attachment_mb."""

    def __init__(self, most_mb: int) -> None:
        super().__init__(
            Sentence("The scan is larger than {most} MB; take the photo smaller.", most=most_mb),
            Issue(field="scan", reason=Sentence("larger than {most} MB", most=most_mb)),
        )


@dataclass(frozen=True, kw_only=True)
class SheetReport:
    """What came of a sheet: how many were recorded, stood already, were left empty; and every row at fault."""

    campaign_id: str
    unit: str
    recorded: int
    already: int
    unsigned: int
    issues: tuple[Issue, ...]
    sheet_sha256: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign_id,
            "unit": self.unit,
            "recorded": self.recorded,
            "already": self.already,
            "unsigned": self.unsigned,
            "sheet_sha256": self.sheet_sha256,
            "issues": [issue.as_json() for issue in self.issues],
        }

    def as_text(self) -> str:
        counts = f"{self.recorded} recorded, {self.already} known already, {self.unsigned} not signed"
        proof = [f"  SHA-256 of the sheet: {self.sheet_sha256}"] if self.sheet_sha256 else []
        return "\n".join([f"Sheet of {self.unit}: {counts}.", *proof, *(f"  {issue}" for issue in self.issues)])


@dataclass(frozen=True, kw_only=True)
class TypedSheet:
    """A sheet as a clerk types it in from paper: one day for all who signed.

    signed     : ids of those who did. language : of the statement that they signed.
    explained  : id -> language, of those among them who had it explained by the person `explained_by`.
    """

    unit: str
    on: date | None
    signed: frozenset[str]
    language: str
    explained: Mapping[str, str] = field(default_factory=dict)
    explained_by: str = ""


def digest(content: bytes, settings: Settings) -> str | None:
    """SHA-256 of a scan or photo, None where nothing was sent. Raises LargeScanError."""
    if len(content) > most_bytes(settings):
        raise LargeScanError(settings.attachment_mb)
    return hashlib.sha256(content).hexdigest() if content else None


def most_bytes(settings: Settings) -> int:
    """How large a scan may be."""
    return settings.attachment_mb * 2**20


def import_sheet(
    act: Act, reading: SheetReading, campaign_id: str | None = None, *, scan_sha256: str | None = None
) -> SheetReport:
    """Enter a filled-in sheet (`formats.sheet_reading.read_sheet`), with the hash of its scan where there is one.

    Raises InputError for one of another campaign or edition, SheetEnteredError.
    """
    campaign = permitted(act, campaign_id or reading.campaign_id, Action.ENTER_ACKNOWLEDGEMENT)
    _refuse_other(reading, campaign)
    return _enter(act, campaign, reading, scan_sha256 or reading.sha256)


def type_in(act: Act, campaign_id: str, typed: TypedSheet, *, scan_sha256: str | None = None) -> SheetReport:
    """Enter a sheet that was read by a person.

    Raises InputError where nobody is ticked, for a day on which nobody can have signed, and for an explanation by
    nobody; SheetEnteredError.
    """
    campaign = permitted(act, campaign_id, Action.ENTER_ACKNOWLEDGEMENT)
    edition = _edition(act, campaign)
    first, today = entering.possible_days(act, edition)
    day = typed.on or today
    if not first <= day <= today:
        reason = Sentence("not between {first}, when the edition came out, and {last}, today", first=first, last=today)
        raise _not_typed("on", reason)
    if not typed.signed:
        raise _not_typed("signed", Sentence("nobody is ticked"))
    if set(typed.explained) & typed.signed and not typed.explained_by:
        raise _not_typed("explained_by", Sentence("who explained it is missing"))
    people = act.tx.campaigns.recipients(campaign.campaign_id, typed.unit)
    rows = tuple(
        SheetRow(
            row=number,
            number=one.number,
            name=one.name,
            acknowledged_on=day,
            explained_by=typed.explained_by if one.person_id in typed.explained else "",
            explained_in=typed.explained.get(one.person_id, ""),
        )
        for number, one in enumerate((one for one in people if one.person_id in typed.signed), 1)
    )
    reading = SheetReading(
        campaign_id=campaign.campaign_id,
        mission=campaign.mission,
        edition_number=campaign.edition_number,
        edition_sha256=campaign.edition_sha256,
        unit=typed.unit,
        rows=rows,
        unsigned=0,
        issues=(),
        language=typed.language,
    )
    report, numbers = _enter(act, campaign, reading, scan_sha256), {row.row: row.number for row in rows}
    # Nobody sees these rows: whose each is stands in place of its number.
    issues = (replace(one, row=None, value=numbers.get(one.row or 0, one.value)) for one in report.issues)
    return replace(report, issues=tuple(issues))


def days(act: Act, campaign_id: str) -> tuple[date, date]:
    """The first and the last day that can be written on a sheet of this campaign."""
    return entering.possible_days(act, _edition(act, permitted(act, campaign_id, Action.READ_CAMPAIGN)))


def _not_typed(name: str, reason: str) -> InputError:
    return InputError(Sentence("The sheet was not entered: {reason}.", reason=reason), Issue(field=name, reason=reason))


def _enter(act: Act, campaign: CampaignHeader, reading: SheetReading, sheet_sha256: str | None) -> SheetReport:
    edition = _edition(act, campaign)
    if sheet_sha256 and (before := act.tx.acknowledgements.on_sheet(sheet_sha256)):
        clerk = act.tx.people.by_id(before[0].entered_by)
        raise SheetEnteredError(before, clerk.name if clerk else before[0].entered_by)
    earliest, latest = entering.possible_days(act, edition)
    reading = within(reading, earliest=earliest, latest=latest)
    desk = _Desk(act, campaign, edition, reading.language, sheet_sha256)
    issues = [issue for row in reading.rows if (issue := desk.enter(row))]
    return SheetReport(
        campaign_id=campaign.campaign_id,
        unit=reading.unit,
        recorded=desk.recorded,
        already=desk.already,
        unsigned=reading.unsigned,
        issues=(*reading.issues, *issues),
        sheet_sha256=sheet_sha256,
    )


def _edition(act: Act, campaign: CampaignHeader) -> EditionHeader:
    found = act.tx.editions.header_of(campaign.mission, campaign.edition_number)
    if found is None:
        raise UnknownCampaignError(campaign.campaign_id)
    return found


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


class _Desk:
    """The rows of one sheet, entered one by one."""

    def __init__(
        self, act: Act, campaign: CampaignHeader, edition: EditionHeader, language: str | None, sheet_sha256: str | None
    ) -> None:
        self.act, self.edition, self.sheet_sha256 = act, edition, sheet_sha256
        self.recorded = self.already = 0
        self._departed = {one.person_id: one.service_to for one in act.tx.campaigns.roll(campaign.campaign_id)}
        self._recipients = {one.number.casefold(): one for one in act.tx.campaigns.recipients(campaign.campaign_id)}
        standing = act.tx.acknowledgements.standing(edition.mission, edition.number)
        self._said = {one.person_id: one for one in standing}
        # Sheets of before their language stood on them were in the mission's first.
        self._language = language or missions.languages(missions.mission(act, edition.mission))[0]

    def enter(self, row: SheetRow) -> Issue | None:
        recipient = self._recipients.get(row.number.casefold())
        if recipient is None or (fault := self._other_person(row, recipient)):
            return fault if recipient else _nobody(row)
        if self._had_departed(row, recipient):
            reason = Sentence("not in service on that day")
            return Issue(row=row.row, field="acknowledged", value=str(row.acknowledged_on), reason=reason)
        entry = self._entry(row)
        explained_by = self._explainer(row, entry, recipient)
        if isinstance(explained_by, Issue):
            return explained_by
        before = self._said.get(recipient.person_id)
        if before and before.counts:
            self.already += 1
            return None
        if before and entering.stands_against(self.act, before, row.acknowledged_on):
            reason = entering.said_since(before)
            return Issue(row=row.row, field="acknowledged", value=str(row.acknowledged_on), reason=reason)
        self._said[recipient.person_id] = entering.entered(
            self.act,
            self.edition,
            entry,
            person_id=recipient.person_id,
            acknowledged_at=entering.moment_of(self.act, self.edition, row.acknowledged_on),
            explained_by=explained_by,
            sheet_sha256=self.sheet_sha256,
        )
        self.recorded += 1
        return None

    def _had_departed(self, row: SheetRow, recipient: Recipient) -> bool:
        ends = self._departed.get(recipient.person_id)
        return entering.had_departed(self.act, self.edition.mission, ends, row.acknowledged_on)

    def _other_person(self, row: SheetRow, recipient: Recipient) -> Issue | None:
        if row.name and not is_named(row.name, recipient.name):
            return Issue(
                row=row.row,
                field="name",
                value=row.name[:40],
                reason=Sentence("number {number} is that of another person", number=row.number),
                remedy=Sentence("correct the number or the name"),
            )
        if recipient.person_id == self.act.person_id:
            return Issue(
                row=row.row,
                field="number",
                value=row.number,
                reason=Sentence("your own acknowledgement"),
                remedy=Sentence("sign in and acknowledge, or let another person enter it"),
            )
        return None

    def _entry(self, row: SheetRow) -> Entry:
        orally = bool(row.explained_by or row.explained_in)
        return Entry(
            number=self.edition.number,
            channel=Channel.ORAL if orally else Channel.PAPER,
            state=AcknowledgementState.ACKNOWLEDGED,
            language=row.explained_in if orally else self._language,
            on=row.acknowledged_on,
            explained_by=row.explained_by,
        )

    def _explainer(self, row: SheetRow, entry: Entry, recipient: Recipient) -> str | Issue | None:
        if entry.channel is not Channel.ORAL:
            return None
        if wrong := texts.tag("explained_in", row.explained_in):
            return Issue(row=row.row, field="explained_in", value=wrong.value, reason=wrong.reason, remedy=wrong.remedy)
        try:
            return entering.explainer(self.act, self.edition.mission, entry, recipient.person_id)
        except (AbsentError, RefusedError):
            return Issue(
                row=row.row,
                field="explained_by",
                value=row.explained_by[:40],
                reason=Sentence("nobody of the mission who could have explained it to them"),
                remedy=Sentence("write the number of who did"),
            )


def _nobody(row: SheetRow) -> Issue:
    return Issue(
        row=row.row,
        field="number",
        value=row.number,
        reason=Sentence("nobody of this campaign"),
        remedy=Sentence("check the number; did the spreadsheet cut leading zeros?"),
    )
