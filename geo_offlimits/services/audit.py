"""The audit tree: recomputed from its leaves and held against what the tables say and an older checkpoint."""

from collections.abc import Sequence

from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.domain.people import Action
from geo_offlimits.formats import checkpoint as note
from geo_offlimits.services.act import Act

_ORIGIN = "geo-offlimits/"


def verify(act: Act, against: Checkpoint | None = None) -> tuple[str, ...]:
    """What does not fit, a sentence each; () when all does.

    against : the head of the tree as somebody outside has kept it, such as the checkpoint in an edition: without one a
    tail that was cut off whole cannot be noticed.
    """
    _require(act)
    return act.tx.audit.verify(against)


def checkpoint(act: Act) -> Checkpoint:
    """The head of the tree as it stands, for whoever may verify it."""
    _require(act)
    return act.tx.audit.checkpoint()


def signed_checkpoint(act: Act) -> tuple[Checkpoint, str, str]:
    """The head of the tree, the same as a signed note for somebody outside to keep, and the key to read that with."""
    _require(act)
    return signed_head(act)


def signed_head(act: Act) -> tuple[Checkpoint, str, str]:
    """The same for a backup, which whoever keeps the machine makes without a name."""
    head = act.tx.audit.checkpoint()
    return head, *note_of(act, head)


def note_of(act: Act, head: Checkpoint) -> tuple[str, str]:
    """A head of the tree as a signed note, and the key to read that with."""
    keys = act.keyring.public_keys()
    # An installation keeps the name that its first key gave it.
    key = _note_key(_ORIGIN + keys[0].key_id, keys[-1])
    return note.written(head, key, act.keyring.sign_bare), key.vkey


def read_note(content: bytes, keys: Sequence[PublicKey]) -> Checkpoint:
    """The checkpoint of a signed note by one of `keys`. Raises InputError, UnverifiedError."""
    origin = note.origin(content)
    named = origin if origin.startswith(_ORIGIN) else _ORIGIN
    return note.read(content, [_note_key(named, key) for key in keys])


def _note_key(name: str, key: PublicKey) -> note.NoteKey:
    return note.NoteKey(name, key.raw, key.verifies)


def _require(act: Act) -> None:
    act.require(Action.VERIFY_AUDIT, None if _everywhere(act) else act.require_actor().person.mission)


def _everywhere(act: Act) -> bool:
    return act.may(Action.VERIFY_AUDIT, None)
