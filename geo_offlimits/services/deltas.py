"""What changed between two editions: for a device that holds the older one, and in words for people.

Whoever may look up may ask what changed up to the current edition, from as far back as `delta_editions`: a device that
holds an older one needs the tombstones. Beyond that, and between two retired editions, it asks what reading both would:
who was cleared does not stay to be looked up.
"""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

from geo_offlimits.domain.edition import Delta, Edition
from geo_offlimits.errors import InputError, Sentence
from geo_offlimits.formats import deltas as delta_file
from geo_offlimits.formats.edition import decode
from geo_offlimits.formats.edition_bytes import features
from geo_offlimits.formats.excerpt import Drawn
from geo_offlimits.layer import delta as difference
from geo_offlimits.services.act import Act
from geo_offlimits.services.editions import Number, header, refuse_retired
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.shelf import DamagedEditionError, Header, Shelf, as_issued, if_whole, kept, opened

_KEPT = 32
# Differences to current editions that people were shown last, by both SHA-256: thousands read the same on one morning.
_news: dict[tuple[str, str], Delta] = {}
# Entries of earlier editions that are looked at for one file: half a second.
MOST_COMPARED = 50_000


def between(act: Act, mission: str, before: Number, after: Number = "current") -> Delta:
    """The difference as entries. Raises UnknownEditionError; InputError where `before` is not the older one."""
    older, newer = _both(act, mission, before, after)
    first, second = (decode(kept(act, one).content) for one in (older, newer))
    return replace(difference(first, second), to_sha256=newer.sha256)


def up_to(act: Act, edition: Edition, older: Header | None) -> Delta | None:
    """What changed since an older edition. None where there was none, or it does not verify: all of the list is new."""
    before = if_whole(act, older)
    return difference(decode(before.content), edition) if before else None


def news(act: Act, shelf: Shelf, edition: PublishedHeader) -> Delta | None:
    """What changed up to this edition since the one that the actor acknowledged last.

    None where there is none before it, or it does not verify any more: then all of the list is news.
    """
    given = act.tx.acknowledgements.latest(act.person_id, edition.mission)
    if given is None or given.edition_number >= edition.number:
        return None
    key = given.edition_sha256, edition.sha256
    if key not in _news:
        try:
            before = opened(act, shelf, header(act, edition.mission, given.edition_number))
        except DamagedEditionError:
            return None
        while len(_news) >= _KEPT:
            _news.pop(next(iter(_news)), None)
        _news[key] = difference(before.edition, opened(act, shelf, edition).edition)
    return _news[key]


def document(act: Act, mission: str, before: Number, after: Number = "current") -> dict[str, Any]:
    """The difference as a file, from which the newer edition's bytes and envelope can be made. Raises as `between`."""
    older, newer = (kept(act, one) for one in _both(act, mission, before, after))
    return delta_file.difference(older.content, newer.content, newer.envelope)


def is_too_old(act: Act, mission: str, held: int, after: Number = "current") -> bool:
    """Whether a device that holds this edition is better given the whole list, by setting `delta_editions`."""
    return header(act, mission, after).number - held > act.settings.delta_editions


def drawn_before(act: Act, edition: Edition) -> frozenset[Drawn]:
    """What a device may still show of the editions before this one, as far back as `delta_editions` and MOST_COMPARED.

    An edition that is not what was signed is passed over: it must not keep anybody from the current list.
    """
    found: set[Drawn] = set()
    seen: set[bytes] = set()
    earlier = [one for one in act.tx.editions.headers(edition.mission) if one.number < edition.number]
    compared = 0
    for one in earlier[: act.settings.delta_editions]:
        if compared >= MOST_COMPARED:
            break
        with suppress(DamagedEditionError):
            written = features(as_issued(act, one).content)
            found.update(filter(None, (Drawn.of_feature(json.loads(each)) for each in written if each not in seen)))
            seen.update(written)
            compared += len(written)
    return frozenset(found)


def _both(act: Act, mission: str, before: Number, after: Number) -> tuple[PublishedHeader, PublishedHeader]:
    newer, older = header(act, mission, after), header(act, mission, before)
    if older.number > newer.number:
        raise InputError(
            Sentence("Edition {older} does not come before {newer}; swap them.", older=older.number, newer=newer.number)
        )
    refuse_retired(act, newer)
    if newer.number != header(act, mission).number or newer.number - older.number > act.settings.delta_editions:
        refuse_retired(act, older)
    return older, newer
