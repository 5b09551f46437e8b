"""The sheet for a notice board, read back by poppler; what is refused, and what is never fetched."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from shapely import Point, Polygon, box, union_all
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.formats import pdf
from geo_offlimits.formats.board_map import drawn_maps
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.pdf import LongSheetError, NoTypesetterError
from geo_offlimits.formats.printable import board_page
from geo_offlimits.formats.qr import qr_svg
from tests import typesetting
from tests.formats.conftest import ENTRIES, edition_of, listed
from tests.formats.exported import FINGERPRINT, HOSTILE, NAMES, SHA256, excerpt


@pytest.fixture(scope="module")
def sheet() -> bytes:
    typesetting.needed()
    return pdf.write(excerpt())


@pytest.fixture(scope="module")
def told(sheet: bytes) -> str:
    return typesetting.told(sheet)


def board(*entries: object, **facts: object) -> Excerpt:
    edition = replace(edition_of(*entries), **facts)  # type: ignore[arg-type]  # entries, and facts by name
    return Excerpt(edition=edition, sha256=SHA256, fingerprint=FINGERPRINT, entries=edition.entries, filtered={})


def unspaced(text: str) -> str:
    return "".join(text.split())


def test_every_entry_stands_on_it_once_with_its_id_and_its_name(told: str) -> None:
    listed_ids = re.findall(r"^DEMO-\d{4}\b", told, re.MULTILINE)
    assert sorted(listed_ids) == [entry.entry_id for entry in excerpt().entries]
    for name in (*NAMES.values(), *HOSTILE[:-2]):
        assert unspaced(name) in unspaced(told), name


def test_coordinates_stand_on_it_to_a_metre_and_the_minus_before_its_number(told: str) -> None:
    for placed in excerpt().placed:
        assert f"{placed.footprint.representative_point().y:.5f}, " in told
    assert "12.50000, -40.20100" in told


def test_the_hash_and_the_fingerprint_stand_on_it_whole(told: str) -> None:
    assert unspaced(SHA256) in unspaced(told)
    assert unspaced(FINGERPRINT) in unspaced(told)
    assert "1 April 2026" in told
    assert unspaced("Take down the sheets of earlier editions.") in unspaced(told)


def test_all_its_fonts_travel_in_it(sheet: bytes, tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(sheet)
    rows = subprocess.run(["pdffonts", file], capture_output=True, check=True, text=True).stdout.splitlines()[2:]
    assert len(rows) > 2
    assert [row for row in rows if not re.search(r" yes yes yes +\d+", row)] == []


def test_it_is_a4_dated_by_its_edition_and_tagged_for_screen_readers(told: str) -> None:
    assert re.search(r"Page size: +595\.\d+ x 841\.\d+ pts \(A4\)", told)
    assert re.search(r"CreationDate: .*2026", told)
    assert re.search(r"Tagged: +yes", told)


def test_it_runs_to_the_right_or_to_the_left_with_its_language() -> None:
    typesetting.needed()
    right = typesetting.told(pdf.write(excerpt(language="ar")))
    for name in ("Arabic", "Hebrew"):
        assert unspaced(NAMES[name]) in unspaced(right)
    assert "12.50000, -40.20100" in right


def test_nothing_is_fetched_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    typesetting.needed()
    fetcher = importlib.import_module("weasyprint.urls").URLFetcher
    asked: list[str] = []
    opened: list[object] = []
    fetch = fetcher.fetch

    def told_of(self: object, url: str, *given: object, **named: object) -> object:
        asked.append(url)
        return fetch(self, url, *given, **named)

    monkeypatch.setattr(fetcher, "fetch", told_of)
    monkeypatch.setattr(fetcher, "open", lambda *given: opened.append(given))
    pdf.write(board(listed(1, "<img src='https://lists.example/x.png'>"), listed(2, "url(https://lists.example/y)")))
    assert asked == []
    # The control: a page that named something outside would ask, and be refused before anything is opened.
    named = ["https://lists.example/x.png", (tmp_path / "x.png").as_uri()]
    pdf.typeset("".join(f"<img src='{url}'>" for url in named).encode())
    assert (asked, opened) == (named, [])


def test_a_rule_with_an_address_tells_it_on_a_line_of_its_own() -> None:
    typesetting.needed()
    rule = listed(1, "Casinos", subject=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO, geometry=None, mgrs=None)
    told = typesetting.told(pdf.write(board(rule)))
    assert re.search(r"\b1 Quay\b", told)
    assert re.search(r"^\s*everywhere in the mission$", told, re.MULTILINE)


def test_without_the_extra_the_refusal_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(NoTypesetterError, match=r"Install geo_offlimits\[pdf\]"):
        pdf.write(board(*ENTRIES))


def test_a_list_too_long_for_a_board_is_refused_before_anything_is_typeset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(LongSheetError, match="up to 1000 entries, and this list has 1001"):
        pdf.write(board(*(listed(number, "Bar") for number in range(1, 1002))))


def test_the_code_holds_the_edition_its_expiry_its_hash_and_the_key() -> None:
    held = qr_svg(f"DEMO 4\n2026-04-01T09:00:00Z\n{SHA256}\n{FINGERPRINT}")
    assert held is not None
    assert held in board_page(board(*ENTRIES))


# ---- the map ---------------------------------------------------------------------------------------------------------

ISLAND = Boundary(kind=BoundaryKind.TERRITORY, name="Island", geometry=box(-40.4, 12.3, -40.0, 12.7))


def texts(svg: str) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", svg)


def pins_of(told: Excerpt) -> dict[str, int]:
    return {one.entry.entry_id: number for number, one in enumerate(told.placed, 1)}


def spots(*places: tuple[float, float]) -> Iterator[object]:
    return (listed(number, "Bar", geometry=Point(place)) for number, place in enumerate(places, 1))


def test_pins_apart_stand_alone_and_pins_at_one_place_are_one_with_all_numbers() -> None:
    told = board(*spots((-40.3, 12.6), (-40.1, 12.4), (-40.1, 12.4), (-40.1001, 12.4)))
    [whole] = drawn_maps(told.placed, (ISLAND,), pins_of(told))
    assert texts(whole.svg) == ["10 km", "N", "1", "2–4"]


def test_where_many_are_one_a_detail_shows_each_led_to_its_place() -> None:
    told = board(*spots((-40.3, 12.6), *[(-40.1, 12.4)] * 5))
    _, detail = drawn_maps(told.placed, (ISLAND,), pins_of(told))
    assert detail.title == "Port 2–6"
    assert texts(detail.svg)[2:] == ["2", "3", "4", "5", "6"]
    assert detail.svg.count("<circle") == 4


def words_and_pins(svg: str) -> tuple[dict[str, Polygon], BaseGeometry]:
    """Where each word stands, at most as wide as its letters are high; and what the pins cover."""
    words = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="3.6"[^>]*>([^<]*)<', svg)
    pins = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx', svg)
    corners = [[float(number) for number in pin] for pin in pins]
    covered = union_all([box(x, y, x + width, y + height) for x, y, width, height in corners])
    return {
        word: box(float(x) - len(word), float(y) - 3, float(x) + len(word), float(y)) for x, y, word in words
    }, covered


def test_the_name_of_a_sector_stands_in_it_where_no_pin_covers_it() -> None:
    sector = Boundary(kind=BoundaryKind.SECTOR, name="North", geometry=box(-40.4, 12.5, -40.0, 12.7))
    told = board(*spots((-40.2, 12.6), (-40.22, 12.6), (-40.39, 12.35), (-40.02, 12.35)))
    [whole] = drawn_maps(told.placed, (ISLAND, sector), pins_of(told))
    words, covered = words_and_pins(whole.svg)
    assert list(words) == ["North"]
    assert not covered.is_empty
    assert words["North"].disjoint(covered)
    # On the upper half of the map, as the sector is on that of the island.
    assert words["North"].bounds[3] < 105 / 2


def test_a_sector_without_room_keeps_its_name_in_its_middle() -> None:
    sector = Boundary(kind=BoundaryKind.SECTOR, name="Of a long name", geometry=box(-40.201, 12.599, -40.199, 12.601))
    told = board(*spots((-40.2, 12.6), (-40.39, 12.35), (-40.02, 12.35)))
    [whole] = drawn_maps(told.placed, (ISLAND, sector), pins_of(told))
    [word] = words_and_pins(whole.svg)[0].values()
    [pin] = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="2.7"[^>]*>1<', whole.svg)
    assert word.centroid.distance(Point(*map(float, pin))) < 3


def test_the_scale_stands_in_a_corner_where_no_pin_covers_it() -> None:
    wide = replace(ISLAND, geometry=box(-40.4, 12.3, -39.69, 12.7))
    corner = re.compile(r'<g transform="translate\(([\d.]+) ')
    upper, lower = ((-40.39, 12.5), (-39.7, 12.5)), ((-40.39, 12.31), (-39.7, 12.5))
    for places, is_left in ((upper, True), (lower, False)):
        told = board(*spots(*places))
        [whole] = drawn_maps(told.placed, (wide,), pins_of(told))
        assert [float(x) < 92 for x in corner.findall(whole.svg)] == [is_left]


def test_a_map_across_the_antimeridian_is_narrow() -> None:
    told = board(*spots((179.99, -16.0), (-179.99, -16.0)))
    [whole] = drawn_maps(told.placed, (), pins_of(told))
    assert texts(whole.svg)[0] in {"500 m", "200 m"}


def test_with_nothing_to_show_there_is_no_map() -> None:
    assert drawn_maps((), (), {}) == []
