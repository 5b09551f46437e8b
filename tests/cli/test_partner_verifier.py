"""The one file that a partner verifies lists with, away from every store; and that nothing changed gets past it."""

import base64
import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from geo_offlimits.delivery.envelopes import EDITION_TYPE, EXPORT_TYPE
from geo_offlimits.delivery.public_keys import PublicKey, trusted
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services.verification import verify_content
from tests.cli.prompt import Prompt, next_second

SCRIPT = Path(__file__).parents[2] / "scripts" / "verify_list.py"


@pytest.fixture(scope="module")
def partner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_list", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Handed:
    """What a partner was given: a file, its envelope, the keys."""

    file: Path
    envelope: Path
    key: Path
    keys: tuple[PublicKey, ...]


@pytest.fixture
def handed(prompt: Prompt, tmp_path: Path) -> Handed:
    file, key = tmp_path / "list.geojson", tmp_path / "key.pem"
    prompt("export", "--output", file, by="106").done()
    prompt("key", "export", "--output", key).done()
    return Handed(file, file.with_name("list.geojson.dsse"), key, trusted(key.read_bytes()))


@pytest.fixture
def said(partner: ModuleType, handed: Handed, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*words: object) -> tuple[int, str]:
        code = partner.main([str(handed.file), "--key", str(handed.key), *map(str, words)])
        return code, capsys.readouterr().out

    return run


def test_it_runs_as_one_file_beside_nothing_of_ours(prompt: Prompt, handed: Handed, tmp_path: Path) -> None:
    alone = tmp_path / "usb" / "verify_list.py"
    alone.parent.mkdir()
    alone.write_bytes(SCRIPT.read_bytes())
    words = [sys.executable, "-I", str(alone), str(handed.file), "--key", str(handed.key)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=alone.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("GENUINE. Edition 1 of ISLE")
    assert prompt("key", "list").out.split()[1] in done.stdout
    needs = subprocess.run(
        [sys.executable, "-X", "importtime", str(alone), "--help"], capture_output=True, text=True, check=True
    )
    assert "cryptography" in needs.stderr
    assert not [ours for ours in ("geo_offlimits", "securesystemslib", "rfc8785") if ours in needs.stderr]


def test_what_it_tells_is_what_the_prompt_tells(
    prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]]
) -> None:
    code, out = said("--json", "--mission", "ISLE", "--holds", 1)
    told = json.loads(out)
    assert code == 0
    assert told.pop("filtered") is None
    assert told.items() <= prompt("edition", "verify", handed.file, "--json").done().json.items()


def test_a_part_is_told_as_one(prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]]) -> None:
    prompt("export", "--output", handed.file, "--bbox=-16,-31.7,-15.8,-31.5", by="106").done()
    code, out = said()
    assert (code, out.startswith("GENUINE. A part of edition 1")) == (0, True)


def test_a_link_is_told_as_no_list(prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]]) -> None:
    prompt("export", "--format", "kml", "--link", "https://lists.example", "--output", handed.file, by="106").done()
    sentence = "No list, a link to https://lists.example/missions/ISLE/"
    assert said()[1].startswith(f"GENUINE. {sentence}")
    assert prompt("edition", "verify", handed.file).done().out.startswith(sentence)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--holds", 42), "Edition 1 is older than edition 42, which this device already holds."),
        (("--mission", "MORO"), "It is the list of ISLE, not of MORO."),
        (("--at", "2199-01-01T00:00:00Z"), "and expired at"),
    ],
)
def test_a_genuine_list_that_is_not_the_one_to_be_used_is_refused(
    prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]], words: tuple[object, ...], sentence: str
) -> None:
    code, out = said(*words)
    assert (code, sentence in out) == (1, True), out
    at_prompt = prompt("edition", "verify", handed.file, *words)
    assert (at_prompt.code, sentence in at_prompt.err) == (1, True), at_prompt


