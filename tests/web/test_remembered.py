"""Nothing that a process remembers over acknowledgements was read from what acknowledging writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from geo_offlimits.store.recall import UNREMEMBERED, Recall
from tests.web.access_table import ANYBODY, EVERYONE, TABLE
from tests.web.isle import signed_in

Asked = list[tuple[Any, str]]
PAGES = [
    path
    for (method, path), who in TABLE.items()
    if method == "GET" and (who in (ANYBODY, EVERYONE) or "head" in who) and "export" not in path
]


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """(key, statement) of what is asked of the store to be remembered."""
    asked: Asked = []
    under: list[Any] = []
    ask = Recall.at

    def at(self: Recall, version: int, is_quiet: Any, key: Any, fetch: Callable[[], Any]) -> Any:
        def listened() -> Any:
            under.append(key)
            try:
                return fetch()
            finally:
                under.pop()

        return ask(self, version, is_quiet, key, listened)

    def heard(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if under:
            asked.append((under[-1], statement))

    monkeypatch.setattr(Recall, "at", at)
    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


def test_what_is_remembered_over_acknowledgements_is_read_from_none_of_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = signed_in(app, "head")
    position = {"mission": "ISLE", "positions": [{"lat": 10.0, "lon": -30.0}]}
    with listening(monkeypatch) as asked:
        for path in PAGES:
            head.get(path)
        assert head.ask("/api/v1/check", position).status_code == 200
    assert {"actor", "mission", "missions", "headers", "boundaries", "backlog"} <= {key[0] for key, _ in asked}
    wrong = [(key, said) for key, said in asked for table in UNREMEMBERED if table in said]
    assert not wrong
