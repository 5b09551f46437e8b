"""The receipt of an acknowledgement: what is kept of it, and the proof that it stands in the audit tree.

1. What is signed is one RFC 8785 document, in a DSSE envelope with a payload type of its own.
2. `row` is the record itself, every column of it: SHA-256 over it is what the audit leaf tells of it.
3. `leaf` is that leaf, `position` its place, `path` its inclusion proof (RFC 6962) in the tree whose head is
   `checkpoint`, a signed note (C2SP). Who keeps the file can hold it against any later checkpoint of the same tree.
4. Whoever has the installation's public key checks all of it without the server; what is not proven is not told.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo_offlimits.domain.acknowledgement import AcknowledgementState, Strength
from geo_offlimits.domain.audit import leaf_hash, root_of_path
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.domain.instants import format_instant, parse_instant
from geo_offlimits.errors import InputError, Sentence, UnverifiedError
from geo_offlimits.formats import assertion, canonical_json, strict_json
from geo_offlimits.formats.assertion import Assertion
from geo_offlimits.formats.words import N_

RECORD_FORMAT = "geo-offlimits/acknowledgement/1"
_TABLE = "acknowledgement"
# How the leaf of each state ends its tag.
TAGS = {"acknowledged": "recorded", "refused": "refused", "withdrawn": "withdrawn"}
_HEADINGS = {
    "acknowledged": N_("Receipt: edition {number} of the list of {mission} is acknowledged"),
    "refused": N_("Receipt: it was refused to acknowledge edition {number} of the list of {mission}"),
    "withdrawn": N_("Receipt: what was said about edition {number} of the list of {mission} is withdrawn"),
}
STRENGTHS: Mapping[str, str] = {
    Strength.WEBAUTHN: N_("signed with a security key"),
    Strength.PASSPHRASE_TOTP: N_("signed in with passphrase and second factor"),
    Strength.PASSPHRASE: N_("signed in with a passphrase"),
    Strength.PAPER: N_("signed on paper, entered by another person"),
    Strength.ORAL: N_("explained by word of mouth, entered by another person"),
}
Translate = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A receipt's content. `row_name` is the row as the leaf calls it, `person` the number and name as of now.

    row, leaf : as JSON tells them. path : hashes in hex. statement, source : the texts that were shown.
    """

    row_name: str
    row: Mapping[str, Any]
    leaf: Mapping[str, Any]
    position: int
    path: tuple[str, ...]
    checkpoint: str
    statement: str | None = None
    source: str | None = None
    person: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "format": RECORD_FORMAT,
            "row_name": self.row_name,
            "row": dict(self.row),
            "leaf": dict(self.leaf),
            "position": self.position,
            "path": list(self.path),
            "checkpoint": self.checkpoint,
            "statement": self.statement,
            "source": self.source,
            "person": self.person and dict(self.person),
        }

    def encode(self) -> bytes:
        """The bytes that are signed."""
        return canonical_json.dumps(self.as_json())

    @property
    def state(self) -> str:
        return str(self.row.get("state", AcknowledgementState.ACKNOWLEDGED))

    @property
    def acknowledged_at(self) -> datetime:
        return parse_instant(self.row["acknowledged_at"])

    def lines(self, translate: Translate = str) -> list[str]:
        """The receipt for people."""
        row, known = self.row, {"number": self.row["edition_number"], "mission": self.row["mission"]}
        lines = [translate(_HEADINGS[self.state]).format(**known)]
        if self.person:
            lines.append(f"{self.person['number']}  {self.person['name']}")
        moments = ((N_("Shown at {time}"), row.get("served_at")), (N_("Said at {time}"), row["acknowledged_at"]))
        lines += [translate(text).format(time=format_instant(parse_instant(at))) for text, at in moments if at]
        how = STRENGTHS[row["strength"]]
        lines.append(translate(how))
        lines.append(translate("SHA-256 of the edition: {sha256}").format(sha256=row["edition_sha256"]))
        place = translate("Leaf {position} of the audit tree").format(position=self.position)
        return [*lines, *([self.statement] if self.statement else []), place]

    def fault(self, head: Checkpoint) -> str | None:
        """What in it does not fit; None when all does. head : of its checkpoint, whose signature was verified."""
        path = tuple(map(bytes.fromhex, self.path))
        root = root_of_path(leaf_hash(canonical_json.dumps(dict(self.leaf))), self.position, head.size, path)
        if root is None or root.hex() != head.root_sha256:
            return Sentence("the inclusion proof does not lead to the checkpoint")
        return self.misfit()

    def misfit(self) -> str | None:
        """The same of the record, its leaf and its texts, wherever the leaf stands."""
        row, leaf = self.row, self.leaf
        told = canonical_json.dumps({"row": dict(row), "table": _TABLE})
        if leaf["rows"].get(self.row_name) != hashlib.sha256(told).hexdigest():
            return Sentence("the audit leaf does not speak of this record")
        about = (leaf["tag"], leaf["subject"], leaf["mission"], leaf["facts"]["edition"], leaf["facts"]["sha256"])
        named = (row["person_id"], row["mission"], row["edition_number"], row["edition_sha256"])
        if about != (f"acknowledgement:{TAGS[self.state]}", *named):
            return Sentence("the audit leaf speaks of something else")
        for text, name in ((self.statement, "statement_sha256"), (self.source, "source_sha256")):
            if text is not None and hashlib.sha256(text.encode()).hexdigest() != row.get(name):
                return Sentence("the statement in it is not the one that was shown")
        return None if self._is_proven() else Sentence("the security key signed something else")

    def _is_proven(self) -> bool:
        row = self.row
        if row["strength"] != Strength.WEBAUTHN:
            return True
        about = assertion.about(
            person_id=row["person_id"],
            mission=row["mission"],
            number=row["edition_number"],
            sha256=row["edition_sha256"],
            statement_sha256=row["statement_sha256"],
        )
        return Assertion.decode(row["evidence"]).fits(about)


def decode(content: bytes, head_of: Callable[[bytes], Checkpoint]) -> Record:
    """The receipt in bytes whose signature was verified, once all in it fits. Raises UnverifiedError.

    head_of : reads a signed note and raises UnverifiedError or InputError where no trusted key signed it.
    """
    try:
        told = dict(strict_json.parsed(content))
        if told.pop("format") != RECORD_FORMAT:
            raise ValueError(told)  # noqa: TRY301  (one answer for whatever is no receipt of ours)
        record = Record(**told | {"path": tuple(told["path"])})
        fault = record.fault(head_of(record.checkpoint.encode()))
    except UnverifiedError:
        raise
    except (InputError, ValueError, KeyError, TypeError, AttributeError):
        raise UnverifiedError(
            Sentence("This receipt is of a form that this program does not read; use a newer one.")
        ) from None
    if fault:
        raise UnverifiedError(
            Sentence("This receipt does not hold: {fault}. Keep it, and tell your auditor.", fault=fault)
        )
    return record
