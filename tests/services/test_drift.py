"""Two missions' lists side by side: who may see them, what is told of each line, and where it comes from."""

import csv
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely import box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.drift import Drift, DriftStatus
from geo_offlimits.domain.origins import Origin, OriginStanding
from geo_offlimits.domain.people import NotPermittedError
from geo_offlimits.errors import InputError
from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.drift_words import Teller, as_features
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.services import drift, editions, missions, partners, register, transcribing
from geo_offlimits.services.drift import Side, UnknownListError
from geo_offlimits.services.drift_fields import differing
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.partner_signed import recognise as recognise_signed
from geo_offlimits.services.partner_signed import signed_file
from geo_offlimits.services.shelf import DamagedEditionError
from tests.services.conftest import MISSION, OTHER, START, World, venue
from tests.services.test_drift_pairs import east, entry

HERE = Origin(code="PELA", standing=OriginStanding.SIGNED, dated=START, sha256="a" * 64, edition=4)
KFOR = Origin(
    code="KFOR",
    standing=OriginStanding.TRANSCRIBED,
    dated=START,
    sha256="b" * 64,
    reference="KFOR/12",
    entered_by="p_103",
    confirmed_by="p_101",
)


def recognise(world: World, *codes: str) -> None:
    with world.acting("100") as act:
        missions.set_recognised(act, MISSION, codes)


@pytest.fixture
def two(world: World) -> World:
    """PELA lists three, MORO three: one the same, one told otherwise, one of its own each."""
    for name, lon in (("Blue Lantern", -29.9), ("Red Heron", -29.8), ("Old Anchor", -29.7)):
        world.listed(name, lon)
    world.published()
    with world.acting("201") as act:
        for name, lon, terms in (
            ("Blue Lantern", -29.9, {}),
            ("Red Heron", -29.7999, {"restriction": Restriction.CAUTION}),
            ("Moro Bar", -19.5, {}),
        ):
            register.add_alone(act, OTHER, *venue(name, lon, terms=terms), confirm_outside=True)
        editions.publish(act, world.keyring, OTHER, expires_in=timedelta(days=30))
    return world


def compared(world: World, by: str = "103", **how: Any) -> Drift:
    with world.reading(by) as act:
        return drift.compare(act, world.wiring.shelf, MISSION, how.pop("other", OTHER), **how)


def statuses(found: Drift) -> dict[str, DriftStatus]:
    return {line.name: line.status for line in found.lines}


def test_each_entry_of_both_lists_stands_in_one_line_with_what_differs(two: World) -> None:
    recognise(two, OTHER)
    before = two.tags()
    found = compared(two)
    assert statuses(found) == {
        "Red Heron": DriftStatus.DIFFERS,
        "Old Anchor": DriftStatus.ONLY_HERE,
        "Moro Bar": DriftStatus.ONLY_THERE,
        "Blue Lantern": DriftStatus.SAME,
    }
    differs = found.lines[0]
    assert (differs.row, differs.fields) == (1, ("geometry", "restriction"))
    assert differs.distance_m == pytest.approx(11.0, abs=0.2)
    assert Teller("Atlantic/Azores").differences(differs) == ["Place: 11 m apart", "Restriction: Off limits → Caution"]
    assert (found.here.code, found.here.edition, found.there.code, found.there.edition) == (MISSION, 1, OTHER, 1)
    assert two.tags() == before
    with two.reading("103") as act:
        assert found.there.sha256 == act.tx.editions.header(OTHER).sha256  # type: ignore[union-attr]


def test_another_missions_list_is_seen_where_it_is_recognised_and_nowhere_else(two: World) -> None:
    for other in (OTHER, "NOWHERE", MISSION):
        with pytest.raises(UnknownListError, match="there are: none"):
            compared(two, other=other)
    recognise(two, OTHER)
    assert compared(two).lines
    for nobody in ("105", "108", "201"):
        with pytest.raises(NotPermittedError):
            compared(two, nobody)


def test_an_edition_that_does_not_verify_is_left_out_by_name_and_the_others_are_compared(two: World) -> None:
    recognise(two, OTHER)
    table = read_rows(("list.csv", b"Name,Latitude,Longitude\nBlue Lantern,10.1,-29.9\n"))
    with two.acting("103") as act:
        # A partner of the same name must not take the place of the mission.
        said = transcribing.Received(partner=OTHER, reference="R 7", received=START.date())
        entered = transcribing.enter(act, transcribing.ready(act, MISSION, table, said)).edition_id
    with two.acting("101") as act:
        partners.confirm(act, entered)
    two.tamper(lambda row: row | {"content": row["content"] + b" "}, mission=OTHER, number=1)
    with two.reading("101") as act:
        choice = drift.others(act, two.wiring.shelf, MISSION)
    assert [one.key for one in choice.sides] == [entered]
    assert ["Edition 1 of MORO does not verify" in why.sentence for why in choice.left_out] == [True]
    assert statuses(compared(two, other=entered))["Blue Lantern"] is DriftStatus.SAME
    with pytest.raises(DamagedEditionError):
        compared(two)


