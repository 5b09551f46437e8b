"""The search by name in the browser finds what the server's finds, in its order, with its scores and reasons."""

import random
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from rapidfuzz.distance import OSA
from vectors.names import SHOWN, entry_of
from vectors.slips import SLIPS

from geo_offlimits.delivery import shipped
from geo_offlimits.frame import name_tables, static_root
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex, SearchTextError, folding, sounds
from geo_offlimits.lookup.names.folding import Folding, Reading
from tests.lookup import vectors_met as vectors
from tests.lookup.vectors_met import document

pytestmark = pytest.mark.browser
Json = dict[str, Any]
Found = list[list[Any]] | None

FOUND = """([lists, asked, most]) => {
  const finders = lists.map((entries) => Offlimits.finder(entries));
  return asked.map(([at, text]) => {
    const found = finders[at](text, most);
    return found && found.map(({entry, name, score, reason}) => [entry.id, name, score, reason]);
  });
}"""
WITH_TOWNS = "(folding) => { Offlimits.nameTables = {...Offlimits.nameTables, folding}; }"
WITH_WEIGHT = """([part, name, value]) => {
  Offlimits.nameTables = {...Offlimits.nameTables, [part]: {...Offlimits.nameTables[part], [name]: value}};
}"""
READ = """(texts) => {
  const {nameTables, nameSounds, nameFolding} = Offlimits;
  const {readings} = nameFolding(nameTables, nameSounds(nameTables.sounds));
  return texts.map((text) => readings(text).map(({words, form, hasSigns}) =>
    [words.map(({written, heard, bare}) => [written, heard, bare]), form.weights, form.telling, form.named, hasSigns]));
}"""
EAR = """(pairs) => {
  const {slips, distance, coarse} = Offlimits.nameSounds(Offlimits.nameTables.sounds);
  return pairs.map(([one, other]) =>
    [slips(one, other), distance(one, other), distance(one, other, true), coarse(one)]);
}"""
ROUNDED = "(scores) => scores.map((score) => Offlimits.finder.rounded(score))"
# At once, of those that are asked until one is missed.
A_FEW = 500
STREETS = ("Lantern Quay", "Saltmarsh Road", "Rue du Quai", "Улица мира", "شارع البحر")


@pytest.fixture
def search(browser: Browser) -> Iterator[Page]:
    """An empty page with the search alone, as a page or a file loads it."""
    context = browser.new_context()
    page = context.new_page()
    for name in name_tables.SCRIPTS:
        page.add_script_tag(path=static_root() / name)
    yield page
    context.close()


def feature(told: Json) -> Json:
    """An entry of the vectors as an edition has it."""
    places = {name: told[name] for name in ("address", "locality")}
    return {"id": told["id"], "properties": {"name": told["names"][0]["text"], "names": told["names"], **places}}


def found_in(page: Page, lists: list[list[Json]], asked: list[tuple[int, str]], most: int = SHOWN) -> list[Found]:
    found: list[Found] = page.evaluate(FOUND, [[list(map(feature, one)) for one in lists], asked, most])
    return found


def found_by(index: NameIndex, text: str, most: int) -> Found:
    try:
        return [[one.entry.entry_id, one.name, one.score, one.reason] for one in index.find(text, most)]
    except SearchTextError:
        return None


def vectors_missed(page: Page, at_once: int) -> Iterator[str]:
    """Asked so many at once, as they are wanted."""
    told = document("names")
    asked = [tuple(vector[:2]) for vector in told["vectors"]]
    parts = (asked[at : at + at_once] for at in range(0, len(asked), at_once))
    answers = (answer for part in parts for answer in found_in(page, told["lists"], part))
    return vectors.names_missed(lambda _list, _query: next(answers))


def generated(queries: int) -> tuple[list[Json], list[str]]:
    """A list of the names that people wrote, with numbers, streets and towns, and what is asked of it."""
    chance = random.Random("names in the browser")
    towns = [town for town in shipped.place_names() if len(town) > 1]
    known = [name["text"] for entry in document("names")["lists"][0] for name in entry["names"]]
    entries = []
    for number in range(800):
        name, town = known[number % len(known)], chance.choice(chance.choice(towns))
        names = [name if number < len(known) else f"{name} {chance.randint(1, 40)}"]
        names += chance.sample(known, chance.randint(0, 2))
        told = [{"text": text, "kind": "former" if at else "sign"} for at, text in enumerate(dict.fromkeys(names))]
        address = f"{chance.choice(STREETS)} {chance.randint(1, 40)}" if number % 3 else None
        entries.append(
            {"id": f"GEN-{number:04d}", "names": told, "address": address, "locality": town if number % 4 else None}
        )
    return entries, [query(chance, entries) for _ in range(queries)]


def query(chance: random.Random, entries: list[Json]) -> str:
    """A name with a slip or two, its town, a number in a word or an address."""
    entry = chance.choice(entries)
    text: str = chance.choice(entry["names"])["text"]
    for slip in chance.sample(SLIPS, chance.choice((0, 1, 1, 1, 2))):
        text = slip(chance, text) if text.strip() else text
    more = ("", "", "", "", entry["locality"], entry["address"], "two", "vingt et un", "XII", "n° 7", "saint")
    return f"{text} {chance.choice(more) or ''}"[:200]


