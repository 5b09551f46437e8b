"""How each column of a list was understood: told by a person, by its heading, by its contents, or not at all.

It is shown for correction, how sure and why beside each; a guess by contents is an issue of the file that refuses
nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from geo_offlimits.errors import Field, Issue, Sentence, Translate, said
from geo_offlimits.formats.cells import restored
from geo_offlimits.formats.columns import FIELDS, named_columns, resolved, told_columns
from geo_offlimits.formats.contents import Content, content_of, degree_fields, fits, holds_facts, is_name
from geo_offlimits.lookup.gazetteer import Gazetteer

__all__ = ["Match", "MatchedBy", "Matching", "headless", "matched"]

_NOT_OURS: Mapping[str, str] = MappingProxyType({})
_SURE_BY_HEADING = 0.95
_SURE_AS_NAME = 0.6
_UNNAMED = re.compile(r"column \d+( #\d+)?")
_PLACES = frozenset({"position", "latitude", "longitude"})
_SAMPLES, _SAMPLE_CHARACTERS = 3, 60


class MatchedBy(StrEnum):
    TOLD = "told"
    HEADING = "heading"
    CONTENTS = "contents"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Match:
    """One column: its field, None where it is not read; how sure that is, from 0 to 1, and why.

    `samples` are the first few different texts that stand in it.
    """

    column: str
    field: str | None
    by: MatchedBy
    sure: float
    why: Sentence
    samples: tuple[str, ...] = ()

    def as_json(self, translate: Translate = str) -> dict[str, Any]:
        told = {"column": self.column, "field": self.field, "by": self.by.value}
        return told | {"sure": round(self.sure, 2), "why": said(self.why, translate)}


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Column to field in the order of the columns, every column's match, and what is to be said of the file."""

    mapping: dict[str, str]
    matches: tuple[Match, ...]
    issues: tuple[Issue, ...]


def matched(
    columns: Sequence[str],
    contents: Sequence[Sequence[str]],
    told: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]] = FIELDS,
    *,
    near: Gazetteer | None = None,
    ours: Mapping[str, str] = _NOT_OURS,
) -> Matching:
    """How the columns are understood.

    contents : for each column its cells, as many as are at hand; short ones count as empty.
    told : column -> field, which wins. fields : those of premises; only of them are contents looked at.
    near : the mission's places and territory, where they are known.
    ours : column -> field of a list that we exported (`own_exports`); what a person told wins over it.
    Raises what `resolved` raises.
    """
    told = told_columns(columns, told, fields)
    ours = {column: field for column, field in ours.items() if column not in told and field not in told.values()}
    by_heading, left_out = resolved(columns, {**ours, **told}, fields)
    refused = {issue.value for issue in left_out} | set(told) | set(ours)
    free = [at for at, column in enumerate(columns) if column not in by_heading and column not in refused]
    guessing = _Guessing(contents, near, set(by_heading.values()))
    # `Inspected on` is no beginning: where headings are understood, days under another one are left alone.
    guessing.spared = {at for at in free if by_heading and not _UNNAMED.fullmatch(columns[at])}
    guessed = guessing.fields(free) if fields is FIELDS else {}
    found = {columns[at]: guess for at, guess in guessed.items()}
    mapping = by_heading | {column: field for column, (field, _, _) in found.items()}
    held = dict(zip(columns, map(sampled, contents), strict=False))
    matches = [(column, _match(column, by_heading, found, told, ours)) for column in columns]
    return Matching(
        mapping={column: mapping[column] for column in columns if column in mapping},
        matches=tuple(replace(one, samples=held.get(column, ())) for column, one in matches),
        issues=(*left_out, *(_guess_told(column, field, why) for column, (field, _, why) in found.items())),
    )


_Guess = tuple[str, float, Sentence]


def _match(
    column: str,
    by_heading: Mapping[str, str],
    found: Mapping[str, _Guess],
    told: Mapping[str, str],
    ours: Mapping[str, str],
) -> Match:
    if column in told:
        field = by_heading.get(column)
        return Match(column=column, field=field, by=MatchedBy.TOLD, sure=1.0, why=Sentence("told by a person"))
    if column in ours:
        why = Sentence("the list was exported here, and this is how its columns are called")
        return Match(column=column, field=by_heading.get(column), by=MatchedBy.HEADING, sure=1.0, why=why)
    if column in by_heading:
        why = Sentence("by its heading")
        return Match(column=column, field=by_heading[column], by=MatchedBy.HEADING, sure=_SURE_BY_HEADING, why=why)
    if column in found:
        field, sure, why = found[column]
        return Match(column=column, field=field, by=MatchedBy.CONTENTS, sure=sure, why=why)
    why = Sentence("neither its heading nor its contents say what it is")
    return Match(column=column, field=None, by=MatchedBy.NOTHING, sure=0.0, why=why)


