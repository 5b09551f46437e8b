"""First visit of the look-up page with 300 premises: bytes over the wire, and when it can be used on a slow processor.

Headless Chromium, a cache that holds nothing, the processor slowed to a quarter; the page comes from gunicorn as
`serve` runs it. A page can be used once its scripts listen, its list is on the map and the processor is free: the last
task of more than 50 ms within two seconds after that is waited for. The control is the same page with a script that
holds the processor for three seconds; the measure must find it too slow, or it measures nothing.
"""

import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from http_lookup import ENTRIES, prepared, served, signed_in
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

BAR_BYTES, BAR_S = 150_000, 2.5
ROUNDS, SLOWED = 7, 4
QUIET_MS = 2000
PHONE = {"width": 360, "height": 740}
RESULTS = Path(__file__).resolve().parent / "results" / "browser.json"
WATCH = """window.busyUntil = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.busyUntil = Math.max(window.busyUntil, task.startTime + task.duration);
}).observe({ type: "longtask", buffered: true });"""
HOLD = """document.addEventListener("DOMContentLoaded", () => {
  const until = performance.now() + 3000;
  while (performance.now() < until);
});"""
MARKS = """() => Math.max(...["offlimits:usable", "offlimits:ready"].map((name) =>
  performance.getEntriesByName(name)[0].startTime), window.busyUntil)"""


@dataclass(frozen=True)
class Visit:
    """One first visit: bytes over the wire and seconds until the page can be used."""

    bytes: int
    usable_s: float


def visit(browser: Browser, url: str, cookie: dict[str, str], *, held: bool = False) -> Visit:
    with nowhere_yet(browser, url, cookie, script=WATCH + (HOLD if held else "")) as (page, weights):
        page.goto(url)
        page.wait_for_selector("html[data-ready] .folium-map[data-ready]")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(QUIET_MS)
        return Visit(int(sum(weights)), page.evaluate(MARKS) / 1000)


@contextmanager
def nowhere_yet(
    browser: Browser, url: str, cookie: dict[str, str], *, script: str = "", line: dict[str, Any] | None = None
) -> Iterator[tuple[Page, list[float]]]:
    """A page of somebody signed in whose browser has been nowhere, on a slow processor; what comes over its line."""
    name, value = cookie["Cookie"].split("=", 1)
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]  # a dict of ints is what it takes
    context.add_cookies([{"name": name, "value": value, "url": url}])
    if script:
        context.add_init_script(script)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if line:
        session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    yield page, weights
    context.close()


def chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=program(), args=["--no-sandbox"])


def program() -> str:
    named, programs = os.environ.get("CHROMIUM"), ("chromium", "chromium-browser", "chromium-headless-shell")
    found = named or next(filter(None, map(shutil.which, programs)), None)
    if not found:
        raise SystemExit("There is no Chromium on this machine; install it (for instance: apt-get install chromium).")
    return found


@contextmanager
def at_hand() -> Iterator[tuple[Browser, str, dict[str, str]]]:
    """A Chromium, the address of an installation as `serve` runs it, and the cookie of somebody signed in there."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served("ours", prepared(Path(folder))) as (host, port),
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        yield browser, f"http://{host}:{port}/", signed_in((host, port))
        browser.close()


def visits() -> tuple[list[Visit], Visit]:
    """First visits, and the control's."""
    with at_hand() as there:
        visit(*there)  # the server's own first time: workers open the edition and compress files once
        return [visit(*there) for _ in range(ROUNDS)], visit(*there, held=True)


def spread(values: Sequence[float]) -> dict[str, float]:
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def main() -> None:
    found, control = visits()
    weights, seconds = spread([one.bytes for one in found]), spread([one.usable_s for one in found])
    report = {
        "measure": "first visit of the look-up page, headless Chromium, processor slowed four times",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "entries": ENTRIES,
        "bars": {"bytes": BAR_BYTES, "usable_s": BAR_S},
        "bytes": weights,
        "usable_s": seconds,
        "control_usable_s": control.usable_s,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print("first visit, bytes: " + ", ".join(f"{name} {value:.0f}" for name, value in weights.items()))
    print("usable after, s:    " + ", ".join(f"{name} {value:.2f}" for name, value in seconds.items()))
    print(f"bars: {BAR_BYTES} bytes, {BAR_S} s; control (held for 3 s): {control.usable_s:.2f} s")
    if control.usable_s <= BAR_S:
        raise SystemExit("The control was not found too slow, so this measure cannot fail; it says nothing.")
    if weights["max"] > BAR_BYTES or seconds["median"] > BAR_S:
        raise SystemExit("The first visit is heavier or slower than the bar.")


if __name__ == "__main__":
    main()
