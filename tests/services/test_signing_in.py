"""Who is recognised, who is not, how little a stranger learns from it, and how little harm their failures do."""

import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from geo_offlimits.domain.people import Actor, Role, RoleGrant
from geo_offlimits.domain.sessions import Door
from geo_offlimits.errors import InputError
from geo_offlimits.services import people, sessions, signing_in
from geo_offlimits.services.passphrases import Passphrases, WeakPassphraseError
from geo_offlimits.services.signing_in import StepUpError, TooManyAttemptsError, UnrecognisedError
from geo_offlimits.store import Session, backends
from tests import proving
from tests.services.conftest import MISSION, PASSPHRASE, START, World
from tests.services.test_people import newcomer


def begun(world: World, actor: Actor) -> Session:
    return kept(world, world.wiring.sign_in(actor))


def kept(world: World, token: str) -> Session:
    with world.wiring.store.reading() as tx:
        session = tx.sessions.get(sessions.hashed(token))
    assert session
    return session


def fail(world: World, reference: str, times: int = 1) -> None:
    """From the prompt, far enough apart to be looked at each time."""
    for _ in range(times):
        with pytest.raises(UnrecognisedError):
            world.wiring.recognise(reference, "something else entirely")
        world.clock.later(minutes=2)


@pytest.mark.parametrize("reference", ["103", " 103 ", "p103@pela.example", "P103@PELA.example"])
def test_a_person_is_recognised_by_number_or_address_and_passphrase(world: World, reference: str) -> None:
    found = world.wiring.recognise(reference, PASSPHRASE)
    assert found.person.number == "103"
    assert proving.shown(found).roles(MISSION, world.clock.now) == {Role.OFFICER}
    assert world.leaves()[-1]["tag"] == "login:accepted"
    assert world.leaves()[-1]["actor"] == "p_103"


def test_a_wrong_passphrase_and_an_unknown_person_get_the_same_sentence(world: World) -> None:
    sentences = set()
    for reference in ("103", "no such number", "x" * 5000):
        with pytest.raises(UnrecognisedError) as refusal:
            world.wiring.recognise(reference, "not the right passphrase")
        sentences.add(str(refusal.value))
    assert len(sentences) == 1
    assert "103" not in sentences.pop()


