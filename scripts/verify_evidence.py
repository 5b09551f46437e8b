"""Does evidence hold? What `verify_list.py`, which lies beside this file, asks of a PDF or JSON that tells evidence.

1. A key that is trusted signed the file, and the head of the audit tree that is in it.
2. Every leaf in it leads to that head by its path, and to the heads of the editions that are named as witnesses.
3. Each edition is the one that the mission signed and its leaf says was published; a key that was revoked since proves
   nothing, the leaf does.
4. What the person said is the person's who was asked about, about one of these editions, said and recorded in the order
   of the tree, where the edition before it was not issued later than it says; and what is told to have stood then and
   now follows from it.
5. Each entry that is told to have been listed stands on the edition, as it is told.
6. That the evidence was given stands in the tree, for this case.

What distances and hours led to, what is known now, and that nothing was left out, rests on the signature.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from verify_list import (
    EDITION,
    EVIDENCE,
    TAGS,
    RefusedError,
    TrustedKey,
    canonical,
    decoded,
    document,
    head,
    misfit_of_word,
    moment,
    opened,
    root_of_path,
    sha256,
)

FORMAT = "geo-offlimits/evidence/1"
COMPARED = ("name", "restriction", "applies_to", "hours", "part", "address", "locality", "directive", "issuer")
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
LARGEST_BYTES = 64_000_000
CLOCK = timedelta(minutes=1)  # by so much may the mission's clock have been set back

Told = dict[str, Any]
Editions = dict[tuple[str, int], Told]


def proven(content: bytes, keys: list[TrustedKey]) -> Told:
    """What evidence tells, with the fingerprint of who signed it, once all in it fits. Raises RefusedError."""
    envelope = carried(content) if content.startswith(b"%PDF-") else content
    _, payload, key = opened(envelope, keys)
    try:
        told = document(payload)
        if told["format"] != FORMAT:
            raise ValueError(told["format"])  # noqa: TRY301  (one answer for whatever is no evidence)
        fault = next(faults(told, keys), None)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise RefusedError("What is signed is no evidence that this program knows; get a newer one.") from None
    if fault:
        raise RefusedError(f"This evidence does not hold: {fault}. Keep it, and tell the mission's auditor.")
    facts = {name: value for name, value in told.items() if name not in ("proofs", "mission", "case")}
    about = {"mission": told["mission"]["code"], "case": told["case"]["reference"]}
    return facts | about | {"fingerprint": key.fingerprint, "file_sha256": sha256(envelope)}


def carried(pdf: bytes) -> bytes:
    """The file of evidence within a PDF. Raises RefusedError."""
    for found in STREAM.finditer(pdf):
        packed = zlib.decompressobj()
        try:
            content = packed.decompress(found[1], LARGEST_BYTES)
        except zlib.error:
            content = found[1]
        if is_evidence(content):
            return content
    raise RefusedError(
        "There is no signature beside this PDF, and no evidence within it; get it from the mission again."
    )


def is_evidence(content: bytes) -> bool:
    """Whether it is an envelope of evidence; a PDF may hold what only begins as one."""
    try:
        return content.startswith(b'{"payload":"') and document(content)["payloadType"] == EVIDENCE
    except (ValueError, KeyError, RecursionError):
        return False


def faults(told: Told, keys: list[TrustedKey]) -> Iterator[str]:
    """What in evidence does not fit."""
    proofs, words = told["proofs"], told["acknowledged"]["words"]
    size, root = head(proofs["checkpoint"], keys)
    editions: Editions = {(one["mission"], one["number"]): one for one in proofs["editions"]}
    erasures = [one["erased"] for one in words if one["erased"]]
    for leaf in (proofs["given"], *proofs["editions"], *words, *erasures):
        yield from of_leaf(leaf, size, root)
    for edition in editions.values():
        yield from of_edition(edition, keys)
    yield from of_witnesses((proofs["given"], *proofs["editions"], *words), editions, told["mission"]["code"])
    yield from of_giving(told)
    yield from of_current(told, editions)
    for word in words:
        yield from of_word(word, told, editions)
    yield from of_standing(told)
    yield from of_listed(told, editions)


def of_leaf(proof: Told, size: int, root: bytes) -> Iterator[str]:
    digest = hashlib.sha256(b"\0" + canonical(proof["leaf"])).digest()
    if leads_to(digest, proof["position"], size, proof["path"]) != root:
        yield f"the inclusion proof of leaf {proof['position']} does not lead to the checkpoint"
    witness = proof["witness"]
    if witness is None:
        return
    found = leads_to(digest, proof["position"], witness["size"], witness["path"])
    if found is None or found.hex() != witness["root_sha256"]:
        yield f"leaf {proof['position']} does not stand in the tree of edition {witness['number']}"
    if moment(proof["leaf"]["at"]) > moment(witness["issued_at"]).replace(microsecond=999_999):
        yield f"leaf {proof['position']} is later than the edition that witnesses it"


def leads_to(digest: bytes, position: int, size: int, path: list[str]) -> bytes | None:
    return root_of_path(digest, position, size, [bytes.fromhex(one) for one in path])


def of_edition(told: Told, keys: list[TrustedKey]) -> Iterator[str]:
    """Signed, of this hash, saying of itself what is told of it, and published when its leaf says."""
    payload = signed_payload(told["envelope"], keys)
    leaf = told["leaf"]
    read = document(payload)["offlimits"]
    name = f"edition {told['number']} of {told['mission']}"
    if sha256(payload) != told["sha256"]:
        yield f"{name} is another than its hash says"
    if any(read[one] != told[one] for one in ("mission", "number", "issued_at", "expires_at", "previous_sha256")):
        yield f"{name} says something else of itself"
    about = (leaf["tag"], leaf["subject"], leaf["facts"]["sha256"], leaf["at"])
    if about != ("edition:published", f"{told['mission']}/{told['number']}", told["sha256"], told["issued_at"]):
        yield f"the audit leaf does not speak of {name}"


def signed_payload(envelope: Told, keys: list[TrustedKey]) -> bytes:
    """What is in an edition's envelope, signed by a key that is known; for one that was revoked the leaf proves it."""
    revoked = {one.key_id for one in keys if one.revoked_from}
    if revoked & {one["keyid"] for one in envelope["signatures"]} and envelope["payloadType"] == EDITION:
        return decoded(envelope["payload"])
    payload_type, payload, _ = opened(canonical(envelope), keys)
    if payload_type != EDITION:
        raise RefusedError(f"The signature of an edition is that of something else ({payload_type}).")
    return payload


