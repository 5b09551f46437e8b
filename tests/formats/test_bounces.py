"""Reports of mail that came back, as mail servers write them."""

from contextlib import suppress

import pytest

from geo_offlimits.errors import InputError
from geo_offlimits.formats.bounces import Bounce, read_bounces

KEY = "0123456789abcdef0123456789abcdef"
ORIGINAL = f"""Content-Type: text/rfc822-headers

From: Mission <list@pela.example>
To: Orla Venn <p103@pela.example>
Message-ID: <{KEY}@pela.example>
"""


def report(*groups: str, original: str = ORIGINAL, head: str = "") -> bytes:
    """Multipart/report in the form of Postfix."""
    status = "\n\n".join(("Reporting-MTA: dns; mx.pela.example\nX-Queue-ID: 1234", *groups))
    parts = (
        "Content-Type: text/plain\n\nIt came back.",
        f"Content-Type: message/delivery-status\n\n{status}\n",
        original,
    )
    body = "\n".join(f"--b\n{part}" for part in parts)
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    heads = f"From: MAILER-DAEMON@pela.example\nMessage-ID: <own@mx>\n{head}MIME-Version: 1.0\n{kind}"
    return f"{heads}\n\n{body}\n--b--\n".encode()


FAILED = "Final-Recipient: rfc822; p103@pela.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 Orla?"


def test_a_recipient_who_failed_is_told_with_the_name_of_the_message_and_the_code() -> None:
    assert read_bounces(report(FAILED)) == (Bounce(key=KEY, address="p103@pela.example", answer="bounced 5.1.1"),)


def test_the_whole_message_may_come_back_and_what_its_sender_wrote_comes_before_what_a_server_made_of_it() -> None:
    whole = ORIGINAL.replace("text/rfc822-headers", "message/rfc822") + "\nIts text.\n"
    group = FAILED.replace("p103@", "orla.venn@") + "\nOriginal-Recipient: rfc822;<p103@pela.example>"
    assert read_bounces(report(group, original=whole)) == (
        Bounce(key=KEY, address="p103@pela.example", answer="bounced 5.1.1"),
    )


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_is_only_delayed_or_was_delivered_has_not_failed(action: str) -> None:
    assert read_bounces(report(FAILED.replace("failed", action))) == ()


def test_of_several_recipients_those_who_failed_are_told() -> None:
    other = FAILED.replace("p103", "p104").replace("failed", "delivered")
    assert [one.address for one in read_bounces(report(other, FAILED))] == ["p103@pela.example"]


def test_a_code_that_is_none_is_left_out_and_no_word_of_the_server_is_kept() -> None:
    [told] = read_bounces(report(FAILED.replace("5.1.1", "Orla Venn is gone")))
    assert told.answer == "bounced"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no delivery status"),
        (b"From: a@b\nSubject: Out of office\n\nI am away.", "no delivery status"),
        (report(), "no delivery status"),
        (report(FAILED, original="Content-Type: text/plain\n\nnothing"), "no message of ours"),
        (report(FAILED, original=ORIGINAL.replace(KEY, "another")), "no message of ours"),
        (report(FAILED, original=ORIGINAL.replace(KEY, KEY + "0")), "no message of ours"),
        (
            report(FAILED, original=ORIGINAL, head=f"X-Key: <{KEY}@x>\n").replace(b"rfc822-headers", b"plain"),
            "no message",
        ),
        (b"\xff\x00" * 40, "no delivery status"),
        (b"a" * 1_000_001, "longer than 1000000 bytes"),
    ],
)
def test_what_is_no_report_of_a_message_of_ours_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_bounces(content)


@pytest.mark.parametrize("cut", range(0, 700, 23))
def test_a_report_that_was_cut_is_refused_or_read_and_nothing_else(cut: int) -> None:
    with suppress(InputError):
        assert all(one.key == KEY for one in read_bounces(report(FAILED)[:cut]))
