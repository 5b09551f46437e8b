"""The first page of the register: what waits, and what is in force and described too poorly."""

import re

import pytest
from flask import Flask

from tests.web.isle import signed_in
from tests.web.test_register_pages import decide, proposed
from web import paging

TITLES = ("Coarse position", "Outside the territory")


def test_what_is_in_force_and_described_too_poorly_stands_on_the_page(app: Flask) -> None:
    officer, head = signed_in(app, "officer"), signed_in(app, "head")
    before = head.get("/register/ISLE/").text
    assert not any(f"<h2>{title}" in before for title in TITLES)
    made = proposed(officer, position="10.05, -27.05", uncertainty_m="400", confirm_outside="yes")
    assert f"<h2>{TITLES[0]}" not in head.get("/register/ISLE/").text
    assert decide(head, made, "designate") == 303
    page = head.get("/register/ISLE/").text
    for title in TITLES:
        section = page[page.index(f"<h2>{title}") :]
        assert made in section[: section.index("</section>")]
    assert "<h2>No name from the sign" not in page


def test_of_what_waits_a_page_shows_what_has_waited_longest_and_says_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = signed_in(app, "head")

    def told() -> list[str]:
        return re.findall(r'<small class="soft nobreak">(ISLE-\d+)</small>', head.get("/register/ISLE/").text)

    whole = told()
    assert len(whole) > 1
    monkeypatch.setattr(paging, "A_PAGE", 1)
    assert 0 < len(told()) < len(whole)
    assert "The 1 that have waited longest are shown." in head.get("/register/ISLE/").text
