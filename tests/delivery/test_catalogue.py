"""The catalogues: every text of the product in every language, with its placeholders, and never a promise of safety."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import update_translations
from babel.messages.pofile import read_po

from geo_offlimits.delivery.catalogue import catalogue, known, languages

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "update_translations.py"
FRENCH = ROOT / "geo_offlimits" / "translations" / "fr" / "messages.po"
PROMISES = re.compile(r"\b(safe|safely|allowed|permitted|autorisé\w*|sûre?s?|sans danger)\b", re.IGNORECASE)


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


def test_no_text_promises_safety() -> None:
    held = read_po(BytesIO(FRENCH.read_bytes()), locale="fr")
    found = [
        text
        for message in held
        for text in (*([message.id] if isinstance(message.id, str) else message.id), str(message.string))
        if PROMISES.search(text)
    ]
    assert found == []
