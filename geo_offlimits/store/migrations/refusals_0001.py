"""What the first revision's database refuses, whoever writes to it and with whatever program."""

# ruff: noqa: S608  (conditions are made of the words of this file alone)

from geo_offlimits.store.migrations.refusals import Refusal

# table -> the columns that name what its rows are versions of
NOUNS = {
    "mission": ("code",),
    "boundary_set": ("mission", "kind"),
    "person": ("person_id",),
    "role_grant": ("person_id", "role", "mission"),
    "subject": ("subject_id", "mission"),
    "designation": ("designation_id", "mission", "subject_id"),
    "step": ("designation_id",),
    "facility": ("facility_id", "mission"),
    "edition": ("mission",),
    "campaign": ("campaign_id", "mission", "edition_number", "edition_sha256"),
    "acknowledgement": ("mission", "edition_number", "person_id"),
}
# table -> its primary key
APPEND_ONLY = dict.fromkeys((*NOUNS, "boundary", "recipient"), "id") | {
    "audit_leaf": "position",
    "audit_checkpoint": "size",
}

# (state before, step, state after); an empty state is the one before the first step.
TRANSITIONS = (
    ("", "proposed", "proposed"),
    ("", "added_alone", "awaiting_second"),
    ("proposed", "designated", "in_force"),
    ("proposed", "rejected", "rejected"),
    ("proposed", "withdrawn", "withdrawn"),
    ("awaiting_second", "confirmed", "in_force"),
    ("awaiting_second", "lift_proposed", "lift_proposed"),
    ("in_force", "lift_proposed", "lift_proposed"),
    ("lift_proposed", "lift_refused", "in_force"),
    ("lift_proposed", "lifted", "lifted"),
)
# (step, the earlier step that must be another person's)
OTHER_PERSON = (("designated", "proposed"), ("confirmed", "added_alone"), ("lifted", "lift_proposed"))
# Who takes one of these steps has signed that the restriction holds.
SIGNATURES = ("proposed", "added_alone", "designated", "confirmed")


def frozen(table: str, key: str) -> list[Refusal]:
    grows = f"The table {table} only grows: a row is never changed or deleted. Add a row that supersedes it."
    return [
        Refusal(table=table, name="changed", event="UPDATE", sentence=grows),
        Refusal(table=table, name="deleted", event="DELETE", sentence=grows),
        # INSERT OR REPLACE deletes without a delete trigger on connections that leave recursive_triggers off.
        Refusal(
            table=table,
            name="replaced",
            event="INSERT",
            condition=f"EXISTS (SELECT 1 FROM {table} o WHERE o.{key} = NEW.{key})",
            sentence=grows,
        ),
    ]


def line(table: str, noun: tuple[str, ...]) -> list[Refusal]:
    same = " AND ".join(f"(o.{key} = NEW.{key} OR (o.{key} IS NULL AND NEW.{key} IS NULL))" for key in noun)
    return [
        Refusal(
            table=table,
            name="superseded_twice",
            event="INSERT",
            condition=f"EXISTS (SELECT 1 FROM {table} o WHERE o.supersedes_id = NEW.supersedes_id)",
            sentence=f"Somebody else has just changed this {table.replace('_', ' ')}. Read it again and decide anew.",
        ),
        Refusal(
            table=table,
            name="other_noun",
            event="INSERT",
            condition=(
                "NEW.supersedes_id IS NOT NULL AND NOT EXISTS "
                f"(SELECT 1 FROM {table} o WHERE o.id = NEW.supersedes_id AND {same})"
            ),
            sentence=f"A row of {table} can only supersede an earlier row of the same {' and '.join(noun)}.",
        ),
        Refusal(
            table=table,
            name="back_in_time",
            event="INSERT",
            condition=(
                f"EXISTS (SELECT 1 FROM {table} o WHERE o.id = NEW.supersedes_id AND o.recorded_at > NEW.recorded_at)"
            ),
            sentence=f"A row of {table} cannot be recorded before the row it supersedes. Check the clock.",
        ),
    ]


def first(table: str, noun: tuple[str, ...], sentence: str) -> Refusal:
    same = " AND ".join(f"o.{key} = NEW.{key}" for key in noun)
    return Refusal(
        table=table,
        name="second_line",
        event="INSERT",
        condition=f"NEW.supersedes_id IS NULL AND EXISTS (SELECT 1 FROM {table} o WHERE {same})",
        sentence=sentence,
    )


