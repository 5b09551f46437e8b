"""Where a person is signed in: what their page tells, what it does not, and how they end it."""

import re

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.proof import NOTHING_SHOWN
from geo_offlimits.services import sessions
from tests import proving
from tests.web.isle import Browser, Clock, signed_in


def handles(page: str) -> list[str]:
    """Of the sessions that the page offers to end."""
    return re.findall(r'name="session" value="(s_[0-9a-f]+)"', page)


def recorded(wiring: Wiring) -> int:
    with wiring.reading() as act:
        return sum(AuditTag.SESSION_ENDED.value.encode() + b'"' in leaf for leaf in act.tx.audit.leaves())


def test_people_see_their_own_sessions_by_door_and_time_and_end_one_of_them(
    app: Flask, wiring: Wiring, clock: Clock
) -> None:
    here, there, colleague = signed_in(app, "staff"), signed_in(app, "staff"), signed_in(app, "manager")
    with wiring.reading() as act:
        staff = proving.actor(act, "p-staff")
    clock.later(seconds=1)
    at_the_prompt = wiring.sign_in(staff)
    page = here.get("/sessions").text
    assert page.count("Pages, in a browser") == 2
    assert page.count("Command line") == 1
    assert page.count("This one") == 1
    assert len(handles(page)) == 2
    secret = there.client.get_cookie("session")
    assert secret
    for one in (secret.value, at_the_prompt):
        assert one not in page
        assert sessions.hashed(one) not in page
    assert "127.0.0.1" not in page
    (_, prompt_handle) = handles(page)
    answer = here.post("/sessions/end", {"session": prompt_handle}, page="/sessions")
    assert (answer.status_code, answer.location) == (303, "/sessions")
    assert "Ended. The next request" in here.get("/sessions").text
    with wiring.reading() as act:
        assert sessions.resume(act.tx, at_the_prompt, wiring.settings, clock.now) is None
    assert {one.get("/list").status_code for one in (here, there, colleague)} == {200}
    assert recorded(wiring) == 1


def test_all_the_others_end_together_and_nobody_elses(app: Flask, wiring: Wiring) -> None:
    here, *others = (signed_in(app, "staff") for _ in range(3))
    colleague = signed_in(app, "manager")
    assert here.post("/sessions/end-others", page="/sessions").status_code == 303
    assert handles(here.get("/sessions").text) == []
    assert {one.get("/list").location for one in others} == {"/login?next=/list"}
    assert colleague.get("/list").status_code == 200
    assert recorded(wiring) == 1


def test_a_session_of_somebody_else_is_as_absent_as_one_that_there_is_not(app: Flask, wiring: Wiring) -> None:
    mine, theirs = signed_in(app, "staff"), signed_in(app, "manager")
    signed_in(app, "manager")
    (handle,) = handles(theirs.get("/sessions").text)
    answers = [mine.post("/sessions/end", {"session": one}, page="/sessions") for one in (handle, "s_00000000")]
    assert [one.status_code for one in answers] == [404, 404]
    assert handles(theirs.get("/sessions").text) == [handle]
    assert recorded(wiring) == 0


def test_a_thief_with_a_cookie_is_asked_who_they_are_before_a_session_ends(app: Flask, wiring: Wiring) -> None:
    owner, thief = signed_in(app, "staff"), signed_in(app, "staff")
    thief.has_shown(NOTHING_SHOWN)
    (handle,) = handles(thief.get("/sessions").text)
    for path, form in (("/sessions/end", {"session": handle}), ("/sessions/end-others", {})):
        answer = thief.post(path, form, page="/sessions")
        assert answer.status_code == 401
        assert "proof_passphrase" in answer.text
    assert owner.get("/list").status_code == 200
    assert recorded(wiring) == 0


def test_a_session_that_was_left_alone_is_not_told_as_open(app: Flask, wiring: Wiring, clock: Clock) -> None:
    signed_in(app, "staff")
    clock.later(minutes=wiring.settings.session_idle_minutes + 1)
    assert handles(Browser(app).get("/login").text) == []
    assert handles(signed_in(app, "staff").get("/sessions").text) == []
