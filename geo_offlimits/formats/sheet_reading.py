"""A unit's sheet read back, whatever a spreadsheet did to it on saving (delimiter, encoding, quotes, .xlsx).

1. A sheet whose heading was altered, or that was cut off, is refused whole; a row at fault is an issue with its number.
2. A date that could be two days is an issue with both.
3. Who had the list explained to them has beside the date who explained it, and in which language.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.cells import restored
from geo_offlimits.formats.columns import normalised
from geo_offlimits.formats.days import DayError, read_day
from geo_offlimits.formats.files import ImportFileError, taken
from geo_offlimits.formats.grid import NOT_TEXT, Grid, Line, read_grids
from geo_offlimits.formats.sheet import BOUND, COLUMNS, FORM, HEADINGS, check
from geo_offlimits.formats.workbook import is_zip

_FAMILY = FORM.rpartition("/")[0] + "/"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COUNT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One person's acknowledgement as written; `row` is the spreadsheet's own number.

    explained_by, explained_in : number and language as written, where the list was explained by word of mouth.
    """

    row: int
    number: str
    name: str
    acknowledged_on: date
    explained_by: str = ""
    explained_in: str = ""


@dataclass(frozen=True, kw_only=True)
class SheetReading:
    """A sheet read back: what it says it is about, who has acknowledged, how many have not, and every issue.

    language : of the statement on it; None on sheets of before it stood there. sha256 : of the file; None for what was
    typed in.
    """

    campaign_id: str
    mission: str
    edition_number: int
    edition_sha256: str
    unit: str
    rows: tuple[SheetRow, ...]
    unsigned: int
    issues: tuple[Issue, ...]
    language: str | None = None
    sha256: str | None = None


