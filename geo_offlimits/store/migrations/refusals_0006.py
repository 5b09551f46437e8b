"""What the sixth revision's database refuses besides: a second factor recovered by one person."""

from geo_offlimits.store.migrations import refusals_0005
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS"]

_NOUN = ("recovery_id", "person_id", "asked_by", "reason")
NOUNS = refusals_0005.NOUNS | {"recovery": _NOUN}
APPEND_ONLY = refusals_0005.APPEND_ONLY | {"recovery": "id"}
_PERSON = "There is no such person in this store. Add the person first."
ADDED = (
    *frozen("recovery", "id"),
    *line("recovery", _NOUN),
    first("recovery", ("recovery_id",), "There is a recovery of this identity already. Ask for another."),
    known("recovery", "person_id", "person", "person_id", _PERSON),
    known("recovery", "asked_by", "person", "person_id", _PERSON),
    known("recovery", "settled_by", "person", "person_id", _PERSON),
    Refusal(
        table="recovery",
        name="settled_twice",
        event="INSERT",
        condition=(
            "(NEW.supersedes_id IS NULL) <> (NEW.settled_by IS NULL)"
            " OR (NEW.supersedes_id IS NULL) <> (NEW.state = 'asked')"
            " OR NEW.state NOT IN ('asked', 'agreed', 'refused')"
            " OR EXISTS (SELECT 1 FROM recovery o WHERE o.id = NEW.supersedes_id AND o.settled_by IS NOT NULL)"
        ),
        sentence="A recovery is asked for once and settled once. Ask for another.",
    ),
    Refusal(
        table="recovery",
        name="by_one_person",
        event="INSERT",
        condition=(
            "NEW.asked_by = NEW.person_id"
            " OR (NEW.state = 'agreed' AND (NEW.settled_by = NEW.person_id OR NEW.settled_by = NEW.asked_by))"
        ),
        sentence="A recovery needs two persons, and neither is the one whose factor was lost. Ask a second person.",
    ),
)
REFUSALS = (*refusals_0005.REFUSALS, *ADDED)
