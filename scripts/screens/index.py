"""docs/screens/README.md: the pictures by page."""

from itertools import groupby
from pathlib import Path

_HEAD = """# Screens

Every page of the demonstration, taken by `make screens`: on a phone (360 px) and on a desktop (1280 px), some also in
the dark and written from right to left. The mission, its island and everybody in it are invented.

"""


def write_index(folder: Path) -> None:
    names = sorted(file.name for file in folder.glob("*.webp"))
    lines = []
    for page, files in groupby(names, key=lambda name: name.split(".")[0]):
        links = " · ".join(f"[{file.split('.')[1]}]({file})" for file in files)
        lines.append(f"- {page.replace('-', ' ')}: {links}")
    (folder / "README.md").write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