def test_every_search_by_name_is_met_in_the_browser(search: Page) -> None:
    search.evaluate(WITH_TOWNS, folding.tables(document("names")["towns"]))
    missed = list(vectors_missed(search, len(document("names")["vectors"])))
    assert missed == [], "\n".join(missed[:40])
    assert len(document("names")["vectors"]) > 3_000


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [("scoring", "a_slip", 0.93), ("scoring", "counterpart", 0.8), ("search", "least_score", 52.0)],
)
def test_a_changed_weight_is_found_out(search: Page, part: str, name: str, value: float) -> None:
    search.evaluate(WITH_TOWNS, folding.tables(document("names")["towns"]))
    search.evaluate(WITH_WEIGHT, [part, name, value])
    assert next(vectors_missed(search, A_FEW), None) is not None


@pytest.mark.parametrize("many", [200, pytest.param(2000, marks=pytest.mark.deep)])
def test_questions_of_every_kind_are_answered_as_python_answers_them(search: Page, many: int) -> None:
    """Scores are compared to the last digit told: there is no tolerance."""
    entries, queries = generated(many)
    index = NameIndex(map(entry_of, entries), shipped.place_names())
    expected = [found_by(index, text, 10) for text in queries]
    found = found_in(search, [entries], [(0, text) for text in queries], 10)
    wrong = [
        f"{text!r}: {ours} and not {theirs}"
        for text, ours, theirs in zip(queries, found, expected, strict=True)
        if ours != theirs
    ]
    assert wrong == [], f"{len(wrong)} of {many}\n" + "\n".join(wrong[:20])
    scores = [one[2] for answer in expected for one in answer or []]
    assert sum(score >= MATCH_SCORE for score in scores) > many / 2  # matches and suggestions are both asked for
    assert sum(score < MATCH_SCORE for score in scores) > many


def test_letters_that_differ_are_counted_as_rapidfuzz_counts_them(search: Page) -> None:
    chance = random.Random("letters")
    words = ["".join(chance.choices("abcdeSCX~i", k=chance.randint(1, 12))) for _ in range(6_000)]
    pairs = [[one, chance.choice(SLIPS[:3])(chance, one) if n % 2 else words[n - 1]] for n, one in enumerate(words)]
    pairs = [pair for pair in pairs if all(pair)]
    expected = [
        [OSA.distance(*pair), sounds.distance(*pair), sounds.distance(*pair, bare=True), sounds.coarse(pair[0])]
        for pair in pairs
    ]
    assert search.evaluate(EAR, pairs) == expected
    assert len(pairs) > 5_000


def as_told(reading: Reading) -> list[Any]:
    form = reading.form
    words = [[word.written, word.heard, word.bare] for word in reading.words]
    return [words, list(form.weights), list(form.telling), list(form.named), reading.has_signs]


def read_otherwise(page: Page, texts: list[str]) -> list[str]:
    reader = Folding(shipped.place_names())
    expected = [[as_told(reading) for reading in reader.readings(text)] for text in texts]
    found = page.evaluate(READ, texts)
    return [text for text, ours, theirs in zip(texts, found, expected, strict=True) if ours != theirs]


def test_every_letter_of_a_script_in_the_tables_is_read_as_python_reads_it(search: Page) -> None:
    """Of what Python's Unicode knows: a browser of later years knows more letters, which no name here is written in."""
    letters = [chr(code) for start, end in name_tables.COVERED for code in range(start, end)]
    known = [letter for letter in letters if unicodedata.category(letter) != "Cn"]
    assert len(known) > 5_500
    odd = read_otherwise(search, [f"a{letter}b {letter}n' l’{letter}{letter} {letter}.{letter}." for letter in known])
    assert odd == []


def test_any_text_of_letters_in_the_tables_is_read_as_python_reads_it(search: Page) -> None:
    chance = random.Random("texts")
    signs = [chr(code) for start, end in ((0x20, 0x250), (0x370, 0x530), (0x5D0, 0x6D4)) for code in range(start, end)]
    known = [sign for sign in signs if unicodedata.category(sign) not in ("Cn", "Cc")]
    alphabets = [known[at : at + 60] + list(" .'’&-0123456789alds") for at in range(0, len(known), 60)]
    texts = ["".join(chance.choices(chance.choice(alphabets), k=chance.randint(1, 24))) for _ in range(4_000)]
    assert read_otherwise(search, texts) == []


def test_a_chinese_name_is_found_as_it_is_written_and_by_its_sound_on_the_server_alone(search: Page) -> None:
    """Where the two do not agree: 70,000 characters would weigh as much as all the rest of a first visit."""
    entries = [{"id": "GEN-1", "names": [{"text": "金龙酒家", "kind": "sign"}], "address": None, "locality": None}]
    index = NameIndex(map(entry_of, entries), ())
    as_written, by_sound = found_in(search, [entries], [(0, "金龙酒家"), (0, "jinlongjiujia")])
    assert as_written == found_by(index, "金龙酒家", SHOWN)
    assert by_sound == []
    assert [one[0] for one in found_by(index, "jinlongjiujia", SHOWN) or []] == ["GEN-1"]


def test_scores_are_rounded_as_python_rounds_them(search: Page) -> None:
    chance = random.Random("scores")
    scores = [chance.uniform(0, 100) for _ in range(5_000)] + [at / 20 for at in range(2_001)] + [80.25, 80.75]
    assert search.evaluate(ROUNDED, scores) == [round(score, 1) for score in scores]


def test_the_number_of_an_entry_is_that_entry_before_any_name(search: Page) -> None:
    entries = document("names")["lists"][1]
    first, *others = found_in(search, [entries], [(0, "vec-0003")], 10)[0] or []
    assert first == ["VEC-0003", entries[3]["names"][0]["text"], 100.0, "its number on the list"]
    assert all(one[0] != "VEC-0003" for one in others)


def test_the_tables_are_what_the_script_writes() -> None:
    written = (static_root() / name_tables.ADDRESS).read_text(encoding="utf-8")
    assert written == name_tables.script(shipped.place_names())
