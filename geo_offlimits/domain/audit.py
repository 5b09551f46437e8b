"""The audit tree: an RFC 6962 Merkle tree over canonical leaves. No audit row, no act.

Leaf hash = SHA-256(0x00 || leaf), node hash = SHA-256(0x01 || left || right); the split is at the largest power of two
smaller than the number of leaves (RFC 6962, section 2.1).
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum

EMPTY_ROOT = hashlib.sha256(b"").digest()


class AuditTag(StrEnum):
    """The closed vocabulary of what is audited."""

    MISSION_ADDED = "mission:added"
    MISSION_CONTACTS = "mission:contacts"
    MISSION_RECOGNISES = "mission:recognises"
    MISSION_TERRITORY = "mission:territory"
    MISSION_SECTORS = "mission:sectors"
    MISSION_NOTICE = "mission:notice"
    PERSON_ADDED = "person:added"
    PERSON_CHANGED = "person:changed"
    PERSON_MOVED = "person:moved"
    PERSON_DEPARTED = "person:departed"
    PEOPLE_LISTED = "people:listed"
    ERASURE_ASKED = "erasure:asked"
    ERASURE_REFUSED = "erasure:refused"
    PERSON_ERASED = "person:erased"
    LEAVE_ENTERED = "leave:entered"
    INDUCTION_RECORDED = "induction:recorded"
    ROLE_GRANTED = "role:granted"
    PASSPHRASE_SET = "passphrase:set"  # noqa: S105  (a tag, not a secret)
    LOGIN_REFUSED = "login:refused"
    LOGIN = "login:accepted"
    STEPPED_UP = "login:stepped_up"
    SESSION_ENDED = "session:ended"
    SESSION_ENDED_OF_ALL = "session:ended_of_all"
    FACTOR_ADDED = "factor:added"
    FACTOR_REMOVED = "factor:removed"
    ACCOUNT_LINKED = "account:linked"
    ACCOUNT_UNLINKED = "account:unlinked"
    RECOVERY_ASKED = "recovery:asked"
    RECOVERY_AGREED = "recovery:agreed"
    RECOVERY_REFUSED = "recovery:refused"
    TOKEN_ISSUED = "token:issued"  # noqa: S105  (a tag)
    TOKEN_REVOKED = "token:revoked"  # noqa: S105  (a tag)
    PREMISES_PROPOSED = "premises:proposed"
    PREMISES_ADDED_ALONE = "premises:added_alone"
    PREMISES_DESIGNATED = "premises:designated"
    PREMISES_CONFIRMED = "premises:confirmed"
    PREMISES_REJECTED = "premises:rejected"
    PREMISES_WITHDRAWN = "premises:withdrawn"
    PREMISES_LIFT_PROPOSED = "premises:lift_proposed"
    PREMISES_LIFT_REFUSED = "premises:lift_refused"
    PREMISES_LIFTED = "premises:lifted"
    PREMISES_NOTICE_GIVEN = "premises:notice_given"
    PREMISES_NOTICE_DEFERRED = "premises:notice_deferred"
    PREMISES_REPLIED = "premises:replied"
    PREMISES_PETITIONED = "premises:petitioned"
    PREMISES_PETITION_REFUSED = "premises:petition_refused"
    PREMISES_SUSPENDED = "premises:suspended"
    PREMISES_REINSTATED = "premises:reinstated"
    PREMISES_REVIEWED = "premises:reviewed"
    PREMISES_FLAGGED = "premises:flagged"
    FLAG_SETTLED = "flag:settled"
    PREMISES_RENAMED = "premises:renamed"
    PREMISES_MOVED = "premises:moved"
    PREMISES_CORRECTED = "premises:corrected"
    CHANGE_PROPOSED = "change:proposed"
    CHANGE_REFUSED = "change:refused"
    CHANGE_WITHDRAWN = "change:withdrawn"
    OPERATOR_RECORDED = "operator:recorded"
    ATTACHMENT_ADDED = "attachment:added"
    ATTACHMENT_READ = "attachment:read"
    FACILITY_ADDED = "facility:added"
    FACILITY_RETIRED = "facility:retired"
    IMPORT_COMMITTED = "import:committed"
    IMPORT_UNDONE = "import:undone"
    PARTNER_ENTERED = "partner:entered"
    PARTNER_RECOGNISED = "partner:recognised"
    PARTNER_CONFIRMED = "partner:confirmed"
    PARTNER_REFUSED = "partner:refused"
    PARTNER_KEY_ENTERED = "partner:key_entered"
    PARTNER_KEY_WITHDRAWN = "partner:key_withdrawn"
    EDITION_PUBLISHED = "edition:published"
    CAMPAIGN_OPENED = "campaign:opened"
    CAMPAIGN_MAILED = "campaign:mailed"
    CAMPAIGN_JOINED = "campaign:joined"
    CAMPAIGN_REMINDED = "campaign:reminded"
    CAMPAIGN_CLOSED = "campaign:closed"
    ACKNOWLEDGED = "acknowledgement:recorded"
    ACKNOWLEDGEMENT_REFUSED = "acknowledgement:refused"
    ACKNOWLEDGEMENT_WITHDRAWN = "acknowledgement:withdrawn"
    EVIDENCE_GIVEN = "evidence:given"
    BASEMAP_ADDED = "basemap:added"
    BASEMAP_REMOVED = "basemap:removed"
    KEY_FOLLOWED = "key:followed"
    KEY_REVOKED = "key:revoked"
    STORE_RESTORED = "store:restored"
    REFUSED = "act:refused"


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(leaf_hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes, shape (n,) of 32 bytes each; the empty tree is SHA-256 of nothing."""
    frontier: list[tuple[int, bytes]] = []
    for leaf in leaf_hashes:
        grow(frontier, leaf)
    return frontier_root(frontier)


