"""The acknowledgement sheet of a unit: what it says, and as a CSV file to print or to fill in.

1. Its heading says what is acknowledged: mission, edition, SHA-256, campaign, in which language, by how many. A check
   line binds these together, so that a heading altered by hand is noticed; the campaign's own facts decide whether it
   is right.
2. Headings and columns carry English words that are read (`formats.sheet_reading`), with a translation in brackets.
3. The same sheet is a page for paper (`formats.unit_sheet`): what is signed there is what is told here.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo_offlimits.domain.campaign import Campaign, Recipient
from geo_offlimits.domain.edition import Delta, Edition
from geo_offlimits.errors import InputError
from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.grid import NOT_TEXT
from geo_offlimits.formats.words import N_, WORDS, delimiter_of, moment_of
from geo_offlimits.lookup.spoken import long_day
from geo_offlimits.lookup.wording import Translate

FORM = "geo-offlimits/acknowledgements/2"
HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "form": N_("Form"),
        "mission": N_("Mission"),
        "edition": N_("Edition"),
        "sha256": N_("SHA-256 of the edition"),
        "campaign": N_("Campaign"),
        "language": N_("Language"),
        "people": N_("People"),
        "unit": N_("Unit"),
        "check": N_("Check"),
    }
)
# What the check line binds, by form. Without the unit: a spreadsheet that saves in an old encoding spoils its letters,
# and it decides nothing.
BOUND: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "geo-offlimits/acknowledgements/1": ("form", "mission", "edition", "sha256", "campaign"),
        FORM: ("form", "mission", "edition", "sha256", "campaign", "language", "people"),
    }
)
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "number": N_("Number"),
        "name": N_("Name"),
        "category": N_("Category"),
        "acknowledged": N_("Acknowledged on"),
        "explained_by": N_("Explained by"),
        "explained_in": N_("In language"),
        "remarks": N_("Signature or remarks"),
    }
)
HOW_TO = (
    N_("Write the date on which each person has read the list and acknowledged the statement, as 2026-03-31."),
    N_(
        "For whoever cannot read it, explain it; then write the number of who explained it, and in which language (fr)."
    ),
    N_("Leave the date empty for whoever has not. Change nothing else on this sheet."),
    N_("Save it as CSV or as a workbook and give it back to the campaign’s manager, who reads it in."),
)


@dataclass(frozen=True, kw_only=True)
class UnitSheet:
    """The sheet of those of a unit who read one language.

    statement : the text that is acknowledged, in `statement_language`, which is `language` where that is None.
    source    : the English beside it, None where that is it.
    changes   : since the edition before; None for the first one. address : of the page where it is entered, or ''.
    Raises InputError when `edition` is not the one that the campaign is about.
    """

    campaign: Campaign
    unit: str
    recipients: tuple[Recipient, ...]
    edition: Edition
    statement: str
    language: str = "en"
    statement_language: str | None = None
    source: str | None = None
    changes: Delta | None = None
    address: str = ""

    def __post_init__(self) -> None:
        campaign, edition = self.campaign, self.edition
        if (campaign.mission, campaign.edition_number) != (edition.mission, edition.number):
            raise InputError(
                f"Campaign {campaign.campaign_id} is about edition {campaign.edition_number} of {campaign.mission}, "
                f"not edition {edition.number} of {edition.mission}; give that edition."
            )

    @property
    def people(self) -> tuple[Recipient, ...]:
        """By name."""
        return tuple(sorted(self.recipients, key=by_name))

    @property
    def facts(self) -> dict[str, str]:
        """The heading, the check line at its end."""
        told = {
            "form": FORM,
            "mission": self.campaign.mission,
            "edition": str(self.campaign.edition_number),
            "sha256": self.campaign.edition_sha256,
            "campaign": self.campaign.campaign_id,
            "language": self.language,
            "people": str(len(self.recipients)),
            "unit": self.unit,
        }
        return told | {"check": check(told)}

    @property
    def deadline(self) -> str | None:
        day = self.campaign.deadline
        return long_day(day, self.language) if day else None


def by_name(one: Recipient) -> tuple[str, str]:
    """Where a person stands on a sheet, on paper and on the page that it is entered on."""
    return one.name.casefold(), one.number


def check(facts: Mapping[str, str]) -> str:
    """A short hash of the heading. It finds a slip of the hand; it is no signature."""
    told = "\n".join(facts[key] for key in BOUND[facts["form"]])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def write_sheet(sheet: UnitSheet, translate: Translate = str) -> bytes:
    """The sheet as CSV in UTF-8 with a byte order mark, cut as the spreadsheets of its language expect.

    Nobody on it gives a sheet without rows.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter_of(sheet.language), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = (
        *([_label(HEADINGS[key], translate), value] for key, value in sheet.facts.items()),
        [],
        *_explanation(sheet, translate),
        [_label(word, translate) for word in COLUMNS.values()],
        *([one.number, one.name, translate(WORDS[one.category])] for one in sheet.people),
    )
    # A row is as wide as the table, so that every program finds the same columns in it.
    for row in rows:
        writer.writerow([neutralised(NOT_TEXT.sub("\ufffd", cell)) for cell in row] + [""] * (len(COLUMNS) - len(row)))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", errors="replace")


def _label(english: str, translate: Translate) -> str:
    translated = translate(english)
    return english if translated == english else f"{english} ({translated})"


def _explanation(sheet: UnitSheet, translate: Translate) -> Iterator[list[str]]:
    edition = sheet.edition
    if edition.demonstration:
        yield [translate("DEMONSTRATION – invented island state")]
    yield [translate("Off-limits list"), edition.mission_name]
    yield [translate("Issued"), moment_of(edition.issued_at, edition.timezone, sheet.language)]
    if sheet.deadline:
        yield [translate("Acknowledge by"), sheet.deadline]
    yield [translate("Statement"), sheet.statement]
    if sheet.source:
        yield [translate("In English"), sheet.source]
    for number, sentence in enumerate(HOW_TO):
        yield ["" if number else translate("How to fill in"), translate(sentence)]
    yield []
