"""A list on its way into the register as its page shows it: a row of the file, where it stands, and why.

The report of the services says all of it; here it gets its order, its pages and its shape on the map.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from geo_offlimits.errors import Issue, Translate
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.services.imports import ImportReport
from geo_offlimits.services.waiting_lists import Choices

_SAMPLES = 3
_SAMPLE_CHARACTERS = 60


class Standing(StrEnum):
    """Where a row stands, in the order in which somebody wants to know."""

    REFUSED = "refused"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, kw_only=True)
class Change:
    field: str
    was: str
    would_be: str


@dataclass(frozen=True, kw_only=True)
class SeenRow:
    """`values` are the row's texts by field as far as they could be read; `other` is what it is, or is like."""

    row: int
    standing: Standing
    name: str
    other: str = ""
    other_name: str = ""
    issues: tuple[Issue, ...] = ()
    changes: tuple[Change, ...] = ()
    position: tuple[float, float] | None = None
    lands: bool = False
    is_corrected: bool = False

    def as_feature(self) -> dict[str, Any]:
        """For the map; a position is longitude and latitude."""
        geometry = {"type": "Point", "coordinates": list(self.position)} if self.position else None
        told = {"row": self.row, "name": self.name, "standing": self.standing}
        return {"type": "Feature", "id": self.row, "geometry": geometry, "properties": told}

    def as_json(self, translate: Translate = str) -> dict[str, Any]:
        return {
            "row": self.row,
            "status": self.standing,
            "name": self.name,
            "other": self.other,
            "changes": [vars(one) for one in self.changes],
            "issues": [issue.as_json(translate) for issue in self.issues],
            "position": {"lon": self.position[0], "lat": self.position[1]} if self.position else None,
            "lands": self.lands,
        }


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the file: the field it is read as, '' for none, and what stands in it."""

    name: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """A report with the table it is about and what was decided about it."""

    table: Table
    report: ImportReport
    choices: Choices
    samples: Mapping[str, tuple[str, ...]]

    @cached_property
    def rows(self) -> tuple[SeenRow, ...]:
        left_out = [SeenRow(row=number, standing=Standing.LEFT_OUT, name="") for number in self.choices.left_out]
        return tuple(sorted((*_rows(self.report, self.table, self.choices), *left_out), key=lambda one: one.row))

    @cached_property
    def counts(self) -> dict[Standing, int]:
        """How many rows stand where; only where there are any."""
        counted = Counter(one.standing for one in self.rows)
        return {standing: counted[standing] for standing in Standing if counted[standing]}

    def of(self, standing: Standing | None) -> tuple[SeenRow, ...]:
        return tuple(one for one in self.rows if standing in (None, one.standing))

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            Column(name=name, field=self.table.mapping.get(name, ""), samples=self.samples.get(name, ()))
            for name in self.table.columns
        )

    @property
    def lands(self) -> int:
        return len(self.report.proposals)

    @property
    def about_the_file(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.report.issues if issue.row is None)

    def values_of(self, number: int) -> dict[str, str]:
        """The texts of a row by field: those that are read, and those that an issue or a correction names."""
        row = next((one for one in self.table.rows if one.number == number), None)
        wanted = dict.fromkeys(self.table.mapping.values(), "")
        named = {issue.field: issue.value for issue in self.report.issues if issue.row == number and issue.value}
        known = {field: text for field, text in named.items() if field in wanted}
        return wanted | known | (row.values if row else {}) | self.choices.cells.get(number, {})


def sampled(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """The first few different texts of each field."""
    found: dict[str, list[str]] = {}
    for row in rows[:200]:
        for name, text in row.values.items():
            told = found.setdefault(name, [])
            if len(told) < _SAMPLES and (short := _short(text)) not in told:
                told.append(short)
    return {name: tuple(told) for name, told in found.items()}


def _short(text: str) -> str:
    return text if len(text) <= _SAMPLE_CHARACTERS else f"{text[: _SAMPLE_CHARACTERS - 1]}…"


def _rows(report: ImportReport, table: Table, choices: Choices) -> list[SeenRow]:
    issues: dict[int, list[Issue]] = {}
    for issue in report.issues:
        if issue.row is not None:
            issues.setdefault(issue.row, []).append(issue)
    landing = {one.row: one for one in report.proposals}
    like = {one.row: one for one in reversed(report.likely_duplicates)}
    names = {row.number: row.values.get("name") or row.values.get("sign") or "" for row in table.rows}
    found = []
    for number in sorted({*issues, *landing, *like}):
        other, proposal = like.get(number), landing.get(number)
        found.append(
            SeenRow(
                row=number,
                standing=_standing(bool(proposal), other and other.same, number in issues),
                name=proposal.subject.label if proposal else other.name if other else names.get(number, ""),
                other=other.other if other else "",
                other_name=other.other_name if other else "",
                issues=tuple(issues.get(number, ())),
                position=_middle(proposal),
                lands=proposal is not None,
                is_corrected=number in choices.cells,
            )
        )
    return found


def _standing(lands: bool, same: bool | None, at_fault: bool) -> Standing:  # noqa: FBT001
    if same:
        return Standing.SAME
    if same is False:
        return Standing.DUPLICATE
    return Standing.NEW if lands and not at_fault else Standing.REFUSED


def _middle(proposal: Any) -> tuple[float, float] | None:
    geometry = proposal.subject.geometry if proposal else None
    if geometry is None:
        return None
    middle = geometry.representative_point()
    return round(middle.x, 6), round(middle.y, 6)