def test_an_unknown_person_costs_the_same_verification(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    def counted(stored: str | None, _passphrase: str) -> bool:
        seen.append(stored)
        return False

    monkeypatch.setattr(world.wiring.passphrases, "fits", counted)
    fail(world, "103")
    fail(world, "nobody")
    assert [stored is None for stored in seen] == [False, True]


def test_without_a_stored_hash_nothing_fits(world: World) -> None:
    assert not world.wiring.passphrases.fits(None, "")
    assert not world.wiring.passphrases.fits("no argon2 hash", PASSPHRASE)


def test_a_refused_attempt_is_counted_and_audited_without_naming_anybody(world: World) -> None:
    fail(world, "103")
    fail(world, "guessed@elsewhere.example")
    refused = [leaf for leaf in world.leaves() if leaf["tag"] == "login:refused"]
    assert [leaf["subject"] for leaf in refused] == ["p_103", "unknown"]
    assert "guessed" not in str(world.leaves())
    assert world.whole()


def test_the_wait_grows_with_failures_but_never_beyond_a_minute(world: World) -> None:
    fail(world, "103", times=signing_in.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    with pytest.raises(TooManyAttemptsError) as refusal:
        world.wiring.recognise("103", PASSPHRASE)
    assert refusal.value.wait_s == signing_in.LONGEST_WAIT_S
    world.clock.later(seconds=signing_in.LONGEST_WAIT_S + 1)
    assert world.wiring.recognise("103", PASSPHRASE).person.number == "103"


def test_attempts_during_the_wait_do_not_prolong_it(world: World) -> None:
    fail(world, "103", times=signing_in.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    for _ in range(7):
        world.clock.later(seconds=8)
        with pytest.raises(TooManyAttemptsError):
            world.wiring.recognise("103", "a guess by somebody else")
    world.clock.later(seconds=8)
    world.wiring.recognise("103", PASSPHRASE)


def test_failures_of_one_person_do_not_slow_another(world: World) -> None:
    fail(world, "103", times=signing_in.FREE_FAILURES + 2)
    assert world.wiring.recognise("104", PASSPHRASE)


def test_an_unknown_person_is_slowed_like_a_known_one(world: World) -> None:
    fail(world, "nobody", times=signing_in.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    with pytest.raises(TooManyAttemptsError):
        world.wiring.recognise("NOBODY ", "again")


@pytest.mark.parametrize("reference", ["１０３", "𝟏𝟎𝟑", "Ｐ103@pela.example"])
def test_another_spelling_of_a_reference_does_not_escape_the_wait(world: World, reference: str) -> None:
    fail(world, "p103@pela.example" if "@" in reference else "103", times=signing_in.FREE_FAILURES + 20)
    world.clock.now -= timedelta(minutes=2)
    with pytest.raises(TooManyAttemptsError):
        world.wiring.recognise(reference, PASSPHRASE)


def test_a_one_time_passphrase_must_be_replaced_and_then_is_worth_nothing(world: World) -> None:
    with world.acting("100") as act:
        once = people.add_person(act, newcomer(), (RoleGrant(role=Role.STAFF, mission=MISSION),))
    actor = world.wiring.recognise("150", once)
    with world.reading(None) as act:
        assert signing_in.must_choose_passphrase(act, actor)
        with pytest.raises(signing_in.OneTimePassphraseError, match="choose your own"):
            signing_in.refuse_one_time(act, actor)
    world.wiring.choose_passphrase("150", once, "a river runs behind the school")
    with pytest.raises(UnrecognisedError):
        world.wiring.recognise("150", once)
    actor = world.wiring.recognise("150", "a river runs behind the school")
    with world.reading(None) as act:
        signing_in.refuse_one_time(act, actor)


def test_the_same_passphrase_typed_on_another_keyboard_fits(world: World) -> None:
    world.wiring.choose_passphrase("103", PASSPHRASE, "quatre caf\u00e9s ferm\u00e9s")
    assert world.wiring.recognise("103", "quatre cafe\u0301s ferme\u0301s")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("too short", "a length of 9"),
        ("a" * 40, "easy to guess"),
        ("0110100111010010", "easy to guess"),
        ("orla venn 103 orla venn", "others know of you"),
        ("p103@pela.example", "others know of you"),
        ("Venn-103-Orla-2026", "others know of you"),
        (f"{MISSION}-2026-{MISSION}-2026", "of the mission"),
        ("geo_offlimits-2026!", "of the mission"),
        ("passwordpassword", "easy to guess"),
        ("P@ssw0rd12345678", "easy to guess"),
        ("1qaz2wsx3edc4rfv", "easy to guess"),
        ("qwertyuiopasdfgh", "easy to guess"),
        ("iloveyouiloveyou1987", "easy to guess"),
        ("long " * 300, "1024 bytes"),
    ],
)
def test_a_weak_passphrase_is_refused_with_the_reason(world: World, new: str, reason: str) -> None:
    with pytest.raises(WeakPassphraseError, match=reason):
        world.wiring.choose_passphrase("103", PASSPHRASE, new)
    assert world.wiring.recognise("103", PASSPHRASE)


@pytest.mark.parametrize(
    "new",
    [
        "seven quiet ferries at dawn",
        "orla counts nine grey herons at low tide",
        "quatre cafés fermés",
        "тихие паромы на рассвете",
        "7x4k-9mwp-2t6r-hh3q-vvn8",
        "Vq)7fK2=wPz9!cTgE",
        "4@8({[</3619!|0$5+7%2" * 40,
    ],
)
def test_what_is_hard_to_guess_is_taken_however_it_is_made_and_soon(world: World, new: str) -> None:
    began = time.process_time()
    world.wiring.choose_passphrase("103", PASSPHRASE, new)
    assert time.process_time() - began < 4
    assert world.wiring.recognise("103", new)


def test_lists_of_common_words_are_read_only_when_somebody_chooses_a_passphrase() -> None:
    serving = "import sys, web.views, geo_offlimits.cli.worker; assert 'zxcvbn' not in sys.modules"
    subprocess.run([sys.executable, "-c", serving], check=True)


def test_the_present_passphrase_is_not_a_new_one(world: World) -> None:
    with pytest.raises(InputError, match="another"):
        world.wiring.choose_passphrase("103", PASSPHRASE, PASSPHRASE)


def test_choosing_a_passphrase_ends_every_session_of_the_person(world: World) -> None:
    with world.acting(None) as act:
        act.tx.sessions.add(
            Session(
                token_hash="ab" * 32,
                handle="s_1",
                door=Door.PAGES,
                person_id="p_103",
                csrf="c",
                created_at=act.now,
                seen_at=act.now,
            )
        )
    world.wiring.choose_passphrase("103", PASSPHRASE, "a river runs behind the school")
    with world.reading(None) as act:
        assert act.tx.sessions.get("ab" * 32) is None


def test_failures_that_nobody_counts_any_more_are_forgotten(world: World) -> None:
    fail(world, "103", times=3)
    world.clock.later(hours=2)
    fail(world, "108")
    with world.reading(None) as act:
        made = signing_in.attempt("103", signing_in.PROMPT)
        assert act.tx.people.failures_of_person(made, START - timedelta(days=1)) == 0


def guess(world: World, source: str, times: int = 1, reference: str = "103") -> int:
    """How many of these guesses from one source, one straight after the other, were looked at."""
    looked_at = 0
    for _ in range(times):
        with pytest.raises((UnrecognisedError, TooManyAttemptsError)) as refusal:
            world.wiring.recognise(reference, "a guess by somebody else", source)
        looked_at += refusal.type is UnrecognisedError
    return looked_at


def test_whoever_fails_from_one_source_does_not_shut_out_the_person_who_signs_in_from_another(world: World) -> None:
    for _ in range(120):
        guess(world, "192.0.2.7")
        world.clock.later(seconds=30)
    assert guess(world, "192.0.2.7") == 0
    with pytest.raises(TooManyAttemptsError):
        world.wiring.recognise("103", PASSPHRASE, "192.0.2.7")
    for source in ("198.51.100.20", "2001:db8:7::1", signing_in.PROMPT):
        assert world.wiring.recognise("103", PASSPHRASE, source).person.number == "103"


def test_guesses_for_one_person_from_everywhere_together_are_bounded_by_the_minute(world: World) -> None:
    sources = [f"198.51.100.{number}" for number in range(200)]
    assert sum(guess(world, source) for source in sources) == signing_in.MOST_A_MINUTE
    with pytest.raises(TooManyAttemptsError) as refusal:
        world.wiring.recognise("103", PASSPHRASE, "203.0.113.1")
    assert refusal.value.wait_s <= signing_in.LONGEST_WAIT_S
    assert world.wiring.recognise("104", PASSPHRASE, "203.0.113.1")
    world.clock.later(seconds=61)
    assert world.wiring.recognise("103", PASSPHRASE, "203.0.113.1")


def test_who_is_signed_in_is_not_kept_from_deciding_by_whoever_guesses_beside_them(world: World) -> None:
    source = "198.51.100.20"
    head = world.wiring.recognise("101", PASSPHRASE, source)
    session = begun(world, head)
    assert guess(world, source, times=8, reference="101") < 8
    token, _ = world.wiring.show(head, session, source, passphrase=PASSPHRASE)
    session = kept(world, token)
    for _ in range(signing_in.FREE_FAILURES + 1):
        with pytest.raises(StepUpError):
            world.wiring.show(head, session, source, passphrase="not the passphrase at all")
    with pytest.raises(TooManyAttemptsError):
        world.wiring.show(head, session, source, passphrase=PASSPHRASE)


def test_one_source_alone_does_not_reach_what_all_together_may_in_a_minute(world: World) -> None:
    looked_at = 0
    for _ in range(60):
        looked_at += guess(world, "192.0.2.7")
        world.clock.later(seconds=1)
    assert signing_in.FREE_FAILURES < looked_at < signing_in.MOST_A_MINUTE / 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("192.0.2.7", "::ffff:192.0.2.7"),
        ("2001:db8::1", "2001:0db8:0:0::2"),
    ],
)
def test_all_addresses_of_one_household_are_one_source(one: str, other: str) -> None:
    assert signing_in.attempt("103", one) == signing_in.attempt(" 103", other)


