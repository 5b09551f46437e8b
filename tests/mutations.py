"""Changes that somebody who owns a SQLite store could make past every guard, drawn by chance from a seed.

They know the form of the file and the hashes of the audit tree, and nothing of the program's verifier, so that any
verifier can be held to them: `Mutation.apply` works on the driver's own connection to a file.

1. edit: another value in one cell of any column of any table that only grows, leaves and checkpoints included.
2. delete: one row. swap: two rows change places. smuggle: a row once more, under a key of its own.
3. cut: the last leaves, with every row that they speak of and every checkpoint beyond.
4. rewrite: one cell edited, and every digest, leaf, hash and checkpoint after it computed anew, so that all fits.
"""

import hashlib
import json
import random
import re
import sqlite3
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import rfc8785

# ruff: noqa: S608  (statements are made of the names of the file's own tables)

LEAVES, CHECKPOINTS = "audit_leaf", "audit_checkpoint"
Cell = int | float | str | bytes | None


class UnfitError(Exception):
    """This draw changes nothing, or the file's own keys refuse it: another is drawn."""


@dataclass(frozen=True)
class Mutation:
    kind: str
    seed: str

    def apply(self, store: sqlite3.Connection, digest: "Digest") -> str:
        """Says what it did. Draws on until something is changed; `digest` is what a leaf holds of a table's row."""
        chance = random.Random(self.seed)
        for _ in range(200):
            store.execute("SAVEPOINT draw")
            draw = Draw(store, chance, digest)
            try:
                said = KINDS[self.kind](draw)
                draw.put_guards_up()
            except (UnfitError, sqlite3.IntegrityError):
                store.execute("ROLLBACK TO draw")
            else:
                store.execute("RELEASE draw")
                return f"{self.kind}: {said}"
        raise AssertionError(f"{self} found nothing to change")


Digest = Callable[[str, int], str]


def mutations(seed: int, count: int) -> Iterator[Mutation]:
    """So many of them, the kinds in turn; the same for the same seed."""
    kinds = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
    for at in range(count):
        yield Mutation(kinds[at % len(kinds)], f"{seed}/{at}")


def grown_tables(store: sqlite3.Connection) -> list[str]:
    """Those that hold rows and a guard against change."""
    guarded = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%' ORDER BY 1"
    return [name for (name,) in store.execute(guarded).fetchall()]


@dataclass
class Draw:
    store: sqlite3.Connection
    chance: random.Random
    digest: Digest
    down: list[str] = field(default_factory=list)

    def rows(self, table: str) -> list[tuple[Cell, ...]]:
        return self.store.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()

    def columns(self, table: str) -> list[str]:
        return [name for _, name, *_ in self.store.execute(f"PRAGMA table_info({table})")]

    def table(self, least: int = 1, among: tuple[str, ...] = ()) -> str:
        names = [name for name in grown_tables(self.store) if not among or name in among]
        return self.chance.choice([name for name in names if len(self.rows(name)) >= least])

    def write(self, table: str, old: tuple[Cell, ...], new: tuple[Cell, ...]) -> None:
        self.free(table)
        columns = self.columns(table)
        put = ", ".join(f"{name} = ?" for name in columns)
        self.store.execute(f"UPDATE {table} SET {put} WHERE {columns[0]} = ?", (*new, old[0]))
        if self.store.execute(f"SELECT * FROM {table} WHERE {columns[0]} IS ?", (new[0],)).fetchone() == old:
            raise UnfitError  # the column's affinity made the same of it

    def write_over(self, table: str, row: tuple[Cell, ...]) -> None:
        self.free(table)
        self.store.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def remove(self, table: str, keys: list[Cell]) -> None:
        self.free(table)
        key = self.columns(table)[0]
        self.store.executemany(f"DELETE FROM {table} WHERE {key} = ?", [(one,) for one in keys])

    def free(self, table: str) -> None:
        """Takes its guards down."""
        guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        for name, sql in self.store.execute(guards, (table,)).fetchall():
            self.store.execute(f"DROP TRIGGER {name}")
            self.down.append(sql)

    def put_guards_up(self) -> None:
        for sql in self.down:
            self.store.execute(sql)


def another(chance: random.Random, cell: Cell) -> Cell:
    """A cell that is not this one: near to it, of another type, of another spelling, or nothing at all."""
    near: list[Cell] = [None, "", 0, 1, b"\x00", "1999-01-01T00:00:00.000000Z"]
    if isinstance(cell, int | float):
        near += [cell + 1, cell - 1, -cell, cell * 2, str(cell), float(cell) + 0.5]
    if isinstance(cell, str):
        near += [*_texts(chance, cell), cell.encode()]
    if isinstance(cell, bytes):
        text = cell.decode("latin-1")
        near += [text, *(changed.encode("latin-1", "replace") for changed in _texts(chance, text))]
    chosen = chance.choice(near)
    if (type(chosen), chosen) == (type(cell), cell):
        raise UnfitError
    return chosen


def _texts(chance: random.Random, text: str) -> list[str]:
    at = chance.randrange(len(text) + 1)
    letter = chance.choice(string.ascii_letters + string.digits)
    texts = [text[:at] + letter + text[at:], text[:at] + text[at + 1 :], text[:at] + letter + text[at + 1 :]]
    texts += [text + " ", text.swapcase(), text[::-1], text.replace("T", " "), text.replace("Z", "+00:00")]
    # A day later, which every reader takes for a day.
    return [*texts, re.sub(r"-(\d)(\d)T", lambda day: f"-{day[1]}{(int(day[2]) + 1) % 10}T", text)]


