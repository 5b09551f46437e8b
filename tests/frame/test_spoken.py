"""Days, distances, ages, lists, hours and names read the same whether the server or a browser says them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.languages import TAGS
from geo_offlimits.domain.naming import called
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.formats.words import hours_of
from geo_offlimits.frame import static_root
from geo_offlimits.lookup import spoken

pytestmark = pytest.mark.browser
ZONE = "Europe/Belgrade"
DAYS = [date(2026, month, 1 + 2 * month) for month in range(1, 13)]
METRES = [0, 1, 45.4, 999, 1000, 1499, 12_345, 1_234_567]
AGES = [timedelta(minutes=-n) for n in (1, 2, 5, 11, 70, 1500, 8000, 30_000, 130_000, 900_000, 3_000_000)]
LISTS = [["A"], ["A", "B"], ["A", "B", "C"], ["A", "{0}", "{1}", "D"]]
PARTS: list[list[str | None]] = [
    ["Main Street 4", "Pristina"],
    ["شارع 4", None],
    ["شارع 4", "المدينة"],
    [None, "Город"],
]
NAMES = ("Blue Lantern", "Плава лампа", "المصباح", "Νύχτα", "24/7", "Bar Кафе Ноћ")
SAID = """([forms, language, now, asked]) => {
  Date.now = () => now;
  const spoken = offlimitsSpoken(forms, language);
  return {
    days: asked.days.map((day) => spoken.day(day)),
    metres: asked.metres.map(spoken.distance),
    ages: asked.ages.map(spoken.age),
    lists: asked.lists.map(spoken.listed),
    parts: asked.parts.map(spoken.beside),
    hours: asked.hours.map((one) => spoken.hours(one, asked.zone)),
  };
}"""
WALLS = ("UTC", ZONE, "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Juba", "Asia/Beirut")
WALL = """([zones, instants]) => zones.map((zone) => instants.map((at) => {
  const { year, month, day, weekday, hour, minute, second } = offlimitsWall(at, zone);
  return [year, month, day, weekday, hour, minute, second];
}))"""
UNKNOWN_ZONE = "() => { try { offlimitsWall(0, 'Atlantis/Poseidonis'); } catch (reason) { return reason.name; } }"
WITHOUT_TEMPORAL = "() => { globalThis.kept = globalThis.Temporal; globalThis.Temporal = undefined; }"
WITH_TEMPORAL = "() => { globalThis.Temporal = globalThis.kept; return Boolean(globalThis.Temporal); }"


WEEK = (1, 2, 3, 4, 5, 6, 7)
SCHEDULES = (
    Hours(tz=ZONE, weekly=(WeeklySpan(days=(5, 6), start=time(22), end=time(4)),)),
    Hours(
        tz=ZONE,
        weekly=(
            WeeklySpan(days=(1, 3, 4, 5, 7), start=time(18, 30), end=time(23)),
            WeeklySpan(days=WEEK, start=time(0), end=time(0)),
        ),
    ),
    Hours(tz="UTC", weekly=(WeeklySpan(days=(2,), start=time(8), end=time(9)),)),
)


def sent(hours: Hours) -> dict[str, Any]:
    """As an edition has it."""
    spans = [{"days": list(one.days), "from": f"{one.start:%H:%M}", "to": f"{one.end:%H:%M}"} for one in hours.weekly]
    return {"tz": hours.tz, "weekly": spans}


@pytest.fixture(scope="module")
def bare(browser: Browser) -> Iterator[Page]:
    """A page of nobody's language with these scripts alone."""
    context = browser.new_context(locale="de-AT")
    page = context.new_page()
    for name in ("wall.js", "spoken.js", "naming.js"):
        page.add_script_tag(path=static_root() / name)
    yield page
    context.close()


