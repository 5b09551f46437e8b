"""The page answers by itself what the API answers: the same verdict, headline, reasons and matches, in words too."""

import random
from typing import Any

import pytest

from geo_offlimits.domain.position import Position
from geo_offlimits.lookup.writing import notations
from tests.browser.conftest import at

pytestmark = pytest.mark.browser
HIDDEN = """() => {
  Object.defineProperty(document, 'hidden', {value: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""
BOTH = """async (questions) => {
  const modules = ['answers', 'ask', 'say'].map((name) => import(`/static/${name}.js`));
  const [{check}, {ask}, {page}] = await Promise.all(modules);
  const answered = [];
  for (const question of questions) {
    const body = {mission: page.mission, also: page.also, personnel: page.personnel, notations: true, ...question};
    answered.push([await ask(page.check_url, body), await check(body)]);
  }
  return answered;
}"""
FIND_BOTH = """async (names) => {
  const modules = ['answers', 'ask', 'say'].map((name) => import(`/static/${name}.js`));
  const [{find}, {ask}, {page}] = await Promise.all(modules);
  const answered = [];
  for (const name of names) {
    const body = {mission: page.mission, name, personnel: page.personnel, limit: 8};
    answered.push([await ask(page.check_url.replace('check', 'find'), body), await find(body)]);
  }
  return answered;
}"""
REFUSALS = """async (names) => {
  const {find} = await import('/static/answers.js');
  return Promise.all(names.map((name) => find({name}).catch(({kind}) => kind)));
}"""
NAMES = (
    "Blue Lantern",
    "blu lantren",
    "плава лампа",
    "lantern",
    "bar lantern",
    "ISLE-0001",
    "Harbour",
    "isle 2",
    "zzzz",
)
REFUSED = ("?!", "é", "x")
FOUND = ("entry_id", "matched", "score", "reason", "is_match", "decides", "applies", "why_not")
PLACES = [(0, 0), (6, 0), (30, 4), (2000, 0), (2065, 0), (0, 3000), (4000, 0), (-3000, 0), (700, 700), (70_000, 0)]
ASKED = ("verdict", "headline", "reasons", "matches", "rules", "facilities", "stale")


def position(north_m: float, east_m: float, unsure_m: float) -> dict[str, Any]:
    place = at(north_m, east_m)
    return {"positions": [{"lat": place.y, "lon": place.x, "uncertainty_m": unsure_m}]}


def questions() -> list[dict[str, Any]]:
    placed = [position(north, east, unsure) for north, east in PLACES for unsure in (4.0, 60.0)]
    chosen = [{"positions": [], "entry_id": f"ISLE-000{number}"} for number in range(1, 9)]
    told = [one | {"venue": "massage_parlour"} for one in (*placed[:4], {"positions": []})]
    others = [one | {"personnel": "military"} for one in placed]
    late = [one | {"at": "2031-03-04T22:30:00Z"} for one in placed[:4]]
    return [*placed, *chosen, *told, *others, *late, position(6, 0, 4.0) | {"entry_id": "ISLE-0003"}]


def near(one: Any, other: Any) -> bool:
    """A tenth of a metre may fall to either side where it is rounded."""
    if isinstance(one, float | int) and isinstance(other, float | int) and not isinstance(one, bool):
        return abs(one - other) <= 0.11 or abs(one - other) < 1e-4 * abs(one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(near, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        at_it = one.get("distance_m") is not None and one["distance_m"] < 1  # where a direction is chance
        return all(near(one[name], other.get(name)) for name in one if not (at_it and name == "bearing_deg"))
    return bool(one == other)


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_the_page_and_the_api_answer_alike(reader: Any, locale: str) -> None:
    page = reader.look_up(locale=locale)
    asked = questions()
    for question, (api, own) in zip(asked, page.evaluate(BOTH, asked), strict=True):
        (theirs,), (ours,) = api["answers"], own["answers"]
        for member in ASKED:
            assert near(theirs[member], ours[member]), (
                f"{member} of {question}: {theirs[member]} and not {ours[member]}"
            )
        assert own["edition"]["number"] == api["edition"]["number"]
        assert own["contacts"] == api["contacts"]


def test_a_position_is_written_as_the_server_writes_it(reader: Any) -> None:
    page = reader.look_up()
    chance = random.Random(8)
    places = [
        Position(lat=chance.uniform(-79.9, 83.9), lon=chance.uniform(-180, 179.99), uncertainty_m=unsure)
        for unsure in (3.0, 10.0, 25.0, 300.0, 9000.0)
        for _ in range(60)
    ]
    asked = [{"lat": one.lat, "lon": one.lon, "uncertainty_m": one.uncertainty_m} for one in places]
    found = page.evaluate(
        "async (all) => { const {notations} = await import('/static/written.js'); return all.map(notations); }", asked
    )
    missed = [
        f"{one}: {text} and not {told.get(name)}"
        for one, told in zip(places, found, strict=True)
        for name, text in notations(one).items()
        if told.get(name) != text
    ]
    assert missed == [], "\n".join(missed[:20])


TRACK = """async (fixes) => {
  const {decided} = await import('/static/watching.js');
  let warned = new Set();
  return fixes.map(([accuracy_m, distance_m]) => {
    const found = decided(warned, {accuracy_m, near: [{id: 'A', distance_m}]});
    warned = found.warned;
    return [found.entered.length, found.left.length, warned.size, found.isRough];
  });
}"""


def test_a_warning_begins_near_the_door_ends_well_away_and_rough_positions_change_nothing(reader: Any) -> None:
    page = reader.look_up()
    track = [[5, 200], [5, 60], [5, 54], [5, 60], [5, 78], [5, 81], [30, 79], [400, 10], [5, 40], [400, 900], [5, 300]]
    assert page.evaluate(TRACK, track) == [
        [0, 0, 0, False],
        [0, 0, 0, False],
        [1, 0, 1, False],  # 54 m less 5
        [0, 0, 1, False],  # at the edge it does not flicker
        [0, 0, 1, False],
        [0, 1, 0, False],  # 81 m less 5 is beyond 75
        [1, 0, 1, False],  # could be 49 m away
        [0, 0, 1, True],
        [0, 0, 1, False],
        [0, 0, 1, True],  # far away, and too rough to be believed
        [0, 1, 0, False],
    ]


def test_watching_shows_the_card_on_approach_and_says_when_it_stops(reader: Any) -> None:
    page = reader.look_up(standing=(400, 0))
    page.evaluate("navigator.vibrate = (how) => { window.shaken = how; return true; }")
    page.click("#watch")
    status = page.locator("#watch-status")
    status.filter(has_text="It stops when the screen locks").wait_for()
    assert page.locator("#answer .verdict").count() == 0
    near_it = at(30, 0)
    page.context.set_geolocation({"latitude": near_it.y, "longitude": near_it.x, "accuracy": 4})
    card = reader.card(page)
    card.get_by_text("Blue Lantern").first.wait_for()
    status.filter(has_text="Close to a place that is off limits.").wait_for()
    assert page.evaluate("window.shaken.length") > 0
    page.evaluate(HIDDEN)
    status.filter(has_text="Watching has stopped").wait_for()
    assert page.locator("#watch").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_the_page_and_the_api_find_alike(reader: Any, locale: str) -> None:
    """Entries, order, scores, whether they match, and the reason in the reader's language."""
    page = reader.look_up(locale=locale)
    found = 0
    for name, (api, own) in zip(NAMES, page.evaluate(FIND_BOTH, list(NAMES)), strict=True):
        told = [[{fact: match.get(fact) for fact in FOUND} for match in one["matches"]] for one in (api, own)]
        assert told[1] == told[0], name
        assert (own["verdict"], own["headline"]) == (api["verdict"], api["headline"]), name
        found += len(told[0])
    assert found > len(NAMES) / 2
    assert page.evaluate(REFUSALS, list(REFUSED)) == ["not_understood"] * len(REFUSED)
