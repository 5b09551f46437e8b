"""From the link in a mail to a receipt, by page and by API; and what nobody gets past them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import StoreError
from geo_offlimits.services import acknowledged, editions, keys
from geo_offlimits.services.act import Act
from geo_offlimits.services.keys import KeyAnswer, Party
from tests import proving
from tests.authenticator import Key
from tests.web.isle import Browser, Clock, signed_in
from tests.web.test_tokens import bearer, issued

API = "/api/v1/missions/ISLE/acknowledgements"


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the page's first form about the edition."""
    form = page[page.index('id="acknowledge"') :]
    found = re.findall(r'<input type="hidden" name="(sha256|language|stamp)" value="([^"]*)"', form)
    return dict(found[:3])


def last(wiring: Wiring, person: str = "p-staff", number: int = 2) -> Any:
    with wiring.store.reading() as tx:
        return tx.acknowledgements.one(person, "ISLE", number)


def republished(wiring: Wiring) -> None:
    with wiring.reading() as act:
        head = proving.actor(act, "p-head")
    with wiring.writing(head) as act:
        editions.publish(act, wiring.keyring, "ISLE", expires_in=timedelta(days=30), renew=True)


def test_from_the_mail_s_link_to_the_receipt_it_takes_one_button(app: Flask, wiring: Wiring, clock: Clock) -> None:
    staff = signed_in(app, "staff")
    assert "Edition 2 waits for your acknowledgement" in staff.get("/acknowledgements").text
    page = staff.get("/acknowledge/2").text  # the first tap: the link
    assert "required" not in page[page.index('id="acknowledge"') :].split("</form>")[0]
    served = clock.now
    clock.later(minutes=2)
    sent = fields(page) | {"client_at": "2031-01-01T00:00:00Z"}
    answer = staff.post("/acknowledge/2", sent, page="/acknowledge/2")  # the second: the button
    assert (answer.status_code, answer.location) == (303, "/acknowledgements/ISLE/2")
    told = staff.get(answer.location).text
    for words in ("Acknowledged. Thank you.", "Somebody Staff", STATEMENT["en"][:40], "signed in with", "Harbour"):
        assert words in told
    made = last(wiring)
    assert (made.served_at, made.acknowledged_at) == (served, clock.now)
    assert made.client_at.year == 2031
    assert (made.channel, made.unit, made.roles) == ("page", "Harbour", ("staff",))
    file = staff.get("/acknowledgements/ISLE/2/receipt.json")
    assert file.headers["Content-Disposition"] == "attachment; filename=acknowledgement-ISLE-2.json"
    verified = acknowledged.verify_receipt(file.data, wiring.keyring.public_keys())
    assert verified.record.row["person_id"] == "p-staff"
    listed = staff.get("/acknowledgements").text
    assert "waits for your acknowledgement" not in listed
    assert 'href="/acknowledgements/ISLE/2"' in listed
    # The form is gone where nothing is left to be said.
    assert 'id="acknowledge"' not in staff.get("/acknowledge/2").text


