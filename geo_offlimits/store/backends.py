"""Connections to SQLite and to PostgreSQL that keep the store's promises, and their faults said as sentences.

SQLite: write-ahead log, `synchronous=FULL` (a committed act survives power loss), foreign keys, recursive triggers (or
INSERT OR REPLACE would slip past the delete triggers), writers begin with BEGIN IMMEDIATE so that nobody decides on
what another is just changing. PostgreSQL: writers take one advisory lock, for the same reason. The threads of a process
take turns before they ask for either.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from geo_offlimits.disk import workshop
from geo_offlimits.errors import OfflimitsError, RefusedError, Sentence, StoreError

BUSY_TIMEOUT_S = 10
APPLICATION_ID = 0x474F464C  # "GOFL", in the header of every SQLite file of ours
_APPLICATION_ID_AT = 68  # its place in the header, see https://www.sqlite.org/fileformat.html
_SQLITE_MAGIC = b"SQLite format 3\x00"
_WRITERS_LOCK, _SENDERS_LOCK = 0x474F464C, 0x474F464D
# SQLite's own steps grow to a tenth of a second, in which nobody writes; an act takes some thousandths.
_LOOK_AGAIN_S = 0.001
_PRAGMAS = {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": BUSY_TIMEOUT_S * 1000}


class WriteFailedError(StoreError):
    """The disk did not take a write, so nobody knows what it holds now."""


@dataclass(eq=False)
class Engines:
    """`reader` cannot write, whatever it is asked."""

    writer: Engine
    reader: Engine
    _rested: list[Connection] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that writes, committed at the end. Raises StoreError where others write for too long."""
        turn = self._turn
        if not turn.acquire(timeout=_busy_timeout_s() if _is_sqlite(self.writer) else -1):
            raise StoreError(_BUSY)
        try:
            with _begun(self.writer) as connection:
                yield connection
                connection.commit()
        finally:
            turn.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads one snapshot. With SQLite it rests between two readings as it is.

        To take one out of a pool and put it back costs more than all that a look-up asks of it.
        """
        if not _is_sqlite(self.reader):
            with _begun(self.reader) as connection:
                yield connection
            return
        try:
            connection = self._rested.pop()
        except IndexError:
            connection = self.reader.connect()
        try:
            yield connection
            if connection.in_transaction():
                connection.rollback()
            driver_of(connection).rollback()
        except BaseException:
            connection.close()
            raise
        self._rested.append(connection)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process alone is in here, until it leaves or dies. Nobody else is kept from the store by it."""
        path = file_of(self.writer.url)
        with _lock_beside(path) if path else _lock_in(self.writer) as free:
            yield free

    def dispose(self) -> None:
        while self._rested:
            self._rested.pop().close()
        self.writer.dispose()
        self.reader.dispose()

    def forget(self) -> None:
        """In a forked child: the parent's connections are the parent's, and so is whoever was writing."""
        self._turn = threading.Lock()
        self._rested.clear()
        self.writer.dispose(close=False)
        self.reader.dispose(close=False)


def _begun(engine: Engine) -> Connection:
    """A connection in its transaction.

    In place of one that has died while it rested, as when the database was restarted, another is taken: so none need be
    asked each time whether it lives, before it is asked anything else.
    """
    connection = engine.connect()
    try:
        connection.begin()
    except BaseException:
        has_died = connection.invalidated
        connection.close()
        if not has_died:
            raise
        connection = engine.connect()
        connection.begin()
    return connection


