"""What the fourth revision's database refuses besides: a changed attachment."""

from geo_offlimits.store.migrations import refusals_0003
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS"]

_NOUN = ("designation_id", "number")
NOUNS = refusals_0003.NOUNS | {"attachment": _NOUN}
APPEND_ONLY = refusals_0003.APPEND_ONLY | {"attachment": "id"}
ADDED = (
    *frozen("attachment", "id"),
    *line("attachment", _NOUN),
    first("attachment", _NOUN, "There is an attachment of this number already. Add the next one."),
    known(
        "attachment", "person_id", "person", "person_id", "There is no such person in this store. Add the person first."
    ),
    known(
        "attachment",
        "designation_id",
        "designation",
        "designation_id",
        "There is no such designation. Attach to one that is in the register.",
    ),
)
REFUSALS = (*refusals_0003.REFUSALS, *ADDED)
