"""A published edition, opened by a service or in a notebook."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import folium
import pytest
from shapely.geometry import Point, box

import geo_offlimits
from geo_offlimits import layer
from geo_offlimits.delivery.envelopes import EDITION_TYPE, EXPORT_TYPE
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.position import Position, PositionError
from geo_offlimits.domain.premises import Name, SubjectKind, VenueKind
from geo_offlimits.errors import InputError, UnverifiedError
from geo_offlimits.formats.edition import EditionFileError, encode, sha256
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, notations
from geo_offlimits.lookup.proximity import RadiusError
from geo_offlimits.lookup.verdict import ReasonCode, UnknownEntryError, Verdict
from geo_offlimits.published import PublishedEdition, open_edition

MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]
NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
HOSTILE = "{{ cycler.__init__.__globals__.os.system('id') }}</script><script>alert(1)</script>${alert(2)}"


@pytest.fixture
def content(make_entry: MakeEntry, make_edition: MakeEdition) -> bytes:
    rule = {"subject": SubjectKind.CATEGORY_RULE, "category": VenueKind.CASINO, "geometry": None}
    entries = (
        make_entry(1, geometry=box(-41.501, 38.199, -41.499, 38.201)),
        make_entry(2, name="Tide", names=(Name(text="Tide"), Name(text="Звезда")), geometry=Point(-41.49, 38.2)),
        make_entry(3, name=HOSTILE, names=(), geometry=None),
        make_entry(4, name="Casinos", names=(), **rule),
    )
    territory = Boundary(kind=BoundaryKind.TERRITORY, name="Isle", geometry=box(-42, 37.9, -41, 38.5))
    return encode(make_edition(*entries, boundaries=(territory,)))


@pytest.fixture
def edition(content: bytes) -> PublishedEdition:
    return open_edition(content, verified=True, clock=lambda: NOW)


def test_an_opened_edition_is_its_bytes(edition: PublishedEdition, content: bytes) -> None:
    assert edition.content == content
    assert edition.sha256 == sha256(content)
    assert encode(edition.edition) == content
    assert "4 entries, verified" in repr(edition)
    assert not edition.stale()
    assert edition.stale(NOW + timedelta(days=30))


def test_its_layers_are_the_documented_ones(edition: PublishedEdition) -> None:
    layer.validate(edition.premises)
    layer.validate(edition.boundaries, layer.BOUNDARIES)
    assert edition.premises is edition.premises
    assert len(edition.premises) == len(edition.entries) == 4
    entry = edition.entry("DEMO-0002")
    assert entry is not None
    assert entry.name == "Tide"
    assert edition.entry("DEMO-0099") is None


@pytest.mark.parametrize(
    "given", [(38.2, -41.5), "38.2000, -41.5000", Position(lat=38.2, lon=-41.5), [(38.2, -41.5)], ["38.2000 N 41.5 W"]]
)
def test_positions_are_taken_in_every_form(edition: PublishedEdition, given: object) -> None:
    (answer,) = edition.check(given)  # type: ignore[arg-type]  # every form is what is tried
    assert answer.verdict is Verdict.LISTED


def test_answers_come_in_the_order_of_the_positions(edition: PublishedEdition) -> None:
    answers = edition.check([(38.3, -41.3), (38.2, -41.5), (10.0, 10.0), (38.2, -41.49)])
    assert [answer.verdict for answer in answers] == [
        Verdict.NOT_LISTED,
        Verdict.LISTED,
        Verdict.CANNOT_TELL,
        Verdict.CANNOT_TELL,
    ]
    assert edition.check([]) == ()


def test_the_clock_is_asked_only_when_no_time_is_given(content: bytes) -> None:
    def no_clock() -> datetime:
        pytest.fail("the clock was asked")

    edition = open_edition(content, verified=True, clock=no_clock)
    assert edition.check((38.2, -41.5), now=NOW)[0].verdict is Verdict.LISTED
    before = edition.check((38.2, -41.5), now=NOW, at=NOW - timedelta(days=400))
    assert before[0].verdict is Verdict.NOT_LISTED


def test_a_kind_of_venue_and_a_chosen_entry_decide(edition: PublishedEdition) -> None:
    (answer,) = edition.check((38.3, -41.3), venue="casino", personnel="civilian")
    assert answer.reasons[0].code is ReasonCode.CATEGORY_RULE
    (chosen,) = edition.check([], entry_id="DEMO-0003")
    assert chosen.reasons[0].code is ReasonCode.CHOSEN_ENTRY
    with pytest.raises(UnknownEntryError):
        edition.check((38.2, -41.5), entry_id="DEMO-0099")
    with pytest.raises(InputError, match="venue"):
        edition.check((38.2, -41.5), venue="palace")


@pytest.mark.parametrize("bad", ["95, 21", (95.0, 21.0), (float("nan"), 0.0), "nowhere"])
def test_a_position_that_is_none_is_refused(edition: PublishedEdition, bad: str | tuple[float, float]) -> None:
    with pytest.raises(PositionError):
        edition.check(bad)


def test_text_is_read_by_the_edition_s_territory(edition: PublishedEdition) -> None:
    (answer,) = edition.check(notations(Position(lat=38.2, lon=-41.5))["plus"][4:])
    assert answer.matches[0].entry.entry_id == "DEMO-0001"
    assert len(edition.near(notations(Position(lat=38.2, lon=-41.5))["plus"][4:], radius_m=10)) == 1
    with pytest.raises(AmbiguousPositionError, match="longitude first"):
        edition.check("-41.5000, 38.2000")


def test_near_is_a_table(edition: PublishedEdition) -> None:
    table = edition.near([(38.2, -41.4899), (38.2, -41.5), (38.4, -41.2)], radius_m=1_000)
    assert table["position"].tolist() == [0, 0, 1, 1]
    assert table["entry_id"].tolist() == ["DEMO-0002", "DEMO-0001", "DEMO-0001", "DEMO-0002"]
    assert table["distance_m"].tolist() == sorted(table["distance_m"][:2]) + sorted(table["distance_m"][2:])
    with pytest.raises(RadiusError):
        edition.near((38.2, -41.5), radius_m=0)


def test_names_are_found_in_another_script(edition: PublishedEdition) -> None:
    (match, *_) = edition.find("zvezda")
    assert (match.entry.entry_id, match.name, match.score) == ("DEMO-0002", "Звезда", 100.0)


def test_the_map_holds_no_name_that_could_run(edition: PublishedEdition) -> None:
    made = edition.map()
    assert isinstance(made, folium.Map)
    page = made.get_root().render()
    assert "cycler.__init__" not in page
    assert "<script>alert" not in page
    assert "${alert" not in page


def test_an_unverified_edition_never_clears_anybody(content: bytes) -> None:
    edition = open_edition(content, verified=False, clock=lambda: NOW)
    for answer in edition.check([(38.3, -41.3), (38.2, -41.5)]):
        assert (answer.verdict, answer.reasons[0].code) == (Verdict.CANNOT_TELL, ReasonCode.UNVERIFIED)


@pytest.fixture
def signed(content: bytes, tmp_path: Path) -> tuple[Path, Keyring]:
    """An edition and its envelope side by side."""
    keyring = Keyring.create(tmp_path, NOW)
    file = tmp_path / "DEMO-1.geojson"
    file.write_bytes(content)
    file.with_name(file.name + ".dsse").write_bytes(keyring.sign(content, EDITION_TYPE))
    return file, keyring


def test_a_notebook_reads_a_file(signed: tuple[Path, Keyring]) -> None:
    file, _ = signed
    for given in (file, str(file)):
        edition = geo_offlimits.read_edition(given)
        assert edition.verified is None
        assert edition.edition.number == 1
        assert "signature not checked" in repr(edition)
        assert edition.check((38.2, -41.5), now=NOW)[0].verdict is Verdict.LISTED
        assert edition.check((38.2, -41.5))


def test_with_a_key_the_signature_is_checked(signed: tuple[Path, Keyring], tmp_path: Path) -> None:
    file, keyring = signed
    (key,) = keyring.public_keys()
    pem = tmp_path / "key.pem"
    pem.write_text(key.pem)
    for given in (key, key.pem, pem, str(pem)):
        assert geo_offlimits.read_edition(file, key=given).verified is True
    envelope = file.with_name(file.name + ".dsse")
    assert geo_offlimits.read_edition(envelope, key=key).content == file.read_bytes()


def test_a_signature_that_does_not_fit_is_refused(signed: tuple[Path, Keyring], tmp_path: Path) -> None:
    file, keyring = signed
    (key,) = keyring.public_keys()
    envelope = file.with_name(file.name + ".dsse")
    (stranger,) = Keyring.create(tmp_path / "other", NOW).public_keys()
    with pytest.raises(UnverifiedError):
        geo_offlimits.read_edition(file, key=stranger)
    envelope.write_bytes(keyring.sign(file.read_bytes(), EXPORT_TYPE))
    with pytest.raises(UnverifiedError):
        geo_offlimits.read_edition(file, key=key)
    envelope.write_bytes(keyring.sign(b"{}", EDITION_TYPE))
    with pytest.raises(UnverifiedError, match="is not the edition"):
        geo_offlimits.read_edition(file, key=key)
    with pytest.raises(InputError, match="signed envelope"):
        geo_offlimits.read_edition(envelope)
    envelope.unlink()
    with pytest.raises(UnverifiedError, match="beside it"):
        geo_offlimits.read_edition(file, key=key)


def test_a_file_that_is_no_edition_is_refused_with_a_sentence(tmp_path: Path, signed: tuple[Path, Keyring]) -> None:
    file, _ = signed
    with pytest.raises(InputError, match="cannot be read"):
        geo_offlimits.read_edition(tmp_path / "missing.geojson")
    with pytest.raises(InputError, match="cannot be read"):
        geo_offlimits.read_edition(file, key=tmp_path / "missing.pem")
    other = tmp_path / "other.geojson"
    other.write_text('{"type":"FeatureCollection","features":[]}')
    with pytest.raises(EditionFileError):
        geo_offlimits.read_edition(other)


def test_an_edition_across_the_antimeridian_answers_on_both_sides(
    make_entry: MakeEntry, make_edition: MakeEdition
) -> None:
    across = make_entry(geometry=box(179.999, -16.501, 180.001, -16.499))
    edition = open_edition(encode(make_edition(across)), verified=True, clock=lambda: NOW)
    answers = edition.check([(-16.5, 179.9999), (-16.5, -179.9999), (-16.5, 180.0), (-16.5, -180.0)])
    assert {answer.verdict for answer in answers} == {Verdict.LISTED}
