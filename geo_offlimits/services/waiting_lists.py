"""A list between its upload and its landing: the file, and what was decided about it so far.

1. It belongs to one person in one session and one mission; for everybody else there is none.
2. What was decided about it, which column is which, which cell says something else, which row is left out, lies with
   the file and never changes it: the report is made anew from both.
3. It is gone once it landed, was given up, its session ended, or an hour passed since the last decision.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from geo_offlimits.delivery.waiting_lists import RoomFullError, WaitingRoom
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import RefusedError, Sentence, StoreError
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.services.act import Act
from geo_offlimits.settings import Settings

_PLACES = frozenset({"latitude", "longitude", "position"})


class ListGoneError(RefusedError):
    """The list is not here any more, or never was for this person."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("This list is not here any more: it landed, was given up, or an hour has passed. Send it again.")
        )


class TooManyListsError(RefusedError):
    """As many lists wait as the server keeps."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("Too many lists wait on this server just now. Nothing was kept; try again in a few minutes.")
        )


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person decided about a list. Rows go by their numbers, columns by their names.

    mapping : column -> field, as told; empty: as guessed. cells : row -> field -> text; '' empties a cell.
    source : whose latest list gave the mapping; '' where a person did, or nobody.
    """

    mapping: dict[str, str] = field(default_factory=dict)
    source: str = ""
    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    confirm_outside: bool = False
    confirm_duplicates: bool = False

    def with_row(self, number: int, cells: dict[str, str], *, leave_out: bool) -> "Choices":
        """`cells` is all that was corrected in this row, none where nothing is."""
        others = {row: kept for row, kept in self.cells.items() if row != number}
        left_out = self.left_out | {number} if leave_out else self.left_out - {number}
        return replace(self, cells=others | ({number: cells} if cells else {}), left_out=left_out)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"left_out": sorted(self.left_out)}

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Choices":
        cells = {int(row): kept for row, kept in told["cells"].items()}
        return cls(**{**told, "cells": cells, "left_out": frozenset(told["left_out"])})


@dataclass(frozen=True, kw_only=True)
class WaitingList:
    """One list that waits. `fingerprint` is another one whenever the file or a choice is."""

    list_id: str
    name: str
    content: bytes = field(repr=False)
    choices: Choices

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(json.dumps([self.name, self.choices.as_json()], sort_keys=True).encode())
        digest.update(hashlib.sha256(self.content).digest())
        return digest.hexdigest()


def keep(act: Act, mission: str, holder: str, file: tuple[str, bytes], choices: Choices) -> str:
    """Keep a file, name and bytes; its id. `holder` is a session's handle. Raises TooManyListsError, StoreError."""
    bound = _bound(act, mission)
    sweep(act)
    packed = _packed(file[0], choices, file[1])
    try:
        return _room(act).keep(holder, bound, packed, act.now)
    except RoomFullError:
        raise TooManyListsError from None
    except OSError as fault:
        raise _unkept(fault) from None


def held(act: Act, mission: str, holder: str, list_id: str) -> WaitingList:
    """Raises ListGoneError."""
    kept = _room(act).read(holder, list_id, _bound(act, mission), act.now)
    if kept is None:
        raise ListGoneError
    return _unpacked(list_id, kept)


def _unpacked(list_id: str, kept: bytes) -> WaitingList:
    head, _, content = kept.partition(b"\n")
    told = json.loads(head)
    return WaitingList(list_id=list_id, name=told["name"], content=content, choices=Choices.of(told["choices"]))


def mine(act: Act, mission: str, holder: str) -> tuple[WaitingList, ...]:
    """Those that this person has begun with in this session and mission, the newest first."""
    room, bound = _room(act), _bound(act, mission)
    # Read once each: another tab may land one at this moment.
    found = ((one, room.read(holder, one, bound, act.now)) for one in room.ids(holder, act.now))
    return tuple(_unpacked(one, kept) for one, kept in found if kept is not None)


def decide(act: Act, mission: str, holder: str, waiting: WaitingList, choices: Choices) -> WaitingList:
    """The same list with other choices; its hour begins anew. Raises StoreError."""
    packed = _packed(waiting.name, choices, waiting.content)
    try:
        _room(act).put(holder, waiting.list_id, _bound(act, mission), packed, act.now)
    except OSError as fault:
        raise _unkept(fault) from None
    return replace(waiting, choices=choices)


def give_up(settings: Settings, holder: str, list_id: str) -> None:
    """It landed, or nobody wants it any more."""
    WaitingRoom(settings.data_dir).discard(holder, list_id)


def end_with(settings: Settings, holder: str) -> None:
    """A session ends and takes along what waits in it."""
    WaitingRoom(settings.data_dir).discard_all(holder)


def sweep(act: Act) -> None:
    """Takes away what was left by sessions that ended elsewhere: signed out by somebody else, or idle for too long."""
    _room(act).leave_only(act.tx.sessions.handles(), act.now)


def corrected(table: Table, choices: Choices) -> Table:
    """The table as it would read had its file said what was decided about it."""
    rows = {row.number: row for row in table.rows}
    rows |= {number: _typed(number, rows.get(number), cells) for number, cells in choices.cells.items()}
    settled = choices.left_out | choices.cells.keys()
    kept = (rows[number] for number in sorted(rows) if number not in choices.left_out)
    return replace(
        table,
        rows=tuple(row for row in kept if row.values or row.geometry is not None),
        issues=tuple(issue for issue in table.issues if issue.row is None or issue.row not in settled),
    )


def _typed(number: int, row: Row | None, cells: dict[str, str]) -> Row:
    values = (row.values if row else {}) | cells
    moved = _PLACES & cells.keys()
    return Row(
        number=number,
        values={name: text for name, text in values.items() if text},
        geometry=None if moved or row is None else row.geometry,
    )


def _packed(name: str, choices: Choices, content: bytes) -> bytes:
    return json.dumps({"name": name, "choices": choices.as_json()}).encode() + b"\n" + content


def _bound(act: Act, mission: str) -> str:
    act.require(Action.PROPOSE, mission)
    return f"{act.person_id}\n{mission}"


def _room(act: Act) -> WaitingRoom:
    return WaitingRoom(act.settings.data_dir)


def _unkept(fault: OSError) -> StoreError:
    return StoreError(
        Sentence(
            "The list cannot be kept while it is looked at: {why}. Make room, or see to the rights of data_dir.",
            why=fault.strerror,
        )
    )