def read_sheet(content: bytes, name: str = "the sheet") -> SheetReading:
    """A filled-in sheet: CSV or workbook, told apart by the bytes. Rows without a date have not acknowledged.

    A row that cannot be used becomes an issue with its number; the others are unharmed.
    Raises ImportFileError for a file that is no such sheet, that was cut off, or whose heading was altered or is
    incomplete.
    """
    name, content = taken((name, content))
    grid, header = _table(name, read_grids(name, content, kind=".xlsx" if is_zip(content) else ".csv"))
    facts = _facts(name, grid, header)
    columns = _keys(header, COLUMNS)
    lines = [line for line in grid.lines if line.number > header.number]
    _refuse_cut_off(name, facts, sum(bool(_cell(line, columns["number"])) for line in lines))
    rows, unsigned, issues = _rows(lines, columns)
    return SheetReading(
        campaign_id=facts["campaign"],
        mission=facts["mission"],
        edition_number=int(facts["edition"]),
        edition_sha256=facts["sha256"],
        unit=facts["unit"],
        rows=rows,
        unsigned=unsigned,
        issues=(*grid.issues, *issues),
        language=facts.get("language"),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def within(reading: SheetReading, *, earliest: date, latest: date) -> SheetReading:
    """The reading with dates before `earliest` (the edition's issue) or after `latest` (today) turned into issues."""
    good = tuple(row for row in reading.rows if earliest <= row.acknowledged_on <= latest)
    bad = tuple(
        Issue(
            row=row.row,
            field="acknowledged",
            value=row.acknowledged_on.isoformat(),
            reason=Sentence("before the edition was issued on {day}", day=earliest)
            if row.acknowledged_on < earliest
            else Sentence("in the future, after {day}", day=latest),
            remedy=Sentence("correct the date"),
        )
        for row in reading.rows
        if not earliest <= row.acknowledged_on <= latest
    )
    return replace(reading, rows=good, issues=(*reading.issues, *bad))


def is_named(written: str, known: str) -> bool:
    """Whether the name in a row is still the one that the sheet was given out with.

    Case and blanks may differ; a letter that a spreadsheet's old encoding lost (it writes ? then) counts as any.
    """
    told, meant = _plain(written), _plain(NOT_TEXT.sub("\ufffd", known))
    return len(told) == len(meant) and all(map(_is_letter, told, meant))


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _is_letter(told: str, meant: str) -> bool:
    # Letter by letter: to fold the case of a whole name may change its length.
    return told in {meant, "?", "\ufffd"} or told.casefold() == meant.casefold()


def _table(name: str, grids: tuple[Grid, ...]) -> tuple[Grid, Line]:
    for grid in grids:
        for line in grid.lines:
            if {"number", "acknowledged"} <= set(_keys(line, COLUMNS)):
                return grid, line
    raise ImportFileError(
        name,
        Sentence("is no acknowledgement sheet: no row names the columns Number and Acknowledged on"),
        Sentence("take the sheet of the campaign and fill it in without changing its headings"),
    )


def _keys(line: Line, words: Mapping[str, str]) -> dict[str, int]:
    """Which cell of a row holds which of the English words."""
    known = {normalised(english): key for key, english in words.items()}
    told = [(known.get(normalised(restored(cell))), place) for place, cell in enumerate(line.cells)]
    return {key: place for key, place in reversed(told) if key}


def _facts(name: str, grid: Grid, header: Line) -> dict[str, str]:
    """The heading's facts, each present once and fitting the check line."""
    facts: dict[str, str] = {}
    known = {normalised(english): key for key, english in HEADINGS.items()}
    for line in grid.lines:
        key = known.get(normalised(restored(line.cells[0]))) if line.number < header.number else None
        if key and key not in facts:
            facts[key] = restored(line.cells[1]).strip() if len(line.cells) > 1 else ""
    facts = facts | {key: facts[key].casefold() for key in ("sha256", "check") if key in facts}
    _refuse_other_form(name, facts.get("form", ""))
    needed = (*BOUND.get(facts.get("form", FORM), BOUND[FORM]), "check")
    missing = [HEADINGS[key] for key in needed if not facts.get(key)]
    if missing:
        fact = Sentence("has lost the line {line} of its heading", line=repr(missing[0]))
        raise ImportFileError(name, fact, Sentence("copy it from the sheet that the campaign gave out"))
    facts.setdefault("unit", "")
    counts = (facts["edition"], facts["people"] if "people" in needed else "0")
    whole = _SHA256.fullmatch(facts["sha256"]) and all(map(_COUNT.fullmatch, counts))
    if not whole or facts["check"] != check(facts):
        raise ImportFileError(
            name,
            Sentence("has an altered heading: its mission, edition, SHA-256 and campaign do not fit its check line"),
            Sentence("copy the heading from the sheet that the campaign gave out"),
        )
    return facts


def _refuse_cut_off(name: str, facts: Mapping[str, str], there: int) -> None:
    """Half a sheet, as one that is still being copied is, would count as a whole one whose others did not sign."""
    given_out = int(facts["people"]) if "people" in BOUND[facts["form"]] else 0
    if there < given_out:
        raise ImportFileError(
            name,
            Sentence(
                "has {there} of its {all} people: it was cut off, or rows were removed", there=there, all=given_out
            ),
            Sentence("take the whole sheet, with the date left empty for whoever has not signed"),
        )


def _refuse_other_form(name: str, form: str) -> None:
    if form and form not in BOUND:
        newer = form.startswith(_FAMILY)
        fact = Sentence(
            "is of the form {form}, which this program does not know (it reads {known})", form=repr(form), known=FORM
        )
        raise ImportFileError(
            name,
            fact,
            Sentence("update this program") if newer else Sentence("take the sheet that the campaign gave out"),
        )


def _rows(lines: Iterable[Line], columns: Mapping[str, int]) -> tuple[tuple[SheetRow, ...], int, tuple[Issue, ...]]:
    rows: list[SheetRow] = []
    issues: list[Issue] = []
    first: dict[str, int] = {}
    unsigned = 0
    for line in lines:
        told = {key: _cell(line, place) for key, place in columns.items()}
        if not told["acknowledged"]:
            unsigned += bool(told["number"])
            continue
        row = _row(line.number, told, first)
        if isinstance(row, SheetRow):
            rows.append(row)
        else:
            issues.append(row)
    return tuple(rows), unsigned, tuple(issues)


def _cell(line: Line, place: int) -> str:
    return restored(line.cells[place]).strip() if place < len(line.cells) else ""


def _row(number: int, told: Mapping[str, str], first: dict[str, int]) -> SheetRow | Issue:
    person = told["number"]
    if not person:
        return Issue(
            row=number,
            field="number",
            reason=Sentence("no number beside the date"),
            remedy=Sentence("write who acknowledged"),
        )
    earlier = first.setdefault(person.casefold(), number)
    if earlier != number:
        return Issue(
            row=number,
            field="number",
            value=person,
            reason=Sentence("already in row {row}", row=earlier),
            remedy=Sentence("remove one"),
        )
    try:
        day = read_day(told["acknowledged"])
    except DayError as fault:
        value, remedy = told["acknowledged"][:40], fault.remedy
        return Issue(row=number, field="acknowledged", value=value, reason=fault.reason, remedy=remedy)
    return SheetRow(
        row=number,
        number=person,
        name=told.get("name", ""),
        acknowledged_on=day,
        explained_by=told.get("explained_by", ""),
        explained_in=told.get("explained_in", ""),
    )