def known(table: str, column: str, noun_table: str, noun: str, sentence: str, *, once: str = "1 = 1") -> Refusal:
    unknown = f"NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {noun_table} o WHERE o.{noun} = NEW.{column})"
    return Refusal(
        table=table,
        name=f"unknown_{column}",
        event="INSERT",
        condition=f"{unknown} AND {once}",
        sentence=sentence,
    )


_MISSION = "There is no such mission in this store. Add the mission first."
_PERSON = "There is no such person in this store. Add the person first."

_FIRST_ROWS = [
    first("mission", NOUNS["mission"], "There is a mission of this code already. Choose another code."),
    first("boundary_set", NOUNS["boundary_set"], "These boundaries exist already. Replace them."),
    first("person", NOUNS["person"], "There is a person of this identity already. Replace the person."),
    first("subject", NOUNS["subject"], "There is a subject of this identity already. Supersede it."),
    first("designation", NOUNS["designation"], "There is a designation of this identity already. Take the next one."),
    first("step", NOUNS["step"], "This designation has its first step already. Read it again and decide anew."),
    first("facility", NOUNS["facility"], "There is a facility of this identity already. Choose another."),
    first("edition", NOUNS["edition"], "This mission has its first edition already. Publish the next one."),
    first("campaign", ("campaign_id",), "There is a campaign of this identity already. Open another."),
    first("acknowledgement", NOUNS["acknowledgement"], "This person has acknowledged this edition already."),
]

_KNOWN = [
    known("boundary_set", "mission", "mission", "code", _MISSION),
    known("subject", "mission", "mission", "code", _MISSION),
    known("designation", "mission", "mission", "code", _MISSION),
    known("facility", "mission", "mission", "code", _MISSION),
    known("edition", "mission", "mission", "code", _MISSION),
    # The first person is the administrator who then adds the first mission.
    known("person", "mission", "mission", "code", _MISSION, once="EXISTS (SELECT 1 FROM person o)"),
    known("role_grant", "mission", "mission", "code", _MISSION),
    known("role_grant", "person_id", "person", "person_id", _PERSON),
    known("step", "person_id", "person", "person_id", _PERSON),
    known("recipient", "person_id", "person", "person_id", _PERSON),
    known("acknowledgement", "person_id", "person", "person_id", _PERSON),
    known("acknowledgement", "entered_by", "person", "person_id", _PERSON),
    known("edition", "published_by", "person", "person_id", _PERSON),
    known("campaign", "opened_by", "person", "person_id", _PERSON),
    known("recipient", "campaign_id", "campaign", "campaign_id", "There is no such campaign. Open it first."),
    known("step", "designation_id", "designation", "designation_id", "There is no such designation. Add it first."),
]

_PERSONS = [
    Refusal(
        table="person",
        name="taken_reference",
        event="INSERT",
        condition=(
            "EXISTS (SELECT 1 FROM person o WHERE o.person_id <> NEW.person_id"
            " AND (o.number_key IN (NEW.number_key, NEW.email_key) OR o.email_key IN (NEW.number_key, NEW.email_key))"
            " AND NOT EXISTS (SELECT 1 FROM person n WHERE n.supersedes_id = o.id))"
        ),
        sentence="This number or e-mail belongs to somebody else. Check it; each person has their own.",
    ),
]

_DESIGNATIONS = [
    Refusal(
        table="designation",
        name="unknown_subject",
        event="INSERT",
        condition=(
            "NOT EXISTS (SELECT 1 FROM subject o WHERE o.subject_id = NEW.subject_id AND o.mission = NEW.mission)"
        ),
        sentence="There is no such subject in this mission. Add the subject first.",
    ),
]


def _rows(pairs: tuple[tuple[str, ...], ...]) -> str:
    return ", ".join("(" + ", ".join(f"'{word}'" for word in row) + ")" for row in pairs)


