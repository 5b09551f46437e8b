"""Write the test vectors in `tests/vectors/` that every implementation of the look-up must meet.

The same seed gives the same bytes with the locked versions of our libraries; `--check` makes them anew in memory and
compares. Nothing is downloaded.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from vectors import distances, hours, names, notations, verdicts
from vectors.document import Document

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "vectors"


def documents() -> Iterator[Document]:
    for kind in (distances, hours, names, notations, verdicts):
        yield kind.document()


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents():
        path = folder / f"{document.name}.json"
        path.write_text(document.text, encoding="utf-8", newline="\n")
        print(f"{path.name:16} {len(document.vectors):6} vectors {path.stat().st_size / 1000:8.1f} kB")


def differing(folder: Path) -> list[str]:
    """Names of the files in `folder` that would be written otherwise."""
    made = {f"{document.name}.json": document.text for document in documents()}
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="make anew, compare, change nothing")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    if not arguments.check:
        write(arguments.folder)
        return 0
    changed = differing(arguments.folder)
    if changed:
        print(f"Not as written: {', '.join(changed)}; run scripts/write_vectors.py and commit the result.")
        return 1
    print("Every file is as written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
