"""Which language serves a reader, which of them were reviewed, and by which name premises are called to whom."""

import re
from pathlib import Path

import pytest

from geo_offlimits.delivery.catalogue import folder_of
from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.languages import LANGUAGES, SOURCE, TAGS, is_reviewed, script_of, served
from geo_offlimits.domain.naming import called, script
from geo_offlimits.domain.premises import Name, NameKind

ROOT = Path(__file__).resolve().parents[2]
SIGN = Name(text="Плава лампа", lang="sr-Cyrl", kind=NameKind.SIGN)
LATIN = Name(text="Blue Lantern", lang="en", kind=NameKind.ALIAS)
SERBIAN = Name(text="Plava lampa", lang="sr-Latn", kind=NameKind.ALIAS)
ARABIC = Name(text="المصباح الأزرق", lang="ar", kind=NameKind.ALIAS)
FORMER = Name(text="Golden Anchor", lang="en", kind=NameKind.FORMER)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr-CH", "fr"),
        ("AR_eg", "ar"),
        ("sq-XK", "sq"),
        ("sr", "sr-Cyrl"),
        ("sr-RS", "sr-Cyrl"),
        ("sr-ME", "sr-Latn"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr_Cyrl", "sr-Cyrl"),
        ("bs", None),
        ("hr-HR", None),
        ("sh", None),
        ("", None),
        (None, None),
    ],
)
def test_a_reader_is_served_by_the_nearest_language(tag: str | None, language: str | None) -> None:
    assert served(tag) == language


def test_every_language_has_a_catalogue_and_every_catalogue_a_language() -> None:
    folders = {one.name for one in (ROOT / "geo_offlimits" / "translations").iterdir() if one.is_dir()}
    assert folders == {folder_of(tag) for tag in TAGS}


def test_what_is_acknowledged_was_reviewed_in_each_of_its_languages() -> None:
    assert set(STATEMENT) >= {SOURCE}
    assert [tag for tag in STATEMENT if not is_reviewed(tag)] == []
    assert not is_reviewed("ar")  # the control: there are some that were not


def test_the_page_on_translations_says_what_the_table_says() -> None:
    page = (ROOT / "docs" / "translations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|", page, re.MULTILINE)
    told = {tag: state.strip() for tag, _, state in rows}
    states = {one.tag: f"reviewed by {one.reviewed_by}" if one.reviewed_by else "**not reviewed**" for one in LANGUAGES}
    assert told == states | {SOURCE: "source"}


def test_a_reader_is_told_a_name_they_can_read_and_then_the_one_on_the_sign() -> None:
    names = (SIGN, LATIN, SERBIAN, ARABIC)
    told = {tag: called(SIGN.text, names, tag) for tag in TAGS}
    assert {tag: one.first for tag, one in told.items()} == {
        "en": LATIN.text,
        "fr": LATIN.text,
        "ar": ARABIC.text,
        "sq": LATIN.text,
        "sr-Cyrl": SIGN.text,
        "sr-Latn": SERBIAN.text,
    }
    assert {tag for tag, one in told.items() if one.sign == SIGN.text} == set(TAGS) - {"sr-Cyrl"}
    assert str(told["en"]) == "Blue Lantern (Плава лампа)"


def test_a_sign_that_can_be_read_or_has_no_other_name_is_told_alone() -> None:
    assert called("Bar 7", (SIGN, ARABIC), "fr").sign is None
    assert called("24/7", (LATIN, SIGN), "ar") == called("24/7", (), "ar")
    assert called(SIGN.text, (SIGN,), "en").first == SIGN.text
    assert called(SIGN.text, (SIGN, FORMER), "en").first == SIGN.text


def test_the_script_of_a_text_is_that_of_most_of_its_letters() -> None:
    texts = ("Bar Кафе Ноћ", "مقهى VIP النور", "Νύχτα", "24/7", "")
    assert [script(text) for text in texts] == ["Cyrl", "Arab", "Zyyy", None, None]
    assert [script_of(tag) for tag in ("ar", "sr", "sr-Latn", "xx")] == ["Arab", "Cyrl", "Latn", "Latn"]
