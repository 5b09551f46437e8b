"""The look-up page on a phone with a bad line: 300 and 10,000 premises.

Headless Chromium as a phone (360 × 740, touch), the processor slowed to a quarter, 1.6 Mbit/s with 150 ms to and fro;
the page comes from gunicorn as `serve` runs it, and the cache is empty.

- bytes, usable_s : of a first visit over the wire, and until the scripts listen, the list is on the map and the last
                    task of more than 50 ms within three seconds after that is over.
- verdict_ms      : from the device's position to the card, for places in and around the list. Where the page asks the
                    server, the network is in it; where it judges by itself, it is the processor alone.
- judging_ms      : the rules alone (`Offlimits.judge`) over the whole list.
- drag_p95_ms     : 95th percentile of the time between frames while a finger drags the map, at several zooms.
- heap_mb         : JavaScript heap after all that and a collection.
- offline_s       : second visit of a device that keeps the list, no network, in a browser started anew: until its
                    page is open and its list on the map, by the page's own clock, on the slowed processor. The tool
                    stays out of the page meanwhile: its scripts would run there before the list is drawn.

Each has its control, a page in which a script wastes what is measured; one that is not found too bad ends the run.
`--quick` makes one visit of each instead of ROUNDS. The machine must be calm: the load is told beside the figures.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_lookup
import memory
from browser import HOLD, WATCH, chromium, program
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright, sync_playwright

from geo_offlimits.services import editions

ROUNDS, SLOWED, QUIET_MS = 5, 4, 3000
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
BARS = {
    300: {"bytes": 150_000, "usable_s": 4.0, "offline_s": 1.0},
    10_000: {"bytes": 600_000, "usable_s": 8.0, "verdict_ms": 50.0, "drag_p95_ms": 34.0, "heap_mb": 40.0},
}
CHECKS, DRAG_STEPS, DRAG_ZOOMS = 12, 40, (None, 10, 13, 16)
RESULTS = Path(__file__).resolve().parent / "results" / "map.json"
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "permissions": ["geolocation"],
    "geolocation": {"latitude": 38.0, "longitude": -41.2, "accuracy": 10},
}
# Stamps when the device has told where it is, and when the card of the answer stands.
STAMPS = """{
  const { geolocation } = navigator, ask = geolocation.getCurrentPosition.bind(geolocation);
  geolocation.getCurrentPosition = (found, ...rest) => ask((position) => {
    window.toldAt = performance.now();
    window.cardAt = 0;
    found(position);
  }, ...rest);
  document.addEventListener("DOMContentLoaded", () => {
    const answer = document.getElementById("answer"), told = () => {
      if (answer.querySelector(".verdict:not(.note)")) window.cardAt = performance.now();
    };
    if (answer) new MutationObserver(told).observe(answer, { childList: true });
  });
}"""
WASTE = """{
  const spend = (ms) => { for (const until = performance.now() + ms; performance.now() < until;); };
  window.held = Array.from({ length: 1500000 }, (_, i) => ({ i, text: `held ${i}` }));
  const { geolocation } = navigator, ask = geolocation.getCurrentPosition.bind(geolocation);
  geolocation.getCurrentPosition = (found, ...rest) => ask((position) => { found(position); spend(120); }, ...rest);
  document.addEventListener("offlimits:ready", () => window.Offlimits.map.on("move", () => spend(60)));
}"""
USABLE = """() => Math.max(...["offlimits:usable", "offlimits:ready"].map((name) =>
  performance.getEntriesByName(name)[0].startTime), window.busyUntil) / 1000"""
OPEN = """() => ["offlimits:open", "offlimits:ready"].map((name) =>
  performance.getEntriesByName(name)[0]?.startTime ?? null)"""
FRAMES = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const tick = (at) => {
    window.frames_ms.push(at - last);
    last = at;
    if (window.frames_ms) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""
JUDGED = """async ([url, places]) => {
  const edition = await window.Offlimits.load(url);
  return places.map(([lat, lon]) => {
    const from = performance.now();
    window.Offlimits.judge(edition, { lat, lon, uncertainty_m: 10 });
    return performance.now() - from;
  });
}"""


@dataclass(frozen=True)
class Visit:
    """What was measured on one first visit; None where it was not."""

    bytes: int
    usable_s: float
    verdict_ms: float | None = None
    judging_ms: float | None = None
    drag_p95_ms: float | None = None
    heap_mb: float | None = None
    offline_s: float | None = None


def percentile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


Opened = tuple[Page, CDPSession, list[float]]


@contextmanager
def opened(
    browser: Browser, url: str, cookie: dict[str, str], script: str
) -> Iterator[tuple[Page, CDPSession, list[float]]]:
    """The page on the phone, once it rests; bytes of everything that came are in the list."""
    name, value = cookie["Cookie"].split("=", 1)
    context = browser.new_context(**PHONE)
    context.add_cookies([{"name": name, "value": value, "url": url}])
    context.add_init_script(WATCH + STAMPS + script)
    page = context.new_page()
    session = context.new_cdp_session(page)
    weights: list[float] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    session.send("Network.emulateNetworkConditions", LINE)
    page.goto(url, timeout=120_000)
    page.wait_for_selector("html[data-ready] .folium-map[data-ready]", timeout=120_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    yield page, session, weights
    context.close()


def places(count: int) -> list[tuple[float, float]]:
    """Spread over the list."""
    return [(37.7 + 0.6 * (at * 7 % count) / count, -41.5 + at / count) for at in range(count)]


def verdicts(page: Page) -> float:
    """Median of the times from position to card."""
    found: list[float] = []
    for lat, lon in places(CHECKS):
        page.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 10})
        page.evaluate("window.cardAt = window.toldAt = 0")
        page.click("#check-here")
        for _ in range(200):
            page.wait_for_timeout(50)
            if page.evaluate("window.cardAt > 0 && window.toldAt > 0"):
                break
        page.wait_for_timeout(400)  # what goes on after the card is part of it only where it holds the card up
        found.append(page.evaluate("window.cardAt - window.toldAt"))
    page.keyboard.press("Escape")
    return statistics.median(found)


def judging(page: Page) -> float | None:
    if not page.evaluate("typeof window.Offlimits.judge === 'function'"):
        return None
    facts = json.loads(page.locator("#page").text_content() or "{}")
    found: list[float] = page.evaluate(JUDGED, [facts["edition_url"], places(CHECKS)])
    return statistics.median(found)


def dragged(page: Page, session: CDPSession) -> float:
    """The worst zoom's 95th percentile; the finger moves by the browser's own events, at the pace of a hand."""
    worst = 0.0
    for zoom in DRAG_ZOOMS:
        if zoom:
            page.evaluate("(zoom) => window.Offlimits.look({lat: 38, lon: -41.2, zoom})", zoom)
            page.wait_for_timeout(1500)
        page.evaluate(FRAMES)
        for _ in range(3):
            finger(session)
            page.wait_for_timeout(200)
        frames = page.evaluate("() => { const all = window.frames_ms; window.frames_ms = null; return all; }")
        worst = max(worst, percentile(frames[1:], 0.95))
    return worst


def finger(session: CDPSession) -> None:
    def touch(kind: str, at: list[dict[str, int]]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", [{"x": 230, "y": 480}])
    for step in range(DRAG_STEPS):
        touch("touchMove", [{"x": 230 - 3 * step, "y": 480 - 3 * step}])
        time.sleep(0.012)
    touch("touchEnd", [])


def heap(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20


def visit(browser: Browser, url: str, cookie: dict[str, str], *, deeply: bool, script: str = "") -> Visit:
    with opened(browser, url, cookie, script) as (page, session, weights):
        first = Visit(int(sum(weights)), page.evaluate(USABLE))
        more: dict[str, float | None] = {}
        if deeply:
            more = {"drag_p95_ms": dragged(page, session), "verdict_ms": verdicts(page), "judging_ms": judging(page)}
            more["heap_mb"] = heap(session)
        return Visit(**asdict(first) | more)


def second_visits_offline(
    playwright: Playwright, url: str, cookie: dict[str, str], scripts: Sequence[str]
) -> list[float]:
    """A visit for each of the scripts, which run before the page's own; the list is kept once, on a good line."""
    with tempfile.TemporaryDirectory() as profile:
        with started(playwright, profile) as context:
            kept(context, url, cookie)
        return [reopened(playwright, profile, url, script) for script in scripts]


