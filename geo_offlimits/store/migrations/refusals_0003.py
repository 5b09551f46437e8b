"""What the third revision's database refuses: a footprint moved, or a description corrected, by one person alone."""

# ruff: noqa: S608  (conditions are made of the words of this file alone)

from geo_offlimits.store.migrations import refusals_0002
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS"]

_NEW_NOUNS: dict[str, tuple[str, ...]] = {
    "change": ("change_id", "mission", "subject_id"),
    "operator": ("subject_id", "mission"),
}
NOUNS = refusals_0002.NOUNS | _NEW_NOUNS
APPEND_ONLY = refusals_0002.APPEND_ONLY | dict.fromkeys(_NEW_NOUNS, "id")

# All that describes a subject but its names, which a rename adds to.
_PLACE = ("kind", "category", "geometry", "uncertainty_m", "address", "locality", "part")
_PROPOSED = ("kind", "base_id", "person_id", "reason", *(f"new_{column}" for column in (*_PLACE, "names")))
_PERSON = "There is no such person in this store. Add the person first."
_MISSION = "There is no such mission in this store. Add the mission first."
_SUBJECT = "There is no such subject. Add it first."


def _same(one: str, other: str) -> str:
    """Equal, or both NULL; never NULL itself, which a trigger would take for no."""
    return f"coalesce({one} = {other}, {one} IS NULL AND {other} IS NULL)"


_UNCHANGED = " AND ".join(_same(f"o.{column}", f"NEW.{column}") for column in _PLACE)
_AS_PROPOSED = " AND ".join(_same(f"c.new_{column}", f"NEW.{column}") for column in (*_PLACE, "names"))
_KEPT = " AND ".join(_same(f"o.{column}", f"NEW.{column}") for column in _PROPOSED)

ADDED = (
    *(one for table in _NEW_NOUNS for one in frozen(table, "id")),
    *(one for table, noun in _NEW_NOUNS.items() for one in line(table, noun)),
    first("change", ("change_id",), "There is a change of this identity already. Propose another."),
    first("operator", ("subject_id",), "An operator of this subject is recorded already. Supersede it."),
    known("change", "mission", "mission", "code", _MISSION),
    known("change", "person_id", "person", "person_id", _PERSON),
    known("change", "decided_by", "person", "person_id", _PERSON),
    known("operator", "mission", "mission", "code", _MISSION),
    known("operator", "person_id", "person", "person_id", _PERSON),
    known("operator", "subject_id", "subject", "subject_id", _SUBJECT),
    Refusal(
        table="change",
        name="wrong_state",
        event="INSERT",
        condition=(
            "(coalesce((SELECT o.state FROM change o WHERE o.id = NEW.supersedes_id), ''), NEW.state) NOT IN"
            " (VALUES ('', 'proposed'), ('proposed', 'made'), ('proposed', 'refused'), ('proposed', 'withdrawn'))"
            " OR (NEW.decided_by IS NULL) <> (NEW.state = 'proposed')"
        ),
        sentence="This change has been decided on already. Read it again, or propose another.",
    ),
    Refusal(
        table="change",
        name="same_person",
        event="INSERT",
        condition="NEW.state = 'made' AND NEW.decided_by = NEW.person_id",
        sentence="The person who proposed a change cannot make it. A second head of mission or deputy must.",
    ),
    Refusal(
        table="change",
        name="other_proposal",
        event="INSERT",
        condition=f"EXISTS (SELECT 1 FROM change o WHERE o.id = NEW.supersedes_id AND NOT ({_KEPT}))",
        sentence="What was proposed is not changed afterwards. Withdraw it and propose another change.",
    ),
    Refusal(
        table="change",
        name="stale",
        event="INSERT",
        condition=(
            "NEW.state IN ('proposed', 'made') AND NOT EXISTS (SELECT 1 FROM subject o"
            " WHERE o.id = NEW.base_id AND o.subject_id = NEW.subject_id AND o.mission = NEW.mission"
            " AND NOT EXISTS (SELECT 1 FROM subject n WHERE n.supersedes_id = o.id))"
        ),
        sentence="The subject has been described anew since. Look at it again and propose another change.",
    ),
    Refusal(
        table="change",
        name="second_open",
        event="INSERT",
        condition=(
            "NEW.supersedes_id IS NULL AND EXISTS (SELECT 1 FROM change o WHERE o.subject_id = NEW.subject_id"
            " AND o.state = 'proposed' AND NOT EXISTS (SELECT 1 FROM change n WHERE n.supersedes_id = o.id))"
        ),
        sentence="A change of this subject waits already. Decide on that one first.",
    ),
    Refusal(
        table="subject",
        name="described_alone",
        event="INSERT",
        condition=(
            "(NEW.change_id IS NOT NULL OR EXISTS (SELECT 1 FROM subject o"
            f" WHERE o.id = NEW.supersedes_id AND NOT ({_UNCHANGED})))"
            " AND NOT EXISTS (SELECT 1 FROM change c WHERE c.change_id = NEW.change_id AND c.state = 'made'"
            f" AND c.subject_id = NEW.subject_id AND c.base_id = NEW.supersedes_id AND {_AS_PROPOSED})"
        ),
        sentence="A footprint is moved, and a description corrected, by two persons. Propose the change first.",
    ),
)
REFUSALS = (*refusals_0002.REFUSALS, *ADDED)
