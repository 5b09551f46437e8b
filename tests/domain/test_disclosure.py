"""What may be told of small groups, held by brute force: whatever is told fits several states of what is not."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from geo_offlimits.domain.completion import Completion, Group, Tally, told
from geo_offlimits.domain.disclosure import Told, alone, part
from geo_offlimits.domain.people import PersonnelCategory

MILITARY, POLICE = PersonnelCategory.MILITARY, PersonnelCategory.POLICE


def small(count: int) -> bool:
    return 0 < count < 5


def seen(*tallies: Tally, own: str | None = None) -> tuple[object, ...]:
    """All that is shown of one unit of these groups, and of everything together."""
    groups = {
        Group(unit="A", category=category): tally for category, tally in zip(PersonnelCategory, tallies, strict=False)
    }
    found = Completion.of(groups, own)
    return (str(found.whole), str(found.units()), str(found.categories()), str(found.only(category=MILITARY).whole))


def splits(most: int) -> list[tuple[int, int]]:
    """Every group of up to so many people, by how many have acknowledged and how many have not."""
    return [(done, whole - done) for whole in range(most + 1) for done in range(whole + 1)]


def ambiguous(worlds: Mapping[Any, list[dict[str, int]]]) -> int:
    """How many small numbers there were; each of them might be another number, by what was shown."""
    found = 0
    for alike in worlds.values():
        for world in alike:
            for name, count in world.items():
                if small(count):
                    found += 1
                    assert len({one[name] for one in alike}) > 1, (name, world)
    return found


def test_no_number_under_five_follows_from_what_is_told_of_its_own_group() -> None:
    worlds = defaultdict(list)
    for acknowledged, outstanding in splits(18):
        for overdue in range(outstanding + 1):
            tally = Tally(acknowledged=acknowledged, outstanding=outstanding, overdue=overdue)
            told_apart = {
                "acknowledged": acknowledged,
                "outstanding": outstanding,
                "overdue": overdue,
                "in time": outstanding - overdue,
                "asked": acknowledged + outstanding,
            }
            worlds[seen(tally)].append(told_apart)
    assert ambiguous(worlds) > 500


def test_the_harness_finds_a_number_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_offlimits.domain.completion.part", lambda count, _whole: Told(count, count))
    with pytest.raises(AssertionError):
        test_no_number_under_five_follows_from_what_is_told_of_its_own_group()


def test_nor_from_two_groups_their_unit_their_categories_and_a_filter_together() -> None:
    worlds = defaultdict(list)
    for pairs in product(splits(12), repeat=2):
        tallies = [Tally(acknowledged=done, outstanding=missing) for done, missing in pairs]
        numbers = {f"{name} {at}": n for at, pair in enumerate(pairs) for name, n in zip("ao", pair, strict=True)}
        done, missing = map(sum, zip(*pairs, strict=True))
        worlds[seen(*tallies)].append(numbers | {"all done": done, "all missing": missing})
    assert ambiguous(worlds) > 1000


def test_nor_from_the_days_one_after_the_other_of_a_number_that_only_grows() -> None:
    worlds = defaultdict(list)
    for whole in range(1, 13):
        for days in product(range(whole + 1), repeat=3):
            if list(days) == sorted(days):
                shown = tuple(
                    str(told(Tally(acknowledged=n, outstanding=whole - n, by_day=days[: at + 1])))
                    for at, n in enumerate(days)
                )
                left = {f"left {at}": whole - n for at, n in enumerate(days)}
                worlds[shown].append({f"day {at}": n for at, n in enumerate(days)} | left)
    assert ambiguous(worlds) > 1000


def test_what_is_told_of_one_unit_is_the_same_whatever_the_others_are_and_whoever_reads_it() -> None:
    unit = {Group(unit="B", category=POLICE): Tally(acknowledged=20, outstanding=3)}
    alone_told = Completion.of(unit, None).units()["B"]
    for done, missing in product(range(7), repeat=2):
        other = {Group(unit="A", category=POLICE): Tally(acknowledged=done, outstanding=missing)}
        for own in (None, "A"):
            found = Completion.of(unit | other, own)
            assert found.units()["B"] == alone_told
            assert found.whole == found.units()["A"] + alone_told  # a total tells nothing that its parts do not
            assert found.categories()[POLICE] + found.categories().get(None, Completion(groups={}).whole) == found.whole


def test_whoever_answers_for_a_unit_reads_its_numbers_as_they_are() -> None:
    group = Group(unit="A", category=MILITARY)
    found = Completion.of({group: Tally(acknowledged=2, outstanding=1, overdue=1)}, "A").units()["A"]
    assert (found.asked, str(found.outstanding), str(found.overdue), found.left_out) == (3, "1", "1", 0)
    other = Completion.of({group: Tally(acknowledged=2, outstanding=1, overdue=1)}, "B").units()["A"]
    assert (other.asked, str(other.outstanding), other.left_out, other.share) == (0, "0", 1, None)


def test_small_groups_of_one_unit_are_told_as_one_of_several_categories() -> None:
    groups = {Group(unit="A", category=category): Tally(acknowledged=3) for category in (MILITARY, POLICE)}
    found = Completion.of(groups, None)
    assert found.categories().keys() == {None}
    assert found.units()["A"].asked == 6
    assert found.only(category=POLICE).whole.asked == 0


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (12, "12")])
def test_a_count_alone_is_told_from_five_on(count: int, shown: str) -> None:
    assert str(alone(count)) == shown


@pytest.mark.parametrize(
    ("count", "whole", "shown"),
    [(0, 20, "0"), (20, 20, "20"), (3, 20, "<5"), (15, 20, "15"), (17, 20, "16–19"), (5, 6, "1–5"), (6, 9, "5–8")],
)
def test_a_part_is_told_where_neither_it_nor_the_rest_is_small(count: int, whole: int, shown: str) -> None:
    assert str(part(count, whole)) == shown