def test_an_earlier_edition_is_compared_by_those_who_may_read_it(two: World) -> None:
    recognise(two, OTHER)
    two.lifted("PELA-0003")
    two.published(confirm_removals=True)
    for by, numbers in (("106", (2, 1)), ("103", (2,))):
        with two.reading(by) as act:
            assert tuple(one.edition for one in drift.own(act, MISSION)) == numbers, by
    assert "Old Anchor" not in statuses(compared(two, "106"))
    found = compared(two, "106", number=1)
    assert (found.here.edition, statuses(found)["Old Anchor"]) == (1, DriftStatus.ONLY_HERE)
    with pytest.raises(UnknownEditionError):
        compared(two, "103", number=1)


def test_what_is_only_proposed_is_on_neither_side(two: World) -> None:
    recognise(two, OTHER)
    with two.acting("103") as act:
        register.propose(act, MISSION, *venue("Moro Bar", -19.5), confirm_outside=True)
    assert statuses(compared(two))["Moro Bar"] is DriftStatus.ONLY_THERE


def test_a_limit_leaves_out_what_lies_far_from_the_others_territory_and_says_how_much(two: World) -> None:
    recognise(two, OTHER)
    whole, found = compared(two), compared(two, within_m=0.0)
    # MORO's territory is far from all that PELA lists; in PELA's lie two of MORO's, which PELA lists, too.
    assert (found.left_out_here, found.left_out_there) == (1, 1)
    assert statuses(found) == {"Red Heron": DriftStatus.DIFFERS, "Blue Lantern": DriftStatus.SAME}
    # What is told of a line is what is told of it without a limit.
    assert [replace(line, row=0) for line in found.lines] == [
        replace(line, row=0) for line in whole.lines if line.name in statuses(found)
    ]
    assert "Left out: 1 here, 1 there." in "\n".join(Teller("UTC").text(found))
    with pytest.raises(InputError, match="metres"):
        compared(two, within_m=-1.0)
    with pytest.raises(InputError, match="territory of KFOR is not known"):
        drift.compared(side(), side(KFOR), 10.0)


def test_a_limit_holds_for_the_list_of_a_partner_whose_territory_nobody_told_and_says_what_it_could_not_do(
    two: World,
) -> None:
    table = read_rows(("kfor.csv", b"name,lat,lon\nBlue Lantern,10.1,-29.9\nFar Bar,12,-20\n"))
    paper = transcribing.Received(partner="KFOR", reference="12/26", received=START.date())
    with two.acting("103") as act:
        kept, moro = (
            transcribing.enter(act, transcribing.ready(act, MISSION, table, replace(paper, partner=partner)))
            for partner in ("KFOR", OTHER)
        )
    with two.acting("102") as act:
        for one in (kept, moro):
            partners.confirm(act, one.edition_id)
    found = compared(two, other="KFOR", within_m=0.0)
    # Theirs that lies far from PELA is left out; of PELA's own nothing can be.
    assert (found.left_out_here, found.left_out_there, found.whole_here, found.whole_there) == (0, 1, True, False)
    assert statuses(found)["Old Anchor"] is DriftStatus.ONLY_HERE
    text = "\n".join(Teller("UTC").text(found))
    assert "The territory of KFOR is not known here, so the list of PELA was compared whole." in text
    assert "entered by Orla Venn, confirmed by Tomo Reyl" in text
    # A partner that is a mission here, and may be seen, has its territory on its paper, too.
    assert compared(two, other=moro.edition_id, within_m=0.0).whole_here
    recognise(two, OTHER)
    found = compared(two, other=moro.edition_id, within_m=0.0)
    assert (found.left_out_here, found.left_out_there, found.whole_here) == (2, 1, False)


def test_a_signed_list_brings_its_own_territory(two: World) -> None:
    with two.reading("201") as act:
        content, envelope = editions.content(act, OTHER), editions.envelope(act, OTHER)
    with two.acting("103") as act:
        file = signed_file("moro.geojson", content, envelope)
        assert file
        kept = recognise_signed(act, MISSION, file)
    found = compared(two, other=kept.edition_id, within_m=0.0)
    assert (found.left_out_here, found.left_out_there, found.whole_here) == (1, 1, False)


def side(origin: Origin = HERE, *entries: Any) -> Side:
    return Side(key=origin.code, origin=origin, entries=entries)


def test_a_transcribed_list_says_that_it_is_nobodys_signed_word() -> None:
    found = drift.compared(side(), side(KFOR, entry("K-1")))
    text = "\n".join(Teller("UTC").text(found))
    assert "KFOR: transcribed, unsigned, as received on" in text
    assert "reference KFOR/12; entered by p_103, confirmed by p_101" in text
    assert f"SHA-256 {'b' * 64}" in text
    assert json.loads(json.dumps(found.as_json()))["there"]["standing"] == "transcribed"


