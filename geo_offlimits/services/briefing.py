"""The sheet for the monthly talk to a unit: what is new on the list, the rules, and how many have still to acknowledge.

1. It says what staff read, so it is made of editions; reasons are on none.
2. How many of the unit are missing is told exactly to its own manager alone (decision 039).
"""

from calendar import monthrange
from datetime import date, datetime, time

from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.people import Action
from geo_offlimits.formats.briefing import Briefing, Missing
from geo_offlimits.services import completion, deltas, editions, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.campaign_access import own_unit
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.store.editions import EditionHeader


def briefing(act: Act, shelf: Shelf, mission: str, *, unit: str | None = None, since: date | None = None) -> Briefing:
    """Of the current edition, against that of a month ago or of the day `since`; of one's own unit unless one is named.

    Raises NotPermittedError, NothingPublishedError.
    """
    act.require(Action.READ_CAMPAIGN, mission)
    read = editions.read(act, shelf, mission)
    today = missions.today(act, mission)
    own = own_unit(act, mission)
    day = since or a_month_before(today)
    return Briefing(
        mission=missions.mission(act, mission),
        edition=read.edition,
        sha256=read.sha256,
        on=today,
        since=day,
        changes=deltas.up_to(act, read.edition, _current_on(act, mission, day)),
        missing=_missing(act, mission, unit or own, own),
    )


def a_month_before(day: date) -> date:
    """The same day of the month before, or its last."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _current_on(act: Act, mission: str, day: date) -> EditionHeader | None:
    """The edition with which the day began in the mission."""
    zone = time_zone(missions.mission(act, mission).timezone)
    return act.tx.editions.header(mission, datetime.combine(day, time(), zone))


def _missing(act: Act, mission: str, unit: str | None, own: str | None) -> Missing | None:
    campaign = next((one for one in act.tx.campaigns.headers(mission) if one.audience.everybody), None)
    if campaign is None:
        return None
    found = completion.measured(act, campaign, own)
    figures = found.units().get(unit) if unit else found.whole
    if figures is None:
        return None
    return Missing(unit=unit, edition=campaign.edition_number, deadline=campaign.deadline, figures=figures)