def of_witnesses(proofs: Iterable[Told], editions: Editions, mission: str) -> Iterator[str]:
    """A witness that is in the file itself must hold the very head that is told."""
    for proof in proofs:
        witness = proof["witness"]
        edition = editions.get((mission, witness["number"])) if witness else None
        if edition is None:
            continue
        kept = document(decoded(edition["envelope"]["payload"]))["offlimits"]["checkpoint"]
        heads = (witness["sha256"], witness["size"], witness["root_sha256"])
        if heads != (edition["sha256"], kept["size"], kept["root_sha256"]):
            yield f"edition {witness['number']} does not witness leaf {proof['position']}"


def of_giving(told: Told) -> Iterator[str]:
    case, leaf = told["case"], told["proofs"]["given"]["leaf"]
    about = (leaf["tag"], leaf["subject"], leaf["actor"], leaf["mission"], leaf["at"], leaf["facts"]["case"])
    digest = sha256((case["salt"] + case["reference"]).encode())
    person, mission = told["asked"]["person_id"], told["mission"]["code"]
    if about != ("evidence:given", person, told["made_by"], mission, told["made_at"], digest):
        yield "the audit leaf speaks of another giving of evidence"


def of_current(told: Told, editions: Editions) -> Iterator[str]:
    """The edition that is told to have been current is in the file, and was issued by then."""
    edition, at, mission = told["edition"], moment(told["asked"]["at"]), told["mission"]["code"]
    if edition is None:
        return
    proof = editions.get((mission, edition["number"]))
    if proof is None or any(edition[one] != proof[one] for one in ("sha256", "issued_at", "expires_at")):
        yield "the edition that was current then is not in the file"
    if moment(edition["issued_at"]) > at:
        yield "the edition that is told to have been current was issued later"
    if edition["stale"] != (at >= moment(edition["expires_at"])):
        yield "the edition had expired then, or had not, other than is told"
    own = [number for code, number in editions if code == mission]
    if any(moment(editions[mission, one]["issued_at"]) <= at for one in own if one > edition["number"]):
        yield "a later edition was current then"


