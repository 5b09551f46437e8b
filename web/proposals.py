"""A proposal, sent as JSON or by a page's form, turned into a subject and the terms put on it.

The members of the JSON are those of an edition's entry where it has them. A form is first read into the same JSON, so
that both doors refuse the same things.
"""

from dataclasses import replace
from datetime import time
from typing import Any

from shapely.errors import GEOSException
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry
from werkzeug.datastructures import MultiDict

from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import Period, days, format_instant, time_zone
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import Sentence
from geo_offlimits.formats import strict_json
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services import duplicates
from geo_offlimits.services.positions import territory_of
from web import door
from web.bodies import Body, day, listed, member, members, moment, number, position, refused, text

MAX_VERTICES = 10_000
_NO_NAME = {"text": "?"}  # no letters, so like no other name
Form = MultiDict[str, str]


def subject_and_terms(code: str, body: Body) -> tuple[Subject, Terms]:
    """What a body proposes to the mission `code`.

    Raises InputError with one issue for each field at fault that it comes to.
    """
    return _subject(code, body), _terms(body)


def ready(code: str, body: Body) -> tuple[Subject, Terms]:
    """The same, in a view's `first`, with what the writing transaction would else have to read."""
    subject, terms = subject_and_terms(code, body)
    duplicates.prepare(door.act(), code, subject)
    return subject, terms


def sketched(code: str, body: Body) -> Subject:
    """What a body proposes as far as it is known: without a name it is compared by its place."""
    return _subject(code, {**body, "names": listed(body, "names") or [_NO_NAME]})


def _subject(code: str, body: Body) -> Subject:
    geometry, uncertainty_m = _place(code, body)
    return Subject(
        kind=member(body, "subject", SubjectKind) or SubjectKind.PREMISES,
        names=tuple(_name(one) for one in listed(body, "names")),
        category=member(body, "category", VenueKind),
        geometry=geometry,
        uncertainty_m=uncertainty_m,
        address=text(body, "address"),
        locality=text(body, "locality"),
        part=_part(body),
    )


def _name(one: Any) -> Name:
    if not isinstance(one, dict):
        raise refused(
            "names", Sentence("not a list of objects"), Sentence('send [{{"text": …, "lang": …, "kind": …}}]'), one
        )
    kind = member(one, "kind", NameKind) or NameKind.CURRENT
    return Name(text=text(one, "text", required=True) or "", lang=text(one, "lang"), kind=kind)


def _part(body: Body) -> Part | None:
    part = body.get("part")
    if part is None:
        return None
    if not isinstance(part, dict):
        raise refused(
            "part", Sentence("not an object"), Sentence('send {{"floor": …, "entrance": …, "text": …}}'), part
        )
    fields = {field: text(part, field) for field in ("floor", "entrance", "text")}
    return Part(**fields) if any(fields.values()) else None


def _place(code: str, body: Body) -> tuple[BaseGeometry | None, float | None]:
    """Geometry and its uncertainty: drawn, or a position in any notation, or none where the place is not known."""
    drawn, written = body.get("geometry"), body.get("position")
    if drawn is not None and written is not None:
        raise refused("position", Sentence("given beside a geometry"), Sentence("send one of them"))
    if drawn is not None:
        return _outline(drawn), number(body, "uncertainty_m")
    if written is None:
        number(body, "uncertainty_m")  # of no place; what is no number is refused all the same
        return None, None
    # Turned numbers are asked about as any place outside the territory is, by `services.outside`.
    found = position(_as_sure(written, body), territory=territory_of(door.act(), code), asks_order=False)
    return Point(found.lon, found.lat), found.uncertainty_m


def _as_sure(written: Any, body: Body) -> Any:
    """The position with the uncertainty that stands in it or beside it."""
    beside = body.get("uncertainty_m")
    if beside is None or not isinstance(written, dict):
        return written
    if written.get("uncertainty_m") is not None:
        raise refused("uncertainty_m", Sentence("given twice"), Sentence("send it once"), beside)
    return written | {"uncertainty_m": beside}


