"""What a mail server takes and does not deliver, refuses for a fault that is not the recipient's, or sends back."""

import pytest

from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.mail import MailState
from geo_offlimits.formats.bounces import Bounce
from geo_offlimits.services import outbox
from tests.mail_server import Handler
from tests.services.conftest import World
from tests.services.mailing import ADDRESSES, on_either_store, refuse_wrong_counts, run_out, sent, standing


@pytest.fixture
def backend() -> str:
    return "sqlite"


def key_of(handler: Handler, address: str) -> str:
    [one] = [one for one in handler.taken if one.recipient == address]
    return str(one.message["Message-ID"]).strip("<>").partition("@")[0]


@on_either_store
def test_mail_that_comes_back_marks_its_recipient_as_given_up_and_nobody_else(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    sent(world, port)
    bounce = Bounce(key=key_of(handler, "p103@pela.example"), address="P103@pela.example", answer="bounced 5.1.1")
    for _ in range(2):
        with world.acting(None) as act:
            person = outbox.bounced(act, bounce)
            assert person
            assert person.number == "103"
    found = standing(world, campaign, "Police")
    assert [(one.number, answer) for one, answer in found.failed] == [("103", "bounced 5.1.1")]
    assert found.counts == {MailState.SENT: 9, MailState.FAILED: 1}
    assert sent(world, port).sent == 0


def test_a_report_about_no_message_of_ours_or_of_another_address_or_before_it_was_sent_marks_nothing(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    with world.reading(None) as act:
        waits = act.tx.outbox.due(act.now)
        assert waits
    early = Bounce(key=waits.key, address="", answer="bounced")
    with world.acting(None) as act:
        assert outbox.bounced(act, early) is None
    sent(world, port)
    key = key_of(handler, "p103@pela.example")
    for wrong in (
        Bounce(key="0" * 32, address="p103@pela.example", answer="bounced"),
        Bounce(key=key, address="p104@pela.example", answer="bounced"),
    ):
        with world.acting(None) as act:
            assert outbox.bounced(act, wrong) is None
    assert standing(world, campaign).counts == {MailState.SENT: 10}


@pytest.mark.parametrize("answer", ["550 5.7.1 relaying denied", "554 5.3.0 no", "550 go away", "554 policy"])
def test_a_relay_at_fault_that_refuses_everybody_fails_nobody_who_gets_theirs_once_it_is_mended(
    world: World, campaign: Campaign, handler: Handler, port: int, answer: str
) -> None:
    handler.at_rcpt = lambda _address: answer
    run = sent(world, port)
    assert (run.sent, run.failed, run.deferred) == (0, 0, 10)
    world.clock.later(hours=1)
    assert sent(world, port).deferred == 10
    handler.at_rcpt = lambda _address: None
    run_out(world, port)
    refuse_wrong_counts(handler.recipients, ADDRESSES)
    assert standing(world, campaign).counts == {MailState.SENT: 10}