def of_word(word: Told, told: Told, editions: Editions) -> Iterator[str]:
    """What was said: by this person, in this mission, about an edition that is in the file, after it was published."""
    row, leaf = word["row"], word["leaf"]
    if fault := misfit_of_leaf(word) if word["withheld"] or word["erased"] else misfit_of_word(word):
        yield fault
    if word["erased"]:
        yield from of_erasure(word)
    elif word["withheld"] and row.get("state", "acknowledged") == "acknowledged":
        yield "of an acknowledgement nothing is withheld"
    if (row["person_id"], row["mission"]) != (told["asked"]["person_id"], told["mission"]["code"]):
        yield "it tells what another person said"
    edition = editions.get((row["mission"], row["edition_number"]))
    if edition is None or edition["sha256"] != row["edition_sha256"]:
        yield "what was said is about an edition that is not in the file, or has another hash"
    elif edition["position"] >= word["position"]:
        yield "what was said stands in the tree before the edition it is about"
    if moment(row["recorded_at"]).replace(microsecond=0) != moment(leaf["at"]):
        yield "what was said was recorded at another time than its leaf says"
    if moment(row["acknowledged_at"]) > moment(row["recorded_at"]):
        yield "something was recorded before it was said"
    yield from of_newest(word, editions)


def of_newest(word: Told, editions: Editions) -> Iterator[str]:
    """Nobody writes of yesterday today: the edition that was the newest then is in the file, and is no younger."""
    mission, position, at = word["row"]["mission"], word["position"], moment(word["leaf"]["at"])
    before = {
        number: one for (code, number), one in editions.items() if (code, one["position"] < position) == (mission, True)
    }
    if word["witness"] and word["witness"]["number"] - 1 not in before:
        yield "the edition that was the newest when something was said is not in the file"
    if any(moment(one["issued_at"]) > at + CLOCK for one in before.values()):
        yield "what was said stands in the tree after an edition that was issued later than it says: it was back-dated"


def misfit_of_leaf(word: Told) -> str | None:
    """Of what is withheld or was erased since: what its leaf says of it by itself."""
    row, leaf = word["row"], word["leaf"]
    tag = f"acknowledgement:{TAGS[row.get('state', 'acknowledged')]}"
    told = (row["person_id"], row["mission"], row["edition_number"], row["edition_sha256"], row["channel"])
    facts = leaf["facts"]
    about = (leaf["subject"], leaf["mission"], facts["edition"], facts["sha256"], facts["channel"])
    fits = (leaf["tag"], facts["strength"], about) == (tag, row["strength"], told) and word["row_name"] in leaf["rows"]
    return None if fits else "the audit leaf does not speak of this word"


def of_erasure(word: Told) -> Iterator[str]:
    """A row out of which somebody was erased is as the leaf of that erasure left it."""
    row, leaf = word["row"], word["erased"]["leaf"]
    digest = sha256(canonical({"row": row, "table": "acknowledgement"}))
    told = (leaf["tag"], leaf["subject"], leaf["facts"]["erased"].get(word["row_name"]))
    if told != ("person:erased", row["person_id"], digest):
        yield "the audit leaf of the erasure does not speak of this word"


