"""The file of a backup: a ZIP of the store, the files beside it, the sealed keys, and a manifest that binds them.

1. `manifest.json` names every other member but the keys with its size and SHA-256, the program, the store's form, the
   moment and the signed head of the audit tree.
2. `keys.sealed.json` opens with the passphrase, beside exactly this manifest: who does not know it can change nothing.
3. The manifest is written last, and a ZIP ends with its list of members: a file that was cut is no backup.
"""

import errno
import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from geo_offlimits.disk import sync_names, workshop
from geo_offlimits.domain.instants import format_instant, parse_instant
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.formats import strict_json

FORMAT = "geo-offlimits/backup/1"
STORES = {"sqlite": "store.db", "postgresql": "store.pgdump"}
_MANIFEST, _KEYS = "manifest.json", "keys.sealed.json"
_MOST_BYTES = 64_000_000  # of the manifest and of the keys
_PIECE_BYTES = 1024**2
# What may be unpacked, and nothing that could lead out of the folder it is unpacked to.
_NAME = re.compile(r"store\.(?:db|pgdump)|attachments/[0-9a-f]{32}|basemaps/[\w-]+/[\w-][^/\\\0]*\.(?:pmtiles|mbtiles)")


class DamagedBackupError(UnverifiedError):
    """A file that is no backup, or no longer the one that was written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is damaged or no backup of geo_offlimits: {why}. Take another copy.")


@dataclass(frozen=True, kw_only=True)
class Member:
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`store` is the kind of store, a key of STORES; `revision` the form of its tables; `checkpoint` a signed note."""

    program: str
    store: str
    revision: str
    made_at: datetime
    checkpoint: str
    members: dict[str, Member] = field(default_factory=dict)

    def written(self) -> bytes:
        document = asdict(self) | {"format": FORMAT, "made_at": format_instant(self.made_at)}
        return json.dumps(document, indent=1, sort_keys=True).encode()


class Writer:
    """Puts members into a backup and remembers what they were."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self.members: dict[str, Member] = {}

    def add(self, name: str, source: BinaryIO) -> None:
        """Raises ValueError for a name that no reader would take."""
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        digest, size = hashlib.sha256(), 0
        # Pictures and tiles are packed already.
        info = _info(name, zipfile.ZIP_DEFLATED if name == STORES["sqlite"] else zipfile.ZIP_STORED)
        with self._zip.open(info, "w", force_zip64=True) as member:
            while piece := source.read(_PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.members[name] = Member(size=size, sha256=digest.hexdigest())

    def close(self, manifest: bytes, keys: dict[str, Any]) -> None:
        self._zip.writestr(_info(_KEYS), json.dumps(keys, indent=1))
        self._zip.writestr(_info(_MANIFEST), manifest)
        self._zip.close()


def _info(name: str, packed: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type, info.external_attr = packed, 0o600 << 16
    return info


@dataclass(frozen=True)
class Archive:
    """A backup that was opened. `bound` are the manifest's very bytes, `keys` the sealed keys."""

    path: Path
    manifest: Manifest
    bound: bytes
    keys: Any
    _zip: zipfile.ZipFile

    def check(self) -> None:
        """Reads every member. Raises DamagedBackupError naming the first that is not what the manifest says."""
        found = set(self._zip.namelist()) - {_MANIFEST, _KEYS}
        if odd := sorted(found ^ self.manifest.members.keys()):
            raise DamagedBackupError(self.path, f"{odd[0]} is missing or does not belong to it")
        for name in self.manifest.members:
            self._copy(name, None)

    def unpack(self, name: str, target: Path) -> None:
        """One member to a new file for its owner only. Raises DamagedBackupError."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with private(target) as file:
            self._copy(name, file)

    def _copy(self, name: str, target: BinaryIO | None) -> None:
        said, digest, size = self.manifest.members[name], hashlib.sha256(), 0
        with _damage_told(self.path), self._zip.open(name) as member:
            # No more is taken than the manifest says: a member that swells is not unpacked to its end.
            while size <= said.size and (piece := member.read(_PIECE_BYTES)):
                digest.update(piece)
                size += len(piece)
                if target:
                    target.write(piece)
        if (size, digest.hexdigest()) != (said.size, said.sha256):
            raise DamagedBackupError(self.path, f"{name} is not as it was backed up")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Raises InputError where the file cannot be read, DamagedBackupError where it is none of ours."""
    try:
        file = path.open("rb")
    except OSError as fault:
        raise InputError(f"{path} cannot be read ({fault.strerror}); check the path.") from None
    with file:
        with _damage_told(path):
            packed = zipfile.ZipFile(file)
            bound, keys = (_small(packed, name) for name in (_MANIFEST, _KEYS))
            document = strict_json.parsed(bound)
            sealed = strict_json.parsed(keys)
        yield Archive(path, _manifest(path, document), bound, sealed, packed)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    faults = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, InputError)
    try:
        yield
    except (*faults, ValueError) as fault:
        # Of what the libraries say only the kind: their words are about ZIP, and may quote what is in the file.
        raise DamagedBackupError(path, f"it cannot be unpacked ({type(fault).__name__})") from None
    except OSError as fault:
        if fault.errno != errno.EINVAL:  # else it is the disk's: full, or at fault
            raise
        raise DamagedBackupError(path, "it names a place before its beginning") from None


def _small(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as member:
        content = member.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(name)
    return content


def _manifest(path: Path, document: Any) -> Manifest:
    try:
        if document["format"] != FORMAT:
            raise DamagedBackupError(path, f"it is of the format {document['format']!r}, not {FORMAT}")
        members = {
            str(name): Member(size=int(told["size"]), sha256=str(told["sha256"]))
            for name, told in document["members"].items()
        }
        facts = {name: str(document[name]) for name in ("program", "store", "revision", "checkpoint")}
        manifest = Manifest(**facts, made_at=parse_instant(document["made_at"]), members=members)
        if STORES[manifest.store] not in members or not all(_NAME.fullmatch(name) for name in members):
            raise DamagedBackupError(path, "its manifest names what no backup holds")
    except (KeyError, TypeError, ValueError, AttributeError, InputError):
        raise DamagedBackupError(path, "its manifest cannot be read") from None
    return manifest


@contextmanager
def private(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner may read, from its first byte on; at the end it is on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _take_back(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        raise InputError(
            f"The disk did not confirm {path}, so nobody knows whether it is kept. Mend the disk and make another one."
        ) from None


@contextmanager
def born_whole(path: Path) -> Iterator[Path]:
    """A folder beside `path`, for its owner only, in which to write `backup`; at the end that takes its name.

    Raises InputError where there is something at `path` already, or nothing can be written there.
    """
    if path.exists() or path.is_symlink():
        raise InputError(f"There is something at {path} already; name a new file: no backup is overwritten.")
    half = path.with_name(f".{path.name}.half")
    try:
        with workshop(half):
            yield half
            (half / "backup").replace(path)
            try:
                sync_names(path.parent)
            except OSError:  # one that may lose its name is none
                _take_back(path)
                raise
    except BlockingIOError:
        raise InputError(f"Another process is writing {path} just now; wait until it has ended.") from None
    except OSError as fault:
        raise InputError(f"{path} cannot be written: {fault.strerror}. Make room, or choose another place.") from None
