"""What of thousands of subjects is read to compare them with one: where they are, and what their names are held by."""

import shapely
from shapely import Point

from geo_offlimits.domain.premises import Name, NameKind, Subject, SubjectKind
from tests.store.island import Island


def premises(name: str, place: Point | None) -> Subject:
    names = (Name(text=name, kind=NameKind.SIGN),)
    return Subject(kind=SubjectKind.PREMISES, names=names, geometry=place, locality="Sorrel")


def test_only_the_standing_version_of_each_subject_is_told_with_its_place_or_without(either_island: Island) -> None:
    island = either_island.peopled()
    island.act(
        1,
        lambda tx, at: tx.register.add_subject("DEMO", premises("Tern", Point(-41.5, 38.2)), at),
        lambda tx, at: tx.register.add_subject("DEMO", premises("Heron", None), at),
    )
    island.act(2, lambda tx, at: tx.register.supersede_subject("DEMO-S0001", premises("Gull", Point(-41.5, 38.2)), at))
    with island.store.reading() as tx:
        (outline,) = tx.register.outlines("DEMO")
        assert (outline[0], shapely.from_wkb(outline[1]).bounds[0]) == ("DEMO-S0001", -41.5)
        (heron,) = tx.register.words("DEMO", placeless=True)
        words = dict(tx.register.words("DEMO", placeless=False))
        assert words[heron[0]] == heron[1] == ("premises", None, words["DEMO-S0002"][2], None, "Sorrel")
        assert "Gull" in words["DEMO-S0001"][2]
        assert len(words) == 2
        assert not tx.register.outlines("ELSE")
        assert not tx.register.words("ELSE", placeless=False)


def test_designations_are_found_by_their_subjects(either_island: Island) -> None:
    island = either_island.peopled()
    island.propose(1)
    second = island.propose(2, "Red Door")
    with island.store.reading() as tx:
        (found,) = tx.register.of_subjects(["DEMO-S0002", "DEMO-S0099"])
        assert found == tx.register.get(second)
        assert tx.register.of_subjects([]) == ()
