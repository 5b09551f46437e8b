"""What each test would pay for anew although none is about it: a disk, memory gone through, templates, work of keys."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

from geo_offlimits.delivery import sealing

# A file system in memory. Stores wait for the disk at each commit, and thousands of tests commit.
MEMORY = Path("/dev/shm")  # noqa: S108  (pytest and tempfile make folders of their own in it)
# A run holds about half of it at once, with a PostgreSQL for each of two processes.
ROOM_BYTES = 3 * 2**30
MOST_COMPILED = 5_000


class Compiled(BytecodeCache):
    """Templates compiled once a process. Nearly every test makes an application of its own, of the same templates."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if held := self._held.get(bucket.key):
            bucket.bytecode_from_string(held)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._held[bucket.key] = bucket.bytecode_to_string()


@dataclass(frozen=True)
class Parsed:
    """What the text of a route comes to: its parts, the trace of them, what converts each variable."""

    parts: tuple[RulePart, ...]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]


class Route(Rule):
    """A route whose text is taken apart once a process, and that compiles how its addresses are written when one is.

    Nearly every test makes an application of its own, of the same two hundred routes, and writes few of them.
    """

    _parsed: ClassVar[dict[str, Parsed]] = {}

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if rule not in self._parsed:
            before = len(self._trace)
            parts = tuple(super()._parse_rule(rule))
            self._parsed[rule] = Parsed(parts, self._trace[before:], dict(self._converters))
            return parts
        known = self._parsed[rule]
        self._trace += known.trace
        self._converters |= known.converters
        self.arguments |= known.converters.keys()
        return known.parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(super(Route, self)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


def make_applications_fast() -> None:
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
    Flask.url_rule_class = Route


class OneCompiler(dict[Any, Any]):
    """Statements compiled once a process and kind of store, as in a server, which opens its store once.

    Nearly every test opens a store of its own, and SQLAlchemy compiles anew for each.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= MOST_COMPILED:
            self.clear()
        super().__setitem__(_of_kind(key), compiled)


def _of_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


def compile_statements_once() -> None:
    compiled = OneCompiler()
    Engine._compiled_cache = property(lambda _engine: compiled, lambda _engine, _own: None)  # type: ignore[assignment]


def work_in_memory() -> None:
    """Temporary folders are made in memory where there is room and programs may be run, unless TMPDIR names a place."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    no_programs = os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if not no_programs and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pass_over_what_stays() -> None:
    """What is loaded before the first test stays to the end: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def cheap_seals() -> Iterator[None]:
    """For folders in which many backups are sealed; tests/delivery/test_sealing.py holds what a seal really costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "_COST", 2**10)
        yield
