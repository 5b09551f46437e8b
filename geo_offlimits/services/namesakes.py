"""Who of thousands has a name like this one, without reading thousands of names each time.

A name read once is kept, in a process, by what is written and nothing else: it holds for every mission and for ever,
whatever becomes of the transaction in which it was read. What is new is read beside it, until it is worth a new index.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.lookup.names import MATCH_SCORE, NameIndex
from geo_offlimits.services.likeness import found_by
from geo_offlimits.store.plain import read_names
from geo_offlimits.store.register import Words

_FEW = 200
_MOST = 100_000
_SHOWN = 50
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class _Read:
    """Words with the index over them."""

    def __init__(self, known: Iterable[Words]) -> None:
        self._known = tuple(known)
        self.words = frozenset(self._known)
        entries = (_entry(place, one) for place, one in enumerate(self._known))
        self._index = NameIndex(entries, shipped.place_names())

    def like(self, names: Iterable[str]) -> frozenset[Words]:
        found = (one for name in names for one in found_by(self._index, name, _SHOWN))
        return frozenset(self._known[int(one.entry.entry_id)] for one in found if one.score >= MATCH_SCORE)


class Namesakes:
    """What a process has read so far. Shared by its threads; a lost race costs one more reading."""

    def __init__(self) -> None:
        self._read = _Read(())

    @property
    def empty(self) -> bool:
        return not self._read.words

    def of(self, names: Sequence[str], among: AbstractSet[Words]) -> frozenset[Words]:
        """Those of `among` of which a name counts as a match for one of these."""
        read = self._read
        if len(new := among - read.words) > _FEW:
            together = read.words | among
            read = self._read = _Read(together if len(together) <= _MOST else among)
            new = among - read.words
        return (read.like(names) & among) | (_Read(new).like(names) if new else frozenset())


def _entry(place: int, one: Words) -> Entry:
    """The words as the name index takes them."""
    kind, category, names, address, locality = one
    read = read_names(names)
    return Entry(
        entry_id=str(place),
        name=read[0].text if read else (category or kind).replace("_", " "),
        names=read,
        subject=SubjectKind(kind),
        category=None,
        restriction=Restriction.OFF_LIMITS,
        since=_LONG_AGO,
        address=address,
        locality=locality,
        issuer="",
        directive="",
    )
