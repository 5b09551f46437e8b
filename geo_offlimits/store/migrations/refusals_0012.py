"""What the twelfth revision's database refuses besides: an erasure by one person, and a change that is no erasure.

A row that tells who somebody is may be changed in one way alone: the columns under IDENTIFYING lose what they told, of
a person whose erasure stands in the table `erasure` as agreed, and every other column stays. A later revision that adds
such a column adds a line to it, and makes the trigger `changed` of that table anew (`erased`).
"""

from collections.abc import Mapping

from geo_offlimits.store.migrations import refusals_0011
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "CHANGED", "IDENTIFYING", "KEPT", "NOUNS", "REFUSALS"]

# What a column holds once it is erased: the opaque id of the person, nothing at all, or a value of no length.
OPAQUE, GONE, EMPTY = "opaque", "gone", "empty"
Columns = Mapping[str, str]
# table -> the columns by which somebody could be known again
IDENTIFYING: Mapping[str, Columns] = {
    "person": {
        "number": OPAQUE,
        "number_key": OPAQUE,
        "name": OPAQUE,
        "unit": EMPTY,
        "sector": GONE,
        "email": GONE,
        "email_key": GONE,
        "salt": EMPTY,
    },
    "recipient": {"number": OPAQUE, "name": OPAQUE, "unit": EMPTY, "email": GONE, "salt": EMPTY},
    "acknowledgement": dict.fromkeys(("unit", "roles", "evidence", "reason", "client_at", "salt"), GONE),
}
# table -> its columns that stay
KEPT = {
    "person": (
        "id",
        "recorded_at",
        "supersedes_id",
        "person_id",
        "category",
        "mission",
        "language",
        "service_from",
        "service_to",
        "posted_from",
    ),
    "recipient": ("id", "campaign_id", "person_id", "category", "language", "asked", "read", "due"),
    "acknowledgement": (
        "id",
        "recorded_at",
        "supersedes_id",
        "person_id",
        "mission",
        "edition_number",
        "edition_sha256",
        "statement_sha256",
        "language",
        "acknowledged_at",
        "channel",
        "strength",
        "entered_by",
        "state",
        "source_sha256",
        "served_at",
        "category",
        "leaf",
    ),
}
_ERASED = {
    OPAQUE: "coalesce(NEW.{column} = OLD.person_id, false)",
    GONE: "NEW.{column} IS NULL",
    EMPTY: "coalesce(length(NEW.{column}) = 0, false)",
}
_AGREED = "EXISTS (SELECT 1 FROM erasure o WHERE o.person_id = {row}.person_id AND o.state = 'agreed')"


def erased(table: str, columns: Columns, kept: tuple[str, ...]) -> Refusal:
    """In the place of the refusal to change any row of the table."""
    gone = [_ERASED[how].format(column=column) for column, how in columns.items()]
    same = [f"coalesce(NEW.{column} = OLD.{column}, NEW.{column} IS NULL AND OLD.{column} IS NULL)" for column in kept]
    return Refusal(
        table=table,
        name="changed",
        event="UPDATE",
        condition=f"NOT ({' AND '.join([_AGREED.format(row='OLD'), *gone, *same])})",
        sentence=(
            f"The table {table} only grows: a row is never changed or deleted, but to erase who somebody was after two "
            "persons have agreed. Add a row that supersedes it."
        ),
    )


def _told_again(table: str) -> Refusal:
    return Refusal(
        table=table,
        name="erased",
        event="INSERT",
        condition=_AGREED.format(row="NEW"),
        sentence="This person was erased, and nothing is written of who they were. Add them as a new person.",
    )


_NOUN = ("erasure_id", "person_id", "asked_by", "reason")
NOUNS = refusals_0011.NOUNS | {"erasure": _NOUN}
APPEND_ONLY = refusals_0011.APPEND_ONLY | {"erasure": "id"}
_PERSON = "There is no such person in this store. Add the person first."
# They stand in the place of those of the same name.
CHANGED = tuple(erased(table, columns, KEPT[table]) for table, columns in IDENTIFYING.items())
_TRIGGERS = {refusal.trigger for refusal in CHANGED}
ADDED = (
    *frozen("erasure", "id"),
    *line("erasure", _NOUN),
    first("erasure", ("erasure_id",), "There is an erasure of this identity already. Ask for another."),
    known("erasure", "person_id", "person", "person_id", _PERSON),
    known("erasure", "asked_by", "person", "person_id", _PERSON),
    known("erasure", "settled_by", "person", "person_id", _PERSON),
    Refusal(
        table="erasure",
        name="settled_twice",
        event="INSERT",
        condition=(
            "(NEW.supersedes_id IS NULL) <> (NEW.settled_by IS NULL)"
            " OR (NEW.supersedes_id IS NULL) <> (NEW.state = 'asked')"
            " OR NEW.state NOT IN ('asked', 'agreed', 'refused')"
            " OR EXISTS (SELECT 1 FROM erasure o WHERE o.id = NEW.supersedes_id AND o.settled_by IS NOT NULL)"
        ),
        sentence="An erasure is asked for once and settled once. Ask for another.",
    ),
    Refusal(
        table="erasure",
        name="by_one_person",
        event="INSERT",
        condition=(
            "NEW.asked_by = NEW.person_id"
            " OR (NEW.state = 'agreed' AND (NEW.settled_by = NEW.person_id OR NEW.settled_by = NEW.asked_by))"
        ),
        sentence="An erasure needs two persons, and neither is the one who is erased. Ask a second person.",
    ),
    Refusal(
        table="erasure",
        name="in_service",
        event="INSERT",
        condition=(
            "NOT EXISTS (SELECT 1 FROM person o WHERE o.person_id = NEW.person_id AND o.service_to <= NEW.recorded_at"
            " AND NOT EXISTS (SELECT 1 FROM person n WHERE n.supersedes_id = o.id))"
        ),
        sentence="This person is in service. Let them depart first.",
    ),
    *(_told_again(table) for table in IDENTIFYING),
)
REFUSALS = (*(one for one in refusals_0011.REFUSALS if one.trigger not in _TRIGGERS), *CHANGED, *ADDED)
