"""`import --report FILE` and `import --rows`: a list of any length, a part at a time."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo_offlimits.cli.door import Door

if TYPE_CHECKING:
    from geo_offlimits.formats.reader import Table
    from geo_offlimits.formats.streaming import Stream
    from geo_offlimits.services.act import Act

_STEPS = 1_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The file, how its columns are read, and whose list it is."""

    file: Path
    mission: str | None
    told: dict[str, str]
    source: str | None

    def opened(self, act: "Act", door: Door) -> tuple[str, "Stream", str]:
        """The mission's code, the rows as the latest list of the same source was read, and that source."""
        from geo_offlimits.formats.streaming import stream_rows
        from geo_offlimits.services import gazetteer, imports

        code = door.mission(act, self.mission)
        near = gazetteer.places_of(act, code)
        source = (self.source or "").strip() or imports.source_of(self.file.name)
        stream = stream_rows(self.file, self.told, near=near)
        mapping = imports.applicable(imports.remembered(act, code, source), stream.columns, self.told)
        return code, stream if mapping == self.told else stream_rows(self.file, mapping, near=near), source


def report(door: Door, asked: Asked, target: Path, confirmed: frozenset[str]) -> None:
    """Writes what is said of each row to `target`, as it is known; the rest is said here."""
    from geo_offlimits.cli.files import growing
    from geo_offlimits.formats.report_rows import lines_of
    from geo_offlimits.services.import_parts import LongReport

    head, lines = lines_of(target)
    with door.reading() as act, growing(target) as out, _bar() as heard:
        code, stream, source = asked.opened(act, door)
        facts: dict[str, Any] = {"name": asked.file.name, "source": source, "sha256": digest(asked.file)}
        found = LongReport(act, code, stream, **facts, confirmed=confirmed, heard=heard)
        out.write(head)
        for reports in found.parts():
            out.write(lines(reports))
    ending = f"What is said of each row stands in {target}. Nothing is changed; --rows and --commit land a part."
    document = {"committed": False, "landed": [], "report": str(target)}
    door.say(found.summary.as_json() | document, lambda: f"{found.summary.as_text()}\n{ending}")


def part(door: Door, asked: Asked, rows: tuple[int, int]) -> "tuple[str, Table]":
    """Some rows of the list, by their numbers."""
    from geo_offlimits.services.import_parts import of_rows

    with door.reading() as act:
        code, stream, _ = asked.opened(act, door)
        return code, of_rows(stream, asked.file.name, *rows, digest(asked.file))


def digest(file: Path) -> str:
    import hashlib

    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal, that shows how far it is."""
    with click.progressbar(length=_STEPS, label="Reading and comparing", file=sys.stderr) as bar:

        def heard(done: int, of: int) -> None:
            bar.update(_STEPS * done // max(1, of) - bar.pos)

        yield heard
        bar.update(_STEPS - bar.pos)
