"""The list and its look-up on a 2G line: seconds until their words stand there, beside what the line itself needs.

Headless Chromium with its own profile "Regular 2G" (250 kbit/s, 300 ms), the processor slowed to a quarter, a cache
that holds nothing at the first page. The peer is the line: two ways there and back (connecting, asking) and the bytes
that came at the line's pace. The control is the look-up page with its map, which is heavier than the bar allows.
"""

import json
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from browser import at_hand, nowhere_yet, spread
from playwright.sync_api import Browser, Page

BAR_BYTES, BAR_S, ROUNDS = 20_000, 3.0, 5
LATENCY_S, BYTES_A_SECOND = 0.3, 250_000 / 8
RESULTS = Path(__file__).resolve().parent / "results" / "slow_line.json"
LINE = {"offline": False, "latency": LATENCY_S * 1000, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": 6250}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


@dataclass(frozen=True)
class Opened:
    """One page: bytes over the line, seconds until its words stand there."""

    bytes: int
    seconds: float

    @property
    def ratio(self) -> float:
        return self.seconds / (2 * LATENCY_S + self.bytes / BYTES_A_SECOND)


def visit(browser: Browser, url: str, cookie: dict[str, str], path: str) -> tuple[Opened, Opened | None]:
    """The first page of somebody who has been nowhere, then the answer to a position typed there."""
    with nowhere_yet(browser, url, cookie, line=LINE) as (page, weights):
        page.goto(f"{url}{path}")
        first = _opened(page, weights)
        if path != "list":
            return first, None
        page.fill("#search", "-31.5, -16.4")
        page.get_by_role("button", name="Search").click()
        page.wait_for_selector(".verdict, .notice.refused")
        return first, _opened(page, weights)


def _opened(page: Page, weights: list[float]) -> Opened:
    page.wait_for_load_state("networkidle")
    found = Opened(int(sum(weights)), page.evaluate(PAINTED))
    weights.clear()
    return found


def main() -> None:
    with at_hand() as there:
        visit(*there, "list")  # the server's own first time
        found = [visit(*there, "list") for _ in range(ROUNDS)]
        control, _ = visit(*there, "")
    rows = {"first page": [first for first, _ in found], "answer": [answer for _, answer in found if answer]}
    report = {
        what: {
            "bytes": max(one.bytes for one in pages),
            "seconds": spread([one.seconds for one in pages]),
            "ratio_to_the_line": spread([one.ratio for one in pages]),
        }
        for what, pages in rows.items()
    }
    told = {"measure": "the list on Regular 2G", "at": datetime.now(UTC).isoformat(timespec="seconds"), "pages": report}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    for what, row in report.items():
        print(f"{what}: {json.dumps(row)}")
    print(f"bars: {BAR_BYTES} bytes, {BAR_S} s; control (the page with the map): {control.bytes} bytes")
    if control.bytes <= BAR_BYTES:
        raise SystemExit("The control was not found too heavy, so this measure cannot fail; it says nothing.")
    if any(one.bytes > BAR_BYTES for pages in rows.values() for one in pages):
        raise SystemExit("A page of the list is heavier than the bar.")
    if any(statistics.median(one.seconds for one in pages) > BAR_S for pages in rows.values()):
        raise SystemExit("A page of the list takes longer on 2G than the bar.")


if __name__ == "__main__":
    main()
