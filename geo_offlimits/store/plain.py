"""Values of the domain as the text of a column and back: canonical JSON, so that a row's digest is stable."""

import json
from binascii import hexlify
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import rfc8785
import shapely
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import ALWAYS, Period, utc
from geo_offlimits.domain.mission import Contact, ContactKind
from geo_offlimits.domain.premises import Name, NameKind, Part

# What the enumeration would look up itself, a call slower.
_KINDS = {kind.value: kind for kind in NameKind}


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a plain value; moments, dates, geometries and bytes are written as text first."""
    quick = _QUICK.get(type(value))
    return quick(value) if quick else bytes(rfc8785.dumps(_plain(value)))


def _text(value: str) -> bytes:
    """What the standard library writes of a text is what RFC 8785 asks for; half a sign is the other's to refuse."""
    try:
        return encode_basestring(value).encode()
    except UnicodeEncodeError:
        return bytes(rfc8785.dumps(value))


def _whole(value: int) -> bytes:
    """Beyond what a double holds, it is the other's to refuse."""
    return str(value).encode() if abs(value) < _EXACT else bytes(rfc8785.dumps(value))


_EXACT = 2**53
# A campaign for 20,000 people is half a million such values; an edition is millions of bytes.
_QUICK: dict[type, Callable[[Any], bytes]] = {
    str: _text,
    int: _whole,
    bool: lambda value: b"true" if value else b"false",
    type(None): lambda _none: b"null",
    bytes: lambda value: b'"' + hexlify(value) + b'"',
}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return next((write(value) for kind, write in _AS_TEXT if isinstance(value, kind)), value)


# A datetime is a date too, so it comes first.
_AS_TEXT: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (datetime, lambda moment: utc(moment).isoformat(timespec="microseconds")),
    (date | time, lambda value: str(value.isoformat())),
    (bytes, bytes.hex),
    (BaseGeometry, lambda geometry: str(shapely.to_wkb(geometry, hex=True, byte_order=1))),
)


def written(value: Any) -> str:
    return canonical(value).decode()


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[str, ...]:
    """Few lists of words stand in many rows."""
    return tuple(json.loads(text))


def period(start: datetime | None, end: datetime | None) -> Period:
    return Period(start=start, end=end) if start or end else ALWAYS


def write_names(names: Iterable[Name]) -> str:
    return written([{"text": name.text, "lang": name.lang, "kind": name.kind} for name in names])


def read_names(text: str) -> tuple[Name, ...]:
    return tuple(Name(text=item["text"], lang=item["lang"], kind=_KINDS[item["kind"]]) for item in json.loads(text))


def write_part(part: Part | None) -> str | None:
    if part is None:
        return None
    return written({"floor": part.floor, "entrance": part.entrance, "text": part.text})


def read_part(text: str | None) -> Part | None:
    return Part(**json.loads(text)) if text else None


def write_contacts(contacts: Iterable[Contact]) -> str:
    return written(
        [
            {"kind": item.kind, "name": item.name, "phone": item.phone, "email": item.email, "hours": item.hours}
            for item in contacts
        ]
    )


def read_contacts(text: str) -> tuple[Contact, ...]:
    return tuple(Contact(**item | {"kind": ContactKind(item["kind"])}) for item in json.loads(text))


def write_hours(hours: Hours | None) -> str | None:
    if hours is None:
        return None
    weekly = [{"days": span.days, "start": span.start, "end": span.end} for span in hours.weekly]
    return written({"tz": hours.tz, "weekly": weekly})


def read_hours(text: str | None) -> Hours | None:
    if text is None:
        return None
    stored = json.loads(text)
    return Hours(
        tz=stored["tz"],
        weekly=tuple(
            WeeklySpan(
                days=tuple(span["days"]),
                start=time.fromisoformat(span["start"]),
                end=time.fromisoformat(span["end"]),
            )
            for span in stored["weekly"]
        ),
    )
