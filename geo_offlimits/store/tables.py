"""The tables. History tables only grow: a row carries `recorded_at` and a unique `supersedes_id`, never an end.

The end of a row's record time is its successor's `recorded_at`. A table's noun is what its rows are versions of: the
columns under `noun` name it, and a row may only supersede a row of the same noun. What may be changed and forgotten is
in `operational_tables`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from geo_offlimits.store.columns import Geometry, Utc
from geo_offlimits.store.distribution_tables import acknowledgement, campaign, recipient
from geo_offlimits.store.history_tables import ID, METADATA, history_table, key
from geo_offlimits.store.import_tables import landing
from geo_offlimits.store.partner_tables import partner_edition, partner_key, partner_settlement
from geo_offlimits.store.service_tables import induction, leave

metadata = METADATA

mission = history_table(
    "mission",
    key("code", index=True),
    Column("name", Text, nullable=False),
    Column("organisation", String(20), nullable=False),
    Column("timezone", String(80), nullable=False),
    Column("territory", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("recognises", Text, nullable=False),
    Column("contacts", Text, nullable=False),
    Column("demonstration", Boolean, nullable=False),
    Column("notice_days", Integer, nullable=False, server_default="0"),
    Column("petition_address", Text),
    noun=("code",),
    later={"notice_days": 0, "petition_address": None},
)

boundary_set = history_table(
    "boundary_set",
    key("mission", index=True),
    key("kind"),
    noun=("mission", "kind"),
)

boundary = Table(
    "boundary",
    metadata,
    Column(ID, Integer, primary_key=True),
    Column("set_id", Integer, ForeignKey("boundary_set.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("geometry", Geometry, nullable=False),
    Column("valid_from", Utc),
    Column("valid_to", Utc),
    UniqueConstraint("set_id", "place"),
)

person = history_table(
    "person",
    key("person_id", index=True),
    Column("number", String(200), nullable=False),
    Column("number_key", String(200), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("category", String(20), nullable=False),
    key("mission", index=True),
    Column("email", String(320)),
    Column("email_key", String(320), index=True),
    Column("language", String(35), nullable=False),
    Column("service_from", Utc),
    Column("service_to", Utc),
    Column("salt", LargeBinary(16), nullable=False),
    Column("sector", Text),
    Column("posted_from", Utc),
    noun=("person_id",),
    later={"sector": None, "posted_from": None},
)

role_grant = history_table(
    "role_grant",
    key("person_id", index=True),
    Column("role", String(20), nullable=False),
    key("mission", nullable=True),
    Column("valid_from", Utc),
    Column("valid_to", Utc),
    noun=("person_id", "role", "mission"),
    one_line=False,
)

subject = history_table(
    "subject",
    key("subject_id"),
    key("mission", index=True),
    Column("kind", String(20), nullable=False),
    Column("names", Text, nullable=False),
    Column("category", String(40)),
    Column("geometry", Geometry),
    Column("uncertainty_m", Float(53)),
    Column("address", Text),
    Column("locality", Text),
    Column("part", Text),
    key("change_id", nullable=True),
    Index(None, "subject_id", "mission"),
    noun=("subject_id", "mission"),
    later={"change_id": None},
)

# A description that another person decides on; `base_id` is the version of the subject that it sets right.
change = history_table(
    "change",
    key("change_id", index=True),
    key("mission", index=True),
    key("subject_id", index=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("base_id", Integer, ForeignKey("subject.id"), nullable=False),
    key("person_id"),
    Column("reason", Text, nullable=False),
    key("decided_by", nullable=True),
    Column("resolution", Text),
    Column("new_kind", String(20), nullable=False),
    Column("new_names", Text, nullable=False),
    Column("new_category", String(40)),
    Column("new_geometry", Geometry),
    Column("new_uncertainty_m", Float(53)),
    Column("new_address", Text),
    Column("new_locality", Text),
    Column("new_part", Text),
    noun=("change_id", "mission", "subject_id"),
)

operator = history_table(
    "operator",
    key("subject_id", index=True),
    key("mission", index=True),
    Column("name", Text, nullable=False),
    Column("since", Utc),
    key("person_id"),
    Column("salt", LargeBinary(16), nullable=False),
    noun=("subject_id", "mission"),
)

designation = history_table(
    "designation",
    key("designation_id"),
    key("mission", index=True),
    key("subject_id", index=True),
    Column("restriction", String(20), nullable=False),
    Column("basis", String(40), nullable=False),
    Column("authority", Text, nullable=False),
    Column("directive", Text, nullable=False),
    Column("valid_from", Utc),
    Column("valid_to", Utc),
    Column("review_by", Date),
    Column("applies_to", Text, nullable=False),
    Column("hours", Text),
    Column("exceptions", Text, nullable=False),
    Column("note", Text),
    Column("not_before", Utc),
    Index(None, "designation_id", "mission", "subject_id"),
    noun=("designation_id", "mission", "subject_id"),
    later={"not_before": None},
)

# Each step supersedes the one before, so two people cannot both take the next step.
step = history_table(
    "step",
    key("designation_id", index=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    key("person_id"),
    Column("effective_at", Utc, nullable=False),
    Column("reason", Text),
    noun=("designation_id",),
)

flag = history_table(
    "flag",
    key("flag_id", index=True),
    key("mission", index=True),
    key("designation_id", index=True),
    Column("kind", String(20), nullable=False),
    Column("note", Text),
    key("person_id"),
    Column("edition_number", Integer, nullable=False),
    key("settled_by", nullable=True),
    Column("resolution", Text),
    Column("claimed_at", Utc),
    noun=("flag_id", "mission", "designation_id"),
)

# Restricted: what it says, its file and the file's name. The file lies in a folder beside the keys (`store.cabinet`).
attachment = history_table(
    "attachment",
    key("designation_id", index=True),
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    key("person_id"),
    Column("text", Text),
    Column("file_id", String(40)),
    Column("media_type", String(40)),
    Column("size", Integer),
    Column("sha256", String(64)),
    Column("file_name", Text),
    Column("salt", LargeBinary(16), nullable=False),
    noun=("designation_id", "number"),
)

# Of a token its SHA-256, which 256 random bits keep from being guessed: no salt beside it. Revoking adds a row.
token = history_table(
    "token",
    key("token_id", index=True),
    key("mission", index=True),
    Column("purpose", String(20), nullable=False),
    key("person_id", index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("issued_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    key("revoked_by", nullable=True),
    noun=("token_id", "mission", "purpose", "person_id", "sha256", "issued_at", "expires_at"),
)

# Somebody lost their second factor: one person asks, another agrees, and neither is the one whose it is.
recovery = history_table(
    "recovery",
    key("recovery_id", index=True),
    key("person_id", index=True),
    key("asked_by"),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    key("settled_by", nullable=True),
    noun=("recovery_id", "person_id", "asked_by", "reason"),
)

# Who somebody was is taken away: one person asks, another agrees, and neither is the one who is erased.
erasure = history_table(
    "erasure",
    key("erasure_id", index=True),
    key("person_id", index=True),
    key("asked_by"),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    key("settled_by", nullable=True),
    noun=("erasure_id", "person_id", "asked_by", "reason"),
)

facility = history_table(
    "facility",
    key("facility_id"),
    key("mission", index=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("geometry", Geometry, nullable=False),
    Column("address", Text),
    Column("locality", Text),
    Column("retired", Boolean, nullable=False),
    Index(None, "facility_id", "mission"),
    noun=("facility_id", "mission"),
)

# Each edition supersedes the one before: one line of editions a mission.
edition = history_table(
    "edition",
    key("mission"),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("previous_sha256", String(64)),
    Column("issued_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("checkpoint_size", Integer, ForeignKey("audit_checkpoint.size"), nullable=False),
    key("published_by"),
    Column("content", LargeBinary, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    UniqueConstraint("mission", "number"),
    UniqueConstraint("mission", "number", "sha256"),
    noun=("mission",),
)

# `subtree_sha256` is the hash of the largest whole subtree that ends with this leaf: the tree's head at any size is
# made from at most log2(size) rows, and nothing is ever rewritten.
audit_leaf = Table(
    "audit_leaf",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("leaf_sha256", LargeBinary(32), nullable=False),
    Column("subtree_sha256", LargeBinary(32), nullable=False),
)

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root_sha256", String(64), nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

# Tables whose rows are bound to a leaf of the audit tree when they are written.
AUDITED = (
    mission,
    boundary_set,
    boundary,
    person,
    role_grant,
    subject,
    change,
    operator,
    designation,
    step,
    flag,
    attachment,
    token,
    recovery,
    erasure,
    facility,
    edition,
    campaign,
    recipient,
    leave,
    induction,
    acknowledgement,
    landing,
    partner_edition,
    partner_settlement,
    partner_key,
)
APPEND_ONLY = (*AUDITED, audit_leaf, audit_checkpoint)
