"""What the eleventh revision's database refuses besides: leave and inductions that somebody enters for themselves."""

from geo_offlimits.store.migrations import refusals_0010
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS"]

_LEAVE, _INDUCTION = ("leave_id", "person_id", "mission"), ("person_id", "mission")
NOUNS = refusals_0010.NOUNS | {"leave": _LEAVE, "induction": _INDUCTION}
APPEND_ONLY = refusals_0010.APPEND_ONLY | {"leave": "id", "induction": "id"}
_PERSON = "There is no such person in this store. Add the person first."
_MISSION = "There is no such mission in this store. Add the mission first."
ADDED = (
    *frozen("leave", "id"),
    *line("leave", _LEAVE),
    first("leave", ("leave_id",), "There is a leave of this identity already. Enter another."),
    known("leave", "person_id", "person", "person_id", _PERSON),
    known("leave", "entered_by", "person", "person_id", _PERSON),
    known("leave", "mission", "mission", "code", _MISSION),
    Refusal(
        table="leave",
        name="backwards",
        event="INSERT",
        condition="NEW.away_to < NEW.away_from",
        sentence="Leave ends after it begins. Give a later end.",
    ),
    Refusal(
        table="leave",
        name="by_oneself",
        event="INSERT",
        condition="NEW.entered_by = NEW.person_id",
        sentence="Nobody enters leave of their own. Ask another person to.",
    ),
    *frozen("induction", "id"),
    *line("induction", _INDUCTION),
    first("induction", _INDUCTION, "This person has an induction already. Supersede it."),
    known("induction", "person_id", "person", "person_id", _PERSON),
    known("induction", "briefed_by", "person", "person_id", _PERSON),
    known("induction", "entered_by", "person", "person_id", _PERSON),
    Refusal(
        table="induction",
        name="by_oneself",
        event="INSERT",
        condition="NEW.entered_by = NEW.person_id OR NEW.briefed_by = NEW.person_id",
        sentence="Nobody briefs themselves, or enters that they were briefed. Ask another person to.",
    ),
    Refusal(
        table="induction",
        name="other_hash",
        event="INSERT",
        condition=(
            "NOT EXISTS (SELECT 1 FROM edition o WHERE o.mission = NEW.mission"
            " AND o.number = NEW.edition_number AND o.sha256 = NEW.edition_sha256)"
        ),
        sentence="There is no edition of this number with this hash. Look at the current edition and begin again.",
    ),
)
REFUSALS = (*refusals_0010.REFUSALS, *ADDED)