@pytest.mark.parametrize("tag", TAGS)
def test_the_browser_writes_what_the_server_writes(bare: Page, tag: str) -> None:
    words, now = catalogue(tag).gettext, datetime(2026, 3, 31, 12, tzinfo=UTC)
    asked = {
        "days": [day.isoformat() for day in DAYS],
        "metres": METRES,
        "ages": [(now + age).isoformat() for age in AGES],
        "lists": LISTS,
        "parts": PARTS,
        "hours": [sent(one) for one in SCHEDULES],
        "zone": ZONE,
    }
    told: dict[str, Any] = {
        "days": [spoken.day(day, tag) for day in DAYS],
        "metres": [spoken.distance(metres, tag, words) for metres in METRES],
        "ages": [spoken.age(age, tag) for age in AGES],
        "lists": [spoken.listed(texts, tag) for texts in LISTS],
        "parts": [spoken.beside(parts, tag) for parts in PARTS],
        "hours": [hours_of(one, ZONE, tag, words) for one in SCHEDULES],
    }
    assert bare.evaluate(SAID, [dict(spoken.forms(tag, words)), tag, now.timestamp() * 1000, asked]) == told


def test_each_language_has_its_own_form_and_western_digits() -> None:
    at, words = date(2026, 3, 4), {tag: catalogue(tag).gettext for tag in TAGS}
    assert [spoken.day(at, tag) for tag in TAGS] == [
        "4 Mar 2026",
        "4 mars 2026",
        "4 مارس 2026",
        "4 mar 2026",
        "4. мар 2026",
        "4. mar 2026",
    ]
    assert [spoken.long_day(at, tag) for tag in TAGS[-2:]] == ["4. март 2026", "4. mart 2026"]
    assert spoken.distance(1500, "ar", words["ar"]) == "1.5 كم"
    assert spoken.distance(1500, "sr-Cyrl", words["sr-Cyrl"]) == "1,5 km"
    assert spoken.clock(datetime(2026, 3, 4, 21, tzinfo=UTC), "fr") == "4 mars 2026, 21:00 UTC"


@pytest.mark.parametrize("tag", TAGS)
def test_the_browser_calls_premises_as_the_server_does(bare: Page, tag: str) -> None:
    kinds = (NameKind.SIGN, NameKind.ALIAS, NameKind.FORMER)
    for at, name in enumerate(NAMES):
        others = [
            Name(text=text, kind=kinds[(at + n) % 3], lang=("ar", None, "sr")[n % 3]) for n, text in enumerate(NAMES)
        ]
        known = [{"text": one.text, "kind": one.kind.value, "lang": one.lang} for one in others]
        found = bare.evaluate("([about, tag]) => offlimitsCalled(about, tag)", [{"name": name, "names": known}, tag])
        told = called(name, others, tag)
        assert found == {"first": told.first, "sign": told.sign}, name


def shown(at: datetime) -> list[int]:
    return [at.year, at.month, at.day, at.isoweekday(), at.hour, at.minute, at.second]


def test_the_clock_on_a_wall_is_the_servers_in_browsers_with_temporal_and_without(bare: Page) -> None:
    starts = [
        datetime(1969, 7, 20, 20, 17, tzinfo=UTC),
        *(datetime(2026, month, 28, tzinfo=UTC) for month in (3, 10, 12)),
    ]
    instants = [start + timedelta(minutes=37 * n, milliseconds=n) for start in starts for n in range(120)]
    asked = [WALLS, [one.timestamp() * 1000 for one in instants]]
    told = [[shown(one.astimezone(ZoneInfo(zone))) for one in instants] for zone in WALLS]
    with_temporal = bare.evaluate(WALL, asked), bare.evaluate(UNKNOWN_ZONE)
    bare.evaluate(WITHOUT_TEMPORAL)
    by_intl = bare.evaluate(WALL, asked), bare.evaluate(UNKNOWN_ZONE)
    assert bare.evaluate(WITH_TEMPORAL), "This browser has no Temporal: one way alone was tried."
    assert with_temporal == by_intl == (told, "RangeError")
