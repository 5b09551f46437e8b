"""The acts that are cut short, and how one sees afterwards whether an act has landed: whole, or not at all."""

import csv
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import Checkpoint
from geo_offlimits.services.act import Act
from geo_offlimits.services.restoring import checked
from geo_offlimits.services.shelf import kept
from geo_offlimits.settings import Settings
from geo_offlimits.store import Store, Transaction, files, revisions
from geo_offlimits.store.backends import engines, parsed
from tests import proving
from tests.cli.prompt import MISSION, Prompt
from tests.faults.nursery import Ended, Nursery

SECRET = "four dry boats in a barn"
ROWS = 12
OLDER = revisions.REVISIONS[-2]
NEWEST = "partner_edition"  # what the latest revision brought
Found = TypeVar("Found")
_STREETS = Path("data/basemaps") / MISSION / "north.pmtiles"


@dataclass(frozen=True)
class Installation:
    """A folder with a store, its data, and what the acts on it are given; `more` is set in their environment."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> Prompt:
        return Prompt(self.folder)

    @property
    def env(self) -> dict[str, str]:
        return self.prompt.variables() | {"GEO_OFFLIMITS_BACKUP_PASSPHRASE": SECRET} | self.more

    def env_of(self, by: str | None) -> dict[str, str]:
        """With the session of who acts; a session of one who has none is over, and then the passphrase serves."""
        return self.env | ({"GEO_OFFLIMITS_SESSION": f"the session of {by}"} if by else {})

    def sign_in(self) -> None:
        """Everybody who acts; a session that there is stays."""
        with closing(Store.open(f"sqlite:///{self.prompt.store}")) as store, store.writing() as tx:
            for number in ("100", "101", "103", "105", "107"):
                if person := tx.people.find(number):
                    proving.session(tx, person.person_id, f"the session of {number}")

    @property
    def backup(self) -> Path:
        return self.folder / "monday.backup"

    def copied(self, to: Path) -> "Installation":
        return replace(self, folder=Path(shutil.copytree(self.folder, to)))

    def told(self, nursery: Nursery, *words: object, by: str | None = None) -> Ended:
        """A command, by a process that nothing happens to."""
        return nursery.run("command", words=words_of(*words, by=by), env=self.env_of(by))

    def read(self, look: Callable[[Act], Found]) -> Found:
        """What `look` finds in the store, which must fit its log."""
        wiring = wire(Settings(store=f"sqlite:///{self.prompt.store}", data_dir=self.folder / "data"))
        try:
            with wiring.reading() as act:
                assert act.tx.audit.verify() == ()
                return look(act)
        finally:
            wiring.store.close()

    def head(self) -> Checkpoint:
        return self.read(lambda act: act.tx.audit.checkpoint())


def words_of(*words: object, by: str | None = None) -> list[str]:
    return [*(("--as", by) if by else ()), *map(str, words)]


def editions(place: Installation) -> int:
    """How many editions there are; each of them whole: its bytes, its envelope, its row and its leaf."""

    def count(act: Act) -> int:
        headers = act.tx.editions.headers(MISSION)
        published = [leaf for leaf in act.tx.audit.leaves() if AuditTag.EDITION_PUBLISHED.encode() in leaf]
        assert len(published) == len(headers)
        assert all(kept(act, header).content for header in headers)
        return len(headers)

    return place.read(count)


def proposals(place: Installation) -> int:
    """Each list that landed is kept with the proposals that it became, and none of them stands without it."""

    def count(act: Act) -> int:
        standing = act.tx.register.all(MISSION)
        imported = [one.designation_id for one in standing if (one.steps[0].reason or "").startswith("Imported from")]
        assert imported == [one.designation_id for found in act.tx.imports.of_mission(MISSION) for one in found.landed]
        return len(standing)

    return place.read(count)


def joined(place: Installation) -> int:
    """Who came by the personnel list, each with the one role that it gives."""

    def count(act: Act) -> int:
        found = [one for one in act.tx.people.of_mission(MISSION) if one.number.startswith("J-")]
        assert all(len(act.tx.people.grants(one.person_id)) == 1 for one in found)
        return len(found)

    return place.read(count)


def acknowledgements(place: Installation) -> int:
    return place.read(lambda act: len(act.tx.acknowledgements.standing(MISSION, 1)))


def backups(place: Installation) -> int:
    """A file of the backup's name is a whole backup."""
    if not (place.folder / "new.backup").exists():
        return 0
    with checked(place.folder / "new.backup", SECRET) as found:
        assert found.head == place.head()
    return 1


