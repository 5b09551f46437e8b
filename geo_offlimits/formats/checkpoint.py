"""The head of the audit tree as a C2SP checkpoint in a signed note, which any transparency-log tool reads.

    geo-offlimits/4f2c…      the origin, which is also the name of the key
    1832                     leaves
    CsUYapGGPo4dkMgIAUqom…   their root, base64
                             (an empty line)
    — geo-offlimits/4f2c… Az3grl…   base64 of the key's id (4 bytes) and its Ed25519 signature over the lines above

Sources: C2SP tlog-checkpoint and signed-note; the key's id is SHA-256(name, line feed, 0x01, public key), its first 4
bytes.
"""

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.errors import InputError, UnverifiedError

_ED25519 = b"\x01"
_ID_BYTES, _SIGNATURE_BYTES, _ROOT_BYTES = 4, 64, 32
_MARK = "— "
MAX_NOTE_BYTES = 65_536
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True)
class NoteKey:
    """An Ed25519 public key (32 bytes) under the name by which notes carry it."""

    name: str
    public: bytes
    verifies: Callable[[bytes, bytes], bool]  # (signature, text)

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as tools for signed notes take it."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


def written(checkpoint: Checkpoint, key: NoteKey, sign: Sign) -> str:
    """The checkpoint, signed. `sign` makes the Ed25519 signature of `key` over the bytes it is given."""
    text = _text(checkpoint, key.name)
    signature = b64encode(key.key_id + sign(text.encode())).decode()
    return f"{text}\n{_MARK}{key.name} {signature}\n"


def _text(checkpoint: Checkpoint, origin: str) -> str:
    root = b64encode(bytes.fromhex(checkpoint.root_sha256)).decode()
    return f"{origin}\n{checkpoint.size}\n{root}\n"


def read(note: bytes, keys: Iterable[NoteKey]) -> Checkpoint:
    """The checkpoint of a note that one of `keys` has signed.

    Raises InputError for what is no checkpoint, UnverifiedError where no signature in it is by one of the keys.
    """
    text, signatures = _parts(note)
    checkpoint = _checkpoint(text)
    if not any(_is_signed(text, name, signature, key) for name, signature in signatures for key in keys):
        raise UnverifiedError(
            "No signature of this checkpoint is by a key trusted here; get it again, or give its key with --key."
        )
    return checkpoint


def origin(note: bytes) -> str:
    """What a note says of where it comes from, which only its signature makes true."""
    return _parts(note)[0].partition("\n")[0]


def is_note(content: bytes) -> bool:
    """Whether this looks like a signed note, to choose how to read it."""
    return b"\n\n" + _MARK.encode() in content[:MAX_NOTE_BYTES]


def _parts(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    try:
        text, _, trailer = note[:MAX_NOTE_BYTES].decode().rpartition("\n\n")
        lines = [line.removeprefix(_MARK).split(" ") for line in trailer.splitlines() if line.startswith(_MARK)]
        return text + "\n", [(name, b64decode(signature, validate=True)) for name, signature in lines]
    except (ValueError, binascii.Error):
        raise _not_a_checkpoint() from None


def _checkpoint(text: str) -> Checkpoint:
    try:
        _, size, root, *_ = text.split("\n")
        digest = b64decode(root, validate=True)
    except (ValueError, binascii.Error):
        raise _not_a_checkpoint() from None
    if not (size.isascii() and size.isdecimal()) or len(digest) != _ROOT_BYTES or str(int(size)) != size:
        raise _not_a_checkpoint()
    return Checkpoint(size=int(size), root_sha256=digest.hex())


def _is_signed(text: str, name: str, signature: bytes, key: NoteKey) -> bool:
    if name != key.name or signature[:_ID_BYTES] != key.key_id or len(signature) != _ID_BYTES + _SIGNATURE_BYTES:
        return False
    return text.startswith(f"{key.name}\n") and key.verifies(signature[_ID_BYTES:], text.encode())


def _not_a_checkpoint() -> InputError:
    return InputError("This is no checkpoint; give the file that `audit checkpoint` wrote, or an edition.")
