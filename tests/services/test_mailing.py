"""Mail of a campaign: who is written to and why, what it says, and what ends it."""

from dataclasses import replace
from datetime import date

import pytest

from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.campaign import Campaign
from geo_offlimits.domain.mail import MailState
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import RefusedError, UnverifiedError
from geo_offlimits.services import acknowledging, campaigns, outbox, people, sending
from geo_offlimits.services.sending import Run
from tests.mail_server import Handler
from tests.services.conftest import MISSION, World
from tests.services.mailing import ADDRESSES, on_either_store, opened, postman, refuse_wrong_counts, sent, standing
from tests.services.test_asking import status
from tests.tampering import another_signature


@pytest.fixture
def backend() -> str:
    return "sqlite"


@on_either_store
def test_everybody_with_an_address_gets_one_message_and_who_has_none_is_told(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    before = world.tags()
    assert before[-2:] == ["campaign:opened", "campaign:mailed"]
    assert world.leaves()[-1]["facts"] | {} == {"edition": 1, "queued": 10, "without_address": 1}
    progress: list[int] = []
    run = sending.send(world.wiring, postman(port), progress=lambda so_far: progress.append(so_far.sent))
    assert (run.sent, run.deferred, run.failed, run.stopped) == (10, 0, 0, "")
    assert progress == list(range(1, 11))
    refuse_wrong_counts(handler.recipients, ADDRESSES)
    assert handler.sessions == 1
    found = standing(world, campaign, "Engineers")
    assert found.counts == {MailState.SENT: 10}
    assert [one.number for one in found.without_address] == ["110"]
    assert "no address: 110" in found.as_text()
    assert found.as_json()["without_address"] == ["110"]
    # A manager of another unit reads the number alone.
    other = standing(world, campaign)
    assert (other.without_address, other.without_address_in_all) == ((), 1)
    assert "110" not in str(other.as_json()) + other.as_text()
    assert "of other units 0 failed and 1 have no address" in other.as_text()
    # Sending again sends nothing again, and mail acknowledges nothing.
    assert sent(world, port).sent == 0
    assert len(handler.taken) == 10
    assert world.tags() == before
    assert len(status(world, campaign)["outstanding"]) == 11


@on_either_store
def test_an_edition_published_while_mail_goes_out_is_not_held_up_and_ends_the_mail_about_the_older_one(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    def publish(_address: str) -> None:
        """Asked while the sender waits for the server."""
        if len(handler.taken) == 3:
            world.listed("Red Door", -29.7, 10.2)
            assert world.published().number == 2

    handler.at_data = publish
    run = sent(world, port)
    assert run.sent == 4
    assert standing(world, campaign).counts == {MailState.SENT: 4, MailState.WITHDRAWN: 6}
    handler.at_data = lambda _address: None
    later = opened(world)
    assert later.campaign_id != campaign.campaign_id
    assert sent(world, port).sent == 10


@on_either_store
def test_a_closed_campaign_sends_nothing_more_and_stays_closed_when_a_message_was_under_way(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    def close(_address: str) -> str | None:
        if sum(handler.tried.values()) == 2:
            with world.acting("105") as act:
                campaigns.close(act, campaign.campaign_id)
            return "451 4.7.1 later"
        return None

    handler.at_rcpt = close
    assert sent(world, port).sent == 1
    world.clock.later(days=1)
    assert sent(world, port) == Run()
    assert standing(world, campaign).counts == {MailState.SENT: 1, MailState.WITHDRAWN: 9}


@on_either_store
def test_who_has_acknowledged_or_left_meanwhile_is_not_written_to(
    world: World, campaign: Campaign, handler: Handler, port: int
) -> None:
    with world.acting("108") as act:
        acknowledging.acknowledge(act, MISSION, 1, campaign.edition_sha256, "en")
    with world.acting("100") as act:
        people.depart(act, "109")
    world.clock.later(days=1)
    assert sent(world, port).sent == 8
    refuse_wrong_counts(handler.recipients, ADDRESSES - {"p108@pela.example", "p109@pela.example"})
    assert standing(world, campaign).of(MailState.WITHDRAWN) == 2


@on_either_store
def test_to_distribute_again_goes_on_with_the_campaign_that_is_mailed(world: World, campaign: Campaign) -> None:
    leaves = len(world.leaves())
    assert opened(world) == campaign
    with pytest.raises(RefusedError, match=r"another deadline\. Leave the deadline out"):
        opened(world, deadline=date(2026, 4, 1))
    assert "campaign:opened" not in world.tags()[leaves:]
    with world.acting("105") as act:
        campaigns.close(act, campaign.campaign_id)
    assert opened(world, deadline=date(2026, 4, 1)).campaign_id != campaign.campaign_id


@pytest.mark.parametrize("number", ["103", "108", "106", "100", "201"])
def test_who_may_not_distribute_queues_nothing(world: World, number: str) -> None:
    world.listed()
    world.published()
    with pytest.raises(NotPermittedError), world.acting(number) as act:
        outbox.distribute(act, MISSION)
    with world.reading(None) as act:
        assert act.tx.outbox.waiting(MISSION)[0] == 0
    if number != "106":
        with pytest.raises(NotPermittedError), world.reading(number) as act:
            outbox.mailing(act, MISSION)


def test_what_changed_since_the_edition_that_a_person_acknowledged_comes_first_in_their_language(
    world: World, handler: Handler, port: int
) -> None:
    gone = world.listed("Old Anchor", -29.6, 10.4).designation_id
    first = world.published()
    for number in ("108", "109"):
        with world.acting(number) as act:
            acknowledging.acknowledge(act, MISSION, 1, first.sha256, "en")
    world.listed("Red Door", -29.7, 10.2)
    world.lifted(gone)
    second = world.published(confirm_removals=True)
    with world.acting(None) as act:
        stan = act.tx.people.find("109")
        assert stan
    with world.acting("100") as act:
        act.tx.people.replace(replace(stan, language="fr-CH"), act.now)
        act.record(AuditTag.PERSON_ADDED, subject=stan.person_id)
    opened(world, deadline=date(2026, 3, 20))
    assert sent(world, port).sent == 10
    by = {one.recipient: one for one in handler.taken}
    told = by["p108@pela.example"]
    assert told.message["Subject"] == "PELA: list of off-limits premises, edition 2"
    for kind in ("plain", "html"):
        text = told.part(kind)
        start, address, rest = text.partition("https://list.pela.example/acknowledge/2")
        assert address
        assert start.index("Since edition 1") < start.index("Red Door") < start.index("Old Anchor")
        assert second.sha256 in rest
        assert "20 March 2026" in rest
        assert "acknowledges nothing" in rest
        assert "Stan Field" not in text
        assert "108" not in text.replace(second.sha256, "")
    assert "Depuis l’édition 1" in by["p109@pela.example"].part("plain")
    assert by["p109@pela.example"].message["Content-Language"] == "fr"
    new = by["p101@pela.example"].part("plain")
    assert "Old Anchor" not in new
    assert "Red Door" not in new
    assert "Entries on the list: 1" in new
    assert told.message["To"] == "Stan Field <p108@pela.example>"
    assert told.message["Auto-Submitted"] == "auto-generated"


def test_an_edition_that_does_not_verify_is_not_mailed_and_one_before_it_holds_nobody_up(
    world: World, handler: Handler, port: int
) -> None:
    world.listed("Blue Lantern")
    first = world.published()
    with world.acting("108") as act:
        acknowledging.acknowledge(act, MISSION, 1, first.sha256, "en")
    world.listed("Red Door", -29.7, 10.2)
    world.published()
    opened(world)
    world.tamper(another_signature, number=2)
    with pytest.raises(UnverifiedError, match="Edition 2 of PELA does not verify"):
        sent(world, port)
    assert handler.tried == {}
    with world.reading(None) as act:
        waits = act.tx.outbox.due(act.now)
        assert waits
        assert (waits.attempts, waits.claimed_at) == (0, None)
    world.tamper(lambda row: row | {"envelope": row["envelope"].replace(b'"sig":"AAAA', b'"sig":"')}, number=2)
    world.tamper(another_signature, number=1)
    assert sent(world, port).sent == 10
    told = next(one for one in handler.taken if one.recipient == "p108@pela.example")
    assert "Read all of it" in told.part("plain")