_STEPS = [
    Refusal(
        table="step",
        name="wrong_step",
        event="INSERT",
        condition=(
            "(coalesce((SELECT o.state FROM step o WHERE o.id = NEW.supersedes_id), ''), NEW.kind, NEW.state)"
            f" NOT IN (VALUES {_rows(TRANSITIONS)})"
        ),
        sentence="This step does not follow from where the designation stands. Read it again and decide anew.",
    ),
    Refusal(
        table="step",
        name="same_person",
        event="INSERT",
        condition=" OR ".join(
            f"(NEW.kind = '{kind}' AND NEW.person_id = (SELECT o.person_id FROM step o"
            f" WHERE o.designation_id = NEW.designation_id AND o.kind = '{earlier}' ORDER BY o.id DESC LIMIT 1))"
            for kind, earlier in OTHER_PERSON
        ),
        sentence="The person who took the first step cannot take the second. A second head of mission or deputy must.",
    ),
    Refusal(
        table="step",
        name="kept_alone",
        event="INSERT",
        # A refused lift leaves the listing in force: whoever added it alone would have confirmed it alone.
        condition=(
            "NEW.kind = 'lift_refused' AND NOT EXISTS (SELECT 1 FROM step o"
            " WHERE o.designation_id = NEW.designation_id AND o.person_id <> NEW.person_id"
            f" AND o.kind IN ({', '.join(repr(kind) for kind in SIGNATURES)}))"
        ),
        sentence="Who alone has signed this listing cannot keep it. A second head of mission or deputy must.",
    ),
]

_PREVIOUS = "(SELECT o.{column} FROM edition o WHERE o.mission = NEW.mission ORDER BY o.number DESC LIMIT 1)"
_EDITIONS = [
    Refusal(
        table="edition",
        name="gap",
        event="INSERT",
        condition=f"NEW.number <> coalesce({_PREVIOUS.format(column='number')}, 0) + 1",
        sentence="Editions count from 1 without gaps. Somebody else may have just published: look, then publish anew.",
    ),
    Refusal(
        table="edition",
        name="wrong_previous",
        event="INSERT",
        condition=f"coalesce(NEW.previous_sha256, '') <> coalesce({_PREVIOUS.format(column='sha256')}, '')",
        sentence="An edition names the hash of the edition before it. Publish anew from the latest edition.",
    ),
    Refusal(
        table="edition",
        name="earlier_issue",
        event="INSERT",
        condition=f"NEW.issued_at <= {_PREVIOUS.format(column='issued_at')}",
        sentence="An edition is issued after the one before it. Check the clock and publish again.",
    ),
    Refusal(
        table="edition",
        name="expired_at_issue",
        event="INSERT",
        condition="NEW.expires_at <= NEW.issued_at",
        sentence="An edition expires after it is issued. Give a later expiry.",
    ),
    Refusal(
        table="edition",
        name="no_checkpoint",
        event="INSERT",
        condition="NOT EXISTS (SELECT 1 FROM audit_checkpoint o WHERE o.size = NEW.checkpoint_size)",
        sentence="An edition needs a checkpoint of the audit tree. Take the checkpoint first.",
    ),
]

_SAME_EDITION = (
    "NOT EXISTS (SELECT 1 FROM edition o WHERE o.mission = NEW.mission"
    " AND o.number = NEW.edition_number AND o.sha256 = NEW.edition_sha256)"
)
_HASHES = [
    Refusal(
        table=table,
        name="other_hash",
        event="INSERT",
        condition=_SAME_EDITION,
        sentence="There is no edition of this number with this hash. Look at the current edition and begin again.",
    )
    for table in ("campaign", "acknowledgement")
]

_TREE = [
    Refusal(
        table="audit_leaf",
        name="gap",
        event="INSERT",
        condition="NEW.position <> (SELECT coalesce(max(o.position) + 1, 0) FROM audit_leaf o)",
        sentence="Leaves of the audit tree follow each other without gaps. Write through the program.",
    ),
    Refusal(
        table="audit_checkpoint",
        name="wrong_size",
        event="INSERT",
        condition="NEW.size <> (SELECT coalesce(max(o.position) + 1, 0) FROM audit_leaf o)",
        sentence="A checkpoint counts all leaves of the audit tree. Write through the program.",
    ),
]

REFUSALS = (
    *(refusal for table, key in APPEND_ONLY.items() for refusal in frozen(table, key)),
    *(refusal for table, noun in NOUNS.items() for refusal in line(table, noun)),
    *_FIRST_ROWS,
    *_KNOWN,
    *_PERSONS,
    *_DESIGNATIONS,
    *_STEPS,
    *_EDITIONS,
    *_HASHES,
    *_TREE,
)