def sampled(cells: Sequence[str]) -> tuple[str, ...]:
    """The first few different texts of a column, long ones cut."""
    return tuple(dict.fromkeys(_short(restored(text)) for cell in cells if (text := cell.strip())))[:_SAMPLES]


def _short(text: str) -> str:
    return text if len(text) <= _SAMPLE_CHARACTERS else f"{text[: _SAMPLE_CHARACTERS - 1]}…"


def _guess_told(column: str, field: str, why: Sentence) -> Issue:
    return Issue(
        field="columns",
        value=column,
        reason=Sentence("read as {field} by its contents: {why}", field=Field(field), why=why),
        remedy=Sentence("map {column}=FIELD to change that, or {column}=ignore", column=column),
    )


class _Guessing:
    """The fields of the columns whose headings say nothing."""

    def __init__(self, contents: Sequence[Sequence[str]], near: Gazetteer | None, taken: set[str]) -> None:
        self.contents, self.near, self.taken = contents, near, taken
        self.found: dict[int, _Guess] = {}
        self.spared: set[int] = set()

    def fields(self, free: Sequence[int]) -> dict[int, _Guess]:
        held = {at: content_of(self.contents[at], self.near) for at in free if at < len(self.contents)}
        degrees = [at for at, content in held.items() if content and content.field == "degrees"]
        self.pair(degrees, held)
        for at, content in held.items():
            if content and content.field != "degrees":
                self.take(at, content.field, content.share, content.why)
        if not self.taken & {"name", "sign"}:
            names = [at for at in free if at not in self.found and held.get(at) is None and self.is_name(at)]
            if names:
                self.take(names[0], "name", _SURE_AS_NAME, Sentence("short texts, most of them different"))
        return self.found

    def take(self, at: int, field: str, sure: float, why: Sentence) -> None:
        # A second column of days is the end of what the first began.
        if field == "since" and field in self.taken:
            field = "until"
        is_spared = field in {"since", "until"} and at in self.spared
        # Another column of positions may be an old one.
        is_second = field == "position" and bool(self.taken & _PLACES)
        if field not in self.taken and not is_spared and not is_second:
            self.taken.add(field)
            self.found[at] = (field, sure, why)

    def pair(self, degrees: Sequence[int], held: Mapping[int, Content | None]) -> None:
        if "position" in self.taken:
            return
        missing = [field for field in ("latitude", "longitude") if field not in self.taken]
        if len(degrees) == 1 and len(missing) == 1:
            content = held[degrees[0]]
            if content:
                why = Sentence("{why}, and the other one has its heading", why=content.why)
                self.take(degrees[0], missing[0], content.share, why)
        elif len(degrees) > 1 and len(missing) > 1:
            left, right = degrees[:2]
            fields = degree_fields(self.contents[left], self.contents[right], self.near)
            for at, field in ((left, fields[0]), (right, fields[1])):
                content = held[at]
                if content:
                    why = Sentence("{why}; {how}", why=content.why, how=fields[2])
                    self.take(at, field, content.share, why)

    def is_name(self, at: int) -> bool:
        return at < len(self.contents) and is_name(self.contents[at])


def headless(rows: Sequence[Sequence[str]], near: Gazetteer | None = None) -> tuple[str, ...] | None:
    """The columns of a list whose first row is no header that is recognised; None where its contents say nothing.

    A first row without facts over columns with facts is a header in other words and names them; else the first row is
    the first entry, and columns are called by their place.
    """
    if not rows:
        return None
    width = max(map(len, rows))
    names = named_columns([*rows[0], *[""] * (width - len(rows[0]))])
    heads = not holds_facts(rows[0]) and len(rows) > 1 and not _is_entry(rows, near)
    body = rows[1:] if heads else rows
    columns = names if heads else named_columns([""] * width)
    contents = [[row[at] if at < len(row) else "" for row in body] for at in range(width)]
    found = set(matched(columns, contents, {}, near=near).mapping.values())
    says = found & {"position", "latitude", "hours", "since", "locality", "sector", "category"}
    return columns if says and found & {"name", "sign", "category"} else None


def _is_entry(rows: Sequence[Sequence[str]], near: Gazetteer | None) -> bool:
    """Whether the first row holds in some column what the others hold there: a town among towns is no heading."""
    columns = ([row[at] if at < len(row) else "" for row in rows[1:]] for at in range(len(rows[0])))
    found = [content_of(cells, near) for cells in columns]
    return any(content and fits(content.field, cell, near) for content, cell in zip(found, rows[0], strict=True))
