"""What a child of the nursery does: a command at the prompt, its disk as the test wants it."""

import importlib
import os
from pathlib import Path
from typing import Any

from geo_offlimits.cli import COMMANDS, commands
from geo_offlimits.services import placing
from geo_offlimits.store import backends
from tests.faults.shim import ANY, Shim

# Everything that a command may load is loaded once, in the nursery.
for _name in ("alembic.command", "alembic.config", *(f"geo_offlimits.cli.{one.module}" for one in COMMANDS.values())):
    importlib.import_module(_name)


def _each_statement_alone() -> None:
    """SQLite then commits every statement as it comes."""
    backends._begin_immediate = lambda connection: None  # noqa: ARG005  (as the one in whose place it is)


def _names_moved_without_a_plan() -> None:
    def write(_plan: placing._Plan, path: Path) -> None:
        path.write_text('{"aside": {}, "staged": {}}')

    placing._Plan.write = write  # type: ignore[method-assign,assignment]


GUARDS = {"transaction": _each_statement_alone, "plan": _names_moved_without_a_plan}


def command(
    words: list[str],
    env: dict[str, str],
    *,
    watched: str = "",
    fault: dict[str, Any] | None = None,
    room: int | None = None,
    counted: str = "",
    kinds: int = ANY,
    grown: str = "",
    without: str = "",
) -> None:
    """`geo-offlimits` with these words.

    fault : what Shim.arm takes. room : how much the disk takes. counted, grown : files for the number of requests of
    `kinds`, and of bytes that files grew by. without : which guard is left out, to show that it would be missed.
    """
    os.environ.update(env)
    shim = Shim()
    if without:
        GUARDS[without]()
    if watched:
        shim.watch(Path(watched))
    if fault:
        shim.arm(**fault)
    if room is not None:
        shim.leave_room(room)
    try:
        commands.main(words, prog_name="geo-offlimits")
    finally:
        if counted:
            Path(counted).write_text(str(shim.seen(kinds)), encoding="utf-8")
        if grown and room is not None:
            Path(grown).write_text(str(room - shim.room_left()), encoding="utf-8")
