"""The acknowledgement sheet of a unit: a CSV file to print or to fill in, and to be read back.

1. Its heading says what is acknowledged: mission, edition, SHA-256, campaign. A check line binds these together, so
   that a heading altered by hand is noticed; the campaign's own facts decide whether it is right.
2. Whatever a spreadsheet does on saving (delimiter, encoding, quotes, order of a date, .xlsx) is read back. A date
   that could be two days is an issue with both.
3. Headings and columns carry English words that are read, with a translation in brackets for people.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from babel.dates import format_date

from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.edition import Edition
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.cells import neutralised, restored
from geo_offlimits.formats.columns import normalised
from geo_offlimits.formats.days import DayError, read_day
from geo_offlimits.formats.files import ImportFileError, taken
from geo_offlimits.formats.grid import NOT_TEXT, Grid, Line, read_grids
from geo_offlimits.formats.words import N_, WORDS, delimiter_of, locale_of, moment_of
from geo_offlimits.formats.workbook import is_zip
from geo_offlimits.lookup.wording import Translate

FORM = "geo-offlimits/acknowledgements/1"
_FAMILY = FORM.rpartition("/")[0] + "/"
_SHA256 = re.compile(r"[0-9a-f]{64}")

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "form": N_("Form"),
        "mission": N_("Mission"),
        "edition": N_("Edition"),
        "sha256": N_("SHA-256 of the edition"),
        "campaign": N_("Campaign"),
        "unit": N_("Unit"),
        "check": N_("Check"),
    }
)
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "number": N_("Number"),
        "name": N_("Name"),
        "category": N_("Category"),
        "acknowledged": N_("Acknowledged on"),
        "remarks": N_("Signature or remarks"),
    }
)
HOW_TO = (
    N_("Write the date on which each person has read the list and acknowledged the statement, as 2026-03-31."),
    N_("Leave the date empty for whoever has not. Change nothing else on this sheet."),
    N_("Save it as CSV or as a workbook and give it back to the campaign’s manager, who reads it in."),
)


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One person's acknowledgement as written; `row` is the spreadsheet's own number."""

    row: int
    number: str
    name: str
    acknowledged_on: date


@dataclass(frozen=True, kw_only=True)
class SheetReading:
    """A sheet read back: what it says it is about, who has acknowledged, how many have not, and every issue."""

    campaign_id: str
    mission: str
    edition_number: int
    edition_sha256: str
    unit: str
    rows: tuple[SheetRow, ...]
    unsigned: int
    issues: tuple[Issue, ...]


def write_sheet(
    campaign: Campaign,
    unit: str,
    recipients: Iterable[Recipient],
    *,
    edition: Edition,
    statement: str,
    language: str = "en",
    translate: Translate = str,
) -> bytes:
    """The sheet of one unit: CSV in UTF-8 with a byte order mark, cut as the spreadsheets of `language` expect.

    recipients : the persons of the unit; listed by name. None gives a sheet without rows.
    statement  : the text that is acknowledged, in `language`.
    Raises InputError when `edition` is not the one that the campaign is about.
    """
    if (campaign.mission, campaign.edition_number) != (edition.mission, edition.number):
        raise InputError(
            f"Campaign {campaign.campaign_id} is about edition {campaign.edition_number} of {campaign.mission}, "
            f"not edition {edition.number} of {edition.mission}; give that edition."
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter_of(language), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = (
        *_heading(campaign, unit, translate),
        *_explanation(campaign, edition, statement, language, translate),
        [_label(word, translate) for word in COLUMNS.values()],
        *_persons(recipients, translate),
    )
    # A row is as wide as the table, so that every program finds the same columns in it.
    for row in rows:
        writer.writerow([neutralised(NOT_TEXT.sub("\ufffd", cell)) for cell in row] + [""] * (len(COLUMNS) - len(row)))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", errors="replace")


def _label(english: str, translate: Translate) -> str:
    translated = translate(english)
    return english if translated == english else f"{english} ({translated})"


def _heading(campaign: Campaign, unit: str, translate: Translate) -> Iterator[list[str]]:
    facts = {
        "form": FORM,
        "mission": campaign.mission,
        "edition": str(campaign.edition_number),
        "sha256": campaign.edition_sha256,
        "campaign": campaign.campaign_id,
        "unit": unit,
    }
    for key, value in (facts | {"check": _check(facts)}).items():
        yield [_label(HEADINGS[key], translate), value]
    yield []


def _check(facts: Mapping[str, str]) -> str:
    """A short hash of the heading. It finds a slip of the hand; it is no signature.

    Without the unit: a spreadsheet that saves in an old encoding spoils its letters, and it decides nothing.
    """
    told = "\n".join(facts[key] for key in ("form", "mission", "edition", "sha256", "campaign"))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _explanation(
    campaign: Campaign, edition: Edition, statement: str, language: str, translate: Translate
) -> Iterator[list[str]]:
    if edition.demonstration:
        yield [translate("DEMONSTRATION – invented island state")]
    yield [translate("Off-limits list"), edition.mission_name]
    yield [translate("Issued"), moment_of(edition.issued_at, edition.timezone, language)]
    if campaign.deadline:
        yield [translate("Acknowledge by"), format_date(campaign.deadline, "long", locale=locale_of(language))]
    yield [translate("Statement"), statement]
    for number, sentence in enumerate(HOW_TO):
        yield ["" if number else translate("How to fill in"), translate(sentence)]
    yield []


def _persons(recipients: Iterable[Recipient], translate: Translate) -> Iterator[list[str]]:
    for person in sorted(recipients, key=lambda person: (person.name.casefold(), person.number)):
        yield [person.number, person.name, translate(WORDS[person.category]), "", ""]


def read_sheet(content: bytes, name: str = "the sheet") -> SheetReading:
    """A filled-in sheet: CSV or workbook, told apart by the bytes. Rows without a date have not acknowledged.

    A row that cannot be used becomes an issue with its number; the others are unharmed.
    Raises ImportFileError for a file that is no such sheet, or whose heading was altered or is incomplete.
    """
    name, content = taken((name, content))
    grid, header = _table(name, read_grids(name, content, kind=".xlsx" if is_zip(content) else ".csv"))
    facts = _facts(name, grid, header)
    columns = _keys(header, COLUMNS)
    rows, unsigned, issues = _rows([line for line in grid.lines if line.number > header.number], columns)
    return SheetReading(
        campaign_id=facts["campaign"],
        mission=facts["mission"],
        edition_number=int(facts["edition"]),
        edition_sha256=facts["sha256"],
        unit=facts["unit"],
        rows=rows,
        unsigned=unsigned,
        issues=(*grid.issues, *issues),
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
        if row not in good
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
    missing = [HEADINGS[key] for key in HEADINGS if not facts.get(key) and key != "unit"]
    if missing:
        fact = Sentence("has lost the line {line} of its heading", line=repr(missing[0]))
        raise ImportFileError(name, fact, Sentence("copy it from the sheet that the campaign gave out"))
    facts.setdefault("unit", "")
    if not _SHA256.fullmatch(facts["sha256"]) or facts["check"] != _check(facts) or not facts["edition"].isdecimal():
        raise ImportFileError(
            name,
            Sentence("has an altered heading: its mission, edition, SHA-256 and campaign do not fit its check line"),
            Sentence("copy the heading from the sheet that the campaign gave out"),
        )
    return facts


def _refuse_other_form(name: str, form: str) -> None:
    if form and form != FORM:
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
    return SheetRow(row=number, number=person, name=told.get("name", ""), acknowledged_on=day)
