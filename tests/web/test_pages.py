"""What holds for every page: names as typed, reading changes nothing, words in the reader's language."""

import gzip
import html
import re

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Role, RoleGrant
from geo_offlimits.services import missions, people
from tests import proving
from tests.web.access_table import TABLE
from tests.web.isle import HOSTILE, Browser, Clock, mission, signed_in, territory

READ = sorted(
    path for method, path in TABLE if method == "GET" and "CAMPAIGN" not in path and path != "/static/app.css"
)
# Where the hostile names of the test mission are shown, and to whom.
SHOWN = (
    ("staff", "/list"),
    ("staff", "/missions/ISLE/editions/current"),
    ("staff", "/acknowledge/2"),
    ("officer", "/register/ISLE/"),
    ("officer", "/register/ISLE/in-force"),
)


@pytest.mark.parametrize(("role", "path"), SHOWN)
def test_a_name_that_looks_like_code_is_shown_as_typed(app: Flask, role: str, path: str) -> None:
    page = signed_in(app, role).get(path).text
    for name in HOSTILE:
        assert name not in page.replace("{{", "{ {") or name == "${alert(1)}"
        assert str(html.escape(name)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page, name


@pytest.mark.parametrize("at", range(len(HOSTILE)))
def test_so_it_is_on_its_own_page_and_in_a_search(app: Flask, at: int) -> None:
    officer, name = signed_in(app, "officer"), HOSTILE[at]
    typed = str(html.escape(name)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    assert typed in officer.get(f"/register/ISLE/ISLE-000{3 + at}").text
    page = officer.post("/list", {"do": "find", "search": name}, page="/list").text
    assert f'value="{typed}"' in page
    assert "uid=" not in page


def test_what_was_typed_into_a_refused_form_comes_back_escaped(app: Flask) -> None:
    officer = signed_in(app, "officer")
    form = {"name": HOSTILE[1], "position": HOSTILE[3], "authority": HOSTILE[4], "do": "propose"}
    page = officer.post("/register/ISLE/propose", form, page="/list").text
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert 'onmouseover=alert(1) x="' not in page


def test_reading_every_page_changes_nothing(app: Flask, wiring: Wiring) -> None:
    browsers = [signed_in(app, role) for role in ("head", "manager", "conduct", "staff")]
    before = everything(wiring)
    for browser in browsers:
        for path in READ:
            if path.startswith(("/register", "/campaigns")) and browser is browsers[3]:
                continue  # an attempt at what is forbidden is audited, and that is meant to be written
            browser.get(path)
            if browser is browsers[0]:
                browser.client.head(path, base_url=browser.base_url)
    changed = set(everything(wiring)) - set(before)
    assert all("act:refused" in row for row in changed if row.startswith("audit_leaf")), changed
    assert all(row.startswith("audit_leaf") for row in changed), changed


def everything(wiring: Wiring) -> list[str]:
    """Every row of every table."""
    with wiring.store.reading() as tx:
        ask = tx.connection.exec_driver_sql
        tables = ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").scalars().all()
        return [f"{table} {row}" for table in tables for row in ask(f'SELECT * FROM "{table}"').all()]  # noqa: S608


def test_a_page_speaks_the_browser_s_language_until_the_reader_chooses(app: Flask) -> None:
    browser = Browser(app)
    assert '<html lang="fr"' in browser.get("/login", headers={"Accept-Language": "fr-CH, en;q=0.5"}).text
    assert '<html lang="en"' in browser.get("/login", headers={"Accept-Language": "de"}).text
    browser.post("/language", {"language": "fr", "next": "/login"})
    assert '<html lang="fr"' in browser.get("/login").text


def test_the_note_beside_the_map_is_in_the_reader_s_language(app: Flask) -> None:
    staff = signed_in(app, "staff")
    assert "imply no opinion" in staff.get("/").text
    staff.post("/language", {"language": "fr"}, page="/list")
    assert "imply no opinion" not in staff.get("/").text
    assert "n’impliquent aucune opinion" in staff.get("/").text


def test_an_unknown_language_changes_nothing(app: Flask) -> None:
    browser = Browser(app)
    assert browser.post("/language", {"language": "tlh"}).status_code == 303
    assert '<html lang="en"' in browser.get("/login").text


def test_before_the_first_edition_pages_say_that_nothing_is_published(app: Flask, wiring: Wiring) -> None:
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    with wiring.writing(root) as act:
        missions.add_mission(act, mission("REEF"), territory(-10.5))
        for reference, role in (("staff", Role.STAFF), ("head", Role.HEAD)):
            people.grant_role(act, reference, RoleGrant(role=role, mission="REEF"))
    staff = signed_in(app, "staff")
    for path in ("/?mission=REEF", "/list?mission=REEF"):
        answer = staff.get(path)
        assert answer.status_code == 200, answer.text
        assert "No edition has been published" in answer.text
    scripts = [staff.get(f"/map.js?mission={code}").text for code in ("REEF", "ISLE")]
    assert ["An empty map does not mean" in one for one in scripts] == [True, False]
    assert ["The list could not be loaded" in one for one in scripts] == [False, True]
    page = staff.post("/list?mission=REEF", {"do": "find", "search": "Blue Lantern"}, page="/list").text
    assert 'class="verdict cannot_tell"' in page
    assert "REEF has published no list yet" in page
    assert "No name on this edition" not in page
    assert staff.get("/missions/REEF/editions/current").status_code == 404
    assert "No edition has been published yet" in signed_in(app, "head").get("/register/REEF/publish").text


def test_an_expired_list_says_so_on_every_page_that_shows_it(app: Flask, clock: Clock) -> None:
    clock.later(days=40)
    staff = signed_in(app, "staff")
    for path in ("/", "/list"):
        assert "This list has expired" in staff.get(path).text


def test_pages_travel_compressed(app: Flask) -> None:
    staff = signed_in(app, "staff")
    packed = staff.get("/list", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Blue Lantern" in gzip.decompress(packed.data).decode()
    assert "Content-Encoding" not in staff.get("/list").headers


# ---- /list without JavaScript ----------------------------------------------------------------------------------------


def test_a_position_typed_on_the_list_gets_its_verdict(app: Flask) -> None:
    staff = signed_in(app, "staff")
    page = staff.post("/list", {"do": "check", "position": "10.0, -30.0"}, page="/list").text
    assert 'class="verdict ' in page
    assert "Blue Lantern" in page
    assert "26P" in page  # the position in MGRS


@pytest.mark.parametrize(("typed", "sentence"), [("95, 0", "beyond 90"), ("nowhere", ""), ("", "")])
def test_a_position_that_is_none_gets_a_sentence(app: Flask, typed: str, sentence: str) -> None:
    page = signed_in(app, "staff").post("/list", {"do": "check", "position": typed}, page="/list")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert sentence in page.text


def test_a_name_searched_on_the_list_is_found_in_spite_of_typos(app: Flask) -> None:
    page = signed_in(app, "staff").post("/list", {"do": "find", "search": "blu lantern"}, page="/list").text
    assert "Blue Lantern" in page[page.index("Names found") :]


@pytest.mark.parametrize("typed", ["10.0, -30.0", "10,0 -30,0", "10°00′N 30°00′W", "geo:10,-30", "26P KT 01234 06789"])
def test_one_box_takes_a_name_or_a_position(app: Flask, typed: str) -> None:
    page = signed_in(app, "staff").post("/list", {"do": "find", "search": typed}, page="/list").text
    assert 'class="verdict ' in page
    assert f'value="{typed}"' in page


def test_a_slip_in_a_position_is_no_name_that_was_not_found(app: Flask) -> None:
    staff = signed_in(app, "staff")
    page = staff.post("/list", {"do": "find", "search": "26P KT 1234 567"}, page="/list").text
    assert "odd number of digits" in page
    assert "No name on this edition" not in page
    page = staff.post("/list", {"do": "find", "search": "95, 0"}, page="/list").text
    assert "beyond 90" in page
    assert "No name on this edition" not in page
    page = staff.post("/list", {"do": "find", "search": "?"}, page="/list").text
    assert "no letters or digits" in page
    for name in ("bar", "Bar 24 12"):
        page = staff.post("/list", {"do": "find", "search": name}, page="/list").text
        assert 'data-slot="notations" hidden' in page or 'data-slot="notations"' not in page, name


def test_the_box_takes_a_link_of_a_map_and_a_name_that_looks_like_a_grid_square_stays_a_name(app: Flask) -> None:
    staff = signed_in(app, "staff")
    link = "https://www.google.com/maps/place/Blue+Lantern/@10,-30.1,17z/data=!8m2!3d10.00000!4d-30.00000?" + "x" * 300
    placed = staff.post("/list", {"do": "find", "search": link}, page="/list").text
    assert "10.000000, -30.000000" in placed
    assert 'data-slot="notations">' in placed
    for name in ("Bar 1980", "24/7", "4 20"):
        named = staff.post("/list", {"do": "find", "search": name}, page="/list").text
        assert 'data-slot="notations">' not in named
        assert f"is like “{name}”" in named
    assert "at most" in staff.post("/list", {"do": "find", "search": "x" * 300}, page="/list").text


def test_an_ambiguous_position_is_asked_about_and_the_choice_keeps_its_accuracy(app: Flask) -> None:
    staff = signed_in(app, "staff")
    page = staff.post("/list", {"do": "check", "position": "10°00′N 30°00′O"}, page="/list").text
    assert "Which position is meant?" in page
    sent = re.findall(r'name="position" value="(geo:[^"]*)"', page)
    assert sent == ["geo:10.000000,30.000000;u=1307", "geo:10.000000,-30.000000;u=1307"]
    assert 'class="verdict ' in staff.post("/list", {"do": "check", "position": sent[1]}, page="/list").text


@pytest.mark.parametrize("page", ["0", "-1", "2", "999999999999", "x"])
def test_a_page_number_that_is_none_shows_the_nearest(app: Flask, page: str) -> None:
    assert "Blue Lantern" in signed_in(app, "staff").get(f"/list?page={page}").text


def test_a_moment_is_told_with_the_distance_of_its_time_zone(app: Flask) -> None:
    staff = signed_in(app, "staff")
    page = staff.get("/missions/ISLE/editions/current").text
    assert "1 Mar 2026, 08:00 UTC-01:00" in page
    staff.post("/language", {"language": "fr"}, page="/list")
    assert "1 mars 2026, 08:00 UTC-01:00" in staff.get("/missions/ISLE/editions/current").text


def test_every_page_of_the_register_marks_where_in_the_product_the_reader_is(app: Flask) -> None:
    head = signed_in(app, "head")
    for path in ("", "in-force", "facilities", "propose", "publish", "ISLE-0001", "ISLE-0001/letter"):
        menu = head.get(f"/register/ISLE/{path}").text
        menu = menu[menu.index("<nav") : menu.index("</nav>")]
        assert menu.count("aria-current") == 1, path
        assert 'href="/register/" aria-current="page"' in menu, path
    assert 'href="/" aria-current="page"' in head.get("/").text
    assert 'href="/list" aria-current="page"' in head.get("/list").text
