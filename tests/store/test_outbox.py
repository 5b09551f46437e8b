"""The outbox of either store: what is due comes in its order, nothing is lost, and one process at a time sends."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_offlimits.domain.mail import MailState, Message, Outcome, Result, pause
from geo_offlimits.errors import RefusedError

Island = Any
TAKEN = Outcome(result=Result.TAKEN, answer="250")
DEFERRED = Outcome(result=Result.DEFERRED, answer="451 4.7.1")
REFUSED = Outcome(result=Result.REFUSED, answer="550 5.1.1")


def queued(island: Island, *people: str, day: int = 0, **changed: Any) -> list[Message]:
    messages = [island.message(island.at(day), person_id=person, **changed) for person in people]
    with island.store.writing() as tx:
        tx.outbox.add(messages)
    return messages


def test_what_is_due_longest_comes_first_and_what_is_not_due_does_not_come(either_island: Island) -> None:
    island = either_island
    queued(island, "b", day=1)
    queued(island, "a", day=2)
    elsewhere = queued(island, "c", day=0, mission="MORO", campaign_id="other")[0]
    with island.store.writing() as tx:
        assert tx.outbox.due(island.at(0) - timedelta(seconds=1)) is None
        assert tx.outbox.due(island.at(5)) == elsewhere
        first = tx.outbox.due(island.at(5), "DEMO")
        assert first.person_id == "b"
        tx.outbox.put(first.claimed(island.at(5)).entered(TAKEN, island.at(5), most_attempts=3))
        assert tx.outbox.due(island.at(1), "DEMO") is None
        assert tx.outbox.due(island.at(2), "DEMO").person_id == "a"
        assert tx.outbox.counts("campaign-2-7") == {MailState.SENT: 1, MailState.WAITING: 1}
        assert tx.outbox.counts("other") == {MailState.WAITING: 1}
        assert tx.outbox.waiting("DEMO") == (1, island.at(2), island.at(2))
        assert tx.outbox.waiting("NONE") == (0, None, None)


def test_there_is_one_message_a_recipient_and_campaign(either_island: Island) -> None:
    first = queued(either_island, "a")
    with pytest.raises(RefusedError):
        queued(either_island, "b", "a")
    with either_island.store.reading() as tx:
        assert tx.outbox.due(either_island.at(1)) == first[0]
        assert tx.outbox.counts("campaign-2-7") == {MailState.WAITING: 1}


def test_what_a_dead_sender_had_claimed_is_due_again_and_nothing_else_is(either_island: Island) -> None:
    island = either_island
    claimed, deferred, sent = queued(island, "a", "b", "c")
    now = island.at(0)
    with island.store.writing() as tx:
        for one, after in ((deferred, DEFERRED), (sent, TAKEN)):
            tx.outbox.put(one.claimed(now).entered(after, now, most_attempts=9))
        tx.outbox.put(claimed.claimed(now))
        assert tx.outbox.due(now) is None
        assert tx.outbox.free(now) == 1
        found = tx.outbox.due(now)
        assert (found.person_id, found.attempts, found.claimed_at) == ("a", 1, None)
        tx.outbox.put(found.claimed(now))
        assert tx.outbox.due(now) is None
        assert tx.outbox.counts("campaign-2-7") == {MailState.WAITING: 2, MailState.SENT: 1}


def test_a_campaign_is_withdrawn_without_what_was_sent(either_island: Island) -> None:
    island = either_island
    sent, _ = queued(island, "a", "b")
    queued(island, "a", campaign_id="later", day=1)
    with island.store.writing() as tx:
        tx.outbox.put(sent.claimed(island.at(0)).entered(TAKEN, island.at(0), most_attempts=9))
        assert tx.outbox.withdraw("campaign-2-7") == 1
        assert tx.outbox.counts("campaign-2-7") == {MailState.SENT: 1, MailState.WITHDRAWN: 1}
        assert tx.outbox.counts("later") == {MailState.WAITING: 1}
        assert tx.outbox.latest("DEMO") == "later"
        assert tx.outbox.latest("MORO") is None


def test_one_that_failed_is_told_with_its_answer(either_island: Island) -> None:
    island = either_island
    one, _ = queued(island, "a", "b")
    failed = one.claimed(island.at(0)).entered(REFUSED, island.at(0), most_attempts=9)
    with island.store.writing() as tx:
        tx.outbox.put(failed)
        assert tx.outbox.failed("campaign-2-7") == (failed,)
    assert (failed.state, failed.answer) == (MailState.FAILED, "550 5.1.1")


def test_a_second_sender_is_refused_and_may_begin_when_the_first_has_ended(either_island: Island) -> None:
    store = either_island.store
    with store.sending():
        with pytest.raises(RefusedError, match="Another process is sending mail"), store.sending():
            pytest.fail("two at once")
        with store.writing() as tx:  # nobody who writes is held up
            tx.outbox.add([either_island.message(either_island.at(0))])
    with store.sending():
        pass


def test_a_sender_that_is_killed_holds_nobody_up(either_island: Island) -> None:
    url = either_island.store._engines.writer.url.render_as_string(hide_password=False)
    code = (
        f"from geo_offlimits.store import Store\nimport os, signal\nwith Store.open({url!r}).sending():\n"
        "    print('in', flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (died.returncode, died.stdout) == (-9, "in\n")
    with either_island.store.sending():
        pass


@given(st.integers(1, 200), st.text(max_size=9))
def test_a_pause_is_a_minute_doubled_up_to_four_hours_give_or_take_a_fifth(attempts: int, key: str) -> None:
    plain = min(2 ** (attempts - 1), 240)
    assert 0.8 * plain <= pause(attempts, key).total_seconds() / 60 <= 1.2 * plain
    assert pause(attempts, key) == pause(attempts, key)


def test_messages_that_are_deferred_together_do_not_come_back_together() -> None:
    assert len({pause(1, str(number)) for number in range(100)}) > 80


def test_what_is_deferred_for_the_last_time_has_failed_and_what_was_given_back_has_not_been_tried(
    island: Island,
) -> None:
    waiting = island.message(island.at(0))
    first = waiting.claimed(island.at(0))
    assert first.next_attempt_at > island.at(0)
    deferred = first.entered(DEFERRED, island.at(0), most_attempts=2)
    assert deferred == replace(first, claimed_at=None, answer="451 4.7.1")
    assert deferred.claimed(island.at(1)).entered(DEFERRED, island.at(1), most_attempts=2).state is MailState.FAILED
    assert first.given_back(island.at(0)) == waiting
    assert waiting.key != replace(waiting, person_id="head").key
    assert waiting.key == first.key
