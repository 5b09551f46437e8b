"""How each edition of the demonstration went out to the staff, and who has come back."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from geo_offlimits.demonstration.cast import CIVIL, CONTRACTED, HEADQUARTERS, MILITARY, POLICE, SUPPORT
from geo_offlimits.demonstration.island import MISSION
from geo_offlimits.demonstration.stage import Stage
from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.people import Role
from geo_offlimits.formats.sheet import COLUMNS
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.services import acknowledging, campaigns, packages, people, sheets
from geo_offlimits.services.headers import PublishedHeader

TIME_TO_ACKNOWLEDGE = timedelta(days=14)
PAPER_COMES_BACK = timedelta(days=9)
_CONTRACTORS_SHEET = re.compile(r"acknowledgement-contracted-services(\.[a-z]+)?\.csv")
# Which share of a unit has acknowledged which edition: old ones nearly complete, the current one well under way.
SHARES = {
    HEADQUARTERS: (1.0, 1.0, 0.95, 0.8),
    MILITARY: (0.95, 0.9, 0.85, 0.6),
    POLICE: (1.0, 0.95, 0.8, 0.7),
    CIVIL: (0.9, 0.8, 0.85, 0.5),
    SUPPORT: (0.85, 0.75, 0.7, 0.35),
    CONTRACTED: (0.6, 0.5, 0.4, 0.0),
}
# Coprime to any unit's strength used here, so that each edition is missing at other people's.
_STRIDE = 7
_TWENTIETHS = 20


def send_out(stage: Stage, edition: PublishedHeader) -> Campaign:
    """Open a campaign for `edition`, a day after it came out; it ends the one before."""
    with stage.acting(Role.MANAGER, after=timedelta(hours=2)) as act:
        deadline = (stage.clock.moment + TIME_TO_ACKNOWLEDGE).date()
        return campaigns.distribute(act, MISSION, edition.number, deadline)


def acknowledge(stage: Stage, campaign: Campaign, not_yet: frozenset[str] = frozenset()) -> int:
    """Everybody with an e-mail address who gets round to it, on the page; returns how many.

    not_yet : ids of people who certainly have not, so that the demonstration can show how it is done.
    """
    willing = [one for one in _willing(campaign) if one.email and one.person_id not in not_yet]
    with stage.wiring.writing() as act:
        for recipient in willing:
            stage.clock.wait(timedelta(minutes=70))
            acting = people.actor(replace(act, now=stage.clock.moment), recipient.person_id)
            acknowledging.acknowledge(
                replace(act, actor=acting, now=stage.clock.moment),
                MISSION,
                campaign.edition_number,
                campaign.edition_sha256,
                recipient.language,
            )
    return len(willing)


def enter_paper(stage: Stage, campaign: Campaign) -> int:
    """The contractors' signed sheet comes back after nine days and the manager reads it in; returns how many signed."""
    stage.clock.move_to(campaign.opened_at + PAPER_COMES_BACK)
    signed = {one.number for one in _willing(campaign) if one.unit == CONTRACTED}
    if not signed:
        return 0
    with stage.acting(Role.MANAGER) as act:
        handed_out = packages.files(act, campaign.campaign_id, stage.wiring.keyring)
        day = (campaign.opened_at + timedelta(days=4)).date()
        blank = [content for name, content in handed_out.items() if _CONTRACTORS_SHEET.fullmatch(name)]
        readings = [read_sheet(_filled_in(sheet, signed, day)) for sheet in blank]
        return sum(sheets.import_sheet(act, reading, campaign.campaign_id).recorded for reading in readings)


def _filled_in(sheet: bytes, signed: Collection[str], day: date) -> bytes:
    """The sheet as the unit gives it back: a date beside everybody who has signed."""
    text = sheet.decode("utf-8-sig")
    delimiter = ";" if ";" in text.partition("\r\n")[0] else ","  # as spreadsheets of its language cut
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    number, acknowledged = (list(COLUMNS).index(key) for key in ("number", "acknowledged"))
    for row in rows:
        if row[number] in signed:
            row[acknowledged] = day.isoformat()
    filled = io.StringIO(newline="")
    csv.writer(filled).writerows(rows)
    return filled.getvalue().encode()


def _willing(campaign: Campaign) -> Iterator[Recipient]:
    """The same people at every build: a share of each unit, others at each edition."""
    for place, recipient in enumerate(campaign.recipients):
        share = SHARES[recipient.unit][campaign.edition_number - 1]
        if (place * _STRIDE + campaign.edition_number * 3) % _TWENTIETHS < share * _TWENTIETHS:
            yield recipient