@contextmanager
def started(playwright: Playwright, profile: str, **how: Any) -> Iterator[BrowserContext]:
    """A browser of its own with what it kept in `profile`."""
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=program(), args=["--no-sandbox"], **PHONE, **how
    )
    yield context
    context.close()


def kept(context: BrowserContext, url: str, cookie: dict[str, str]) -> None:
    name, value = cookie["Cookie"].split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": url}])
    page = context.new_page()
    page.goto(url + "device/keep")
    page.click("main form button")
    page.wait_for_url("**/device", timeout=120_000)
    page.wait_for_selector("html[data-open][data-ready]", timeout=120_000)
    page.wait_for_timeout(QUIET_MS)


def reopened(playwright: Playwright, profile: str, url: str, script: str) -> float:
    with started(playwright, profile, offline=True) as context:
        if script:
            context.add_init_script(script)
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.goto(url + "device", wait_until="commit")
        for _ in range(60):
            time.sleep(2 * QUIET_MS / 1000)
            marks = page.evaluate(OPEN)
            if None not in marks:
                return float(max(marks)) / 1000
        raise SystemExit("The page on the device did not open.")


def measured(entries: int, environment: dict[str, str], rounds: int) -> tuple[list[Visit], Visit]:
    """First visits, and the control's."""
    with http_lookup.served("ours", environment) as (host, port), sync_playwright() as playwright:
        browser = chromium(playwright)
        url, cookie, deeply = f"http://{host}:{port}/", http_lookup.signed_in((host, port)), entries == max(BARS)
        visit(browser, url, cookie, deeply=False)  # the server's own first time
        found = [visit(browser, url, cookie, deeply=deeply) for _ in range(rounds)]
        held = HOLD.replace("3000", "9000")
        control = visit(browser, url, cookie, deeply=deeply, script=WASTE + held)
        browser.close()
        *offline, slow = second_visits_offline(playwright, url, cookie, [*[""] * rounds, held])
    return [replace(one, offline_s=at) for one, at in zip(found, offline, strict=True)], replace(
        control, offline_s=slow
    )


