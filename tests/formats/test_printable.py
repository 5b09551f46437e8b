"""The list for paper: complete, genuine, readable in black and white, and safe with any name."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined
from playwright.sync_api import Browser

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.premises import Name
from geo_offlimits.formats.pages import css_escaped
from geo_offlimits.formats.printable import list_page

SHA256, FINGERPRINT = "3f1c" * 16, "ab12cd34" * 8
HOSTILE = (
    "{{ cycler.__init__.__globals__.os.system('id') }}",
    "{% raw %}",
    "</script><script>document.title='ran'</script>",
    "</style><script>document.title='ran'</script>",
    "${alert(1)}",
    "<img src=x onerror=\"document.title='ran'\">",
    "\" onmouseover=\"document.title='ran'",
    "&amp;lt;",
    "\u202eraB ehT",
)


class Reader(HTMLParser):
    """What a person reads of a page, and every tag and reference in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(text for text in self.texts if text)


def page_of(edition: Edition, language: str = "en") -> str:
    page = list_page(
        edition, sha256=SHA256, fingerprint=FINGERPRINT, language=language, translate=catalogue(language).gettext
    )
    return page.decode()


def with_entries(edition: Edition, *entries: Entry) -> Edition:
    return replace(edition, entries=entries)


def test_the_page_names_its_edition_its_times_and_its_proof(edition: Edition) -> None:
    text = Reader(page_of(edition)).text
    assert "Demonstration mission" in text
    assert "Edition 4" in text
    assert "Issued 1 March 2026, 10:00 (Europe/Paris)" in text
    assert "Expires 1 April 2026, 11:00 (Europe/Paris)" in text
    assert "3f1c3f1c " * 7 + "3f1c3f1c" in text
    assert "ab12cd34 " * 7 + "ab12cd34" in text
    assert "Suspected, precautionary" in text
    assert "+000 100 200" in text
    assert edition.statement["en"] in text
    assert edition.statement["fr"] in text
    assert "Beach house" in text


def test_every_entry_is_on_the_page_once_in_its_section(edition: Edition) -> None:
    text = Reader(page_of(edition)).text
    order = [
        "Rules for a kind of venue",
        "Unlicensed parlours",
        "Areas",
        "Market street",
        "Listed premises : North",
        "Blue Lantern",
        "Hotel Meridian Club",
        "Listed premises : South",
        "The Parrot",
        "Premises whose place is not known",
        "The Wandering Star",
        "Approved welfare facilities",
        "Statement to acknowledge",
    ]
    text = text.replace("premises:", "premises :")
    assert sorted(order, key=text.index) == order
    assert [text.count(entry.entry_id) for entry in edition.entries] == [1] * len(edition.entries)


def test_an_entry_tells_its_names_its_part_of_the_building_and_its_terms(edition: Edition) -> None:
    text = Reader(page_of(edition)).text
    assert "On the sign: Плава лампа" in text
    assert "Former name: Old Mill" in text
    assert "Only this part of the building : floor 3 . entrance courtyard . the club only" in text.replace(
        "building:", "building :"
    )
    assert "until 31 August 2026 only Fri–Sat 20:00–04:00" in text
    assert "binds only Military, Police" in text
    assert "except Official duty" in text
    assert "24P XV 81234 82345" in text
    assert "12.50000, -40.25000" in text
    assert "± 50 m" in text


def test_a_rule_without_an_area_says_that_it_holds_everywhere_and_one_with_an_area_does_not(edition: Edition) -> None:
    rule, area = edition.entries[4], edition.entries[3]
    assert "everywhere in the mission" in Reader(page_of(edition)).text
    bounded = with_entries(edition, replace(rule, geometry=area.geometry))
    assert "everywhere in the mission" not in Reader(page_of(bounded)).text


def test_caution_is_a_word_and_what_it_means_is_said(edition: Edition) -> None:
    text = Reader(page_of(edition)).text
    assert "(of these caution only: 1)" in text
    assert "advised against, not barred" in text
    barred = tuple(entry for entry in edition.entries if entry.restriction is Restriction.OFF_LIMITS)
    assert "Caution" not in Reader(page_of(with_entries(edition, *barred))).text


def test_a_directive_of_all_is_said_once_and_else_with_each(edition: Edition) -> None:
    assert page_of(edition).count("DEMO/DIR/1") == 1
    first, second, *_ = edition.entries
    mixed = with_entries(edition, first, replace(second, directive="OTHER/9", issuer="OTHER"))
    text = Reader(page_of(mixed)).text
    assert "directive DEMO/DIR/1" in text
    assert "issued by OTHER directive OTHER/9" in text


def test_hours_are_told_as_days_and_times(edition: Edition) -> None:
    spans = (
        WeeklySpan(days=(1, 2, 3, 5), start=time(9), end=time(17)),
        WeeklySpan(days=(1, 2, 3, 4, 5, 6, 7), start=time(0), end=time(0)),
    )
    entry = replace(edition.entries[0], hours=Hours(tz="Asia/Tokyo", weekly=spans))
    text = Reader(page_of(with_entries(edition, entry))).text
    assert "only Mon–Wed, Fri 09:00–17:00; every day all day (Asia/Tokyo)" in text


