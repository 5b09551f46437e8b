"""Letters and public notices at the prompt, as files to print."""

from pathlib import Path

from tests.cli.prompt import Prompt
from tests.cli.test_premises import proposed


def test_a_letter_and_a_public_notice_are_files_that_need_nothing_else(prompt: Prompt, tmp_path: Path) -> None:
    letter, notice = tmp_path / "letter.html", tmp_path / "notice.html"
    refused = prompt("premises", "letter", "ISLE-0001", "--output", letter, by="103")
    assert refused.code == 1
    assert "ISLE has no petition address" in refused.err
    assert not letter.exists()
    prompt("mission", "notice", "ISLE", "--days", 7, "--petition-address", "Review board, 1 Quay", by="100").done()
    made = proposed(prompt, "--position", "-31.5,-15.8", "--note", "CANARY NOTE")
    told = prompt("premises", "letter", made, "--output", letter, "--json", by="103").done().json
    assert told == {"id": made, "kind": "letter", "language": "en", "path": str(letter)}
    text = letter.read_text(encoding="utf-8")
    for fact in ("Red Heron", "Review board, 1 Quay", "You have until the end of", made):
        assert fact in text, fact
    assert "CANARY" not in text
    assert "<link" not in text
    said = prompt("premises", "letter", "ISLE-0001", "--public", "--output", notice, by="103").done().out
    assert said == f"The public notice of ISLE-0001 is in {notice}.\n"
    assert "Blue Lantern" in notice.read_text(encoding="utf-8")


def test_what_cannot_be_written_is_refused_and_leaves_no_file(prompt: Prompt, tmp_path: Path) -> None:
    prompt("mission", "notice", "ISLE", "--days", 7, "--petition-address", "Review board, 1 Quay", by="100").done()
    made, file = proposed(prompt), tmp_path / "paper.html"
    for words, sentence in (
        ((made, "--public"), "publish an edition first"),
        ((made, "--language", "tlh"), "no language of ISLE"),
        (("ISLE-0099",), "There is no ISLE-0099 here for you"),
    ):
        said = prompt("premises", "letter", *words, "--output", file, by="103")
        assert said.code == 1
        assert sentence in said.err
    assert prompt("premises", "letter", made, "--output", file, by="107").code == 1
    assert not file.exists()
