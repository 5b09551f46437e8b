"""How long a new officer takes from a spreadsheet that nobody prepared to proposals, on a desktop and on a phone.

    .venv/bin/python scripts/time_import.py [--pictures FOLDER]

The demonstration is built and served, Chromium does what a person would do, and what that takes a person is counted
(`trials.person` says how); once more with a column to be told besides. The control is the same list with twenty rows
more to be set right: it has to take longer. Five minutes are the bar on either, with what the machine takes.
"""

import argparse
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, sync_playwright
from screens.camera import PROGRAMS, sign_in
from screens.sites import Site, demonstration
from trials.importing import imported
from trials.lists import TWENTY_MORE, UNPREPARED, WITH_A_COLUMN, Unprepared
from trials.person import Person

MOST_S = 5 * 60
SCREENS = {"desktop": (1280, 800), "phone": (360, 740)}


def tried(context: BrowserContext, screen: str, told: Unprepared, folder: Path, pictures: Path | None = None) -> Person:
    """One trial, told step by step."""
    page = context.new_page()
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    person = Person(page, has_thumbs=screen == "phone", pictures=pictures)
    landed = imported(person, told, folder)
    print(f"\n{screen}, {told.name}: {len(told.text.splitlines()) - 3} rows, {landed} proposals")
    print("\n".join(map(str, (*person.steps, person.total))), flush=True)
    page.close()
    return person


@contextmanager
def arrived(site: Site) -> Iterator[BrowserContext]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(base_url=site.url, reduced_motion="reduce", locale="en-GB", timezone_id="UTC")
        context.clock.set_fixed_time(site.now)
        sign_in(context.new_page(), *site.credentials("officer"))
        yield context
        browser.close()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", action="store_true", help="tell every text that was read")
    parser.add_argument("--pictures", type=Path, help="keep what was seen at the end of each step here")
    asked = parser.parse_args(arguments)
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)
    with TemporaryDirectory() as work, demonstration(Path(work)) as site, arrived(site) as context:
        tries = [tried(context, screen, UNPREPARED, Path(work), asked.pictures) for screen in SCREENS]
        tried(context, "desktop", WITH_A_COLUMN, Path(work))
        longer = tried(context, "desktop", TWENTY_MORE, Path(work))
    if asked.words:
        print("\n".join(f"\n{one.name}: {' | '.join(one.texts)}" for one in tries[0].steps))
    longest, more = max(one.total.total_s for one in tries), longer.total.total_s
    if longest > MOST_S or more <= longest:
        sys.exit(f"Too long, or the control took no longer: {longest:.0f} s, {more:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
