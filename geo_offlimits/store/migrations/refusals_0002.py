"""What the second revision's database refuses: the whole life of a listing, with notice, petition and suspension."""

# ruff: noqa: S608  (conditions are made of the words of this file alone)

from geo_offlimits.store.migrations import refusals_0001
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import SIGNATURES, first, frozen, known, line

__all__ = [
    "ADDED",
    "APPEND_ONLY",
    "CHANGED",
    "KEEPING",
    "NOUNS",
    "OTHER_PERSON",
    "REFUSALS",
    "SIGNATURES",
    "TRANSITIONS",
]

NOUNS = refusals_0001.NOUNS | {"flag": ("flag_id", "mission", "designation_id")}
APPEND_ONLY = refusals_0001.APPEND_ONLY | {"flag": "id"}
_PROPOSED = ("proposed", "noticed", "replied")
_IN_FORCE = ("awaiting_second", "in_force", "lift_proposed", "petitioned")
_TOLD = ("notice_given", "notice_deferred", "replied")
# (state before, step, state after); an empty state is the one before the first step.
TRANSITIONS = (
    ("", "proposed", "proposed"),
    ("", "added_alone", "awaiting_second"),
    *((state, "notice_given", "noticed") for state in _PROPOSED),
    *((state, "notice_deferred", state) for state in _PROPOSED),
    *((state, "designated", "in_force") for state in _PROPOSED),
    *((state, "rejected", "rejected") for state in _PROPOSED),
    *((state, "withdrawn", "withdrawn") for state in _PROPOSED),
    ("noticed", "replied", "replied"),
    ("replied", "replied", "replied"),
    *((state, told, state) for state in (*_IN_FORCE, "suspended") for told in _TOLD),
    ("awaiting_second", "confirmed", "in_force"),
    ("awaiting_second", "lift_proposed", "lift_proposed"),
    ("awaiting_second", "petitioned", "petitioned"),
    ("in_force", "lift_proposed", "lift_proposed"),
    ("in_force", "petitioned", "petitioned"),
    ("in_force", "reviewed", "in_force"),
    ("lift_proposed", "lift_refused", "in_force"),
    ("lift_proposed", "lifted", "lifted"),
    ("petitioned", "petition_refused", "in_force"),
    ("petitioned", "lifted", "lifted"),
    *((state, "suspended", "suspended") for state in ("awaiting_second", "in_force")),
    ("suspended", "lifted", "lifted"),
    ("suspended", "reinstated", "in_force"),
)
# step -> the earlier steps of which the latest must be another person's
OTHER_PERSON = {
    "designated": ("proposed",),
    "confirmed": ("added_alone",),
    "lifted": ("lift_proposed", "petitioned", "suspended"),
    "reinstated": ("suspended",),
}
# They leave a listing in force, or put it back.
KEEPING = ("lift_refused", "petition_refused", "reinstated")


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _same_person(kind: str, earlier: tuple[str, ...]) -> str:
    return (
        f"(NEW.kind = '{kind}' AND NEW.person_id = (SELECT o.person_id FROM step o"
        f" WHERE o.designation_id = NEW.designation_id AND o.kind IN ({_words(earlier)}) "
        " ORDER BY o.recorded_at DESC, o.id DESC LIMIT 1))"
    )


# They stand in the place of those of the same name.
CHANGED = (
    Refusal(
        table="step",
        name="wrong_step",
        event="INSERT",
        condition=(
            "(coalesce((SELECT o.state FROM step o WHERE o.id = NEW.supersedes_id), ''), NEW.kind, NEW.state)"
            f" NOT IN (VALUES {', '.join(f'({_words(row)})' for row in TRANSITIONS)})"
        ),
        sentence="This step does not follow from where the designation stands. Read it again and decide anew.",
    ),
    Refusal(
        table="step",
        name="same_person",
        event="INSERT",
        condition=" OR ".join(_same_person(kind, earlier) for kind, earlier in OTHER_PERSON.items()),
        sentence="The person who took the first step cannot take the second. A second head of mission or deputy must.",
    ),
    Refusal(
        table="step",
        name="kept_alone",
        event="INSERT",
        # What stays in force would else be confirmed by whoever added it alone.
        condition=(
            f"NEW.kind IN ({_words(KEEPING)}) AND NOT EXISTS (SELECT 1 FROM step o"
            " WHERE o.designation_id = NEW.designation_id AND o.person_id <> NEW.person_id"
            f" AND o.kind IN ({_words(SIGNATURES)}))"
        ),
        sentence="Who alone has signed this listing cannot keep it. A second head of mission or deputy must.",
    ),
)
_TRIGGERS = {refusal.trigger for refusal in CHANGED}


def _differs(column: str) -> str:
    return f"((o.{column} IS NULL) <> (NEW.{column} IS NULL) OR o.{column} <> NEW.{column})"


# What was decided stands as it was decided; only the day of its review moves.
_DECIDED = (
    "restriction",
    "basis",
    "authority",
    "directive",
    "valid_from",
    "valid_to",
    "applies_to",
    "hours",
    "exceptions",
    "note",
    "not_before",
)
ADDED = (
    Refusal(
        table="designation",
        name="other_terms",
        event="INSERT",
        condition=(
            "EXISTS (SELECT 1 FROM designation o WHERE o.id = NEW.supersedes_id"
            f" AND ({' OR '.join(map(_differs, _DECIDED))}))"
        ),
        sentence="What was decided is not changed afterwards. Lift it and decide anew.",
    ),
    *frozen("flag", "id"),
    *line("flag", NOUNS["flag"]),
    first("flag", ("flag_id",), "There is a flag of this identity already. Raise another."),
    known("flag", "person_id", "person", "person_id", "There is no such person in this store. Add the person first."),
    known(
        "flag",
        "designation_id",
        "designation",
        "designation_id",
        "There is no such designation. Flag what is on the list.",
    ),
)
REFUSALS = (*(one for one in refusals_0001.REFUSALS if one.trigger not in _TRIGGERS), *CHANGED, *ADDED)
