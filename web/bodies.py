"""What programs send as JSON, turned into words of the domain; every fault names its field.

Numbers are numbers: text that looks like one, `true` and NaN are refused.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain import texts
from geo_offlimits.domain.instants import parse_instant, time_zone
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import Field, InputError, Issue, Sentence
from geo_offlimits.formats import strict_json
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.positions import territory_of
from web import door

MAX_POSITIONS = 10_000
MAX_RADIUS_M = 100_000
MAX_MISSIONS = 20
Member = TypeVar("Member", bound=StrEnum)
Parsed = TypeVar("Parsed")
Body = Mapping[str, Any]


def refused(field: str, reason: str, remedy: str, value: object = "") -> InputError:
    issue = Issue(field=field, reason=reason, remedy=remedy, value=str(value)[:80])
    sentence = Sentence("{field}: {reason}; {remedy}.", field=Field(field), reason=reason, remedy=remedy)
    return InputError(sentence, issue)


def one_only(field: str) -> InputError:
    return refused(field, Sentence("more than one"), Sentence("ask about one at a time"))


def json_body() -> Body:
    """The request's JSON object. Raises InputError for anything else: NaN, Infinity and a member given twice, too."""
    return parsed(request.get_data(cache=False))


def parsed(content: bytes) -> Body:
    """The JSON object in these bytes, as strictly."""
    try:
        body = strict_json.parsed(content)
    except strict_json.NotJsonError as fault:
        raise _not_json(fault) from None
    if not isinstance(body, dict):
        raise InputError(
            Sentence("The request is JSON but not an object. Send a JSON object with the members of this route.")
        )
    return body


def _not_json(fault: strict_json.NotJsonError) -> InputError:
    remedy = "Send a JSON object, in UTF-8, without NaN or Infinity, each member once."
    sentence = f"The request {fault.fact}. {remedy}"
    if fault.member is None:
        return InputError(sentence)
    return InputError(
        sentence, Issue(field=fault.member, reason=Sentence("given twice"), remedy=Sentence("send it once"))
    )


def text(body: Body, field: str, *, required: bool = False) -> str | None:
    """A text without control characters, stripped; empty is the same as absent."""
    value = body.get(field)
    if value is None and not required:
        return None
    if value is not None and not isinstance(value, str):
        raise refused(field, Sentence("not text"), Sentence("send a string"), value)
    value = (value or "").strip()
    if len(value) > texts.MAX_TEXT:
        raise refused(field, Sentence("longer than {most} characters", most=texts.MAX_TEXT), Sentence("shorten it"))
    if not value.isprintable() and any(map(texts.is_control, value)):
        raise refused(field, Sentence("holds a sign that is not text"), Sentence("type it again"), ascii(value))
    if required and not value:
        raise refused(field, Sentence("missing"), Sentence("fill it in"))
    return value or None


def number(body: Body, field: str) -> float | None:
    value = body.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused(field, Sentence("not a number"), Sentence("send a JSON number"), value)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def flag(body: Body, field: str) -> bool:
    """`true` or `false`; absent is false."""
    value = body.get(field, False)
    if not isinstance(value, bool):
        raise refused(field, Sentence("not true or false"), Sentence("send a JSON boolean"), value)
    return value


def count(body: Body, field: str, *, unless_given: int, most: int) -> int:
    """A whole number from 1 to `most`."""
    value = number(body, field)
    if value is None:
        return unless_given
    if not (1 <= value <= most and value == int(value)):
        raise refused(
            field, Sentence("out of range"), Sentence("send a whole number from 1 to {most}", most=most), value
        )
    return int(value)


def member(body: Body, field: str, kind: type[Member], *, required: bool = False) -> Member | None:
    value = text(body, field, required=required)
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        raise refused(
            field, Sentence("unknown"), Sentence("use one of {members}", members=", ".join(kind)), value
        ) from None


def members(body: Body, field: str, kind: type[Member]) -> tuple[Member, ...]:
    return tuple(one for value in listed(body, field) if (one := member({field: value}, field, kind)))


def codes(body: Body, field: str) -> tuple[str, ...]:
    """Codes of missions, at most MAX_MISSIONS."""
    given = listed(body, field)
    if len(given) > MAX_MISSIONS:
        many = Sentence("missions given: {count}", count=len(given))
        raise refused(field, many, Sentence("send at most {most}", most=MAX_MISSIONS))
    return tuple(text({field: value}, field, required=True) or "" for value in given)


