"""What the fourteenth revision's database refuses besides: word of mouth by nobody, and a sheet of what was on none."""

from geo_offlimits.store.migrations import refusals_0010
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import known

__all__ = ["ADDED", "APPEND_ONLY", "FOLLOWING", "NOUNS", "REFUSALS"]

NOUNS, APPEND_ONLY, FOLLOWING = refusals_0010.NOUNS, refusals_0010.APPEND_ONLY, refusals_0010.FOLLOWING
ADDED = (
    known(
        "acknowledgement",
        "explained_by",
        "person",
        "person_id",
        "There is no such person in this store. Add the person first.",
    ),
    Refusal(
        table="acknowledgement",
        name="unexplained",
        event="INSERT",
        condition=(
            "(NEW.channel = 'oral') <> (NEW.explained_by IS NOT NULL) OR coalesce(NEW.explained_by, '') = NEW.person_id"
        ),
        sentence="What is said by word of mouth is explained by another person. Say who explained it.",
    ),
    Refusal(
        table="acknowledgement",
        name="no_sheet",
        event="INSERT",
        condition="NEW.sheet_sha256 IS NOT NULL AND NEW.channel NOT IN ('paper', 'oral')",
        sentence="Only what was on a sheet has the hash of one. Enter it as paper or as word of mouth.",
    ),
)
REFUSALS = (*refusals_0010.REFUSALS, *ADDED)