def test_sources_and_persons_are_told_apart_and_neither_can_be_read_from_what_is_kept(world: World) -> None:
    kept = {signing_in.attempt("103", f"192.0.2.{number}").source_digest for number in range(100)}
    assert len(kept) > 95
    assert signing_in.attempt("103", "192.0.2.7").source_digest != signing_in.attempt("104", "192.0.2.7").source_digest
    guess(world, "192.0.2.7")
    with world.reading(None) as act:
        row = act.tx.connection.exec_driver_sql("SELECT * FROM login_failure").mappings().one()
    assert "192" not in str(row["reference_digest"]) + str(row["source_digest"])
    assert len(row["source_digest"]) == 4
    assert "192.0.2.7" not in str(world.leaves())


def test_a_passphrase_that_was_replaced_meanwhile_no_longer_opens(world: World) -> None:
    with world.reading(None) as act:
        asked = signing_in.ask(act, "103", signing_in.PROMPT)
    proof = signing_in.prove(asked, world.wiring.passphrases, PASSPHRASE)
    with world.acting("100") as act:
        people.reset_passphrase(act, "103")
    with pytest.raises(UnrecognisedError), world.acting(None) as act:
        signing_in.recognise(act, proof)
    assert world.tags()[-1] == "login:refused"


class Watched(PasswordHasher):
    """Argon2 that sees whether somebody could write to the store while it works."""

    def __init__(self, store: str) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.free = list[bool]()
        impatient = {"timeout": 0} if store.startswith("sqlite") else {}
        self._engine = create_engine(store, connect_args=impatient, poolclass=NullPool)
        # Several are prepared at a time, and one look must not be what the other finds in its way.
        self._alone = threading.Lock()

    def hash(self, *given: Any, **how: Any) -> str:
        self._look()
        return super().hash(*given, **how)

    def verify(self, *given: Any) -> Literal[True]:
        self._look()
        return super().verify(*given)

    def _look(self) -> None:
        with self._alone, self._engine.connect() as other:
            self.free.append(could_write(other))


