"""What a child of the nursery does: a command at the prompt, its disk as the test wants it."""

import importlib
import itertools
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.cli import COMMANDS, commands
from geo_offlimits.delivery import signing
from geo_offlimits.domain.people import Actor
from geo_offlimits.errors import OfflimitsError, StoreError
from geo_offlimits.formats import backup
from geo_offlimits.services import acknowledging, editions, placing, register
from geo_offlimits.settings import Settings
from geo_offlimits.store import backends, files
from tests import proving
from tests.cli.prompt import MISSION
from tests.faults.shim import ANY, Shim
from tests.services.conftest import MISSION as PELA
from tests.services.conftest import venue

# Everything that a command may load is loaded once, in the nursery.
for _name in (
    "alembic.command",
    "alembic.config",
    "geo_offlimits.services.backups",
    "geo_offlimits.services.restoring",
    *(f"geo_offlimits.cli.{one.module}" for one in COMMANDS.values()),
):
    importlib.import_module(_name)


def _each_statement_alone() -> None:
    """SQLite then commits every statement as it comes."""
    backends._begin_immediate = lambda connection: None  # noqa: ARG005  (as the one in whose place it is)


def _names_moved_without_a_plan() -> None:
    def write(_plan: placing._Plan, path: Path) -> None:
        path.write_text('{"aside": {}, "staged": {}}')

    placing._Plan.write = write  # type: ignore[method-assign,assignment]


def _synced_now_and_then() -> None:
    backends._PRAGMAS["synchronous"] = 1  # NORMAL


def _names_not_synced() -> None:
    for room in (backup, files, placing, signing):
        room.sync_names = lambda *_folders: None  # type: ignore[attr-defined]


GUARDS = {
    "names": _names_not_synced,
    "full_sync": _synced_now_and_then,
    "plan": _names_moved_without_a_plan,
    "transaction": _each_statement_alone,
}


def command(
    words: list[str],
    env: dict[str, str],
    *,
    watched: str = "",
    record: str = "",
    fault: dict[str, Any] | None = None,
    room: int | None = None,
    counted: str = "",
    kinds: int = ANY,
    grown: str = "",
    without: str = "",
) -> None:
    """`geo-offlimits` with these words.

    fault : what Shim.arm takes. room : how much the disk takes. counted, grown : files for the number of requests of
    `kinds`, and of bytes that files grew by. without : which guard is left out, to show that it would be missed.
    """
    os.environ.update(env)
    shim = Shim()
    if without:
        GUARDS[without]()
    if watched:
        shim.watch(Path(watched), Path(record) if record else None)
    if fault:
        shim.arm(**fault)
    if room is not None:
        shim.leave_room(room)
    try:
        commands.main(words, prog_name="geo-offlimits")
    finally:
        if counted:
            Path(counted).write_text(str(shim.seen(kinds)), encoding="utf-8")
        if grown and room is not None:
            Path(grown).write_text(str(room - shim.room_left()), encoding="utf-8")


def acts_of_a_day(watched: str, record: str, env: dict[str, str], without: str = "") -> None:
    """Listings, editions, acknowledgements; after each the head of the tree is reported. Twice the store is closed."""
    if without:
        GUARDS[without]()
    settings = Settings(store=env["GEO_OFFLIMITS_STORE"], data_dir=Path(env["GEO_OFFLIMITS_DATA_DIR"]))
    minutes, begins = itertools.count(), datetime.now(UTC) + timedelta(hours=1)
    Shim().watch(Path(watched), Path(record))
    for session in range(3):
        wiring = wire(settings, lambda: begins + timedelta(minutes=next(minutes)))
        for number in range(12):
            _act(wiring, session * 12 + number)
            with wiring.reading() as act:
                head = act.tx.audit.checkpoint()
            with (Path(watched) / "reported").open("a", encoding="utf-8") as file:
                file.write(f"{head.size} {head.root_sha256}")
        if session < 2:
            wiring.store.close()


def _act(wiring: Wiring, number: int) -> None:
    """In turn: a proposal, its designation, an edition, its acknowledgement."""
    who = ("103", "101", "101", "107")[number % 4]
    with wiring.writing(_actor(wiring, who)) as act:
        latest = act.tx.editions.header(MISSION)
        match number % 4:
            case 0:
                subject, terms = venue(f"Bar {number} of the day", -15.6 - number / 100, -31.4)
                register.propose(act, MISSION, subject, terms, confirm_alike=True)
            case 1:
                register.designate(act, act.tx.register.all(MISSION)[-1].designation_id)
            case 2:
                editions.publish(act, wiring.keyring, MISSION, expires_in=timedelta(days=30))
            case _:
                assert latest
                acknowledging.acknowledge(act, MISSION, latest.number, latest.sha256, "en")


def act_twice(watched: str, env: dict[str, str], fault: dict[str, Any]) -> None:
    """Two acts of one process, whose disk is at fault in the first alone; reports what came of each, then dies."""
    settings = Settings(store=env["GEO_OFFLIMITS_STORE"], data_dir=Path(env["GEO_OFFLIMITS_DATA_DIR"]))
    minutes, begins = itertools.count(), datetime.now(UTC) + timedelta(hours=1)
    wiring = wire(settings, lambda: begins + timedelta(minutes=next(minutes)))
    shim, said = Shim(), list[str]()
    shim.watch(Path(watched))
    for number in range(2):
        if not number:
            shim.arm(**fault)
        try:
            _act(wiring, 0)
        except StoreError as refusal:
            said.append(str(refusal))
        shim.disarm()
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def publish(  # noqa: PLR0917  (facts of one act)
    store: str, data_dir: str, who: str, now: str, ready: str, start: str, *, looking: bool = True
) -> None:
    """Looks at what would be published, waits until `start` is there, then publishes just that and reports it."""
    moment = datetime.fromisoformat(now)
    wiring = wire(Settings(store=store, data_dir=Path(data_dir)), lambda: moment)
    actor = _actor(wiring, who)
    with wiring.reading(actor) as act:
        seen = editions.preview(act, PELA).fingerprint
    Path(ready).touch()
    while not Path(start).exists():
        time.sleep(0.0005)
    try:
        with wiring.writing(actor) as act:
            made = editions.publish(
                act, wiring.keyring, PELA, expires_in=timedelta(days=30), renew=True, seen=seen if looking else None
            )
    except OfflimitsError as refusal:
        sys.stdout.write(json.dumps({"refusal": type(refusal).__name__, "sentence": str(refusal)}))
        sys.exit(1)
    sys.stdout.write(json.dumps({"number": made.number, "sha256": made.sha256}))


def _actor(wiring: Wiring, number: str) -> Actor:
    with wiring.reading() as act:
        person = act.tx.people.find(number)
        return proving.actor(act, person.person_id if person else "")
