"""The designation's page keeps notes and files; each reading is a POST of its own, and what is read is only saved."""

import io
import logging

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.attachments import MediaType
from tests.attached import SECRET, pdf, photo
from tests.web.isle import ATTACHED, Browser, signed_in

LISTING = "/register/ISLE/ISLE-0001"
NOTES, FILES = f"{LISTING}/notes", f"{LISTING}/attachments"
NOTE, NAME = "NOTE-7F3A seen at the back\n<b>twice", "NAME-7F3A.jpg"


def sent(browser: Browser, content: bytes, name: str = NAME, *, kind: str = "") -> TestResponse:
    # Written out here: the test client would leave the temporary file of a large form open.
    form = {"csrf_token": browser.token(LISTING), "file": FileStorage(io.BytesIO(content), name), "kind": kind}
    boundary, body = encode_multipart(form)
    media_type = f"multipart/form-data; boundary={boundary}"
    return browser.client.post(FILES, data=body, content_type=media_type, base_url=browser.base_url)


def read(browser: Browser, number: int) -> TestResponse:
    return browser.post(f"{FILES}/{number}", page=LISTING, buffered=True)


def tags(wiring: Wiring, tag: str) -> int:
    with wiring.store.reading() as tx:
        return sum(f'"{tag}"'.encode() in leaf for leaf in tx.audit.leaves())


def test_an_officer_keeps_a_note_and_conduct_reads_it(app: Flask, wiring: Wiring) -> None:
    officer, conduct = signed_in(app, "officer"), signed_in(app, "conduct")
    assert officer.post(NOTES, {"text": NOTE}, page=LISTING).status_code == 303
    page = officer.get(LISTING).text
    assert "Kept with this listing. It is never published." in page
    assert "Restricted attachments" in page
    assert "7F3A" not in page + conduct.get(LISTING).text
    assert f'action="{FILES}/2"' not in page
    assert f'action="{FILES}/2"' in conduct.get(LISTING).text
    before = tags(wiring, "attachment:read")
    answer = read(conduct, 2)
    assert "NOTE-7F3A seen at the back<br>&lt;b&gt;twice</p>" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert tags(wiring, "attachment:read") == before + 1


@pytest.mark.parametrize(
    ("content", "media_type", "suffix"),
    [
        (photo(), MediaType.JPEG, "jpg"),
        (photo("PNG"), MediaType.PNG, "png"),
        (photo("WEBP"), MediaType.WEBP, "webp"),
        (pdf(), MediaType.PDF, "pdf"),
    ],
)
def test_a_file_is_handed_out_to_be_saved_and_nothing_else(
    app: Flask, content: bytes, media_type: str, suffix: str
) -> None:
    # Its name lies about its kind.
    assert sent(signed_in(app, "officer"), content, "x.html").status_code == 303
    answer = read(signed_in(app, "head"), 2)
    assert answer.status_code == 200
    assert answer.content_type == media_type
    assert answer.headers["Content-Disposition"] == f"attachment; filename=ISLE-0001-2.{suffix}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'; sandbox" in answer.headers.getlist("Content-Security-Policy")
    assert SECRET not in answer.data
    assert (answer.data == content) is (suffix == "pdf")


def test_a_page_tells_readers_the_list_adders_the_number_and_others_nothing(app: Flask) -> None:
    for who, (told, listed, form) in {
        "head": (True, True, True),
        "deputy": (True, True, True),
        "officer": (True, False, True),
        "conduct": (True, True, False),
        "auditor": (False, False, False),
    }.items():
        page = signed_in(app, who).get(LISTING).text
        assert ("Restricted attachments" in page, f"{FILES}/1" in page, f'action="{NOTES}"' in page) == (
            told,
            listed,
            form,
        ), who
        assert ATTACHED not in page


