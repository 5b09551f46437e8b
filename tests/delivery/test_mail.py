"""The hand-over itself, to a real server: encrypted or refused, headers that nobody can add to, every script."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geo_offlimits.delivery.mail import Draft, MailServer, NotServedError, Postman
from geo_offlimits.domain.mail import Outcome, Result
from geo_offlimits.errors import InputError
from tests.mail_server import Handler, certified, let_in, served

DRAFT = Draft(
    name="Ilsa Brand",
    address="ilsa@isle.example",
    sender_name="Mission on Isle",
    subject="ISLE: list, edition 4",
    plain="Read it.\n",
    html="<p>Read it.</p>",
    language="en",
    key="0123abcd",
    at=datetime(2026, 3, 2, 8, tzinfo=UTC),
)
SITE = "https://list.isle.example"


def server(port: int = 25, **how: Any) -> MailServer:
    given: dict[str, Any] = {"host": "127.0.0.1", "sender": "list@isle.example", "site": SITE}
    return MailServer(port=port, **given | how)


def delivered(draft: Draft, *, smtputf8: bool = True) -> tuple[Outcome, Handler]:
    handler = Handler()
    with served(handler, enable_SMTPUTF8=smtputf8) as port:
        postman = Postman(server(port))
        outcome = postman.deliver(draft)
        postman.leave()
    return outcome, handler


def test_a_message_is_plain_and_html_and_says_that_a_program_sent_it() -> None:
    outcome, handler = delivered(DRAFT)
    assert outcome == Outcome(result=Result.TAKEN, answer="250")
    [taken] = handler.taken
    message = taken.message
    assert taken.recipient == "ilsa@isle.example"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["From"] == "Mission on Isle <list@isle.example>"
    assert (message["Message-ID"], message["Auto-Submitted"]) == ("<0123abcd@isle.example>", "auto-generated")
    assert message["Date"].datetime == DRAFT.at


@pytest.mark.parametrize(
    "name",
    [
        "Ilsa\r\nBcc: eve@evil.example",
        "Ilsa\nSubject: other",
        "Ilsa\x85X: y\u2028Z: z\x00",
        'Brand, "Ilsa" <eve@evil.example>',
        "ilsa@evil.example",
        "Иван Петров",
        "محمد العلي",
        "=?utf-8?q?=0ABcc=3A_eve=40evil=2Eexample?=",
        "x" * 200,
        "",
    ],
)
def test_no_name_adds_a_header_or_a_recipient(name: str) -> None:
    outcome, handler = delivered(replace(DRAFT, name=name, subject=f"About {name}", sender_name=name))
    assert outcome.result is Result.TAKEN
    [taken] = handler.taken
    message = taken.message
    assert sorted(message.keys()) == sorted(delivered(DRAFT)[1].taken[0].message.keys())
    assert handler.tried == {"ilsa@isle.example": 1}
    assert [one.addr_spec for one in message["To"].addresses] == ["ilsa@isle.example"]
    assert [one.addr_spec for one in message["From"].addresses] == ["list@isle.example"]
    if name.isprintable() and not name.startswith("=?"):
        assert message["To"].addresses[0].display_name == name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ilsa",
        "@isle.example",
        "ilsa@",
        "ilsa@isle.example, eve@evil.example",
        "ilsa@isle.example\r\nRCPT TO:<eve@evil.example>",
        "ilsa\r\n@isle.example",
        "Ilsa <ilsa@isle.example>",
        "il sa@isle.example",
        "ilsa;eve@isle.example",
        "юля <eve@evil.example",
        f"ilsa@{'x' * 70}.example",
        "ilsa@isle..example",
    ],
)
def test_what_is_no_address_is_told_and_nobody_is_asked(address: str) -> None:
    outcome, handler = delivered(replace(DRAFT, address=address))
    assert outcome == Outcome(result=Result.REFUSED, answer="no address")
    assert (handler.sessions, handler.tried) == (0, {})


def test_letters_beyond_ascii_in_an_address_reach_a_server_that_takes_them_and_are_told_where_it_does_not() -> None:
    draft = replace(DRAFT, address="юля@пример.example")
    outcome, handler = delivered(draft)
    assert outcome.result is Result.TAKEN
    assert handler.taken[0].recipient == "юля@xn--e1afmkfd.example"
    outcome, handler = delivered(draft, smtputf8=False)
    assert outcome == Outcome(result=Result.REFUSED, answer="no SMTPUTF8")
    assert handler.tried == {}
    # A domain alone has a form in ASCII.
    outcome, handler = delivered(replace(DRAFT, address="ilsa@пример.example"), smtputf8=False)
    assert (outcome.result, handler.taken[0].recipient) == (Result.TAKEN, "ilsa@xn--e1afmkfd.example")


def test_one_connection_serves_for_all_and_a_new_one_is_made_when_it_has_died() -> None:
    handler = Handler()
    with served(handler) as port:
        postman = Postman(server(port))
        for _ in range(3):
            assert postman.deliver(DRAFT).result is Result.TAKEN
        assert handler.sessions == 1
        handler.at_rcpt = lambda _address: "421 4.3.2 too many"
        assert postman.deliver(DRAFT) == Outcome(result=Result.DEFERRED, answer="421 4.3.2")
        handler.at_rcpt = lambda _address: None
        assert postman.deliver(DRAFT).result is Result.TAKEN
        assert handler.sessions == 2
        postman.leave()


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A certificate for localhost that the system's authorities vouch for."""
    context = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    return context


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not")  # implicit TLS is no TLS to the server's library
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_who_signs_in_does_so_over_tls(tls: str, trusting: Any) -> None:
    handler = Handler()
    how = {"ssl_context" if tls == "implicit" else "tls_context": trusting}
    auth = {"auth_required": True, "auth_require_tls": tls == "starttls"}
    with served(handler, authenticator=let_in("list", "six wet sails"), **how, **auth) as port:
        given = {"host": "localhost", "tls": tls, "user": "list", "within_s": 5}
        postman = Postman(server(port, **given, password="six wet sails"))
        assert postman.deliver(DRAFT).result is Result.TAKEN
        postman.leave()
        with pytest.raises(NotServedError, match=r"does not let smtp_user in \(535\)\. Correct it"):
            Postman(server(port, **given, password="seven")).deliver(DRAFT)
        with pytest.raises(NotServedError, match=r"takes no mail from list@isle\.example \(530"):
            Postman(server(port, host="localhost", tls=tls)).deliver(DRAFT)
    assert len(handler.taken) == 1


