"""What the tenth revision's database refuses besides: an acknowledgement for another, of another time, or unproven."""

# ruff: noqa: S608  (conditions are made of the words of this file alone)

from geo_offlimits.store.migrations import refusals_0006
from geo_offlimits.store.migrations.refusals import Refusal

__all__ = ["ADDED", "APPEND_ONLY", "FOLLOWING", "NOUNS", "REFUSALS"]

NOUNS, APPEND_ONLY = refusals_0006.NOUNS, refusals_0006.APPEND_ONLY
# (state before, state after); an empty state is the one before the first row.
FOLLOWING = (
    ("", "acknowledged"),
    ("", "refused"),
    ("acknowledged", "withdrawn"),
    ("refused", "acknowledged"),
    ("refused", "withdrawn"),
    ("withdrawn", "acknowledged"),
    ("withdrawn", "refused"),
)
_PAIRS = ", ".join(f"('{before}', '{after}')" for before, after in FOLLOWING)
_BY_ANOTHER = "('paper', 'oral')"
ADDED = (
    Refusal(
        table="acknowledgement",
        name="wrong_state",
        event="INSERT",
        condition=(
            "(coalesce((SELECT o.state FROM acknowledgement o WHERE o.id = NEW.supersedes_id), ''), NEW.state)"
            f" NOT IN (VALUES {_PAIRS})"
        ),
        sentence="This does not follow from what the person said before. Read it again and decide anew.",
    ),
    Refusal(
        table="acknowledgement",
        name="by_another",
        event="INSERT",
        condition=(
            f"(NEW.strength IN {_BY_ANOTHER}) <> (NEW.channel IN {_BY_ANOTHER}) OR (NEW.state <> 'withdrawn'"
            f" AND (NEW.channel IN {_BY_ANOTHER}) <> (NEW.entered_by <> NEW.person_id))"
        ),
        sentence="People acknowledge for themselves. Only paper and word of mouth are entered, and by another person.",
    ),
    Refusal(
        table="acknowledgement",
        name="other_time",
        event="INSERT",
        condition=(
            "NEW.acknowledged_at > NEW.recorded_at OR NEW.served_at > NEW.acknowledged_at"
            f" OR (NEW.channel NOT IN {_BY_ANOTHER} AND NEW.acknowledged_at <> NEW.recorded_at)"
            " OR NEW.acknowledged_at < (SELECT o.issued_at FROM edition o"
            " WHERE o.mission = NEW.mission AND o.number = NEW.edition_number)"
        ),
        sentence="An acknowledgement is of the moment in which it is recorded. Acknowledge it now.",
    ),
    Refusal(
        table="acknowledgement",
        name="unproven",
        event="INSERT",
        condition="(NEW.strength = 'webauthn') <> (NEW.evidence IS NOT NULL)",
        sentence="What a key has signed is kept with what it signed. Acknowledge with the key, or without it.",
    ),
)
REFUSALS = (*refusals_0006.REFUSALS, *ADDED)
