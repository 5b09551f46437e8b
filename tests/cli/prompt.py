"""A prompt in a folder of its own: the real command line, in this process, with the environment of one installation."""

import json
import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from geo_offlimits.cli import commands
from geo_offlimits.errors import StoreError
from geo_offlimits.settings import ENVIRONMENT_PREFIX
from geo_offlimits.store import Store
from tests import proving

MISSION = "ISLE"
PASSPHRASE = "eleven grey herons at low tide"
# Everything that is kept about who tried what: an attempt that is refused may add to these and to nothing else.
WATCH = ("audit_", "login_failure", "session", "sqlite_")


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code, standard output, standard error."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def done(self) -> "Said":
        assert self.code == 0, f"{self.words} ended with {self.code}: {self.err or self.out}"
        return self


@dataclass
class Prompt:
    """`prompt("edition", "list", by="101")` runs `geo-offlimits --as 101 edition list`."""

    folder: Path
    # Whether the environment names the store of this folder; else a settings file does.
    named: bool = True
    _sessions: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "register.db"

    def variables(self) -> dict[str, str]:
        if not self.named:
            return {}
        return {
            "GEO_OFFLIMITS_STORE": f"sqlite:///{self.store}",
            "GEO_OFFLIMITS_DATA_DIR": str(self.folder / "data"),
            "GEO_OFFLIMITS_PASSPHRASE": PASSPHRASE,
        }

    def session_of(self, person: str) -> dict[str, str]:
        """The environment of somebody who has signed in at this prompt and shown all that is asked."""
        if person not in self._sessions and self.store.is_file():
            with suppress(StoreError), closing(Store.open(f"sqlite:///{self.store}")) as store, store.writing() as tx:
                if found := tx.people.find(person):
                    self._sessions[person] = proving.session(tx, found.person_id)
        token = self._sessions.get(person)
        return {"GEO_OFFLIMITS_SESSION": token} if token else {}

    def sign_in_again(self) -> None:
        """Everybody's sessions have ended."""
        self._sessions.clear()

    def __call__(self, *words: object, by: str | None = None, **variables: str) -> Said:
        """By somebody with a session, unless the test gives a passphrase or a code of its own."""
        arguments = [*(("--as", by) if by else ()), *map(str, words)]
        # What the developer's own shell says of another installation must not be heard here.
        silenced: Mapping[str, str | None] = {name: None for name in os.environ if name.startswith(ENVIRONMENT_PREFIX)}
        own = "GEO_OFFLIMITS_PASSPHRASE" in variables or "--totp" in words
        env = {**silenced, **self.variables(), **({} if own or not by else self.session_of(by)), **variables}
        ended = CliRunner().invoke(commands, arguments, env=env, prog_name="geo-offlimits")
        said = Said(tuple(arguments), ended.exit_code, ended.stdout, ended.stderr)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        assert "Traceback" not in said.out + said.err, said
        assert "fault of geo-offlimits itself" not in said.err, said
        return said

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the store, but not the watch that is kept over who tried what; and the names of all files."""
        found: dict[str, list[tuple[Any, ...]]] = {
            "files": sorted((str(path),) for path in self.folder.rglob("*") if not path.name.endswith(("-wal", "-shm")))
        }
        if not self.store.is_file():
            return found
        with closing(sqlite3.connect(self.store)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            kept = [name for name in tables if not name.startswith(WATCH)]
            return found | {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in kept}  # noqa: S608  (our own tables)


def next_second() -> None:
    """Waits until the clock shows another second: two editions of one mission do not come out in the same."""
    time.sleep(1.01 - time.time() % 1)


def square(west: float, south: float, size: float, **properties: str) -> dict[str, Any]:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def geojson(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path
