"""`/ogc/` read by software that is not ours: GDAL, OWSLib and, where it is installed, QGIS without a window.

Each counts the same features, draws them where they are and shows their names as they are written.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features
from owslib.util import Authentication
from pyproj import Geod
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from geo_offlimits.bootstrap import wire
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind, VenueKind
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.published import PublishedEdition, open_edition
from geo_offlimits.services import editions, facilities, register, tokens
from geo_offlimits.settings import Settings
from tests import proving
from tests.cli.prompt import MISSION, Prompt
from tests.cli.served import Served

SCRIPTS = ("Blue Lantern", "Плава Лампа", "المصباح الأزرق", "蓝灯笼", "Μπλε Φανάρι", "ሰማያዊ ፋኖስ")
ENTRIES = 66  # with the one that is there
TERMS = Terms(restriction=Restriction.OFF_LIMITS, basis=Basis.OTHER, authority="Head of Mission", directive="ISLE/1")
NOTE = "CANARYNOTE"
FROZEN = f"premises-{MISSION}-ed2"
QGIS_PYTHON = "/usr/bin/python3"
QGIS = Path(__file__).parent / "qgis_reader.py"


def subject(at: int) -> Subject:
    place: BaseGeometry | None = Point(-16.4 + at / 100, -31.9 + at / 90) if at % 7 else None
    if at % 11 == 0:
        place = box(-16.4 + at / 100, -31.5, -16.3 + at / 100, -31.45)
    return Subject(
        kind=SubjectKind.PREMISES,
        names=(Name(text=f"{SCRIPTS[at % 6]} {at}", kind=NameKind.SIGN),),
        category=VenueKind.BAR if at % 2 else VenueKind.HOTEL,
        geometry=place,
        uncertainty_m=None if at % 3 else at / 2,
        locality=SCRIPTS[at % 5],
    )


@pytest.fixture(scope="module")
def offered(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, PublishedEdition]]:
    """The address of a server, a token, and the edition that it offers."""
    folder = tmp_path_factory.mktemp("ogc") / "isle"
    shutil.copytree(deployed, folder)
    prompt = Prompt(folder)
    wiring = wire(Settings(store=f"sqlite:///{prompt.store}", data_dir=folder / "data"), lambda: datetime.now(UTC))
    with wiring.reading() as act:
        head, patrol = (proving.actor(act, f"p_{number}") for number in ("101", "106"))
    with wiring.writing(head) as act:
        for at in range(1, ENTRIES):
            register.add_alone(act, MISSION, subject(at), TERMS, reason=NOTE, confirm_alike=True)
        place = Facility(facility_id="F-1", name="Плажа", kind="recreation", geometry=Point(-15.95, -31.61))
        facilities.add(act, MISSION, place)
        editions.publish(act, wiring.keyring, MISSION, expires_in=timedelta(days=30))
    with wiring.writing(patrol) as act:
        content, token = editions.content(act, MISSION), tokens.issue(act, MISSION, Purpose.SYNC).text
    wiring.store.close()
    served = Served(prompt)
    yield f"http://localhost:{served.port}/ogc", token, open_edition(content, verified=None, clock=wiring.clock)
    assert "Traceback" not in served.stop()[1]


def expected(edition: PublishedEdition) -> dict[str, tuple[str, Any]]:
    return {entry.entry_id: (entry.name, entry.geometry) for entry in edition.entries}


def agree(found: dict[str, tuple[str, Any]], edition: PublishedEdition, *, swapped: bool = False) -> None:
    """The same features, each within 0.1 m of where it is, with its name as it is written."""
    told = expected(edition)
    assert len(told) == ENTRIES
    assert {entry_id: name for entry_id, (name, _) in found.items()} == {key: name for key, (name, _) in told.items()}
    for entry_id, (_, geometry) in found.items():
        true = told[entry_id][1]
        assert (geometry is None) == (true is None), entry_id
        if geometry is not None:
            one, other = shapely.get_coordinates(geometry), shapely.get_coordinates(true)
            assert one.shape == other.shape
            _, _, apart_m = Geod(ellps="WGS84").inv(*one.T[:: -1 if swapped else 1], *other.T)
            assert np.max(apart_m) < 0.1, entry_id


def read_by_gdal(address: str, token: str, layer: str, **how: Any) -> Any:
    return pyogrio.read_dataframe(f"OAPIF:{address}", layer=layer, USERPWD=f"device:{token}", **how)


def test_gdal_reads_every_collection_page_by_page(offered: tuple[str, str, PublishedEdition]) -> None:
    address, token, edition = offered
    for layer, how in (("premises", {"PAGE_SIZE": 10}), (FROZEN, {}), ("premises", {"INITIAL_REQUEST_PAGE_SIZE": 5})):
        table = read_by_gdal(address, token, layer, **how)
        ids, names = table["id"].tolist(), table["name"].tolist()
        agree({key: (name, place) for key, name, place in zip(ids, names, table.geometry, strict=True)}, edition)
        assert NOTE not in table.to_csv()
        assert table["uncertainty_m"].dropna().tolist() == [
            entry.uncertainty_m for entry in edition.entries if entry.uncertainty_m is not None
        ]
    (facility,) = read_by_gdal(address, token, "facilities").itertuples()
    assert (facility.name, facility.geometry.x, facility.geometry.y) == ("Плажа", -15.95, -31.61)
    (territory,) = read_by_gdal(address, token, "boundaries").itertuples()
    assert territory.geometry.equals(edition.boundaries.geometry.iloc[0])


def test_gdal_asks_for_a_part_by_place_and_by_property(offered: tuple[str, str, PublishedEdition]) -> None:
    address, token, edition = offered
    inside = read_by_gdal(address, token, "premises", bbox=(-16.5, -32.0, -16.2, -31.0))
    west = edition.premises.cx[-16.5:-16.2, -32.0:-31.0]
    assert sorted(inside["id"]) == sorted(west["entry_id"])
    assert 0 < len(west) < ENTRIES
    for where, chosen in (
        ("category = 'hotel'", [one.entry_id for one in edition.entries if one.category == "hotel"]),
        (
            "name LIKE '蓝%' OR uncertainty_m > 30",
            ids_where(edition, lambda one: one.name[0] == "蓝" or (one.uncertainty_m or 0) > 30),
        ),
        ("id = 'ISLE-0003'", ["ISLE-0003"]),
    ):
        assert sorted(read_by_gdal(address, token, "premises", where=where)["id"]) == sorted(chosen), where


def ids_where(edition: PublishedEdition, chosen: Callable[[Entry], bool]) -> list[str]:
    return [one.entry_id for one in edition.entries if chosen(one)]


def test_the_system_s_gdal_lists_the_collections(offered: tuple[str, str, PublishedEdition]) -> None:
    if not shutil.which("ogrinfo"):
        pytest.skip("ogrinfo is not installed: GDAL's programs read nothing here")
    address, token, _ = offered
    words = ["ogrinfo", "-ro", f"OAPIF:{address}", "-oo", f"USERPWD=device:{token}"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True)
    for name in ("premises", "boundaries", "facilities", FROZEN):
        assert name in listed.stdout
    told = subprocess.run([*words, "-so", "premises"], capture_output=True, text=True, check=True)
    assert f"Feature Count: {ENTRIES}" in told.stdout
    assert "since: DateTime" in told.stdout
    assert "ERROR" not in listed.stderr + told.stderr


def test_owslib_walks_from_the_landing_page_to_every_feature(offered: tuple[str, str, PublishedEdition]) -> None:
    address, token, edition = offered
    reader = Features(address, auth=Authentication("device", token))
    assert reader.api()["openapi"].startswith("3.0")
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in reader.conformance()["conformsTo"]
    assert set(reader.feature_collections()) == {"premises", "boundaries", "facilities", FROZEN}
    assert "category" in reader.collection_queryables("premises")["properties"]
    found: dict[str, tuple[str, Any]] = {}
    while True:
        page = reader.collection_items("premises", limit=25, offset=len(found))
        assert page["numberMatched"] == ENTRIES
        for one in page["features"]:
            place = one["geometry"] and shapely.geometry.shape(one["geometry"])
            found[one["id"]] = (one["properties"]["name"], place)
        if not any(link["rel"] == "next" for link in page["links"]):
            break
    agree(found, edition)
    assert reader.collection_item("premises", "ISLE-0001")["properties"]["name"] == "Blue Lantern"
    filtered = reader.collection_items(FROZEN, filter="CASEI(name) LIKE CASEI('μπλε%')", bbox=[-17, -33, -15, -31])
    assert filtered["numberMatched"] == len(ids_where(edition, lambda one: one.name.startswith("Μπλε"))) > 0
    with pytest.raises(RuntimeError, match="400"):
        reader.collection_items("premises", q="lantern")


def test_a_list_is_read_in_mercator_and_in_the_authority_s_order(offered: tuple[str, str, PublishedEdition]) -> None:
    address, token, edition = offered
    reader = Features(address, auth=Authentication("device", token))
    system = "http://www.opengis.net/def/crs/EPSG/0/4326"
    page = reader.collection_items("premises", limit=1000, crs=system)
    assert reader.response_headers["Content-Crs"] == f"<{system}>"
    shapes = {one["id"]: one["geometry"] and shapely.geometry.shape(one["geometry"]) for one in page["features"]}
    names = {one["id"]: one["properties"]["name"] for one in page["features"]}
    agree({key: (names[key], shape) for key, shape in shapes.items()}, edition, swapped=True)


@pytest.mark.parametrize("collection", ["premises", FROZEN])
def test_qgis_reads_a_collection(offered: tuple[str, str, PublishedEdition], collection: str, tmp_path: Path) -> None:
    if subprocess.run([QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode:
        pytest.skip("QGIS's Python is not installed: QGIS reads nothing here")
    address, token, edition = offered
    told = subprocess.run(
        [QGIS_PYTHON, str(QGIS), address, token, collection],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
    )
    assert told.returncode == 0, told.stderr
    read = json.loads(told.stdout.splitlines()[-1])
    assert (read["valid"], read["count"]) == (True, ENTRIES), read
    found = {key: (name, wkt and shapely.from_wkt(wkt)) for key, (name, wkt) in read["features"].items()}
    agree(found, edition)
    west = edition.premises.cx[-16.5:-16.2, -32.0:-31.0]
    assert sorted(read["near"]) == sorted(west["entry_id"])
    assert NOTE not in told.stdout
