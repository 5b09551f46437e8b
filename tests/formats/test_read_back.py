"""What is published is read back before it is signed, as far as the edition before does not say it word for word."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats.edition import decode, encode, written_and_read
from geo_offlimits.formats.edition_reading import entry_of

MakeEntry = Callable[..., Entry]
MakeEdition = Callable[..., Edition]


@pytest.fixture
def before(make_entry: MakeEntry, make_edition: MakeEdition) -> Edition:
    return decode(encode(make_edition(make_entry(1), make_entry(2), make_entry(3))))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the entries that were read."""
    ids: list[str] = []

    def noted(members: dict[str, Any]) -> Any:
        made = entry_of(members)
        ids.extend([made.entry_id] if isinstance(made, Entry) else [])
        return made

    monkeypatch.setattr(edition_file, "entry_of", noted)
    return ids


def test_only_what_the_edition_before_does_not_say_word_for_word_is_read(before: Edition, read: list[str]) -> None:
    renamed = replace(before.entries[0], name="Another Sign")
    after = replace(before, number=before.number + 1, entries=(renamed, *before.entries[1:]))
    assert written_and_read(after, encode(before)) == (encode(after), after)
    assert read == [renamed.entry_id]


def test_all_of_it_is_read_where_nothing_of_it_stood_before(before: Edition, read: list[str]) -> None:
    for earlier in (b"", encode(replace(before, entries=()))):
        assert written_and_read(before, earlier) == (encode(before), before)
        assert read == [entry.entry_id for entry in before.entries]
        read.clear()


def test_what_reads_otherwise_than_it_was_meant_is_given_as_everybody_reads_it(
    before: Edition, make_entry: MakeEntry
) -> None:
    new = make_entry(4)
    after = replace(before, entries=(*before.entries, replace(new, since=new.since.replace(microsecond=7))))
    content, given = written_and_read(after, encode(before))
    assert given != after
    assert (content, given) == (encode(after), decode(content))
