"""Proofs that need no server: leaves of the audit tree with the paths that lead from them to one signed head.

1. All proofs of one paper lead to one head, which is signed as a note (C2SP).
2. A leaf is also shown to stand in the tree as it was when a later edition was issued. Whoever holds that edition holds
   that head, so nobody can have written the leaf afterwards.
3. What an erasure took out of a row is gone; the leaf of the erasure tells the digest that the row has since, and the
   row's own leaf still says about which edition it was.
4. Nor can anybody write of yesterday today: what was said stands after the edition that was the newest when it was
   recorded, and that edition is in the paper. A clock that was set back by a minute is forgiven.
5. An edition is the envelope that staff got, and the leaf that says when it was published.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.errors import StoreError
from geo_offlimits.services import audit
from geo_offlimits.services.act import Act
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.shelf import kept
from geo_offlimits.store.acknowledgements import ToldRow
from geo_offlimits.store.editions import EditionHeader

CLOCK = timedelta(minutes=1)


class UnprovenError(StoreError):
    """What is kept does not fit the audit tree."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} does not fit the audit tree, so nothing is proven by it. Run `audit verify` and call your auditor."
        )


def erasures(act: Act, person_id: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Place and content of the leaves by which a person was erased. Reads every leaf.

    Under `erased` such a leaf tells the digests that the rows of the person have since.
    """
    for position, content in enumerate(act.tx.audit.leaves()):
        if AuditTag.PERSON_ERASED.encode() in content:
            leaf = dict(json.loads(content))
            if (leaf["tag"], leaf["subject"]) == (AuditTag.PERSON_ERASED, person_id):
                yield position, leaf


def speaking_of(act: Act, told: ToldRow) -> tuple[int, dict[str, Any]]:
    """Place and content of the leaf that speaks of a row, whichever digest it tells. Raises UnprovenError for none."""
    tree = act.tx.audit
    # Rows of before the place of their leaf was kept are looked for.
    position = tree.position_of(told.name) if told.said.leaf is None else told.said.leaf
    content = None if position is None else tree.leaf(position)
    leaf = dict(json.loads(content)) if content else {"rows": {}}
    if position is None or told.name not in leaf["rows"]:
        raise UnprovenError(told.name)
    return position, leaf


class Prover:
    """Proves against the tree as it stands when it is first asked; so it is made after the last leaf was written."""

    def __init__(self, act: Act, mission: str) -> None:
        self._act, self._mission = act, mission

    @cached_property
    def head(self) -> Checkpoint:
        return self._act.tx.audit.head()

    def checkpoint(self) -> str:
        """The head as a signed note."""
        return audit.note_of(self._act, self.head)[0]

    def leaf(self, position: int) -> dict[str, Any]:
        """One leaf with its place and its path, and the first edition that was issued after it, if there is one."""
        tree = self._act.tx.audit
        return {
            "leaf": self._read(position),
            "position": position,
            "path": _hex(tree.path(position, self.head.size)),
            "witness": self._witness(position),
        }

    def row(self, told: ToldRow) -> dict[str, Any]:
        """What somebody said, whole, with the leaf that speaks of it. Raises UnprovenError for a row that has none."""
        position, leaf = speaking_of(self._act, told)
        refuse_back_dated(told, self._act.tx.editions.before(self._mission, position))
        erased = None if leaf["rows"][told.name] == told.sha256 else self._erasure(told)
        row, withheld = dict(told.facts), told.said.reason is not None
        if withheld:
            # Why somebody refused is theirs. Without it the row has no digest to show; what its leaf says still stands.
            row = {name: value for name, value in row.items() if name not in ("reason", "salt")}
        return {"row_name": told.name, "row": row, "withheld": withheld, "erased": erased, **self.leaf(position)}

    def _erasure(self, told: ToldRow) -> dict[str, Any]:
        for position, leaf in erasures(self._act, told.said.person_id):
            if leaf["facts"]["erased"].get(told.name) == told.sha256:
                return self.leaf(position)
        raise UnprovenError(told.name)

    def edition(self, header: PublishedHeader) -> dict[str, Any]:
        """An edition as staff got it. Raises DamagedEditionError, UnprovenError for one that no leaf speaks of."""
        told = f"{header.mission}/{header.number}"
        position = self._act.tx.editions.leaf_of(header.mission, header.number)
        leaf = {} if position is None else self._read(position)
        if position is None or (leaf["subject"], leaf["facts"].get("sha256")) != (told, header.sha256):
            raise UnprovenError(f"edition {told}")
        envelope = json.loads(kept(self._act, header).envelope)
        return {**header.as_json(), "envelope": envelope, **self.leaf(position)}

    def _witness(self, position: int) -> Mapping[str, Any] | None:
        found = self._act.tx.editions.witness(self._mission, position)
        if found is None:
            return None
        return {
            "number": found.number,
            "sha256": found.sha256,
            "issued_at": format_instant(found.issued_at),
            "size": found.checkpoint.size,
            "root_sha256": found.checkpoint.root_sha256,
            "path": _hex(self._act.tx.audit.path(position, found.checkpoint.size)),
        }

    def _read(self, position: int) -> dict[str, Any]:
        content = self._act.tx.audit.leaf(position)
        return dict(json.loads(content)) if content else {"subject": None, "facts": {}, "rows": {}}


def refuse_back_dated(told: ToldRow, before: EditionHeader | None) -> None:
    """Raises StoreError for what stands after an edition that was issued later than it says it was recorded."""
    if before and before.issued_at > told.said.recorded_at + CLOCK:
        raise StoreError(
            f"{told.name} was written after edition {before.number} and says that it is older: it was back-dated, or "
            "the clock was set back. Nothing is proven by it; call your auditor."
        )


def _hex(path: tuple[bytes, ...]) -> list[str]:
    return [digest.hex() for digest in path]