def test_an_end_within_a_day_is_told_to_the_minute(edition: Edition) -> None:
    entry = replace(edition.entries[0], until=datetime(2026, 8, 31, 12, 30, tzinfo=UTC))
    assert "until 31 August 2026, 14:30" in Reader(page_of(with_entries(edition, entry))).text


def test_an_invented_island_is_said_on_every_sheet_of_paper_and_a_real_mission_has_no_such_words(
    edition: Edition,
) -> None:
    words = "DEMONSTRATION – invented island state"
    demonstration, real = page_of(edition), page_of(replace(edition, demonstration=False))
    assert words in Reader(demonstration).text
    assert f'@top-center {{ content: "{css_escaped(words)}"' in demonstration
    assert words not in real
    assert '@top-center { content: ""' in real


def test_an_edition_without_entries_says_so(edition: Edition) -> None:
    empty = replace(edition, entries=(), contacts=(), facilities=())
    assert f"Edition {empty.number} of {empty.mission} lists no premises." in Reader(page_of(empty)).text


def test_the_page_speaks_its_language(edition: Edition) -> None:
    page = page_of(edition, "fr")
    assert '<html lang="fr" dir="ltr">' in page
    assert "1 mars 2026" in page
    assert Reader(page).text.index(edition.statement["fr"]) < Reader(page).text.index(edition.statement["en"])


def test_a_page_in_a_right_to_left_language_reads_from_the_right(edition: Edition) -> None:
    page = list_page(edition, sha256=SHA256, fingerprint=FINGERPRINT, language="ar").decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_the_page_needs_nothing_else(edition: Edition) -> None:
    page = page_of(edition)
    told = Reader(page)
    assert told.tags & {"script", "link", "img", "iframe", "object", "svg", "form", "a"} == set()
    assert {name for name, _ in told.attributes} & {"src", "href", "style", "onload", "onclick"} == set()
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_shown_as_typed_wherever_it_stands(edition: Edition, name: str) -> None:
    entry = replace(
        edition.entries[1],
        name=name,
        names=(Name(text="x"), Name(text=name, lang=name)),
        address=name,
        locality=name,
        sector=name,
        directive=name,
        issuer=name,
        exceptions=(name,),
    )
    everywhere = replace(edition, mission=name, mission_name=name, statement={"en": name}, entries=(entry,))
    page = page_of(everywhere)
    told, clean = Reader(page), Reader(page_of(edition))
    assert told.tags == clean.tags
    assert {key for key, _ in told.attributes} == {key for key, _ in clean.attributes}
    assert told.texts.count(" ".join(name.split())) >= 7
    assert "uid=" not in page


def test_the_control_a_template_made_of_data_would_have_run_it() -> None:
    made = Environment(undefined=StrictUndefined, autoescape=True).from_string("{{ 7 * 6 }}").render()
    assert made == "42"


def test_a_text_in_the_page_margin_cannot_end_its_string(edition: Edition) -> None:
    page = page_of(replace(edition, mission='"; } </style><b>'))
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert "\\22 \\3b \\20 \\7d \\20 \\3c \\2f style\\3e " in style[1]


@pytest.mark.browser
def test_a_browser_shows_every_hostile_name_as_typed_and_asks_nobody(
    edition: Edition, browser: Browser, tmp_path: Path
) -> None:
    entries = [
        replace(edition.entries[0], entry_id=f"DEMO-{n:04}", name=name, names=(Name(text=name),))
        for n, name in enumerate(HOSTILE)
    ]
    file, control = tmp_path / "list.html", tmp_path / "control.html"
    content = page_of(with_entries(edition, *entries))
    file.write_text(content, encoding="utf-8")
    # The control: the same page with nothing escaped and no policy of its own must run what stands in the names.
    control.write_text(
        html.unescape(re.sub(r"<meta http-equiv=.Content-Security-Policy.*?>", "", content)), encoding="utf-8"
    )
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert sorted(page.locator(".name").all_text_contents()) == sorted(HOSTILE)
    assert page.title() == "DEMO – Off-limits list – Edition 4"
    assert asked == [file.as_uri()]
    page.goto(control.as_uri())
    assert page.title() == "ran"
    page.close()


@pytest.mark.browser
def test_on_paper_the_header_of_the_table_is_repeated_and_no_entry_is_cut(
    edition: Edition, browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "list.html"
    entries = [replace(edition.entries[0], entry_id=f"DEMO-{n:04}", name=f"Bar {n}") for n in range(80)]
    file.write_text(page_of(with_entries(edition, *entries)), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.evaluate("getComputedStyle(document.querySelector('td').parentElement).breakInside") == "avoid"
    a4, letter = page.pdf(format="A4"), page.pdf(format="Letter")
    assert min(len(re.findall(rb"/Type\s*/Page\b", paper)) for paper in (a4, letter)) > 3
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0
    page.close()
