"""An encoding is found by what would stand in the text, and told; two that fit alike are both told."""

import pytest

from geo_offlimits.formats.encodings import certain, codec_called, codec_of, ranked
from geo_offlimits.formats.reader import Table, read_rows

TEXTS = {
    "cp1252": (
        "Café de la Forêt, Hôtel du Père Noël, à côté",
        "Peña española, São João, Rua da Conceição",
        "Gasthaus Müller, Straße am Fluß, Größe",
        "L’Étoile d’été; Crèmerie; Bœuf à l’os",
    ),
    "cp1250": (
        "Kovačević, Čaršija, Đakovica, Šumadija",
        "Kafić Niš; Pećka kuća; noćni klub",
        "Łódź, Żółta łąka, gęś, źrebię",
        "Kavárna U Zlatého lva, Dvořákova, Žižkov",
    ),
    "cp1251": ("Кафана Плава лампа", "Ноћни клуб „Љубичица“, Ђорђа Чворовића", "Гостиница Восток; улица Ленина"),
    "cp1256": ("مقهى الميناء القديم", "نادي ليلي; شارع البحر", "فندق النجوم، المدينة"),
}


@pytest.mark.parametrize(("codec", "text"), [(codec, text) for codec, texts in TEXTS.items() for text in texts])
def test_names_in_a_code_page_are_read_in_it(codec: str, text: str) -> None:
    content = f"name,note\n{text.replace(',', ' ')},x\n".encode(codec)
    first, *_ = ranked(content)
    assert content.decode(first) == content.decode(codec)


def read(text: str, codec: str) -> Table:
    return read_rows(("list.csv", text.encode(codec)))


def test_the_encoding_is_told_and_the_one_that_was_found_by_evidence_is_an_issue_to_look_at() -> None:
    table = read("name;town\nКафана;Пећ\n", "cp1251")
    assert [row.values for row in table.rows] == [{"name": "Кафана", "locality": "Пећ"}]
    assert "the encoding is Windows-1251" in table.notes
    assert "cells are separated by semicolon" in table.notes
    (issue,) = table.issues
    assert (issue.field, "reads like Windows-1251" in issue.reason) == ("encoding", True)


def test_utf8_is_certain_and_no_issue() -> None:
    table = read("name;town\nКафана;Пећ\n", "utf-8")
    assert table.issues == ()
    assert "the encoding is UTF-8" in table.notes


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_known_with_and_without_a_mark(codec: str) -> None:
    table = read("name,town\nBlue Lantern,Port\n", codec)
    assert [row.values["name"] for row in table.rows] == ["Blue Lantern"]


def test_two_that_fit_alike_and_read_differently_are_both_told() -> None:
    content = "МОСКВА".encode("cp1251")
    assert len(ranked(content)) == 2
    (issue,) = read("name\nМОСКВА\n", "cp1251").issues
    assert "it reads like Windows-1251, or like Windows-1256" in issue.reason


def test_two_that_read_the_same_are_no_question() -> None:
    assert ranked("Café Zoé".encode("cp1252")) == ("cp1252",)


def test_a_vertical_bar_separates_and_a_decimal_comma_is_told() -> None:
    table = read("name|latitude|longitude\nA|12,5|-40,25\nB|12.6|-40,3\n", "utf-8")
    assert table.rows[0].values == {"name": "A", "latitude": "12,5", "longitude": "-40,25"}
    assert "cells are separated by vertical bar" in table.notes
    assert "3 numbers have a decimal comma" in table.notes


@pytest.mark.parametrize(
    ("label", "codec"),
    [("UTF-8", "utf-8"), ("1252", "cp1252"), ("ANSI 1250", "cp1250"), ("windows-1251", "cp1251"),
     ("88591", "iso8859-1"), ("rot13", ""), ("../etc", ""), ("", ""), ("idna", ""), ("zlib", "")],
)  # fmt: skip
def test_a_label_means_a_known_encoding_or_nothing(label: str, codec: str) -> None:
    assert codec_called(label) == codec


def test_a_label_that_the_bytes_contradict_does_not_win() -> None:
    assert codec_of("Кафана".encode("cp1251"), "utf-8") == "cp1251"
    assert certain("Кафана".encode("cp1251")) == ""
