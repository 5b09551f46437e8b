"""What holds for every format in which a list travels, also for those that come later."""

import pytest

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.services import forms
from geo_offlimits.services.forms import FORMS
from tests.formats.exported import FINGERPRINT, NAMES, SHA256, excerpt, files_in, is_text, text_of

# For programs; its words are codes.
FOR_PEOPLE = sorted(FORMS.keys() - {forms.EDITION})


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_same_excerpt_gives_the_same_bytes(form: str) -> None:
    made = FORMS[form].written(excerpt())
    assert made == FORMS[form].written(excerpt())
    assert made != FORMS[form].written(excerpt("DEMO-0001", filtered=True))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_format_says_of_which_edition_it_is_and_how_long_that_is_current(form: str) -> None:
    told = text_of(FORMS[form].written(excerpt()))
    for fact in ("DEMO", "Demonstration mission", SHA256, "2026-03-01T09:00:00Z", "2026-04-01T09:00:00Z"):
        assert fact in told, fact


@pytest.mark.parametrize("form", FOR_PEOPLE)
def test_every_format_for_people_says_what_a_listing_means_and_by_which_key_it_is_signed(form: str) -> None:
    told = text_of(FORMS[form].written(excerpt()))
    for fact in ("Suspected, precautionary", FINGERPRINT, "invented island state"):
        assert fact in told, fact


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_format_loses_a_name_in_any_script(form: str) -> None:
    told = text_of(FORMS[form].written(excerpt()))
    assert [script for script, name in NAMES.items() if name not in told] == []


@pytest.mark.parametrize("form", FOR_PEOPLE)
def test_what_stands_on_no_map_is_told_with_the_reason(form: str) -> None:
    told = text_of(FORMS[form].written(excerpt()))
    for name in ("Somewhere", "Parlours", "Casinos of the port"):
        assert name in told, name
    if form != "html":  # it says so beside each; tests/services/test_offline_map.py opens it
        assert "its place is not known" in told
        assert "a rule for all of this kind" in told


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_part_says_that_it_is_one_and_holds_nothing_else(form: str) -> None:
    told = text_of(FORMS[form].written(excerpt("DEMO-0001", "DEMO-0104", filtered=True)))
    assert NAMES["Latin"] in told
    assert "Somewhere" in told
    assert [name for name in ("Ring street", "Parlours", NAMES["Han"]) if name in told] == []
    assert ("left out, not cleared" in told) == (form in FOR_PEOPLE)


@pytest.mark.parametrize("form", FOR_PEOPLE)
def test_a_part_with_nothing_in_it_says_so(form: str) -> None:
    told = text_of(FORMS[form].written(excerpt(filtered=True)))
    assert "0 of 27; the others are left out, not cleared" in told
    assert SHA256 in told


@pytest.mark.parametrize("form", FOR_PEOPLE)
def test_a_file_is_all_in_the_language_asked_for(form: str) -> None:
    french = text_of(FORMS[form].written(excerpt(language="fr"), catalogue("fr").gettext))
    assert "par précaution" in french
    for english in ("recautionary", "its place", "a rule for", "Current until", "Off limits"):
        assert english not in french, english


@pytest.mark.parametrize("form", FOR_PEOPLE)
def test_no_name_is_markup_in_a_file_and_no_control_character_gets_into_it(form: str) -> None:
    for content in files_in(FORMS[form].written(excerpt())):
        if is_text(content):
            assert b"\x00" not in content
            if content.startswith(b"<"):
                assert b"<script>alert(1)" not in content
                assert b"<b>x" not in content


@pytest.mark.parametrize("form", ["gpx", "kml", "kmz", "tak"])
def test_a_file_that_is_added_to_a_device_says_that_older_ones_must_be_deleted(form: str) -> None:
    """A receiver keeps the waypoints of every file; the others are opened one at a time."""
    assert "Delete files of earlier editions from the device" in text_of(FORMS[form].written(excerpt()))
