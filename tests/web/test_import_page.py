"""From a file that nobody prepared to proposals, on one page; and whatever is not one's own is not there."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.isle import Browser, signed_in

PAGE = "/register/ISLE/import"
LIST = """Nom de l etablissement;Lat;Long;Ville;Vu par
Harbour Cellar;10.2;-30.2;Port Sorrel;R. N.
Old Mill;95;-30.2;Port Sorrel;
Blue Lantern;10.0;-30.0;Port Sorrel;
Far Away;20.0;-30.2;Elsewhere;
"""


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def sent(browser: Browser, content: str | bytes = LIST, name: str = "list.csv") -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post(PAGE, {"file": (io.BytesIO(raw), name)}, page=PAGE)


def report_of(browser: Browser, content: str | bytes = LIST, name: str = "list.csv") -> tuple[str, str]:
    """The id of the list and the page of its report."""
    answer = sent(browser, content, name)
    assert answer.status_code == 303, answer.text
    found = re.search(r"file=([\w-]+)", answer.location)
    assert found
    return found.group(1), browser.get(answer.location).text


def row_of(page: str, number: int) -> str:
    start = page.index(f'id="row-{number}"')
    return page[start : page.index("</tr>", start)]


def test_a_file_is_read_shown_and_landed_as_proposals(officer: Browser) -> None:
    file, page = report_of(officer)
    print(page)
    assert "Harbour Cellar" in row_of(page, 2)
