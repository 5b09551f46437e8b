"""A backup put back: checked whole before anything is written, and never older than what is known without a word.

1. Every digest, the keys' seal and the signature of the audit head hold, or nothing is written.
2. The store is unpacked beside its place, brought to this program's form and verified there; only then does it take
   its place, and what was there goes aside. Nothing is deleted.
3. A log that is older than a checkpoint somebody kept, or than the store that is replaced, has forgotten decisions:
   that takes a yes. One that grew from another root is refused.
4. The restore has a leaf of its own in the log, and everybody signs in again.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geo_offlimits.delivery import sealing
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.delivery.signing import public_keys_in
from geo_offlimits.disk import make_folder
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.errors import RefusedError, StoreError, UnverifiedError
from geo_offlimits.formats import backup as form
from geo_offlimits.services import placing
from geo_offlimits.services.audit import read_note
from geo_offlimits.settings import Settings
from geo_offlimits.store import Store, Transaction
from geo_offlimits.store.copies import load
from geo_offlimits.store.files import gather
from geo_offlimits.store.revisions import REVISIONS


class OlderLogError(RefusedError):
    """The backup's log ends before one that is known."""

    def __init__(self, leaves: int, known: int) -> None:
        super().__init__(
            f"This backup's log has {leaves} leaves, and one of {known} is known: what was decided since would be "
            "forgotten. Take a newer backup, or restore this one with --confirm-older."
        )


class OtherLogError(UnverifiedError):
    """The two logs do not grow from one root."""

    def __init__(self) -> None:
        super().__init__(
            "The log of this backup and the one that is known do not grow from one root: it is of another "
            "installation, or one of them was rewritten. Keep both and call your auditor."
        )


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A backup that is whole and opened with its passphrase. `keys` are files by name, private ones too."""

    archive: form.Archive
    keys: dict[str, bytes]
    public_keys: tuple[PublicKey, ...]
    head: Checkpoint


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`aside` are the new names of what was there; `older_than` the leaves of the log that it is older than."""

    leaves: int
    root_sha256: str
    made_at: datetime
    form_before: str
    older_than: int | None
    aside: tuple[Path, ...]


@contextmanager
def checked(path: Path, passphrase: str) -> Iterator[Checked]:
    """Reads all of a backup and changes nothing.

    Raises InputError, DamagedBackupError, NotOpenedError, UnverifiedError; StoreError for one of a newer program.
    """
    with form.opened(path) as archive:
        if archive.manifest.revision > REVISIONS[-1]:
            raise StoreError(
                f"The backup {path} has form {archive.manifest.revision}, newer than the {REVISIONS[-1]} of this "
                "program. Restore it with the program that wrote it, or a newer one."
            )
        archive.check()
        secret = json.loads(sealing.opened(archive.keys, passphrase, archive.bound))
        keys = {Path(name).name: b64decode(text) for name, text in secret.items()}
        public = public_keys_in(keys)
        head = read_note(archive.manifest.checkpoint.encode(), public)
        yield Checked(archive=archive, keys=keys, public_keys=public, head=head)


def restore(
    settings: Settings,
    backup: Checked,
    now: datetime,
    *,
    known: Checkpoint | None = None,
    replace: bool = False,
    confirm_older: bool = False,
) -> Restored:
    """Puts the store and the files of `backup` where `settings` say.

    known : a head of the same log that somebody kept. replace : move aside what is there already.
    Raises StoreError, OlderLogError, OtherLogError, UnverifiedError; then everything is as it was, but for a database
    of PostgreSQL, which is left filled where what was loaded does not verify.
    """
    place = placing.Place.of(settings)
    place.refuse_kind(backup.archive.manifest.store)
    placing.settle(place)
    place.refuse_filled(replace=replace)
    standing = _standing(place, backup.head, confirm_older=confirm_older)
    older_than = max((one.size for one in (known, standing) if one and one.size > backup.head.size), default=None)
    if older_than and not confirm_older:
        raise OlderLogError(backup.head.size, older_than)
    with _room_told(place), placing.working(place) as (beside_data, *beside_store):
        staged = _staged_files(beside_data / "data", place, backup)
        address = _staged_store((*beside_store, beside_data)[0], place, backup, settings)
        _finish(address, backup, (known, standing), now, older_than)
        if place.store:
            staged[place.store] = Path(address.removeprefix("sqlite:///"))
            gather(staged[place.store])
        aside = placing.put(staged, place, now)
    return Restored(
        leaves=backup.head.size,
        root_sha256=backup.head.root_sha256,
        made_at=backup.archive.manifest.made_at,
        form_before=backup.archive.manifest.revision,
        older_than=older_than,
        aside=aside,
    )