@contextmanager
def _lock_beside(path: Path) -> Iterator[bool]:
    with ExitStack() as stack:
        try:
            stack.enter_context(workshop(path.with_name(f".{path.name}.sending")))
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _lock_in(engine: Engine) -> Iterator[bool]:
    """A lock of PostgreSQL that ends with its connection."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        free = bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_SENDERS_LOCK})").scalar_one())
        try:
            yield free
        finally:
            if free:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_SENDERS_LOCK})")


def parsed(url: str) -> URL:
    """Raises StoreError for anything but a SQLite file or PostgreSQL through psycopg."""
    try:
        parts = make_url(url)
    except ArgumentError:
        parts = None
    is_file = parts is not None and parts.drivername == "sqlite" and parts.database not in (None, "", ":memory:")
    if parts is None or not (is_file or parts.drivername == "postgresql+psycopg"):
        raise StoreError("The store's address is not one we know; write sqlite:///FILE or postgresql+psycopg://….")
    return parts


def file_of(url: URL) -> Path | None:
    return Path(str(url.database)) if url.drivername == "sqlite" else None


def refuse_foreign_file(path: Path) -> None:
    """Raises StoreError unless `path` is a SQLite file of ours. Reads its header only, so it changes nothing."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise StoreError(f"There is no store at {path}; `geo-offlimits init` creates one.") from None
    except OSError as fault:
        raise StoreError(f"The store {path} cannot be read: {fault.strerror}. Check the path and its rights.") from None
    remedy = "Point the setting `store` at the right file, or at a new one and run `geo-offlimits init`."
    if not header:
        raise StoreError(f"{path} is empty, so it is not a store of geo_offlimits. {remedy}")
    if not header.startswith(_SQLITE_MAGIC):
        raise StoreError(f"{path} is not a database, so it is not a store of geo_offlimits. {remedy}")
    application_id = int.from_bytes(header[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4], "big")
    if application_id != APPLICATION_ID:
        raise StoreError(f"{path} is a database of another program, not a store of geo_offlimits. {remedy}")


def engines(url: URL) -> Engines:
    pair = _sqlite(url) if url.drivername == "sqlite" else _postgresql(url)
    for engine in (pair.writer, pair.reader):
        event.listen(engine, "handle_error", _say)
    forget = weakref.WeakMethod(pair.forget)
    os.register_at_fork(after_in_child=lambda: (method := forget()) and method())
    return pair


def _sqlite(url: URL) -> Engines:
    # The text of a fault would else hold the values of its statement: hashes, names, positions.
    kind: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 5, "max_overflow": 20, "hide_parameters": True}
    writer, reader = (create_engine(url, **kind) for _ in range(2))
    pair = Engines(writer, reader)
    event.listen(pair.writer, "connect", _prepare_writer)
    event.listen(pair.reader, "connect", _prepare_reader)
    event.listen(pair.writer, "begin", _begin_immediate)
    event.listen(pair.reader, "begin", _begin)
    return pair


def _prepare_writer(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions by itself: the store says which kind it begins.
    connection.isolation_level = None
    for pragma, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma} = {value}")
        if (found := connection.execute(f"PRAGMA {pragma}").fetchone()[0]) != value:
            raise StoreError(f"SQLite holds {pragma} at {found}, not {value}; use a SQLite built with its defaults.")
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        raise StoreError(f"The store's journal is {mode}, not wal; restore the store from a backup of `backup`.")


def _prepare_reader(connection: sqlite3.Connection, record: Any) -> None:
    _prepare_writer(connection, record)
    connection.execute("PRAGMA query_only = 1")


def _busy_timeout_s() -> float:
    return _PRAGMAS["busy_timeout"] / 1000


def _begin_immediate(connection: Connection) -> None:
    """As soon as no other process writes; after BUSY_TIMEOUT_S it is said to be busy."""
    driver, until = driver_of(connection), monotonic() + _busy_timeout_s()
    with faults_said(), _asking_once(driver):
        while not _is_begun(driver, last=monotonic() >= until):
            sleep(_LOOK_AGAIN_S)


@contextmanager
def _asking_once(driver: sqlite3.Connection) -> Iterator[None]:
    """What is held by another is said at once."""
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {_PRAGMAS['busy_timeout']}")


