"""Mail at the prompt, to a real mail server: queued and sent by who may, gone on with, sent by a timer, told."""

from collections.abc import Iterator

import pytest

from tests.cli.prompt import Prompt, Said
from tests.mail_server import Handler, served


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def mailed(handler: Handler, prompt: Prompt) -> Iterator[dict[str, str]]:
    """The settings that name our server, as variables."""
    del prompt
    with served(handler) as port:
        yield settings(port)


def settings(port: int) -> dict[str, str]:
    return {
        "GEO_OFFLIMITS_SMTP_HOST": "127.0.0.1",
        "GEO_OFFLIMITS_SMTP_PORT": str(port),
        "GEO_OFFLIMITS_MAIL_FROM": "list@isle.example",
        "GEO_OFFLIMITS_PUBLIC_URL": "https://list.isle.example",
    }


def test_a_campaign_is_mailed_and_the_command_given_again_goes_on_with_it(
    prompt: Prompt, mailed: dict[str, str], handler: Handler
) -> None:
    handler.at_rcpt = lambda address: "451 4.7.1 later" if address.startswith("p107") else None
    first = prompt("distribute", "--channel", "mail", "--json", by="104", **mailed).done().json
    assert (first["recipients"], first["sent"], first["waiting"], first["failed"]) == (9, 8, 1, [])
    assert first["next_attempt_at"] is not None
    again = prompt("distribute", "--channel", "mail", by="104", **mailed).done()
    assert again.out == f"Campaign {first['campaign']}, edition 1: 1 waiting, 8 sent.\n"
    assert sum(handler.recipients.values()) == 8
    said = prompt("mail", "send", "--json", **mailed).done().json
    assert said == {"sent": 0, "deferred": 0, "failed": 0, "stopped": ""}
    status = prompt("mail", "status", "--json", by="104").done().json
    assert (status["campaign"], status["sent"], status["waiting"]) == (first["campaign"], 8, 1)


def test_who_was_given_up_is_told_by_a_sentence_an_exit_code_and_the_status(
    prompt: Prompt, mailed: dict[str, str], handler: Handler
) -> None:
    handler.at_rcpt = lambda address: "550 5.1.1 p107@isle.example unknown" if address.startswith("p107") else None
    prompt("person", "move", "104", "--unit", "Unit S", by="100").done()  # a manager reads the names of the own unit
    said = prompt("distribute", "--channel", "mail", by="104", **mailed)
    assert said.code == 1
    assert "failed: 107  Person 107 (550 5.1.1)" in said.out
    assert "1 recipients were given up; `mail status` names them" in said.err
    assert "unknown" not in said.out + said.err
    assert prompt("mail", "status", by="104").done().out == said.out
    assert "of other units 1 failed" in prompt("mail", "status", by="101").done().out  # a head of another unit
    assert prompt("mail", "send", **mailed).done().out == "0 sent, 0 deferred, 0 failed.\n"


def test_a_server_that_is_not_there_is_told_and_what_waits_is_sent_by_the_timer(
    prompt: Prompt, handler: Handler
) -> None:
    with served(handler) as port:
        pass
    said = prompt("distribute", "--channel", "mail", "--json", by="104", **settings(port))
    assert (said.code, said.json["waiting"], said.json["sent"]) == (1, 9, 0)
    assert "does not answer (ConnectionRefusedError)" in said.json["stopped"]
    assert "What waits is sent by the next `mail send`" in said.err
    with served(handler) as port:
        assert prompt("mail", "send", **settings(port)).done().out == "9 sent, 0 deferred, 0 failed.\n"
    assert len(handler.recipients) == 9


@pytest.mark.parametrize(
    ("lacks", "setting"), [("SMTP_HOST", "smtp_host"), ("MAIL_FROM", "mail_from"), ("PUBLIC_URL", "public_url")]
)
def test_a_setting_that_lacks_is_named_before_a_campaign_is_open(prompt: Prompt, lacks: str, setting: str) -> None:
    given = settings(25) | {f"GEO_OFFLIMITS_{lacks}": ""}
    prompt("campaign", "status", by="104")
    before = prompt.contents()
    for words in (("distribute", "--channel", "mail"), ("mail", "send")):
        said = prompt(*words, by="104", **given)
        assert (said.code, f"setting {setting}" in said.err) == (1, True), said
    assert prompt.contents() == before


