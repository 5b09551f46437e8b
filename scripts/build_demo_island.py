"""Draw the invented island state of the demonstration mission into `layers/demo/`.

The same seed gives the same bytes with the locked versions of NumPy, Shapely and zlib; `--check` draws it anew in a
temporary folder and compares. Nothing is downloaded.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from demo_island.files import write_all
from demo_island.island import draw_island

FOLDER = Path(__file__).parents[1] / "layers" / "demo"


def build(folder: Path) -> None:
    total = 0
    for path in write_all(draw_island(), folder):
        size = path.stat().st_size
        total += size
        print(f"{path.name:20} {size / 1000:9.1f} kB")
    print(f"{'together':20} {total / 1000:9.1f} kB")


def differing(folder: Path) -> list[str]:
    """Names of the files in `folder` that a new drawing would change."""
    with tempfile.TemporaryDirectory() as scratch:
        drawn = write_all(draw_island(), Path(scratch))
        changed = [path.name for path in drawn if not _same(path, folder / path.name)]
        extra = {path.name for path in folder.iterdir() if path.is_file()} - {path.name for path in drawn}
        return sorted([*changed, *extra])


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="draw anew, compare, change nothing")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    if not arguments.check:
        build(arguments.folder)
        return 0
    changed = differing(arguments.folder)
    if changed:
        print(f"Not as drawn: {', '.join(changed)}; run scripts/build_demo_island.py and commit the result.")
        return 1
    print("Every file is as drawn.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
