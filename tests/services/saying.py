"""What somebody says about an edition, with or without a stamp or a key, and what the verifiers say of the receipt."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import verify_list

from geo_offlimits.domain.acknowledgement import Acknowledgement
from geo_offlimits.services import (
    acknowledged,
    acknowledging,
    keys,
    sessions,
    stamps,
)
from geo_offlimits.services.acknowledging import Manner
from geo_offlimits.services.act import Act
from geo_offlimits.services.keys import KeyAnswer, Party
from geo_offlimits.services.statements import statement
from geo_offlimits.store import Session
from tests import proving
from tests.authenticator import Key
from tests.services.conftest import MISSION, World

VERIFIER = Path(__file__).parents[2] / "scripts" / "verify_list.py"
HERE = Party(id="localhost", origin="http://localhost")


def session(act: Act, token: str = "") -> Session:
    token = token or f"of {act.person_id}"
    proving.session(act.tx, act.person_id, token)
    found = act.tx.session(sessions.hashed(token))
    assert found
    return replace(found, handle=f"s_{token}")


def sha_of(act: Act, number: int = 1) -> str:
    header = act.tx.editions.header_of(MISSION, number)
    assert header
    return header.sha256


def acknowledge(world: World, who: str = "108", language: str = "en", **how: Any) -> Acknowledgement:
    with world.acting(who) as act:
        return acknowledging.acknowledge(act, MISSION, 1, sha_of(act), language, manner=Manner(**how))


def stamp(world: World, who: str = "108", language: str = "en", token: str = "") -> str:
    with world.acting(who) as act:
        header = act.tx.editions.header(MISSION)
        assert header
        return stamps.stamp(act, session(act, token), header, statement(act, header, language))


def stamped(world: World, brought: str, who: str = "108", language: str = "en", *, number: int = 1) -> Acknowledgement:
    with world.acting(who) as act:
        manner = Manner(stamp=brought, session=session(act))
        return acknowledging.acknowledge(act, MISSION, number, sha_of(act, number), language, manner=manner)


def receipt(world: World, who: str = "108", number: int = 1) -> bytes:
    with world.reading(who) as act:
        return acknowledged.receipt(act, MISSION, number).envelope


def alone(world: World, content: bytes, folder: Path) -> tuple[int, dict[str, Any]]:
    """What the stand-alone verifier says of a receipt: its exit code and its document."""
    (folder / "receipt.json").write_bytes(content)
    (folder / "key.pem").write_text(world.keyring.signing.pem)
    return verifier_says(folder / "receipt.json", "--key", folder / "key.pem", "--json")


def verifier_says(*words: object) -> tuple[int, dict[str, Any]]:
    """In this process: hundreds of papers would wait for as many interpreters. As a program it runs in tests/cli."""
    said, wrong = io.StringIO(), io.StringIO()
    with mock.patch.object(sys, "path", list(sys.path)), redirect_stdout(said), redirect_stderr(wrong):
        code = verify_list.main(list(map(str, words)))
    assert not wrong.getvalue(), wrong.getvalue()
    return code, json.loads(said.getvalue())


def here(world: World, content: bytes) -> acknowledged.VerifiedRecord:
    return acknowledged.verify_receipt(content, world.keyring.public_keys())


class Owner:
    """Somebody with a security key, in a session."""

    def __init__(self, world: World, who: str) -> None:
        self.world, self.who, self.key = world, who, Key(credential_id=f"key of {who}".encode())
        self.add()

    def add(self) -> None:

        with self.world.acting(self.who) as act:
            options = keys.registration(act, session(act), HERE)
            keys.add(act, KeyAnswer(text=self.key.made(options), party=HERE, session=session(act)))

    def asked(self, language: str = "en", number: int = 1) -> str:
        with self.world.acting(self.who) as act:
            edition = (MISSION, number, sha_of(act, number))
            options = acknowledging.key_question(act, edition, language, session(act), HERE)
            assert options
            return options

    def answer(self, signed: str, language: str = "en", number: int = 1) -> Acknowledgement:
        with self.world.acting(self.who) as act:
            found = act.tx.sessions.get(session(act).token_hash)
            assert found
            manner = Manner(key=KeyAnswer(text=signed, party=HERE, session=found))
            return acknowledging.acknowledge(act, MISSION, number, sha_of(act, number), language, manner=manner)