def edit(draw: Draw) -> str:
    table = draw.table()
    row = draw.chance.choice(draw.rows(table))
    at = draw.chance.randrange(len(row))
    cell = another(draw.chance, row[at])
    draw.write(table, row, (*row[:at], cell, *row[at + 1 :]))
    return f"{table}/{row[0]!r} {draw.columns(table)[at]} = {cell!r}"


def delete(draw: Draw) -> str:
    table = draw.table()
    row = draw.chance.choice(draw.rows(table))
    draw.remove(table, [row[0]])
    return f"{table}/{row[0]!r}"


def swap(draw: Draw) -> str:
    """What two rows say, but for their keys and what no two rows may share."""
    table = draw.table(least=2)
    one, other = draw.chance.sample(draw.rows(table), 2)
    if one[1:] == other[1:]:
        raise UnfitError
    draw.remove(table, [one[0], other[0]])
    marks = ", ".join("?" * len(one))
    draw.store.executemany(f"INSERT INTO {table} VALUES ({marks})", [(one[0], *other[1:]), (other[0], *one[1:])])
    return f"{table}/{one[0]!r} and {other[0]!r}"


def smuggle(draw: Draw) -> str:
    table = draw.table()
    row = draw.chance.choice(draw.rows(table))
    free = max(int(key or 0) for key, *_ in draw.rows(table)) + draw.chance.randint(1, 3)
    draw.free(table)
    columns = draw.columns(table)
    # A first row would be refused by the key of first rows, and a version by that of versions.
    line = {"supersedes_id": draw.chance.choice([None, row[0]])} if "supersedes_id" in columns else {}
    values = dict(zip(columns, row, strict=True)) | {columns[0]: free} | line
    draw.store.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", tuple(values.values()))
    return f"{table}/{row[0]!r} as {free}"


def cut(draw: Draw) -> str:
    leaves = draw.rows(LEAVES)
    kept = draw.chance.randrange(len(leaves))
    for _, leaf, *_ in leaves[kept:]:
        for table, key in _spoken_of(leaf):
            draw.remove(table, [key])
    draw.remove(LEAVES, [position for position, *_ in leaves[kept:]])
    draw.remove(CHECKPOINTS, [size for size, *_ in draw.rows(CHECKPOINTS) if int(size or 0) > kept])
    return f"{len(leaves) - kept} of {len(leaves)} leaves"


def rewrite(draw: Draw) -> str:
    """A cell of a row that a leaf speaks of, then everything that follows from it."""
    bound = [row for _, leaf, *_ in draw.rows(LEAVES) for row in _spoken_of(leaf)]
    table, key = draw.chance.choice(bound)
    columns = draw.columns(table)
    (row,) = [one for one in draw.rows(table) if one[0] == key]
    # The cells that hold rows together stay, and what is written stays readable: it is meant to look right.
    told = [at for at, cell in enumerate(row) if at and isinstance(cell, str) and _is_prose(columns[at], cell)]
    if not told:
        raise UnfitError
    at = draw.chance.choice(told)
    text = f"{row[at]!s}{draw.chance.choice(string.ascii_lowercase)}"
    draw.write(table, row, (*row[:at], text, *row[at + 1 :]))
    _forge(draw, f"{table}/{key}", draw.digest(table, key))
    return f"{table}/{key} {columns[at]} = {text!r}"


def _forge(draw: Draw, name: str, digest: str) -> None:
    """Puts the digest into its leaf, and every hash that follows from it into its place."""
    leaves, hashes = draw.rows(LEAVES), list[bytes]()
    for position, leaf, *_ in leaves:
        said = json.loads(_bytes(leaf))
        if name in said["rows"]:
            said["rows"][name] = digest
        if name in (erased := said["facts"].get("erased") or {}):  # what the row is after somebody was erased from it
            erased[name] = digest
        forged = rfc8785.dumps(said)
        hashes.append(hashlib.sha256(b"\0" + forged).digest())
        whole = len(hashes) & -len(hashes)  # leaves of the largest whole subtree that ends here
        draw.write_over(LEAVES, (position, forged, hashes[-1], _root(hashes[-whole:])))
    for size, *_ in draw.rows(CHECKPOINTS):
        draw.write_over(CHECKPOINTS, (size, _root(hashes[: int(size or 0)]).hex()))


def _root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(hashes[:split]) + _root(hashes[split:])).digest()


def _bytes(cell: Cell) -> bytes:
    assert isinstance(cell, bytes)
    return cell


def _is_prose(column: str, cell: str) -> bool:
    held = column.endswith(("_id", "_at", "sha256")) or column in {"mission", "code", "kind", "state", "role"}
    return not held and not cell.startswith(("[", "{", "2"))


def _spoken_of(leaf: Cell) -> list[tuple[str, int]]:
    return [(table, int(key)) for table, key in (name.split("/") for name in json.loads(_bytes(leaf))["rows"])]


KINDS: dict[str, Callable[[Draw], str]] = {
    "edit": edit,
    "delete": delete,
    "swap": swap,
    "smuggle": smuggle,
    "cut": cut,
    "rewrite": rewrite,
}
WEIGHTS = {"edit": 5, "delete": 2, "swap": 1, "smuggle": 1, "cut": 1, "rewrite": 2}
