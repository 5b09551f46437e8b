"""The list that a request is about: what stands in it, and the report on it, made once while nothing changes.

A process keeps the last few reports in memory. One counts as long as the file, what was decided about it and the
register are the same; another process makes its own. What lands is never one of these: it is made anew.
"""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any, cast

from flask import request

from geo_offlimits.errors import InputError, RefusedError, Sentence
from geo_offlimits.formats.columns import IGNORE
from geo_offlimits.formats.reader import FIELDS, Table, read_rows
from geo_offlimits.services import gazetteer, imports, waiting_lists
from geo_offlimits.services.partners import Received
from geo_offlimits.services.waiting_lists import Choices, WaitingList
from web import bodies, door
from web.import_rows import Seen, sampled

_KEPT = 4
_NAME_CHARACTERS = 120
_reports: dict[tuple[str, str, int], Seen] = {}


class StalePageError(RefusedError):
    """What lands is what was read; the register or the list has moved on since."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "The report has changed since this page was made, and nothing has landed. Read it again below, then "
                "land it."
            )
        )


def holder() -> str:
    """The handle of this request's session, to which what was sent in it belongs."""
    session = door.visit().session
    if session is None:
        raise AssertionError("a page is for who is signed in")
    return session.handle


def bare_name(name: str) -> str:
    """Of the path that some browsers send, the file's own name, which ends as it did."""
    bare = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return bare[-_NAME_CHARACTERS:] or "list"


def read(code: str, name: str, content: bytes, choices: Choices | None = None) -> Table:
    """What stands in the file, its columns known also by the mission's places, as the command line knows them.

    Raises ImportFileError for what is no list, InputError for columns that cannot be so.
    """
    limit = door.wiring().settings.max_upload_mb * 2**20
    near = gazetteer.places_of(door.act(), code)
    return read_rows((name, content), choices.mapping if choices else {}, near=near, limit_bytes=limit)


def first_choices(code: str, name: str, content: bytes) -> Choices:
    """How the file is read until somebody says otherwise: as the latest list of its source was, where that can be.

    Raises ImportFileError for what is no list.
    """
    table, source = read(code, name, content), imports.source_of(name)
    known = imports.applicable(imports.remembered(door.act(), code, source), table.columns, {})
    if not known or known.items() <= table.mapping.items():
        return Choices()
    choices = Choices(mapping=known, source=source)
    try:
        read(code, name, content, choices)
    except InputError:
        return Choices()
    return choices


def asked_for(code: str) -> WaitingList:
    """The list that `file` names. Raises ListGoneError."""
    return waiting_lists.held(door.act(), code, holder(), request.values.get("file", ""))


def in_hand(code: str) -> tuple[WaitingList, Seen]:
    waiting, act = asked_for(code), door.act()
    key = (waiting.list_id, waiting.fingerprint, act.tx.audit.size())
    seen = _reports.pop(key, None) or _with_samples(waiting, _seen(code, waiting))
    _reports[key] = seen  # the newest last
    for oldest in list(_reports)[:-_KEPT]:
        _reports.pop(oldest, None)
    return waiting, seen


def _seen(code: str, waiting: WaitingList) -> Seen:
    choices = waiting.choices
    in_file = read(code, waiting.name, waiting.content, choices)
    table = waiting_lists.corrected(in_file, choices)
    found = imports.report(
        door.act(),
        code,
        table,
        confirm_outside=choices.confirm_outside,
        confirm_duplicates=choices.confirm_duplicates,
    )
    return Seen(table, in_file, found, choices)


def _with_samples(waiting: WaitingList, seen: Seen) -> Seen:
    """With a few texts of each column, also of one that is not read: for this every column is a field of its own."""
    table = seen.in_file
    fields = {column: f"column {at}" for at, column in enumerate(table.columns)}
    if set(table.columns) == set(table.mapping):
        return replace(seen, samples=_by_column(table.mapping, table))
    try:
        own = {field: (column,) for column, field in fields.items()}
        raw = read_rows((waiting.name, waiting.content), fields, fields=own)
    except InputError:
        return replace(seen, samples=_by_column(table.mapping, table))
    return replace(seen, samples=_by_column(fields, raw))


def _by_column(fields: dict[str, str], table: Table) -> dict[str, tuple[str, ...]]:
    found = sampled(table.rows)
    return {column: found.get(field, ()) for column, field in fields.items()}


def version(waiting: WaitingList, seen: Seen) -> str:
    """Of what the page shows: what lands is signed for by it."""
    told = json.dumps([waiting.fingerprint, seen.report.as_json()], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def looked_at() -> tuple[WaitingList, Seen]:
    """The list with its report made anew, where it still is what the page showed. Raises StalePageError."""
    with door.looking():
        waiting = asked_for(door.code())
        seen = _seen(door.code(), waiting)
    if request.form.get("seen") != version(waiting, seen):
        raise StalePageError
    return waiting, seen


def mapping_told(code: str, waiting: WaitingList) -> dict[str, str]:
    """Column to field for every column, as the selects of the form say it. Raises InputError where it cannot be so."""
    columns = read(code, waiting.name, waiting.content, waiting.choices).columns
    told = {name: request.form.get(f"column-{at}") or IGNORE for at, name in enumerate(columns)}
    read(code, waiting.name, waiting.content, replace(waiting.choices, mapping=told))
    return told


def row_told(seen: Seen) -> tuple[int, dict[str, str], bool]:
    """The number of a row, which of its fields say another thing than the file, and whether it is left out."""
    number = request.form.get("row", type=int)
    known = {row.row for row in seen.rows}
    if number not in known:
        raise bodies.refused("row", Sentence("not in this list"), Sentence("open the report again"))
    written, cells = seen.written(number), dict(seen.choices.cells.get(number, {}))
    for field in FIELDS:
        if f"cell-{field}" not in request.form:
            continue
        text = bodies.text(cast("bodies.Body", request.form), f"cell-{field}") or ""
        cells.pop(field, None)
        if text != written.get(field, ""):
            cells[field] = text
    return number, cells, "leave_out" in request.form


def received_told() -> Received:
    """Whose list it is, its reference and the day on which it came. Raises InputError."""
    form = cast("bodies.Body", request.form)
    told = {name: bodies.text(form, name, required=True) or "" for name in ("partner", "reference", "received")}
    try:
        day = date.fromisoformat(told["received"])
    except ValueError:
        remedy = Sentence("write year-month-day, such as 2026-03-31")
        raise bodies.refused("received", Sentence("not a day"), remedy, told["received"]) from None
    return Received(partner=told["partner"], reference=told["reference"], received=day).checked()


def let_go(list_id: str) -> None:
    """Nothing of this list stays, neither on the disk nor in this process."""
    session = door.visit().session
    if session:
        waiting_lists.give_up(door.wiring().settings, session.handle, list_id)
    for key in [key for key in _reports if key[0] == list_id]:
        _reports.pop(key, None)


def decided(code: str, waiting: WaitingList, **choices: Any) -> None:
    waiting_lists.decide(door.act(), code, holder(), waiting, replace(waiting.choices, **choices))