def restorations(place: Installation) -> int:
    """The store, the keys and the files beside it are all of the backup, or none is."""

    def count(act: Act) -> int:
        assert act.keyring.sign_bare(b"")
        return sum(AuditTag.STORE_RESTORED.encode() in leaf for leaf in act.tx.audit.leaves())

    count_of = place.read(count)
    assert (place.folder / _STREETS).read_text() == ("of the backup" if count_of else "of today")
    assert {path.name for path in (place.folder / "data").iterdir() if "replaced" not in path.name} == {
        "keys",
        "basemaps",
    }
    assert bool(count_of) == any("replaced" in path.name for path in place.folder.iterdir())
    assert not [path for path in place.folder.rglob("*") if "restoring" in path.name]
    return count_of


def upgrades(place: Installation) -> int:
    """The form of the tables is the older one or the newer, and what is in them fits the log either way."""
    pair = engines(parsed(f"sqlite:///{place.prompt.store}"))
    try:
        with pair.reader.connect() as connection:
            tx = Transaction(connection, writable=False)
            assert tx.audit.size() == ROWS
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars()
            assert (NEWEST in set(names)) == (tx.revision != OLDER)
            if tx.revision != OLDER:
                assert tx.audit.verify() == ()
            return int(tx.revision != OLDER)
    finally:
        pair.dispose()


@dataclass(frozen=True)
class Cut:
    """An act: its command, how much of it there is, and by how much that grows each time.

    once : done again it changes nothing. refused_twice : done again it is refused.
    """

    name: str
    words: tuple[str, ...]
    landed: Callable[[Installation], int]
    by: str | None = None
    step: int = 1
    once: bool = False
    refused_twice: bool = False

    def __str__(self) -> str:
        return self.name

    def command(self, place: Installation) -> list[str]:
        return words_of(*self.words_for(place), by=self.by)

    def words_for(self, place: Installation) -> list[str]:
        return [word.format(folder=place.folder) for word in (*self.words, "--json")]

    def told(self, nursery: Nursery, place: Installation) -> Ended:
        """By a process that nothing happens to."""
        return place.told(nursery, *self.words_for(place), by=self.by)


def initialisations(place: Installation) -> int:
    """A store and a key that signs; one without the other is nothing yet."""
    if not (place.prompt.store.exists() and (place.folder / "data" / "keys" / "keys.json").exists()):
        return 0
    assert place.read(lambda act: act.keyring.sign_bare(b""))
    return 1


_IMPORT = ("import", "{folder}/list.csv", "--mission", MISSION, "--commit", "--confirm-duplicates")
_PERSONNEL = ("person", "import", "{folder}/staff.csv", "--mission", MISSION, "--commit")
ACTS = (
    Cut("publish", ("edition", "publish", "--renew"), editions, by="101"),
    Cut("import", _IMPORT, proposals, by="103", step=ROWS, refused_twice=True),
    Cut("personnel", _PERSONNEL, joined, by="100", step=ROWS, once=True),
    Cut("acknowledge", ("acknowledge", "--edition", "1"), acknowledgements, by="107", once=True),
    Cut("backup", ("backup", "{folder}/new.backup"), backups, refused_twice=True),
    Cut("restore", ("restore", "{folder}/monday.backup", "--replace", "--confirm-older"), restorations, once=True),
    Cut("upgrade", ("upgrade",), upgrades, once=True),
    Cut("init", ("init",), initialisations, refused_twice=True),
)


def made(place: Installation) -> Installation:
    """What the acts need: a list to import, a backup and streets that are not those of the backup, an older store."""
    with (place.folder / "list.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("name", "lat", "lon", "category"))
        rows.writerows(
            (f"Bar {number:02d} of the import", -31.5, -15.7 - number / 100, "bar") for number in range(ROWS)
        )
    staff = (f"J-{number},Joiner {number},Ports,civilian\n" for number in range(ROWS))
    (place.folder / "staff.csv").write_text("number,name,unit,category\n" + "".join(staff), encoding="utf-8")
    place.sign_in()
    streets = place.folder / _STREETS
    streets.parent.mkdir(parents=True)
    streets.write_text("of the backup")
    place.prompt("backup", place.backup, GEO_OFFLIMITS_BACKUP_PASSPHRASE=SECRET).done()
    streets.write_text("of today")
    return place


def older(place: Installation) -> Installation:
    """A store of the form before the latest, with some leaves."""
    place.folder.mkdir()
    with files.born_whole(place.prompt.store) as building:
        files.mark(building)
        pair = engines(parsed(f"sqlite:///{building}"))
        with pair.writer.begin() as connection:
            revisions.migrate(connection, OLDER)
            revisions.sign(connection)
            tx = Transaction(connection, writable=True)
            for number in range(ROWS):
                tx.audit.append(
                    AuditTag.LOGIN,
                    recorded_at=datetime.now(UTC),
                    actor=None,
                    mission=None,
                    subject=str(number),
                    facts={},
                )
        pair.dispose()
    return place
