"""How the store is made, opened, upgraded and used.

1. A store that is not ours, is newer, older or missing is refused with a remedy, and nothing in it is changed.
2. A writing transaction waits for its turn before it reads, so that nobody decides on what another is changing.
3. After a write that the disk did not take, this process writes nothing more: nobody knows what the disk holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Self

from sqlalchemy import URL

from geo_offlimits.errors import RefusedError, StoreError
from geo_offlimits.store import copies as dumps
from geo_offlimits.store import files, revisions
from geo_offlimits.store.backends import Engines, WriteFailedError, engines, file_of, parsed, refuse_foreign_file
from geo_offlimits.store.recall import Recall
from geo_offlimits.store.transaction import Transaction


class Store:
    """An open store. One for each process; its transactions may be used from several threads, one each."""

    def __init__(self, url: URL, pair: Engines) -> None:
        self.shown = _shown(url)
        self._engines = pair
        self._fault: WriteFailedError | None = None
        self._recall = Recall()

    @classmethod
    def open(cls, url: str) -> Self:
        """Raises StoreError when the store is missing, not ours, older or newer than this program."""
        address = parsed(url)
        if path := file_of(address):
            refuse_foreign_file(path)
        store = cls(address, engines(address))
        try:
            with store._engines.reader.connect() as connection:
                revisions.refuse_other_revision(connection, store.shown)
        except StoreError:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, url: str, *, owner_url: str = "") -> Self:
        """Makes an empty store and opens it. Parent folders are made; an existing file is refused.

        owner_url : on PostgreSQL, the same store as the owner of its schema. The role of `url` then owns nothing: it
        gets the rights to use the store, and no more.
        """
        address, owner = _addresses(url, owner_url)
        if path := file_of(address):
            with files.born_whole(path) as building:
                files.mark(building)
                _fill(address.set(database=str(building)), None)
                files.gather(building)
        else:
            _fill(owner or address, _role(address) if owner else None)
        return cls.open(url)

    @classmethod
    def upgrade(cls, url: str, *, owner_url: str = "", copies: Path | None = None) -> Path | None:
        """Brings the store to this program's form. Returns the copy made before, None when nothing was due.

        owner_url : as in `create`; the role of `url` gets its rights anew, whether or not anything was due.
        copies : the folder for the copy of a PostgreSQL store (pg_dump); None: its keeper has one. SQLite's lies
        beside the store.
        Raises StoreError when the store is missing, not ours, newer, or not copied; then nothing is changed.
        """
        address, owner = _addresses(url, owner_url)
        path = file_of(address)
        if path:
            refuse_foreign_file(path)
        role = _role(address) if owner else None
        pair = engines(owner or address)
        try:
            due = _due(pair, _shown(address))
            backup = _copied(pair, path, copies) if due else None
            if due or role:
                _migrate(pair, role)
            return backup
        finally:
            pair.dispose()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction, committed at the end, rolled back when an exception leaves it.

        Raises StoreError at the end when a history row was written without a leaf in the audit tree.
        """
        self.refuse_failed()
        try:
            with self._engines.writing() as connection:
                tx = Transaction(connection, writable=True)
                yield tx
                tx.refuse_unaudited()
        except WriteFailedError as fault:
            self._fault = fault
            raise

    def refuse_failed(self) -> None:
        """Raises StoreError once the disk has not taken a write of this process."""
        if self._fault:
            raise StoreError(f"The store is read-only since a write failed: {self._fault}") from self._fault

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One snapshot that cannot be written to."""
        with self._engines.reading() as connection:
            yield Transaction(connection, writable=False, recall=self._recall)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """For one process at a time, which sends mail. The hold dies with its process.

        Raises RefusedError while another process sends.
        """
        with self._engines.alone() as free:
            if not free:
                raise RefusedError("Another process is sending mail; wait until it has ended.")
            yield

    def close(self) -> None:
        self._engines.dispose()


def _shown(url: URL) -> str:
    """The address as people may see it: without the password."""
    return str(file_of(url) or url.render_as_string(hide_password=True))


def _addresses(url: str, owner_url: str) -> tuple[URL, URL | None]:
    """Raises StoreError where there is an owner and can be none."""
    address, owner = parsed(url), parsed(owner_url) if owner_url else None
    if owner and (file_of(address) or file_of(owner)):
        raise StoreError("A SQLite store has no owner beside its file's. Leave the setting `owner_store` empty.")
    return address, owner


def _role(address: URL) -> str:
    """The role that PostgreSQL lets in at this address, which need not name one."""
    pair = engines(address)
    try:
        with pair.reader.connect() as connection:
            return str(connection.exec_driver_sql("SELECT current_user").scalar_one())
    finally:
        pair.dispose()


def _fill(url: URL, runtime_role: str | None) -> None:
    pair = engines(url)
    try:
        with pair.writer.begin() as connection:
            revisions.refuse_filled(connection, _shown(url))
            revisions.migrate(connection)
            revisions.sign(connection)
            if runtime_role:
                revisions.grant_runtime(connection, runtime_role)
    finally:
        pair.dispose()


def _due(pair: Engines, shown: str) -> bool:
    """Raises StoreError for a store that is newer than this program."""
    with pair.reader.connect() as connection:
        if revisions.revision(connection, shown) in revisions.REVISIONS[:-1]:
            return True
        revisions.refuse_other_revision(connection, shown)
        return False


def _copied(pair: Engines, path: Path | None, folder: Path | None) -> Path | None:
    if path:
        return files.copied(path, _copy_of(path))
    if folder is None:
        return None
    target = _copy_of(folder / "store.dump")
    try:
        with files.born_whole(target) as building, pair.reader.connect() as connection:
            dumps.write(connection, building)
    except StoreError as fault:
        raise StoreError(
            f"No copy was made, so nothing is upgraded. {fault} Or make one and add --backed-up."
        ) from fault
    return target


def _copy_of(path: Path) -> Path:
    """A new name: there may be a copy from an upgrade that was cut, or of a store that was since restored."""
    name = f"{path.name}.before-{revisions.REVISIONS[-1]}"
    names = chain((name,), (f"{name}-{number}" for number in count(2)))
    return next(copy for one in names if not (copy := path.with_name(one)).exists())


def _migrate(pair: Engines, runtime_role: str | None) -> None:
    with pair.writer.begin() as connection:
        revisions.migrate(connection)
        if runtime_role:
            revisions.grant_runtime(connection, runtime_role)