def test_a_page_says_both_texts_where_the_language_is_not_english(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    assert staff.get("/acknowledge/2").text.count(STATEMENT["en"][:40]) == 1
    staff.post("/language", {"language": "fr"}, page="/list")
    page = staff.get("/acknowledge/2").text
    assert f'<p lang="fr" dir="auto"><b>{STATEMENT["fr"][:20]}' in page
    assert f'<p lang="en" dir="ltr" class="soft">{STATEMENT["en"][:20]}' in page
    assert staff.post("/acknowledge/2", fields(page), page="/list").status_code == 303
    assert last(wiring).language == "fr"


def test_what_changed_since_my_last_comes_first(app: Flask, wiring: Wiring, clock: Clock) -> None:
    staff = signed_in(app, "staff")
    assert staff.post("/acknowledge/2", fields(staff.get("/acknowledge/2").text), page="/list").status_code == 303
    clock.later(minutes=5)
    republished(wiring)
    page = staff.get("/acknowledge/3").text
    assert "Since edition 2, which you acknowledged:" in page
    assert "No entry was added, changed or removed." in page
    assert page.index("Since edition 2") < page.index("Blue Lantern") < page.index('id="acknowledge"')
    assert "Since edition" not in signed_in(app, "patrol").get("/acknowledge/3").text


FORGED = {
    "a stamp made up": {"stamp": "AAAA" * 20},
    "half a stamp": {"stamp": "AAAA"},
    "another hash": {"sha256": "0" * 64},
    "another statement": {"language": "fr"},
}


@pytest.mark.parametrize("changed", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("way", ["page", "api"])
def test_a_forged_form_is_refused_and_says_nothing(
    app: Flask, wiring: Wiring, way: str, changed: dict[str, str]
) -> None:
    staff = signed_in(app, "staff")
    sent = fields(staff.get("/acknowledge/2").text)

    def send(form: dict[str, str]) -> int:
        if way == "api":
            return staff.ask(API, form | {"edition": 2}).status_code
        return staff.post("/acknowledge/2", form, page="/list").status_code

    assert send(sent | changed) == 409
    assert last(wiring) is None
    assert send(sent) in {201, 303}  # the control


def test_another_person_s_page_does_not_serve(app: Flask, wiring: Wiring) -> None:
    theirs = fields(signed_in(app, "patrol").get("/acknowledge/2").text)
    staff = signed_in(app, "staff")
    assert staff.post("/acknowledge/2", theirs, page="/list").status_code == 409
    again = fields(signed_in(app, "staff").get("/acknowledge/2").text)  # their own, of another session
    assert staff.post("/acknowledge/2", again, page="/list").status_code == 409
    assert last(wiring) is None


def test_a_form_without_a_stamp_was_served_nobody_knows_when(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    sent = fields(staff.get("/acknowledge/2").text)
    del sent["stamp"]
    back_dated = {"served_at": "2020-01-01T00:00:00Z", "acknowledged_at": "2020-01-01T00:00:00Z"}
    assert staff.post("/acknowledge/2", sent | back_dated, page="/list").status_code == 303
    made = last(wiring)
    assert made.served_at is None
    assert made.acknowledged_at.year == 2026


def test_who_refuses_sees_it_and_may_acknowledge_all_the_same(app: Flask, wiring: Wiring, clock: Clock) -> None:
    staff = signed_in(app, "staff")
    sent = fields(staff.get("/acknowledge/2").text)
    answer = staff.post("/acknowledge/2/refuse", sent | {"reason": "MY OWN WORDS"}, page="/list")
    assert (answer.status_code, answer.location) == (303, "/acknowledgements/ISLE/2")
    assert "MY OWN WORDS" in staff.get(answer.location).text
    assert "waits for your acknowledgement" in staff.get("/list").text
    assert last(wiring).state == "refused"
    clock.later(minutes=1)
    page = staff.get("/acknowledge/2").text
    assert "I refuse" not in page
    assert staff.post("/acknowledge/2", fields(page), page="/list").status_code == 303
    assert last(wiring).state == "acknowledged"
    listed = staff.get("/acknowledgements").text
    assert listed.count("Edition 2") == 2
    assert listed.count('href="/acknowledgements/ISLE/2"') == 1


def test_withdrawing_takes_a_reason_and_keeps_what_was_said(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    staff.post("/acknowledge/2", fields(staff.get("/acknowledge/2").text), page="/list")
    there = "/acknowledgements/ISLE/2"
    assert staff.post(f"{there}/withdraw", {"reason": ""}, page="/list").status_code == 422
    assert last(wiring).state == "acknowledged"
    assert staff.post(f"{there}/withdraw", {"reason": "had not read it"}, page="/list").status_code == 303
    assert "had not read it" in staff.get(there).text
    with wiring.reading() as act:
        assert [one.state for one in act.tx.acknowledgements.of_person("p-staff")] == ["withdrawn", "acknowledged"]
        assert act.tx.audit.verify() == ()


def test_a_campaign_shows_who_refused_and_not_why(app: Flask) -> None:
    staff, manager = signed_in(app, "staff"), signed_in(app, "manager")
    sent = fields(staff.get("/acknowledge/2").text)
    staff.post("/acknowledge/2/refuse", sent | {"reason": "MY OWN WORDS"}, page="/list")
    found = re.search(r'href="(/campaigns/ISLE/C-[0-9a-f]+)"', manager.get("/campaigns/ISLE/").text)
    assert found
    told = manager.get(found[1]).text
    assert "Not yet: 10 of 10" in told
    assert re.search(r"Somebody Staff.{0,200}Refused", told, re.DOTALL)
    assert "MY OWN WORDS" not in told


def with_key(app: Flask, wiring: Wiring) -> tuple[Browser, Key]:
    staff, key = signed_in(app, "staff"), Key()
    with wiring.reading() as act:
        actor = proving.actor(act, "p-staff")
    with wiring.writing(actor) as act:
        (session,) = (one for one in act.tx.sessions.of_person("p-staff"))
        party = Party(id="localhost", origin="http://localhost")
        options = keys.registration(act, session, party)
        session = next(iter(act.tx.sessions.of_person("p-staff")))
        keys.add(act, KeyAnswer(text=key.made(options), party=party, session=session))
    return staff, key


def test_a_key_signs_on_the_page(app: Flask, wiring: Wiring) -> None:
    staff, key = with_key(app, wiring)
    page = staff.get("/acknowledge/2").text
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    options = staff.ask(found[1].replace("&amp;", "&"), {}).text
    assert staff.post("/acknowledge/2", fields(page) | {"key": key.signed(options)}, page="/list").status_code == 303
    assert last(wiring).strength == "webauthn"
    assert "signed with a security key" in staff.get("/acknowledgements/ISLE/2").text


def test_a_key_s_answer_to_another_question_does_not_sign(app: Flask, wiring: Wiring) -> None:
    staff, key = with_key(app, wiring)
    page = staff.get("/acknowledge/2").text
    options = staff.ask("/step-up/question", {}).text
    assert staff.post("/acknowledge/2", fields(page) | {"key": key.signed(options)}, page="/list").status_code == 422
    assert last(wiring) is None


def test_the_api_answers_with_the_record_and_its_receipt(app: Flask, wiring: Wiring) -> None:
    staff = signed_in(app, "staff")
    current = staff.get(f"{API}?language=fr").get_json()["current"]
    assert (current["edition"], current["statement"], current["source"]) == (2, STATEMENT["fr"], STATEMENT["en"])
    assert current["asked"] is True
    sent = {name: current[name] for name in ("edition", "sha256", "language", "stamp")}
    answer = staff.ask(API, sent | {"client_at": "2031-01-01T00:00:00Z"})
    assert answer.status_code == 201, answer.text
    record = answer.get_json()["record"]
    assert (record["channel"], record["language"], record["state"]) == ("api", "fr", "acknowledged")
    assert record["served_at"]
    envelope = json.dumps(answer.get_json()["receipt"], separators=(",", ":"), sort_keys=True).encode()
    assert acknowledged.verify_receipt(envelope, wiring.keyring.public_keys()).record.source == STATEMENT["en"]
    assert staff.get(API).get_json()["given"] == [record]
    assert staff.get(f"{API}/2").get_json()["record"] == record
    assert staff.get(f"{API}/1").status_code == 404
    assert staff.ask(API, sent | {"edition": 1}).status_code == 409
    assert staff.ask(API, sent | {"person": "p-patrol"}).status_code == 422
    assert signed_in(app, "patrol").get(API).get_json()["given"] == []


def test_a_token_acknowledges_for_nobody(app: Flask, wiring: Wiring) -> None:
    held = bearer(issued(wiring, "staff", Purpose.API))
    client = app.test_client()
    with wiring.reading() as act:
        header = act.tx.editions.header("ISLE")
        assert header
    sent = {"edition": 2, "sha256": header.sha256, "language": "en"}
    assert client.post(API, json=sent, headers=held, base_url="https://localhost").status_code == 401
    assert client.get(API, headers=held, base_url="https://localhost").status_code == 401
    assert client.get("/api/v1/missions", headers=held, base_url="https://localhost").status_code == 200  # the control
    assert last(wiring) is None


def stamped(staff: Browser) -> dict[str, Any]:
    current = staff.get(API).get_json()["current"]
    return {name: current[name] for name in ("edition", "sha256", "language", "stamp")}


def test_the_receipt_asks_the_store_nothing_so_that_the_next_writer_hardly_waits(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, made = signed_in(app, "staff"), acknowledged.receipt
    sent, asked = stamped(staff), list[str]()

    def listening(act: Act, *about: Any) -> acknowledged.SignedRecord:
        def heard(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            asked.append(statement)

        event.listen(act.tx.connection, "before_cursor_execute", heard)
        return made(act, *about)

    monkeypatch.setattr(acknowledged, "receipt", listening)
    assert staff.ask(API, sent).status_code == 201
    assert asked == []
    assert staff.ask(API, sent).status_code == 201  # said again it is read from the store: the control
    assert len(asked) > 1


def test_what_no_receipt_could_be_made_of_is_not_kept_and_can_be_said_again(
    app: Flask, wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = signed_in(app, "staff")
    sent = stamped(staff)
    with monkeypatch.context() as broken:

        def none(*_asked: Any) -> None:
            raise StoreError("The database does not answer.")

        broken.setattr(acknowledged, "receipt", none)
        assert staff.ask(API, sent).status_code == 503
    assert last(wiring) is None
    answer = staff.ask(API, sent)
    assert answer.status_code == 201
    assert answer.get_json() == staff.get(f"{API}/2").get_json()
    assert last(wiring).counts


def test_acknowledging_after_minutes_of_reading_is_one_act(
    app: Flask, wiring: Wiring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = signed_in(app, "staff")
    sent, token = stamped(staff), staff.token("/list")
    clock.later(minutes=3)
    store, began = app.extensions["offlimits"].store, list[int]()
    writing = store.writing

    def counted() -> Any:
        began.append(1)
        return writing()

    monkeypatch.setattr(store, "writing", counted)
    answer = staff.client.post(API, json=sent, headers={"X-CSRF-Token": token}, base_url=staff.base_url)
    assert (answer.status_code, len(began)) == (201, 1)
    with wiring.store.reading() as tx:
        (session,) = tx.sessions.of_person("p-staff")
    assert session.seen_at == clock()
