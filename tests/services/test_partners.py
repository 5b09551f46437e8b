"""A partner's list lies beside the register: nobody's word until a second person says so, and never ours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, select, text

from geo_offlimits.delivery.envelopes import EDITION_TYPE
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerEdition, PartnerState, Settlement
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import AbsentError, InputError, OfflimitsError, RefusedError, UnverifiedError
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import audit, editions, gazetteer, partner_keys, partners, register, transcribing
from geo_offlimits.services.partner_signed import SignedFile, recognise, signed_file, verified
from geo_offlimits.services.partners import EnteredByYourselfError, SettledError
from geo_offlimits.services.transcribing import NothingUnderstoodError, ReadOtherwiseError, Received
from geo_offlimits.services.verification import Verified
from geo_offlimits.store.partner_tables import partner_settlement
from tests.services.conftest import MISSION, OTHER, World
from tests.services.listing import dump
from tests.services.test_recognised_lists import moro_publishes

LIST = (
    "Name,Lat,Lon,Since,Basis,Note\n"
    "Blue Lantern,10.1,-29.9,2026-02-01,drugs,told by a neighbour\n"
    "Wrong Way,95,-29.9,,,\n"
    "Old Anchor,10.2,-29.8,,,\n"
)
KFOR = Received(partner="kfor", reference="HQ 12/26", received=date(2026, 3, 1))


def entered(world: World, text: str = LIST, said: Received = KFOR, by: str = "103") -> PartnerEdition:
    with world.reading(by) as act:
        table = read_rows(("kfor.csv", text.encode()), near=gazetteer.places_of(act, MISSION))
        ready = transcribing.ready(act, MISSION, table, said)
    with world.acting(by) as act:
        return transcribing.enter(act, ready)


def held(world: World) -> list[str]:
    with world.reading("101") as act:
        return [one.edition_id for one in partners.held(act, MISSION)]


def state(world: World, edition_id: str) -> PartnerState:
    with world.reading("101") as act:
        return partners.get(act, edition_id).state


def confirmed(world: World, edition_id: str, by: str = "101") -> PartnerEdition:
    with world.acting(by) as act:
        return partners.confirm(act, edition_id)


def test_a_partners_spreadsheet_waits_beside_the_register_and_a_second_person_makes_it_their_word(world: World) -> None:
    world.listed("Golden Eel")
    before = dump(world)
    made = entered(world)
    assert (made.edition_id, made.state, made.not_read) == ("PELA-P0001", PartnerState.WAITING, (3,))
    assert made.rows == {"KFOR-R0002": 2, "KFOR-R0004": 4}
    assert [(one.name, one.issuer, one.directive) for one in made.entries] == [
        ("Blue Lantern", "KFOR", "HQ 12/26"),
        ("Old Anchor", "KFOR", "HQ 12/26"),
    ]
    assert made.entries[1].since == made.origin.dated  # where a row is silent
    assert (made.origin.standing, made.origin.entered_by, made.origin.confirmed_by) == (
        OriginStanding.TRANSCRIBED,
        "p_103",
        None,
    )
    assert held(world) == []
    assert str(made).endswith("waiting; entered by Orla Venn")
    again = confirmed(world, made.edition_id)
    assert str(again).endswith("confirmed; entered by Orla Venn, settled by Ilsa Brand")
    assert (again.origin.entered_by_name, again.as_json()["settled_by_name"]) == ("Orla Venn", "Ilsa Brand")
    assert (again.state, again.origin.confirmed_by, again.entries) == (PartnerState.CONFIRMED, "p_101", made.entries)
    assert held(world) == ["PELA-P0001"]
    assert world.tags()[-2:] == ["partner:entered", "partner:confirmed"]
    changed = {name for name, rows in dump(world).items() if rows != before[name]}
    assert changed == {"audit_leaf", "partner_edition", "partner_settlement"}
    # What is restricted of a partner's row is kept nowhere.
    with world.reading("101") as act:
        content, _ = act.tx.partners.bytes_of(made.edition_id)
    assert b"neighbour" not in content
    assert b"drugs" not in content
    assert world.whole()


def test_what_a_partner_lists_is_in_no_edition_of_ours(world: World) -> None:
    world.listed("Golden Eel", lon=-29.7)
    confirmed(world, entered(world).edition_id)
    world.published()
    with world.reading("101") as act:
        content = editions.content(act, MISSION)
        assert b"Golden Eel" in content
        assert b"Blue Lantern" not in content
        assert len(register.all_of(act, MISSION)) == 1


def test_what_had_ended_when_a_partners_list_came_is_no_entry_of_it_and_its_row_is_named(world: World) -> None:
    rows = "Ended,10.1,-29.9,2026-02-28\nEnds Later,10.2,-29.8,2026-03-01\n"  # it came on the first of March
    made = entered(world, f"Name,Lat,Lon,Until\n{rows}")
    assert [one.name for one in made.entries] == ["Ends Later"]
    assert made.not_read == (2,)


def test_the_same_bytes_under_the_same_reference_are_entered_once(world: World) -> None:
    made = entered(world)
    before = dump(world)
    assert entered(world, by="104") == made
    assert dump(world) == before
    # The same file as another column would have it, or of another day, is not passed over.
    with world.reading("103") as act:
        otherwise = read_rows(("kfor.csv", LIST.encode()), {"Note": "address"})
        with pytest.raises(ReadOtherwiseError, match="PELA-P0001, read otherwise"):
            transcribing.ready(act, MISSION, otherwise, KFOR)
    with pytest.raises(ReadOtherwiseError):
        entered(world, said=replace(KFOR, received=date(2026, 2, 27)))
    other = entered(world, said=Received(partner="KFOR", reference="HQ 13/26", received=KFOR.received))
    assert other.edition_id == "PELA-P0002"
    # Refused, because its columns were read wrong, it may be entered anew.
    with world.acting("101") as act:
        partners.refuse(act, made.edition_id, "columns were swapped")
    assert entered(world).edition_id == "PELA-P0003"


def test_who_entered_a_list_cannot_confirm_it_neither_here_nor_past_the_program(world: World) -> None:
    made = entered(world, by="101")
    with world.acting("101") as act, pytest.raises(EnteredByYourselfError):
        partners.confirm(act, made.edition_id)
    with world.acting("104") as act, pytest.raises(NotPermittedError):
        partners.confirm(act, made.edition_id)
    row = {"edition_id": made.edition_id, "state": "confirmed", "person_id": "p_101", "recorded_at": world.clock.now}
    with pytest.raises(OfflimitsError, match="cannot confirm it"), world.acting("101") as act:
        act.tx.connection.execute(insert(partner_settlement).values(row))
    for statement in (
        "UPDATE partner_edition SET person_id = 'p_102'",
        "DELETE FROM partner_edition",
        "UPDATE partner_edition SET partner = 'EULEX'",
    ):
        with pytest.raises(OfflimitsError), world.acting("101") as act:
            act.tx.connection.exec_driver_sql(statement)
    assert state(world, made.edition_id) is PartnerState.WAITING
    assert confirmed(world, made.edition_id, by="102").state is PartnerState.CONFIRMED


GUARD = "refuse_partner_settlement_same_person"


def without_guard(world: World, backend: str, act_then: Callable[[], None]) -> None:
    """Somebody who owns the database takes one guard down, and puts it up again as it was."""
    engine = create_engine(world.wiring.settings.owner_store or world.wiring.settings.store)
    down, up = f"DROP TRIGGER {GUARD}", ""
    if backend == "postgresql":
        down, up = (f"ALTER TABLE partner_settlement {word} TRIGGER {GUARD}" for word in ("DISABLE", "ENABLE"))
    with engine.begin() as connection:
        if not up:
            told = select(text("sql")).select_from(text("sqlite_master")).where(text("name = :name"))
            up = connection.execute(told, {"name": GUARD}).scalar_one()
        connection.exec_driver_sql(down)
    act_then()
    with engine.begin() as connection:
        connection.exec_driver_sql(up)
    engine.dispose()


def test_who_confirms_alone_past_the_guard_and_writes_the_leaf_of_it_is_found(world: World, backend: str) -> None:
    made, fine = entered(world, by="101"), entered(world, said=replace(KFOR, reference="HQ 13/26"))
    confirmed(world, fine.edition_id)

    def alone() -> None:
        with world.acting("101") as act:
            alone = Settlement(state=PartnerState.CONFIRMED, person_id=act.person_id, at=act.now)
            act.tx.partners.settle(made.edition_id, alone)
            act.record(AuditTag.PARTNER_CONFIRMED, subject=made.edition_id, mission=MISSION)
        with world.reading("107") as act:
            told = audit.verify(act)
        assert [one for one in told if GUARD in one], told

    without_guard(world, backend, lambda: None)
    assert world.whole()  # control: the guard that comes back is the one that went
    without_guard(world, backend, alone)
    with world.reading("107") as act:
        told = audit.verify(act)
    assert told == ("What was said of the partner's list PELA-P0001 was signed by the person who entered it.",)


def test_a_list_is_refused_with_a_reason_and_settled_once(world: World) -> None:
    made = entered(world)
    with pytest.raises(InputError), world.acting("101") as act:
        partners.refuse(act, made.edition_id, " ")
    with world.acting("103") as act:
        gone = partners.refuse(act, made.edition_id, "the wrong file")  # who entered it takes it back
    assert (gone.state, gone.kept.settlement and gone.kept.settlement.reason) == (
        PartnerState.REFUSED,
        "the wrong file",
    )
    with pytest.raises(SettledError), world.acting("101") as act:
        partners.confirm(act, made.edition_id)
    assert held(world) == []


def test_a_newer_list_takes_the_place_of_the_older_one_once_it_is_confirmed(world: World) -> None:
    newer = Received(partner="KFOR", reference="HQ 14/26", received=date(2026, 3, 2))
    second = confirmed(world, entered(world, said=newer).edition_id)
    waits = entered(world)
    assert held(world) == [second.edition_id]
    confirmed(world, waits.edition_id)  # an older paper that was entered later
    assert held(world) == [second.edition_id]
    with world.reading("101") as act:
        found = {one.edition_id: (one.state, one.superseded_by) for one in partners.all_of(act, MISSION)}
    assert found[waits.edition_id] == (PartnerState.SUPERSEDED, second.edition_id)


@pytest.mark.parametrize(
    "said",
    [
        {"partner": MISSION},
        {"partner": " "},
        {"reference": ""},
        {"received": date(2026, 3, 9)},
    ],
)
def test_what_is_said_of_a_list_is_whole_and_not_of_tomorrow(world: World, said: dict[str, Any]) -> None:
    before = dump(world)
    with pytest.raises(InputError):
        entered(world, said=Received(**{**vars(KFOR), **said}))
    with pytest.raises(NothingUnderstoodError):
        entered(world, "name,lat,lon\nEel,95,200\n")
    with pytest.raises(NotPermittedError):
        entered(world, by="108")
    changed = {name for name, rows in dump(world).items() if rows != before[name]}
    assert changed <= {"audit_leaf"}


def moros(world: World) -> SignedFile:
    """MORO's current edition, as a file and its envelope."""
    with world.reading("201") as act:
        content, envelope = editions.content(act, OTHER), editions.envelope(act, OTHER)
    made = signed_file("moro.geojson", content, envelope)
    assert made
    return made


