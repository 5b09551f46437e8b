"""What the sixteenth revision's database refuses besides: an import of nobody's, and one that is undone twice."""

from geo_offlimits.store.migrations import refusals_0014
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS"]

_NOUN = ("import_id", "mission", "source", "sha256", "person_id")
NOUNS = refusals_0014.NOUNS | {"landing": _NOUN}
APPEND_ONLY = refusals_0014.APPEND_ONLY | {"landing": "id"}
_PERSON = "There is no such person in this store. Add the person first."
ADDED = (
    *frozen("landing", "id"),
    *line("landing", _NOUN),
    first("landing", ("import_id",), "There is an import of this identity already. Take the next one."),
    known("landing", "mission", "mission", "code", "There is no such mission in this store. Add the mission first."),
    known("landing", "person_id", "person", "person_id", _PERSON),
    known("landing", "undone_by", "person", "person_id", _PERSON),
    Refusal(
        table="landing",
        name="settled_twice",
        event="INSERT",
        condition=(
            "(NEW.supersedes_id IS NULL) <> (NEW.undone_by IS NULL)"
            " OR EXISTS (SELECT 1 FROM landing o WHERE o.id = NEW.supersedes_id AND o.undone_by IS NOT NULL)"
        ),
        sentence="An import lands once and is undone once. Import the list again.",
    ),
)
REFUSALS = (*refusals_0014.REFUSALS, *ADDED)
