"""What headquarters is told of a quarter: numbers alone, told as to everybody outside a unit (decision 039)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo_offlimits.domain.campaign import CampaignHeader
from geo_offlimits.domain.completion import Completion, Figures
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats import edition_bytes
from geo_offlimits.services import missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.completion import tallies
from geo_offlimits.services.shelf import kept
from geo_offlimits.store.editions import EditionHeader

_WRITTEN = re.compile(r"(\d{4})-?[Qq]([1-4])")
_MONTHS = 3


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """From `first` to `last`, both included, as days go in the mission."""

    name: str
    first: date
    last: date


def quarter(text: str) -> Quarter:
    """As in `2026Q4`. Raises InputError."""
    read = _WRITTEN.fullmatch(text.strip())
    if read is None or not int(read[1]):
        raise InputError(
            Sentence("{quarter} is no quarter; write it like 2026Q4.", quarter=repr(text[:20])),
            Issue(field="quarter", value=text[:20], reason=Sentence("no quarter")),
        )
    year, number = int(read[1]), int(read[2])
    first = date(year, _MONTHS * (number - 1) + 1, 1)
    after = date(year + number // 4, _MONTHS * number % 12 + 1, 1) if year < date.max.year else date.max
    return Quarter(name=f"{year}Q{number}", first=first, last=after - timedelta(days=1))


def holding(day: date) -> Quarter:
    """The one that this day is in."""
    return quarter(f"{day.year}Q{(day.month - 1) // _MONTHS + 1}")


def latest(act: Act, mission: str, count: int) -> tuple[Quarter, ...]:
    """The one of today in the mission, and those before it."""
    found = [holding(missions.today(act, mission))]
    while len(found) < count:
        found.append(holding(found[-1].first - timedelta(days=1)))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Report:
    """Of the campaigns that opened in the quarter: who of those asked acknowledged in time, who is overdue by now.

    added, removed : entries, from edition to edition. by_category : under None those of several.
    """

    mission: str
    quarter: Quarter
    editions: int
    added: int
    removed: int
    campaigns: int
    by_category: dict[PersonnelCategory | None, Figures]

    @property
    def whole(self) -> Figures:
        return sum(self.by_category.values(), Figures())

    def as_json(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "quarter": self.quarter.name,
            "from": self.quarter.first.isoformat(),
            "to": self.quarter.last.isoformat(),
            "editions": self.editions,
            "added": self.added,
            "removed": self.removed,
            "campaigns": self.campaigns,
            **_json(self.whole),
            "categories": [
                {"category": category.value if category else None} | _json(one)
                for category, one in self.by_category.items()
            ],
        }


def _json(figures: Figures) -> dict[str, Any]:
    told = figures.as_json()
    in_time = figures.by_day[0].as_json() if figures.by_day else 0
    return {"asked": told["asked"], "in_time": in_time, "overdue": told["overdue"], "left_out": told["left_out"]}


def report(act: Act, mission: str, chosen: Quarter) -> Report:
    """Raises NotPermittedError, UnverifiedError for an edition that does not verify."""
    act.require(Action.READ_CAMPAIGN, mission)
    found = [one for one in act.tx.campaigns.headers(mission) if _is_in(act, mission, one, chosen)]
    added, removed, editions = _entries(act, mission, chosen)
    return Report(
        mission=mission,
        quarter=chosen,
        editions=editions,
        added=added,
        removed=removed,
        campaigns=len(found),
        by_category=_by_category(act, found),
    )


def _is_in(act: Act, mission: str, campaign: CampaignHeader, chosen: Quarter) -> bool:
    return chosen.first <= missions.day_of(act, mission, campaign.opened_at) <= chosen.last


def _by_category(act: Act, campaigns: Sequence[CampaignHeader]) -> dict[PersonnelCategory | None, Figures]:
    found: dict[PersonnelCategory | None, Figures] = defaultdict(Figures)
    for campaign in campaigns:
        by_when = campaign.deadline or missions.today(act, campaign.mission)
        told = Completion.of(tallies(act, campaign, [by_when]), None)
        for category, figures in told.categories().items():
            found[category] += figures
    return dict(sorted(found.items(), key=lambda item: item[0] or "~"))


def _entries(act: Act, mission: str, chosen: Quarter) -> tuple[int, int, int]:
    """How many entries came and went, and in how many editions."""
    steps = list(_steps(act, mission, chosen))
    added, removed = 0, 0
    for before, after in steps:
        old, new = (edition_bytes.entry_ids(kept(act, one).content) if one else set() for one in (before, after))
        added += len(new - old)
        removed += len(old - new)
    return added, removed, len(steps)


def _steps(act: Act, mission: str, chosen: Quarter) -> Iterator[tuple[EditionHeader | None, EditionHeader]]:
    before: EditionHeader | None = None
    for header in act.tx.editions.headers(mission)[::-1]:
        if chosen.first <= missions.day_of(act, mission, header.issued_at) <= chosen.last:
            yield before, header
        before = header
