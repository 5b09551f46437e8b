"""The editions that the store keeps: the one place where their bytes are read, and verified before anybody uses them.

1. An edition is whole when a key of ours that signed at its issue signed the very bytes that are kept, their SHA-256
   is that of its header, and they say of themselves what the header says: an older edition, itself whole, may not lie
   in a newer one's place.
2. One that is not whole is refused. Only a look-up opens it all the same, marked as unverified: what it lists must
   still be shown, and the answer says that nobody can tell.
3. It is verified once, when it is opened; the shelf keeps it by its SHA-256, so a changed byte is another edition.
   When the keys change, it is verified again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from geo_offlimits.delivery.envelopes import EDITION_TYPE, verify
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.errors import InputError, Sentence, UnverifiedError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.edition_bytes import about
from geo_offlimits.published import PublishedEdition, open_edition
from geo_offlimits.services.act import Act
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.made import Made
from geo_offlimits.store.editions import EditionHeader, StoredEdition

Header = EditionHeader | PublishedHeader


class DamagedEditionError(UnverifiedError):
    """What is kept of an edition is not what was signed."""

    def __init__(self, mission: str, number: int) -> None:
        self.mission, self.number = mission, number
        super().__init__(
            Sentence(
                "Edition {number} of {mission} does not verify with the keys of this installation, so it is not used. "
                "Do not rely on copies of it; tell your administrator to run `audit verify` and to restore a backup.",
                number=number,
                mission=mission,
            )
        )


# Of those editions on the shelf that have a newer one beside them: an opened entry takes about five kilobytes.
MOST_ENTRIES = 5_000


class Shelf:
    """The editions this process has opened, by SHA-256; the least recently used one goes first.

    made : the files that were made of them.

    It holds so many editions, and of those with a newer one beside them so many that their entries stay bounded: the
    current list of each mission, which everybody asks, is not opened again and again.
    """

    def __init__(self, places: int = 16, most_entries: int = MOST_ENTRIES) -> None:
        self._places, self._most_entries = places, most_entries
        self._editions: OrderedDict[str, PublishedEdition] = OrderedDict()
        self._keys: tuple[PublicKey, ...] = ()
        self._lock = threading.Lock()
        self.made = Made()

    def __len__(self) -> int:
        return len(self._editions)

    def take(self, digest: str, keys: tuple[PublicKey, ...], fetch: Callable[[], PublishedEdition]) -> PublishedEdition:
        """The edition with this SHA-256, fetched when it is not here or was verified by other keys than these."""
        with self._lock:
            if keys is not self._keys:
                self._editions.clear()
                self._keys = keys
            found = self._editions.get(digest)
            if found is not None:
                self._editions.move_to_end(digest)
                return found
        fetched = fetch()
        with self._lock:
            self._editions[digest] = fetched
            self._make_room()
        return fetched

    def _make_room(self) -> None:
        while len(self._editions) > self._places:
            self._editions.popitem(last=False)
        newest: dict[str, int] = {}
        for one in self._editions.values():
            newest[one.edition.mission] = max(one.edition.number, newest.get(one.edition.mission, 0))
        older = [key for key, one in self._editions.items() if one.edition.number < newest[one.edition.mission]]
        while older and sum(len(self._editions[key].edition.entries) for key in older) > self._most_entries:
            del self._editions[older.pop(0)]


def kept(act: Act, header: Header) -> StoredEdition:
    """The bytes and the envelope of the edition with this header. Raises DamagedEditionError unless it is whole."""
    return _stored(act, header, PublicKey.signs_at)


def as_issued(act: Act, header: Header) -> StoredEdition:
    """The same of one whose key may have been revoked since, which nobody is to rely on.

    The next edition follows it and takes away what it listed: a mission whose key was lost has to publish again.
    """
    return _stored(act, header, lambda _key, _issued_at: True)


def _stored(act: Act, header: Header, signed_then: Callable[[PublicKey, datetime], bool]) -> StoredEdition:
    stored = act.tx.editions.get(header.mission, header.number)
    if stored is None or stored.sha256 != header.sha256:
        raise DamagedEditionError(header.mission, header.number)
    if not _is_whole(stored, [key for key in act.keyring.public_keys() if signed_then(key, stored.issued_at)]):
        raise DamagedEditionError(header.mission, header.number)
    return stored


def if_whole(act: Act, header: Header | None) -> StoredEdition | None:
    """As `kept`; None where there is no such edition or it does not verify any more: who compares with it goes without.

    An older edition that was damaged must keep nobody from the current one.
    """
    try:
        return kept(act, header) if header else None
    except DamagedEditionError:
        return None


def opened(act: Act, shelf: Shelf, header: Header) -> PublishedEdition:
    """The edition with this header, opened and verified once. Raises DamagedEditionError."""
    return shelf.take(header.sha256, act.keyring.public_keys(), lambda: _open(kept(act, header).content, verified=True))


def open_current(act: Act, shelf: Shelf) -> None:
    """Opens each mission's current list and asks it once, so that nobody's first look-up waits for what that takes.

    One that does not verify is left to the look-ups, which say so.
    """
    for mission in act.tx.missions.all():
        header = act.tx.editions.header(mission.code, act.now)
        if header is not None:
            with suppress(DamagedEditionError):
                opened(act, shelf, header).check((0.0, 0.0), now=act.now)


def looked_into(act: Act, shelf: Shelf, header: Header) -> PublishedEdition | None:
    """As `opened`, also one that does not verify, marked so; None where what is kept is no edition any more."""
    try:
        return opened(act, shelf, header)
    except DamagedEditionError:
        stored = act.tx.editions.get(header.mission, header.number)
    try:
        return _open(stored.content, verified=False) if stored else None
    except InputError:
        return None


def _open(content: bytes, *, verified: bool) -> PublishedEdition:
    return open_edition(content, verified=verified, clock=_no_clock)


def _no_clock() -> datetime:
    raise AssertionError("a shelved edition is asked with the time of the act")


def _is_whole(stored: StoredEdition, keys: Sequence[PublicKey]) -> bool:
    try:
        signed = verify(stored.envelope, keys, EDITION_TYPE)
    except UnverifiedError:
        return False
    return signed == stored.content and sha256(signed) == stored.sha256 and _says_its_header(stored)


def _says_its_header(stored: StoredEdition) -> bool:
    told = about(stored.content)
    times = parse_instant(told["issued_at"]), parse_instant(told["expires_at"])
    return (told["mission"], told["number"], told["previous_sha256"], *times) == (
        stored.mission, stored.number, stored.previous_sha256, stored.issued_at, stored.expires_at
    )  # fmt: skip
