"""Where the services ask "may they?", found in their source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo_offlimits.services import attachments

SERVICES = Path(attachments.__file__).parent
QUESTIONS = ("require", "require_for_look_up", "may", "may_know", "may_see")
# Asks which of two questions is the right one, and lets nobody in by itself.
NO_CHECK = {"audit._everywhere"}


@dataclass(frozen=True, order=True)
class Site:
    """One question in the source."""

    file: str
    function: str
    first: int
    last: int

    @property
    def key(self) -> str:
        return f"{Path(self.file).stem}.{self.function}"


@cache
def sites() -> tuple[Site, ...]:
    return tuple(
        site
        for file in sorted(SERVICES.glob("*.py"))
        if file.stem != "act"  # which answers them
        for site in sites_in(file.read_text(encoding="utf-8"), str(file))
        if site.key not in NO_CHECK
    )


def sites_in(source: str, file: str) -> Iterator[Site]:
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in QUESTIONS:
                    yield Site(file, function.name, call.lineno, call.end_lineno or call.lineno)