def test_signatures_that_are_missing_stripped_foreign_or_of_another_edition_are_refused(
    prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    kept = handed.envelope.read_bytes()
    handed.envelope.unlink()
    assert "There is no signature list.geojson.dsse" in said()[1]
    stripped = json.loads(kept) | {"signatures": []}
    handed.envelope.write_text(json.dumps(stripped, separators=(",", ":"), sort_keys=True))
    assert "taken out" in said()[1]
    handed.envelope.write_bytes(json.dumps(json.loads(kept)).encode())
    assert "changed after it was written" in said()[1]
    other = tmp_path / "other.pem"
    foreign = Prompt(tmp_path / "elsewhere")
    foreign.folder.mkdir()
    foreign("init").done()
    foreign("key", "export", "--output", other).done()
    handed.envelope.write_bytes(kept)
    assert "not among those you trust" in said("--key", other)[1]
    next_second()
    prompt("edition", "publish", "--renew", by="101").done()
    prompt("export", "--output", tmp_path / "newer.geojson", by="106").done()
    mixed = said("--envelope", tmp_path / "newer.geojson.dsse")
    assert (mixed[0], "The file is of edition 1, the signature of 2" in mixed[1]) == (1, True)
    assert said()[0] == 0


TAKEN_FOR_GENUINE = "\x1b[1K\rGENUINE. Edition 9 of ISLE, issued today.\n"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"keyid": TAKEN_FOR_GENUINE}, r"The key \x1b[1K\rGENUINE. Ed that signed this"),
        ({"keyid": "\ud800"}, r"The key \ud800 that signed this"),
        ({"payloadType": TAKEN_FOR_GENUINE}, "The signature does not fit"),
        ({"payloadType": "\ud800"}, "The signature does not fit"),
    ],
)
def test_a_strangers_signature_cannot_rewrite_what_the_terminal_shows(
    handed: Handed, said: Callable[..., tuple[int, str]], changed: dict[str, str], sentence: str
) -> None:
    read = json.loads(handed.envelope.read_bytes())
    (signature,) = read["signatures"]
    read |= {name: text for name, text in changed.items() if name in read}
    signature |= {name: text for name, text in changed.items() if name in signature}
    handed.envelope.write_text(json.dumps(read, separators=(",", ":"), sort_keys=True))
    code, out = said()
    assert (code, out.startswith("REFUSED. "), sentence in out) == (1, True, True), out
    assert out.rstrip("\n").isprintable()


def test_a_file_whose_number_is_none_is_refused(handed: Handed, said: Callable[..., tuple[int, str]]) -> None:
    handed.file.write_text('{"offlimits": {"number": 1e999}}')
    assert said() == (1, "REFUSED. The file was changed after it was signed; get it from the mission again.\n")


@pytest.mark.parametrize("twice", [False, True])
def test_a_second_signature_is_refused_here_as_at_the_prompt(
    prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]], *, twice: bool
) -> None:
    read = json.loads(handed.envelope.read_bytes())
    read["signatures"].append(read["signatures"][0] if twice else {"keyid": "0" * 16, "sig": "AAAA"})
    handed.envelope.write_text(json.dumps(read, separators=(",", ":"), sort_keys=True))
    assert "another signature" in said()[1]
    at_prompt = prompt("edition", "verify", handed.file)
    assert (at_prompt.code, "was changed after it was written" in at_prompt.err) == (1, True), at_prompt


