"""Names found in any script and in spite of slips, without calling one bar another."""

from collections.abc import Callable, Iterable

import names as bench
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex, SearchTextError, in_other_words
from geo_offlimits.lookup.names.folding import Folding, Word
from geo_offlimits.lookup.names.scoring import alike, by_words

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
    ("text", "name"),
    [
        ("Lu na", "Luna"),
        ("Bar Lu na", "Luna"),
        ("L una", "Luna"),
        ("Blu eLantern", "Blue Lantern"),
        ("BlueL antern", "Blue Lantern"),
        ("Blue Lan tern", "Blue Lantern"),
        ("Sta r", "Star Bar"),
        ("Лу на", "Luna"),
    ],
)
def test_a_blank_too_much_or_at_another_letter_is_a_slip(
    make_entry: Callable[..., Entry], text: str, name: str
) -> None:
    known = ("Luna", "Blue Lantern", "Star Bar", "Tuna", "Lunar", "Joy")
    found = NameIndex([make_entry(at, name=one) for at, one in enumerate(known)])
    assert matched(found, text) == [name]
    for other in ("Tu ne", "Lan tern", "Blu eLamp", "Bl ue", "J oy"):
        assert matched(found, other) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10th Bell", "Tenth Bell"),
        ("the 10TH bell", "Tenth Bell"),
        ("tenth bell", "Tenth Bell"),
        ("Third Tide", "3rd Tide"),
        ("3e Tide", "3rd Tide"),
        ("Le 2e Souffle", "Le Deuxième Souffle"),
        ("2ème souffle", "Le Deuxième Souffle"),
        ("1st Lantern", "First Lantern"),
    ],
)
def test_an_ordinal_is_one_in_digits_and_in_words_and_no_number(
    make_entry: Callable[..., Entry], text: str, name: str
) -> None:
    known = ("Tenth Bell", "3rd Tide", "Le Deuxième Souffle", "First Lantern")
    found = NameIndex([make_entry(at, name=one) for at, one in enumerate(known)])
    assert matched(found, text) == [name]
    for other in ("Ten Bells", "10 Bell", "11th Bell", "Three Tides", "Souffle 2", "Lantern One", "Second Lantern"):
        assert matched(found, other) == []


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
    assert matched(index, "bar") == ["The Bar"]
    assert "The Bar" not in matched(index, "The Spa")
    assert "The Bar" not in matched(index, "Bar Luna")


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


@pytest.mark.parametrize(
    "text", ["layali al murjan", "Nadi Layali El Mourjan", "LEYALI AL MURJAN", "نادى ليالى المرجان", "ليالي  المُرجان"]
)
def test_an_arabic_name_is_matched_as_people_write_it(index: NameIndex, text: str) -> None:
    assert matched(index, text) == ["نادي ليالي المرجان"]


@pytest.mark.parametrize("text", ["Bar Luna", "Lena", "Bar Lina", "LANA BAR", "Tuna", "بار لينا"])
def test_one_letter_in_a_short_name_is_another_name(make_entry: Callable[..., Entry], text: str) -> None:
    assert (text == "Bar Luna") == bool(matched(NameIndex([make_entry(name="Luna")]), text))


@pytest.mark.parametrize("text", ["Comet 3", "Comet III", "comet three", "Bar Comet trois", "Комет три"])
def test_a_number_is_found_however_it_is_written_and_is_no_other(make_entry: Callable[..., Entry], text: str) -> None:
    index = NameIndex(
        [make_entry(at, name=name) for at, name in enumerate(("Comet", "Comet 3", "Comet 13", "Comet 2"))]
    )
    assert matched(index, text) == ["Comet 3"]


def test_two_number_words_are_one_number(make_entry: Callable[..., Entry]) -> None:
    index = NameIndex([make_entry(name="Pilot 24")])
    for text in ("Pilot twenty-four", "pilot vingt et quatre", "Pilot njëzet e katër"):
        assert matched(index, text) == ["Pilot 24"]
    assert matched(index, "Pilot twenty") == []


