"""The list as a table: a row an entry, also for those without a place; the columns of CSV files and workbooks.

Cells hold no formula and nothing that a spreadsheet would rewrite (`cells.neutralised`), but for the columns NUMBERS,
whose cells are written here as numbers.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.columns import IGNORE
from geo_offlimits.formats.excerpt import Excerpt, Placed, why_off_map
from geo_offlimits.formats.words import N_, WORDS, hours_of, part_of
from geo_offlimits.lookup.wording import Translate

_HEADINGS = (
    N_("Entry"),
    N_("Name"),
    N_("Other names"),
    N_("Restriction"),
    N_("Kind of venue"),
    N_("Latitude"),
    N_("Longitude"),
    N_("Uncertainty (m)"),
    N_("Warn within (m)"),
    N_("Place"),
    "MGRS",
    N_("Address"),
    N_("Locality"),
    N_("Sector"),
    N_("Part of the building"),
    N_("Binds"),
    N_("Hours"),
    N_("Exceptions"),
    N_("Since"),
    N_("Until"),
    N_("Issuer"),
    N_("Directive"),
)
# As what a list of ours is read (`own_exports`), in the order of the headings.
COLUMNS_READ = (
    *("entry", "name", "other_names", "restriction", "category", "latitude", "longitude", "uncertainty_m"),
    *(IGNORE, IGNORE, IGNORE, "address", "locality", "sector", "part", "applies_to", "hours", "exceptions"),
    *("since", "until", IGNORE, "directive"),
)
NUMBERS = frozenset(
    at for at, heading in enumerate(_HEADINGS) if heading in {"Latitude", "Longitude"} or "(m)" in heading
)
_NO_PLACE = ("", "", "", "")


class Table:
    """The entries of an excerpt in the reader's words, in the order of the edition."""

    def __init__(self, excerpt: Excerpt, translate: Translate = str) -> None:
        self._excerpt, self._translate = excerpt, cache(translate)
        self._words: Mapping[Enum, str] = {member: translate(text) for member, text in WORDS.items()}
        # The same few texts stand in thousands of cells.
        self._text = cache(neutralised)

    def __len__(self) -> int:
        """How many rows there are."""
        return max(len(self._excerpt.entries), 1)

    @property
    def headings(self) -> list[str]:
        return [self._translate(heading) for heading in _HEADINGS]

    def rows(self) -> Iterator[list[str]]:
        """As many cells as there are headings; one row that says so where no entry is left."""
        placed = {one.entry.entry_id: one for one in self._excerpt.placed}
        for entry in self._excerpt.entries:
            yield self._row(entry, placed.get(entry.entry_id))
        if not self._excerpt.entries:
            yield ["", self._translate("No entry"), *[""] * (len(_HEADINGS) - 2)]

    def facts(self) -> list[tuple[str, str]]:
        return [(heading, self._text(text)) for heading, text in self._excerpt.facts(self._translate)]

    def _row(self, entry: Entry, placed: Placed | None) -> list[str]:
        text = self._text
        return [
            text(entry.entry_id),
            neutralised(entry.name),
            neutralised(", ".join(name.text for name in entry.other_names)),
            f"{self._words[entry.restriction]} ({self._translate('suspected, precautionary')})",
            self._words[entry.category] if entry.category else "",
            *self._numbers(placed),
            self._place(entry, placed),
            text(entry.mgrs or ""),
            neutralised(entry.address or ""),
            text(entry.locality or ""),
            text(entry.sector or ""),
            text(part_of(entry.part)) if entry.part else "",
            ", ".join(self._words[one] for one in entry.applies_to),
            self._hours(entry),
            text("; ".join(entry.exceptions)),
            format_instant(entry.since),
            format_instant(entry.until) if entry.until else "",
            text(entry.issuer),
            text(entry.directive),
        ]

    def _numbers(self, placed: Placed | None) -> tuple[str, str, str, str]:
        if placed is None:
            return _NO_PLACE
        unsure_m = placed.entry.uncertainty_m
        return (
            f"{placed.lat:.7f}",
            f"{placed.lon:.7f}",
            "" if unsure_m is None else f"{unsure_m:g}",
            str(placed.alarm_m),
        )

    def _place(self, entry: Entry, placed: Placed | None) -> str:
        if placed is None:
            return self._translate(why_off_map(entry))
        return self._translate("an outline around this point") if placed.is_outlined else ""

    def _hours(self, entry: Entry) -> str:
        if entry.hours is None:
            return ""
        excerpt = self._excerpt
        return self._text(hours_of(entry.hours, excerpt.edition.timezone, excerpt.language, self._translate))
