"""`--totp`, `sign-in`, `second-factor` and `recovery` at the prompt."""

from datetime import UTC, datetime

import pytest

from geo_offlimits.services import factors
from tests import proving
from tests.cli.prompt import PASSPHRASE, Prompt, Said

HEAD, DEPUTY, OFFICER, STAFF, ADMIN = "101", "102", "103", "107", "100"
TYPED = {"GEO_OFFLIMITS_PASSPHRASE": PASSPHRASE}


def code() -> str:
    return proving.code(datetime.now(UTC))


def signed_in(prompt: Prompt, who: str) -> dict[str, str]:
    """What `sign-in` puts into the environment."""
    said = prompt("--totp", code(), "sign-in", by=who, **TYPED).done()
    name, _, token = said.out.removeprefix("export ").strip().partition("=")
    return {name: token}


def test_a_head_gives_a_code_and_without_it_is_told_so(prompt: Prompt) -> None:
    said = prompt("premises", "due", by=HEAD, **TYPED)
    assert (said.code, "--totp CODE" in said.err) == (1, True)
    shown = code()
    prompt("--totp", shown, "premises", "due", by=HEAD, **TYPED).done()
    again = prompt("premises", "due", "--totp", shown, by=HEAD, **TYPED)
    assert (again.code, "was used already" in again.err) == (1, True)


def test_who_needs_none_gives_none(prompt: Prompt) -> None:
    prompt("edition", "list", by=STAFF, **TYPED).done()
    said = prompt("premises", "due", by=STAFF, **TYPED)
    assert (said.code, "totp" in said.err) == (1, False)


def test_one_code_serves_for_several_commands_until_one_signs_out(prompt: Prompt) -> None:
    session = signed_in(prompt, HEAD)
    only = {"GEO_OFFLIMITS_PASSPHRASE": ""} | session
    prompt("premises", "due", **only).done()
    prompt("premises", "suspend", "ISLE-0001", "--reason", "wrong house", **only).done()
    prompt("premises", "due", "--as", HEAD, **only).done()
    assert prompt("sign-out", **only).done().out == "unset GEO_OFFLIMITS_SESSION\n"
    over = prompt("premises", "due", **only)
    assert (over.code, "This session is over" in over.err) == (1, True)
    assert "Nobody is signed in here" in prompt("sign-out").err


def test_a_session_is_of_one_person_and_another_is_asked_for_their_passphrase(prompt: Prompt) -> None:
    session = signed_in(prompt, HEAD)
    said = prompt("token", "list", "--json", "--as", STAFF, GEO_OFFLIMITS_PASSPHRASE="not the passphrase", **session)
    assert (said.code, "do not fit" in said.err) == (1, True)
    prompt("edition", "list", "--as", STAFF, **TYPED, **session).done()


def test_a_session_asks_again_before_what_weighs_most(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    session = signed_in(prompt, HEAD)
    import geo_offlimits.bootstrap as room  # noqa: PLC0415

    later = datetime.now(UTC).timestamp() + 11 * 60
    monkeypatch.setattr(room, "system_clock", lambda: datetime.fromtimestamp(later, UTC))
    monkeypatch.setattr(room.wire, "__defaults__", (room.system_clock,))
    said = prompt("premises", "suspend", "ISLE-0001", "--reason", "wrong house", GEO_OFFLIMITS_PASSPHRASE="", **session)
    assert (said.code, "show once more that it is you" in said.err) == (1, True)
    prompt("premises", "due", GEO_OFFLIMITS_PASSPHRASE="", **session).done()


def test_an_app_is_set_up_listed_and_taken_away(prompt: Prompt) -> None:
    made = prompt("second-factor", "add", "--label", "phone", "--json", by=STAFF).done().json
    assert made["uri"].startswith("otpauth://totp/")
    wrong = prompt("second-factor", "confirm", "000000", by=STAFF)
    assert (wrong.code, "not the one that the app should show" in wrong.err) == (1, True)
    assert prompt("second-factor", "list", "--json", by=STAFF).done().json == []
    prompt("second-factor", "confirm", factors.code_at(made["secret"], datetime.now(UTC)), by=STAFF).done()
    (one,) = prompt("second-factor", "list", "--json", by=STAFF).done().json
    assert (one["id"], one["kind"], one["label"]) == (made["id"], "app", "phone")
    prompt("second-factor", "remove", made["id"], by=STAFF).done()
    assert "You have no second factor" in prompt("second-factor", "list", by=STAFF).done().out
    assert "at least" not in last_of_a_head(prompt).err


def last_of_a_head(prompt: Prompt) -> Said:
    (only,) = prompt("second-factor", "list", "--json", by=HEAD).done().json
    said = prompt("second-factor", "remove", only["id"], by=HEAD)
    assert (said.code, "this is your last" in said.err) == (1, True)
    return said


def test_a_lost_one_is_taken_away_by_two_persons(prompt: Prompt) -> None:
    asked = prompt("recovery", "ask", OFFICER, "--reason", "lost at sea", "--json", by=HEAD).done().json
    assert "lost at sea" in prompt("recovery", "list", by=DEPUTY).done().out
    alone = prompt("recovery", "agree", asked["id"], by=HEAD)
    assert (alone.code, "takes two persons" in alone.err) == (1, True)
    once = prompt("recovery", "agree", asked["id"], "--json", by=ADMIN).done().json["one_time_passphrase"]
    assert prompt("premises", "due", by=OFFICER, **TYPED).code == 1
    new = {"GEO_OFFLIMITS_PASSPHRASE": once, "GEO_OFFLIMITS_NEW_PASSPHRASE": "a river runs behind the school"}
    prompt("person", "passphrase", by=OFFICER, **new).done()
    assert "Nobody waits" in prompt("recovery", "list", by=DEPUTY).done().out
    again = prompt("recovery", "ask", OFFICER, "--reason", "again", "--json", by=HEAD).done().json
    prompt("recovery", "refuse", again["id"], by=HEAD).done()
