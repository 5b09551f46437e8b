"""The kinds of value commands take: moments, durations, boxes. A value that cannot be read is a usage error."""

import re
from datetime import datetime, timedelta
from typing import Any

import click

from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.errors import InputError


class Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_instant(str(value))
        except InputError as fault:
            self.fail(str(fault), param, ctx)


class Duration(click.ParamType[timedelta]):
    """`30d`, `12h`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        read = re.fullmatch(r"(\d{1,4})([dh])", str(value))
        if not read or int(read[1]) == 0:
            self.fail(f"{value!r} is not a duration; write days or hours, such as 30d or 12h.", param, ctx)
        return timedelta(days=int(read[1])) if read[2] == "d" else timedelta(hours=int(read[1]))


class Box(click.ParamType[tuple[float, float, float, float]]):
    """`W,S,E,N` in degrees."""

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
        return west, south, east, north


MOMENT = Moment()
DURATION = Duration()
BOX = Box()
MISSION = click.option("--mission", help="Mission code; not needed where there is only one.")
