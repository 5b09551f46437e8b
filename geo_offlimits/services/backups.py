"""One file that holds an installation: its store as of one moment, the files beside it, its keys under a passphrase.

1. Store, audit head and list of attachments are read in one transaction; a file is on the disk before a row speaks of
   it, so what the snapshot names is there to be copied afterwards.
2. Whoever keeps the machine can copy its disk; so nobody signs in for this (`Act` without an actor).
3. Settings are not in it: they may hold the password of a database, and belong to the machine.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from geo_offlimits.delivery import sealing
from geo_offlimits.formats import backup as form
from geo_offlimits.services.act import Act
from geo_offlimits.services.audit import signed_head
from geo_offlimits.services.passphrases import refuse_weak
from geo_offlimits.store.cabinet import Cabinet

_BASEMAPS = (".pmtiles", ".mbtiles")


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """`missing` attachments are named by a row and are not there any more: their files are gone from data_dir."""

    path: Path
    size: int
    leaves: int
    root_sha256: str
    attachments: int
    missing: int
    basemaps: int


def back_up(act: Act, path: Path, passphrase: str) -> BackedUp:
    """Writes `path`, whole or not at all, for its owner only; others go on writing meanwhile.

    Raises WeakPassphraseError, InputError where `path` cannot be written, StoreError and KeyringError.
    """
    refuse_weak(passphrase, (text for mission in act.tx.missions.all() for text in (mission.code, mission.name)))
    with form.born_whole(path) as folder:
        head, note, _ = signed_head(act)
        store = folder / "store"
        act.tx.copy_to(store, owner_url=act.settings.owner_store)
        with form.private(folder / "backup") as file:
            writer = form.Writer(file)
            with store.open("rb") as source:
                writer.add(form.STORES[act.tx.kind], source)
            missing = _add_attachments(act, writer)
            basemaps = _add_basemaps(act, writer)
            _finish(act, writer, note, passphrase)
            size = file.tell()
    return BackedUp(
        path=path,
        size=size,
        leaves=head.size,
        root_sha256=head.root_sha256,
        attachments=len(writer.members) - basemaps - 1,
        missing=missing,
        basemaps=basemaps,
    )


def _finish(act: Act, writer: form.Writer, note: str, passphrase: str) -> None:
    manifest = form.Manifest(
        program=version("geo_offlimits"),
        store=act.tx.kind,
        revision=act.tx.revision,
        made_at=act.now,
        checkpoint=note,
        members=writer.members,
    ).written()
    keys = {name: b64encode(content).decode() for name, content in act.keyring.contents().items()}
    writer.close(manifest, sealing.sealed(json.dumps(keys).encode(), passphrase, manifest))


def _add_attachments(act: Act, writer: form.Writer) -> int:
    """Returns how many are named and gone."""
    cabinet, missing = Cabinet(act.settings.data_dir), 0
    for file_id in act.tx.attachments.file_ids():
        found = cabinet.opened(file_id)
        if found is None:
            missing += 1
            continue
        with closing(found):
            writer.add(f"attachments/{file_id}", found)
    return missing


def _add_basemaps(act: Act, writer: form.Writer) -> int:
    count = 0
    for name, source in _basemaps(act.settings.data_dir / "basemaps"):
        with closing(source):
            writer.add(name, source)
        count += 1
    return count


def _basemaps(folder: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Those that are shown; one that is removed just now is left out."""
    for path in sorted(path for path in folder.glob("*/*") if path.suffix in _BASEMAPS):
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue
        yield f"basemaps/{path.parent.name}/{path.name}", source