def recognised(world: World, file: SignedFile | None, by: str = "103") -> PartnerEdition:
    assert file
    with world.acting(by) as act:
        return recognise(act, MISSION, file)


def looked_at(world: World, file: SignedFile | None) -> Verified:
    assert file
    with world.reading("103") as act:
        return verified(act, MISSION, file)


def test_a_signed_edition_of_another_mission_is_recognised_as_it_is(world: World) -> None:
    moro_publishes(world)
    file = moros(world)
    made = recognised(world, file)
    assert (made.state, made.origin.code, made.origin.edition) == (PartnerState.RECOGNISED, OTHER, 1)
    assert (made.origin.entered_by, made.origin.confirmed_by) == (None, None)
    assert [one.name for one in made.entries] == ["Moro Bar"]
    assert held(world) == [made.edition_id]
    with world.reading("101") as act:
        assert act.tx.partners.bytes_of(made.edition_id) == (file.content, file.envelope)
    before = dump(world)
    # The envelope alone is the whole edition, too.
    assert recognised(world, signed_file("moro.dsse", file.envelope or b""), by="104") == made
    assert dump(world) == before
    with pytest.raises(SettledError), world.acting("101") as act:
        partners.confirm(act, made.edition_id)
    world.clock.later(minutes=1)
    moro_publishes(world, "Second Bar", lon=-29.5)
    newer = recognised(world, moros(world))
    assert held(world) == [newer.edition_id]
    confirmed(
        world, entered(world, said=Received(partner=OTHER, reference="paper", received=date(2026, 3, 1))).edition_id
    )
    assert held(world) == [newer.edition_id, "PELA-P0003"]  # neither takes the place of the other
    assert world.whole()