TOWNS = (
    ("Peć", "Pejë", "Peja"),
    ("Ferizaj", "Uroševac"),
    ("Laayoune", "El Aaiún", "العيون"),
    ("Lefkoşa", "Nicosia", "Λευκωσία"),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hotel Peja Comet", "Хотел Пећ Комет"),
        ("hotel urosevac", "Hotel Ferizaj"),
        ("Хотел Урошевац", "Hotel Ferizaj"),
        ("Laâyoune Comet", "كومت العيون"),
        ("Nicosia Comet Bar", "Lefkoşa Komet"),
        ("Λευκωσία Κόμετ", "Nicosia Comet"),
    ],
)
def test_a_town_is_found_by_its_other_names(make_entry: Callable[..., Entry], text: str, name: str) -> None:
    entries = [make_entry(name=name)]
    (match,) = NameIndex(entries, TOWNS).find(text)
    assert match.score >= MATCH_SCORE
    assert "another name of the town" in match.reason
    assert matched(NameIndex(entries), text) == []
    assert matched(NameIndex(entries, TOWNS), text.replace(text.split(maxsplit=1)[0], "Zubin")) == []


def test_the_town_an_entry_lies_in_may_be_said_or_not_and_in_any_language(make_entry: Callable[..., Entry]) -> None:
    entries = [make_entry(1, name="Comet Pejë", locality="Pejë"), make_entry(2, name="Comet", locality="Prizren")]
    index = NameIndex(entries, TOWNS)
    (pec, other) = index.find("Comet Peć")
    assert (pec.entry.entry_id, other.entry.entry_id) == ("DEMO-0001", "DEMO-0002")
    assert pec.score >= MATCH_SCORE > other.score
    assert {match.score >= MATCH_SCORE for match in index.find("Comet")} == {True}
    assert index.find("Comet Prizren")[0].entry.entry_id == "DEMO-0002"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("bar lotos", "current name, the same"),
        ("Bar Lótos", "current name, the same but for accents and signs"),
        ("Hotel Lotos", "current name, another word for the kind of venue"),
        ("Heron, Blue", "current name, words in another order"),
        ("BlueHeron", "current name, other spaces"),
        ("Blue Herom", "current name, one letter differs"),
        ("Kafe Kielly", "current name, spelt by ear"),
        ("Night Club Charobniak", "current name, spelt by ear"),
        ("Маригопд масаж", "current name, in another script, one letter differs"),
        ("Nocni klub Zvezda", "current name, the same in another script"),
        ("layali al murjan", "current name, the same in another script"),
        ("Golden", "current name, a part of it"),
        ("Golden Lion Palace", "current name, with other words"),
        ("lantern twelve", "current name, a number or a short form"),
        ("Port Amber", "current name, only the address or the town fits"),
    ],
)
def test_the_reason_says_what_a_person_sees(index: NameIndex, text: str, reason: str) -> None:
    assert index.find(text)[0].reason == reason


def test_a_former_name_with_a_slip_says_both(make_entry: Callable[..., Entry]) -> None:
    names = (Name(text="Comet", kind=NameKind.SIGN), Name(text="Saffron Lantern", kind=NameKind.FORMER))
    (match,) = NameIndex([make_entry(name="Comet", names=names)]).find("saffron lanturn")
    assert match.reason == "former name, one letter differs"
    assert in_other_words(match.reason, catalogue("fr").gettext) == "ancien nom, une lettre diffère"


def compared_with_every_name(entries: Iterable[Entry], text: str) -> dict[str, float]:
    """The best score by words of each entry, without an index."""
    folding, scores = Folding(), {entry.name: 0.0 for entry in entries}
    names = [(entry, one) for entry in entries for name in entry.names for one in folding.readings(name.text)]
    words = {word for _, name in names for word in name.words}
    for query in folding.readings(text):
        near: list[dict[Word, float]] = [{word: 1.0} for word in query.words]
        for at in query.form.telling:
            near[at] |= {word: score for word in words if (score := alike(query.words[at], word))}
        for entry, name in names:
            scores[entry.name] = max(scores[entry.name], by_words(query, name, near, ()).score)
    return scores


def test_the_quick_search_finds_what_comparing_every_name_finds() -> None:
    entries = bench.listed(bench.pairs())
    index = NameIndex(entries)
    for pair in bench.pairs()[::24]:
        scores = compared_with_every_name(entries, pair.query)
        best = max(scores, key=lambda name: scores[name])
        found = {one.entry.name: one.score for one in index.find(pair.query, 3)}
        assert scores[best] < 70 or found.get(best, 0.0) > scores[best] - 0.1, pair


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