def stores(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    (folder / "few").mkdir()
    yield 300, http_lookup.prepared(folder / "few")
    (folder / "many").mkdir()
    wiring, head = memory.prepared(folder / "many")
    with wiring.writing(head) as act:
        editions.publish(act, wiring.keyring, "BENCH", expires_in=timedelta(days=30))
    yield 10_000, http_lookup.environment(wiring.settings)


def told(found: Sequence[Visit], control: Visit, bars: dict[str, float]) -> dict[str, Any]:
    figures = {}
    for name in asdict(control):
        values = [value for one in found if (value := getattr(one, name)) is not None]
        if values:
            spread = {"min": min(values), "median": statistics.median(values), "max": max(values)}
            figures[name] = spread | {"bar": bars.get(name), "control": getattr(control, name)}
    return figures


def faults(entries: int, figures: dict[str, Any]) -> Iterator[str]:
    for name, figure in figures.items():
        if figure["bar"] is None:
            continue
        if figure["median"] > figure["bar"]:
            yield f"{entries} premises: {name} is {figure['median']:.1f}, the bar {figure['bar']:.1f}."
        if name != "bytes" and figure["control"] is not None and figure["control"] <= figure["bar"]:
            yield f"{entries} premises: the control of {name} was not found too bad; that measure says nothing."


def line(figure: dict[str, Any]) -> str:
    bar = "no bar" if figure["bar"] is None else f"bar {figure['bar']:g}"
    return f"median {figure['median']:.1f}, max {figure['max']:.1f}, {bar}, control {figure['control']}"


def main() -> None:
    rounds = 1 if "--quick" in sys.argv[1:] else ROUNDS
    report: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load": os.getloadavg(), "of": {}}
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for entries, environment in stores(Path(folder)):
            figures = told(*measured(entries, environment, rounds), BARS[entries])
            report["of"][str(entries)] = figures
            missed += faults(entries, figures)
            for name, figure in figures.items():
                print(f"{entries:6d} {name:12s} {line(figure)}")
    # The weight of a page has its control in the other list: thirty times as many entries must weigh more than 300 may.
    if report["of"]["10000"]["bytes"]["median"] <= BARS[300]["bytes"]:
        missed.append("10,000 premises weigh no more than 300 may: the measure of bytes says nothing.")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"load {report['load'][0]:.1f} at the start")
    if missed:
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
