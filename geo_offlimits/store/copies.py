"""The store as one file and back: SQLite by its backup API, PostgreSQL by pg_dump and pg_restore.

A copy is of the very snapshot that the open transaction reads, while others go on writing: SQLite's backup reads in the
transaction of its connection, and pg_dump takes the snapshot that ours exports.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection

from geo_offlimits.errors import StoreError
from geo_offlimits.store import revisions
from geo_offlimits.store.backends import driver_of, engines, faults_said, parsed


def write(connection: Connection, target: Path, *, owner_url: str = "") -> None:
    """The snapshot that `connection` reads, as a new file. Raises StoreError where pg_dump is missing or refuses.

    owner_url : on PostgreSQL, the same store as the owner of its schema, who may read all of it.
    """
    if connection.dialect.name == "sqlite":
        with faults_said(), closing(sqlite3.connect(target)) as writing:
            driver_of(connection).backup(writing)
        return
    snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    url = parsed(owner_url) if owner_url else connection.engine.url
    # Whom it belongs to and who may use it is for the place where it is restored.
    plain = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments")
    _tell(url, "pg_dump", *plain, f"--snapshot={snapshot}", f"--file={target}")


def load(source: Path, url: str, *, owner_url: str = "") -> None:
    """Fills an empty PostgreSQL database, in one transaction. Raises StoreError where there are tables of ours."""
    address = parsed(owner_url or url)
    pair = engines(address)
    try:
        with pair.reader.connect() as connection:
            revisions.refuse_filled(connection, address.render_as_string(hide_password=True))
    finally:
        pair.dispose()
    _tell(
        address, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(source)
    )


def _tell(url: URL, program: str, *words: str) -> None:
    if not shutil.which(program):
        raise StoreError(f"PostgreSQL stores need {program}; install PostgreSQL's client programs and try again.")
    # A command line stands in the process list, the environment does not.
    query = dict(url.query)
    password = url.password or str(query.pop("password", ""))
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    env = os.environ | ({"PGPASSWORD": password} if password else {})
    told = [program, *words, f"--dbname={shown.render_as_string(hide_password=False)}", "--no-password"]
    done = subprocess.run(told, env=env, capture_output=True, text=True, check=False)  # noqa: S603  (a program of PATH, words of ours)
    if done.returncode:
        why = next(iter(done.stderr.strip().splitlines()), "it gave no reason").rstrip(".")
        raise StoreError(f"{program} refused: {why}. Mend that, and let it run as the owner of the schema.")
