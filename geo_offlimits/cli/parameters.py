"""The kinds of value commands take: moments, days, metres, boxes, files. What cannot be read is a usage error."""

import math
import os
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from geo_offlimits.cli.leaving import encodable
from geo_offlimits.domain.hours import WeeklySpan
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.errors import InputError

DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LONGEST_M = 1_000_000.0


class Text(click.ParamType[str]):
    """UTF-8, whatever the shell's locale says. Bytes that are no text would match nothing, and that reads as clear."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return os.fsencode(str(value)).decode("utf-8").strip()
        except UnicodeError:
            self.fail(f"{encodable(str(value))!r} is not UTF-8 text; type it again.", param, ctx)


class Moment(click.ParamType[datetime]):
    """An ISO 8601 time with its offset."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_instant(str(value))
        except InputError as fault:
            self.fail(str(fault), param, ctx)


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([a-z,-]+) +(\d{1,2}:\d{2})-(\d{1,2}:\d{2})", re.ASCII)


class Weekly(click.ParamType[WeeklySpan]):
    """Days of the week and a span of the clock: `fri-sat 20:00-04:00`, `mon,wed 18:00-23:00`."""

    name = "days from-to"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> WeeklySpan:
        if isinstance(value, WeeklySpan):
            return value
        match = _SPAN.fullmatch(str(value).strip().casefold())
        days = _weekdays(match[1]) if match else ()
        if not match or not days:
            self.fail(f"{value!r} is not a weekly span; write it like 'fri-sat 20:00-04:00'.", param, ctx)
        try:
            start, end = (time.fromisoformat(clock.zfill(len("20:00"))) for clock in match.groups()[1:])
            return WeeklySpan(days=days, start=start, end=end)
        except (ValueError, InputError) as fault:
            self.fail(f"{value!r} is not a weekly span: {fault}", param, ctx)


def _weekdays(text: str) -> tuple[int, ...]:
    """ISO weekdays in the order of the week; () for what is no list of days. A run may go over Sunday."""
    found: set[int] = set()
    for run in text.split(","):
        first, _, last = run.partition("-")
        if first not in _WEEKDAYS or (last or first) not in _WEEKDAYS:
            return ()
        start, end = _WEEKDAYS.index(first), _WEEKDAYS.index(last or first)
        found |= {(start + step) % 7 + 1 for step in range((end - start) % 7 + 1)}
    return tuple(sorted(found))


class Day(click.ParamType[date]):
    """A date: the whole day, in a time zone that the command knows. A time with its offset is that moment."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if not DAY_ONLY.fullmatch(text):
            return MOMENT.convert(text, param, ctx)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is not a date; write year-month-day, such as 2026-03-31.", param, ctx)


class Duration(click.ParamType[timedelta]):
    """`30d`, `12h`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        read = re.fullmatch(r"(\d{1,4})([dh])", str(value), re.ASCII)
        if not read or int(read[1]) == 0:
            self.fail(f"{value!r} is not a duration; write days or hours, such as 30d or 12h.", param, ctx)
        return timedelta(days=int(read[1])) if read[2] == "d" else timedelta(hours=int(read[1]))


class Metres(click.ParamType[float]):
    """A distance, above zero unless `zero` is one too. NaN and infinity are refused: no comparison holds for them."""

    name = "metres"

    def __init__(self, *, zero: bool = False) -> None:
        self._zero = zero

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            metres = float(value)
        except ValueError:
            metres = math.nan
        if not (0 < metres <= LONGEST_M or (self._zero and metres == 0)):
            least = "from 0" if self._zero else "above 0"
            self.fail(f"{value!r} is not a distance; write metres {least}, such as 100.", param, ctx)
        return metres


class Box(click.ParamType[tuple[float, float, float, float]]):
    """`W,S,E,N` in degrees; west may be greater than east, across the antimeridian."""

    name = "W,S,E,N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float, float, float]:
        if isinstance(value, tuple):
            return value
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not a box; write west,south,east,north in degrees.", param, ctx)
        if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004  (degrees)
            self.fail(f"{value!r} is not a box on Earth; write west,south,east,north in degrees.", param, ctx)
        return west, south, east, north


class Positions(click.Command):
    """A command whose arguments may begin with a minus: `-31.6,-15.9` is a place, not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # A blank in front keeps the parser from seeing an option, and no reader of a position minds it.
        return super().parse_args(ctx, [f" {word}" if re.match(r"-[\d.]", word) else word for word in args])


TEXT = Text()
WEEKLY = Weekly()
MOMENT = Moment()
DAY = Day()
DURATION = Duration()
METRES = Metres()
UNCERTAINTY_M = Metres(zero=True)  # a surveyed point is sure to less than a metre
BOX = Box()
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
CATEGORY = click.Choice([category.value for category in PersonnelCategory])
MISSION = click.option("--mission", help="Mission code; not needed where there is only one.")
EDITION = click.option("--edition", "number", type=click.IntRange(1), help="[default: the current one]")


_MOST_ROWS = 100_000  # `formats.files` has them, which the command line loads late
_RUN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)


class Run(click.ParamType[tuple[int, int]]):
    """Two numbers of rows, the first and the last."""

    name = "first-last"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = _RUN.fullmatch(str(value).strip())
        first, last = map(int, match.groups()) if match else (1, 0)
        if not first <= last < first + _MOST_ROWS:
            self.fail(f"{value!r} is no run of at most {_MOST_ROWS} rows; write 2-100001.", param, ctx)
        return first, last


ROWS = Run()
MAPPING = click.option(
    "--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="Which column holds which field."
)


def mapped(mapping: Sequence[str]) -> dict[str, str]:
    """Column -> field, of what MAPPING was given."""
    # From the right: a heading may hold an equals sign, a field's name does not.
    pairs = [word.rpartition("=") for word in mapping]
    if any(not (column and field) for column, _, field in pairs):
        raise click.UsageError("--map takes COLUMN=FIELD, such as --map 'Establishment=name'.")
    return {column: field for column, _, field in pairs}
