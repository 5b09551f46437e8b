"""What may be changed and forgotten: sessions, passphrase hashes, failed attempts to sign in."""

from dataclasses import replace
from typing import Any

from geo_offlimits.domain.sessions import Door
from geo_offlimits.store import Attempt, Credential, Session

Island = Any


def test_a_session_is_used_and_ends(either_island: Island) -> None:
    island = either_island
    session = Session(
        token_hash="a" * 64,
        handle="s_1",
        door=Door.PAGES,
        person_id="head",
        csrf="c",
        created_at=island.at(0),
        seen_at=island.at(0),
    )
    other = replace(session, token_hash="b" * 64, person_id="officer")
    with island.store.writing() as tx:
        tx.sessions.add(session)
        tx.sessions.add(other)
        tx.sessions.touch(session.token_hash, island.at(1))
    with island.store.reading() as tx:
        assert tx.sessions.get(session.token_hash) == replace(session, seen_at=island.at(1))
        assert tx.sessions.get(other.token_hash) == other
        assert tx.sessions.get("c" * 64) is None
    with island.store.writing() as tx:
        tx.sessions.remove_idle(island.at(1))
        assert tx.sessions.get(other.token_hash) is None
        tx.sessions.remove(session.token_hash)
        assert tx.sessions.get(session.token_hash) is None


def test_all_sessions_of_a_person_end_together_and_nobody_elses(either_island: Island) -> None:
    island = either_island
    with island.store.writing() as tx:
        for token, person_id in (("a", "head"), ("b", "head"), ("c", "officer")):
            tx.sessions.add(
                Session(
                    token_hash=token,
                    handle="s_1",
                    door=Door.PAGES,
                    person_id=person_id,
                    csrf="c",
                    created_at=island.at(0),
                    seen_at=island.at(0),
                )
            )
        tx.sessions.remove_of("head")
        assert [tx.sessions.get(token) is not None for token in "abc"] == [False, False, True]


def test_a_new_passphrase_leaves_nothing_of_the_old_one(either_island: Island) -> None:
    island = either_island
    with island.store.writing() as tx:
        assert tx.people.credential("head") is None
        tx.people.set_passphrase("head", "first", one_time=True, at=island.at(0))
        assert tx.people.credential("head") == Credential(hash="first", one_time=True)
        tx.people.set_passphrase("head", "second", one_time=False, at=island.at(1))
    with island.store.reading() as tx:
        assert tx.people.credential("head") == Credential(hash="second", one_time=False)


def test_failures_are_counted_for_one_person_and_for_one_source_since_a_moment(either_island: Island) -> None:
    island = either_island
    here = Attempt(reference_digest="d", source_digest="0001")
    elsewhere, another = replace(here, source_digest="0002"), replace(here, reference_digest="e")
    with island.store.writing() as tx:
        for day in (0, 1, 2):
            tx.people.record_failure(here, island.at(day))
        tx.people.record_failure(elsewhere, island.at(2))
        tx.people.record_failure(another, island.at(2))
        assert tx.people.failures_of_person(here, island.at(1)) == 3
        assert tx.people.failures_of_source(here, island.at(1)) == 2
        assert tx.people.failures_of_source(elsewhere, island.at(0)) == 1
        tx.people.forget_failures(island.at(2))
        assert tx.people.failures_of_source(here, island.at(0)) == 1
        assert tx.people.failures_of_person(replace(here, reference_digest="f"), island.at(0)) == 0


def test_a_store_without_people_says_so(either_island: Island) -> None:
    with either_island.store.reading() as tx:
        assert tx.people.nobody()
    either_island.peopled()
    with either_island.store.reading() as tx:
        assert not tx.people.nobody()


def test_a_session_resumed_is_the_session_kept_and_stays_that_of_one_snapshot(either_island: Island) -> None:
    island, store = either_island, either_island.store
    session = Session(
        token_hash="d" * 64,
        handle="s_1",
        door=Door.PAGES,
        person_id="head",
        csrf="x",
        created_at=island.at(0),
        seen_at=island.at(0),
    )
    with store.writing() as tx:
        tx.sessions.add(session)
    with store.reading() as tx:
        assert tx.session(session.token_hash) == session
        with store.writing() as other:
            other.sessions.remove(session.token_hash)
        assert tx.session(session.token_hash) == session
        assert tx.sessions.get(session.token_hash) == session
    with store.reading() as tx:
        assert tx.session(session.token_hash) is None
