"""The data package as TAK's clients read it: a device that keeps what it was told by uid, and takproto, not ours."""

import io
import zipfile
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

import pytest
import takproto.functions as takproto
from shapely import MultiPolygon, Point, Polygon, box

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.formats import tak
from geo_offlimits.formats.excerpt import Drawn, Excerpt
from geo_offlimits.lookup.geodesy import GEOD
from tests.formats.conftest import edition_of, listed
from tests.formats.exported import ENTRIES, HOSTILE, NAMES, PLACED, SHA256, excerpt

WITHIN_M = 0.1


def told(content: bytes) -> dict[str, ET.Element]:
    """What the manifest says to read, in its order: each event by its own uid."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = ET.fromstring(archive.read("MANIFEST/manifest.xml"))  # noqa: S314  (ours)
        contents = manifest.findall("Contents/Content")
        paths = [str(one.get("zipEntry")) for one in contents]
        assert sorted(archive.namelist()) == sorted(["MANIFEST/manifest.xml", *paths])
        events = [ET.fromstring(archive.read(path)) for path in paths]  # noqa: S314  (ours)
    assert [one.find("Parameter").attrib for one in contents] == [  # type: ignore[union-attr]  # is there
        {"name": "uid", "value": event.get("uid")} for event in events
    ]
    found = {str(event.get("uid")): event for event in events}
    assert len(found) == len(events)
    return found


@dataclass
class Device:
    """As ATAK does: an event replaces what has its uid, of the same kind only; a delete takes away what it links."""

    shown: dict[str, ET.Element] = field(default_factory=dict)

    def load(self, content: bytes) -> None:
        for uid, event in told(content).items():
            if event.get("type") == "t-x-d-d":
                link = event.find("detail/link")
                assert link is not None
                assert link.get("relation")
                assert link.get("type")
                assert event.find("detail/__forcedelete") is not None
                self.shown.pop(str(link.get("uid")), None)
            else:
                assert self.shown.get(uid, event).get("type") == event.get("type")
                self.shown[uid] = event


def package(*entries: Entry, before: tuple[Entry, ...] = (), number: int = 1) -> bytes:
    edition = replace(edition_of(*entries), number=number)
    return tak.write(
        Excerpt(
            edition=edition,
            sha256=SHA256,
            fingerprint="ab" * 32,
            entries=edition.entries,
            filtered={},
            drawn_before=frozenset(map(Drawn.of, before)),
        )
    )


@pytest.fixture(scope="module")
def events() -> dict[str, ET.Element]:
    return told(tak.write(excerpt()))


def point_of(event: ET.Element) -> tuple[float, float]:
    point = event.find("point")
    assert point is not None
    return float(point.attrib["lon"]), float(point.attrib["lat"])


def test_another_program_reads_every_spot_with_its_name_place_and_expiry() -> None:
    with zipfile.ZipFile(io.BytesIO(tak.write(excerpt()))) as archive:
        cot = [archive.read(name) for name in archive.namelist() if name.endswith(".cot")]
    read = [takproto.xml2message(one).cotEvent for one in cot]
    spots = [one for one in read if one.type == "b-m-p-s-m" and not one.uid.endswith(".list")]
    assert len(spots) == PLACED
    for spot, placed in zip(spots, excerpt().placed, strict=True):
        assert spot.uid == f"geo-offlimits.{placed.entry.entry_id}"
        assert GEOD.inv(spot.lon, spot.lat, placed.lon, placed.lat)[2] < WITHIN_M
        assert spot.staleTime == excerpt().edition.expires_at.timestamp() * 1000
    assert [spot.detail.contact.callsign for spot in spots[: len(NAMES)]] == list(NAMES.values())
    assert sum(SHA256 in one.detail.xmlDetail for one in read) == 1


def test_nobody_is_hostile_and_nothing_is_a_unit(events: dict[str, ET.Element]) -> None:
    assert {event.get("type") for event in events.values()} == {"b-m-p-s-m", "u-d-c-c", "u-d-f"}


def test_premises_warn_as_far_as_the_excerpt_says_and_areas_at_their_edge(events: dict[str, ET.Element]) -> None:
    fenced = {uid for uid, event in events.items() if event.find("detail/__geofence") is not None}
    circles = {uid for uid, event in events.items() if event.get("type") == "u-d-c-c"}
    assert len(circles) == PLACED - 2
    assert fenced == circles | {
        f"geo-offlimits.DEMO-{end}" for end in ("0101.outline.0", "0102.outline.0", "0102.outline.1")
    }
    for placed in excerpt().placed:
        circle = events.get(f"geo-offlimits.{placed.entry.entry_id}.circle")
        if circle is not None:
            ellipse = circle.find("detail/shape/ellipse")
            assert ellipse is not None
            assert {ellipse.attrib["major"], ellipse.attrib["minor"]} == {f"{placed.alarm_m}.0"}
            assert GEOD.inv(*point_of(circle), placed.lon, placed.lat)[2] < WITHIN_M


def test_a_fence_says_what_atak_reads_and_watches_people_from_afar(events: dict[str, ET.Element]) -> None:
    fence = events["geo-offlimits.DEMO-0001.circle"].find("detail/__geofence")
    assert fence is not None
    assert fence.attrib == {
        "trigger": "Entry",
        "monitor": "TAKUsers",
        "tracking": "true",
        "boundingSphere": "160000.0",
        "elevationMonitored": "false",
        "minElevation": "NaN",
        "maxElevation": "NaN",
    }


def test_an_outline_is_closed_and_has_the_corners_of_its_footprint(events: dict[str, ET.Element]) -> None:
    corners = [
        tuple(map(float, link.attrib["point"].split(",")))
        for link in events["geo-offlimits.DEMO-0101.outline.0"].iterfind("detail/link")
    ]
    footprint = ENTRIES[-6].geometry
    assert isinstance(footprint, Polygon)
    assert corners == [(lat, lon) for lon, lat in footprint.exterior.coords]
    assert corners[0] == corners[-1]


def test_no_name_is_a_tag_for_a_reader(events: dict[str, ET.Element]) -> None:
    names = [event.find("detail/contact").get("callsign") for event in events.values()]  # type: ignore[union-attr]  # is there
    assert "‹/name›‹script›alert(1)‹/script›" in names
    assert len(HOSTILE) + len(NAMES) < len(names)


def test_what_has_no_place_stands_in_the_remarks_of_the_list_s_own_spot(events: dict[str, ET.Element]) -> None:
    remarks = events["geo-offlimits.DEMO.list"].findtext("detail/remarks") or ""
    for text in ("Somewhere", "Parlours", SHA256, "Current until: 2026-04-01T09:00:00Z", "Suspected, precautionary"):
        assert text in remarks, text


def test_the_manifest_is_of_version_2_with_a_uid_of_the_mission_and_the_edition_in_its_name() -> None:
    with zipfile.ZipFile(io.BytesIO(tak.write(excerpt()))) as archive:
        manifest = ET.fromstring(archive.read("MANIFEST/manifest.xml"))  # noqa: S314  (ours)
    assert (manifest.tag, manifest.get("version")) == ("MissionPackageManifest", "2")
    parameters = {one.get("name"): one.get("value") for one in manifest.findall("Configuration/Parameter")}
    assert (parameters["uid"], parameters["name"]) == ("geo-offlimits.DEMO", "DEMO 4")
    assert (parameters["onReceiveImport"], parameters["onReceiveDelete"]) == ("true", "false")


def test_events_begin_at_the_issue_go_stale_with_the_edition_and_are_kept(events: dict[str, ET.Element]) -> None:
    edition = excerpt().edition
    for event in events.values():
        assert parse_instant(event.attrib["time"]) == parse_instant(event.attrib["start"]) == edition.issued_at
        assert parse_instant(event.attrib["stale"]) == edition.expires_at
        assert event.find("detail/archive") is not None


STAYS, GOES = listed(1, "Blue Lantern"), listed(2, "Old Mill")
MOVES = listed(3, "Quay", geometry=Point(-40.1, 12.3))
GROWS = listed(3, "Quay", geometry=box(-40.1, 12.3, -40.099, 12.301), subject=SubjectKind.AREA)
PARTS = listed(4, "Pier", geometry=MultiPolygon([box(-40, 12, -39.9, 12.1), box(-39.8, 12, -39.7, 12.1)]))
ONE_PART = listed(4, "Pier", geometry=box(-40, 12, -39.9, 12.1))


def test_a_device_that_loads_the_next_package_shows_what_a_fresh_one_shows() -> None:
    first, after = (STAYS, GOES, MOVES, PARTS), (STAYS, GROWS, ONE_PART)
    device, fresh = Device(), Device()
    device.load(package(*first))
    assert any("DEMO-0002" in uid for uid in device.shown)
    device.load(package(*after, before=first, number=2))
    fresh.load(package(*after, number=2))
    assert device.shown.keys() == fresh.shown.keys()
    assert not any("DEMO-0002" in uid for uid in device.shown)


def test_what_was_lifted_is_deleted_without_its_name() -> None:
    content = package(STAYS, before=(STAYS, GOES), number=2)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "geo-offlimits.DEMO-0002" in text
    assert "Old Mill" not in text


def test_without_a_device_that_holds_more_nothing_is_deleted() -> None:
    assert [uid for uid in told(package(STAYS, before=(STAYS,))) if uid.endswith(".delete")] == []
