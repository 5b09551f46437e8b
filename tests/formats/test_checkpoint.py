"""A checkpoint as others' tools read it: a signed note whose every byte counts."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.formats import checkpoint as note
from geo_offlimits.formats.checkpoint import NoteKey

HEAD = Checkpoint(size=1832, root_sha256="0ac5186069463e0a78f5b8c2f7f9d1a1d3d5e5b4c3c2c1b0a0908070605040302"[:64])


def key_of(private: Ed25519PrivateKey, name: str = "geo-offlimits/test") -> NoteKey:
    public = PublicKey.from_pem(_pem(private))
    return NoteKey(name, public.raw, public.verifies)


def _pem(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = key_of(PRIVATE)
NOTE = note.written(HEAD, KEY, PRIVATE.sign)


def test_a_checkpoint_is_written_in_the_form_of_c2sp_and_read_back() -> None:
    origin, size, root, empty, signature, end = NOTE.split("\n")
    assert (origin, size, empty, end) == ("geo-offlimits/test", "1832", "", "")
    assert b64decode(root).hex() == HEAD.root_sha256
    assert signature.startswith("— geo-offlimits/test ")
    assert note.is_note(NOTE.encode())
    assert note.read(NOTE.encode(), [KEY]) == HEAD


def test_the_key_id_is_that_of_the_published_example() -> None:
    # The key and the signature in the documentation of golang.org/x/mod/sumdb/note.
    raw = b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signed = b64decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
    key = NoteKey("PeterNeumann", raw, lambda _signature, _text: False)
    assert key.vkey == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert signed[:4] == key.key_id
    Ed25519PublicKey.from_public_bytes(raw).verify(signed[4:], text.encode())


def test_any_changed_byte_of_what_is_signed_is_refused() -> None:
    text, _, signature = NOTE.rpartition("\n\n")
    for at in range(len(text)):
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        with pytest.raises((UnverifiedError, InputError)):
            note.read(f"{changed}\n\n{signature}".encode(), [KEY])


def test_another_key_or_the_key_under_another_name_is_not_trusted() -> None:
    other = Ed25519PrivateKey.generate()
    for stranger in (key_of(other), key_of(PRIVATE, "geo-offlimits/else")):
        with pytest.raises(UnverifiedError, match="by a key trusted here"):
            note.read(NOTE.encode(), [stranger])
    # A second signature beside ours, as witnesses add, does no harm; ours missing does.
    line = NOTE.splitlines()[-1]
    witness = note.written(HEAD, key_of(other, "witness.example"), other.sign).splitlines()[-1]
    assert note.read(NOTE.replace(line, f"{witness}\n{line}").encode(), [KEY]) == HEAD
    with pytest.raises(UnverifiedError):
        note.read(NOTE.replace(line, witness).encode(), [KEY])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\xe2\x80\x94 ",
        b"\xff\xfe",
        NOTE.replace("1832", "01832").encode(),
        NOTE.replace("1832", "-1").encode(),
        NOTE.replace("1832", "\u0661").encode(),
        b"origin\n5\nAAAA\n\n\xe2\x80\x94 origin AAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises((InputError, UnverifiedError)) as refusal:
        note.read(content, [KEY])
    assert str(refusal.value).endswith(".")