def _standing(place: placing.Place, head: Checkpoint, *, confirm_older: bool) -> Checkpoint | None:
    """The head of the log that is replaced; None where there is none, or none that can be read."""
    if place.store is None or not place.store.exists():
        return None
    try:
        store = Store.open(f"sqlite:///{place.store}")
    except StoreError as fault:
        if confirm_older:
            return None
        raise StoreError(
            f"Whether this backup is older than the store it replaces cannot be told. {fault} "
            "To restore it all the same, give --confirm-older."
        ) from None
    try:
        with store.reading() as tx:
            standing = tx.audit.checkpoint()
            if standing.size >= head.size and tx.audit.at(head.size) != head:
                raise OtherLogError
            return standing
    finally:
        store.close()


@contextmanager
def _room_told(place: placing.Place) -> Iterator[None]:
    """Makes the folders that the place is in. Raises StoreError where the disk takes no more."""
    try:
        for folder in {path.parent for path in place.workshops}:
            make_folder(folder)
        yield
    except OSError as fault:
        raise StoreError(
            f"The backup cannot be unpacked: {fault.strerror}. Nothing was replaced; make room or see to the rights of "
            "data_dir and of the store's folder."
        ) from None


def _staged_files(staging: Path, place: placing.Place, backup: Checked) -> dict[Path, Path]:
    """Where each folder of the data is to be -> where it lies unpacked."""
    for name in backup.archive.manifest.members:
        if name not in form.STORES.values():
            backup.archive.unpack(name, staging / name)
    (staging / "keys").mkdir(mode=0o700, parents=True)
    for name, content in backup.keys.items():
        with form.private(staging / "keys" / name) as file:
            file.write(content)
    return {place.data_dir / folder.name: folder for folder in staging.iterdir()}


def _staged_store(staging: Path, place: placing.Place, backup: Checked, settings: Settings) -> str:
    """The address of the unpacked store, brought to this program's form."""
    member = form.STORES[backup.archive.manifest.store]
    backup.archive.unpack(member, staging / member)
    if place.store:
        address = f"sqlite:///{staging / member}"
        Store.upgrade(address)
        return address
    load(staging / member, settings.store, owner_url=settings.owner_store)
    Store.upgrade(settings.store, owner_url=settings.owner_store)
    return settings.store


def _finish(
    address: str, backup: Checked, others: tuple[Checkpoint | None, ...], now: datetime, older_than: int | None
) -> None:
    """Verifies the unpacked store, and writes in its log that it was restored."""
    store = Store.open(address)
    try:
        with store.writing() as tx:
            _refuse_unfit(tx, backup.head, others)
            tx.sessions.remove_all()
            tx.audit.append(
                AuditTag.STORE_RESTORED,
                recorded_at=now,
                actor=None,
                mission=None,
                subject="store",
                facts={"leaves": backup.head.size, "older_than": older_than},
            )
    finally:
        store.close()


def _refuse_unfit(tx: Transaction, head: Checkpoint, others: tuple[Checkpoint | None, ...]) -> None:
    if problems := tx.audit.verify(head):
        raise UnverifiedError(
            f"The store in this backup does not fit its log: {problems[0].rstrip('.')}. Take another backup."
        )
    if tx.audit.size() != head.size:
        raise UnverifiedError("The store in this backup goes on behind its signed head. Take another backup.")
    for one in others:
        if one and one.size <= head.size and tx.audit.at(one.size) != one:
            raise OtherLogError
