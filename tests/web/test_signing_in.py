"""From where somebody may sign in, under which names the server answers, and what failures elsewhere do to them."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.services.passphrases import Passphrases
from tests.web.isle import PASSPHRASE, Browser, quick, signed_in
from web import create_app

WRONG = "wrong wrong wrong wrong"
ELSEWHERE = "192.0.2.7"


@pytest.fixture
def behind_proxy(wiring: Wiring) -> Flask:
    return create_app(wiring=replace(wiring, settings=replace(wiring.settings, behind_proxy=True)))


def through_proxy(app: Flask, client: str, proto: str = "https") -> Browser:
    """A visitor through a proxy on this machine, which says who they are after what they say themselves."""
    browser = Browser(app, "http://lists.example")
    browser.client.environ_base |= {
        "HTTP_X_FORWARDED_FOR": f"10.9.9.9, {client}",
        "HTTP_X_FORWARDED_PROTO": proto,
    }
    return browser


def refused_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 403 and "not encrypted" in answer.text and "session=" not in str(answer.headers)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "10.0.0.5:8000"])
def test_signing_in_over_plain_http_works_from_this_machine(app: Flask, host: str) -> None:
    for source in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        assert Browser(app, f"http://{host}", source).sign_in("staff").status_code == 303


@pytest.mark.parametrize("source", [ELSEWHERE, "10.0.0.4", "2001:db8::5", "::ffff:192.0.2.7", "", "localhost"])
def test_signing_in_over_plain_http_from_elsewhere_is_refused_whatever_the_host_says(app: Flask, source: str) -> None:
    for host in ("localhost", "127.0.0.1:8000", "192.0.2.1"):
        browser = Browser(app, f"http://{host}")
        form = {"csrf_token": browser.token(), "reference": "staff", "passphrase": PASSPHRASE}
        browser.client.environ_base["REMOTE_ADDR"] = source
        for path in ("/login", "/passphrase"):
            assert refused_sign_in(browser.get(path))
            assert refused_sign_in(browser.client.post(path, data=form, base_url=browser.base_url))


SAID = (
    {"X-Forwarded-Host": "localhost", "X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1;proto=https"},
    {"Host": "localhost"},
)


def test_no_header_makes_plain_http_from_elsewhere_this_machine(app: Flask, behind_proxy: Flask) -> None:
    for headers in (*SAID, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-For": "127.0.0.1"}):
        assert refused_sign_in(Browser(app, source=ELSEWHERE).get("/login", headers=headers))
    for headers in SAID:  # a declared proxy says only the other two
        assert refused_sign_in(Browser(behind_proxy, source=ELSEWHERE).get("/login", headers=headers))


@pytest.mark.parametrize("path", ["/", "/login", "/list", "/readyz", "/api/v1/missions"])
def test_over_plain_http_a_name_that_is_not_ours_is_refused_with_a_sentence(app: Flask, path: str) -> None:
    browser = signed_in(app, "staff")
    for host in ("lists.example", "localhost.evil.example", "evil.example:80", "127.0.0.1.evil.example", "x."):
        answer = browser.client.get(path, headers={"Host": host})
        assert answer.status_code == 421
        assert "https://" in answer.text
        assert "Blue Lantern" not in answer.text
        assert browser.client.get("/healthz", headers={"Host": host}).status_code == 200


def test_an_address_and_the_names_of_this_machine_are_ours(app: Flask) -> None:
    for host in ("localhost", "LOCALHOST.", "demo.localhost:8000", "[::1]", "192.0.2.1:80", ""):
        assert Browser(app).client.get("/readyz", headers={"Host": host}).status_code == 200


def test_the_name_that_the_server_is_bound_to_is_ours(wiring: Wiring) -> None:
    bound = create_app(wiring=replace(wiring, settings=replace(wiring.settings, host="lists.lan")))
    for host, status in (("lists.lan:8000", 200), ("other.lan", 421)):
        assert Browser(bound).client.get("/readyz", headers={"Host": host}).status_code == status


def test_behind_a_declared_proxy_its_https_and_its_names_count(behind_proxy: Flask) -> None:
    browser = through_proxy(behind_proxy, "203.0.113.9")
    assert browser.sign_in("staff").status_code == 303
    assert browser.client.get_cookie("__Host-session", "lists.example")
    plain = through_proxy(behind_proxy, "203.0.113.9", proto="http")
    assert refused_sign_in(plain.client.get("/login", headers={"Host": "localhost"}))


def fail_often(browser: Browser) -> None:
    for _ in range(5):
        assert browser.sign_in("staff", WRONG).status_code == 401
    refused = browser.sign_in("staff")
    assert (refused.status_code, "wait" in refused.text) == (401, True)


def test_failures_slow_their_own_source_and_nobody_elses(app: Flask) -> None:
    fail_often(Browser(app))
    https = "https://lists.example"
    assert Browser(app, https, "198.51.100.4").sign_in("staff").status_code == 303
    form = {"reference": "staff", "passphrase": PASSPHRASE, "new": "eleven brass kettles whistle"}
    form["repeated"] = form["new"]
    slowed = Browser(app).post("/passphrase", form, page="/passphrase")
    assert (slowed.status_code, "wait" in slowed.text) == (401, True)


def test_an_undeclared_proxy_s_word_is_no_other_source(app: Flask) -> None:
    fail_often(Browser(app))
    other = Browser(app)
    other.client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.99"
    assert other.sign_in("staff").status_code == 401


def test_the_source_behind_a_declared_proxy_is_what_the_proxy_says_and_not_the_visitor(behind_proxy: Flask) -> None:
    fail_often(through_proxy(behind_proxy, "203.0.113.9"))
    assert through_proxy(behind_proxy, "203.0.113.9").sign_in("staff").status_code == 401
    assert through_proxy(behind_proxy, "203.0.113.10").sign_in("staff").status_code == 303


class Watched(Passphrases):
    """Sees whether somebody could write to the store while a passphrase is worked on."""

    def __init__(self, store: str) -> None:
        super().__init__(quick()._hasher)
        self.store, self.free = store, list[bool]()

    def hash(self, passphrase: str) -> str:
        self._look()
        return super().hash(passphrase)

    def fits(self, stored: str | None, passphrase: str) -> bool:
        self._look()
        return super().fits(stored, passphrase)

    def _look(self) -> None:
        with closing(sqlite3.connect(self.store, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                self.free.append(False)
            else:
                self.free.append(True)


def test_nobody_waits_to_write_while_somebody_signs_in(wiring: Wiring) -> None:
    watched = Watched(wiring.settings.store.removeprefix("sqlite:///"))
    app = create_app(wiring=replace(wiring, passphrases=watched))
    assert Browser(app).sign_in("staff", WRONG).status_code == 401
    assert Browser(app).sign_in("nobody", WRONG).status_code == 401
    assert Browser(app).sign_in("staff").status_code == 303
    form = {"reference": "head", "passphrase": PASSPHRASE, "new": "eleven brass kettles whistle"}
    answer = Browser(app).post("/passphrase", form | {"repeated": form["new"]}, page="/passphrase")
    assert answer.status_code == 303
    assert watched.free == [True] * 5


def test_what_is_kept_of_a_failure_is_no_address(app: Flask, wiring: Wiring) -> None:
    Browser(app, "https://lists.example", ELSEWHERE).sign_in("staff", WRONG)
    with wiring.store.reading() as tx:
        rows = tx.connection.exec_driver_sql("SELECT * FROM login_failure").fetchall()
    assert len(rows) == 1
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", str(rows))
