"""Names found in any script and in spite of slips, without calling one bar another."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex, SearchTextError

NAMES = (
    "Bar Lotos",
    "Blue Heron",
    "Lantern Bar 12",
    "Ноћни клуб Звезда",
    "نادي ليالي المرجان",
    "L'Étoile du Soir",
    "Night Club Čarobnjak",
    "Golden Lion",
    "Hotel Đerdap",
    "The Bar",
    "Kafe Qielli",
    "Müller's Pub",
    "Bar Comet",
    "Bar Pilot",
    "Marigold Massage",
    "Saffron Spa",
)


@pytest.fixture(scope="module")
def index(make_entry: Callable[..., Entry]) -> NameIndex:
    return NameIndex([make_entry(at, name=name, locality="Port Amber") for at, name in enumerate(NAMES)])


def matched(index: NameIndex, text: str) -> list[str]:
    return [match.name for match in index.find(text) if match.score >= MATCH_SCORE]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bar lotos", "Bar Lotos"),
        ("LOTOS", "Bar Lotos"),
        ("Lotus bar", "Bar Lotos"),
        ("Lotos night club", "Bar Lotos"),
        ("bleu heron", "Blue Heron"),
        ("Heron, Blue", "Blue Heron"),
        ("BlueHeron", "Blue Heron"),
        ("blue hreon", "Blue Heron"),
        ("lantern 12", "Lantern Bar 12"),
        ("lanterm bar 12", "Lantern Bar 12"),
        ("Nocni klub Zvezda", "Ноћни клуб Звезда"),
        ("zvezda", "Ноћни клуб Звезда"),
        ("звезда", "Ноћни клуб Звезда"),
        ("ноћни клуб звезда", "Ноћни клуб Звезда"),
        ("نادي ليالي المرجان", "نادي ليالي المرجان"),
        ("ليالي المرجان", "نادي ليالي المرجان"),
        ("letoile du soir", "L'Étoile du Soir"),
        ("ETOILE DU SOIR", "L'Étoile du Soir"),
        ("Carobnjak", "Night Club Čarobnjak"),
        ("Чаробњак", "Night Club Čarobnjak"),
        ("carobniak", "Night Club Čarobnjak"),
        ("golden lyon", "Golden Lion"),
        ("Djerdap", "Hotel Đerdap"),
        ("Ђердап хотел", "Hotel Đerdap"),
        ("derdap", "Hotel Đerdap"),
        ("Caffe Qielli", "Kafe Qielli"),
        ("muller pub", "Müller's Pub"),
        ("Lotos bar Port Amber", "Bar Lotos"),
    ],
)
def test_a_name_is_found_however_it_is_written(index: NameIndex, text: str, name: str) -> None:
    assert matched(index, text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Bar Luna",
        "Bar Tide",
        "Bar Komet 3",
        "Night Club",
        "Hotel",
        "bar",
        "Massage",
        "Spa",
        "Port Amber",
        "Lantern Bar 21",
        "Golden Hind",
        "Blue Haven",
        "Red Heron",
        "Hotel Danube",
        "xqzt",
        "99",
    ],
)
def test_another_venue_is_not_a_match(index: NameIndex, text: str) -> None:
    assert [name for name in matched(index, text) if name != "The Bar"] == []


def test_a_name_of_generic_words_only_is_itself(index: NameIndex) -> None:
    assert matched(index, "The Bar") == ["The Bar"]
    assert "The Bar" not in matched(index, "The Spa")


def test_a_part_of_a_name_is_a_suggestion(index: NameIndex) -> None:
    (first, *_) = index.find("golden")
    assert first.name == "Golden Lion"
    assert first.score < MATCH_SCORE


@pytest.mark.parametrize("text", ["lant", "blue l", "blue lan", "Lantern"])
def test_the_beginning_of_a_name_is_suggested_before_a_street_and_never_a_match(
    make_entry: Callable[..., Entry], text: str
) -> None:
    index = NameIndex([make_entry(name="Tilted Mast", address="52 Lantern Lane"), make_entry(name="Blue Lantern")])
    first, *others = index.find(text)
    assert first.name == "Blue Lantern"
    assert first.score < MATCH_SCORE
    assert all(other.score < first.score for other in others)


def test_every_kind_of_name_is_searched_and_told(make_entry: Callable[..., Entry]) -> None:
    names = (
        Name(text="Comet", kind=NameKind.SIGN),
        Name(text="Saffron", kind=NameKind.FORMER),
        Name(text="Pilot", kind=NameKind.ALIAS),
    )
    index = NameIndex([make_entry(name="Comet", names=names)])
    for text, kind in (("comet", "sign"), ("saffron", "former"), ("pilot", "alias")):
        (match,) = index.find(text)
        assert match.reason.startswith(f"{kind} name")
        assert match.score == 100.0


def test_an_entry_is_found_once_by_its_best_name(make_entry: Callable[..., Entry]) -> None:
    names = (Name(text="Comet"), Name(text="Comet Bar"), Name(text="Komet"))
    assert len(NameIndex([make_entry(name="Comet", names=names)]).find("comet")) == 1


def test_a_street_or_town_finds_its_entries_as_suggestions(make_entry: Callable[..., Entry]) -> None:
    index = NameIndex([make_entry(name="Comet", address="12 Quay Street", locality="Port Amber")])
    for text in ("Quay Street", "Port Amber"):
        (match,) = index.find(text)
        assert match.score < MATCH_SCORE
        assert "address" in match.reason


def test_a_latin_writing_of_an_arabic_name_is_suggested(index: NameIndex) -> None:
    assert "نادي ليالي المرجان" in [match.name for match in index.find("layali al murjan")]


def test_the_best_come_first_and_no_more_than_asked(index: NameIndex) -> None:
    found = index.find("bar lotos comet", limit=3)
    assert len(found) <= 3
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert index.find("lotos", limit=0) == ()


@pytest.mark.parametrize("text", ["", " ", "?", "!!…", "x", "\u0301", "🍸"])
def test_a_text_without_a_name_is_refused_with_a_remedy(index: NameIndex, text: str) -> None:
    if text == "🍸":  # signs have names of their own when transliterated: not refused, not found
        assert index.find(text) == ()
        return
    with pytest.raises(SearchTextError, match="name to search for"):
        index.find(text)


def test_a_text_too_long_is_refused(index: NameIndex) -> None:
    with pytest.raises(SearchTextError, match="200 characters"):
        index.find("a" * 201)


def test_an_empty_list_finds_nothing() -> None:
    assert NameIndex([]).find("lotos") == ()


@given(st.text(min_size=1, max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_searched_or_refused(index: NameIndex, text: str) -> None:
    try:
        found = index.find(text)
    except SearchTextError:
        return
    assert all(50 <= match.score <= 100 for match in found)


@given(st.sampled_from([name for name in NAMES if name != "The Bar"]), st.integers(1, 200), st.sampled_from("aeiou"))
@settings(max_examples=100, deadline=None)
def test_one_wrong_letter_in_a_long_word_is_forgiven(index: NameIndex, name: str, place: int, letter: str) -> None:
    words = name.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    word = words[longest]
    if len(word) < 7 or not word.isascii():
        return
    at = 1 + place % (len(word) - 1)
    words[longest] = word[:at] + letter + word[at + 1 :]
    assert name in matched(index, " ".join(words))
