"""Keys and envelopes: what verifies, and everything that must not."""

import base64
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from geo_offlimits.delivery.envelopes import EDITION_TYPE, EXPORT_TYPE, payload_type_of, signing_key, verify
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.delivery.signing import Keyring, KeyringError
from geo_offlimits.errors import InputError, UnverifiedError

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LIST = b'{"type":"FeatureCollection","features":[]}'


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path, NOW)


def test_what_was_signed_comes_back_byte_for_byte(keyring: Keyring) -> None:
    envelope = keyring.sign(LIST, EDITION_TYPE)
    assert verify(envelope, keyring.public_keys(), EDITION_TYPE) == LIST
    assert signing_key(envelope, keyring.public_keys()) == keyring.public_keys()[-1]
    assert payload_type_of(envelope) == EDITION_TYPE


def test_the_signature_is_over_the_published_pre_authentication_encoding(keyring: Keyring) -> None:
    document = json.loads(keyring.sign(LIST, EDITION_TYPE))
    encoding = b"DSSEv1 %d %s %d %s" % (len(EDITION_TYPE), EDITION_TYPE.encode(), len(LIST), LIST)
    key = load_pem_public_key(keyring.public_keys()[-1].pem.encode())
    key.verify(base64.b64decode(document["signatures"][0]["sig"]), encoding)  # type: ignore[call-arg, union-attr]


def test_a_key_opened_again_verifies_and_signs_the_same(keyring: Keyring, tmp_path: Path) -> None:
    again = Keyring(tmp_path)
    assert again.public_keys() == keyring.public_keys()
    assert again.sign(LIST, EDITION_TYPE) == keyring.sign(LIST, EDITION_TYPE)
    assert again.public_keys()[-1].valid.start == NOW


def test_keys_can_be_read_by_their_owner_only(keyring: Keyring) -> None:
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700
    for file in keyring.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [file for file in keyring.folder.iterdir() if file.suffix == ".half"]


def test_a_second_initialisation_never_replaces_a_key(keyring: Keyring, tmp_path: Path) -> None:
    before = keyring.sign(LIST, EDITION_TYPE)
    with pytest.raises(KeyringError, match="already"):
        Keyring.create(tmp_path, NOW)
    assert Keyring(tmp_path).sign(LIST, EDITION_TYPE) == before


def test_an_envelope_of_one_kind_does_not_pass_for_another(keyring: Keyring) -> None:
    with pytest.raises(UnverifiedError, match="export"):
        verify(keyring.sign(LIST, EXPORT_TYPE), keyring.public_keys(), EDITION_TYPE)


def test_a_relabelled_envelope_is_refused(keyring: Keyring) -> None:
    document = json.loads(keyring.sign(LIST, EXPORT_TYPE)) | {"payloadType": EDITION_TYPE}
    with pytest.raises(UnverifiedError, match="does not fit"):
        verify(json.dumps(document).encode(), keyring.public_keys(), EDITION_TYPE)


def test_the_key_of_another_installation_is_not_trusted(keyring: Keyring, tmp_path: Path) -> None:
    other = Keyring.create(tmp_path / "other", NOW)
    with pytest.raises(UnverifiedError, match="fingerprint"):
        verify(other.sign(LIST, EDITION_TYPE), keyring.public_keys(), EDITION_TYPE)
    assert signing_key(other.sign(LIST, EDITION_TYPE), keyring.public_keys()) is None


def test_a_foreign_signature_under_our_key_id_is_refused(keyring: Keyring) -> None:
    document = json.loads(keyring.sign(LIST, EDITION_TYPE))
    forged = Ed25519PrivateKey.generate().sign(b"DSSEv1 " + LIST)
    document["signatures"][0]["sig"] = base64.b64encode(forged).decode()
    with pytest.raises(UnverifiedError, match="does not fit"):
        verify(json.dumps(document).encode(), keyring.public_keys(), EDITION_TYPE)


def test_without_a_trusted_key_nothing_verifies(keyring: Keyring) -> None:
    with pytest.raises(UnverifiedError, match="No key"):
        verify(keyring.sign(LIST, EDITION_TYPE), (), EDITION_TYPE)


@pytest.mark.parametrize("position", [0, 7, 20, -1])
def test_one_changed_byte_of_the_payload_is_found(keyring: Keyring, position: int) -> None:
    document = json.loads(keyring.sign(LIST, EDITION_TYPE))
    changed = bytearray(LIST)
    changed[position] ^= 1
    document["payload"] = base64.b64encode(bytes(changed)).decode()
    with pytest.raises(UnverifiedError):
        verify(json.dumps(document).encode(), keyring.public_keys(), EDITION_TYPE)


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"payload": 3, "payloadType": "x", "signatures": []}',
        b'{"payload": "", "payloadType": 3, "signatures": [{"keyid": "a", "sig": "AA=="}]}',
        b'{"payload": "", "payloadType": "x", "signatures": [7]}',
        b'{"payload": "", "payloadType": "x", "signatures": null}',
        b'{"payload": "!", "payloadType": "x", "signatures": [{"keyid": "a", "sig": "!"}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_envelope_is_refused_with_a_sentence(keyring: Keyring, envelope: bytes) -> None:
    with pytest.raises(UnverifiedError, match="does not fit"):
        verify(envelope, keyring.public_keys(), EDITION_TYPE)


@pytest.mark.parametrize("envelope", [b"", b"[]", b"\xff"])
def test_asking_what_a_broken_envelope_holds_gives_a_sentence(envelope: bytes) -> None:
    with pytest.raises(UnverifiedError, match="not a DSSE envelope"):
        payload_type_of(envelope)


def test_a_public_key_is_known_by_its_fingerprint(keyring: Keyring) -> None:
    newest = keyring.public_keys()[-1]
    assert PublicKey.from_pem(newest.pem).fingerprint == newest.fingerprint
    assert newest.grouped_fingerprint.replace(" ", "") == newest.fingerprint
    assert {len(group) for group in newest.grouped_fingerprint.split()} == {8}


@pytest.mark.parametrize("pem", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_public_key_is_refused(pem: str) -> None:
    with pytest.raises(InputError, match="key export"):
        PublicKey.from_pem(pem)


def test_missing_keys_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="init"):
        Keyring(tmp_path).public_keys()


def test_a_damaged_list_of_keys_is_not_guessed_at(keyring: Keyring, tmp_path: Path) -> None:
    (keyring.folder / "keys.json").write_text("{")
    with pytest.raises(KeyringError, match="backup"):
        Keyring(tmp_path).public_keys()


def test_a_lost_private_key_still_verifies_but_no_longer_signs(keyring: Keyring, tmp_path: Path) -> None:
    envelope = keyring.sign(LIST, EDITION_TYPE)
    next(keyring.folder.glob("*.private.pem")).unlink()
    again = Keyring(tmp_path)
    assert verify(envelope, again.public_keys(), EDITION_TYPE) == LIST
    with pytest.raises(KeyringError, match="cannot be used"):
        again.sign(LIST, EDITION_TYPE)
