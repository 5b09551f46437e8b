"""What a personnel list would change, person by person, and the hash by which somebody says that they have read it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import rfc8785

from geo_offlimits.domain.people import Person
from geo_offlimits.errors import Issue

# What is compared, in the order in which it is told.
_FIELDS = ("name", "unit", "sector", "category", "email", "language")
_SHOWN = 20  # of each kind at the prompt; --json has all


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Row `row` is somebody who is not here yet."""

    row: int
    person: Person

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "number": self.person.number} | {name: getattr(self.person, name) for name in _FIELDS}

    def __str__(self) -> str:
        return f"row {self.row} {_named(self.person)}, {self.person.unit}: new"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of a person, before and after; None where nothing was known."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Update:
    """Row `row` says something else of somebody than what is known."""

    row: int
    before: Person
    after: Person

    @property
    def changes(self) -> tuple[Change, ...]:
        pairs = ((name, getattr(self.before, name), getattr(self.after, name)) for name in _FIELDS)
        return tuple(Change(field=name, before=was, after=becomes) for name, was, becomes in pairs if was != becomes)

    @property
    def moves(self) -> bool:
        """Whether they serve in another unit or sector."""
        return (self.before.unit, self.before.sector) != (self.after.unit, self.after.sector)

    def as_json(self) -> dict[str, Any]:
        told = {one.field: {"before": one.before, "after": one.after} for one in self.changes}
        return {"row": self.row, "number": self.before.number, "name": self.before.name, "changes": told}

    def __str__(self) -> str:
        told = "; ".join(f"{one.field}: {one.before or '-'} → {one.after or '-'}" for one in self.changes)
        return f"row {self.row} {_named(self.before)}: {told}"


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Somebody in service whom the list does not name. `holds`: who acts, or holds a role beyond staff, and stays."""

    person: Person
    departs: bool
    holds: bool

    def as_json(self) -> dict[str, Any]:
        person = self.person
        return {"number": person.number, "name": person.name, "unit": person.unit, "departs": self.departs}

    def __str__(self) -> str:
        what = "departs" if self.departs else "stays: holds a role" if self.holds else "stays"
        return f"{_named(self.person)}, {self.person.unit}: not in this list, {what}"


@dataclass(frozen=True, kw_only=True)
class Likely:
    """Row `row` is new by its number, and bears the name of `other`, whom the list does not name."""

    row: int
    person: Person
    other: Person

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "number": self.person.number, "other": self.other.number, "name": self.other.name}

    def __str__(self) -> str:
        return f"row {self.row} {_named(self.person)}: likely the same as {_named(self.other)}"


@dataclass(frozen=True, kw_only=True)
class PersonnelReport:
    """`sha256` is the file's; `rows` counts those that could be read or have an issue; `unread` have no field."""

    mission: str
    file: str
    sha256: str
    mapping: dict[str, str]
    unread: tuple[str, ...]
    rows: int
    arrivals: tuple[Arrival, ...]
    updates: tuple[Update, ...]
    unchanged: int
    absent: tuple[Absent, ...]
    likely: tuple[Likely, ...]
    issues: tuple[Issue, ...]

    @property
    def moved(self) -> tuple[Update, ...]:
        return tuple(one for one in self.updates if one.moves)

    @property
    def changed(self) -> tuple[Update, ...]:
        """Who changes without moving."""
        return tuple(one for one in self.updates if not one.moves)

    @property
    def departing(self) -> tuple[Absent, ...]:
        return tuple(one for one in self.absent if one.departs)

    @property
    def counts(self) -> dict[str, int]:
        """What lands, counted."""
        return {
            "added": len(self.arrivals),
            "moved": len(self.moved),
            "changed": len(self.changed),
            "departed": len(self.departing),
        }

    @property
    def lands(self) -> bool:
        return any(self.counts.values())

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the RFC 8785 form of the report."""
        return hashlib.sha256(rfc8785.dumps(self._told())).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return self._told() | {"report": self.hash}

    def _told(self) -> dict[str, Any]:
        return {
            "mission": self.mission,
            "file": self.file,
            "sha256": self.sha256,
            "mapping": self.mapping,
            "unread": list(self.unread),
            "rows": self.rows,
            "added": [one.as_json() for one in self.arrivals],
            "moved": [one.as_json() for one in self.moved],
            "changed": [one.as_json() for one in self.changed],
            "unchanged": self.unchanged,
            "absent": [one.as_json() for one in self.absent],
            "likely_same": [one.as_json() for one in self.likely],
            "issues": [one.as_json() for one in self.issues],
        }

    def as_text(self) -> str:
        read = ", ".join(f"{column} → {name}" for column, name in self.mapping.items())
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items() if name != "departed")
        at_fault = len({issue.row for issue in self.issues if issue.row is not None})
        return "\n".join(
            [
                f"{self.file}: {self.rows} rows: {counts}, {self.unchanged} unchanged, {at_fault} at fault.",
                f"Columns read: {read or 'none'}",
                *([f"Columns not read: {', '.join(self.unread)}"] if self.unread else []),
                *_few(self.issues),
                *_few(self.likely),
                *_few(self.arrivals),
                *_few(self.moved),
                *_few(self.changed),
                *_few(self.absent),
                f"Report {self.hash}",
            ]
        )


def _named(person: Person) -> str:
    return f"{person.number} {person.name}"


def _few(told: Iterable[object]) -> list[str]:
    lines = [f"  {one}" for one in told]
    more = len(lines) - _SHOWN
    return lines if more <= 1 else [*lines[:_SHOWN], f"  and {more} more; --json has all"]
