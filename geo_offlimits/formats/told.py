"""The fields of one row of a list as they are read; what cannot be is collected, so that a person sees all at once.

An issue refuses the row; a remark tells how the row was understood, where that is not plain from what stands in it.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from shapely.geometry.base import BaseGeometry

from geo_offlimits.errors import InputError, Issue
from geo_offlimits.formats.columns import FIELDS
from geo_offlimits.formats.reader import Row
from geo_offlimits.formats.vocabulary import member

Made = TypeVar("Made")
Member = TypeVar("Member", bound=StrEnum)
_SHOWN = 40
# In these fields even such a text may be meant: a bar can be called Unknown.
_KEPT = frozenset({"name", "sign", "other_names", "former_names", "note"})
_NOTHING = frozenset(
    {
        "n/a", "na", "n.a.", "-", "--", "–", "—", "?", "unknown", "not known", "tbd", "none", "nil", "inconnu",
        "inconnue", "i panjohur", "e panjohur", "nepoznato", "непознато", "غير معروف",
    }
)  # fmt: skip
# What a domain calls a field that a list has under another name.
_KNOWN = {"lat": "latitude", "lon": "longitude"}


class Told:
    """One row, and what stands against it."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.issues: list[Issue] = []
        self.remarks: list[Issue] = []
        self.spot: BaseGeometry | None = None

    def text(self, field: str) -> str | None:
        """What stands in a field; None where it is empty, or says itself that nothing is known."""
        text = self.row.values.get(field)
        if not text or field in _KEPT:
            return text
        return None if text.casefold() in _NOTHING else text

    def read(self, field: str, reader: Callable[[str], Made]) -> Made | None:
        """What `reader` makes of a field, None where it is empty or cannot be read; that is an issue."""
        text = self.text(field)
        if text is None:
            return None
        try:
            return reader(text)
        except InputError as fault:
            self.refused(fault, field)
            return None

    def word(self, field: str, vocabulary: type[Member]) -> Member | None:
        if field not in self.row.values:
            return None
        return self.read(field, lambda text: member(text, vocabulary, field))

    def refused(self, fault: InputError, field: str, text: str | None = None) -> None:
        known = _KNOWN | {"name": field if field in FIELDS else "name"}
        found = fault.issues or (Issue(field=field, value=text or "", reason=str(fault)),)
        self.issues += [
            replace(issue, row=self.row.number, field=known.get(issue.field, issue.field)) for issue in found
        ]

    def issue(self, field: str, reason: str, remedy: str) -> None:
        self.issues.append(self._made(field, reason, remedy))

    def remark(self, field: str, reason: str, remedy: str) -> None:
        self.remarks.append(self._made(field, reason, remedy))

    def _made(self, field: str, reason: str, remedy: str) -> Issue:
        value = (self.text(field) or "")[:_SHOWN]
        return Issue(row=self.row.number, field=field, value=value, reason=reason, remedy=remedy)
