"""`premises note`, `attach`, `attachments`, `attachment`."""

import stat
from pathlib import Path

from click.testing import CliRunner

from geo_offlimits.cli import commands
from tests.attached import SECRET, pdf, photo
from tests.cli.prompt import Prompt

HEAD, OFFICER, AUDITOR = "101", "103", "105"
NOTE = "NOTE-7F3A"


def given(prompt: Prompt, name: str, content: bytes) -> Path:
    path = prompt.folder / name
    path.write_bytes(content)
    return path


def test_a_note_and_a_photo_are_kept_listed_and_read(prompt: Prompt) -> None:
    made = prompt("premises", "note", "ISLE-0001", NOTE, "--json", by=OFFICER).done().json
    assert made == {"id": "ISLE-0001", "number": 1, "kind": "note"}
    photographed = given(prompt, "NAME-7F3A.png", photo())
    said = prompt("premises", "attach", "ISLE-0001", photographed, by=OFFICER).done()
    assert said.out == "photo 2 is kept with ISLE-0001; it is never published.\n"
    listed = prompt("premises", "attachments", "ISLE-0001", "--json", by=HEAD).done()
    assert [(one["number"], one["media_type"]) for one in listed.json["attachments"]] == [(1, None), (2, "image/jpeg")]
    assert "7F3A" not in listed.out + prompt("premises", "attachments", "ISLE-0001", by=HEAD).done().out
    assert prompt("premises", "attachment", "ISLE-0001", 1, by=HEAD).done().out == f"{NOTE}\n"
    target = prompt.folder / "out.jpg"
    found = prompt("premises", "attachment", "ISLE-0001", 2, "--output", target, "--json", by=HEAD).done().json
    assert (found["kind"], found["file_name"], found["text"]) == ("photo", "NAME-7F3A.png", None)
    assert target.read_bytes().startswith(b"\xff\xd8\xff")
    assert SECRET not in target.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_note_can_come_by_standard_input(prompt: Prompt) -> None:
    words, env = (
        ["--as", OFFICER, "premises", "note", "ISLE-0001", "-"],
        prompt.variables() | prompt.session_of(OFFICER),
    )
    ended = CliRunner().invoke(commands, words, env=env, input="from a pipe: é\n".encode())
    assert ended.exit_code == 0
    assert prompt("premises", "attachment", "ISLE-0001", 1, by=HEAD).done().out == "from a pipe: é\n"


def test_a_file_is_not_read_without_a_place_for_it(prompt: Prompt) -> None:
    prompt("premises", "attach", "ISLE-0001", given(prompt, "a.pdf", pdf()), "--kind", "letter", by=OFFICER).done()
    before = prompt.contents()
    said = prompt("premises", "attachment", "ISLE-0001", 1, by=HEAD)
    assert (said.code, said.out) == (1, "")
    assert "say with --output where to write it" in said.err
    assert prompt.contents() == before


def test_what_is_not_taken_is_told_without_its_name(prompt: Prompt) -> None:
    small = {"GEO_OFFLIMITS_ATTACHMENT_MB": "1"}
    for content, sentence in (
        (b"MZ" + bytes(90), "The file is no JPEG, PNG, WebP or PDF; save it as one of these.\n"),
        (bytes(2**20 + 1), "The file is larger than 1 MB; save it smaller.\n"),
        (photo()[:300], "The file cannot be read to its end; was it saved whole?\n"),
    ):
        said = prompt("premises", "attach", "ISLE-0001", given(prompt, "NAME.jpg", content), by=OFFICER, **small)
        assert (said.code, said.err) == (1, sentence)
    assert prompt("premises", "attachments", "ISLE-0001", by=HEAD).done().out == "Nothing is attached to ISLE-0001.\n"


def test_who_may_not_read_learns_nothing(prompt: Prompt) -> None:
    prompt("premises", "note", "ISLE-0001", NOTE, by=OFFICER).done()
    for by in (OFFICER, AUDITOR):
        for words in (("attachments", "ISLE-0001"), ("attachment", "ISLE-0001", "1")):
            said = prompt("premises", *words, by=by)
            assert said.code == 1
            assert "no such thing for you here" in said.err
            assert "7F3A" not in said.out + said.err
    assert prompt("premises", "note", "ISLE-0001", "x", by=AUDITOR).code == 1
    shown = prompt("premises", "show", "ISLE-0001", "--json", by=AUDITOR).done().out
    shown += prompt("premises", "history", "ISLE-0001", "--json", by=AUDITOR).done().out
    assert "7F3A" not in shown
    assert "note" not in shown
