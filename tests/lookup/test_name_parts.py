"""The parts of the search by name: words from any script, sounds, pieces, and the table of towns."""

from collections.abc import Callable

import pytest

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.edition import Entry
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex
from geo_offlimits.lookup.names.folding import MOST_WORDS, Folding
from geo_offlimits.lookup.names.grams import Grams
from geo_offlimits.lookup.names.sounds import coarse, distance, sounds


def written(text: str, reading: int = 0) -> list[str]:
    return [word.written for word in Folding().readings(text)[reading].words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Čarobnjak", ["carobnjak"]),
        ("Ноћни клуб Ђорђе", ["nocni", "klub", "djordje"]),
        ("Đorđe", ["djordje"]),
        ("L'Étoile d’Or", ["l", "etoile", "d", "or"]),
        ("Captain's", ["captains"]),
        ("Rock'n'Roll", ["rock", "and", "roll"]),
        ("Fox & Hen", ["fox", "and", "hen"]),
        ("V.I.P. Club24", ["vip", "club", "24"]),
        ("Μπαρ Ευτυχία", ["bar", "eftihia"]),
        ("Ντίσκο Αύρα", ["disko", "avra"]),
        ("İSTANBUL ışık", ["istanbul", "isik"]),
        ("نادي النُّجوم", ["nadi", "al", "njwm"]),
        ("مطعم وبار", ["mt~m", "w", "bar"]),
        ("بار ٢٤", ["bar", "24"]),
        ("ﻻﻣﺎ", ["lama"]),
        ("Бар №5", ["bar", "no", "5"]),
        ("~^=@`", []),
    ],
)
def test_a_text_is_read_as_words_of_latin_letters(text: str, words: list[str]) -> None:
    readings = Folding().readings(text)
    assert ([word.written for word in readings[0].words] if readings else []) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two Foxes", ["2", "foxes"]),
        ("Njëzet e tre", ["23"]),
        ("Twenty-One", ["21"]),
        ("Ten Two", ["10", "2"]),
        ("St. Comet", ["saint", "comet"]),
        ("Comet IV", ["comet", "4"]),
    ],
)
def test_numbers_and_short_forms_have_a_second_reading(text: str, words: list[str]) -> None:
    assert written(text, 1) == words


def test_a_name_with_nothing_to_write_otherwise_has_one_reading() -> None:
    assert len(Folding().readings("Blue Heron Bar")) == 1


def test_what_tells_a_name_weighs_one_and_the_rest_together_a_twelfth() -> None:
    (reading,) = Folding().readings("The Night Club of the Blue Moth")
    assert [reading.words[at].written for at in reading.form.telling] == ["blue", "moth"]
    assert reading.form.total == pytest.approx(2.08)
    (night,) = Folding().readings("Blue Night")
    assert len(night.form.telling) == 2


def test_a_name_of_generic_words_is_told_by_the_kind_of_venue() -> None:
    (generic,) = Folding().readings("The Night Club")
    assert [generic.words[at].written for at in generic.form.telling] == ["night", "club"]
    (links,) = Folding().readings("Of the")
    assert links.form.telling == (0, 1)
    (misspelt,) = Folding().readings("Restaurent Marquis")
    assert [misspelt.words[at].written for at in misspelt.form.telling] == ["marquis"]


def test_a_long_text_is_read_to_its_sixteenth_word() -> None:
    assert len(written("moth " * 40)) == MOST_WORDS


@pytest.mark.parametrize(
    ("one", "other", "most"),
    [
        ("qielli", "cielli", 0.2),
        ("qielli", "tchielli", 0.2),
        ("xhaxha", "djadja", 0.0),
        ("gjakova", "djakova", 0.0),
        ("shkup", "skup", 0.2),
        ("vishnja", "višnja".replace("š", "s"), 0.2),
        ("kwetu", "kouetou", 0.3),
        ("nganda", "ganda", 0.4),
        ("lotos", "lotus", 0.4),
        ("heron", "hreon", 0.5),
    ],
)
def test_what_sounds_alike_is_near(one: str, other: str, most: float) -> None:
    assert distance(sounds(one), sounds(other)) <= most
    assert distance(sounds(one), sounds(other)) == distance(sounds(other), sounds(one))


@pytest.mark.parametrize(("one", "other"), [("comet", "covet"), ("golden", "goldens"), ("moth", "path")])
def test_what_sounds_otherwise_is_a_slip_or_more_away(one: str, other: str) -> None:
    assert distance(sounds(one), sounds(other)) >= 1


def test_vowels_are_free_where_the_other_script_has_none() -> None:
    assert distance("mrjan", "murjan", bare=True) <= 0.1
    assert distance("mrjan", "murjan") >= 0.6
    assert distance("mrjan", "murdan", bare=True) > 0.3


def test_the_likest_texts_are_near_by_the_pieces_they_share() -> None:
    index = Grams(["lutus", "", "lutus", "kumat", "lutas"])
    assert sorted(index.near("lutus", 9, 0.9)) == [0, 2]
    assert sorted(index.near("lutus", 9, 0.3)) == [0, 2, 4]
    assert len(index.near("lutus", 2, 0.3)) == 2
    assert index.near("", 9, 0.1) == []
    assert Grams([]).near("lutus", 9, 0.1) == []
    assert Grams([""]).near("lutus", 9, 0.1) == []


def test_sounds_that_are_mistaken_for_one_another_share_a_letter() -> None:
    assert coarse(sounds("qielli")) == coarse(sounds("chielli")) == coarse(sounds("kieli"))
    assert coarse(sounds("hotel")) == coarse(sounds("otel"))
    assert coarse("murjan", bare=True) == coarse("mrjan", bare=True)
    assert coarse("24@") == ""


@pytest.mark.parametrize(
    "names",
    [
        ("Peć", "Pejë", "Пећ", "PEJA"),
        ("Ferizaj", "Uroševac", "Урошевац"),
        ("Mitrovica", "Косовска Митровица"),
        ("Gjilan", "Gnjilane", "Гњилане"),
        ("Prizren", "Призрен", "بريزرن"),
        ("Goma", "Гома"),
        ("Bukavu", "Boukavou"),
        ("Juba", "Djouba", "جوبا"),
        ("Bangui", "بانغي"),
        ("Laayoune", "El Aaiún", "العيون"),
        ("Dakhla", "Villa Cisneros", "الداخلة"),
        ("Lefkoşa", "Nicosia", "Λευκωσία"),
        ("Ammochostos", "Gazimağusa", "Famagusta", "Αμμόχωστος"),
        ("Girne", "Kyrenia", "Κερύνεια"),
        ("Fushë Kosovë", "Kosovo Polje", "Косово Поље"),
    ],
)
def test_the_towns_of_missions_are_one_however_they_are_called(
    make_entry: Callable[..., Entry], names: tuple[str, ...]
) -> None:
    for one in names:
        index = NameIndex([make_entry(name=f"Hotel {one}")], shipped.place_names())
        for other in names:
            assert index.find(f"{other} hotel")[0].score >= MATCH_SCORE, (one, other)


def test_the_table_holds_only_towns_that_a_search_would_not_find_without_it(make_entry: Callable[..., Entry]) -> None:
    towns = shipped.place_names()
    assert len(towns) > 100
    for names in towns:
        index = NameIndex([make_entry(name=names[0])])
        scores = [index.find(name)[0].score if index.find(name) else 0.0 for name in names]
        assert min(scores) < MATCH_SCORE, names
