"""The options that describe what is to be listed, and the subject and terms they make."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.parameters import DAY, FILE, TEXT, UNCERTAINTY_M, WEEKLY
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, Subject, SubjectKind, VenueKind
from geo_offlimits.errors import InputError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_PLACE = (
    click.option("--position", type=TEXT, help="In any notation; leave out when the place is not known."),
    click.option("--uncertainty-m", type=UNCERTAINTY_M, help="95 % uncertainty of the position."),
    click.option("--outline", type=FILE, help="GeoJSON with one polygon, in place of --position."),
    click.option("--address", type=TEXT),
    click.option("--locality", type=TEXT),
    click.option("--floor", type=TEXT, help="Only this floor of the building is meant."),
    click.option("--entrance", type=TEXT, help="Only what this entrance leads to is meant."),
    click.option("--confirm-outside", is_flag=True, help="Yes, it lies outside the mission's territory."),
)
_SUBJECT = (
    click.option("--name", "names", multiple=True, type=TEXT, help="What the sign says; may be given several times."),
    click.option("--alias", "aliases", multiple=True, type=TEXT, help="Another name; may be given several times."),
    click.option("--former", "formers", multiple=True, type=TEXT, help="A former name; may be given several times."),
    *_PLACE[:3],
    click.option(
        "--subject",
        type=click.Choice([k.value for k in SubjectKind]),
        default=SubjectKind.PREMISES.value,
        show_default=True,
    ),
    click.option("--category", type=click.Choice([v.value for v in VenueKind]), help="Kind of venue."),
    *_PLACE[3:],
    click.option("--confirm-alike", is_flag=True, help="Yes, it is another one than what it looks like."),
)
_TERMS = (
    click.option(
        "--restriction",
        type=click.Choice([r.value for r in Restriction]),
        default=Restriction.OFF_LIMITS.value,
        show_default=True,
    ),
    click.option("--basis", type=click.Choice([b.value for b in Basis]), required=True, help="Never published."),
    click.option("--authority", type=TEXT, required=True, help="Who decides, such as 'Head of Mission'."),
    click.option("--directive", type=TEXT, required=True, help="Reference of the directive."),
    click.option(
        "--applies-to",
        multiple=True,
        type=click.Choice([c.value for c in PersonnelCategory]),
        help="Whom it binds; may be given several times.  [default: everybody]",
    ),
    click.option(
        "--hours",
        "weekly",
        multiple=True,
        type=WEEKLY,
        help="When it binds, such as 'fri-sat 20:00-04:00', on the mission's clocks; several times.  [default: always]",
    ),
    click.option("--exception", "exceptions", multiple=True, type=TEXT, help="Such as 'official duty'."),
    click.option("--valid-from", type=DAY, help="First day, or a moment.  [default: the decision]"),
    click.option("--valid-to", type=DAY, help="Last day, included, or a moment.  [default: until lifted]"),
    click.option("--not-before", type=DAY, help="In no edition issued before this day or moment.  [default: the next]"),
    click.option("--review-by", type=click.DateTime(["%Y-%m-%d"]), help="Day by which it is looked at again."),
    click.option("--note", type=TEXT, help="Restricted: never leaves the register."),
    click.option("--reason", type=TEXT, help="Kept in the register beside this step."),
)


def proposal(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that describe a subject and the terms put on it."""
    for option in reversed(_SUBJECT + _TERMS):
        command = option(command)
    return command


def place(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where a subject is, and which part of a building is meant."""
    for option in reversed(_PLACE):
        command = option(command)
    return command


def placed(facts: dict[str, Any], territory: "BaseGeometry | None") -> dict[str, Any]:
    """Geometry and uncertainty as the options of `place` give them; what was not given is left out."""
    geometry, uncertainty_m = _place(facts, territory)
    given = {"geometry": geometry, "uncertainty_m": uncertainty_m} if geometry is not None else {}
    return given or ({"uncertainty_m": facts["uncertainty_m"]} if facts["uncertainty_m"] is not None else {})


def described(facts: dict[str, Any], territory: "BaseGeometry | None") -> tuple[Subject, Terms]:
    """The subject and terms that the options of `proposal` describe; their days and hours are read by the mission."""
    return _subject(facts, territory), _terms(facts)


def _subject(facts: dict[str, Any], territory: "BaseGeometry | None") -> Subject:
    geometry, uncertainty_m = _place(facts, territory)
    part = Part(floor=facts["floor"], entrance=facts["entrance"]) if facts["floor"] or facts["entrance"] else None
    return Subject(
        kind=SubjectKind(facts["subject"]),
        names=tuple(
            Name(text=text, kind=kind)
            for field, kind in (("names", NameKind.SIGN), ("aliases", NameKind.ALIAS), ("formers", NameKind.FORMER))
            for text in facts[field]
        ),
        category=VenueKind(facts["category"]) if facts["category"] else None,
        geometry=geometry,
        uncertainty_m=uncertainty_m,
        address=facts["address"],
        locality=facts["locality"],
        part=part,
    )


def _terms(facts: dict[str, Any]) -> Terms:
    review_by: datetime | None = facts["review_by"]
    return Terms(
        restriction=Restriction(facts["restriction"]),
        basis=Basis(facts["basis"]),
        authority=facts["authority"],
        directive=facts["directive"],
        review_by=review_by.date() if review_by else None,
        applies_to=tuple(PersonnelCategory(word) for word in facts["applies_to"]),
        exceptions=facts["exceptions"],
        note=facts["note"],
    )


def _place(facts: dict[str, Any], territory: "BaseGeometry | None") -> tuple[Any, float | None]:
    """The geometry, or None where the place is not known, and its 95 % uncertainty in metres."""
    if facts["position"] and facts["outline"]:
        raise click.UsageError("Give --position or --outline, not both.")
    if facts["outline"]:
        return _outline(facts["outline"]), facts["uncertainty_m"]
    if not facts["position"]:
        return None, None
    from shapely import Point

    from geo_offlimits.lookup.coordinates import parse_position

    position = parse_position(
        facts["position"], uncertainty_m=facts["uncertainty_m"], territory=territory, asks_order=False
    )
    return Point(position.lon, position.lat), position.uncertainty_m


def _outline(file: Path) -> Any:
    from geo_offlimits.formats.files import taken
    from geo_offlimits.formats.geojson_rows import read_features

    features = read_features(*taken(file))
    if len(features) != 1:
        raise InputError(f"{file} holds {len(features)} features; draw one polygon and save it as GeoJSON.")
    feature = features[0]
    if feature.issues or feature.geometry is None:
        why = "; ".join(str(issue) for issue in feature.issues) or "it has no geometry"
        raise InputError(f"{file} holds no polygon that can be used: {why}. Draw it again.", *feature.issues)
    return feature.geometry