def test_nothing_is_said_in_clear_where_tls_is_asked_for(tmp_path: Path) -> None:
    handler = Handler()
    with served(handler) as port, pytest.raises(NotServedError, match="does not offer what is asked of it"):
        Postman(server(port, tls="starttls")).deliver(DRAFT)
    context = certified(tmp_path)
    for tls, how in (("starttls", {"tls_context": context}), ("implicit", {"ssl_context": context})):
        with served(handler, **how) as port, pytest.raises(NotServedError, match="is not who it should be"):
            Postman(server(port, host="localhost", tls=tls)).deliver(DRAFT)
    assert handler.tried == {}


def test_a_server_that_takes_nothing_is_told_without_what_it_said() -> None:
    handler = Handler(at_mail=lambda sender: f"550 5.7.1 {sender} of eve@evil.example is nobody")
    with served(handler) as port, pytest.raises(NotServedError, match=r"\(550 5\.7\.1\)\. Correct mail_from") as told:
        Postman(server(port)).deliver(DRAFT)
    assert "evil" not in str(told.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"host": ""}, "smtp_host"),
        ({"sender": ""}, "mail_from"),
        ({"sender": "Mission <list@isle.example>"}, "mail_from"),
        ({"sender": "юля@isle.example"}, "mail_from"),
        ({"tls": "ssl"}, "smtp_tls"),
        ({"host": "mail.isle.example", "tls": "none"}, "would travel in clear"),
        ({"host": "192.0.2.7", "tls": "none"}, "would travel in clear"),
        ({"user": "list"}, "GEO_OFFLIMITS_SMTP_PASSWORD"),
        ({"site": ""}, "public_url"),
        ({"site": "list.isle.example"}, "public_url"),
        ({"site": "http://list.isle.example"}, "public_url"),
        ({"site": "https://list.isle.example/?p=1"}, "public_url"),
        ({"site": "https://list.isle.example\n"}, "public_url"),
        ({"site": "https://"}, "public_url"),
    ],
)
def test_a_setting_that_will_not_do_is_named(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        server(**wrong)


def test_mail_to_another_machine_is_encrypted_unless_told_otherwise_and_a_passphrase_is_not_shown() -> None:
    assert server(host="mail.isle.example").secured == "starttls"
    assert [server(host=host).secured for host in ("localhost", "127.0.0.1", "::1")] == ["none"] * 3
    assert "six wet" not in repr(server(user="list", password="six wet sails"))
