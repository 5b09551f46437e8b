"""The edition file: one possible file an edition, and nothing else is read."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

import pytest
import rfc8785
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box, shape

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import Period
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, ContactKind, Facility
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import Name, NameKind, Part, SubjectKind, VenueKind
from geo_offlimits.errors import InputError
from geo_offlimits.formats.edition import (
    MAX_EDITION_BYTES,
    EditionFileError,
    bounding_box,
    decode,
    encode,
    feature,
    feature_collection,
    sha256,
    written_and_read,
)

MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]
PROPERTIES = {
    "name", "names", "subject", "category", "restriction", "applies_to", "hours", "exceptions", "since", "until",
    "part", "address", "locality", "sector", "mgrs", "uncertainty_m", "issuer", "directive",
}  # fmt: skip
WHEN = datetime(2026, 3, 1, 10, 30, 59, 999_999, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def full(make_entry: MakeEntry, make_edition: MakeEdition) -> Edition:
    """An edition with every kind of entry and every member filled somewhere."""
    hours = Hours(tz="Europe/Paris", weekly=(WeeklySpan(days=(5, 6), start=time(22), end=time(4, 30)),))
    entries = (
        make_entry(2, geometry=box(179.9995, -16.5, 180.0005, -16.4995), since=WHEN, until=WHEN + timedelta(days=9)),
        make_entry(
            1,
            name="{{ 7*7 }}</script>",
            names=(Name(text="Звезда", lang="sr-Cyrl", kind=NameKind.SIGN), Name(text="Old", kind=NameKind.FORMER)),
            applies_to=(PersonnelCategory.MILITARY, PersonnelCategory.POLICE),
            hours=hours,
            exceptions=("On duty",),
            part=Part(floor="3", entrance="rear", text="club"),
            address="12 Quay Street",
            locality="Port Amber",
            sector="South",
            mgrs="24S WH 00000 00000",
            uncertainty_m=7.5,
        ),
        make_entry(3, geometry=box(-41.51, 38.2, -41.5, 38.21), subject=SubjectKind.AREA, category=None),
        make_entry(4, geometry=None, subject=SubjectKind.CATEGORY_RULE, restriction=Restriction.CAUTION),
        make_entry(5, geometry=box(-42, 38, -41, 39), subject=SubjectKind.CATEGORY_RULE, category=VenueKind.CASINO),
        make_entry(6, geometry=None),
    )
    return make_edition(
        *entries,
        previous_sha256="ab" * 32,
        number=7,
        contacts=(Contact(kind=ContactKind.CONDUCT, name="Conduct team", phone="+000", hours="day and night"),),
        facilities=(Facility(facility_id="F-1", name="Canteen", kind="canteen", geometry=Point(-41.4, 38.1)),),
        boundaries=(
            Boundary(
                kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(-42, 37, -41, 39), valid=Period(start=WHEN)
            ),
            Boundary(kind=BoundaryKind.SECTOR, name="South", geometry=box(-42, 37, -41, 38)),
        ),
        demonstration=True,
    )


def test_what_is_read_is_what_was_written(full: Edition) -> None:
    content = encode(full)
    read = decode(content)
    assert encode(read) == content
    assert decode(encode(read)) == read
    assert (read.number, read.previous_sha256, read.demonstration) == (7, "ab" * 32, True)
    by_id = {entry.entry_id: entry for entry in read.entries}
    for entry in full.entries:
        published = by_id[entry.entry_id]
        assert replace(published, geometry=None, since=WHEN, until=None) == replace(
            entry, geometry=None, since=WHEN, until=None
        )
    assert by_id["DEMO-0002"].since == datetime(2026, 3, 1, 9, 30, 59, tzinfo=UTC)


def test_what_is_published_is_read_back_as_every_reader_reads_it(full: Edition, make_entry: MakeEntry) -> None:
    settled = decode(encode(full))
    # Published as it stands, and with footprints, an order and fractions of seconds that are not yet as published.
    for edition in (settled, full, replace(settled, entries=settled.entries[::-1])):
        assert written_and_read(edition) == (encode(edition), decode(encode(edition)))
    with pytest.raises(EditionFileError, match="two entries DEMO-0001"):
        written_and_read(replace(full, entries=(make_entry(), make_entry())))


def test_the_file_is_canonical_json_and_its_hash_is_what_sha256sum_prints(full: Edition) -> None:
    content = encode(full)
    assert content == rfc8785.dumps(json.loads(content))
    assert sha256(content) == hashlib.sha256(content).hexdigest()


def test_a_list_of_every_kind_in_six_scripts_is_written_to_the_byte_as_rfc8785_writes_it(
    full: Edition, make_entry: MakeEntry
) -> None:
    scripts = ("Blue Lantern", "Плава лампа", "Μπλε φανάρι", "الفانوس الأزرق", "藍燈籠", "नीला लालटेन 😀")
    outlines = (
        Point(20, -30),
        Point(-0.00001, 0.0000321),
        box(20, 42, 20.0001, 42.0001).difference(box(20.00002, 42.00002, 20.00004, 42.00004)),
        box(179.9995, -16.5, 180.0005, -16.4995),
        MultiPolygon([box(1, 1, 1.0001, 1.0001), box(2, 1, 2.0001, 1.0001)]),
        None,
    )
    entries = [
        make_entry(10 + number, name=name, names=(Name(text=name),), geometry=outline, uncertainty_m=metres)
        for number, (name, outline, metres) in enumerate(
            zip(scripts, outlines, (5.0, 0.00001, 0.0, 7, 1e5, 0.1), strict=True)
        )
    ]
    for list_of in ((*full.entries, *entries), tuple(entries)):
        edition = replace(full, entries=list_of)
        content = encode(edition)
        assert content == rfc8785.dumps(json.loads(content))
        assert encode(decode(content)) == content == encode(edition)
        assert [one["properties"]["name"] for one in json.loads(content)["features"][-6:]] == list(scripts)


def test_the_file_has_the_published_form(full: Edition) -> None:
    document = json.loads(encode(full))
    assert set(document) == {"type", "bbox", "features", "offlimits"}
    assert [item["id"] for item in document["features"]] == [f"DEMO-{number:04d}" for number in range(1, 7)]
    assert all(set(item["properties"]) == PROPERTIES for item in document["features"])
    assert document["bbox"] == [179.9995, -16.5, -41, 39]
    about = document["offlimits"]
    assert about["format"] == "geo-offlimits/edition/1"
    assert about["issued_at"] == "2026-11-01T08:00:00Z"
    assert about["boundaries"][0]["valid_from"] == "2026-03-01T09:30:59Z"
    assert about["boundaries"][1]["valid_to"] is None
    told = document["features"][0]["properties"]
    assert told["hours"] == {"tz": "Europe/Paris", "weekly": [{"days": [5, 6], "from": "22:00", "to": "04:30"}]}
    assert told["part"] == {"floor": "3", "entrance": "rear", "text": "club"}
    assert told["names"][0] == {"text": "Звезда", "lang": "sr-Cyrl", "kind": "sign"}


def test_footprints_are_densified_and_rules_and_boundaries_are_not(full: Edition) -> None:
    document = json.loads(encode(full))
    shapes = {item["id"]: shape(item["geometry"]) for item in document["features"] if item["geometry"]}
    assert shapely.get_num_coordinates(shapes["DEMO-0003"]) > 40
    assert shapely.get_num_coordinates(shapes["DEMO-0005"]) == 5
    assert len(document["offlimits"]["boundaries"][0]["geometry"]["coordinates"][0]) == 5
    assert shapes["DEMO-0002"].geom_type == "MultiPolygon"


def test_the_order_in_which_entries_are_given_does_not_change_the_hash(full: Edition) -> None:
    assert encode(replace(full, entries=full.entries[::-1])) == encode(full)


def test_an_edition_without_entries_is_an_edition(make_edition: MakeEdition) -> None:
    empty = make_edition()
    assert "bbox" not in json.loads(encode(empty))
    assert decode(encode(empty)) == empty
    territory = Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(-42, 37, -41, 39))
    assert json.loads(encode(make_edition(boundaries=(territory,))))["bbox"] == [-42, 37, -41, 39]


def test_two_entries_of_one_id_are_refused(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    with pytest.raises(EditionFileError, match="two entries DEMO-0001"):
        encode(make_edition(make_entry(), make_entry()))


def test_a_text_that_is_no_unicode_is_refused(make_entry: MakeEntry, make_edition: MakeEdition) -> None:
    with pytest.raises(EditionFileError, match="canonical JSON"):
        encode(make_edition(make_entry(address="\ud800")))


def test_a_part_of_the_list_is_a_collection_of_its_own(make_entry: MakeEntry) -> None:
    collection = feature_collection([make_entry()])
    assert collection["features"] == [feature(make_entry())]
    assert collection["bbox"] == [-41.5, 38.2, -41.5, 38.2]
    assert "bbox" not in feature_collection([make_entry(geometry=None)])


@pytest.mark.parametrize(
    ("shapes", "bbox"),
    [
        ([Point(1, 2)], [1, 2, 1, 2]),
        ([box(-10, -5, 20, 5), Point(30, 1)], [-10, -5, 30, 5]),
        ([Point(179, -16), Point(-179, -17)], [179, -17, -179, -16]),
        ([box(-180, 80, 180, 90)], [-180, 80, 180, 90]),
        ([Point(-90, 0), Point(90, 0)], [-90, 0, 90, 0]),
        ([Point(-100, 0), Point(100, 0)], [100, 0, -100, 0]),
    ],
)
def test_the_box_is_the_smallest_around_the_globe(shapes: list[Any], bbox: list[float]) -> None:
    assert bounding_box(shapes) == bbox


def changed(full: Edition, change: Callable[[dict[str, Any]], Any]) -> bytes:
    document = json.loads(encode(full))
    change(document)
    return rfc8785.dumps(document)


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another format": lambda d: d["offlimits"].update(format="geo-offlimits/edition/2"),
    "no format": lambda d: d["offlimits"].pop("format"),
    "another type": lambda d: d.update(type="Feature"),
    "an unknown member": lambda d: d["offlimits"].update(note="secret"),
    "an unknown property": lambda d: d["features"][0]["properties"].update(basis="drugs"),
    "a missing property": lambda d: d["features"][0]["properties"].pop("part"),
    "a number as text": lambda d: d["offlimits"].update(number="7"),
    "truth as a number": lambda d: d["offlimits"].update(number=True),
    "a number as truth": lambda d: d["offlimits"].update(demonstration=1),
    "a negative number": lambda d: d["offlimits"].update(number=-1),
    "half an edition": lambda d: d["offlimits"].update(number=1.5),
    "a short hash": lambda d: d["offlimits"].update(previous_sha256="ab"),
    "a hash in capitals": lambda d: d["offlimits"].update(previous_sha256="AB" * 32),
    "a time with an offset": lambda d: d["offlimits"].update(issued_at="2026-11-01T09:00:00+01:00"),
    "a time without a zone": lambda d: d["offlimits"].update(issued_at="2026-11-01T08:00:00"),
    "a time before all time": lambda d: d["offlimits"].update(issued_at="0001-01-01T00:00:00+14:00"),
    "no time": lambda d: d["offlimits"].update(expires_at="soon"),
    "an unknown zone": lambda d: d["offlimits"].update(timezone="Mars/Olympus"),
    "an unknown restriction": lambda d: d["features"][0]["properties"].update(restriction="banned"),
    "no name": lambda d: d["features"][0]["properties"].update(name=None),
    "an empty name": lambda d: d["features"][0]["properties"]["names"][0].update(text=" "),
    "day eight": lambda d: d["features"][0]["properties"]["hours"]["weekly"][0].update(days=[8]),
    "days as text": lambda d: d["features"][0]["properties"]["hours"]["weekly"][0].update(days=["Monday"]),
    "hours without spans": lambda d: d["features"][0]["properties"]["hours"].update(weekly=[]),
    "hours with a zone": lambda d: d["features"][0]["properties"]["hours"]["weekly"][0].update({"from": "22:00+01:00"}),
    "a negative uncertainty": lambda d: d["features"][0]["properties"].update(uncertainty_m=-1),
    "texts that are none": lambda d: d["features"][0]["properties"].update(exceptions=[1]),
    "an array that is none": lambda d: d["features"][0]["properties"].update(names="Comet"),
    "an object that is none": lambda d: d["features"][0].update(properties=[]),
    "a statement of numbers": lambda d: d["offlimits"].update(statement={"en": 1}),
    "a line": lambda d: d["features"][0].update(geometry={"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
    "no coordinates": lambda d: d["features"][0].update(geometry={"type": "Point", "coordinates": []}),
    "a height": lambda d: d["features"][0]["geometry"].update(coordinates=[1, 2, 3]),
    "eight decimals": lambda d: d["features"][0]["geometry"].update(coordinates=[1.12345678, 2]),
    "beyond a pole": lambda d: d["features"][0]["geometry"].update(coordinates=[1, 91]),
    "a ring left open": lambda d: d["features"][2]["geometry"]["coordinates"][0].pop(),
    "a ring the wrong way round": lambda d: d["features"][4]["geometry"]["coordinates"][0].reverse(),
    "an empty ring": lambda d: d["features"][2]["geometry"].update(coordinates=[[]]),
    "no rings": lambda d: d["features"][2]["geometry"].update(coordinates=[]),
    "a bow tie": lambda d: d["features"][4]["geometry"].update(coordinates=[[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]),
    "entries in another order": lambda d: d["features"].reverse(),
    "an entry twice": lambda d: d["features"].append(d["features"][-1]),
    "another box": lambda d: d.update(bbox=[0, 0, 1, 1]),
    "no box": lambda d: d.pop("bbox"),
    "a period that ends before it starts": lambda d: d["offlimits"]["boundaries"][0].update(
        valid_to="2020-01-01T00:00:00Z"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_file_is_refused_with_a_sentence(full: Edition, change: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(EditionFileError) as refusal:
        decode(changed(full, change))
    assert str(refusal.value).startswith("The edition file")
    assert refusal.value.issues[0].remedy


def test_a_file_that_is_no_edition_is_asked_about_once() -> None:
    with pytest.raises(EditionFileError) as refusal:
        decode(b'{"type": "Feature"}')
    assert str(refusal.value) == "The edition file is not a FeatureCollection; is it an edition?"


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "FeatureCollection"),
        (b"null", "FeatureCollection"),
        (b"NaN", "NaN"),
        (b'{"type":"FeatureCollection","x":-Infinity}', "-Infinity"),
        (b'{"type":"FeatureCollection"}', "offlimits is missing"),
        (b'{"a":1,"a":1}', "stands twice"),
        (b"[" * 200_000, "nested too deeply"),
        (b"1" * 5_000, "not JSON"),
    ],
)
def test_what_is_no_edition_is_refused(content: bytes, fact: str) -> None:
    with pytest.raises(EditionFileError, match=fact):
        decode(content)


def test_spaces_duplicates_and_huge_numbers_are_refused(full: Edition) -> None:
    content = encode(full)
    for other in (
        content + b"\n",
        content.replace(b'"number":7', b'"number": 7'),
        content.replace(b'"number":7', b'"number":7,"number":7'),
        content.replace(b'"number":7', b'"number":99999999999999999999'),
        content.replace(b'"uncertainty_m":7.5', b'"uncertainty_m":1e999'),
        content.replace(b'"uncertainty_m":7.5', b'"uncertainty_m":7.50'),
        content.replace(b'"uncertainty_m":7.5', b'"uncertainty_m":' + b"9" * 400),
    ):
        with pytest.raises(EditionFileError):
            decode(other)


def test_a_file_too_large_is_not_even_parsed() -> None:
    with pytest.raises(EditionFileError, match="larger"):
        decode(b" " * (MAX_EDITION_BYTES + 1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_any_member_of_any_kind_is_read_or_refused(
    make_entry: MakeEntry, make_edition: MakeEdition, data: st.DataObject
) -> None:
    hours = Hours(tz="UTC", weekly=(WeeklySpan(days=(1,), start=time(1), end=time(2)),))
    edition = make_edition(make_entry(hours=hours), make_entry(2, geometry=box(0, 0, 0.001, 0.001)))
    document = json.loads(encode(edition))
    here: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if isinstance(here[key], dict | list) and here[key] and data.draw(st.booleans()):
            here = here[key]
            continue
        here[key] = data.draw(json_values)
        break
    try:
        read = decode(
            json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(
                errors="surrogatepass"
            )
        )
    except InputError as refusal:
        assert isinstance(refusal, EditionFileError)  # noqa: PT017  (either outcome is fine, a third is not)
    else:
        assert decode(encode(read)) == read


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(EditionFileError):
        decode(content)


@given(st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_one_changed_byte_is_never_the_same_edition(
    make_entry: MakeEntry, make_edition: MakeEdition, seed: int
) -> None:
    content = encode(make_edition(make_entry()))
    at = seed % len(content)
    other = bytes([(content[at] + 1 + seed // len(content) % 255) % 256])
    mutated = content[:at] + other + content[at + 1 :]
    try:
        read = decode(mutated)
    except EditionFileError:
        return
    assert encode(read) == mutated
    assert sha256(mutated) != sha256(content)