@pytest.mark.parametrize(
    ("words", "by", "code", "told"),
    [
        (("distribute", "--channel", "mail"), "107", 1, "needs a role"),
        (("mail", "status"), "107", 1, "needs a role"),
        (("distribute", "--channel", "mail", "--output", "sent"), "104", 2, "--output is for files"),
        (("mail", "send", "--mission", "NONE"), None, 1, "no mission NONE"),
    ],
)
def test_what_may_not_be_is_refused_and_nothing_is_sent(  # noqa: PLR0917  (fixtures and cases)
    prompt: Prompt,
    mailed: dict[str, str],
    handler: Handler,
    words: tuple[str, ...],
    by: str | None,
    code: int,
    told: str,
) -> None:
    before = prompt.contents()
    said = prompt(*words, by=by, **mailed)
    assert (said.code, told in said.err) == (code, True), said
    assert prompt.contents() == before
    assert handler.taken == []


def test_without_mail_the_status_says_so(prompt: Prompt) -> None:
    assert prompt("mail", "status", by="104").done().out == "No campaign is mailed.\n"
    assert prompt("mail", "status", "--json", by="104").done().json is None


def test_the_timer_and_a_person_remind_and_a_report_of_mail_that_came_back_is_read(
    prompt: Prompt, mailed: dict[str, str], handler: Handler
) -> None:
    opened = prompt("distribute", "--channel", "mail", "--json", by="104", **mailed).done().json
    assert prompt("campaign", "run", **mailed).done().out == "Nothing is due.\n"
    reminded = prompt("campaign", "remind", "--json", by="104", **mailed).done().json
    assert reminded == {"campaign": opened["campaign"], "reminded": 9}
    assert prompt("campaign", "remind", by="107", **mailed).code == 1
    assert prompt("mail", "send", "--json", **mailed).done().json["sent"] == 9
    sent = [one.message for one in handler.taken if one.recipient.startswith("p107")]
    assert [message["Subject"].startswith("Reminder") for message in sent] == [False, True]
    report = FAILED.replace("KEY", str(sent[1]["Message-ID"]))
    assert bounced(prompt, report).done().out == "Marked as failed: 107. Give them paper.\n"
    assert "of other units 1 failed and 0 have no address" in prompt("mail", "status", by="104").done().out
    delayed = report.replace("Action: failed", "Action: delayed")
    assert "only tells of a delay" in bounced(prompt, delayed).done().out
    other = bounced(prompt, FAILED.replace("KEY", f"<{'0' * 32}@isle.example>"))
    assert (other.code, "about no message" in other.out) == (1, True)


def bounced(prompt: Prompt, report: str) -> Said:
    path = prompt.folder / "came-back.eml"
    path.write_text(report)
    return prompt("mail", "bounced", path)


FAILED = """Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.isle.example

Final-Recipient: rfc822; p107@isle.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: KEY

--b--
"""


def test_leave_and_an_induction_are_entered_by_a_manager_alone(prompt: Prompt) -> None:
    days = ("--from", "2027-01-04", "--to", "2027-01-20")
    away = prompt("person", "leave", "107", *days, "--json", by="104").done().json
    assert away["person"] == "107"
    assert prompt("person", "leave", "107", "--back", by="104").done().code == 0
    assert prompt("person", "leave", "107", "--back", "--from", "2027-01-04", by="104").code == 2
    assert prompt("person", "leave", "108", *days, by="107").code == 1
    told = prompt("person", "induction", "107", "--language", "fr", "--json", by="104").done().json
    assert (told["language"], told["edition"]) == ("fr", 1)
    assert prompt("person", "induction", "104", "--language", "fr", by="104").code == 1
