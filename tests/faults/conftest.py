"""Installations that are killed, filled up and written down, and the nursery of the processes that work on them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import deployed, serve
from tests.faults import shim
from tests.faults.acts import ACTS, Installation, made, older
from tests.faults.campaigning import campaigning
from tests.faults.nursery import Nursery

__all__ = ["deployed", "serve"]


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Without a compiler the test is skipped with the reason, and fails where CI=true."""
    if not shim.at_hand():
        if os.environ.get("CI") == "true":
            pytest.fail(shim.MISSING)
        pytest.skip(shim.MISSING)
    folder = tmp_path_factory.mktemp("nursery")
    started = Nursery(shim.built(folder), folder)
    yield started
    started.close()


@pytest.fixture(scope="session")
def settled(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Installation]:
    """For each act the installation that it is done on."""
    folder = tmp_path_factory.mktemp("settled")
    common = made(Installation(deployed).copied(folder / "isle"))
    (folder / "bare").mkdir()
    others = {"upgrade": older(Installation(folder / "older")), "init": Installation(folder / "bare")}
    return {act.name: common for act in ACTS} | others | campaigning(common, folder)
