"""What a reader of lists refuses is said in the reader's language: no text of it is plain English."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo_offlimits import formats
from geo_offlimits.delivery.catalogue import catalogue, languages
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.premises import SubjectKind, VenueKind
from geo_offlimits.formats.vocabulary import member
from geo_offlimits.formats.words import WORDS

ROOM = Path(formats.__file__).parent
READERS = (
    *("columns", "days", "described", "encodings", "files", "geodata_rows", "geojson_rows", "gpx_rows", "grid"),
    *("headers", "hours", "kinds", "kml_rows", "markup_rows", "matching", "reader", "sheet_marks"),
    *("strict_json", "told", "understood", "vocabulary", "whereabouts", "workbook"),
)
SAYING = {"ImportFileError", "InputError", "NotJsonError", "HoursError", "DayError", "_unfit"}
SAID = {"reason", "remedy", "fact"}


def strays(text: str) -> Iterator[str]:
    """Where a refusal or an issue is given a text that no catalogue knows."""
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        told = [*call.args] if name in SAYING else []
        told += [word.value for word in call.keywords if name in SAYING | {"Issue"} and word.arg in SAID]
        yield from (f"line {one.lineno}: {ast.unparse(one)}" for one in told if _is_plain(one))


def _is_plain(node: ast.expr) -> bool:
    # One word may be the name of a field or a member.
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    )


@pytest.mark.parametrize("reader", READERS)
def test_every_refusal_of_a_reader_is_in_the_catalogue(reader: str) -> None:
    assert list(strays((ROOM / f"{reader}.py").read_text(encoding="utf-8"))) == []


def test_a_stray_would_be_found() -> None:
    assert list(strays('raise ImportFileError(name, f"has {n} rows", "split it")')) == [
        "line 1: f'has {n} rows'",
        "line 1: 'split it'",
    ]
    assert list(strays('Issue(field="a b", reason="not read")')) == ["line 1: 'not read'"]


@pytest.mark.parametrize("language", languages())
def test_every_word_of_ours_is_read_as_what_it_means(language: str) -> None:
    say = catalogue(language).gettext
    for vocabulary in (VenueKind, SubjectKind, Restriction, PersonnelCategory):
        for one in vocabulary:
            assert member(say(WORDS[one]), vocabulary, "field") is one
