"""Tokens: what they open for their holder, and how they end."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.people import Action, Actor, NotPermittedError, Role, RoleGrant
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.errors import AbsentError, InputError
from geo_offlimits.services import deltas, editions, exports, flags, missions, people, register, tokens
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.services.tokens import Issued, Recognised, TooManyTokensError, UnknownTokenError
from tests.services.conftest import MISSION, OTHER, World, venue

HEAD, OFFICER, MANAGER, CONDUCT, STAFF, PATROL, ADMIN, STRANGER = "101", "103", "105", "106", "108", "109", "100", "201"


def issued(world: World, by: str = PATROL, purpose: Purpose = Purpose.SYNC, days: float = 90) -> Issued:
    with world.acting(by) as act:
        return tokens.issue(act, MISSION, purpose, timedelta(days=days))


def recognised(world: World, text: str) -> Recognised:
    with world.wiring.reading() as act:
        return tokens.recognise(act, text)


def opens(world: World, text: str) -> bool:
    try:
        recognised(world, text)
    except UnknownTokenError:
        return False
    return True


def test_a_token_has_256_random_bits_and_is_recognised_as_its_holder(world: World) -> None:
    made = issued(world)
    assert made.text.startswith("offlimits_")
    assert len(made.text.removeprefix("offlimits_")) == 43
    assert made.text != issued(world).text
    found = recognised(world, made.text)
    assert (found.actor.person.number, found.token) == (PATROL, made.token)
    assert (made.token.token_id, made.token.expires_at - made.token.issued_at) == ("PELA-T0001", timedelta(days=90))
    assert world.tags()[-2:] == ["token:issued", "token:issued"]
    assert world.whole()


@pytest.mark.parametrize("text", ["", "offlimits_", "é", "PELA-T0001", "x" * 100_000])
def test_what_is_no_token_is_not_recognised(world: World, text: str) -> None:
    issued(world)
    assert not opens(world, text)


def test_neither_its_text_nor_anything_it_could_be_made_from_is_kept(world: World) -> None:
    made = issued(world)
    assert made.text not in repr(made.token)
    assert made.token.sha256 not in repr(made.token)
    assert not any(made.token.sha256 in str(leaf) for leaf in world.leaves())
    kept = world.kept()
    assert made.token.sha256.encode() in kept
    assert made.text.removeprefix("offlimits_").encode() not in kept


RIGHTS = {
    Purpose.SYNC: {Action.LOOK_UP, Action.EXPORT},
    Purpose.API: {Action.LOOK_UP, Action.EXPORT, Action.PROPOSE},
    Purpose.DEVICE: {Action.LOOK_UP, Action.EXPORT},
    Purpose.METRICS: {Action.READ_FIGURES},
}


@pytest.mark.parametrize("purpose", Purpose, ids=str)
def test_a_token_carries_what_its_purpose_says_in_its_mission_alone(world: World, purpose: Purpose) -> None:
    holder = ADMIN if purpose is Purpose.METRICS else HEAD
    actor = recognised(world, issued(world, holder, purpose).text).actor
    now = world.clock.now
    assert {action for action in Action if actor.may(action, MISSION, now)} == RIGHTS[purpose]
    assert not any(actor.may(action, code, now) for action in Action for code in (OTHER, None))
    person = world.actor(holder)
    assert {action for action in Action if person.may(action, MISSION, now)} > RIGHTS[purpose]


def test_a_token_gives_nobody_what_their_role_does_not(world: World) -> None:
    actor = recognised(world, issued(world, STAFF, Purpose.API).text).actor
    assert not actor.may(Action.PROPOSE, MISSION, world.clock.now)


def test_even_an_administrator_s_token_stays_in_its_mission(world: World) -> None:
    actor = recognised(world, issued(world, ADMIN, Purpose.API).text).actor
    assert actor.may(Action.LOOK_UP, MISSION, world.clock.now)
    assert not actor.may(Action.LOOK_UP, OTHER, world.clock.now)
    with world.wiring.reading(actor) as act:
        assert [one.code for one in missions.visible(act)] == [MISSION]


def by_token(world: World, by: str, purpose: Purpose = Purpose.API) -> Actor:
    return recognised(world, issued(world, by, purpose).text).actor


def test_a_token_reads_the_current_edition_and_no_retired_one(world: World) -> None:
    world.listed()
    world.published()
    world.listed("Red Door", -29.8)
    world.published()
    actor = by_token(world, CONDUCT)
    with world.wiring.reading(actor) as act:
        assert editions.read(act, world.wiring.shelf, MISSION).edition.number == 2
        assert exports.export(act, Shelf(), world.keyring, MISSION).number == 2
        assert [one.name for one in deltas.between(act, MISSION, 1, 2).added] == ["Red Door"]
    with world.wiring.reading(actor) as act, pytest.raises(editions.UnknownEditionError):
        editions.read(act, world.wiring.shelf, MISSION, 1)


def test_what_a_token_does_is_done_by_its_holder_and_told_from_what_they_did_themselves(world: World) -> None:
    listed = world.listed().designation_id
    world.published()
    actor = by_token(world, OFFICER)
    with world.wiring.writing(actor) as act:
        flags.raise_flag(act, world.wiring.shelf, MISSION, listed, kind=FlagKind.CLOSED)
        register.propose(act, MISSION, *venue("Red Door", -29.7))
    assert [(leaf["tag"], leaf["actor"], leaf["facts"].get("by_token")) for leaf in world.leaves()[-3:]] == [
        ("token:issued", "p_103", None),
        ("premises:flagged", "p_103", "PELA-T0001"),
        ("premises:proposed", "p_103", "PELA-T0001"),
    ]


def test_a_token_decides_publishes_and_issues_nothing(world: World) -> None:
    with world.acting(OFFICER) as act:
        made = register.propose(act, MISSION, *venue()).designation_id
    actor = by_token(world, HEAD)
    refused: tuple[Callable[..., object], ...] = (
        lambda act: register.designate(act, made),
        lambda act: register.show(act, made),
        lambda act: editions.publish(act, world.keyring, MISSION, expires_in=timedelta(days=30)),
        lambda act: tokens.issue(act, MISSION, Purpose.SYNC),
    )
    for attempt in refused:
        with pytest.raises(AbsentError), world.wiring.writing(actor) as act:
            attempt(act)
    with world.reading(HEAD) as act:
        assert register.show(act, made).state == "proposed"
        assert len(tokens.mine(act)) == 1
    assert world.leaves()[-1]["facts"]["by_token"] == "PELA-T0001"


def test_a_token_holds_until_it_is_over_and_not_a_second_longer(world: World) -> None:
    text = issued(world, days=1).text
    world.clock.later(days=1, seconds=-1)
    assert opens(world, text)
    world.clock.later(seconds=1)
    assert not opens(world, text)


@pytest.mark.parametrize("expires_in", [timedelta(0), timedelta(days=-1), timedelta(days=366, seconds=1)])
def test_a_token_that_would_never_or_too_long_hold_is_not_issued(world: World, expires_in: timedelta) -> None:
    with pytest.raises(InputError, match="1 to 366 days"), world.acting(PATROL) as act:
        tokens.issue(act, MISSION, Purpose.SYNC, expires_in)
    with world.acting(PATROL) as act:
        assert tokens.mine(act) == ()
        assert tokens.issue(act, MISSION, Purpose.SYNC, timedelta(days=366)).token.holds(world.clock.now)


def test_a_revoked_token_opens_nothing_from_the_next_moment_on_in_every_process(world: World) -> None:
    text, other = issued(world).text, issued(world).text
    assert opens(world, text)
    with world.acting(PATROL) as act:
        assert tokens.revoke(act, "PELA-T0001").revoked_at == world.clock.now
    assert (opens(world, text), opens(world, other)) == (False, True)
    with world.reading(PATROL) as act:
        assert [one.token_id for one in tokens.mine(act)] == ["PELA-T0002"]
    assert world.tags()[-1] == "token:revoked"


def test_only_its_holder_and_who_manages_the_mission_s_people_revoke_a_token(world: World) -> None:
    text = issued(world).text
    for number in (HEAD, STAFF, STRANGER):
        with pytest.raises(AbsentError, match="no token PELA-T0001 here for you"), world.acting(number) as act:
            tokens.revoke(act, "PELA-T0001")
    assert opens(world, text)
    with world.acting(ADMIN) as act:
        tokens.revoke(act, "PELA-T0001")
    assert not opens(world, text)
    with pytest.raises(AbsentError), world.acting(ADMIN) as act:
        tokens.revoke(act, "PELA-T0001")


def test_who_departs_leaves_no_token_that_is_listed_and_each_revocation_is_on_record(world: World) -> None:
    gone, left = issued(world), issued(world, by=STAFF)
    before = len(world.tags())
    with world.acting(ADMIN) as act:
        people.depart(act, PATROL)
    assert world.tags()[before:] == ["token:revoked", "person:departed"]
    with world.acting(ADMIN) as act:
        assert [one.token.token_id for one in tokens.of_mission(act, MISSION)] == [left.token.token_id]
        stored = act.tx.tokens.get(gone.token.token_id)
    assert stored
    assert stored.revoked_at == world.clock.now


def test_when_its_holder_departs_a_token_opens_nothing(world: World) -> None:
    text, other = issued(world).text, issued(world, STAFF).text
    world.clock.later(seconds=1)
    with world.acting(ADMIN) as act:
        people.depart(act, PATROL)
    assert (opens(world, text), opens(world, other)) == (False, True)


def test_a_token_goes_with_the_role_that_its_holder_had_in_that_mission(world: World) -> None:
    ends = world.clock.now + timedelta(days=2)
    grant = RoleGrant(role=Role.STAFF, mission=MISSION, valid=Period(end=ends))
    with world.acting(ADMIN) as act:
        people.grant_role(act, STRANGER, grant)
    text = issued(world, STRANGER).text
    with world.acting(STRANGER) as act:
        home = tokens.issue(act, OTHER, Purpose.SYNC).text
    world.clock.later(days=2)
    assert (opens(world, text), opens(world, home)) == (False, True)


def test_nobody_issues_a_token_where_they_have_no_role(world: World) -> None:
    with pytest.raises(NotPermittedError), world.acting(STAFF) as act:
        tokens.issue(act, OTHER, Purpose.SYNC)
    with pytest.raises(AbsentError), world.acting(ADMIN) as act:
        tokens.issue(act, "NOWHERE", Purpose.SYNC)


def test_a_person_has_twenty_tokens_and_the_next_when_one_is_over(world: World) -> None:
    with world.acting(PATROL) as act:
        for days in range(1, 21):
            tokens.issue(act, MISSION, Purpose.SYNC, timedelta(days=days))
        with pytest.raises(TooManyTokensError, match="20 tokens of yours"):
            tokens.issue(act, MISSION, Purpose.SYNC)
    issued(world, STAFF)
    world.clock.later(days=1)
    issued(world)


def test_its_use_is_news_once_a_day_in_the_mission_and_when_the_edition_is_another(world: World) -> None:
    text = issued(world).text
    for edition, is_news in ((None, True), (None, False), (3, True), (3, False), (None, False), (4, True)):
        found = recognised(world, text)
        assert found.is_news(edition) is is_news
        if is_news:
            with world.wiring.writing() as act:
                tokens.note_use(act, found, edition)
    world.clock.now = world.clock.now.replace(hour=23, minute=59)  # in the Azores it is an hour earlier
    assert not recognised(world, text).is_news(4)
    world.clock.later(hours=1, minutes=1)
    found = recognised(world, text)
    assert (found.today, found.is_news(None)) == (date(2026, 3, 3), True)
    with world.reading(PATROL) as act:
        (told,) = tokens.mine(act)
    assert (told.used_on, told.edition) == (date(2026, 3, 2), 4)
    assert world.whole()


def test_who_manages_the_people_of_a_mission_sees_whose_tokens_hold_there(world: World) -> None:
    issued(world)
    issued(world, STAFF, Purpose.API, days=1)
    world.clock.later(days=1)
    with world.reading(ADMIN) as act:
        (held,) = tokens.of_mission(act, MISSION)
        assert (held.holder, held.number, held.token.token_id) == ("Petra Oll", PATROL, "PELA-T0001")
        assert tokens.of_mission(act, OTHER) == ()
    with pytest.raises(NotPermittedError), world.reading(HEAD) as act:
        tokens.of_mission(act, MISSION)
