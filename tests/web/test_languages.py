"""Which language a visitor gets, and what is said of one that nobody reviewed."""

import re

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.languages import LANGUAGES, TAGS, is_reviewed
from tests.web.isle import Browser, signed_in


def language_of(page: str) -> tuple[str, str]:
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)">', page)
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("tag", TAGS)
def test_a_link_says_the_language_of_a_visit(app: Flask, tag: str) -> None:
    visitor = Browser(app)
    page = visitor.get(f"/login?lang={tag}").text
    assert language_of(page) == (tag, "rtl" if tag == "ar" else "ltr")
    assert language_of(visitor.get("/login").text)[0] == tag
    assert language_of(Browser(app).get("/login").text)[0] == "en"


def test_a_link_changes_no_account_and_ends_where_the_reader_chooses(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    assert language_of(staff.get("/list?lang=sr-Latn").text)[0] == "sr-Latn"
    with wiring.store.reading() as tx:
        person = tx.people.find("staff")
    assert person
    assert person.language == "en"
    assert language_of(signed_in(app, "staff").get("/list").text)[0] == "en"
    staff.post("/language", {"language": "fr", "next": "/list"}, page="/list")
    assert language_of(staff.get("/list").text)[0] == "fr"


def test_a_link_with_no_language_of_ours_says_nothing(app: Flask) -> None:
    visitor = Browser(app)
    for tag in ("xx", "hr", "", "../ar", "ar\r\nSet-Cookie: a=b"):
        answer = visitor.get("/login", query_string={"lang": tag})
        assert language_of(answer.text)[0] == "en"
        assert "language" not in str(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("one", LANGUAGES, ids=TAGS)
def test_a_language_that_nobody_reviewed_says_so_on_every_page(app: Flask, one: object) -> None:
    tag = str(getattr(one, "tag", ""))
    staff = signed_in(app, "staff")
    for path in ("/", "/list", "/acknowledge/2", "/missions/ISLE/editions/current", "/no-such-page"):
        page = staff.get(f"{path}?lang={tag}").text
        assert ('class="unreviewed"' in page) is not is_reviewed(tag), path


def test_a_statement_is_never_in_words_that_nobody_reviewed(app: Flask) -> None:
    staff = signed_in(app, "staff")
    page = staff.get("/acknowledge/2?lang=ar").text
    assert STATEMENT["en"] in page
    assert 'name="language" value="en"' in page
    assert language_of(page) == ("ar", "rtl")
    french = staff.get("/acknowledge/2?lang=fr").text
    assert STATEMENT["fr"].replace("'", "&#39;") in french
    assert STATEMENT["en"] in french


def test_a_hash_a_grid_and_a_telephone_run_from_left_to_right_on_an_arabic_page(app: Flask) -> None:
    page = signed_in(app, "staff").get("/missions/ISLE/editions/current?lang=ar").text
    assert '<code class="hash" dir="ltr">' in page
