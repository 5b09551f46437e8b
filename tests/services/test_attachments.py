"""Restricted notes, photos and letters: who may, what each reading leaves, and that none of it goes anywhere else."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from geo_offlimits.domain.attachments import AttachmentKind, MediaType
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, InputError, StoreError
from geo_offlimits.formats.cleaning import UnfitFileError
from geo_offlimits.services import attachments, campaigns, editions, exports, packages, register
from geo_offlimits.services.attachments import ChangedFileError, Reading, TooLargeFileError, UnknownAttachmentError
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.history import history
from geo_offlimits.services.register import UnknownDesignationError
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.settings import Settings
from tests.attached import SECRET, pdf, photo
from tests.services.conftest import MISSION, World

HEAD, DEPUTY, OFFICER, MANAGER, CONDUCT, AUDITOR, STAFF, PATROL = (
    "101", "102", "103", "105", "106", "107", "108", "109",
)  # fmt: skip
ADMIN, STRANGER = "100", "201"
READERS, ADDERS = {HEAD, DEPUTY, CONDUCT}, {HEAD, DEPUTY, OFFICER}
EVERYBODY = {HEAD, DEPUTY, OFFICER, MANAGER, CONDUCT, AUDITOR, STAFF, PATROL, ADMIN, STRANGER}
NOTE = "NOTE-7F3A: two patrols saw the back door"
NAME = "NAME-7F3A.jpg"


@pytest.fixture
def made(world: World) -> str:
    return world.listed().designation_id


def noted(world: World, made: str, by: str = OFFICER, text: str = NOTE) -> int:
    with world.acting(by) as act:
        return attachments.add_note(act, made, text).number


def attached(world: World, made: str, content: bytes, by: str = OFFICER, **how: Any) -> int:
    file = attachments.cleaned(content, world.wiring.settings)
    with world.acting(by) as act:
        return attachments.attach(act, made, file, **how).number


def read(world: World, made: str, number: int, by: str = CONDUCT) -> Reading:
    with world.acting(by) as act:
        return attachments.read(act, made, number)


def files(world: World) -> list[Path]:
    folder = world.wiring.settings.data_dir / "attachments"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_note_is_kept_and_read_and_the_listing_is_as_it_was(world: World, made: str) -> None:
    with world.reading(HEAD) as act:
        before = register.show(act, made)
    assert noted(world, made, text=f"  {NOTE}\n") == 1
    reading = read(world, made, 1)
    assert (reading.attachment.text, reading.person, reading.content) == (NOTE, "Orla Venn", None)
    with world.reading(HEAD) as act:
        assert register.show(act, made) == before
    assert world.whole()


def test_what_one_person_sends_twice_is_kept_once(world: World, made: str) -> None:
    assert [noted(world, made), noted(world, made)] == [1, 1]
    assert [attached(world, made, photo()), attached(world, made, photo(), name=NAME)] == [2, 2]
    (kept,) = files(world)
    with world.reading(CONDUCT) as act:
        assert [one.number for one in attachments.all_of(act, made)] == [1, 2]
    assert noted(world, made, by=HEAD) == 3, "another person’s word is another"
    kept.unlink()
    assert attached(world, made, photo()) == 4, "what was lost is kept again"
    assert read(world, made, 4).content
    assert world.whole()


def test_a_photo_is_kept_as_its_pixels_and_a_letter_as_it_is(world: World, made: str) -> None:
    assert attached(world, made, photo(), name=f"C:\\phone\\{NAME}") == 1
    assert attached(world, made, pdf(), by=HEAD, name="the letter.pdf") == 2
    assert attached(world, made, photo("PNG"), name="scan.png", kind=AttachmentKind.LETTER) == 3
    one, two, three = (read(world, made, number) for number in (1, 2, 3))
    assert one.content
    assert SECRET not in one.content
    assert Image.open(io.BytesIO(one.content)).size == (60, 40)
    assert two.content == pdf()
    kinds = [(of.attachment.kind, of.attachment.media_type) for of in (one, two, three)]
    assert kinds == [
        (AttachmentKind.PHOTO, MediaType.JPEG),
        (AttachmentKind.LETTER, MediaType.PDF),
        (AttachmentKind.LETTER, MediaType.PNG),
    ]
    assert [of.attachment.file and of.attachment.file.name for of in (one, two, three)] == [
        NAME,
        "the letter.pdf",
        "scan.png",
    ]
    assert SECRET not in b"".join(path.read_bytes() for path in files(world))


def test_the_list_tells_what_there_is_and_nothing_of_what_is_in_it(world: World, made: str) -> None:
    noted(world, made)
    attached(world, made, photo(), name=NAME)
    leaves = len(world.leaves())
    with world.reading(CONDUCT) as act:
        listed = attachments.all_of(act, made)
    assert [(one.number, one.kind, one.person) for one in listed] == [
        (1, AttachmentKind.NOTE, "Orla Venn"),
        (2, AttachmentKind.PHOTO, "Orla Venn"),
    ]
    assert "7F3A" not in repr(listed)
    assert len(world.leaves()) == leaves


@pytest.mark.parametrize("by", sorted(EVERYBODY))
def test_only_the_roles_of_the_policy_attach_read_and_learn_how_many_there_are(
    world: World, made: str, by: str
) -> None:
    noted(world, made)
    file = attachments.cleaned(pdf(), world.wiring.settings)
    with world.reading(HEAD) as act:
        designation = register.show(act, made)
    with world.reading(by) as act:
        assert attachments.count(act, designation) == (1 if by in READERS | ADDERS else None)
    for roles, deed in (
        (ADDERS, lambda act: attachments.add_note(act, made, "another")),
        (ADDERS, lambda act: attachments.attach(act, made, file)),
        (READERS, lambda act: attachments.all_of(act, made)),
        (READERS, lambda act: attachments.read(act, made, 1)),
    ):
        before = (len(files(world)), world.tags().count("attachment:read"), world.tags().count("attachment:added"))
        if by in roles:
            with world.acting(by) as act:
                deed(act)
        else:
            with pytest.raises((NotPermittedError, UnknownDesignationError)), world.acting(by) as act:
                deed(act)
            after = (len(files(world)), world.tags().count("attachment:read"), world.tags().count("attachment:added"))
            assert after == before


def test_each_reading_has_a_leaf_that_says_who_what_and_when(world: World, made: str) -> None:
    noted(world, made)
    attached(world, made, photo(), name=NAME)
    at = world.clock.later(minutes=5)
    read(world, made, 2)
    read(world, made, 2)
    read(world, made, 1, by=HEAD)
    *_, first, _, last = world.leaves()
    assert (first["tag"], first["actor"], first["mission"], first["subject"]) == (
        "attachment:read", "p_106", MISSION, made,
    )  # fmt: skip
    assert first["at"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (first["facts"], last["facts"]) == ({"number": 2, "kind": "photo"}, {"number": 1, "kind": "note"})
    assert last["actor"] == "p_101"
    assert world.tags().count("attachment:read") == 3
    told = json.dumps(world.leaves())
    assert [word for word in ("7F3A", "back door") if word in told] == []


def test_a_reading_that_cannot_be_recorded_does_not_happen(
    world: World, made: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(world, made)

    def full(*_what: object, **_facts: object) -> int:
        raise StoreError("The disk is full. Make room.")

    monkeypatch.setattr("geo_offlimits.store.audit.AuditLog.append", full)
    with pytest.raises(StoreError):
        read(world, made, 1)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="cannot be written to"), world.reading(CONDUCT) as act:
        attachments.read(act, made, 1)
    assert "attachment:read" not in world.tags()


@pytest.mark.parametrize("by", [OFFICER, AUDITOR])
def test_a_refused_reading_has_a_leaf_too(world: World, made: str, by: str) -> None:
    noted(world, made)
    with pytest.raises(NotPermittedError):
        read(world, made, 1, by=by)
    last = world.leaves()[-1]
    assert (last["tag"], last["actor"], last["subject"]) == ("act:refused", f"p_{by}", "read_evidence")


def test_a_file_that_was_changed_or_taken_away_is_refused_and_that_is_on_record(world: World, made: str) -> None:
    attached(world, made, pdf(), name=NAME)
    attached(world, made, photo())
    (letter,) = (path for path in files(world) if path.read_bytes() == pdf())
    letter.write_bytes(pdf().replace(b"Page", b"Rage"))
    with pytest.raises(ChangedFileError, match=f"attachment 1 on {made} is gone or is not the one"):
        read(world, made, 1)
    assert (world.leaves()[-1]["tag"], world.leaves()[-1]["subject"]) == ("act:refused", made)
    letter.unlink()
    with pytest.raises(ChangedFileError):
        read(world, made, 1)
    assert read(world, made, 2).content
    assert world.tags().count("attachment:read") == 1


@pytest.mark.parametrize("number", [0, 2, -1, 10**30])
def test_what_is_not_there_is_not_there(world: World, made: str, number: int) -> None:
    noted(world, made)
    with pytest.raises(UnknownAttachmentError):
        read(world, made, number)
    with pytest.raises(AbsentError):
        read(world, "PELA-0099", 1)


def test_a_file_too_large_or_of_another_kind_is_refused_without_its_name(world: World, made: str) -> None:
    tight = Settings(attachment_mb=1)
    most = pdf(b"%" * (2**20 - len(pdf())))
    assert attachments.cleaned(most, tight).content == most
    with pytest.raises(TooLargeFileError, match=r"^The file is larger than 1 MB; save it smaller\.$"):
        attachments.cleaned(most + b"\n", tight)
    with pytest.raises(UnfitFileError, match=r"^The file is no JPEG, PNG, WebP or PDF"):
        attachments.cleaned(b"MZ" + bytes(100), world.wiring.settings)
    with pytest.raises(InputError, match="a file is no note"):
        attached(world, made, pdf(), name=NAME, kind=AttachmentKind.NOTE)
    assert files(world) == []


@pytest.mark.parametrize("name", ["", "  ", "../../etc/passwd", "a\nb.jpg", "gpj.\u202eexe", "\udcff.jpg", "n" * 300])
def test_a_name_that_is_no_text_is_left_out_and_a_path_is_cut(world: World, made: str, name: str) -> None:
    attached(world, made, pdf(), name=name)
    file = read(world, made, 1).attachment.file
    assert file
    assert file.name == ("passwd" if name.endswith("passwd") else None)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "a\0b"])
def test_a_note_that_is_no_text_is_refused(world: World, made: str, text: str) -> None:
    with pytest.raises(InputError):
        noted(world, made, text=text)
    assert "attachment:added" not in world.tags()


def test_an_act_that_fails_leaves_a_file_that_the_next_one_takes_away(world: World, made: str) -> None:
    file = attachments.cleaned(pdf(), world.wiring.settings)

    def attach_and_fail() -> None:
        with world.acting(OFFICER) as act:
            attachments.attach(act, made, file)
            raise StoreError("the power went")

    with pytest.raises(StoreError, match="the power went"):
        attach_and_fail()
    (orphan,) = files(world)
    assert attached(world, made, photo()) == 1
    assert orphan not in files(world)
    assert attached(world, made, photo("PNG")) == 2
    assert [path.suffix for path in files(world)].count(".new") == 1
    assert all(read(world, made, number).content for number in (1, 2))


def test_no_attachment_is_in_an_edition_an_export_or_what_managers_hand_out(world: World, made: str) -> None:
    noted(world, made)
    attached(world, made, pdf(b"% LETTER-7F3A"), name=NAME)
    world.published()
    with world.acting(MANAGER) as act:
        campaign = campaigns.distribute(act, MISSION).campaign_id
        told = b"".join(packages.files(act, campaign, world.keyring).values())
    with world.reading(STAFF) as act:
        told += editions.content(act, MISSION) + editions.envelope(act, MISSION)
        told += json.dumps(editions.header(act, MISSION).as_json()).encode()
        for chosen in (Filter(), Filter(sector="East")):
            export = exports.export(act, Shelf(), world.keyring, MISSION, chosen=chosen)
            told += export.content + export.envelope
    with world.reading(AUDITOR) as act:
        told += repr((register.show(act, made), history(act, made), register.worklist(act, MISSION))).encode()
        told += b"".join(act.tx.audit.leaves())
    assert b"Blue Lantern" in told
    assert b"7F3A" not in told
    assert b"attachment" not in editions_of(world)


def editions_of(world: World) -> bytes:
    with world.reading(STAFF) as act:
        return editions.content(act, MISSION)
