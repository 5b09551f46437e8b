"""How far a campaign has come, as CSV and as a workbook: a row a unit, category, sector, edition and day.

Numbers are as they may be told: where one may not, its cell holds a range as text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from geo_offlimits.domain.completion import Completion, Figures
from geo_offlimits.domain.disclosure import Told
from geo_offlimits.formats import xlsx
from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.words import N_, word
from geo_offlimits.lookup.wording import Translate

HEADINGS = (
    N_("What"),
    N_("Name"),
    N_("Asked"),
    N_("Acknowledged"),
    N_("Not yet"),
    N_("Overdue"),
    N_("Informed only"),
    N_("On leave"),
    N_("Share in percent"),
    N_("Groups under five left out"),
)
Cell = str | int


def rows(
    completion: Completion, editions: Iterable[tuple[int, Figures]] = (), translate: Translate = str
) -> Iterator[list[Cell]]:
    yield [translate("All"), "", *_cells(completion.whole)]
    for unit, figures in completion.units().items():
        yield [translate("Unit"), neutralised(unit), *_cells(figures)]
    for category, figures in completion.categories().items():
        name = translate(word(category)) if category else translate("of several categories")
        yield [translate("Category"), name, *_cells(figures)]
    for sector, figures in completion.sectors().items():
        name = translate("no sector, or of several") if sector is None else neutralised(sector)
        yield [translate("Sector"), name, *_cells(figures)]
    for number, figures in editions:
        yield [translate("Edition"), number, *_cells(figures)]
    yield from _days(completion, translate)


def _cells(figures: Figures) -> list[Cell]:
    counts = (figures.acknowledged, figures.outstanding, figures.overdue, figures.informed, figures.paused)
    share = "" if figures.share is None else round(100 * figures.share)
    return [figures.asked, *map(_cell, counts), share, figures.left_out]


def _cell(told: Told) -> Cell:
    return told.least if told.exact else str(told)


def _days(completion: Completion, translate: Translate) -> Iterator[list[Cell]]:
    whole = completion.whole
    for day, told in zip(completion.trend.days, whole.by_day, strict=False):
        share = "" if not whole.asked else round(100 * told.middle / whole.asked)
        yield [translate("Day"), _written(day), whole.asked, _cell(told), "", "", "", "", share, ""]


def _written(day: date) -> str:
    return neutralised(day.isoformat())


def as_csv(headings: Sequence[str], told: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180, UTF-8 with a byte order mark."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([headings, *told])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_workbook(
    title: str, about: str, headings: Sequence[str], told: Iterable[Sequence[Cell]], facts: Sequence[str]
) -> bytes:
    """Facts : what the second sheet says about the first, a line each."""
    return xlsx.workbook(title, about, headings, list(told), facts)


def quarter_rows(report: dict[str, Any]) -> list[list[Cell]]:
    """A quarter's figures, the headings first: a row a category, all together at the end."""
    names = ("editions", "added", "removed", "campaigns")
    counts = ("asked", "in_time", "overdue", "left_out")
    start = [report["mission"], report["quarter"]]
    rows = [
        [*start, one["category"] or "several", *(_told(one[name]) for name in counts), *[""] * len(names)]
        for one in report["categories"]
    ]
    whole = [*start, "all", *(_told(report[name]) for name in counts), *(report[name] for name in names)]
    return [["mission", "quarter", "category", *counts, *names], *rows, whole]


def _told(value: Any) -> Cell:
    return value if isinstance(value, int) else str(Told(value["least"], value["most"]))
