"""The demonstration mission as it stands when its story is told: built once, through the services, then read."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from argon2 import PasswordHasher

from geo_offlimits.bootstrap import Wiring, initialise, wire
from geo_offlimits.delivery.catalogue import catalogue, languages
from geo_offlimits.delivery.envelopes import EDITION_TYPE, verify
from geo_offlimits.demonstration import DemoReport, begins_at, build
from geo_offlimits.demonstration.listings import LISTINGS, PENDING, REJECTED, WITHDRAWN
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.imports import RowStatus
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Actor, PersonnelCategory, Role
from geo_offlimits.formats.edition import decode, encode
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.sheet_reading import read_sheet
from geo_offlimits.services import (
    campaigns,
    completion,
    deltas,
    editions,
    facilities,
    factors,
    gazetteer,
    imports,
    missions,
    packages,
    people,
    register,
    signing_in,
)
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.forms import FORMS
from geo_offlimits.services.imports import ImportReport
from geo_offlimits.services.passphrases import Passphrases, WeakPassphraseError
from geo_offlimits.services.standings import mine
from geo_offlimits.settings import Settings
from tests import proving

NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # at night, when no office is open
PASSPHRASE = "seven quiet islands at noon"
QUICK = Passphrases(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass(frozen=True)
class Told:
    wiring: Wiring
    report: DemoReport

    def actor(self, role: Role) -> Actor:
        with self.wiring.reading() as act:
            person = act.tx.people.find(f"{role.value}@demo.example")
            assert person
            return proving.actor(act, person.person_id)

    def list(self, number: int | str = "current") -> dict[str, Any]:
        with self.wiring.reading(self.actor(Role.CONDUCT)) as act:
            document: dict[str, Any] = json.loads(editions.content(act, "DEMO", number))
            return document


def installation(folder: Path) -> Wiring:
    settings = Settings(store=f"sqlite:///{folder / 'register.db'}", data_dir=folder / "data", mission="DEMO")
    initialise(settings, partial(begins_at, NOW))
    return wire(settings, lambda: NOW, passphrases=QUICK)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    wiring = installation(tmp_path_factory.mktemp("demonstration"))
    yield Told(wiring, build(wiring, now=NOW, passphrase=PASSPHRASE))
    wiring.store.close()


def properties(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in document["features"]]


def test_every_account_signs_in_with_the_passphrase_and_has_its_role(told: Told) -> None:
    assert {account.role for account in told.report.accounts} == set(Role)
    for account in told.report.accounts:
        assert account.purpose
        secret = account.secret(PASSPHRASE)
        code = secret and factors.code_at(secret, NOW)
        actor = told.wiring.recognise(account.email, PASSPHRASE, code=code)
        with told.wiring.reading() as act:
            signing_in.refuse_one_time(act, actor)
        assert account.role in actor.roles("DEMO", NOW)


def test_four_editions_came_out_and_the_last_is_current_and_not_expired(told: Told) -> None:
    published = told.report.editions
    assert [edition.number for edition in published] == [1, 2, 3, 4]
    assert NOW - timedelta(days=91) < published[0].issued_at < NOW - timedelta(days=85)
    for before, after in pairwise(published):
        assert after.previous_sha256 == before.sha256
        assert before.issued_at < after.issued_at < before.expires_at  # never a day without a current list
    assert published[-1].issued_at < NOW < published[-1].expires_at
    with told.wiring.reading(told.actor(Role.STAFF)) as act:
        assert editions.header(act, "DEMO").number == 4


def test_every_edition_verifies_with_a_key_that_was_valid_when_it_was_signed(told: Told) -> None:
    keys = told.wiring.keyring.public_keys()
    with told.wiring.reading(told.actor(Role.CONDUCT)) as act:
        for edition in told.report.editions:
            content = editions.content(act, "DEMO", edition.number)
            assert verify(editions.envelope(act, "DEMO", edition.number), keys, EDITION_TYPE) == content
            assert any(key.valid.holds(edition.issued_at) for key in keys)


def test_each_edition_has_additions_and_a_rename_and_lifts_since_the_one_before(told: Told) -> None:
    with told.wiring.reading(told.actor(Role.CONDUCT)) as act:
        for number in (2, 3, 4):
            found = deltas.between(act, "DEMO", number - 1, number)
            assert len(found.added) >= 7
            assert any("names" in changed.fields for changed in found.changed)
            assert len(found.removed) >= 2


def test_a_renamed_premises_keeps_its_entry_and_its_former_name(told: Told) -> None:
    before = {entry["name"]: feature["id"] for feature in told.list(1)["features"] if (entry := feature["properties"])}
    after = {feature["properties"]["name"]: feature for feature in told.list()["features"]}
    solstice = after["Club Solstice"]
    assert solstice["id"] == before["Club Aurora"]
    assert {"text": "Club Aurora", "lang": "en", "kind": "former"} in solstice["properties"]["names"]


def test_the_current_list_has_sixty_premises_of_every_shape_two_areas_and_one_rule(told: Told) -> None:
    features = told.list()["features"]
    subjects = Counter(feature["properties"]["subject"] for feature in features)
    assert subjects == {"premises": 59, "area": 2, "category_rule": 1}
    premises = [feature for feature in features if feature["properties"]["subject"] == "premises"]
    shapes = Counter((feature["geometry"] or {"type": "none"})["type"] for feature in premises)
    assert shapes["Polygon"] > 40
    assert shapes["Point"] >= 5
    assert shapes["none"] == 2
    assert sum(feature["properties"]["part"] is not None for feature in premises) == 2


def test_some_entries_caution_bind_only_the_military_keep_hours_or_make_exceptions(told: Told) -> None:
    entries = properties(told.list())
    assert sum(entry["restriction"] == "caution" for entry in entries) == 3
    assert sum(entry["applies_to"] == ["military"] for entry in entries) >= 2
    assert sum(entry["hours"] is not None for entry in entries) >= 4
    assert sum(bool(entry["exceptions"]) for entry in entries) >= 2
    assert sum(entry["until"] is not None for entry in entries) == 1


def test_signs_are_in_several_scripts_with_a_name_to_read_aloud(told: Told) -> None:
    names = [name for entry in properties(told.list()) for name in entry["names"]]
    languages = {name["lang"].split("-")[0] for name in names}
    assert languages == {"en", "sr", "ru", "ar", "pt", "it"}
    for entry in properties(told.list()):
        if not all(ord(sign) < 0x250 for sign in entry["name"]) and entry["name"] != "Кафана Златно весло":
            assert any(name["kind"] == "alias" for name in entry["names"]), entry["name"]


def test_every_entry_with_a_place_lies_in_the_territory_and_in_the_sector_it_says(told: Told) -> None:
    document = told.list()
    boundaries = {
        boundary["name"]: shapely.geometry.shape(boundary["geometry"])
        for boundary in document["offlimits"]["boundaries"]
    }
    for feature in document["features"]:
        if feature["geometry"] and feature["properties"]["subject"] != "category_rule":
            shape = shapely.geometry.shape(feature["geometry"])
            assert boundaries["Calverra"].contains(shape)
            assert boundaries[feature["properties"]["sector"]].intersects(shape)
    assert {entry["sector"] for entry in properties(document)} == {"North", "East", "South", None}


def test_no_two_premises_share_an_address_and_every_address_is_on_the_island(told: Told) -> None:
    addresses = [(entry["locality"], entry["address"]) for entry in properties(told.list()) if entry["address"]]
    assert len(addresses) == len(set(addresses)) >= 55


def test_the_mission_says_that_it_is_a_demonstration_and_gives_contacts_and_facilities(told: Told) -> None:
    about = told.list()["offlimits"]
    assert about["demonstration"] is True
    assert {contact["kind"] for contact in about["contacts"]} == {"conduct", "victims", "emergency", "hotline"}
    assert len(about["facilities"]) >= 6
    with told.wiring.reading(told.actor(Role.STAFF)) as act:
        assert missions.mission(act, "DEMO").demonstration
        assert len(facilities.all_of(act, "DEMO")) == len(about["facilities"])


def test_nothing_that_was_not_decided_is_in_any_edition(told: Told) -> None:
    never = {listing.label for listing in (*PENDING, REJECTED, WITHDRAWN)}
    for number in (1, 2, 3, 4):
        assert never.isdisjoint(entry["name"] for entry in properties(told.list(number)))
    assert len({listing.label for listing in LISTINGS}) == len(LISTINGS)


def test_the_officers_find_work_of_each_kind_on_their_desk(told: Told) -> None:
    with told.wiring.reading(told.actor(Role.HEAD)) as act:
        waiting = register.worklist(act, "DEMO")
    assert [one.subject.label for one in waiting.to_decide] == ["The Spare Rib", "Dune Bar", "Room Service"]
    assert [one.subject.label for one in waiting.to_confirm] == ["Velocity"]
    assert [one.subject.label for one in waiting.to_lift] == ["Copper Kettle"]
    assert [one.subject.label for one in waiting.to_review] == ["Moonraker"]
    assert [one.subject.label for one in waiting.to_change] == ["Sundowner"]
    assert [one.subject.label for one in waiting.new_operator] == ["Windward Cabins"]
    assert not waiting.overdue


def test_a_hundred_and_twenty_people_serve_in_six_units_and_twenty_contractors_have_no_address(told: Told) -> None:
    with told.wiring.reading(told.actor(Role.ADMIN)) as act:
        serving = [person for person in people.of_mission(act, "DEMO") if person.service.holds(NOW)]
    assert 115 <= len(serving) <= 125
    assert len({person.unit for person in serving}) == 6
    without = [person for person in serving if person.email is None]
    assert len(without) == 20
    assert {person.category for person in without} == {PersonnelCategory.CONTRACTOR}
    assert len({person.name for person in serving}) == len(serving)
    assert {person.language for person in serving} == {"en", "fr"}


def test_each_unit_has_acknowledged_the_current_list_to_a_share_of_its_own(told: Told) -> None:
    assert told.report.campaign
    with told.wiring.reading(told.actor(Role.MANAGER)) as act:
        status = campaigns.status(act, told.report.campaign.campaign_id)
        earlier = [one for one in campaigns.headers(act, "DEMO") if one.edition_number < 4]
        others = [campaigns.status(act, one.campaign_id) for one in earlier]
    share = status.completion.whole.share or 0
    assert 0.4 < share < 0.6
    assert not status.closed
    shares = {unit: round(one.share or 0, 2) for unit, one in status.completion.units().items()}
    assert len(set(shares.values())) == 6
    assert shares["Contracted Services"] == 0
    assert [one.closed for one in others] == [True, True, True]
    assert all((one.completion.whole.share or 0) > share for one in others)


def test_the_head_sees_how_far_each_sector_has_come_and_no_group_is_too_small_to_be_told(told: Told) -> None:
    assert told.report.campaign
    with told.wiring.reading(told.actor(Role.HEAD)) as act:
        found = completion.of_campaign(act, told.report.campaign.campaign_id)
    sectors = found.sectors()
    assert set(sectors) == {"North", "East", "South"}
    assert found.whole.left_out == 0
    assert len({round(one.share or 0, 2) for one in sectors.values()}) == 3
    assert sum(one.asked for one in sectors.values()) == found.whole.asked > 100


def test_contractors_signed_the_earlier_lists_on_paper(told: Told) -> None:
    with told.wiring.reading() as act:
        given = [one for number in (1, 2, 3) for one in act.tx.acknowledgements.standing("DEMO", number)]
    on_paper = [one for one in given if one.channel.value == "paper"]
    assert len(on_paper) > 20
    assert {one.entered_by for one in on_paper} == {told.actor(Role.MANAGER).person.person_id}
    assert all(one.acknowledged_at < one.recorded_at for one in on_paper)


def test_the_manager_can_hand_out_sheets_of_all_six_units(told: Told) -> None:
    assert told.report.campaign
    with told.wiring.writing(told.actor(Role.MANAGER)) as act:
        handed_out = packages.files(act, told.report.campaign.campaign_id, told.wiring.keyring)
    sheets = [content for name, content in handed_out.items() if name.endswith(".csv")]
    units = {read_sheet(sheet).unit for sheet in sheets}
    assert len(units) == 6
    assert len(sheets) == 12  # some of each read French
    assert all(len(list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))) > 10 for sheet in sheets)


def test_the_staff_account_has_still_to_acknowledge_and_reads_the_current_edition_only(told: Told) -> None:
    with told.wiring.reading(told.actor(Role.STAFF)) as act:
        assert mine(act, "DEMO") == 4
        assert editions.content(act, "DEMO")
        with pytest.raises(UnknownEditionError):
            editions.content(act, "DEMO", 3)


def test_the_audit_tree_verifies_and_no_time_runs_backwards(told: Told) -> None:
    with told.wiring.reading() as act:
        assert act.tx.audit.verify() == ()
        moments = [json.loads(leaf)["at"] for leaf in act.tx.audit.leaves()]
    assert moments == sorted(moments)
    assert len(moments) > 600
    assert moments[-1] <= format_instant(NOW)


def test_a_weak_passphrase_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wiring = installation(tmp_path)
    with pytest.raises(WeakPassphraseError):
        build(wiring, now=NOW, passphrase="too short")
    with wiring.reading() as act:
        assert act.tx.people.of_mission("DEMO") == ()
        assert act.tx.missions.all() == ()
    wiring.store.close()


# What is read again; GPX, KML and KMZ hold only what stands on a map.
ON_A_MAP = ("gpx", "kml", "kmz")
COMES_BACK = ("geojson", "csv", "xlsx", "gpkg", "qfield", *ON_A_MAP)


def current(told: Told) -> Excerpt:
    """All of the current edition, to be written in any format."""
    with told.wiring.reading(told.actor(Role.HEAD)) as act:
        read = editions.read(act, told.wiring.shelf, "DEMO", "current")
    known: dict[str, Any] = {
        "sha256": read.sha256,
        "fingerprint": told.wiring.keyring.signing.fingerprint,
        "content": read.content,
    }
    return Excerpt(edition=read.edition, entries=read.edition.entries, filtered={}, **known)


def come_back(told: Told, excerpt: Excerpt, form: str, language: str) -> ImportReport:
    """Written in a language, and read into the mission from which it came."""
    content = FORMS[form].written(replace(excerpt, language=language), catalogue(language).gettext)
    ending = "zip" if form == "qfield" else form
    with told.wiring.reading(told.actor(Role.OFFICER)) as act:
        table = read_rows((f"list.{ending}", content), near=gazetteer.places_of(act, "DEMO"))
        return imports.report(act, "DEMO", table)


def all_come_back(told: Told, form: str, language: str) -> None:
    excerpt = current(told)
    found = come_back(told, excerpt, form, language)
    held = excerpt.entries if form not in ON_A_MAP else [placed.entry for placed in excerpt.placed]
    assert len(held) >= 59
    assert {(one.status, one.changes, one.issues) for one in found.reports} == {(RowStatus.SAME, (), ())}
    assert sorted(one.other for one in found.reports) == sorted(entry.entry_id for entry in held)
    assert (found.proposals, found.corrections, found.waiting) == ((), (), ())
    listed = {entry.entry_id for entry in excerpt.entries}
    left_out = {entry.entry_id for entry in excerpt.off_map} if form in ON_A_MAP else set()
    assert {one.designation_id for one in found.missing if one.designation_id in listed} == left_out


@pytest.mark.parametrize("form", COMES_BACK)
def test_what_is_exported_comes_back_as_the_same_in_english_and_in_french(told: Told, form: str) -> None:
    for language in ("en", "fr"):
        all_come_back(told, form, language)


@pytest.mark.deep
@pytest.mark.parametrize("language", sorted(set(languages()) - {"en", "fr"}))
@pytest.mark.parametrize("form", COMES_BACK)
def test_what_is_exported_comes_back_as_the_same_in_every_language(told: Told, form: str, language: str) -> None:
    all_come_back(told, form, language)


@pytest.mark.parametrize("form", COMES_BACK)
def test_what_was_changed_in_an_export_is_told_and_nothing_else(told: Told, form: str) -> None:
    """The control: whoever reads so much as the same is not blind."""
    edition = decode(current(told).content)
    entry = next(one for one in edition.entries if one.address and one.restriction is Restriction.OFF_LIMITS)
    other = replace(entry, restriction=Restriction.CAUTION, address=f"{entry.address} bis")
    entries = tuple(other if one is entry else one for one in edition.entries)
    changed = replace(edition, entries=entries)
    found = come_back(
        told, replace(current(told), edition=changed, entries=entries, content=encode(changed)), form, "fr"
    )
    (row,) = [one for one in found.reports if one.status is not RowStatus.SAME]
    assert (row.status, row.other) == (RowStatus.CHANGED, entry.entry_id)
    carried = {"restriction"} if form in ON_A_MAP else {"restriction", "address"}
    assert {change.field for change in row.changes} == carried
