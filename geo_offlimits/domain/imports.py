"""A list on its way into the register: where each of its rows stands, and an import that has landed.

A row is never merged into an entry. What is the same does not land, what is like something else waits for a person who
says that another is meant, and what would change an entry is a proposal of change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo_offlimits.domain.instants import format_instant
from geo_offlimits.errors import Issue, Sentence, Translate


class RowStatus(StrEnum):
    """Where a row stands, in the order in which somebody wants to know."""

    REFUSED = "refused"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """What an entry says in a field, and what it would say by the row; empty where it says nothing."""

    field: str
    was: str
    would_be: str

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "was": self.was, "would_be": self.would_be}

    @property
    def sentence(self) -> Sentence:
        return Sentence(
            "{field}: “{was}” would be “{would_be}”", field=self.field, was=self.was, would_be=self.would_be
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RowReport:
    """One row of a list held against the register and the other rows.

    other : the entry or the row ('row 12') that it is, changes, is like or contradicts; '' where there is none.
    remarks : how the row was understood where that is not plain; they keep nothing back.
    position : longitude and latitude in degrees, None where the place is not known.
    lands : whether the row becomes a proposal, or a proposal of change, when the list is committed as it was asked.
    """

    row: int
    status: RowStatus
    name: str = ""
    other: str = ""
    other_name: str = ""
    changes: tuple[FieldChange, ...] = ()
    issues: tuple[Issue, ...] = ()
    remarks: tuple[Issue, ...] = ()
    position: tuple[float, float] | None = None
    lands: bool = False

    def as_json(self, translate: Translate = str) -> dict[str, Any]:
        lon, lat = self.position or (None, None)
        return {
            "row": self.row,
            "status": self.status.value,
            "name": self.name,
            "other": self.other,
            "other_name": self.other_name,
            "changes": [change.as_json() for change in self.changes],
            "issues": [issue.as_json(translate) for issue in self.issues],
            "remarks": [remark.as_json(translate) for remark in self.remarks],
            "position": None if self.position is None else {"lon": lon, "lat": lat},
            "lands": self.lands,
        }

    def as_feature(self) -> dict[str, Any]:
        """For a map: the same row, at its place."""
        geometry = {"type": "Point", "coordinates": list(self.position)} if self.position else None
        told = {"row": self.row, "status": self.status.value, "name": self.name, "other": self.other}
        return {"type": "Feature", "id": self.row, "geometry": geometry, "properties": told}

    def lines(self) -> Iterator[str]:
        """For a terminal: a line that says where the row stands, then one for each change and issue."""
        other = f" – {self.other} {self.other_name}".rstrip() if self.other else ""
        yield f"row {self.row} {self.name}: {self.status.value}{other}"
        yield from (f"  {change.sentence}" for change in self.changes)
        yield from (f"  {issue}" for issue in self.issues)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """An entry that stands in the register and in no row of the list. An import neither lifts nor withdraws it.

    refused_row : a row that seems to be about it, by its id or its name, and was refused.
    """

    designation_id: str
    name: str
    state: str
    refused_row: int | None = None

    def as_json(self) -> dict[str, str | int | None]:
        told = {"id": self.designation_id, "name": self.name, "state": self.state}
        return told | {"refused_row": self.refused_row}

    def __str__(self) -> str:
        row = f"; row {self.refused_row}, which was refused, seems to be it" if self.refused_row else ""
        return f"{self.designation_id} {self.name} ({self.state}{row})"


@dataclass(frozen=True, kw_only=True)
class LandedRow:
    """Which row became which proposal; with `change_id`, a proposal to change that entry."""

    row: int
    designation_id: str
    change_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        told = {"row": self.row, "id": self.designation_id}
        return told | ({"change": self.change_id} if self.change_id else {})


@dataclass(frozen=True, kw_only=True)
class Import:
    """A list that has landed: of which source and bytes, by whom, and what each row became.

    mapping : column -> field as it was read, remembered for the next list of this source.
    """

    import_id: str
    mission: str
    source: str
    file_name: str
    sha256: str
    person_id: str
    recorded_at: datetime
    landed: tuple[LandedRow, ...]
    mapping: dict[str, str]
    confirmed: tuple[str, ...] = ()
    undone_by: str | None = None
    undone_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.import_id,
            "mission": self.mission,
            "source": self.source,
            "file": self.file_name,
            "sha256": self.sha256,
            "by": self.person_id,
            "at": format_instant(self.recorded_at),
            "landed": [one.as_json() for one in self.landed],
            "mapping": self.mapping,
            "confirmed": list(self.confirmed),
            "undone_by": self.undone_by,
            "undone_at": format_instant(self.undone_at) if self.undone_at else None,
        }

    def __str__(self) -> str:
        undone = f", undone on {format_instant(self.undone_at)}" if self.undone_at else ""
        at = format_instant(self.recorded_at)
        return f"{self.import_id} {self.source} ({self.file_name}): {len(self.landed)} rows on {at}{undone}"