def test_what_is_altered_unsigned_expired_or_a_part_is_refused_and_never_transcribed(world: World) -> None:
    moro_publishes(world)
    file = moros(world)
    altered = file.content.replace(b"Moro Bar", b"Moro Car")
    assert altered != file.content
    before = dump(world)
    for content, envelope, error in (
        (altered, file.envelope, UnverifiedError),
        (file.content.replace(b",", b", ", 1), file.envelope, UnverifiedError),
        (file.content, None, UnverifiedError),
        (file.content, (file.envelope or b"").replace(b'"sig":"', b'"sig":"A'), UnverifiedError),
        (file.content.replace(b"geo-offlimits/edition/1", b"geo-offlimits/export/1"), file.envelope, RefusedError),
        (file.content.replace(b'"mission":"MORO"', b'"mission":"KFOR"'), file.envelope, UnverifiedError),
        (file.content.replace(b'"mission":"MORO"', b'"mission":"PELA"'), file.envelope, RefusedError),
    ):
        with pytest.raises(error):
            recognised(world, signed_file("moro.geojson", content, envelope))
    world.clock.later(days=31)
    for asked in (recognised, looked_at):  # who only asks is told the same
        with pytest.raises(UnverifiedError, match="expired"):
            asked(world, file)
    world.clock.later(days=-31)
    assert {name for name, rows in dump(world).items() if rows != before[name]} <= {"audit_leaf"}
    world.clock.later(minutes=1)
    moro_publishes(world, "Second Bar", lon=-29.5)
    recognised(world, moros(world))
    for asked in (recognised, looked_at):
        with pytest.raises(UnverifiedError, match="Edition 1 of MORO is older than edition 2"):
            asked(world, file)


