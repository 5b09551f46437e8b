"""Take docs/screens: every page of the demonstration on a phone and on a desktop. `make screens` calls it.

`--only` takes the pages whose names begin with one of the words, `--folder` writes elsewhere.
"""

import argparse
import logging
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Error as PlaywrightError
from screens import papers
from screens.camera import Camera, Look, camera
from screens.index import write_index
from screens.pages import SCREENS, Screen, opened
from screens.sites import Site, sites

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"


def take(screen: Screen, site: Site, lens: Camera, looks: Iterable[Look]) -> None:
    with lens.page(site, screen.who, screen.device) as page:
        for language, asked in groupby(looks, key=lambda look: "ar" if look.direction == "rtl" else "en"):
            opened(page, screen, site, language)
            for look in asked:
                lens.shoot(page, screen.name, look, screen.begins)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of names")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)  # one page shows a fault of the server, which would be told here
    failed: list[str] = []
    chosen = [one for one in SCREENS if one.name.startswith(tuple(asked.only))]
    with TemporaryDirectory() as work, sites(Path(work)) as there, camera(asked.folder) as lens:
        for screen in chosen:
            print(screen.name, flush=True)
            try:
                take(screen, there[screen.site], lens, screen.looks)
            except PlaywrightError as fault:
                print(f"  not taken: {fault}", flush=True)
                failed.append(screen.name)
        papers.take(there["demo"], lens, tuple(asked.only), Path(work))
        if asked.only == [""]:
            _tidy(asked.folder, set(lens.taken))
            write_index(asked.folder)
    if failed:
        raise SystemExit(f"Not taken: {', '.join(failed)}.")


def _tidy(folder: Path, taken: set[str]) -> None:
    """Pictures of pages that are no more."""
    for file in folder.glob("*.webp"):
        if file.name not in taken:
            file.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
