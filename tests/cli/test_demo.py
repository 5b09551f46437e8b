"""`demo`: built once, whole or not at all, apart from any real installation; and the README's commands work on it."""

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo_offlimits.services import factors
from geo_offlimits.store import revisions
from tests.cli.prompt import Prompt

ROOT = Path(__file__).resolve().parents[2]
DEMO_PASSPHRASE = "six lamps along the mole"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a space in its name that holds `.demo`. Built while another store is named in the environment."""
    folder = tmp_path_factory.mktemp("a place with spaces")
    real = Prompt(folder / "real")
    said = real(
        "demo", "--folder", folder / ".demo", "--port", 8123, "--json", GEO_OFFLIMITS_DEMO_PASSPHRASE=DEMO_PASSPHRASE
    ).done()
    assert said.json["address"] == "http://localhost:8123"
    assert len(said.json["accounts"]) == 9
    assert {one["passphrase"] for one in said.json["accounts"]} == {DEMO_PASSPHRASE}
    assert not real.folder.exists(), "the demonstration was built into the real store"
    return folder


@pytest.fixture
def at_demo(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """The folder above a copy of the demonstration, as after `make run`."""
    home = tmp_path / "check out"
    shutil.copytree(built, home)
    monkeypatch.chdir(home)
    return Prompt(home, named=False)


def test_the_second_start_keeps_the_data(at_demo: Prompt) -> None:
    store = at_demo.folder / ".demo" / "register.db"
    before = store.read_bytes()
    said = at_demo("demo").done()
    assert "Building" not in said.err
    assert f"head@demo.example     {DEMO_PASSPHRASE}" in said.out
    assert store.read_bytes() == before


def test_a_newer_program_brings_the_data_of_an_older_one_up_to_date(
    at_demo: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations = tmp_path / "migrations"
    shutil.copytree(revisions._MIGRATIONS, migrations)
    (migrations / "versions" / "9999_colour.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision = '9999', '{revisions.REVISIONS[-1]}'\n"
        "def upgrade():\n    op.add_column('session', sa.Column('colour', sa.Text))\n"
    )
    monkeypatch.setattr(revisions, "_MIGRATIONS", migrations)
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
    assert DEMO_PASSPHRASE in at_demo("demo").done().out
    assert (at_demo.folder / ".demo" / "register.db.before-9999").exists()
    assert at_demo("--config", ".demo/settings.toml", "find", "Blue Lantern").code == 3


def test_its_passphrases_are_for_the_owner_of_the_folder_only(at_demo: Prompt) -> None:
    assert (at_demo.folder / ".demo" / "accounts.txt").stat().st_mode & 0o077 == 0
    assert (at_demo.folder / ".demo" / "data" / "keys").stat().st_mode & 0o077 == 0


def test_a_build_that_fails_leaves_nothing_behind(at_demo: Prompt) -> None:
    weak = at_demo("demo", "--folder", "other", GEO_OFFLIMITS_DEMO_PASSPHRASE="short")
    assert (weak.code, "15 characters" in weak.err) == (1, True)
    assert sorted(path.name for path in at_demo.folder.iterdir()) == [".demo"]


def test_a_reset_that_fails_gives_the_old_one_back(at_demo: Prompt) -> None:
    before = (at_demo.folder / ".demo" / "register.db").read_bytes()
    assert at_demo("demo", "--reset", GEO_OFFLIMITS_DEMO_PASSPHRASE="short").code == 1
    assert (at_demo.folder / ".demo" / "register.db").read_bytes() == before
    assert [path.name for path in at_demo.folder.iterdir()] == [".demo"]


def test_a_reset_starts_afresh(at_demo: Prompt) -> None:
    other = "nine lamps along the mole"
    said = at_demo("demo", "--reset", "--json", GEO_OFFLIMITS_DEMO_PASSPHRASE=other).done()
    assert {one["passphrase"] for one in said.json["accounts"]} == {other}
    assert [path.name for path in at_demo.folder.iterdir()] == [".demo"]


def test_a_folder_with_something_else_in_it_is_left_alone(at_demo: Prompt) -> None:
    mine = at_demo.folder / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    for words in (("demo", "--folder", "mine"), ("demo", "--folder", "mine", "--reset")):
        assert at_demo(*words).code == 1
    assert (mine / "thesis.txt").read_text() == "years of work"


def readme_commands() -> list[tuple[list[str], int]]:
    """The lines of the README that begin with `offlimits`, as a shell would split them, each with its exit code.

    CODE in them is what the head's app shows, and `eval` puts what is printed into the environment.
    """
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    accounts = Path(".demo/accounts.txt").read_text(encoding="utf-8")
    secret = re.findall(r"head@\S+ .*  ([A-Z2-7]{32}) ", accounts)[0]
    text = text.replace("CODE", factors.code_at(secret, datetime.now(UTC)))
    lines = re.findall(r"^(?:eval \"\$\()?(offlimits .*?)(?:\)\")?$", text, re.MULTILINE)
    told = [re.search(r"exit code (\d)", line) for line in lines]
    return [
        (shlex.split(line, comments=True)[1:], int(code[1]) if code else 0)
        for line, code in zip(lines, told, strict=True)
    ]


def test_the_readme_s_commands_work_on_the_demonstration_in_their_order(at_demo: Prompt) -> None:
    commands = readme_commands()
    assert len(commands) > 6
    assert {code for words, code in commands if words[0] in ("check", "find")} == {0, 3, 4}
    environment = {"GEO_OFFLIMITS_PASSPHRASE": DEMO_PASSPHRASE}
    for words, code in commands:
        said = at_demo("--config", ".demo/settings.toml", *words, **environment)
        assert said.code == code, (words, said)
        if words[-1] == "sign-in":
            environment |= dict([said.out.split()[1].split("=", 1)])
    assert {"distribution", "list.geojson", "list.geojson.dsse"} <= {path.name for path in at_demo.folder.iterdir()}
