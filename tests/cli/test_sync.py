"""`sync`: a folder that follows the list, over a real server, over a line that breaks, and past what is forged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.cutter import Cutter
from tests.cli.prompt import MISSION, Prompt, next_second
from tests.cli.served import Served
from tests.cli.test_tokens import issued

EXPORT = f"/missions/{MISSION}/editions/current/export."


class Patrol:
    """A device: it has the key, a token and a folder, and no store."""

    def __init__(self, prompt: Prompt, at: Path, port: int) -> None:
        self.prompt, self.at, self.port = prompt, at, port
        at.mkdir()
        self.key, self.token = at / "key.pem", issued(prompt)
        prompt("key", "export", "--output", self.key).done()
        self.folder = at / "list"
        self.device = Prompt(at / "no store")

    def sync(self, *formats: str, words: tuple[object, ...] = (), token: str | None = None) -> tuple[int, str]:
        asked = [word for one in formats or ("gpx", "geojson") for word in ("--format", one)]
        server = ("--server", f"http://localhost:{self.port}", "--key", self.key)
        said = self.device(
            "sync", self.folder, "--mission", MISSION, *server, *asked, *words, GEO_OFFLIMITS_TOKEN=token or self.token
        )
        return said.code, said.out + said.err

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file()}

    def held(self) -> int:
        held: int = json.loads((self.folder / "ISLE.geojson").read_bytes())["offlimits"]["number"]
        return held


@pytest.fixture
def line(prompt: Prompt, serve: Callable[..., Served]) -> Iterator[Cutter]:
    cutter = Cutter(serve(prompt).port)
    yield cutter
    cutter.close()


@pytest.fixture
def patrol(prompt: Prompt, line: Cutter, tmp_path: Path) -> Patrol:
    return Patrol(prompt, tmp_path / "patrol", line.port)


def publish(prompt: Prompt, *words: str) -> None:
    next_second()
    prompt("edition", "publish", "--renew", *words, by="101").done()


def test_a_folder_is_filled_and_then_left_alone_until_something_is_new(patrol: Patrol, line: Cutter) -> None:
    code, said = patrol.sync()
    assert (code, "holds edition 1 now" in said) == (0, True), said
    files = patrol.files()
    assert set(files) == {"ISLE.gpx", "ISLE.gpx.dsse", "ISLE.geojson", "ISLE.geojson.dsse", "CHANGES.txt"}
    line.asked.clear()
    assert "holds edition 1, the current one" in patrol.sync()[1]
    assert [asked.split(b" ")[0] for asked in line.asked] == [b"HEAD"], "nothing is fetched that is held already"
    assert patrol.files() == files
    assert patrol.prompt("edition", "verify", patrol.folder / "ISLE.gpx").code == 0


def test_who_was_taken_off_the_list_is_gone_and_the_edition_comes_as_a_delta(
    patrol: Patrol, line: Cutter, prompt: Prompt
) -> None:
    patrol.sync()
    assert "Blue Lantern" in patrol.files()["ISLE.gpx"].decode()
    prompt("premises", "suspend", "ISLE-0001", "--reason", "wrong house", by="101").done()
    publish(prompt, "--confirm-removals", "--confirm-empty")
    line.asked.clear()
    code, said = patrol.sync()
    assert (code, "- ISLE-0001  Blue Lantern" in said) == (0, True), said
    assert not any(b"Blue Lantern" in content for name, content in patrol.files().items() if name != "CHANGES.txt")
    assert "- ISLE-0001  Blue Lantern" in patrol.files()["CHANGES.txt"].decode()
    assert not any(b"export.geojson" in asked for asked in line.asked)
    behind = prompt("token", "devices", by="101").done().out
    assert "current" in behind


def test_what_was_cut_goes_on_where_it_stopped(patrol: Patrol, line: Cutter, prompt: Prompt) -> None:
    line.path, line.cut_after = f"{EXPORT}gpx".encode(), 500
    code, said = patrol.sync()
    assert (code, "What has come is kept; try again." in said) == (1, True), said
    assert patrol.files() == {}
    assert (patrol.folder / ".offlimits" / "gpx.part").stat().st_size == 500
    line.cut_after = None
    line.asked.clear()
    assert patrol.sync()[0] == 0
    (again,) = (asked for asked in line.asked if b"export.gpx HTTP" in asked)
    assert b"Range: bytes=500-" in again
    whole = patrol.at / "whole.gpx"
    prompt("export", "--format", "gpx", "--output", whole, by="106").done()
    assert patrol.files()["ISLE.gpx"] == whole.read_bytes()


def test_what_was_cut_begins_anew_where_another_edition_came_meanwhile(
    patrol: Patrol, line: Cutter, prompt: Prompt
) -> None:
    line.path, line.cut_after = f"{EXPORT}gpx".encode(), 500
    patrol.sync()
    line.cut_after = None
    publish(prompt)
    code, said = patrol.sync()
    assert (code, patrol.held()) == (0, 2), said
    assert patrol.prompt("edition", "verify", patrol.folder / "ISLE.gpx").code == 0


def test_a_forged_and_an_older_list_leave_the_folder_as_it_was(patrol: Patrol, prompt: Prompt, tmp_path: Path) -> None:
    patrol.sync()
    files = patrol.files()
    foreign = Prompt(tmp_path / "foreign")
    foreign.folder.mkdir()
    foreign("init").done()
    mine = patrol.key.read_bytes()
    foreign("key", "export", "--output", patrol.key).done()
    publish(prompt)
    code, said = patrol.sync()
    assert (code, "does not fit" in said) == (1, True), said
    assert patrol.files() == files
    patrol.key.write_bytes(mine)
    state = patrol.folder / ".offlimits" / "held.json"
    known = json.loads(state.read_text())
    state.write_text(json.dumps(known | {"number": 42, "edition_sha256": None}))
    code, said = patrol.sync()
    assert (code, "Edition 2 is older than edition 42, which this device already holds." in said) == (1, True), said
    assert patrol.files() == files
    state.write_text(json.dumps(known))
    assert patrol.sync()[0] == 0
    assert patrol.held() == 2


def test_a_wrong_token_another_mission_and_a_folder_of_another_list_are_refused(patrol: Patrol) -> None:
    assert "does not take this token" in patrol.sync(token="offlimits_wrong")[1]
    assert patrol.sync()[0] == 0
    assert "holds another list" in patrol.sync(words=("--bbox=-16,-31.7,-15.8,-31.5",))[1]
    said = patrol.device("sync", patrol.folder, "--mission", "MORO", "--server", f"http://localhost:{patrol.port}")
    assert (said.code, "--server needs --key" in said.err) == (2, True)
    gone = patrol.device(
        "sync", patrol.at / "x", "--mission", MISSION, "--server", "http://localhost:1", "--key", patrol.key,
        GEO_OFFLIMITS_TOKEN=patrol.token,
    )  # fmt: skip
    assert (gone.code, "did not give the list" in gone.err) == (1, True)
    plain = patrol.device(
        "sync", patrol.at / "y", "--mission", MISSION, "--server", "http://lists.example", "--key", patrol.key,
        GEO_OFFLIMITS_TOKEN=patrol.token,
    )  # fmt: skip
    assert "neither https nor this machine" in plain.err


def test_a_folder_is_kept_from_this_installation_too(prompt: Prompt, tmp_path: Path) -> None:
    words = ("sync", tmp_path / "stick", "--mission", MISSION, "--format", "kmz", "--format", "csv")
    assert "holds edition 1 now" in prompt(*words, by="106").done().out
    assert sorted(path.name for path in (tmp_path / "stick").iterdir() if path.is_file()) == [
        "CHANGES.txt", "ISLE.csv", "ISLE.csv.dsse", "ISLE.kmz", "ISLE.kmz.dsse",
    ]  # fmt: skip
    (tmp_path / "stick" / "ISLE.csv").write_text("changed")
    assert "holds edition 1 now" in prompt(*words, by="106").done().out
    assert prompt("edition", "verify", tmp_path / "stick" / "ISLE.csv").code == 0
    assert prompt(*words).code == 1, "who takes it along is asked"