def test_a_list_of_keys_tells_which_of_them_was_revoked(
    prompt: Prompt, handed: Handed, said: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    first = prompt("key", "list", "--json").json[0]["key_id"]
    done = prompt("key", "rotate", by="100").done()
    assert "directive" in done.out
    prompt("key", "export", "--all", "--output", keys).done()
    assert said("--key", keys)[0] == 0, "what a key signed before it ended stays genuine"
    revoked = prompt("key", "revoke", first, by="100").done()
    assert "No device takes the current list of ISLE now" in revoked.out
    assert said("--key", keys)[0] == 0, "the partner's list of keys is older"
    prompt("key", "export", "--all", "--output", keys).done()
    code, out = said("--key", keys)
    assert (code, f"The key {first} was revoked" in out) == (1, True)
    assert "revoked from" in prompt("key", "list").out
    assert prompt("edition", "verify", handed.file).code == 1


Mutate = Callable[[random.Random, bytes], bytes]


def _at(chance: random.Random, content: bytes) -> int:
    return chance.randrange(len(content))


def _cut(chance: random.Random, content: bytes) -> bytes:
    at = _at(chance, content)
    return content[:at] + content[at + chance.randint(1, 9) :]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    at, much = _at(chance, content), chance.randint(1, 40)
    return content[: at + much] + content[at : at + much] + content[at + much :]


def _flip(chance: random.Random, content: bytes) -> bytes:
    at = _at(chance, content)
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _insert(chance: random.Random, content: bytes) -> bytes:
    at = _at(chance, content)
    return content[:at] + chance.choice([b" ", b"\n", b"0", b"A", b'"', b"\xff"]) + content[at:]


def _digit(chance: random.Random, content: bytes) -> bytes:
    at = chance.choice([at for at, sign in enumerate(content) if 48 <= sign <= 57])
    return content[:at] + b"%d" % ((content[at] - 47) % 10) + content[at + 1 :]


BYTES: tuple[Mutate, ...] = (_flip, _cut, _repeat, _insert, _digit)


def _document(change: Callable[[random.Random, dict[str, object]], None]) -> Mutate:
    def mutate(chance: random.Random, envelope: bytes) -> bytes:
        read = json.loads(envelope)
        change(chance, read)
        return json.dumps(read, separators=(",", ":"), sort_keys=True).encode()

    return mutate


def _other_type(_: random.Random, read: dict[str, object]) -> None:
    read["payloadType"] = EXPORT_TYPE if read["payloadType"] == EDITION_TYPE else EDITION_TYPE


def _more_members(chance: random.Random, read: dict[str, object]) -> None:
    read[chance.choice(["x", "note", "payloadtype"])] = chance.random()


def _signed_by_a_stranger(_: random.Random, read: dict[str, object]) -> None:
    payload, kind = base64.b64decode(str(read["payload"])), str(read["payloadType"])
    text = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    signature = base64.b64encode(Ed25519PrivateKey.generate().sign(text)).decode()
    read["signatures"] = [{**read["signatures"][0], "sig": signature}]  # type: ignore[index]


def _spaced(_: random.Random, envelope: bytes) -> bytes:
    return json.dumps(json.loads(envelope)).encode()


ENVELOPES = (*BYTES, *map(_document, (_other_type, _more_members, _signed_by_a_stranger)), _spaced)


def mutated(handed: Handed, count: int) -> Iterator[tuple[str, bytes, bytes]]:
    """What was done, the file, the envelope; the same each time."""
    chance = random.Random(20261126)
    content, envelope = handed.file.read_bytes(), handed.envelope.read_bytes()
    while count:
        of_file = chance.random() < 0.5
        mutate = chance.choice(BYTES if of_file else ENVELOPES)
        changed = mutate(chance, content if of_file else envelope)
        if changed != (content if of_file else envelope):
            yield mutate.__name__, changed if of_file else content, envelope if of_file else changed
            count -= 1


def got_past(partner: ModuleType, handed: Handed, keys: list[Any], count: int) -> list[str]:
    """The mutations that the partner's verifier with these keys, or ours, took for genuine."""
    past = []
    for what, content, envelope in mutated(handed, count):
        with suppress(partner.RefusedError):
            partner.verified(content, envelope, keys)
            past.append(what)
        with suppress(OfflimitsError):
            verify_content(content, envelope, handed.keys)
            past.append(what)
    return past


@pytest.mark.parametrize(
    ("part", "count"),
    [
        ((), 300),
        (("--bbox=-16,-31.7,-15.8,-31.5",), 300),
        pytest.param((), 5000, marks=pytest.mark.deep),
    ],
)
def test_no_mutation_of_file_or_envelope_gets_past(
    partner: ModuleType, prompt: Prompt, handed: Handed, part: tuple[str, ...], count: int
) -> None:
    prompt("export", "--output", handed.file, *part, by="106").done()
    unmutated = handed.file.read_bytes(), handed.envelope.read_bytes()
    assert partner.verified(*unmutated, partner.read_keys(handed.key))["number"] == 1
    assert verify_content(*unmutated, handed.keys).number == 1
    assert got_past(partner, handed, partner.read_keys(handed.key), count) == []


def test_the_mutations_would_show_a_verifier_that_does_not_look(partner: ModuleType, handed: Handed) -> None:
    class Blind:
        def verify(self, *_: bytes) -> None: ...

    keys = partner.read_keys(handed.key)
    keys[0].key = Blind()
    assert got_past(partner, handed, keys, 200)


@pytest.mark.parametrize(
    "text", ["", "[", "[{}]", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "[7]"]
)
def test_what_is_no_key_is_refused_with_a_sentence(
    handed: Handed, said: Callable[..., tuple[int, str]], text: str
) -> None:
    handed.key.write_text(text)
    code, out = said()
    assert (code, "no public key" in out) == (1, True)
