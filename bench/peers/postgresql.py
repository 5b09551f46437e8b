"""A PostgreSQL of this run's own, on a socket in a folder of its own; the system's cluster is left alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def private_cluster() -> Iterator[str]:
    """The address of a running cluster, as psycopg takes it."""
    folder = Path(tempfile.mkdtemp(prefix="offlimits-bench-"))
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")
    control = [*as_postgres, str(PROGRAMS / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    made = [*as_postgres, str(PROGRAMS / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "owner", "-N"]
    options = f"-k {folder} -c listen_addresses='' -c shared_buffers=1GB -c work_mem=256MB -c jit=off -c fsync=off"
    try:
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, cwd="/")
        yield f"host={folder} user=owner dbname=postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)
