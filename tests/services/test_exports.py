"""The list on a device: whole and provable, or a part that says it is one."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import box

from geo_offlimits.delivery.envelopes import EXPORT_TYPE, verify
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.formats.edition import EditionFileError, decode
from geo_offlimits.formats.route import Route
from geo_offlimits.services import editions, exports, verification
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.exports import Export
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.forms import FORMS
from geo_offlimits.services.shelf import Shelf
from tests.services.conftest import MISSION, START, World


@pytest.fixture
def backend() -> str:
    """These are about files and answers made of an edition; what the store does is shown elsewhere."""
    return "sqlite"


@pytest.fixture
def island(world: World) -> World:
    """Two lamps in the east, one in the west, one without a place, one rule without an area."""
    for name, lon in (("East One", -29.9), ("East Two", -29.8), ("West One", -30.2)):
        world.listed(name, lon=lon)
    world.listed("Somewhere", placeless=True)
    world.listed("Parlours", kind=SubjectKind.CATEGORY_RULE, category=VenueKind.MASSAGE_PARLOUR, placeless=True)
    world.published()
    return world


def export(
    world: World,
    *,
    by: str = "109",
    number: int | str = "current",
    form: str = "geojson",
    **chosen: Any,
) -> Export:
    with world.reading(by) as act:
        return exports.export(act, Shelf(), world.keyring, MISSION, number, form=form, chosen=Filter(**chosen))


def names(made: Export) -> set[str]:
    return {one["properties"]["name"] for one in json.loads(made.content)["features"]}


def written(made: Export, tmp_path: Path) -> tuple[Path, Path]:
    file, envelope = tmp_path / "list.geojson", tmp_path / "list.geojson.dsse"
    file.write_bytes(made.content)
    envelope.write_bytes(made.envelope)
    return file, envelope


ALWAYS_THERE = {"Somewhere", "Parlours"}


def test_unfiltered_it_is_the_editions_own_bytes_with_its_own_signature(island: World, tmp_path: Path) -> None:
    made = export(island)
    with island.reading("109") as act:
        assert made.content == editions.content(act, MISSION)
        assert made.envelope == editions.envelope(act, MISSION)
    assert (made.number, made.entries) == (1, 5)
    found = verification.verify_file(*written(made, tmp_path), island.keyring.public_keys())
    assert (found.mission, found.number, found.sha256, found.filtered) == (MISSION, 1, made.sha256, False)
    assert found.issued_at == START.replace(microsecond=0)
    assert found.fingerprint == island.keyring.public_keys()[-1].fingerprint
    assert found.as_json()["number"] == 1


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"sector": "East"}, {"East One", "East Two"}),
        ({"sector": "West"}, {"West One"}),
        ({"bbox": (-29.95, 10.0, -29.85, 10.2)}, {"East One"}),
        ({"bbox": (-29.95, 11.0, -29.85, 11.2)}, set()),
        ({"bbox": (170.0, 10.0, -30.1, 10.2)}, {"West One"}),
        ({"near": Position(lat=10.1, lon=-29.9), "within_m": 100.0}, {"East One"}),
        ({"near": Position(lat=10.1, lon=-29.9), "within_m": 12_000.0}, {"East One", "East Two"}),
        ({"near": Position(lat=10.1, lon=-30.2), "within_m": 100.0, "sector": "East"}, set()),
    ],
)
def test_a_filter_leaves_out_what_is_elsewhere_and_never_what_has_no_place(
    island: World, tmp_path: Path, chosen: dict[str, Any], expected: set[str]
) -> None:
    made = export(island, **chosen)
    assert names(made) == expected | ALWAYS_THERE
    told = json.loads(made.content)["offlimits"]
    assert set(told["filtered"]) == set(chosen) - {"within_m"}
    assert (told["number"], told["entries"], told["entries_of_edition"]) == (1, made.entries, 5)
    found = verification.verify_file(*written(made, tmp_path), island.keyring.public_keys())
    assert (found.number, found.filtered) == (1, True)


WEST_TO_EAST = np.array([[-30.3, 10.1], [-29.85, 10.1]])


@pytest.mark.parametrize(
    ("within_m", "more", "expected"),
    [
        (50.0, {}, {"East One", "West One"}),
        (6_000.0, {}, {"East One", "East Two", "West One"}),
        (50.0, {"sector": "West"}, {"West One"}),
        (50.0, {"near": Position(lat=10.1, lon=-29.9)}, {"East One"}),
    ],
)
def test_along_a_route_the_list_holds_what_is_within_so_many_metres_of_it(
    island: World, within_m: float, more: dict[str, Any], expected: set[str]
) -> None:
    route = Route((WEST_TO_EAST,), "ab" * 32)
    made = export(island, route=route, within_m=within_m, **more)
    assert names(made) == expected | ALWAYS_THERE
    told = json.loads(made.content)["offlimits"]["filtered"]
    assert told["route"] == {"sha256": "ab" * 32, "within_m": within_m}
    assert signed(island, made)["filtered"] == told


def signed(world: World, made: Export) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(verify(made.envelope, world.keyring.public_keys(), EXPORT_TYPE))
    return told


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize("chosen", [{}, {"sector": "East"}], ids=["whole", "part"])
def test_every_format_is_bound_to_its_edition_and_filter_and_a_changed_file_is_found(
    island: World, tmp_path: Path, form: str, chosen: dict[str, Any]
) -> None:
    made = export(island, form=form, **chosen)
    file, envelope = written(made, tmp_path)
    found = verification.verify_file(file, envelope, island.keyring.public_keys())
    assert (found.mission, found.number, found.sha256) == (MISSION, 1, made.sha256)
    assert made.entries == (4 if chosen else 5)
    if chosen or form != "geojson":
        whole = export(island)
        assert signed(island, made) == {
            "format": "geo-offlimits/export/1",
            "file_format": form,
            "sha256": made.sha256,
            "filtered": chosen,
            "mission": MISSION,
            "number": 1,
            "edition_sha256": whole.sha256,
            "issued_at": "2026-03-02T08:00:00Z",
            "expires_at": json.loads(whole.content)["offlimits"]["expires_at"],
        }
    file.write_bytes(made.content + b" ")
    with pytest.raises(UnverifiedError, match="changed after it was signed"):
        verification.verify_file(file, envelope, island.keyring.public_keys())


def test_a_link_is_signed_with_the_address_it_asks_and_holds_no_entry(island: World) -> None:
    address = "https://lists.example/missions/PELA/editions/current/export.kml?sector=East"
    with island.reading("109") as act:
        made = exports.link(act, Shelf(), island.keyring, MISSION, address, chosen=Filter(sector="East"))
    assert address.encode() in made.content
    assert b"East One" not in made.content
    assert (signed(island, made)["link"], signed(island, made)["sha256"]) == (address, made.sha256)


def test_a_filtered_export_never_passes_for_an_edition(island: World) -> None:
    with pytest.raises(EditionFileError):
        decode(export(island, sector="East").content)


@pytest.mark.parametrize(
    "chosen",
    [
        {"sector": "Nowhere"},
        {"bbox": (0.0, 10.0, 0.0, 11.0)},
        {"bbox": (-200.0, 10.0, 0.0, 11.0)},
        {"bbox": (0.0, 11.0, 1.0, 10.0)},
        {"bbox": (float("nan"), 10.0, 1.0, 11.0)},
        {"near": Position(lat=10.0, lon=-30.0)},
        {"near": Position(lat=10.0, lon=-30.0), "within_m": -1.0},
    ],
    ids=str,
)
def test_a_filter_that_cannot_be_is_refused(island: World, chosen: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        export(island, **chosen)


def test_a_retired_edition_is_exported_only_by_those_who_may_read_it(island: World) -> None:
    island.listed("Later", lon=-29.7)
    island.published()
    assert export(island, by="107", number=1).number == 1
    with pytest.raises(UnknownEditionError):
        export(island, number=1)
    with pytest.raises(NotPermittedError):
        export(island, by="201")


@pytest.mark.parametrize("chosen", [{}, {"sector": "East"}], ids=["whole", "part"])
def test_a_changed_file_is_found(island: World, tmp_path: Path, chosen: dict[str, Any]) -> None:
    file, envelope = written(export(island, **chosen), tmp_path)
    file.write_bytes(file.read_bytes().replace(b"East One", b"East 0ne"))
    with pytest.raises(UnverifiedError, match="changed after it was signed"):
        verification.verify_file(file, envelope, island.keyring.public_keys())


def test_a_file_is_verified_with_a_key_that_came_by_another_way(island: World, tmp_path: Path) -> None:
    files = written(export(island), tmp_path)
    own, other = tmp_path / "own.pem", tmp_path / "other.pem"
    own.write_text(island.keyring.public_keys()[-1].pem)
    other.write_text(Keyring.create(tmp_path / "else", START).public_keys()[-1].pem)
    assert verification.verify_file(*files, verification.keys_to_trust(own)).number == 1
    with pytest.raises(UnverifiedError, match="fingerprint"):
        verification.verify_file(*files, verification.keys_to_trust(other))
    with pytest.raises(InputError, match="Ed25519"):
        verification.keys_to_trust(files[0])
    with pytest.raises(InputError, match="cannot be read"):
        verification.keys_to_trust(tmp_path / "missing.pem")


def test_a_missing_or_broken_signature_names_the_remedy(island: World, tmp_path: Path) -> None:
    file, envelope = written(export(island), tmp_path)
    envelope.write_bytes(b"no envelope")
    with pytest.raises(UnverifiedError, match="DSSE"):
        verification.verify_file(file, envelope, island.keyring.public_keys())
    envelope.unlink()
    with pytest.raises(UnverifiedError, match="--envelope"):
        verification.verify_file(file, envelope, island.keyring.public_keys())


def test_an_area_that_the_box_touches_is_in_it(world: World) -> None:
    area = box(-29.95, 10.0, -29.85, 10.05)
    world.listed("Harbour Street", kind=SubjectKind.AREA, geometry=area, category=None)
    world.published()
    assert names(export(world, bbox=(-29.9, 10.04, -29.8, 10.2))) == {"Harbour Street"}
    assert names(export(world, near=Position(lat=10.02, lon=-29.9), within_m=1.0)) == {"Harbour Street"}


def test_what_reaches_into_several_sectors_is_in_the_list_of_each(island: World) -> None:
    street, port = box(-30.05, 10.0, -29.9, 10.05), box(-30.1, 10.0, -29.95, 10.05)
    island.listed("Border Street", kind=SubjectKind.AREA, geometry=street, category=None)
    island.listed("Casinos of the port", kind=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO, geometry=port)
    island.published()
    both = {"Border Street", "Casinos of the port"}
    assert names(export(island, sector="East")) == {"East One", "East Two"} | both | ALWAYS_THERE
    assert names(export(island, sector="West")) == {"West One"} | both | ALWAYS_THERE


NORTH = 10.1 + 100 / 110_600  # a hundred metres north of each lamp
PAST = np.array([[-30.3, NORTH], [-29.5, NORTH]])


@pytest.mark.parametrize(
    "chosen",
    [
        {"bbox": (-29.95, NORTH, -29.85, 10.2)},
        {"near": Position(lat=NORTH, lon=-29.9), "within_m": 5.0},
        {"route": Route((PAST,), "ab" * 32), "within_m": 5.0},
    ],
    ids=["bbox", "near", "route"],
)
def test_a_place_whose_true_position_may_lie_where_is_asked_for_is_in_the_list(
    world: World, chosen: dict[str, Any]
) -> None:
    for name, unsure_m in (("Known to 200 m", 200.0), ("Known to 20 m", 20.0), ("Not told", None), ("Known", 0.0)):
        world.listed(name, uncertainty_m=unsure_m)
    world.published()
    assert names(export(world, **chosen)) == {"Known to 200 m"}


def test_a_place_of_which_no_uncertainty_is_told_is_reckoned_as_in_a_verdict(world: World) -> None:
    world.listed("Not told", uncertainty_m=None)
    world.listed("Known", uncertainty_m=0.0)
    world.published()
    for metres, found in ((9.0, {"Not told"}), (11.0, set())):
        south = 10.1 + metres / 110_600
        assert names(export(world, bbox=(-29.95, south, -29.85, 10.2))) == found


def test_a_place_that_may_lie_over_the_border_is_in_the_list_of_both_sectors(island: World) -> None:
    island.listed("Known to 200 m", lon=-30.001, uncertainty_m=200.0)
    island.listed("Known to 20 m", lon=-30.001, uncertainty_m=20.0)
    island.published()
    both = {"Known to 200 m", "Known to 20 m"}
    assert names(export(island, sector="West")) == {"West One"} | both | ALWAYS_THERE
    assert names(export(island, sector="East")) == {"East One", "East Two", "Known to 200 m"} | ALWAYS_THERE


def deleted(made: Export) -> set[str]:
    """The uids that a TAK package takes from a device."""
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        events = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".cot")]
    found = [re.search('<link uid="([^"]*)"', one) for one in events if 'type="t-x-d-d"' in one]
    return {one[1] for one in found if one}


def test_a_package_for_tak_takes_away_what_any_earlier_edition_drew_and_is_not_listed_now(world: World) -> None:
    first = world.listed("Goes first")
    world.listed("Stays", lon=-29.7)
    world.published()
    assert deleted(export(world, form="tak")) == set()
    world.lifted(first.designation_id)
    world.listed("Comes", lon=-30.2)
    world.published(confirm_removals=True)
    world.listed("Comes later", lon=-30.1)
    world.published()
    uid = f"geo-offlimits.{entry_id_of(world, 1, 'Goes first')}"
    assert deleted(export(world, form="tak")) == {uid, f"{uid}.circle"}
    # What a filter leaves out is not cleared.
    assert deleted(export(world, form="tak", sector="East")) == {uid, f"{uid}.circle"}
    assert b"Goes first" not in export(world, form="tak").content


def test_an_earlier_edition_that_is_damaged_keeps_nobody_from_the_current_list(world: World) -> None:
    gone = world.listed("Goes")
    world.listed("Stays", lon=-29.7)
    world.published()
    world.lifted(gone.designation_id)
    world.published(confirm_removals=True)
    assert deleted(export(world, form="tak"))
    world.tamper(lambda row: row | {"content": row["content"] + b" "}, number=1)
    assert deleted(export(world, form="tak")) == set()


def entry_id_of(world: World, number: int, name: str) -> str:
    with world.reading("107") as act:
        entries = editions.read(act, Shelf(), MISSION, number).edition.entries
    return next(one.entry_id for one in entries if one.name == name)
