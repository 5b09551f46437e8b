"""What stands in the register's columns: subjects, terms and steps as values of rows, and back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row

from geo_offlimits.domain.designation import Basis, Restriction, Step, StepKind, Terms
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Subject, SubjectKind, VenueKind
from geo_offlimits.store.plain import (
    period,
    read_hours,
    read_names,
    read_part,
    words,
    write_hours,
    write_names,
    write_part,
    written,
)

SUBJECT_COLUMNS = ("kind", "names", "category", "geometry", "uncertainty_m", "address", "locality", "part")
_LAST = slice(-len(SUBJECT_COLUMNS), None)
# What the enumerations would look up themselves, a call slower.
_KINDS = {kind.value: kind for kind in StepKind}
_RESTRICTIONS = {restriction.value: restriction for restriction in Restriction}
_BASES = {basis.value: basis for basis in Basis}
_SUBJECT_KINDS = {kind.value: kind for kind in SubjectKind}
_VENUE_KINDS = {kind.value: kind for kind in VenueKind}


def steps_by_designation(rows: Iterable[Sequence[Any]]) -> dict[str, list[Step]]:
    """Of rows of designation, kind, person, recorded and effective time and reason, in their order."""
    steps = defaultdict[str, list[Step]](list)
    for designation_id, kind, person_id, recorded_at, effective_at, reason in rows:
        steps[designation_id].append(
            Step(
                kind=_KINDS[kind],
                person_id=person_id,
                recorded_at=recorded_at,
                effective_at=effective_at,
                reason=reason,
            )
        )
    return steps


def subject_columns(subject: Subject) -> dict[str, Any]:
    """What describes a subject, a value a column."""
    return {
        "kind": subject.kind.value,
        "names": write_names(subject.names),
        "category": subject.category and subject.category.value,
        "geometry": subject.geometry,
        "uncertainty_m": subject.uncertainty_m,
        "address": subject.address,
        "locality": subject.locality,
        "part": write_part(subject.part),
    }


def subject_of(row: Row[Any], prefix: str = "") -> Subject:
    """The subject that the columns of `subject_columns`, named with `prefix`, describe."""
    return _subject(*(getattr(row, prefix + column) for column in SUBJECT_COLUMNS))


def subject_beside(row: Row[Any], place: BaseGeometry | None) -> Subject:
    """The subject whose columns end this row; its geometry, made with those of other rows, is given beside it."""
    kind, names, category, _, *others = row[_LAST]
    return _subject(kind, names, category, place, *others)


def _subject(kind: str, names: str, category: str | None, geometry: BaseGeometry | None, *others: Any) -> Subject:
    uncertainty_m, address, locality, part = others
    return Subject(
        kind=_SUBJECT_KINDS[kind],
        names=read_names(names),
        category=_VENUE_KINDS[category] if category else None,
        geometry=geometry,
        uncertainty_m=uncertainty_m,
        address=address,
        locality=locality,
        part=read_part(part),
    )


def terms_columns(terms: Terms) -> dict[str, Any]:
    """What was decided, a value a column."""
    return {
        "restriction": terms.restriction.value,
        "basis": terms.basis.value,
        "authority": terms.authority,
        "directive": terms.directive,
        "valid_from": terms.valid.start,
        "valid_to": terms.valid.end,
        "review_by": terms.review_by,
        "applies_to": written(terms.applies_to),
        "hours": write_hours(terms.hours),
        "exceptions": written(terms.exceptions),
        "note": terms.note,
        "not_before": terms.not_before,
    }


def terms_of(row: Row[Any]) -> Terms:
    """The terms that the columns of `terms_columns` hold."""
    return Terms(
        restriction=_RESTRICTIONS[row.restriction],
        basis=_BASES[row.basis],
        authority=row.authority,
        directive=row.directive,
        valid=period(row.valid_from, row.valid_to),
        review_by=row.review_by,
        applies_to=_categories(row.applies_to),
        hours=read_hours(row.hours),
        exceptions=words(row.exceptions),
        note=row.note,
        not_before=row.not_before,
    )


@lru_cache(maxsize=1024)
def _categories(text: str) -> tuple[PersonnelCategory, ...]:
    return tuple(map(PersonnelCategory, words(text)))
