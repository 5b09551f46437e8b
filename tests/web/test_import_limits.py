"""What a list may be that is sent to a page is the operator's to say; and a file that was read is not read again."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.settings import Settings
from tests.web.import_steps import LIST, PAGE, REPORT, begun, data, kept, landed, names, row_of, sent, shown, step
from tests.web.isle import Browser, Clock, quick, signed_in
from web import create_app


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


@pytest.fixture
def strict(settings: Settings, clock: Clock) -> Iterator[Wiring]:
    """A server whose operator takes two rows and a megabyte."""
    wired = wire(replace(settings, import_rows=2, import_mb=1), clock, passphrases=quick())
    yield wired
    wired.store.close()


def _sent_whole(officer: Browser, content: bytes) -> TestResponse:
    """A large file, without the temporary ones that a test client makes of it and leaves open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    return officer.client.post(
        PAGE,
        input_stream=io.BytesIO(head + content + b"\r\n--x--\r\n"),
        content_type="multipart/form-data; boundary=x",
        base_url=officer.base_url,
        headers={"X-CSRF-Token": officer.token(PAGE)},
    )


def test_a_limit_of_the_operator_is_told_before_a_file_is_sent_and_refuses_what_is_beyond_it(
    strict: Wiring, settings: Settings
) -> None:
    before, officer = names(strict), signed_in(create_app(wiring=strict), "officer")
    assert "Up to 1 MB and 2 rows." in officer.get(PAGE).text
    answer = sent(officer, LIST)
    assert (answer.status_code, "has more than 2 rows; split it" in answer.text) == (422, True)
    answer = _sent_whole(officer, LIST.encode() + b" " * 2**20)
    assert (answer.status_code, "is larger than 1 MB" in answer.text) == (422, True)
    assert (kept(settings), names(strict)) == ([], before)
    begun(officer, "\n".join(LIST.splitlines()[:3]))
    assert len(kept(settings)) == 1


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of each file each time that a page reads it."""
    found: list[str] = []

    def reads(source: tuple[str, bytes], *told: Any, **more: Any) -> Any:
        found.append(source[0])
        return read_rows(source, *told, **more)

    monkeypatch.setattr("web.import_reading.read_rows", reads)
    return found


def test_a_file_is_read_once_however_often_its_report_is_made(officer: Browser, readings: list[str]) -> None:
    file = begun(officer)
    for _ in range(2):
        shown(officer, file)
    data(officer, file)
    step(officer, "row", file, row=3, **{"cell-latitude": "10.3"})
    step(officer, "confirm", file, confirm_outside="yes")
    page = shown(officer, file)
    assert "set right by you" in page
    assert readings == ["list.csv"]
    columns = {f"column-{at}": field for at, field in enumerate(data(officer, file)["mapping"].values())}
    step(officer, "columns", file, **columns, **{"column-4": "note"})
    page = shown(officer, file)
    assert "R. N." in page
    assert readings == ["list.csv"] * 2
    assert landed(officer, file, page).status_code == 303
    assert readings == ["list.csv"] * 3  # what lands is read anew


def test_what_is_not_read_how_far_apart_and_how_it_was_understood_stand_on_the_page(officer: Browser) -> None:
    """Nothing is lost or guessed in silence: a person sees it without opening anything."""
    rows = ("Night Boat;10.2;-30.2;daily after 22h;R. N.", "Old Mill;95;-30.2;;", "Blue Lantern Bar;10.0001;-30.0;;")
    file = begun(officer, "\n".join(("Nom de l etablissement;Lat;Long;Heures;Vu par", *rows)))
    page = shown(officer, file)
    columns = page[page.index('id="columns"') :]
    assert "Not read: Vu par" in columns[: columns.index("</summary>")]
    assert "until 06:00" in row_of(page, 2)
    assert " m</small>" in row_of(page, 4)
    assert f'href="{REPORT}?file={file}&amp;status=refused#row-3">1 row is at fault' in page
    mended = step(officer, "row", file, row=3, status="refused", **{"cell-latitude": "10.3"})
    assert mended.location.endswith(f"file={file}#land")
    assert "is at fault" not in shown(officer, file)
