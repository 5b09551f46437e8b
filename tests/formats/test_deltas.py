"""Deltas: from one edition's bytes to another's, exactly, or not at all."""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from shapely.geometry import Point, box

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.formats import delta_words, deltas
from geo_offlimits.formats.deltas import DeltaError
from geo_offlimits.formats.edition import decode, encode, sha256
from geo_offlimits.layer import delta as between
from tests.formats.conftest import ENTRIES, ISSUED, listed

FRIDAYS = Hours(tz="Europe/Paris", weekly=(WeeklySpan(days=(5,), start=time(0), end=time(0)),))


def envelope_of(content: bytes) -> bytes:
    told = {
        "payload": base64.b64encode(content).decode(),
        "payloadType": "application/vnd.geo-offlimits.edition+json;v=1",
        "signatures": [{"keyid": "0123456789abcdef", "sig": "AAAA"}],
    }
    return json.dumps(told, separators=(",", ":"), sort_keys=True).encode()


def after(edition: Edition, **facts: Any) -> Edition:
    """The edition that follows, a day later."""
    return replace(
        edition,
        number=edition.number + 1,
        previous_sha256=sha256(encode(edition)),
        issued_at=edition.issued_at + timedelta(days=1),
        expires_at=edition.expires_at + timedelta(days=1),
        **facts,
    )


def delta_of(old: Edition, new: Edition) -> dict[str, Any]:
    """As it arrives: written as JSON and read again."""
    content = encode(new)
    read: dict[str, Any] = json.loads(json.dumps(deltas.difference(encode(old), content, envelope_of(content))))
    return read


def test_a_delta_makes_the_newer_edition_and_its_envelope_byte_for_byte(edition: Edition) -> None:
    renamed = replace(ENTRIES[0], name="Red Lantern")
    new = after(edition, entries=(renamed, *ENTRIES[2:], listed(900, "Newcomer", geometry=Point(-40.9, 12.1))))
    delta = delta_of(edition, new)
    content = encode(new)
    assert deltas.applied(encode(edition), delta) == content
    assert deltas.envelope(content, delta) == envelope_of(content)
    assert [one["id"] for one in delta["added"]] == ["DEMO-0900"]
    assert [one["id"] for one in delta["changed"]] == [ENTRIES[0].entry_id]
    assert delta["removed"] == [{"id": ENTRIES[1].entry_id, "name": ENTRIES[1].name}]
    assert set(delta["offlimits"]) == {"number", "previous_sha256", "issued_at", "expires_at"}


def test_an_empty_delta_still_makes_the_next_edition(edition: Edition) -> None:
    new = after(edition)
    delta = delta_of(edition, new)
    assert [delta["added"], delta["changed"], delta["removed"]] == [[], [], []]
    assert deltas.applied(encode(edition), delta) == encode(new)


def test_an_edition_that_lists_nothing_is_reached_and_left_again(edition: Edition) -> None:
    empty = after(edition, entries=())
    refilled = after(empty, entries=ENTRIES)
    assert deltas.applied(encode(edition), delta_of(edition, empty)) == encode(empty)
    assert deltas.applied(encode(empty), delta_of(empty, refilled)) == encode(refilled)


def test_any_two_of_a_long_history_are_joined_by_a_delta(edition: Edition) -> None:
    chance = random.Random(7)
    history = [edition]
    for _ in range(12):
        kept = [entry for entry in history[-1].entries if chance.random() > 0.2]
        moved = [
            replace(one, geometry=Point(-40 - chance.random(), 12.2)) if chance.random() < 0.3 else one for one in kept
        ]
        numbers = chance.sample(range(100, 900), 2)
        held = {one.entry_id for one in moved}
        new = [listed(n, f"Bar {n}") for n in numbers if f"DEMO-{n:04}" not in held]
        history.append(after(history[-1], entries=tuple(moved + new)))
    for older in range(len(history)):
        for newer in range(older, len(history)):
            made = deltas.applied(encode(history[older]), delta_of(history[older], history[newer]))
            assert made == encode(history[newer])