def grow(frontier: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Append one leaf hash to the list of (subtree size, subtree hash), largest first; amortised O(1)."""
    size, digest = 1, leaf
    while frontier and frontier[-1][0] == size:
        _, left = frontier.pop()
        size, digest = size * 2, node_hash(left, digest)
    frontier.append((size, digest))


def frontier_root(frontier: Sequence[tuple[int, bytes]]) -> bytes:
    if not frontier:
        return EMPTY_ROOT
    digest = frontier[-1][1]
    for _, left in reversed(frontier[:-1]):
        digest = node_hash(left, digest)
    return digest


def path_ranges(position: int, size: int) -> list[tuple[int, int]]:
    """The parts `[start, end)` of the tree whose hashes lead from a leaf to the root, the leaf's neighbour first.

    RFC 6962, section 2.1.1; 0 <= position < size, else ValueError.
    """
    if not 0 <= position < size:
        raise ValueError(position)
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if position < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def subtrees(start: int, end: int) -> list[tuple[int, bool]]:
    """Of which stored hashes the root over a part of the tree is made: last leaf of each, and whether it is alone.

    What is stored with a leaf is the largest whole subtree that ends with it. A right-hand part ends a larger one, so
    it is made of what lies before its last leaf and of that leaf alone.
    """
    size, found = end - start, list[tuple[int, bool]]()
    is_right = size.bit_count() == 1 and start // size % 2 == 1
    halves = [size >> bit for bit in range(1, size.bit_length())]
    for part in halves if is_right else [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]:
        start += part
        found.append((start - 1, False))
    return [*found, (end - 1, True)] if is_right else found


def root_of_path(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a leaf hash and its path lead; None for a path that is no path of such a leaf."""
    if not 0 <= position < size:
        return None
    ranges = path_ranges(position, size)
    if len(ranges) != len(path):
        return None
    for (start, _), beside in zip(ranges, path, strict=True):
        leaf = node_hash(leaf, beside) if start > position else node_hash(beside, leaf)
    return leaf
