"""The look-up that runs in a browser without a server meets the shared vectors of the product's own look-up."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from geo_offlimits.frame import static_root
from tests.lookup import vectors_met as vectors
from tests.lookup.vectors_met import document

pytestmark = pytest.mark.browser
Json = dict[str, Any]

ANSWERED = """([lists, asked]) => {
  const editions = lists.map(({content}) => JSON.parse(content));
  return asked.map(([list, question]) => {
    const {reasons, matches, rules, ...told} = Offlimits.judge(editions[list], question);
    return {
      ...told,
      reasons: reasons.map(({code, entries}) => [code, ...entries.map(({id}) => id).sort()]),
      matches: matches.map(({entry, why_not, decides, distance_m}) => [entry.id, why_not, decides, distance_m])
        .sort(([one], [other]) => (one < other ? -1 : 1)),
      rules: rules.map(({id}) => id),
    };
  });
}"""
MEASURED = """([footprints, asked]) => asked.map(([at, lat, lon]) => {
  const {distance_m, depth_m} = Offlimits.measured(footprints[at], lat, lon);
  return [distance_m, depth_m];
})"""
HELD = "([schedules, asked]) => asked.map(([at, instant]) => Offlimits.hoursHold(schedules[at], Date.parse(instant)))"
READ = "(texts) => texts.map((text) => Offlimits.position(text))"


@pytest.fixture(scope="module")
def rules(browser: Browser) -> Iterator[Page]:
    """An empty page with the rules alone: they need no map."""
    context = browser.new_context()
    page = context.new_page()
    for name in ("measure.js", "wall.js", "judging.js", "utm.js", "notations.js"):
        page.add_script_tag(path=static_root() / name)
    yield page
    context.close()


def within_reach(answer: Json) -> Json:
    """The answer without how far off is what is beyond 100 km: in the browser that is only "far"."""
    matches = [[*match[:3], match[3] if (match[3] or 0.0) < 100_000 else None] for match in answer["matches"]]
    return answer | {"matches": matches, "nearest_m": None}


def test_every_verdict_is_met_in_the_browser(rules: Page) -> None:
    told = document("verdicts")
    questions = list(vectors.asked())
    found = rules.evaluate(ANSWERED, [told["lists"], [[one.listed, one.question] for one in questions]])
    missed = [
        f"{one.question} of list {one.listed}: {answer} and not {one.answer}"
        for one, answer in zip(questions, found, strict=True)
        if not vectors.is_same_answer(within_reach(answer), within_reach(one.answer))
    ]
    assert missed == [], "\n".join(missed[:40])


def test_every_schedule_is_met_in_the_browser(rules: Page) -> None:
    told = document("hours")
    found = rules.evaluate(HELD, [told["schedules"], [vector[:2] for vector in told["vectors"]]])
    answers = iter(found)
    assert list(vectors.hours_missed(lambda _schedule, _at: next(answers))) == []


def test_every_distance_to_a_hundred_kilometres_is_met_in_the_browser(rules: Page) -> None:
    """Beyond, the answer is only "far": no entry is within reach there, and none is shown."""
    told = document("distances")
    asked = [vector for vector in told["vectors"] if vector[3] < 100_000 and (vector[4] or 0) < 100_000]
    assert len(asked) > 8_000
    found = rules.evaluate(MEASURED, [told["footprints"], [vector[:3] for vector in asked]])
    missed = []
    for (at, lat, lon, distance_m, depth_m), (found_m, deep_m) in zip(asked, found, strict=True):
        tolerance_m = told["tolerance_m"][told["footprints"][at]["type"]]
        if not (vectors.near(found_m, distance_m, tolerance_m) and vectors.near(deep_m, depth_m, tolerance_m)):
            missed.append(f"footprint {at} from {lat}, {lon}: {found_m}, {deep_m} and not {distance_m}, {depth_m}")
    assert missed == [], "\n".join(missed[:40])


def test_what_is_read_in_the_browser_is_read_as_on_the_server_and_as_unsure(rules: Page) -> None:
    asked = [one for one in document("notations")["vectors"] if not {"asked_m", "in_territory"} & one.keys()]
    found = rules.evaluate(READ, [one["text"] for one in asked])
    told = document("notations")
    wrong = [
        f"{one['text']!r}: {place} and not {one}"
        for one, place in zip(asked, found, strict=True)
        if place and not ("lat" in one and vectors.is_same_place(place, one))
    ]
    assert wrong == [], "\n".join(wrong[:40])
    assert told["vectors"]
    understood = sum(place is not None for place in found)
    assert understood > 0.6 * sum("lat" in one for one in asked)
