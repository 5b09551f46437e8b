"""Whoever holds the signing key and forges evidence, or what it rests on, is found by both verifiers."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.formats import evidence as evidence_file
from geo_offlimits.services import acknowledging, signing_keys
from tests import typesetting
from tests.services.conftest import MISSION, World
from tests.services.evidently import Forge, given, judged, signed
from tests.services.saying import VERIFIER, receipt, sha_of

EARLY = "2020-01-01T00:00:00Z"


@pytest.fixture
def island(world: World) -> World:
    """Edition 1, acknowledged by 108 and 110; then edition 2, which 108 has acknowledged as well."""
    world.listed()
    world.published()
    for who in ("108", "110"):
        _acknowledge(world, who, 1)
    world.listed("Red Door", -29.8, 10.2)
    world.published()
    _acknowledge(world, "108", 2)
    return world


def _acknowledge(world: World, who: str, number: int) -> None:
    with world.acting(who) as act:
        acknowledging.acknowledge(act, MISSION, number, sha_of(act, number), "en")
    world.clock.later(minutes=1)


def _set(*path: Any, to: Any) -> Forge:
    def forged(document: Any) -> Any:
        at = document
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to(at[path[-1]]) if callable(to) else to
        return document

    return forged


def _together(*forges: Forge) -> Forge:
    def forged(document: Any) -> Any:
        for one in forges:
            document = one(document)
        return document

    return forged


WORDS, ROW = ("acknowledged", "words"), ("acknowledged", "words", 0, "row")
EDITION = ("proofs", "editions", 0)
FORGED: dict[str, Forge] = {
    "about another person": _set("asked", "person_id", to="p_110"),
    "a word of another person": _set(*ROW, "person_id", to="p_110"),
    "said earlier": _set(*ROW, "acknowledged_at", to=EARLY),
    "said earlier, told as withheld": _together(
        _set(*WORDS, 0, "withheld", to=True), _set(*ROW, "acknowledged_at", to=EARLY)
    ),
    "stronger": _set(*ROW, "strength", to="passphrase_totp"),
    "about another edition": _set(*ROW, "edition_number", to=1),
    "about another hash": _set(*ROW, "edition_sha256", to="0" * 64),
    "another statement": _set(*WORDS, 0, "statement", to="I agree to everything."),
    "a word left out, and told as if it stood": _set(*WORDS, to=[]),
    "told as not acknowledged": _set("acknowledged", "as_known_now", to=None),
    "told as not acknowledged then": _set("acknowledged", "then", to=None),
    "told as no word on the edition": _set("acknowledged", "current_as_known_now", to=None),
    "another time asked about": _set("asked", "at", to="2026-03-02T08:00:30Z"),
    "another edition as current": _set("edition", "number", to=1),
    "another hash of the current edition": _set("edition", "sha256", to="0" * 64),
    "an edition that had expired, told as current": _set("edition", "expires_at", to="2099-01-01T00:00:00Z"),
    "told as expired": _set("edition", "stale", to=True),
    "an edition left out": _set("proofs", "editions", to=[]),
    "an edition that was issued earlier": _set(*EDITION, "issued_at", to=EARLY),
    "an edition of another hash": _set(*EDITION, "sha256", to="0" * 64),
    "a path cut short": _set(*EDITION, "path", to=lambda path: path[:-1]),
    "another place in the tree": _set(*WORDS, 0, "position", to=lambda position: position - 1),
    "another leaf": _set(*WORDS, 0, "leaf", "at", to=EARLY),
    "another head": _set("proofs", "checkpoint", to=lambda note: note.replace("\n", "\n9", 1)),
    "another case": _set("case", "reference", to="PELA/26/18"),
    "given by another": _set("made_by", to="p_101"),
    "given at another time": _set("made_at", to=EARLY),
    "a giving that is not on record": _set("proofs", "given", "leaf", "subject", to="p_110"),
    "an entry that was not on the edition": _set("listed", "matches", 0, "entry_id", to="PELA-0009"),
    "an entry under another name": _set("listed", "matches", 0, "name", to="Green Lantern"),
    "an entry that bound others": _set("listed", "matches", 0, "applies_to", to=["police"]),
    "an entry with other hours": _set("listed", "matches", 0, "hours", to={"tz": "UTC", "weekly": []}),
    "an entry that was not on the acknowledged list": _set("acknowledged", "held", 0, "held", to=False),
    "an entry of which it is not told": _set("acknowledged", "held", to=[]),
    "another form": _set("format", to="geo-offlimits/evidence/9"),
    "a member missing": lambda document: {name: told for name, told in document.items() if name != "proofs"},
    "a witness with another head": _together(
        _set(*EDITION, "witness", to={"number": 2, "sha256": "0" * 64, "issued_at": "2099-01-01T00:00:00Z"}),
        _set(*EDITION, "witness", "size", to=3),
        _set(*EDITION, "witness", "root_sha256", to="0" * 64),
        _set(*EDITION, "witness", "path", to=[]),
    ),
}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_whoever_holds_the_signing_key_still_cannot_forge_it(island: World, tmp_path: Path) -> None:
    genuine: Any = given(island).evidence.document
    assert judged(island, signed(island, genuine), tmp_path)[0] == 0  # the control: signed anew, unaltered
    missed = []
    for attack, forge in FORGED.items():
        forged = forge(copy.deepcopy(genuine))
        assert forged != genuine, attack
        code, answer = judged(island, signed(island, forged), tmp_path)
        if code != 1 or "refused" not in answer:
            missed.append(attack)
    assert missed == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_words_and_editions_of_another_paper_are_found_in_this_one(island: World, tmp_path: Path) -> None:
    """Swapped and replayed: each part is genuine, and of something else."""
    mine: Any = given(island).evidence.document
    theirs: Any = given(island, person="110").evidence.document
    older: Any = given(island, at=island.clock.now.replace(hour=8, minute=1, second=30)).evidence.document
    swapped = {
        "another person's words": mine | {"acknowledged": theirs["acknowledged"]},
        "words of another time": mine | {"acknowledged": older["acknowledged"]},
        "the edition of another time": mine | {"edition": older["edition"]},
        "another giving": mine | {"proofs": mine["proofs"] | {"given": theirs["proofs"]["given"]}},
        "an older head": mine | {"proofs": mine["proofs"] | {"checkpoint": older["proofs"]["checkpoint"]}},
    }
    for attack, document in swapped.items():
        code, answer = judged(island, signed(island, document), tmp_path)
        assert (code, "does not hold" in answer["refused"]) == (1, True), attack


def _in_pdf(content: bytes) -> bytes:
    return b"%PDF-1.7\nstream\n" + content + b"\nendstream\n"


def test_another_signature_type_or_file_is_refused(island: World, tmp_path: Path) -> None:
    made = given(island)
    spoilt = made.envelope.replace(b'"sig":"', b'"sig":"AAAA')
    cut = receipt(island, number=2)[:-1]
    for wrong in (spoilt, made.envelope[:-1], made.envelope + b" ", b"%PDF-1.7\nnothing here", cut):
        assert judged(island, wrong, tmp_path)[0] == 1
    broken = [_in_pdf(begun) for begun in (b'{"payload":"x', b'{"payload":"\xff"}', b'{"payload":""}')]
    for wrong in broken:  # begins as evidence does
        assert judged(island, wrong, tmp_path, "evidence.pdf")[0] == 1
    assert judged(island, broken[0] + _in_pdf(made.envelope), tmp_path, "evidence.pdf")[0] == 0
    other = signed(island, made.evidence.document, "application/vnd.geo-offlimits.export+json;v=1")
    assert judged(island, other, tmp_path)[0] == 1


def test_it_holds_after_the_key_that_signed_the_editions_was_revoked(island: World, tmp_path: Path) -> None:
    before = given(island).envelope
    with island.acting("100") as act:
        followed = signing_keys.revoke(act, island.keyring.signing.key_id)
    island.keyring.take_up(followed)
    assert judged(island, before, tmp_path)[0] == 1  # anybody may have made that one
    island.clock.later(minutes=1)
    code, answer = judged(island, given(island).envelope, tmp_path)
    assert code == 0, answer


def test_without_the_file_beside_it_the_verifier_says_what_it_needs(island: World, tmp_path: Path) -> None:
    (tmp_path / "verify_list.py").write_bytes(VERIFIER.read_bytes())
    (tmp_path / "evidence.json").write_bytes(given(island).envelope)
    (tmp_path / "key.pem").write_text(island.keyring.signing.pem)
    words = [sys.executable, "-I", "verify_list.py", "evidence.json", "--key", "key.pem"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (
        1,
        "REFUSED. Evidence is verified by verify_evidence.py; put it beside this file.\n",
    )
    beside = VERIFIER.with_name("verify_evidence.py")
    (tmp_path / beside.name).write_bytes(beside.read_bytes())
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("GENUINE. Evidence of 108 Stan Field")
    assert "Edition 2 was acknowledged" in done.stdout


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_paper_carries_the_file_and_is_verified_as_it_is(island: World, tmp_path: Path) -> None:
    typesetting.needed()
    made = given(island)
    printed = evidence_file.paper(made.evidence, made.envelope)
    code, answer = judged(island, printed, tmp_path, "evidence.pdf")
    assert code == 0, answer
    told = typesetting.told(printed)
    for words in ("PELA/26/17", "Stan Field", "Blue Lantern", "What this does not show", answer["file_sha256"][:8]):
        assert words in told
    assert json.loads(made.envelope)["payload"] not in told
