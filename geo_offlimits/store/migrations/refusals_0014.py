"""What the fourteenth revision's database refuses besides: word of mouth by nobody, and a sheet of what was on none.

Neither new column of an acknowledgement tells who the person is, so that both stay when that is erased.
"""

from geo_offlimits.store.migrations import refusals_0012
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import known
from geo_offlimits.store.migrations.refusals_0012 import EMPTY, GONE, IDENTIFYING, KEPT, OPAQUE, erased

__all__ = ["ADDED", "APPEND_ONLY", "CHANGED", "EMPTY", "GONE", "IDENTIFYING", "NOUNS", "OPAQUE", "REFUSALS"]

NOUNS, APPEND_ONLY = refusals_0012.NOUNS, refusals_0012.APPEND_ONLY
_KEPT = (*KEPT["acknowledgement"], "sheet_sha256", "explained_by")
# It stands in the place of that of the same name.
CHANGED = (erased("acknowledgement", IDENTIFYING["acknowledgement"], _KEPT),)
_TRIGGERS = {refusal.trigger for refusal in CHANGED}
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
REFUSALS = (*(one for one in refusals_0012.REFUSALS if one.trigger not in _TRIGGERS), *CHANGED, *ADDED)