def listed(body: Body, field: str) -> list[Any]:
    value = body.get(field)
    if value is not None and not isinstance(value, list):
        raise refused(field, Sentence("not a list"), Sentence("send a JSON array"), value)
    return value or []


def moment(body: Body, field: str) -> datetime | None:
    return _read(body, field, parse_instant)


def wall_time(body: Body, field: str, timezone: str) -> datetime | None:
    """What a field of type `datetime-local` holds: a time on the mission's own clocks."""

    def read(written: str) -> datetime:
        found = datetime.fromisoformat(written)
        try:
            return (found if found.tzinfo else found.replace(tzinfo=time_zone(timezone))).astimezone(UTC)
        except OverflowError:
            raise ValueError(written) from None

    return _read(body, field, read)


def day(body: Body, field: str) -> date | None:
    return _read(body, field, date.fromisoformat)


def _read(body: Body, field: str, parse: Callable[[str], Parsed]) -> Parsed | None:
    value = text(body, field)
    try:
        return parse(value) if value else None
    except ValueError:
        raise refused(field, Sentence("not a date"), Sentence("write it as 2026-11-20"), value) from None


def position(
    body: Any, field: str = "position", territory: BaseGeometry | None = None, *, asks_order: bool = True
) -> Position:
    """`{"lat", "lon"}` in degrees or `{"text"}` in any notation, with an optional `uncertainty_m`."""
    if not isinstance(body, dict):
        raise refused(field, Sentence("not an object"), Sentence('send {{"lat": …, "lon": …}} or {{"text": …}}'), body)
    if "text" in body and ("lat" in body or "lon" in body):
        raise refused(
            field,
            Sentence("not one position: {members}", members=", ".join(sorted(body))),
            Sentence("send lat and lon, or text, and uncertainty_m where it is known"),
        )
    uncertainty_m = number(body, "uncertainty_m")
    if written := text(body, "text"):
        return parse_position(written, uncertainty_m=uncertainty_m, territory=territory, asks_order=asks_order)
    lat, lon = number(body, "lat"), number(body, "lon")
    if lat is None or lon is None:
        raise refused(field, Sentence("no position"), Sentence('send {{"lat": …, "lon": …}} or {{"text": …}}'))
    if uncertainty_m is None:
        return Position(lat=lat, lon=lon)
    return Position(lat=lat, lon=lon, uncertainty_m=uncertainty_m)


def check_request(body: Body) -> CheckRequest:
    """The body of `POST /api/v1/check`. A chosen entry or a kind of venue can be asked about without a position."""
    places = listed(body, "positions")
    enough = places or body.get("entry_id") or body.get("venue")
    if not enough or len(places) > MAX_POSITIONS:
        raise refused(
            "positions",
            Sentence("positions given: {count}", count=len(places)),
            Sentence("send 1 to {most}", most=MAX_POSITIONS),
        )
    radius_m = number(body, "radius_m")
    if radius_m is not None and not 0 < radius_m <= MAX_RADIUS_M:
        raise refused(
            "radius_m", Sentence("not between 0 and {most}", most=MAX_RADIUS_M), Sentence("give metres"), radius_m
        )
    code = text(body, "mission") or door.code()
    are_written = any(isinstance(place, dict) and place.get("text") for place in places)
    territory = territory_of(door.act(), code) if are_written else None
    return CheckRequest(
        mission=code,
        also=codes(body, "also"),
        positions=tuple(position(place, f"positions[{index}]", territory) for index, place in enumerate(places)),
        radius_m=door.wiring().settings.radius_m if radius_m is None else radius_m,
        at=moment(body, "at"),
        known_at=moment(body, "known_at"),
        personnel=member(body, "personnel", PersonnelCategory),
        venue=member(body, "venue", VenueKind),
        entry_id=text(body, "entry_id"),
    )


def name_asked(body: Body) -> dict[str, Any]:
    """The body of `POST /api/v1/find`, as `lookup.find` takes it."""
    return {
        "mission": text(body, "mission") or door.code(),
        "text": text(body, "name", required=True) or "",
        "limit": count(body, "limit", unless_given=10, most=100),
        "at": moment(body, "at"),
        "personnel": member(body, "personnel", PersonnelCategory),
        "also": codes(body, "also"),
    }
