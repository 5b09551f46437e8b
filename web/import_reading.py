"""The list that a request is about: what stands in it, and the report on it, made once while nothing changes.

A process keeps the last few files as they were read, and the last few reports. The first counts as long as the file,
its columns and the register are the same; the second as long as nothing else was decided about the list either.
Another process makes its own. What lands is never one of these: it is made anew.
"""

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any, cast

from flask import request

from geo_offlimits.errors import InputError, RefusedError, Sentence
from geo_offlimits.formats.columns import IGNORE
from geo_offlimits.formats.files import Limits
from geo_offlimits.formats.reader import FIELDS, Table, read_rows
from geo_offlimits.services import gazetteer, imports, waiting_lists
from geo_offlimits.services.transcribing import Received
from geo_offlimits.services.waiting_lists import Choices, WaitingList
from web import bodies, door
from web.import_rows import Seen

_KEPT = 4
_NAME_CHARACTERS = 120
_reports: dict[tuple[str, str, int], Seen] = {}
_tables: dict[tuple[str, str, int], Table] = {}


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


def limits() -> Limits:
    """What a list may be that is sent to a page: as the settings have it, and no larger than a request may be."""
    settings = door.wiring().settings
    asked = Limits.of(settings)
    return replace(asked, bytes=min(asked.bytes, settings.max_upload_mb * 2**20))


def read(code: str, name: str, content: bytes, choices: Choices | None = None) -> Table:
    """What stands in the file, its columns known also by the mission's places, as the command line knows them.

    Raises ImportFileError for what is no list, InputError for columns that cannot be so.
    """
    near = gazetteer.places_of(door.act(), code)
    return read_rows((name, content), choices.mapping if choices else {}, near=near, limits=limits())


def first_read(code: str, name: str, content: bytes) -> tuple[Choices, Table]:
    """How the file is read until somebody says otherwise: as the latest list of its source was, where that can be.

    Raises ImportFileError for what is no list.
    """
    table, source = read(code, name, content), imports.source_of(name)
    known = imports.applicable(imports.remembered(door.act(), code, source), table.columns, {})
    if not known or known.items() <= table.mapping.items():
        return Choices(), table
    choices = Choices(mapping=known, source=source)
    try:
        return choices, read(code, name, content, choices)
    except InputError:
        return Choices(), table


def kept(code: str, name: str, content: bytes) -> str:
    """Keep a file that is a list; its id. What was read of it counts for its first report."""
    choices, table = first_read(code, name, content)
    list_id = waiting_lists.keep(door.act(), code, holder(), (name, content), choices)
    _remember(_tables, (list_id, _columns_of(choices), door.act().tx.audit.size()), table)
    return list_id


def asked_for(code: str) -> WaitingList:
    """The list that `file` names. Raises ListGoneError."""
    return waiting_lists.held(door.act(), code, holder(), request.values.get("file", ""))


def in_hand(code: str) -> tuple[WaitingList, Seen]:
    waiting, size = asked_for(code), door.act().tx.audit.size()
    key = (waiting.list_id, waiting.fingerprint, size)
    seen = _reports.get(key) or _seen(code, waiting, _in_file(code, waiting, size))
    _remember(_reports, key, seen)
    return waiting, seen


def _in_file(code: str, waiting: WaitingList, size: int) -> Table:
    """A cell that was set right, a row left out and a yes change nothing of what stands in the file."""
    key = (waiting.list_id, _columns_of(waiting.choices), size)
    table = _tables.get(key) or read(code, waiting.name, waiting.content, waiting.choices)
    _remember(_tables, key, table)
    return table


def _columns_of(choices: Choices) -> str:
    return json.dumps(choices.mapping, sort_keys=True)


def _remember(kept: dict[tuple[str, str, int], Any], key: tuple[str, str, int], found: Any) -> None:
    kept.pop(key, None)
    kept[key] = found  # the newest last
    for oldest in list(kept)[:-_KEPT]:
        kept.pop(oldest, None)


def _seen(code: str, waiting: WaitingList, in_file: Table) -> Seen:
    choices = waiting.choices
    table = waiting_lists.corrected(in_file, choices)
    found = imports.report(
        door.act(),
        code,
        table,
        confirm_outside=choices.confirm_outside,
        confirm_duplicates=choices.confirm_duplicates,
    )
    return Seen(table, in_file, found, choices)


def version(waiting: WaitingList, seen: Seen) -> str:
    """Of what the page shows: what lands is signed for by it."""
    told = json.dumps([waiting.fingerprint, seen.report.as_json()], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def looked_at() -> tuple[WaitingList, Seen]:
    """The list with its report made anew, where it still is what the page showed. Raises StalePageError."""
    with door.looking():
        code, waiting = door.code(), asked_for(door.code())
        seen = _seen(code, waiting, read(code, waiting.name, waiting.content, waiting.choices))
    if request.form.get("seen") != version(waiting, seen):
        raise StalePageError
    return waiting, seen


def mapping_told(code: str, waiting: WaitingList) -> dict[str, str]:
    """Column to field for every column, as the selects of the form say it. Raises InputError where it cannot be so."""
    size = door.act().tx.audit.size()
    columns = _in_file(code, waiting, size).columns
    told = {name: request.form.get(f"column-{at}") or IGNORE for at, name in enumerate(columns)}
    choices = replace(waiting.choices, mapping=told)
    _in_file(code, replace(waiting, choices=choices), size)
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
    for kept in (_reports, _tables):
        for key in [key for key in kept if key[0] == list_id]:
            kept.pop(key, None)


def decided(code: str, waiting: WaitingList, **choices: Any) -> None:
    if asked_for(code).fingerprint != waiting.fingerprint:  # another page said something of it meanwhile
        raise StalePageError
    waiting_lists.decide(door.act(), code, holder(), waiting, replace(waiting.choices, **choices))
