"""What a text may be, whoever gives it: one definition, and no field of the domain is left out of it."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from shapely.geometry import Point, box

from geo_offlimits.domain import texts
from geo_offlimits.domain.designation import Basis, Restriction, Terms
from geo_offlimits.domain.mission import (
    Boundary,
    BoundaryKind,
    Contact,
    ContactKind,
    Facility,
    Mission,
    Organisation,
)
from geo_offlimits.domain.people import Person, PersonnelCategory, Role, RoleGrant
from geo_offlimits.domain.premises import Name, Part, Subject, SubjectKind
from geo_offlimits.errors import InputError

UNSEEN = "\u200b\u2060\u200d"


@pytest.mark.parametrize(
    "text",
    [
        "Blue Lantern",
        "Плава лампа",
        "نادي الليل",
        "\u200fנמל\u200f",
        "می\u200cخانه",  # a sign of no width inside a word is how it is spelt
        "🍸",
        "#1!",
        "L'\u00c9toile",
        "e\u0301",
        "\U0003134a",  # a character younger than some Pythons' tables
        "x" * texts.MAX_NAME,
    ],
)
def test_what_people_can_read_is_a_name(text: str) -> None:
    assert texts.line("name", text, needed=True) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (UNSEEN, "nothing that can be seen"),
        ("\u3164", "nothing that can be seen"),
        ("\u2800 \u2800", "nothing that can be seen"),
        ("\u0301", "nothing that can be seen"),
        ("\xa0", "nothing that can be seen"),
        ("\ufeff", "nothing that can be seen"),
        ("Bar \x00", "U+0000"),
        ("Bar\x1b[2J", "U+001B"),
        ("Bar \x85", "U+0085"),
        ("Bar \udcff", "U+DCFF"),
        ("\u202eraB ehT", "U+202E"),
        ("Bar\uffff", "U+FFFF"),
        ("Bar\U0001fffe", "U+1FFFE"),
        ("Blue\nLantern", "line break"),
        ("Blue\u2028Lantern", "line break"),
        ("Blue\tLantern", "tab"),
        ("", "empty"),
        (" \n\t ", "line break"),
        ("x" * (texts.MAX_NAME + 1), "longer than 200"),
    ],
)
def test_what_nobody_can_read_is_not(text: str, reason: str) -> None:
    issue = texts.line("name", text, needed=True)
    assert issue
    assert reason in issue.reason
    assert issue.remedy
    with pytest.raises(InputError) as refusal:
        texts.refuse(None, issue)
    assert refusal.value.issues == (issue,)


def test_a_longer_text_may_have_lines_and_an_end() -> None:
    assert texts.text("note", "first line\r\n\tsecond\u2029third") is None
    assert texts.text("note", "x" * texts.MAX_TEXT) is None
    assert texts.text("note", "x" * (texts.MAX_TEXT + 1)) is not None
    assert texts.text("note", None) is None
    assert texts.text("note", "  ") is None
    assert texts.text("note", " \x1c ") is not None
    texts.refuse(None, None)


@pytest.mark.parametrize(("tag", "fits"), [("fr", True), ("sr-Cyrl", True), ("sr_Cyrl", False), ("", False)])
def test_a_tag_of_a_language_has_its_form(tag: str, *, fits: bool) -> None:
    assert (texts.tag("lang", tag) is None) is fits
    assert texts.tag("lang", "a" * 8 + "-x" * 20) is not None


PERSON = Person(
    person_id="p_1", number="1", name="A", unit="U", category=PersonnelCategory.CIVILIAN, mission="PELA", email="a@b"
)
WHOLE = (
    Name(text="Bar", lang="en"),
    Subject(kind=SubjectKind.PREMISES, names=(Name(text="Bar"),), address="Quay 4", locality="Port"),
    Terms(restriction=Restriction.OFF_LIMITS, basis=Basis.OTHER, authority="Head", directive="1", exceptions=("duty",)),
    PERSON,
    RoleGrant(role=Role.STAFF, mission="PELA"),
    Contact(kind=ContactKind.CONDUCT, name="Team", phone="1", email="a@b", hours="always"),
    Facility(facility_id="F-1", name="Canteen", kind="club", geometry=Point(0, 0), address="Quay", locality="Port"),
    Boundary(kind=BoundaryKind.SECTOR, name="North", geometry=box(0, 0, 1, 1)),
    Mission(
        code="PELA",
        name="Mission",
        organisation=Organisation.UN,
        timezone="UTC",
        territory="own",
        recognises=("MORO",),
    ),
)
# Minted here, or of a form of their own that is asked elsewhere.
NOT_GIVEN = {"person_id", "facility_id", "code", "timezone"}


def text_fields(whole: Any) -> list[str]:
    kinds = (str, str | None, tuple[str, ...])
    return [field.name for field in fields(whole) if field.type in kinds and field.name not in NOT_GIVEN]


@pytest.mark.parametrize(
    ("whole", "field"),
    [(whole, field) for whole in WHOLE for field in text_fields(whole)],
    ids=lambda part: part if isinstance(part, str) else type(part).__name__,
)
@pytest.mark.parametrize("spoil", [lambda _: UNSEEN, lambda text: text + "\x07", lambda text: text + "x" * 3000])
def test_every_text_of_the_domain_is_asked(whole: Any, field: str, spoil: Callable[[str], str]) -> None:
    assert [issue for issue in whole.unfit() if issue] == []
    bad = spoil("A")
    if isinstance(whole, Name) and field == "text" and len(bad) > texts.MAX_NAME:
        with pytest.raises(InputError):
            replace(whole, text=bad)
        return
    spoilt = replace(whole, **{field: (bad,) if isinstance(getattr(whole, field), tuple) else bad})
    assert [issue for issue in spoilt.unfit() if issue]


def test_the_parts_of_a_subject_are_asked_too_and_nothing_has_too_many() -> None:
    subject = WHOLE[1]
    assert isinstance(subject, Subject)
    for field in ("floor", "entrance", "text"):
        assert [issue for issue in replace(subject, part=Part(**{field: UNSEEN})).unfit() if issue]
    many = tuple(Name(text=f"Bar {number}") for number in range(51))
    assert [issue.field for issue in replace(subject, names=many).unfit() if issue] == ["names"]
