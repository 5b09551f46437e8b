"""`token issue|list|revoke`: printed once, listed by who holds it, ended at once."""

import hashlib
from collections.abc import Callable

import pytest

from tests.cli.prompt import MISSION, Prompt
from tests.cli.served import Served


def issued(prompt: Prompt, *words: str, by: str = "106") -> str:
    told = prompt("token", "issue", "--mission", MISSION, "--purpose", "sync", *words, "--json", by=by).done().json
    return str(told["token"])


def test_a_token_is_printed_once_and_never_again(prompt: Prompt) -> None:
    made = prompt("token", "issue", "--mission", MISSION, "--purpose", "api", "--expires-in", "30d", by="106").done()
    text = made.out.splitlines()[-1]
    assert text.startswith("offlimits_")
    assert "ISLE-T0001 acts for you in ISLE until 2" in made.out
    listed = prompt("token", "list", by="106").done().out
    assert "ISLE-T0001" in listed
    assert "not used yet, no edition" in listed
    assert text not in listed + made.err
    (told,) = prompt("token", "list", "--json", by="106").done().json
    assert (told["id"], told["purpose"], told["used_on"], told["edition"]) == ("ISLE-T0001", "api", None, None)
    assert "token" not in told
    assert prompt("token", "list", by="107").done().out == "No token holds.\n"


def test_its_holder_or_an_administrator_revokes_it_and_nobody_else(prompt: Prompt) -> None:
    for _ in range(2):
        issued(prompt)
    assert prompt("token", "revoke", "ISLE-T0001", by="101").code == 1
    assert "is revoked; its next request is refused" in prompt("token", "revoke", "ISLE-T0001", by="106").done().out
    assert prompt("token", "revoke", "ISLE-T0001", by="106").code == 1
    (told,) = prompt("token", "list", "--mission", MISSION, "--json", by="100").done().json
    assert (told["id"], told["person"], told["name"]) == ("ISLE-T0002", "106", "Person 106")
    assert "Person 106" in prompt("token", "list", "--mission", MISSION, by="100").done().out
    assert prompt("token", "list", "--mission", MISSION, by="106").code == 1
    prompt("token", "revoke", "ISLE-T0002", by="100").done()
    assert prompt("token", "list", "--json", by="106").done().json == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--mission", MISSION, "--purpose", "all"), 2, "'all' is not one of"),
        (("--purpose", "sync"), 2, "--mission"),
        (("--mission", MISSION, "--purpose", "sync", "--expires-in", "367d"), 1, "1 to 366 days"),
        (("--mission", "NOWHERE", "--purpose", "sync"), 1, "There is no such thing for you here"),
    ],
)
def test_what_cannot_be_issued_is_refused(prompt: Prompt, words: tuple[str, ...], code: int, said: str) -> None:
    refused = prompt("token", "issue", *words, by="106")
    assert refused.code == code
    assert said in refused.err
    assert prompt("token", "list", "--json", by="106").done().json == []


def test_a_token_is_issued_by_somebody(prompt: Prompt) -> None:
    assert "--as PERSON" in prompt("token", "issue", "--mission", MISSION, "--purpose", "sync").err


def test_a_device_keeps_the_current_edition_until_its_token_is_revoked(
    serve: Callable[..., Served], prompt: Prompt
) -> None:
    authorization = f"Bearer {issued(prompt)}"
    served, path = serve(prompt), f"/api/v1/missions/{MISSION}/editions/current"
    status, content = served.get(path, Authorization=authorization)
    assert status == 200
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    assert served.get(path, Authorization=authorization, If_None_Match=etag) == (304, b"")
    (told,) = prompt("token", "list", "--json", by="106").done().json
    assert (told["edition"], told["used_on"] is None) == (1, False)
    prompt("token", "revoke", told["id"], by="106").done()
    # By either of its processes.
    assert {served.get(path, Authorization=authorization)[0] for _ in range(8)} == {401}
    assert "offlimits_" not in served.stop()[1]
