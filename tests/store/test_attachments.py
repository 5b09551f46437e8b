"""Attachments on disk: rows that are added and never changed, files that are there before their row is."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.domain.attachments import AttachmentKind, KeptFile, MediaType
from geo_offlimits.errors import RefusedError, StoreError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.store.cabinet import Cabinet, new_id

Island = Any
CONTENT = b"%PDF-1.7 a letter %%EOF"
HASH = sha256(CONTENT)


def listed(island: Island) -> Island:
    island.peopled().propose(1)
    return island


def test_what_is_attached_is_read_back_as_it_was_by_number(either_island: Island) -> None:
    island = listed(either_island)
    at = island.at(2)
    file = KeptFile(file_id="ab" * 16, media_type=MediaType.PDF, size=23, sha256=HASH, name="to the owner.pdf")
    letter = island.note(at, 2, kind=AttachmentKind.LETTER, text=None, file=file)
    island.act(2, lambda tx, _at: (tx.attachments.add(letter), tx.attachments.add(island.note(at))))
    with island.store.reading() as tx:
        assert tx.attachments.on("DEMO-0001") == (island.note(at), letter)
        assert tx.attachments.on("DEMO-0002") == ()
        assert (tx.attachments.names_file("ab" * 16), tx.attachments.names_file("cd" * 16)) == (True, False)
        assert tx.audit.verify() == ()
    told = repr(letter) + repr(island.note(at))
    assert [word for word in ("owner", HASH, "patrol") if word in told] == []


def test_a_number_is_given_once_and_only_on_what_there_is_by_who_there_is(either_island: Island) -> None:
    island = listed(either_island)
    note = island.note(island.at(2))
    island.act(2, lambda tx, _at: tx.attachments.add(note))
    for wrong, sentence in (
        (note, "of this number already"),
        (replace(note, designation_id="DEMO-0009"), "no such designation"),
        (replace(note, number=2, person_id="nobody"), "no such person"),
    ):
        with pytest.raises(RefusedError, match=sentence):
            island.act(3, lambda tx, _at, wrong=wrong: tx.attachments.add(wrong))
    with island.store.reading() as tx:
        assert tx.attachments.on("DEMO-0001") == (note,)


def test_nothing_is_attached_without_a_leaf(either_island: Island) -> None:
    island = listed(either_island)
    with pytest.raises(StoreError, match=r"attachment/\d+ would stand without a leaf"), island.store.writing() as tx:
        tx.attachments.add(island.note(island.at(2)))
    with island.store.reading() as tx:
        assert tx.attachments.on("DEMO-0001") == ()


def test_the_digest_of_a_note_cannot_be_found_by_trying_words(tmp_path: Path, new_island: Any) -> None:
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        island = listed(new_island("sqlite", tmp_path / name))
        island.act(2, lambda tx, at: tx.attachments.add(island.note(at)))  # noqa: B023  (called at once)
        with island.store.reading() as tx:
            *_, last = tx.audit.leaves()
        digests.add(json.loads(last)["rows"]["attachment/1"])
        assert b"patrol" not in last
        island.store.close()
    assert len(digests) == 2


# ---- the cabinet -----------------------------------------------------------------------------------------------------


def kept(cabinet: Cabinet) -> str:
    file_id = new_id()
    cabinet.keep(file_id, CONTENT)
    return file_id


def names(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "attachments").iterdir())


def test_a_file_is_for_the_owner_of_the_installation_only(tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    folder.mkdir(mode=0o755)
    mask = os.umask(0)
    try:
        file_id = kept(Cabinet(tmp_path))
    finally:
        os.umask(mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{file_id}.new").stat().st_mode) == 0o600


def test_a_file_is_read_while_it_is_new_and_after_it_is_settled(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    file_id = kept(cabinet)
    assert cabinet.read(file_id, HASH) == CONTENT
    cabinet.settle({file_id}.__contains__)
    assert names(tmp_path) == [file_id]
    assert cabinet.read(file_id, HASH) == CONTENT


def test_only_what_no_row_ever_spoke_of_is_swept(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    cabinet.settle(lambda _id: True)
    lasting, orphan = kept(cabinet), kept(cabinet)
    cabinet.settle({lasting}.__contains__)
    assert names(tmp_path) == [lasting]
    assert cabinet.read(orphan, HASH) is None
    # A store from an older backup knows none of them: what was settled stays.
    cabinet.settle(lambda _id: False)
    assert names(tmp_path) == [lasting]


def test_a_file_that_is_gone_or_changed_is_not_read(tmp_path: Path) -> None:
    cabinet = Cabinet(tmp_path)
    file_id = kept(cabinet)
    path = tmp_path / "attachments" / f"{file_id}.new"
    path.write_bytes(CONTENT + b" ")
    assert cabinet.read(file_id, HASH) is None
    path.unlink()
    assert cabinet.read(file_id, HASH) is None


def test_a_disk_that_takes_no_file_is_told_without_a_path_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo_offlimits.store.cabinet.os.fsync", full)
    with pytest.raises(StoreError, match=r"cannot be kept: No space left on device\. Make room") as refusal:
        kept(Cabinet(tmp_path))
    assert str(tmp_path) not in str(refusal.value)
    assert names(tmp_path) == []
