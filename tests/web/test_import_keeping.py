"""A list between its upload and its landing is its owner's alone, sealed on the disk, and does not stay."""

import stat
from pathlib import Path

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.delivery.waiting_lists import WaitingRoom
from geo_offlimits.settings import Settings
from tests.web.import_steps import GONE, PAGE, REPORT, begun, kept, sent, shown, step
from tests.web.isle import Browser, Clock, signed_in

STEPS = ("columns", "row", "confirm", "land", "partner")
READ = ("report", "report.json", "rows.json", "map.js", "refused.csv")


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def refused_everywhere(browser: Browser, file: str, page: str = PAGE) -> None:
    for name in READ:
        answer = browser.get(f"{page}/{name}", query_string={"file": file})
        assert answer.status_code == 409, (name, file)
        assert "Harbour Cellar" not in answer.text
    for name in STEPS:
        answer = browser.post(f"{page}/{name}", {"file": file, "row": 2, "seen": "0" * 32}, page=page)
        assert answer.status_code == 409, (name, file)
        assert "Harbour Cellar" not in answer.text


def test_a_list_of_another_person_session_or_mission_is_not_there(app: Flask, officer: Browser) -> None:
    file = begun(officer)
    for other in (signed_in(app, "head"), signed_in(app, "officer")):
        refused_everywhere(other, file)
        assert "list.csv" not in other.get(PAGE).text
        assert other.post(f"{PAGE}/give-up", {"file": file}, page=PAGE).status_code == 303
    stranger = signed_in(app, "stranger")
    refused_everywhere(stranger, file, "/register/ROCK/import")
    assert stranger.get(f"{REPORT}?file={file}").status_code == 404
    assert "Harbour Cellar" in shown(officer, file)
    assert "list.csv" in officer.get(PAGE).text


def test_a_list_does_not_open_under_the_name_of_another(app: Flask, officer: Browser, settings: Settings) -> None:
    """Somebody who can write into the folder puts an officer's file under a session of their own."""
    mine, head = begun(officer), signed_in(app, "head")
    theirs = begun(head, "name\nA Bar\n")
    (own,) = (file for file in kept(settings) if mine in file.name)
    (other,) = (file for file in kept(settings) if theirs in file.name)
    other.write_bytes(own.read_bytes())
    refused_everywhere(head, theirs)


@pytest.mark.parametrize(
    "forged", ["", "A" * 16, "../../keys/vault.key", "..", "x/y", "*", "s_00000000.A", "A" * 5000, "\x00", "{{7*7}}"]
)
def test_a_forged_name_of_a_list_finds_nothing(officer: Browser, forged: str) -> None:
    begun(officer)
    refused_everywhere(officer, forged)
    assert step(officer, "give-up", forged).status_code == 303


def test_what_waits_is_sealed_for_its_owner_alone(officer: Browser, settings: Settings) -> None:
    begun(officer)
    (file,) = kept(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    content = file.read_bytes()
    for told in (b"Harbour", b"list.csv", b"10.2"):
        assert told not in content
    assert "list" not in file.name


def test_signing_out_takes_along_what_waits(app: Flask, officer: Browser, settings: Settings) -> None:
    begun(officer)
    head = signed_in(app, "head")
    theirs = begun(head)
    assert officer.post("/logout", page=PAGE).status_code == 303
    assert [theirs in file.name for file in kept(settings)] == [True]
    assert "Harbour Cellar" in shown(head, theirs)


def test_a_session_that_is_ended_from_another_takes_along_what_waits(
    app: Flask, officer: Browser, settings: Settings
) -> None:
    left, again = begun(officer), signed_in(app, "officer")
    mine = begun(again)
    assert len(kept(settings)) == 2
    assert again.post("/sessions/end-others", page="/sessions").status_code == 303
    assert [mine in file.name for file in kept(settings)] == [True]
    assert left != mine
    assert "Harbour Cellar" in shown(again, mine)


def test_what_a_session_left_that_is_no_more_goes_with_the_next_list(
    app: Flask, officer: Browser, wiring: Wiring, clock: Clock, settings: Settings
) -> None:
    left = begun(officer)
    with wiring.store.writing() as tx:
        tx.sessions.remove_all()
    head = signed_in(app, "head")
    begun(head)
    assert any(left in file.name for file in kept(settings))  # it may be of one who has just come
    clock.later(minutes=2)
    begun(head)
    assert not any(left in file.name for file in kept(settings))


def test_an_hour_after_the_last_change_a_list_is_gone(officer: Browser, clock: Clock, settings: Settings) -> None:
    file = begun(officer)
    for _ in range(2):
        clock.later(minutes=25)
        step(officer, "confirm", file)  # its hour begins anew
    clock.later(minutes=25)
    shown(officer, file)
    clock.later(minutes=25)
    officer.get("/list")
    clock.later(minutes=25)
    assert GONE in officer.get(f"{REPORT}?file={file}").text
    assert kept(settings) == []


def test_what_others_left_is_cleared_away_by_the_next_who_sends_a_list(
    app: Flask, officer: Browser, clock: Clock, settings: Settings
) -> None:
    left = begun(officer)
    clock.later(minutes=61)
    begun(signed_in(app, "head"))
    assert not any(left in file.name for file in kept(settings))


def test_a_session_keeps_three_lists_and_a_full_server_says_so(
    app: Flask, officer: Browser, clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for _ in range(4):
        clock.later(seconds=1)
        files.append(begun(officer))
    assert GONE in officer.get(f"{REPORT}?file={files[0]}").text
    assert all("Harbour Cellar" in shown(officer, file) for file in files[1:])
    monkeypatch.setattr("geo_offlimits.delivery.waiting_lists.OF_ALL", 3)
    answer = sent(signed_in(app, "head"))
    assert answer.status_code == 409
    assert "Too many lists wait on this server" in answer.text
    assert len(kept(settings)) == 3


def test_a_list_that_is_given_up_is_gone(officer: Browser, settings: Settings) -> None:
    file = begun(officer)
    assert step(officer, "give-up", file).status_code == 303
    assert kept(settings) == []
    refused_everywhere(officer, file)


def test_a_list_that_another_tab_takes_away_at_this_moment_is_no_fault(
    officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(officer)
    real = WaitingRoom._of

    def with_one_gone(room: WaitingRoom, holder: str) -> tuple[Path, ...]:
        return (*real(room, holder), room._place(holder, "A" * 16))

    monkeypatch.setattr(WaitingRoom, "_of", with_one_gone)
    page = officer.get(PAGE)
    assert (page.status_code, "list.csv" in page.text) == (200, True)
    assert begun(officer)
