"""The documentation says what the code does: commands with every option, settings, routes of the API."""

import importlib.util
import re
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from geo_offlimits.settings import Settings, span
from web import openapi

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """scripts/write_reference.py, which is no package."""
    spec = importlib.util.spec_from_file_location("write_reference", ROOT / "scripts" / "write_reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "settings.md", "api.md"])
def test_a_page_says_what_the_code_says(reference: ModuleType, page: str) -> None:
    remedy = f"docs/{page} is behind the code; run .venv/bin/python scripts/write_reference.py"
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == reference.written(page), remedy


def test_a_page_that_is_behind_would_be_noticed(reference: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reference.PAGES, "settings.md", lambda: "another reference")
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") != reference.written("settings.md")


def test_every_command_has_its_heading(reference: ModuleType) -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### `(geo-offlimits [a-z -]+[a-z])", page, re.MULTILINE)
    names = [name for name, _, _ in reference.every_command()]
    assert headings == names
    assert {"geo-offlimits check", "geo-offlimits premises history", "geo-offlimits acknowledge import"} <= set(names)


def test_every_setting_has_its_default_unit_and_help() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for setting in fields(Settings):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |"))
        assert setting.metadata["help"] in row
        assert setting.metadata["unit"] in row
        assert span(setting.name) in row
        assert str(setting.default) in row


def test_every_route_of_the_api_is_told() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for path, methods in openapi.document()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in page


def test_the_commands_in_what_is_written_by_hand_exist(reference: ModuleType) -> None:
    """Each `geo-offlimits …` line and each option on it."""
    known = {name.removeprefix("geo-offlimits "): command for name, command, _ in reference.every_command()}
    pages = (ROOT / "README.md", ROOT / "docs" / "commands.md", ROOT / "docs" / "deploy.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    command = r"(?:^|`)(?:geo-offlimits|offlimits) ((?:--(?:as|config) \S+ )*[a-z][^`\n#]*)"
    lines = re.findall(command, text, re.MULTILINE)
    assert len(lines) > 15
    for line in lines:
        words = re.sub(r"^(--(?:as|config) \S+ )*", "", line).split()
        name = next((" ".join(words[:size]) for size in (2, 1) if " ".join(words[:size]) in known), None)
        assert name, line
        options = {option for param in known[name].params for option in param.opts}
        assert {word for word in words if re.match(r"--[a-z]", word)} <= options, line
