"""The catalogues: every text of the product in every language, with its placeholders, and never a promise of safety."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import update_translations
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from serbian_latin import in_latin

from geo_offlimits.delivery.catalogue import catalogue, folder_of, known, languages

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "update_translations.py"
FRENCH = ROOT / "geo_offlimits" / "translations" / "fr" / "messages.po"
# A security key is called after safety in Serbian; it says nothing of a place.
PROMISES = re.compile(
    r"\b(safe|safely|allowed|permitted|autorisé\w*|sûre?s?|sans danger"
    r"|bezbed(?!nosn)\w+|dozvoljen\w*|безбед(?!носн)\w+|дозвољен\w*"
    r"|i sigurt|e sigurt|të sigurt|lejohet|lejuar\w*|آمن|آمنة|مسموح|مسموحة|مأمون|مأمونة)\b",
    re.IGNORECASE,
)


def test_english_reads_as_it_is_written() -> None:
    words = catalogue("en")
    assert words.gettext("Cannot tell") == "Cannot tell"
    assert words.ngettext("%(num)s entry", "%(num)s entries", 2) == "%(num)s entries"


@pytest.mark.parametrize("language", languages())
def test_nothing_is_said_of_the_empty_text(language: str) -> None:
    assert catalogue(language).gettext("") == ""


def test_french_has_its_own_words_and_plurals() -> None:
    words = catalogue("fr")
    assert words.gettext("Cannot tell") == "Impossible à dire"
    assert [words.ngettext("%(num)s entry", "%(num)s entries", n) for n in (0, 1, 2)] == [
        "%(num)s inscription",
        "%(num)s inscription",
        "%(num)s inscriptions",
    ]


@pytest.mark.parametrize(
    ("tag", "served"), [("fr", "fr"), ("fr-CH", "fr"), ("FR_be", "fr"), ("en-GB", "en"), ("xx", None), (None, None)]
)
def test_a_language_is_served_by_its_nearest_catalogue(tag: str | None, served: str | None) -> None:
    assert known(tag) == served


def test_a_language_we_do_not_have_reads_in_english() -> None:
    assert catalogue("xx").gettext("Cannot tell") == "Cannot tell"


def test_an_unknown_text_reads_as_it_is_written() -> None:
    assert catalogue("fr").gettext("No such text anywhere") == "No such text anywhere"


def test_english_comes_first() -> None:
    assert languages()[0] == "en"
    assert "fr" in languages()


@pytest.mark.parametrize("language", languages()[1:])
def test_a_catalogue_is_read_as_babel_reads_it(language: str) -> None:
    """Babel's reader takes ten times as long."""
    folder, compiled = folder_of(language), BytesIO()
    file = FRENCH.parents[1] / folder / FRENCH.name
    write_mo(compiled, read_po(BytesIO(file.read_bytes()), locale=folder))
    compiled.seek(0)
    babels, ours = Translations(compiled), catalogue(language)
    told = {key: text for key, text in babels._catalog.items() if key}
    assert ours._catalog == told
    assert [ours.plural(number) for number in range(130)] == [babels.plural(number) for number in range(130)]
    assert len(told) > 1000


def test_arabic_counts_in_six_ways_and_serbian_in_three() -> None:
    arabic, serbian = (catalogue(tag).ngettext for tag in ("ar", "sr-Cyrl"))
    assert [arabic("%(num)s entry", "%(num)s entries", n) for n in (1, 2, 3, 11, 100)] == [
        "%(num)s بند",
        "%(num)s بندان",
        "%(num)s بنود",
        "%(num)s بندًا",
        "%(num)s بند",
    ]
    assert [serbian("%(num)s entry", "%(num)s entries", n) for n in (21, 22, 25)] == [
        "%(num)s ставка",
        "%(num)s ставке",
        "%(num)s ставки",
    ]


def test_serbian_in_latin_letters_is_written_from_the_cyrillic() -> None:
    assert in_latin("Његош, ЊЕГОШ, Љ, Џеп, ЏЕП, џбун, ђак, Ћирилица") == (
        "Njegoš, NJEGOŠ, Lj, Džep, DŽEP, džbun, đak, Ćirilica"
    )
    kept = "`кључ` {број} %(име)s <b>да</b> &nbsp; SHA-256 → 42"
    assert in_latin(kept) == "`кључ` {број} %(име)s <b>da</b> &nbsp; SHA-256 → 42"
    cyrillic, latin = (catalogue(tag)._catalog for tag in ("sr-Cyrl", "sr-Latn"))
    assert latin == {key: in_latin(text) for key, text in cyrillic.items()}
    assert not [text for text in latin.values() if re.search("[\u0400-\u04ff]", text)]


def test_every_text_is_translated() -> None:
    run = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_missing_translation_and_a_lost_placeholder_are_found() -> None:
    texts = update_translations.template()
    texts.add("A text that nobody has translated", locations=[("nowhere.html", 0)])
    assert "no translation of 'A text that nobody has translated'" in "".join(update_translations.faults("fr", texts))
    held = read_po(BytesIO(FRENCH.read_bytes()), locale="fr")
    for text in ("Edition {number}", "Edition %(number)s"):
        message = held.get(text)
        assert message is not None
        assert update_translations._bent(message, held) == []
        message.string = "Édition"
        assert update_translations._bent(message, held) != []


def test_the_sources_are_really_searched() -> None:
    texts = update_translations.template()
    for text in ("Is this the sign?", "Check where I am", "Show where I am", "Suspected link to trafficking"):
        assert texts.get(text) is not None, text


@pytest.mark.parametrize("language", languages()[1:])
def test_no_text_promises_safety(language: str) -> None:
    folder = folder_of(language)
    file = FRENCH.parents[1] / folder / FRENCH.name
    held = read_po(BytesIO(file.read_bytes()), locale=folder)
    found = [
        text
        for message in held
        for text in (*([message.id] if isinstance(message.id, str) else message.id), str(message.string))
        if PROMISES.search(text)
    ]
    assert found == []