def test_what_is_refused_is_told_beside_its_field_and_kept_nowhere(app: Flask, wiring: Wiring) -> None:
    officer = signed_in(app, "officer")
    for content, sentence in (
        (b"MZ" + bytes(90), "is no JPEG, PNG, WebP or PDF (save it as one of these)"),
        (photo()[:300], "cannot be read to its end (was it saved whole?)"),
        (pdf(b"<</S /JavaScript>>"), "is a PDF that runs something or carries other files (print it to a new PDF)"),
        (bytes(11 * 2**20), "is larger than 10 MB (save it smaller)"),
    ):
        answer = sent(officer, content)
        assert answer.status_code == 422
        assert f'id="file-issue">{sentence}<' in answer.text
        assert "7F3A" not in answer.text
    assert officer.post(FILES, page=LISTING).status_code == 422
    assert officer.post(NOTES, {"text": " "}, page=LISTING).status_code == 422
    assert sent(officer, pdf(), kind="note").status_code == 422
    assert sent(officer, pdf(), kind="haunted").status_code == 422
    assert sent(officer, bytes(17 * 2**20)).status_code == 413
    assert not list(wiring.settings.data_dir.glob("attachments/*"))
    assert tags(wiring, "attachment:added") == 1


def test_a_photographed_letter_is_a_letter(app: Flask) -> None:
    assert sent(signed_in(app, "officer"), photo(), kind="letter").status_code == 303
    assert "<b>Letter</b>" in signed_in(app, "head").get(LISTING).text


@pytest.mark.parametrize("number", ["0", "9", "99999999999999999999", "-1", "x"])
def test_what_is_not_there_is_absent(app: Flask, number: str) -> None:
    head = signed_in(app, "head")
    assert head.post(f"{FILES}/{number}", page=LISTING).status_code == 404
    assert head.get(f"{FILES}/1").status_code == 405


def test_an_attachment_is_not_reached_under_another_mission_or_by_its_file(app: Flask, wiring: Wiring) -> None:
    assert sent(signed_in(app, "officer"), pdf(b"% FILE-7F3A")).status_code == 303
    stranger, head = signed_in(app, "stranger"), signed_in(app, "head")
    assert stranger.post("/register/ROCK/ISLE-0001/attachments/1", page="/list").status_code == 404
    (file,) = wiring.settings.data_dir.glob("attachments/*")
    for path in (f"/static/../attachments/{file.name}", f"/attachments/{file.name}", f"/basemaps/../{file.name}"):
        assert head.get(path).status_code == 404
    for path in (f"/basemaps/ISLE/..%2f..%2fattachments%2f{file.name}/0/0/0", f"/basemaps/attachments/{file.name}"):
        assert b"7F3A" not in head.get(path).data


def test_a_changed_file_is_refused_with_a_sentence_and_the_attempt_is_on_record(app: Flask, wiring: Wiring) -> None:
    assert sent(signed_in(app, "officer"), pdf()).status_code == 303
    (file,) = wiring.settings.data_dir.glob("attachments/*")
    file.write_bytes(b"%PDF-FORGED-7F3A")
    before = tags(wiring, "act:refused")
    answer = read(signed_in(app, "conduct"), 2)
    assert answer.status_code == 409
    assert "The file of attachment 2 on ISLE-0001 is gone or is not the one that was kept" in answer.text
    assert "FORGED" not in answer.text
    assert (tags(wiring, "act:refused"), tags(wiring, "attachment:read")) == (before + 1, 0)


def test_no_log_and_no_error_page_holds_what_was_attached(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    told = sent(officer, b"CONTENT-7F3A").text + sent(officer, pdf(b"% CONTENT-7F3A")).text + read(head, 9).text

    def fail(*_what: object, **_facts: object) -> None:
        raise ZeroDivisionError(NOTE, NAME)

    monkeypatch.setattr("geo_offlimits.store.attachments.Attachments.add", fail)
    for answer in (sent(officer, pdf()), officer.post(NOTES, {"text": NOTE}, page=LISTING)):
        assert answer.status_code == 500
        told += answer.text
    monkeypatch.undo()
    monkeypatch.setattr("geo_offlimits.store.cabinet.Cabinet.read", fail)
    answer = read(head, 2)
    assert answer.status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert "7F3A" not in told + answer.text + caplog.text


def test_in_french_too(app: Flask) -> None:
    officer = signed_in(app, "officer")
    officer.post("/language", {"language": "fr", "next": "/list"}, page="/list")
    assert "Pièces jointes restreintes" in officer.get(LISTING).text
    refused = sent(officer, b"hello").text
    assert "n’est ni un JPEG, ni un PNG, ni un WebP, ni un PDF" in refused