def could_write(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_try_advisory_xact_lock(:lock)")
        return bool(connection.execute(lock, {"lock": backends._WRITERS_LOCK}).scalar_one())
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError:
        return False
    return True


def test_nobody_waits_to_write_while_a_passphrase_is_worked_on(world: World) -> None:
    watched = Watched(world.wiring.settings.store)
    wiring = replace(world.wiring, passphrases=Passphrases(watched))
    wiring.choose_passphrase("103", PASSPHRASE, "a river runs behind the school")
    wiring.recognise("103", "a river runs behind the school")
    with pytest.raises(UnrecognisedError):
        wiring.recognise("103", PASSPHRASE)
    with pytest.raises(UnrecognisedError):
        wiring.recognise("nobody", PASSPHRASE)
    wiring.passphrases.prepare(2)
    assert watched.free == [True] * 7
    with wiring.writing(world.actor("100")) as act:
        people.add_person(act, newcomer(), (RoleGrant(role=Role.STAFF, mission=MISSION),))
        people.reset_passphrase(act, "104")
        assert watched.free == [True] * 7
        people.reset_passphrase(act, "105")  # nothing is prepared any more, and the watch would see it
    assert watched.free == [True] * 7 + [False]


def test_a_stranger_costs_one_verification_from_the_first_on(tmp_path: Path) -> None:
    watched = Watched(f"sqlite:///{tmp_path / 'empty.db'}")
    assert not Passphrases(watched).fits(None, PASSPHRASE)
    assert len(watched.free) == 1