def _outline(geometry: Any) -> BaseGeometry:
    if _count_positions(geometry) > MAX_VERTICES:
        raise refused(
            "geometry", Sentence("more than {most} vertices", most=MAX_VERTICES), Sentence("draw it more simply")
        )
    try:
        drawn = shape(geometry)
    except (GEOSException, ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise refused("geometry", Sentence("not a GeoJSON geometry"), Sentence("draw a point or an outline")) from None
    return canonical_geometry(drawn)


def _count_positions(geometry: Any) -> int:
    """How many positions a GeoJSON geometry holds, counted before anything is built from it."""
    waiting = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    count = 0
    while waiting:
        level = waiting.pop()
        if isinstance(level, list) and level and isinstance(level[0], list):
            waiting.extend(level)
        else:
            count += 1
        if count > MAX_VERTICES:
            break
    return count


def _terms(body: Body) -> Terms:
    return Terms(
        restriction=member(body, "restriction", Restriction) or Restriction.OFF_LIMITS,
        basis=member(body, "basis", Basis, required=True) or Basis.OTHER,
        authority=text(body, "authority", required=True) or "",
        directive=text(body, "directive", required=True) or "",
        valid=Period(start=moment(body, "from"), end=moment(body, "to")),
        not_before=moment(body, "not_before"),
        review_by=day(body, "review_by"),
        applies_to=members(body, "applies_to", PersonnelCategory),
        hours=_hours(body),
        exceptions=tuple(
            line for one in listed(body, "exceptions") if (line := text({"exceptions": one}, "exceptions"))
        ),
        note=text(body, "note"),
    )


def _hours(body: Body) -> Hours | None:
    hours = body.get("hours")
    if hours is None:
        return None
    if not isinstance(hours, dict):
        raise refused("hours", Sentence("not an object"), Sentence('send {{"tz": …, "weekly": […]}}'), hours)
    spans = tuple(_span(span) for span in listed(hours, "weekly"))
    return Hours(tz=text(hours, "tz", required=True) or "", weekly=spans)


def _span(span: Any) -> WeeklySpan:
    try:
        weekdays = tuple(int(one) for one in span["days"])
        return WeeklySpan(days=weekdays, start=time.fromisoformat(span["from"]), end=time.fromisoformat(span["to"]))
    except (TypeError, KeyError, ValueError, OverflowError):
        raise refused(
            "hours", Sentence("not a weekly span"), Sentence('send {{"days": [5, 6], "from": "20:00", "to": "04:00"}}')
        ) from None


def from_form(form: Form, timezone: str) -> dict[str, Any]:
    """The JSON that a page's form says. A day in it is all of that day in the mission's `timezone`."""
    body: dict[str, Any] = {field: form.get(field) for field in _PLAIN_FIELDS}
    body["names"] = [
        {"text": line, "kind": kind, "lang": form.get("lang") if field == "name" else None}
        for field, kind in (("name", "sign"), ("aliases", "alias"), ("former", "former"))
        for line in _lines(form, field)
    ]
    body["part"] = _part_from_form(form)
    body |= _place_from_form(form)
    body |= _valid(form, timezone)
    body["applies_to"] = form.getlist("applies_to")
    body["exceptions"] = _lines(form, "exceptions")
    if weekdays := form.getlist("days"):
        span = {"days": weekdays, "from": form.get("opens") or "00:00", "to": form.get("closes") or "00:00"}
        body["hours"] = {"tz": timezone, "weekly": [span]}
    return body


def described_anew(code: str, form: Form, subject: Subject) -> Subject:
    """The subject as a form sets it right: its names one by one, its place where another is given.

    Raises InputError with one issue for each field at fault that it comes to.
    """
    kept = [*subject.names, Name(text="-", kind=NameKind.SIGN)]  # the last stands for one more
    written = [text.strip() for text in form.getlist("name")][: len(kept)]
    body: dict[str, Any] = {field: form.get(field) for field in ("category", "address", "locality")}
    body["part"] = _part_from_form(form)
    return replace(
        subject,
        names=tuple(replace(name, text=text) for name, text in zip(kept, written, strict=False) if text),
        category=member(body, "category", VenueKind),
        address=text(body, "address"),
        locality=text(body, "locality"),
        part=_part(body),
        **_moved(code, form, subject),
    )


def _moved(code: str, form: Form, subject: Subject) -> dict[str, Any]:
    """Geometry and uncertainty; those that stand where the form gives no other place."""
    if form.get("place_unknown"):
        return {"geometry": None, "uncertainty_m": None}
    geometry, uncertainty_m = _place(code, _place_from_form(form))
    if geometry is None:
        return {"geometry": subject.geometry, "uncertainty_m": _metres(form)}
    return {"geometry": geometry, "uncertainty_m": uncertainty_m}


_PLAIN_FIELDS = (
    "subject",
    "category",
    "address",
    "locality",
    "restriction",
    "basis",
    "authority",
    "directive",
    "review_by",
    "note",
)


def _part_from_form(form: Form) -> dict[str, str | None]:
    return {"floor": form.get("floor"), "entrance": form.get("entrance"), "text": form.get("part")}


def _lines(form: Form, field: str) -> list[str]:
    return [line.strip() for line in form.get(field, "").splitlines() if line.strip()]


def _place_from_form(form: Form) -> dict[str, Any]:
    uncertainty_m = _metres(form)
    if drawn := form.get("geometry"):
        try:
            return {"geometry": strict_json.parsed(drawn.encode()), "uncertainty_m": uncertainty_m}
        except (strict_json.NotJsonError, UnicodeEncodeError):
            raise refused("geometry", Sentence("not a drawing"), Sentence("draw it again on the map")) from None
    if written := form.get("position", "").strip():
        return {"position": {"text": written, "uncertainty_m": uncertainty_m}}
    return {}


def _metres(form: Form) -> float | None:
    written = form.get("uncertainty_m", "").strip()
    try:
        return float(written) if written else None
    except ValueError:
        raise refused("uncertainty_m", Sentence("not a number"), Sentence("give whole metres"), written) from None


def _valid(form: Form, timezone: str) -> dict[str, str | None]:
    zone = time_zone(timezone)
    held, published = days(day(form, "from"), day(form, "to"), zone), days(day(form, "not_before"), None, zone)
    return {
        "not_before": format_instant(published.start) if published.start else None,
        "from": format_instant(held.start) if held.start else None,
        "to": format_instant(held.end) if held.end else None,
    }
