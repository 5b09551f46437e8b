"""Is this off-limits list, export or receipt what the mission signed? For partners: no server, no installation.

    python verify_list.py FILE --key KEY [--mission CODE] [--holds N] [--at TIME] [--envelope FILE.dsse] [--json]
    python verify_list.py RECEIPT|EVIDENCE --key KEY [--mission CODE] [--json]

KEY is the mission's public key in PEM, or its list of keys (`geo-offlimits key export [--all]`); compare the printed
fingerprint with the one in your directive. Needs Python 3.11 or later and the package `cryptography`; for evidence (PDF
or JSON) verify_evidence.py beside it. Exit codes: 0 genuine and current, 1 refused, with a sentence why, 2 usage.

Envelope: DSSE 1 in its one form, JSON without spaces and members in order; signature: Ed25519 (RFC 8032) over `DSSEv1
LEN(type) type LEN(payload) payload`. Of an edition the payload is the file itself; of an export it says the file's
SHA-256, the filter and the edition. A receipt is an envelope alone: the record, the audit leaf that tells its SHA-256,
the leaf's inclusion proof (RFC 6962), the head of the tree as a signed note (C2SP), and what a security key signed.
"""

import argparse
import base64
import hashlib
import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

EDITION = "application/vnd.geo-offlimits.edition+json;v=1"
EXPORT = "application/vnd.geo-offlimits.export+json;v=1"
RECEIPT = "application/vnd.geo-offlimits.acknowledgement+json;v=1"
EVIDENCE = "application/vnd.geo-offlimits.evidence+json;v=1"
RECORD_FORMAT = "geo-offlimits/acknowledgement/1"
TAGS = {"acknowledged": "recorded", "refused": "refused", "withdrawn": "withdrawn"}
TOLD = ("mission", "number", "issued_at", "expires_at")
KEY_ID_LETTERS = 16


class RefusedError(Exception):
    """The list is not to be used; the sentence says why."""


class TrustedKey:
    """A public key with the time in which it signs, and from when on it was revoked."""

    def __init__(self, pem: str, told: dict[str, Any]) -> None:
        key = serialization.load_pem_public_key(pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise RefusedError("The key is not an Ed25519 public key; get it from the mission again.")
        self.key = key
        spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = hashlib.sha256(spki).hexdigest()
        self.key_id = self.fingerprint[:KEY_ID_LETTERS]
        self.valid_from, self.valid_to, self.revoked_from = (
            told.get(name) and moment(told[name]) for name in ("valid_from", "valid_to", "revoked_from")
        )


def main(arguments: list[str] | None = None) -> int:
    """The exit code."""
    asked = parsed(arguments)
    try:
        keys = read_keys(asked.key)
        content = asked.file.read_bytes()
        if (kind := kind_of(content, asked)) == EVIDENCE:
            told, words = verifier().proven(content, keys), verifier().in_words
        elif kind == RECEIPT:
            told, words = proven(content, keys), record_in_words
        else:
            told, words = verified(content, envelope_of(asked).read_bytes(), keys), in_words
        refuse_unexpected(told, asked)
    except (RefusedError, OSError) as fault:
        return refused(fault, as_json=asked.json)
    print(json.dumps(told, ensure_ascii=False) if asked.json else words(told))
    return 0


def refused(fault: RefusedError | OSError, *, as_json: bool) -> int:
    """Names in it are a stranger's: what is no sign of a text could rewrite what the terminal shows."""
    sentence = f"{fault.filename} cannot be read: {fault.strerror}." if isinstance(fault, OSError) else str(fault)
    plain = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in sentence)
    print(json.dumps({"refused": plain}) if as_json else f"REFUSED. {plain}")
    return 1


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="public key in PEM, or the list of keys")
    parser.add_argument("--envelope", type=Path, help="default: FILE.dsse")
    parser.add_argument("--mission", help="it must be this mission's list")
    parser.add_argument("--holds", type=int, help="number of the edition that the device has")
    parser.add_argument("--at", type=moment, default=datetime.now(UTC), help="it must not have expired then")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def envelope_of(asked: argparse.Namespace) -> Path:
    found: Path = asked.envelope or asked.file.with_name(asked.file.name + ".dsse")
    if not found.is_file():
        raise RefusedError(f"There is no signature {found.name} beside {asked.file.name}; get both files again.")
    return found