def test_another_installations_edition_is_recognised_by_the_key_that_was_entered_for_it(
    world: World, tmp_path: Any
) -> None:
    moro_publishes(world)
    own = moros(world)
    ring = Keyring.create(tmp_path, world.clock.now - timedelta(days=1))
    content = own.content.replace(b'"mission":"MORO"', b'"mission":"KFOR"')
    file = signed_file("kfor.geojson", content, ring.sign(content, EDITION_TYPE))
    with pytest.raises(UnverifiedError, match="a key that nobody entered for KFOR"):
        recognised(world, file)
    for by in ("101", "103"):
        with pytest.raises(NotPermittedError), world.acting(by) as act:
            partner_keys.enter(act, "KFOR", ring.signing.pem.encode())
    with world.acting("100") as act:
        partner_keys.enter(act, "EULEX", ring.signing.pem.encode())
        with pytest.raises(RefusedError, match="MORO is a mission of this store"):
            partner_keys.enter(act, OTHER, ring.signing.pem.encode())
    with pytest.raises(UnverifiedError, match="nobody entered for KFOR"):
        recognised(world, file)  # a key counts for its partner alone
    with world.acting("100") as act:
        key = partner_keys.enter(act, "kfor", ring.signing.pem.encode())
    made = recognised(world, file)
    assert (made.origin.code, made.kept.key_id) == ("KFOR", key.key_id)
    with world.acting("100") as act:
        partner_keys.withdraw(act, "KFOR", key.key_id)
    with pytest.raises(RefusedError), world.acting("100") as act:
        partner_keys.enter(act, "KFOR", ring.signing.pem.encode())  # it never comes back
    assert held(world) == [made.edition_id]
    assert world.whole()


def test_strangers_learn_nothing_of_a_list(world: World) -> None:
    made = entered(world)
    for number in ("108", "201"):
        for wanted in (made.edition_id, "PELA-P0099"):
            with pytest.raises(AbsentError), world.reading(number) as act:
                partners.get(act, wanted)
            with pytest.raises(AbsentError), world.acting(number) as act:
                partners.refuse(act, wanted, "no")
        with pytest.raises(NotPermittedError), world.reading(number) as act:
            partners.held(act, MISSION)