def test_what_one_list_leaves_open_is_no_difference_and_the_day_of_the_decision_is_told() -> None:
    ours = entry("H-1", address="Quay 3")
    theirs = replace(entry("T-1", lon=east(9)), since=START - timedelta(days=200))
    (line,) = drift.compared(side(HERE, ours), side(KFOR, theirs)).lines
    assert (line.status, line.fields) == (DriftStatus.SAME, ("since",))
    (line,) = drift.compared(side(HERE, ours), side(KFOR, replace(theirs, address="Quay 8"))).lines
    assert (line.status, line.fields) == (DriftStatus.DIFFERS, ("address", "since"))


def test_an_entry_whose_end_has_passed_is_told_as_ended_and_differs_from_one_that_holds() -> None:
    over, later = START + timedelta(days=3), START + timedelta(days=4)
    ours, theirs = replace(entry("H-1"), until=over), entry("T-1")
    alone, kept = replace(entry("H-2", "Red Heron", lon=-29.5), until=over), entry("H-3", "Old Anchor", lon=-29.4)
    lists = side(HERE, ours, alone, kept), side(KFOR, theirs, replace(kept, entry_id="T-3"))
    before = {line.name: line.status for line in drift.compared(*lists, at=START).lines}
    assert before == {
        "Blue Lantern": DriftStatus.DIFFERS,
        "Red Heron": DriftStatus.ONLY_HERE,
        "Old Anchor": DriftStatus.SAME,
    }
    found = drift.compared(*lists, at=later)
    assert statuses(found) == before | {"Red Heron": DriftStatus.ENDED}
    assert "\n".join(Teller("UTC").text(found)).count("Ended 5 March 2026") == 2
    told = [one for line in found.as_json()["lines"] for one in (*line["here"], *line["there"])]
    drawn = [one["properties"] for one in as_features(found)["features"]]
    for entries in (told, drawn):
        assert [one["id"] for one in entries if one["ended"]] == ["H-1", "H-2"]
    # An hour between the two ends is no difference until one of them has passed; when both have, neither holds.
    lists = side(HERE, ours), side(KFOR, replace(theirs, until=over + timedelta(hours=1)))
    for at, status, fields in (
        (over - timedelta(seconds=1), DriftStatus.SAME, ()),
        (over, DriftStatus.DIFFERS, ("until",)),
        (later, DriftStatus.ENDED, ()),
    ):
        (line,) = drift.compared(*lists, at=at).lines
        assert (line.status, line.fields) == (status, fields), at


def test_two_outlines_differ_or_not_whichever_list_comes_first() -> None:
    # Reckoned at the latitude of the one they part by 78,100 m, at that of the other by 78,061 m.
    low, high = box(-30, 10, -29, 10.4), box(-30, 10.2, -28.5, 10.9)
    ours, theirs = (entry(name, geometry=place, uncertainty_m=39_040.0) for name, place in (("H", low), ("T", high)))
    assert differing(ours, theirs, 0.0) == differing(theirs, ours, 0.0)


def cells_of(line: str) -> list[str]:
    return next(csv.reader([line]))


def test_a_spreadsheet_runs_nothing_of_the_report_and_a_map_shows_every_place() -> None:
    found = drift.compared(side(HERE, entry("H-1", "=HYPERLINK(1)")), side(KFOR, entry("K-1", "Red Heron", lon=None)))
    text = Teller("UTC").as_csv(found).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text
    cells = ("Bar;=1+1", "＝1+1", "0017", "-31.6 Bar")  # what another delimiter starts, a wide sign, what is rewritten
    for cell in cells:
        (row,) = drift.compared(side(HERE, entry("H-1", cell)), side(KFOR)).lines
        told = Teller("UTC").as_csv(replace(found, lines=(row,))).decode("utf-8-sig").splitlines()[1]
        assert cells_of(told)[4] == neutralised(cell) != cell
        assert float(cells_of(told)[8]) == row.here[0].geometry.x  # type: ignore[union-attr]
    assert text.count("SHA-256") == 2
    document = as_features(found)
    assert [one["geometry"] is None for one in document["features"]] == [False, True]
    assert document["drift"]["there"]["reference"] == "KFOR/12"
    # What leaves the page says, too, that a limit left something out and that a list had expired.
    limited = replace(found, within_m=50.0, left_out_here=4, stale_there=True)
    about = as_features(limited)["drift"]
    assert (about["within_m"], about["here"]["left_out"], about["there"]["stale"]) == (50.0, 4, True)
    ours, theirs = (cells_of(line)[-1] for line in Teller("UTC").as_csv(limited).decode("utf-8-sig").splitlines()[1:])
    assert theirs.endswith("(expired); " + Teller("UTC").limit(limited))
    assert "expired" not in ours
