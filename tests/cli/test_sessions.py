"""`session`: where somebody is signed in, and how it is ended at the prompt."""

import json
from contextlib import closing

from geo_offlimits.store import Store
from tests.cli.prompt import MISSION, PASSPHRASE, Prompt, Said

STAFF, ADMINISTRATOR = "106", "100"
TYPED = {"GEO_OFFLIMITS_PASSPHRASE": PASSPHRASE}


def signed_in(prompt: Prompt, number: str) -> dict[str, str]:
    said = prompt("sign-in", "--json", by=number, **TYPED).done()
    return {"GEO_OFFLIMITS_SESSION": said.json["session"]}


def over(prompt: Prompt, session: dict[str, str]) -> bool:
    said = prompt("token", "list", GEO_OFFLIMITS_PASSPHRASE="", **session)
    return "This session is over" in said.err


def listed(prompt: Prompt, *more: str, **session: str) -> Said:
    return prompt("session", "list", *more, by=STAFF, **TYPED, **session).done()


def test_people_list_their_sessions_and_end_one_or_all_the_others(prompt: Prompt) -> None:
    here, there, colleague = (signed_in(prompt, number) for number in (STAFF, STAFF, "107"))
    rows = listed(prompt, "--json", **here).json
    assert sorted((row["door"], row["this_one"]) for row in rows) == [("prompt", False), ("prompt", True)]
    assert set(rows[0]) == {"id", "door", "began_at", "used_at", "this_one"}
    assert not any(session["GEO_OFFLIMITS_SESSION"] in json.dumps(rows) for session in (here, there))
    (other,) = (row["id"] for row in rows if not row["this_one"])
    assert "There is no open session" in prompt("session", "end", other, by="107", **TYPED).err
    prompt("session", "end", other, by=STAFF, **TYPED).done()
    assert [over(prompt, session) for session in (here, there, colleague)] == [False, True, False]
    third = signed_in(prompt, STAFF)
    assert prompt("session", "end", "--others", by=STAFF, **TYPED, **here).done().out == "Ended: 1.\n"
    assert [over(prompt, session) for session in (here, third, colleague)] == [False, True, False]
    assert ", this one" in listed(prompt, **here).out
    assert prompt("session", "end", by=STAFF, **TYPED).code == 2


def test_an_administrator_signs_everybody_out_and_it_is_on_record(prompt: Prompt) -> None:
    here, theirs = signed_in(prompt, STAFF), signed_in(prompt, "107")
    assert prompt("session", "end-all", "--mission", MISSION, by=STAFF, **TYPED).code == 1
    assert not over(prompt, here)
    said = prompt("session", "end-all", "--mission", MISSION, "--json", by=ADMINISTRATOR).done()
    assert said.json["ended"] >= 3  # the administrator's own is one of them
    assert (over(prompt, here), over(prompt, theirs)) == (True, True)
    assert listed(prompt).out == "No session of yours is open.\n"
    with closing(Store.open(f"sqlite:///{prompt.store}")) as store, store.reading() as tx:
        assert sum(b'"session:ended_of_all"' in leaf for leaf in tx.audit.leaves()) == 1
    prompt.sign_in_again()
    signed_in(prompt, STAFF)
    assert prompt("session", "end-all", "--json", by=ADMINISTRATOR).done().json == {"ended": 2, "mission": None}
