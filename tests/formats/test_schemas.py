"""GPX and KML as their schemas have them: of Topografix, 2004, and OGC 07-147r2, from packages that carry them."""

from functools import cache
from importlib.metadata import distribution

import pytest
from lxml import etree

from geo_offlimits.formats.kml import write_link
from geo_offlimits.services.forms import FORMS
from tests.formats.exported import excerpt, files_in

SCHEMAS = {"gpx": ("gpx", "gpx/gpx.xsd"), "kml": ("fastkml", "fastkml/schema/ogckml22.xsd")}


@cache
def schema(language: str) -> etree.XMLSchema:
    package, path = SCHEMAS[language]
    return etree.XMLSchema(etree.parse(str(distribution(package).locate_file(path))))


def faults(language: str, content: bytes) -> list[str]:
    """What the schema says against the file, line by line."""
    schema(language).validate(etree.fromstring(content))
    return [f"{fault.line}: {fault.message}" for fault in schema(language).error_log]


def written(form: str, *kept: str, filtered: bool = False, language: str = "en") -> bytes:
    return files_in(FORMS[form].written(excerpt(*kept, filtered=filtered, language=language)))[0]


@pytest.mark.parametrize(("form", "language"), [("gpx", "gpx"), ("kml", "kml"), ("kmz", "kml")])
def test_a_list_of_every_kind_of_entry_and_a_part_without_any_are_as_the_schema_has_them(
    form: str, language: str
) -> None:
    assert faults(language, written(form)) == []
    assert faults(language, written(form, filtered=True)) == []


def test_a_link_to_the_list_is_as_the_schema_has_it() -> None:
    assert faults("kml", write_link("DEMO", "https://lists.example/missions/DEMO?a=1&b=2")) == []


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("gpx", b"<time>", b"<time>about "),
        ("gpx", b"<cmt>", b"<comment/><cmt>"),
        ("gpx", b'lat="', b'lat="9'),
        ("kml", b"<begin>", b"<begin>about "),
        ("kml", b"<Point>", b"<styleUrl>#caution</styleUrl><Point>"),
    ],
)
def test_the_schemas_find_a_fault(form: str, right: bytes, wrong: bytes) -> None:
    assert faults(form, written(form).replace(right, wrong)) != []