def of_standing(told: Told) -> Iterator[str]:
    """What stood as acknowledged, then and as known now, follows from the words."""
    said, at = told["acknowledged"], moment(told["asked"]["at"])
    if [one["position"] for one in said["words"]] != sorted(one["position"] for one in said["words"]):
        yield "what was said is not told in the order of the tree"
    current = told["edition"] and told["edition"]["number"]
    moments = (("then", "current_then", at), ("as_known_now", "current_as_known_now", moment("9999-01-01T00:00:00Z")))
    for name, of_edition_then, known_at in moments:
        last = last_words(said["words"], at, known_at)
        standing = [one for one in last.values() if one["row"].get("state", "acknowledged") == "acknowledged"]
        highest = max(standing, key=lambda one: int(one["row"]["edition_number"]), default=None)
        if said[name] != (highest and highest["row_name"]):
            yield "what is told to have been acknowledged does not follow from what was said"
        if said[of_edition_then] != (last[current]["row_name"] if current in last else None):
            yield "the last word on the edition of then is another than is told"


def last_words(words: list[Told], at: Any, known_at: Any) -> dict[int, Told]:
    return {
        one["row"]["edition_number"]: one
        for one in words
        if moment(one["row"]["acknowledged_at"]) <= at and moment(one["row"]["recorded_at"]) <= known_at
    }


def of_listed(told: Told, editions: Editions) -> Iterator[str]:
    """Each entry that is told of stands on the edition of then, or on that of another mission, as it is told."""
    if told["listed"] is None:
        return
    current = told["edition"] and told["edition"]["number"]
    standing = {
        feature["id"]: feature["properties"]
        for (mission, number), edition in editions.items()
        if mission != told["mission"]["code"] or number == current
        for feature in document(decoded(edition["envelope"]["payload"]))["features"]
    }
    for match in told["listed"]["matches"]:
        entry = standing.get(match["entry_id"])
        if entry is None or any(entry[name] != match[name] for name in COMPARED):
            yield f"{match['entry_id']} does not stand on the edition as it is told"
    yield from of_held(told, editions, standing)


def of_held(told: Told, editions: Editions, standing: Told) -> Iterator[str]:
    """Whether the list that they had acknowledged held an entry."""
    said = told["acknowledged"]
    row = next((one["row"] for one in said["words"] if one["row_name"] == said["as_known_now"]), None)
    if row is None:
        return
    edition = editions[row["mission"], row["edition_number"]]
    ids = {feature["id"] for feature in document(decoded(edition["envelope"]["payload"]))["features"]}
    own = {one["entry_id"] for one in told["listed"]["matches"] if one["issuer"] == told["mission"]["code"]}
    if not own <= {one["entry_id"] for one in said["held"]} <= set(standing):
        yield "it does not tell of each entry whether the acknowledged list held it"
    if any(one["held"] != (one["entry_id"] in ids) for one in said["held"]):
        yield "the acknowledged list held other entries than is told"


def in_words(told: Told) -> str:
    person, edition, listed, said = told["person"], told["edition"], told["listed"], told["acknowledged"]
    word = next((one for one in said["words"] if one["row_name"] == said["as_known_now"]), None)
    fingerprint = " ".join(told["fingerprint"][at : at + 8] for at in range(0, 64, 8))
    place = f", {listed['headline']}" if listed else ""
    current = f"Edition {edition['number']} was current, issued {edition['issued_at']}" if edition else "No edition yet"
    had = "Nothing was acknowledged that stood then."
    if word:
        row = word["row"]
        how = f"{row['acknowledged_at']}, by {row['channel']} ({row['strength']})"
        had = f"Edition {row['edition_number']} was acknowledged {how}, leaf {word['position']} of the audit tree."
    late = "" if said["then"] == said["as_known_now"] else " At the time the record said otherwise."
    return (
        f"GENUINE. Evidence of {person['number']} {person['name']} at {told['asked']['at']}, case {told['case']}, made "
        f"{told['made_at']}.\n{current}{place}.\n{had}{late}\nIt shows neither that anybody was there nor that the "
        f"list was understood; read what stands in it.\nSHA-256 of the file {told['file_sha256']}\n"
        f"Signed by {fingerprint}: is that the one in your directive?"
    )