def _is_begun(driver: sqlite3.Connection, *, last: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as fault:
        if last or fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _begin(connection: Connection) -> None:
    begin_snapshot(driver_of(connection))


def begin_snapshot(driver: sqlite3.Connection) -> None:
    """Straight to the driver: every request begins so, and a deferred BEGIN touches no file that could fail."""
    if not driver.in_transaction:
        driver.execute("BEGIN")


def driver_of(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection below ours."""
    return connection.connection.dbapi_connection  # type: ignore[return-value]  # asked of SQLite's alone


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _postgresql(url: URL) -> Engines:
    try:
        writer = create_engine(url, hide_parameters=True)
        reader = create_engine(
            url, hide_parameters=True, connect_args={"options": "-c default_transaction_read_only=on"}
        )
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs psycopg; install geo_offlimits[postgres].") from None
    for engine in (writer, reader):
        event.listen(engine, "before_cursor_execute", _give_in_binary)
    event.listen(writer, "connect", _pack_quickly)
    event.listen(writer, "begin", _lock_writers)
    event.listen(reader, "connect", _leave_beginning_to_us)
    event.listen(reader, "begin", _begin_reading)
    return Engines(writer, reader)


def _give_in_binary(_connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    """What gives megabytes, or rows by the thousand, says so: as text they take twice the room, and are taken apart."""
    if context is not None and context.execution_options.get("in_binary"):
        cursor.format = 1  # psycopg.pq.Format.BINARY


def _leave_beginning_to_us(driver: Any, _record: Any) -> None:
    driver.autocommit = True


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _pack_quickly(connection: Any, _record: Any) -> None:
    """An edition of megabytes is packed by LZ4 where the server has it: its own way takes three times as long."""
    connection.execute(
        "SELECT set_config(name, 'lz4', false) FROM pg_settings "
        "WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
    )
    connection.commit()


def _lock_writers(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")


def _say(context: ExceptionContext) -> None:
    """Turns the database's faults into our sentences; programming errors pass as they are."""
    fault = context.original_exception
    if isinstance(fault, OfflimitsError):
        raise fault  # a value that a column type refused, such as a time without zone; SQLAlchemy has wrapped it
    said = _sqlite_sentence(fault) if isinstance(fault, sqlite3.Error) else _postgresql_sentence(fault)
    if said:
        raise said from fault


@contextmanager
def faults_said() -> Iterator[None]:
    """The same for what is asked of SQLite's driver itself."""
    try:
        yield
    except sqlite3.Error as fault:
        if said := _sqlite_sentence(fault):
            raise said from fault
        raise


_BUSY = Sentence("The store was busy for {wait} seconds with another writer. Try again.", wait=BUSY_TIMEOUT_S)
_AGAIN = Sentence("The store holds this already, or somebody else was quicker. Read it again and decide anew.")


def _sqlite_sentence(fault: sqlite3.Error) -> Exception | None:
    code = getattr(fault, "sqlite_errorcode", None) or 0
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        return RefusedError(str(fault))
    if code in {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}:
        return RefusedError(_AGAIN)
    if code in {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}:
        return WriteFailedError(
            Sentence(
                "The disk did not confirm the write ({why}), so nobody knows whether it is kept. Mend the disk, "
                "restart, and look before you do it again.",
                why=fault,
            )
        )
    primary = code & 0xFF
    if primary in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}:
        return WriteFailedError(
            Sentence("The disk did not take the write ({why}). Free space or mend it, then restart.", why=fault)
        )
    sentences = {
        sqlite3.SQLITE_BUSY: _BUSY,
        sqlite3.SQLITE_READONLY: "The store cannot be written to. Check the rights of its file and folder.",
        sqlite3.SQLITE_CANTOPEN: "The store cannot be opened. Check its path and the rights of its folder.",
        sqlite3.SQLITE_CORRUPT: "The store's file is damaged. Stop the server and restore the latest backup.",
        sqlite3.SQLITE_NOTADB: "The store's file is not a database. Restore the latest backup.",
    }
    return StoreError(sentences[primary]) if primary in sentences else None


def _postgresql_sentence(fault: BaseException) -> Exception | None:
    state = str(getattr(fault, "sqlstate", None))
    if state == "23514":
        return RefusedError(str(getattr(fault, "diag").message_primary))  # noqa: B009  (psycopg is an extra)
    if state == "23505":
        return RefusedError(_AGAIN)
    sentences = {
        "25006": "The store cannot be written to in a reading transaction. Open a writing one.",
        "42501": "The database refuses this to the program's role. Let the owner of the schema grant it.",
    }
    if state in sentences:
        return StoreError(sentences[state])
    if type(fault).__name__ == "OperationalError":
        return StoreError("The database does not answer. Check that it runs and that the setting `store` is right.")
    return None
