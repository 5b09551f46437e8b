"""What somebody who may not know it tries to work out: by mail, by reminding, by what a campaign's mail has come to."""

import json

import pytest

from geo_offlimits.domain.disclosure import NONE
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.services import completion, escalating, outbox
from tests.mail_server import Handler
from tests.services.conftest import MISSION, World
from tests.services.mailing import sent, standing
from tests.services.test_asking import acknowledge, opened, published, set_to
from tests.services.test_completion import joined
from tests.services.test_escalating import DUE, body, on


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_a_head_is_told_by_mail_what_the_page_tells_and_no_number_beside_it(
    world: World, handler: Handler, port: int
) -> None:
    set_to(world, smtp_host="127.0.0.1")
    all_but_one, most, some = joined(world, "Ports", 6), joined(world, "Signals", 20), joined(world, "Mills", 20)
    alone = joined(world, "Lighthouse", 1)
    world.listed("Blue Lantern")
    campaign = opened(published(world))
    acknowledge(world, all_but_one[0], *most[:2], *some[:9])
    sent(world, port)
    on(world, DUE.replace(day=DUE.day + 2))
    sent(world, port)
    on(world, DUE.replace(day=DUE.day + 7))
    handler.taken[:] = [one for one in handler.taken if one.recipient != "p101@pela.example"]
    acknowledge(world, "101")  # so that the head is reminded of nothing of their own
    sent(world, port)
    told = body(handler, "p101@pela.example").replace("\r\n", "\n")
    with world.reading("101") as act:
        page = completion.of_campaign(act, campaign.campaign_id).units()
    assert (page["Lighthouse"].asked, page["Lighthouse"].outstanding, page["Lighthouse"].left_out) == (0, NONE, 1)
    assert [str(page[unit].outstanding) for unit in ("Ports", "Signals", "Mills")] == ["1–5", "16–19", "11"]
    for unit in ("Ports", "Signals", "Mills"):
        assert f"{unit}: {page[unit].outstanding} – without a manager of its own\n" in told
    assert "Lighthouse: fewer than 5 – without" in told
    for hidden in (alone[0], "Stan Field", " 18", " 5\n"):
        assert hidden not in told


def test_what_a_campaign_s_mail_has_come_to_is_the_same_before_and_after_reminders(
    world: World, handler: Handler, port: int
) -> None:
    set_to(world, smtp_host="127.0.0.1")
    world.listed("Blue Lantern")
    published(world)
    with world.acting("105") as act:
        campaign = outbox.distribute(act, MISSION)
    sent(world, port)
    acknowledge(world, "100", "101", "102", "103", "104", "106", "107")
    before = standing(world, campaign)
    with world.acting("101") as act:
        assert escalating.remind(act, campaign.campaign_id)
    assert standing(world, campaign).counts == before.counts
    handler.taken.clear()
    sent(world, port)
    assert {one.recipient for one in handler.taken} == {f"p{number}@pela.example" for number in ("105", "108", "109")}
    assert standing(world, campaign).counts == before.counts


def test_whom_mail_did_not_reach_is_told_to_who_hands_out_paper_and_not_to_a_conduct_officer(world: World) -> None:
    world.listed("Blue Lantern")
    published(world)
    with world.acting("105") as act:
        campaign = outbox.distribute(act, MISSION)
    with world.reading("101") as act:
        found = outbox.mailing(act, MISSION)
    assert found
    assert found.without_address_in_all == 1
    assert "110" not in json.dumps(found.as_json())  # who is of another unit than the head
    for number in (None, campaign.campaign_id):
        with pytest.raises(NotPermittedError), world.reading("106") as act:
            outbox.of_campaign(act, number) if number else outbox.mailing(act, MISSION)
