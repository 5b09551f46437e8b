"""What holds for every command: help, --json, a line in the list, nothing heavy before it is needed."""

import subprocess
import sys

import click
import pytest

from geo_offlimits.cli import COMMANDS, commands
from tests.cli.prompt import Prompt

LISTED = sorted(COMMANDS)
HEAVY = ("geopandas", "pandas", "sqlalchemy", "folium", "shapely", "fiona", "flask")


def walk(group: click.Group, *above: str) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command and group below `group` by its words, hidden ones too."""
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found.append(((*above, name), command))
        if isinstance(command, click.Group):
            found += walk(command, *above, name)
    return found


EVERY = walk(commands)


@pytest.mark.parametrize(("words", "command"), EVERY, ids=[" ".join(words) for words, _ in EVERY])
def test_a_command_explains_itself(words: tuple[str, ...], command: click.Command, empty: Prompt) -> None:
    said = empty(*words, "--help").done()
    assert command.help
    assert command.help.strip().endswith((".", "?"))
    assert command.help.split("\n\n")[0].split(".")[0].replace("\n", " ").split()[0] in said.out
    assert said.err == ""


@pytest.mark.parametrize(("words", "command"), EVERY, ids=[" ".join(words) for words, _ in EVERY])
def test_a_command_that_acts_answers_in_json(words: tuple[str, ...], command: click.Command) -> None:
    acts = not isinstance(command, click.Group) or command.invoke_without_command
    assert any("--json" in param.opts for param in command.params) is acts, words


@pytest.mark.parametrize("name", LISTED)
def test_the_list_of_commands_says_what_the_command_says(name: str, empty: Prompt) -> None:
    entrance = COMMANDS[name]
    assert commands.get_command(click.Context(commands), name) is not None
    assert f"{name}  " in empty("--help").done().out
    assert len(entrance.words) <= 60


def loaded(*arguments: str) -> set[str]:
    """Which of the heavy libraries a run of the command line has loaded at its end."""
    code = (
        "import sys\nfrom geo_offlimits.cli import commands\n"
        f"try:\n    commands({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = next(line for line in done.stdout.splitlines() if line.startswith("LOADED")).split()
    return set(HEAVY) & set(modules)


def test_help_and_usage_errors_wait_for_no_library() -> None:
    assert loaded("--help") == set()
    assert loaded("settings", "--json") == set()
    assert loaded("frobnicate") == set()
    assert loaded("check", "--help") <= {"shapely"}
    assert loaded("premises", "--help") <= {"shapely"}


def test_a_look_up_does_not_load_the_map() -> None:
    assert "folium" not in loaded("check", "1.0,2.0")


def test_settings_are_told_with_value_default_unit_and_help(empty: Prompt) -> None:
    rows = {row["name"]: row for row in empty("settings", "--json", GEO_OFFLIMITS_DOOR_M="7").done().json}
    assert (rows["door_m"]["value"], rows["door_m"]["default"], rows["door_m"]["unit"]) == ("7.0", "5.0", "metres")
    assert "GEO_OFFLIMITS_DOOR_M" in empty("settings").done().out


@pytest.mark.parametrize("words", [("settings",), ("settings", "--json")])
def test_settings_do_not_tell_the_password_of_a_store(empty: Prompt, words: tuple[str, ...]) -> None:
    address = "postgresql+psycopg://app:seventeen-doors@db.example/register"
    said = empty(*words, GEO_OFFLIMITS_STORE=address, GEO_OFFLIMITS_OWNER_STORE=address).done()
    assert said.out.count("postgresql+psycopg://app:***@db.example/register") == 2
    assert "seventeen" not in said.out + said.err


def test_version_is_told(empty: Prompt) -> None:
    assert empty("--version").done().out.startswith("geo-offlimits")


def test_what_is_up_to_date_is_not_upgraded(prompt: Prompt) -> None:
    before = prompt.contents()
    assert prompt("upgrade", "--json").done().json["backup"] is None
    assert prompt("upgrade").done().out == "The store is up to date.\n"
    assert prompt.contents() == before
