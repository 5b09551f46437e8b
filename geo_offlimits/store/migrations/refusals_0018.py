"""What the eighteenth revision's database refuses besides: a partner's list that somebody confirms alone, or twice."""

from geo_offlimits.store.migrations import refusals_0016
from geo_offlimits.store.migrations.refusals import Refusal
from geo_offlimits.store.migrations.refusals_0001 import first, frozen, known, line

__all__ = ["ADDED", "APPEND_ONLY", "NOUNS", "REFUSALS", "TABLES"]

TABLES = {
    "partner_edition": ("edition_id", "mission", "partner", "sha256", "person_id"),
    "partner_settlement": ("edition_id",),
    "partner_key": ("partner", "fingerprint", "person_id"),
}
NOUNS = refusals_0016.NOUNS | TABLES
APPEND_ONLY = refusals_0016.APPEND_ONLY | dict.fromkeys(TABLES, "id")
_PERSON = "There is no such person in this store. Add the person first."
_LIST = "SELECT 1 FROM partner_edition o WHERE o.edition_id = NEW.edition_id"
_EDITION = (
    *frozen("partner_edition", "id"),
    *line("partner_edition", TABLES["partner_edition"]),
    first("partner_edition", ("edition_id",), "There is a list of this identity already. Take the next one."),
    known(
        "partner_edition",
        "mission",
        "mission",
        "code",
        "There is no such mission in this store. Add the mission first.",
    ),
    known("partner_edition", "person_id", "person", "person_id", _PERSON),
    Refusal(
        table="partner_edition",
        name="stale",
        event="INSERT",
        condition="NEW.supersedes_id IS NOT NULL",
        sentence="A list of a partner stays as it came. Enter the newer list beside it.",
    ),
    Refusal(
        table="partner_edition",
        name="of_itself",
        event="INSERT",
        condition="NEW.partner = NEW.mission",
        sentence="This is the list of the mission itself. Only lists of others are kept beside the register.",
    ),
    Refusal(
        table="partner_edition",
        name="half_signed",
        event="INSERT",
        condition=(
            "NEW.standing NOT IN ('signed', 'transcribed')"
            " OR (NEW.standing = 'signed') <> (NEW.envelope IS NOT NULL AND NEW.key_id IS NOT NULL"
            " AND NEW.number IS NOT NULL)"
            " OR (NEW.standing = 'transcribed') <> (NEW.reference IS NOT NULL)"
        ),
        sentence="A list of a partner is signed, or transcribed under a reference. Enter it as one of the two.",
    ),
    Refusal(
        table="partner_edition",
        name="entered_again",
        event="INSERT",
        condition=(
            "EXISTS (SELECT 1 FROM partner_edition o WHERE o.mission = NEW.mission AND o.partner = NEW.partner"
            " AND o.sha256 = NEW.sha256 AND coalesce(o.reference, '') = coalesce(NEW.reference, '')"
            " AND NOT EXISTS (SELECT 1 FROM partner_settlement s"
            " WHERE s.edition_id = o.edition_id AND s.state = 'refused'))"
        ),
        sentence="This list of this partner is here already. There is nothing to do.",
    ),
)
_SETTLEMENT = (
    *frozen("partner_settlement", "id"),
    *line("partner_settlement", TABLES["partner_settlement"]),
    first("partner_settlement", ("edition_id",), "This list is settled already. Read it again."),
    known(
        "partner_settlement",
        "edition_id",
        "partner_edition",
        "edition_id",
        "There is no such list of a partner. Enter it first.",
    ),
    known("partner_settlement", "person_id", "person", "person_id", _PERSON),
    Refusal(
        table="partner_settlement",
        name="stale",
        event="INSERT",
        condition="NEW.supersedes_id IS NOT NULL",
        sentence="A list of a partner is settled once. Enter the newer list beside it.",
    ),
    Refusal(
        table="partner_settlement",
        name="wrong_state",
        event="INSERT",
        condition=(
            "NEW.state NOT IN ('confirmed', 'refused') OR (NEW.state = 'refused') <> (NEW.reason IS NOT NULL)"
            f" OR EXISTS ({_LIST} AND o.standing = 'signed')"
        ),
        sentence="Only a transcribed list is confirmed, or refused with a reason. A signed one speaks for itself.",
    ),
    Refusal(
        table="partner_settlement",
        name="same_person",
        event="INSERT",
        condition=f"NEW.state = 'confirmed' AND EXISTS ({_LIST} AND o.person_id = NEW.person_id)",
        sentence="Who entered a list of a partner cannot confirm it. Another person must.",
    ),
)
_KEY = (
    *frozen("partner_key", "id"),
    *line("partner_key", TABLES["partner_key"]),
    first("partner_key", ("partner", "fingerprint"), "This key of this partner is here already, or was withdrawn."),
    known("partner_key", "person_id", "person", "person_id", _PERSON),
    known("partner_key", "withdrawn_by", "person", "person_id", _PERSON),
    Refusal(
        table="partner_key",
        name="settled_twice",
        event="INSERT",
        condition=(
            "(NEW.supersedes_id IS NULL) <> (NEW.withdrawn_by IS NULL)"
            " OR EXISTS (SELECT 1 FROM partner_key o WHERE o.id = NEW.supersedes_id AND o.withdrawn_by IS NOT NULL)"
        ),
        sentence="A key of a partner is entered once and withdrawn once. Enter the new key.",
    ),
)
ADDED = (*_EDITION, *_SETTLEMENT, *_KEY)
REFUSALS = (*refusals_0016.REFUSALS, *ADDED)
