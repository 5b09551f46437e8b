"""The mission ISLE on an island in the empty ocean, deployed at the prompt; each test works on its own copy."""

import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.people import Actor, Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.services import people
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.settings import Settings
from tests import proving
from tests.cli.prompt import MISSION, PASSPHRASE, Prompt, geojson, next_second, square
from tests.cli.served import Served
from tests.sparing import cheap_seals

__all__ = ["cheap_seals"]

# number -> role in ISLE; their unit is the role's first letter, so that there are several
STAFF = {
    "101": Role.HEAD,
    "102": Role.DEPUTY,
    "103": Role.OFFICER,
    "104": Role.MANAGER,
    "105": Role.AUDITOR,
    "106": Role.PATROL,
    "107": Role.STAFF,
    "108": Role.STAFF,
}
TERMS = ("--basis", "other", "--authority", "Head of Mission", "--directive", "ISLE/1")
PLACE = "-31.6,-15.9"


def person(number: str, role: Role) -> tuple[Person, RoleGrant]:
    added = Person(
        person_id=f"p_{number}",
        number=number,
        name=f"Person {number}",
        unit=f"Unit {role.value[0].upper()}",
        category=PersonnelCategory.CIVILIAN,
        mission=MISSION,
        email=f"p{number}@isle.example",
    )
    return added, RoleGrant(role=role, mission=None if role is Role.ADMIN else MISSION)


def join(settings: Settings, people_of: dict[str, Role], by: Actor | None = None) -> Actor:
    """People with passphrases that cost little to verify: these tests are not about Argon2. Returns the last."""
    quick = Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    wiring = wire(settings, lambda: datetime.now(UTC), passphrases=quick)
    for number, role in people_of.items():
        added, grant = person(number, role)
        with wiring.writing(by) as act:
            once = people.add_person(act, added, (grant,))
        chosen = proving.ready(wiring, wiring.choose_passphrase(number, once, PASSPHRASE))
    wiring.store.close()
    return chosen


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ISLE with its people, one listing (ISLE-0001, two signatures) and edition 1."""
    folder = tmp_path_factory.mktemp("isle")
    prompt = Prompt(folder)
    prompt("init").done()
    settings = Settings(store=f"sqlite:///{prompt.store}", data_dir=folder / "data")
    admin = join(settings, {"100": Role.ADMIN})
    territory = geojson(folder / "isle.geojson", square(-16.5, -32, 1, name="Isle"))
    prompt(
        "mission", "add", MISSION, "--name", "Mission on Isle", "--organisation", "UN", "--territory", territory,
        "--timezone", "Atlantic/St_Helena", by="100",
    ).done()  # fmt: skip
    join(settings, STAFF, admin)
    prompt(
        "premises", "propose", "--name", "Blue Lantern", "--position", PLACE, "--uncertainty-m", 3, *TERMS, by="103"
    ).done()
    prompt("premises", "designate", "ISLE-0001", by="101").done()
    prompt("edition", "publish", by="101").done()
    territory.unlink()
    next_second()
    return folder


@pytest.fixture
def prompt(deployed: Path, tmp_path: Path) -> Prompt:
    folder = tmp_path / "isle"
    shutil.copytree(deployed, folder)
    return Prompt(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Prompt:
    """A machine on which nothing has been set up."""
    folder = tmp_path / "new"
    folder.mkdir()
    return Prompt(folder)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def begin(prompt: Prompt, *words: str, handed: socket.socket | None = None, **variables: str) -> Served:
        started.append(Served(prompt, *words, handed=handed, **variables))
        return started[-1]

    yield begin
    for served in started:
        served.stop()