BREAK: dict[str, Callable[[dict[str, Any]], Any]] = {
    "of another edition": lambda delta: delta.update({"from": 99}),
    "of another outcome": lambda delta: delta.update(sha256="0" * 64),
    "with a feature more": lambda delta: delta["added"].append(delta["added"][0] | {"id": "DEMO-0999"}),
    "with what is held already": lambda delta: delta["added"].append(delta["added"][0] | {"id": ENTRIES[2].entry_id}),
    "that changes what is not held": lambda delta: delta["changed"].append(delta["added"][0] | {"id": "DEMO-0998"}),
    "that removes what is not held": lambda delta: delta["removed"].append({"id": "DEMO-0997", "name": "x"}),
    "that leaves one there": lambda delta: delta["removed"].clear(),
    "without its members": lambda delta: delta.pop("offlimits"),
    "with a box of its own": lambda delta: delta.update(bbox=[0, 0, 1, 1]),
    "that is a number": lambda delta: delta.update(added=7),
}


@pytest.mark.parametrize("change", BREAK.values(), ids=BREAK.keys())
def test_a_delta_that_does_not_fit_makes_nothing(edition: Edition, change: Callable[[dict[str, Any]], Any]) -> None:
    delta = delta_of(edition, after(edition, entries=(*ENTRIES[1:], listed(900, "Newcomer"))))
    deltas.applied(encode(edition), delta)
    change(delta)
    with pytest.raises(DeltaError, match="whole edition"):
        deltas.applied(encode(edition), delta)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"features":[{}],"offlimits":{}}'])
def test_a_delta_of_what_is_no_edition_is_refused(edition: Edition, content: bytes) -> None:
    with pytest.raises(DeltaError):
        deltas.applied(content, delta_of(edition, after(edition)))


def test_a_delta_without_a_signature_makes_no_envelope(edition: Edition) -> None:
    with pytest.raises(DeltaError, match="no signature"):
        deltas.envelope(encode(edition), {"signature": None})


def told(before: Edition, *entries: Any) -> list[str]:
    new = after(before, entries=entries)
    found = between(decode(encode(before)), decode(encode(new)))
    return list(delta_words.lines(found, "Europe/Paris"))


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"name": "Red Lantern"}, "Name: Blue Lantern → Red Lantern"),
        ({"sector": "South"}, "Sector: North → South"),
        ({"restriction": Restriction.CAUTION}, "Restriction: Off limits → Caution"),
        ({"address": None}, "Address: 1 Quay → none"),
        ({"until": ISSUED + timedelta(days=30)}, "To: none → 31 March 2026, 11:00 (Europe/Paris)"),
        ({"category": None}, "Kind of venue: Bar → none"),
        ({"exceptions": ("Official duty",)}, "Exceptions: none → Official duty"),
        ({"hours": FRIDAYS}, "Hours: none → Fri all day"),
        ({"geometry": Point(-40.25, 12.5009), "mgrs": "24P XV 81234 82445"}, "Place: moved by 100 m"),
        ({"geometry": box(-40.2501, 12.4999, -40.2499, 12.5001)}, "Place: another outline"),
        ({"geometry": None, "mgrs": None}, "Place: not known any more"),
    ],
)
def test_it_is_said_in_what_an_entry_changed(edition: Edition, facts: dict[str, Any], what: str) -> None:
    changed = replace(ENTRIES[0], **facts)
    assert told(edition, changed, *ENTRIES[1:]) == [f"~ {changed.entry_id}  {changed.name}: {what}"]


def test_who_takes_a_list_along_is_told_which_files_to_delete(edition: Edition) -> None:
    new = after(edition, entries=ENTRIES[1:])
    found = between(decode(encode(edition)), decode(encode(new)))
    said = delta_words.clearing("DEMO", found)
    assert said
    assert f"DEMO-edition-{edition.number}.*" in said
    grown = between(decode(encode(edition)), decode(encode(after(edition, entries=(*ENTRIES, listed(900, "New"))))))
    assert delta_words.clearing("DEMO", grown) is None
