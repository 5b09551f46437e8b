"""What the fifth revision's database refuses besides: a token made to last, or one that lives again."""

from geo_offlimits.store.migrations import refusals_0004
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS"]

_NOUN = ("token_id", "mission", "purpose", "person_id", "sha256", "issued_at", "expires_at")
NOUNS = refusals_0004.NOUNS | {"token": _NOUN}
APPEND_ONLY = refusals_0004.APPEND_ONLY | {"token": "id"}
_PERSON = "There is no such person in this store. Add the person first."
ADDED = (
    *frozen("token", "id"),
    *line("token", _NOUN),
    first("token", ("token_id",), "There is a token of this identity already. Issue another."),
    known("token", "mission", "mission", "code", "There is no such mission in this store. Add the mission first."),
    known("token", "person_id", "person", "person_id", _PERSON),
    known("token", "revoked_by", "person", "person_id", _PERSON),
    Refusal(
        table="token",
        name="living_again",
        event="INSERT",
        condition=(
            "(NEW.supersedes_id IS NULL) <> (NEW.revoked_by IS NULL)"
            " OR EXISTS (SELECT 1 FROM token o WHERE o.id = NEW.supersedes_id AND o.revoked_by IS NOT NULL)"
        ),
        sentence="A token is issued once and revoked once. Issue another.",
    ),
)
REFUSALS = (*refusals_0004.REFUSALS, *ADDED)
