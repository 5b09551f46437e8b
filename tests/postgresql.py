"""A private PostgreSQL with PostGIS for one test process: a database is cloned from a template in milliseconds.

Its schema belongs to the role `owner`. The role `runtime`, which the program is meant to run as, owns nothing.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine, create_engine

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
POSTGIS = Path("/usr/share/postgresql/15/extension/postgis.control")
MISSING = "no PostgreSQL on this machine; install postgresql-15-postgis-3 (and psycopg)"
# Nothing of it outlives the process, so nothing need survive a crash.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
# Each test connects anew and asks little: what PostGIS is made of is loaded once, and no query is compiled.
OPTIONS += " -c shared_preload_libraries=postgis-3 -c jit=off"


@dataclass(frozen=True)
class Cluster:
    folder: Path
    _serial: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str, role: str = "owner") -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def new(self, template: str = "template0") -> str:
        """The name of a new database; of a template that nobody is connected to, a copy."""
        name = f"test_{next(self._serial)}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        self._tell(f"DROP DATABASE {database} WITH (FORCE)")

    @cached_property
    def _owner(self) -> Engine:
        """Connected once: to begin a connection takes about as long as to drop a database."""
        return create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def _tell(self, statement: str) -> None:
        with self._owner.connect() as connection:
            connection.exec_driver_sql(statement)


def at_hand() -> bool:
    return bool(PROGRAMS.exists() and POSTGIS.exists() and find_spec("psycopg") and shutil.which("runuser"))


@contextmanager
def private_cluster() -> Iterator[Cluster]:
    # Not under pytest's own folders: those are closed to the user that PostgreSQL runs as, and too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="offlimits-"))
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")
    initdb = [*as_postgres, str(PROGRAMS / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "owner"]
    control = [*as_postgres, str(PROGRAMS / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    try:
        subprocess.run([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "-N"], check=True, stdout=subprocess.DEVNULL)
        start = [*control, "-o", f"-k {folder} {OPTIONS}", "-l", str(folder / "log"), "start"]
        subprocess.run(start, check=True, cwd="/")
        cluster = Cluster(folder)
        cluster._tell("CREATE ROLE runtime LOGIN")
        yield cluster
        cluster._owner.dispose()
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)