def verified(content: bytes, envelope: bytes, keys: list[TrustedKey]) -> dict[str, Any]:
    """What the signed edition or export says of itself. Raises RefusedError."""
    payload_type, payload, key = opened(envelope, keys)
    told = statement(payload_type, payload)
    if told["sha256"] != hashlib.sha256(content).hexdigest():
        raise RefusedError(why_other(content, told))
    issued_at = moment(told["issued_at"])
    ended = key.valid_to is not None and issued_at >= key.valid_to
    early = payload_type == EDITION and key.valid_from is not None and issued_at < key.valid_from
    if ended or early:
        raise RefusedError(f"The key {key.key_id} did not sign when this edition was issued ({told['issued_at']}).")
    return told | {"fingerprint": key.fingerprint}


def opened(envelope: bytes, keys: list[TrustedKey]) -> tuple[str, bytes, TrustedKey]:
    """Type and payload of an envelope in its one form, and the key that signed it. Raises RefusedError."""
    try:
        read = document(envelope)
        payload, payload_type = decoded(read["payload"]), str(read["payloadType"])
        signatures = [(str(one["keyid"]), decoded(one["sig"])) for one in read["signatures"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RefusedError("The signature file is damaged or was changed; get both files again.") from None
    if written(payload_type, payload, signatures) != envelope:
        raise RefusedError("The signature file was changed after it was written; get both files again.")
    if not signatures:
        raise RefusedError("The signature was taken out of the signature file; get both files again.")
    if len(signatures) > 1:
        raise RefusedError("Somebody put another signature into the signature file; get both files again.")
    kind, (key_id, signature) = payload_type.encode("utf-8", "replace"), signatures[0]
    text = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    return payload_type, payload, signer(key_id, signature, text, keys)


def written(payload_type: str, payload: bytes, signatures: list[tuple[str, bytes]]) -> bytes:
    """The one form of an envelope."""
    signed = [{"keyid": key_id, "sig": base64.b64encode(one).decode()} for key_id, one in signatures]
    told = {"payload": base64.b64encode(payload).decode(), "payloadType": payload_type, "signatures": signed}
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def signer(key_id: str, signature: bytes, text: bytes, keys: list[TrustedKey]) -> TrustedKey:
    key = next((one for one in keys if one.key_id == key_id), None)
    if key is None:
        raise RefusedError(
            f"The key {key_id[:KEY_ID_LETTERS]} that signed this is not among those you trust; ask the mission."
        )
    if key.revoked_from:
        raise RefusedError(f"The key {key_id} was revoked: anybody may have made this. Get it from the mission again.")
    try:
        key.key.verify(signature, text)
    except InvalidSignature:
        raise RefusedError("The signature does not fit; get both files from the mission again.") from None
    return key


def statement(payload_type: str, payload: bytes) -> dict[str, Any]:
    """Mission, number, times and hash of what is signed. Raises RefusedError."""
    if payload_type not in (EDITION, EXPORT):
        raise RefusedError(f"This is the signature of something else ({payload_type}).")
    try:
        read = document(payload)
        said = read["offlimits"] if payload_type == EDITION else read
        told = {name: said[name] for name in TOLD}
        told |= {"filtered": said.get("filtered") or None, "link": said.get("link")}
        digest = hashlib.sha256(payload).hexdigest() if payload_type == EDITION else str(said["sha256"])
        moment(told["issued_at"]), moment(told["expires_at"])
        return told | {"number": int(told["number"]), "sha256": digest}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RefusedError("What is signed is no edition that this program knows; get a newer one.") from None


def refuse_unexpected(told: dict[str, Any], asked: argparse.Namespace) -> None:
    """Raises RefusedError for what is genuine and of another mission, or a list that is not the one to be used now."""
    if asked.mission and told["mission"] != asked.mission:
        raise RefusedError(f"It is the list of {told['mission']}, not of {asked.mission}.")
    if (number := told.get("number")) is None:
        return
    if asked.holds and number < asked.holds:
        raise RefusedError(f"Edition {number} is older than edition {asked.holds}, which this device already holds.")
    if asked.at >= moment(told["expires_at"]):
        raise RefusedError(
            f"Edition {number} is as it was signed, and expired at {told['expires_at']}; get the current one. What was "
            "listed in it may still be off limits."
        )


def verifier() -> ModuleType:
    """The file that verifies evidence. Raises RefusedError where it is missing."""
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        return importlib.import_module("verify_evidence")
    except ModuleNotFoundError:
        raise RefusedError("Evidence is verified by verify_evidence.py; put it beside this file.") from None


def kind_of(content: bytes, asked: argparse.Namespace) -> Any:
    """The type of an envelope; a PDF for a notice board has it beside, one of evidence within."""
    if content.startswith(b"%PDF-") and not asked.file.with_name(asked.file.name + ".dsse").is_file():
        return EVIDENCE
    try:
        return document(content).get("payloadType")
    except (ValueError, RecursionError):
        return None


def proven(content: bytes, keys: list[TrustedKey]) -> dict[str, Any]:
    """The record in a receipt, with the fingerprint of who signed it, once all in it fits. Raises RefusedError."""
    _, payload, key = opened(content, keys)
    try:
        told = document(payload)
        if told["format"] != RECORD_FORMAT:
            raise ValueError(told["format"])  # noqa: TRY301  (one answer for whatever is no receipt)
        fault = misfit(told, keys)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RefusedError("What is signed is no receipt that this program knows; get a newer one.") from None
    if fault:
        raise RefusedError(f"This receipt does not hold: {fault}. Keep it, and tell the mission's auditor.")
    row = {name: value for name, value in told["row"].items() if name != "salt"}
    beside = {name: told[name] for name in ("statement", "source", "person", "position")}
    return {"state": "acknowledged"} | row | beside | {"fingerprint": key.fingerprint}


def misfit(told: dict[str, Any], keys: list[TrustedKey]) -> str | None:
    """What in a receipt does not fit, None when all does."""
    (size, root), path = head(told["checkpoint"], keys), [bytes.fromhex(text) for text in told["path"]]
    if root_of_path(hashlib.sha256(b"\0" + canonical(told["leaf"])).digest(), told["position"], size, path) != root:
        return "the inclusion proof does not lead to the checkpoint"
    return misfit_of_word(told)


def misfit_of_word(told: dict[str, Any]) -> str | None:
    """The same of a record, its leaf and its texts, wherever the leaf stands."""
    row, leaf = told["row"], told["leaf"]
    if leaf["rows"].get(told["row_name"]) != sha256(canonical({"row": row, "table": "acknowledgement"})):
        return "the audit leaf does not speak of this record"
    about = (leaf["tag"], leaf["subject"], leaf["mission"], leaf["facts"]["edition"], leaf["facts"]["sha256"])
    tag = f"acknowledgement:{TAGS[row.get('state', 'acknowledged')]}"
    if about != (tag, row["person_id"], row["mission"], row["edition_number"], row["edition_sha256"]):
        return "the audit leaf speaks of something else"
    for text, name in (("statement", "statement_sha256"), ("source", "source_sha256")):
        if told[text] is not None and sha256(told[text].encode()) != row.get(name):
            return "the statement in it is not the one that was shown"
    return None if row["strength"] != "webauthn" or is_signed_by_key(row) else "the security key signed something else"


def head(note: str, keys: list[TrustedKey]) -> tuple[int, bytes]:
    """Size and root of a signed note. Raises RefusedError where no trusted key signed it."""
    text, _, signatures = note.partition("\n\n")
    name, size, root = text.split("\n")
    for line in signatures.splitlines():
        signed = decoded(line.removeprefix(f"\u2014 {name} "))
        if any(signs_note(key, name, signed, text + "\n") for key in keys if not key.revoked_from):
            return int(size), decoded(root)
    raise RefusedError("No key that you trust has signed the checkpoint in this receipt; ask the mission.")


def signs_note(key: TrustedKey, name: str, signed: bytes, text: str) -> bool:
    raw = key.key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    if signed[:4] != hashlib.sha256(name.encode() + b"\n\x01" + raw).digest()[:4]:
        return False
    try:
        key.key.verify(signed[4:], text.encode())
    except InvalidSignature:
        return False
    return True


def root_of_path(digest: bytes, position: int, size: int, path: list[bytes]) -> bytes | None:
    """RFC 6962, section 2.1.1; None for a path of another length."""
    if size <= 1 or not path:
        return digest if (position, size, path) == (0, 1, []) else None
    middle, beside = 1 << (size - 1).bit_length() - 1, path[-1]
    if position < middle:
        left = root_of_path(digest, position, middle, path[:-1])
        return left and hashlib.sha256(b"\x01" + left + beside).digest()
    right = root_of_path(digest, position - middle, size - middle, path[:-1])
    return right and hashlib.sha256(b"\x01" + beside + right).digest()


def is_signed_by_key(row: dict[str, Any]) -> bool:
    """Whether the key that is kept with the record signed this person, edition and statement."""
    kept = {name: str(value) for name, value in document(row["evidence"].encode()).items()}
    client, data = decoded(kept["client_data"]), decoded(kept["authenticator_data"])
    said = document(client)
    names = ("person_id", "mission", "edition_number", "edition_sha256", "statement_sha256")
    about = canonical({"format": RECORD_FORMAT} | {name: row[name] for name in names})
    bound = hashlib.sha256(about + decoded(kept["nonce"])).digest()
    if (said["type"], base64.urlsafe_b64decode(said["challenge"] + "==")) != ("webauthn.get", bound):
        return False
    if data[:32] != hashlib.sha256(kept["rp_id"].encode()).digest():
        return False
    return is_signed(decoded(kept["public_key"]), decoded(kept["signature"]), data + hashlib.sha256(client).digest())


def is_signed(public: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        key = serialization.load_der_public_key(public)
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), SHA256())
        elif isinstance(key, Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def record_in_words(told: dict[str, Any]) -> str:
    who = f"{told['person']['number']} {told['person']['name']}" if told["person"] else told["person_id"]
    by = "" if told["entered_by"] == told["person_id"] else f", entered by {told['entered_by']}"
    served = f", shown {told['served_at']}" if told.get("served_at") else ""
    fingerprint = " ".join(told["fingerprint"][at : at + 8] for at in range(0, 64, 8))
    return (
        f"GENUINE. {who}: {told['state']}, edition {told['edition_number']} of {told['mission']}, "
        f"{told['acknowledged_at']}{served}, by {told['channel']} ({told['strength']}){by}.\n"
        f"SHA-256 of the edition {told['edition_sha256']}\nLeaf {told['position']} of the audit tree.\n"
        f"Signed by {fingerprint}: is that the one in your directive?"
    )


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785, of what a receipt holds: no fractions, and names of plain letters."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def why_other(content: bytes, told: dict[str, Any]) -> str:
    try:
        number = int(document(content)["offlimits"]["number"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        number = told["number"]
    if number != told["number"]:
        return f"The file is of edition {number}, the signature of {told['number']}; take both from the mission again."
    return "The file was changed after it was signed; get it from the mission again."


def in_words(told: dict[str, Any]) -> str:
    what = "A part of edition" if told["filtered"] else "Edition"
    if told["link"]:
        what = f"No list, a link to {told['link']}, made of edition"
    fingerprint = " ".join(told["fingerprint"][at : at + 8] for at in range(0, 64, 8))
    return (
        f"GENUINE. {what} {told['number']} of {told['mission']}, issued {told['issued_at']}, current until "
        f"{told['expires_at']}.\nSHA-256 {told['sha256']}\nSigned by {fingerprint}: is that the one in your directive?"
    )


def read_keys(path: Path) -> list[TrustedKey]:
    content = path.read_text("utf-8", "replace").strip()
    try:
        rows = json.loads(content) if content.startswith("[") else [{"pem": content}]
        return [TrustedKey(row["pem"], row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm, RecursionError):
        raise RefusedError(f"{path.name} is no public key and no list of keys; get it again.") from None


def document(content: bytes) -> dict[str, Any]:
    """One JSON object that every program reads alike. Raises ValueError."""
    read = json.loads(content.decode(), object_pairs_hook=members, parse_constant=int)  # int refuses NaN
    if not isinstance(read, dict):
        raise ValueError("no object")  # noqa: TRY004  (one kind of fault for whatever is no document)
    return read


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def moment(text: str) -> datetime:
    if (read := datetime.fromisoformat(text)).tzinfo is None:
        raise ValueError(text)
    return read


if __name__ == "__main__":
    sys.modules["verify_list"] = sys.modules[__name__]  # which verify_evidence takes its tools from
    sys.exit(main())
