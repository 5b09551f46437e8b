"""Whether what changed between two editions asks for a new acknowledgement, or only informs.

1. An added entry asks.
2. A change asks when it is stricter or different for whoever reads it; one that only loosens, or tells the same place
   more exactly, informs. What cannot be told to be looser counts as different.
3. What was lifted informs: nobody has to learn anything to keep out of it.
"""

from collections.abc import Callable

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Changed, Delta, Entry


def asks(delta: Delta) -> bool:
    """Whether this difference asks for a new acknowledgement of whoever acknowledged the older edition."""
    return bool(delta.added) or any(map(_asks, delta.changed))


def _asks(one: Changed) -> bool:
    return any(not _LOOSER.get(name, _never)(one.before, one.after) for name in one.fields)


def _never(_before: Entry, _after: Entry) -> bool:
    return False


def _always(_before: Entry, _after: Entry) -> bool:
    return True


def _caution(_before: Entry, after: Entry) -> bool:
    return after.restriction is Restriction.CAUTION


def _fewer_bound(before: Entry, after: Entry) -> bool:
    """An empty list binds everybody."""
    return bool(after.applies_to) and (not before.applies_to or set(after.applies_to) <= set(before.applies_to))


def _fewer_hours(before: Entry, after: Entry) -> bool:
    """No hours are all hours; two that differ are different."""
    return before.hours is None and after.hours is not None


def _more_exceptions(before: Entry, after: Entry) -> bool:
    return set(before.exceptions) <= set(after.exceptions)


def _later(before: Entry, after: Entry) -> bool:
    return after.since > before.since


def _sooner_over(before: Entry, after: Entry) -> bool:
    return after.until is not None and (before.until is None or after.until < before.until)


def _smaller_part(before: Entry, after: Entry) -> bool:
    return before.part is None and after.part is not None


def _no_new_name(before: Entry, after: Entry) -> bool:
    """By their letters: what stood on the sign is known."""
    return {one.text for one in after.names} <= {one.text for one in before.names}


# What differs -> whether that is no stricter for the reader. Of anything else nobody can tell: it asks.
_LOOSER: dict[str, Callable[[Entry, Entry], bool]] = {
    "restriction": _caution,
    "applies_to": _fewer_bound,
    "hours": _fewer_hours,
    "exceptions": _more_exceptions,
    "since": _later,
    "until": _sooner_over,
    "part": _smaller_part,
    "names": _no_new_name,
    "mgrs": _always,  # follows the place
    "uncertainty_m": _always,
    "issuer": _always,
    "directive": _always,
}
