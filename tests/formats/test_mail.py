"""The text of a mail: complete, safe with any name, without anything that is fetched when it is opened."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain.edition import Changed, Delta, Edition, Entry, Tombstone
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.formats.mail import MOST_NAMED, Announcement, MailText, written
from tests.formats.test_printable import HOSTILE, Reader

SHA256 = "ab" * 32
ADDRESS = "https://list.isle.example/acknowledge/4"
MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]


@pytest.fixture
def edition(make_edition: MakeEdition, make_entry: MakeEntry) -> Edition:
    return make_edition(make_entry(1), make_entry(2, name="Red Door"), number=4)


def text(edition: Edition, changes: Delta | None = None, *, language: str = "en", **facts: Any) -> MailText:
    about = Announcement(edition=edition, sha256=SHA256, address=ADDRESS, changes=changes, **facts)
    return written(about, language=language, translate=catalogue(language).gettext)


def delta(**facts: tuple[object, ...]) -> Delta:
    return Delta(from_number=3, to_number=4, **facts)  # type: ignore[arg-type]


def both(made: MailText) -> tuple[str, str]:
    """What people read of either form, without the line breaks."""
    return " ".join(made.plain.split()), " ".join(Reader(made.html).text.split())


def test_who_has_acknowledged_nothing_is_told_to_read_all_of_it(edition: Edition) -> None:
    for told in both(text(edition)):
        assert told.index("You have not acknowledged this list yet") < told.index(ADDRESS) < told.index(SHA256)
        assert "Entries on the list: 2" in told
        assert "Red Door" not in told
        assert "Demonstration (DEMO)" in told
        assert "1 December 2026" in told
        assert "acknowledges nothing" in told
        assert "by a program" in told
        assert "Do so by" not in told


def test_an_address_keeps_its_order_in_a_mail_that_runs_to_the_left(edition: Edition, make_entry: MakeEntry) -> None:
    moved = make_entry(1, address="4 Quay", locality="Port")
    for told in both(text(edition, delta(added=(moved,)), language="ar")):
        assert "\u20684 Quay, Port\u2069" in told
    for told in both(text(edition, delta(added=(moved,)), language="sq")):
        assert "4 Quay, Port" in told
        assert "\u2068" not in told


def test_a_translation_that_nobody_reviewed_says_so_and_tells_the_standards_in_english(edition: Edition) -> None:
    for language in ("ar", "sq", "sr-Cyrl", "sr-Latn", "fr"):
        counts = catalogue(language).gettext("Nobody has reviewed this translation. The English text counts.")
        for told in both(text(edition, language=language, kind=MailKind.INDUCTION)):
            assert (counts in told) is (language != "fr"), language
            assert ("Sexual exploitation and sexual abuse are serious misconduct" in told) is (language != "fr")


def test_that_nothing_has_changed_is_said(edition: Edition) -> None:
    for told in both(text(edition, delta(), deadline=date(2026, 11, 20))):
        assert "Nothing on the list has changed since edition 3" in told
        assert "Do so by 20 November 2026." in told


def test_what_changed_stands_first_under_its_heading(edition: Edition, make_entry: MakeEntry) -> None:
    entry, red = edition.entries
    moved = make_entry(1, address="4 Quay", locality="Port")
    changes = delta(
        added=(red,),
        changed=(Changed(before=entry, after=moved, fields=("address",)),),
        removed=(Tombstone(entry_id="DEMO-0007", name="Old Anchor"),),
    )
    for told in both(text(edition, changes)):
        order = ("New on the list", "Red Door", "Changed", "Blue Heron", "No longer on the list", "Old Anchor", ADDRESS)
        places = [told.index(words) for words in order]
        assert places == sorted(places)
        assert "Off limits, Bar, 4 Quay, Port" in told


def test_a_long_change_names_some_and_counts_the_rest(edition: Edition, make_entry: MakeEntry) -> None:
    added = tuple(make_entry(number, name=f"Bar {number:04d}") for number in range(MOST_NAMED + 7))
    for told in both(text(edition, delta(added=added))):
        assert len(re.findall(r"Bar \d{4}", told)) == MOST_NAMED
        assert "and 7 more" in told


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup_or_a_line_of_its_own(name: str, edition: Edition, make_entry: MakeEntry) -> None:
    made = text(edition, delta(added=(make_entry(1, name=name, address=name),)))
    quiet = text(edition, delta(added=(make_entry(1, name="Plain", address="Plain"),)))
    assert re.findall(r"<(\w+)", made.html) == re.findall(r"<(\w+)", quiet.html)
    assert made.plain.count("\n") == quiet.plain.count("\n")
    assert " ".join(name.split()) in made.plain
    assert name not in made.subject


def test_nothing_is_fetched_and_nobody_is_known_by_what_is_followed(edition: Edition) -> None:
    made = text(edition, delta(added=edition.entries))
    assert re.findall(r"(?:href|src|action|background)=\"([^\"]*)\"", made.html) == [ADDRESS]
    assert not re.search(r"<(img|link|style|script|iframe|object|form|input)|url\(|@import|expression", made.html)
    assert set(re.findall(r"https?://[^\s<\"]+", made.html + made.plain)) == {ADDRESS}


def test_a_demonstration_says_so_first(make_edition: MakeEdition) -> None:
    made = text(make_edition(demonstration=True))
    assert made.subject.startswith("[DEMONSTRATION] ")
    for told in both(made):
        assert told.removeprefix(made.subject).strip().startswith("DEMONSTRATION – invented island state")


def test_it_is_written_in_french(edition: Edition) -> None:
    made = text(edition, delta(added=edition.entries), language="fr")
    assert made.subject == "DEMO : liste des établissements interdits, édition 4"
    assert '<html lang="fr"' in made.html
    for told in both(made):
        assert "Depuis l’édition 3, la dernière dont vous avez pris acte" in told
        assert "1 décembre 2026" in told
        assert "Mission" in told
