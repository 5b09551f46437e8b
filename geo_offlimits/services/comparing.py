"""What was in force at one time and what at another, each as it was known at a time of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from geo_offlimits.domain.designation import Designation
from geo_offlimits.domain.edition import Entry
from geo_offlimits.services import compiling, register
from geo_offlimits.services.act import Act


@dataclass(frozen=True, kw_only=True)
class TwoTimes:
    """`at` in valid time, `known_at` in record time; None is now."""

    at: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One designation in force both times, with the names of what was described or decided otherwise."""

    first: Designation
    second: Designation
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Designations by id; one in force both times stands in `changed` or in `same`."""

    only_first: tuple[Designation, ...]
    only_second: tuple[Designation, ...]
    changed: tuple[Changed, ...]
    same: tuple[Designation, ...]


def compare(act: Act, mission: str, first: TwoTimes, second: TwoTimes) -> Comparison:
    """What differs between two moments. Raises NotPermittedError."""
    one, other = (_held(act, mission, times) for times in (first, second))
    changed = tuple(_changed(one, other))
    differing = {pair.second.designation_id for pair in changed}
    return Comparison(
        only_first=tuple(found for key, found in one.items() if key not in other),
        only_second=tuple(found for key, found in other.items() if key not in one),
        changed=changed,
        same=tuple(found for key, found in other.items() if key in one and key not in differing),
    )


def entries(act: Act, mission: str, times: TwoTimes) -> tuple[Entry, ...]:
    """What was in force in the form in which editions publish it: nothing restricted is on it.

    Raises NotPermittedError, UnpublishableEntryError.
    """
    return compiling.published(tuple(_held(act, mission, times).values()))


def _held(act: Act, mission: str, times: TwoTimes) -> dict[str, Designation]:
    found = register.in_force(act, mission, times.at, times.known_at)
    return {one.designation_id: one for one in found}


def _changed(one: dict[str, Designation], other: dict[str, Designation]) -> Iterator[Changed]:
    for key in sorted(one.keys() & other.keys()):
        if names := _differing(one[key], other[key]):
            yield Changed(first=one[key], second=other[key], fields=names)


def _differing(first: Designation, second: Designation) -> tuple[str, ...]:
    return tuple(
        item.name
        for before, after in ((first.subject, second.subject), (first.terms, second.terms))
        for item in fields(before)
        if getattr(before, item.name) != getattr(after, item.name)
    ) + (("state",) if first.state is not second.state else ())
