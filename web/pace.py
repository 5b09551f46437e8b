"""How fast somebody may ask: each request takes its share of a minute, kept in memory that a server's processes share.

1. Who is signed in is counted by person, a program by its token, anybody else by the address they come from.
2. Who has taken a whole minute in advance is refused until some of it is over. What costs much takes from a second,
   smaller allowance as well; a long body counts as several requests.
3. A look-up writes nothing to the store for this. The memory is of fixed size and holds digests under a key of this
   server's start, so neither a person nor an address can be read from it, and nobody can choose whom they disturb.
4. Nothing is locked, because a process that is killed must not hold up the others: two requests of one moment may count
   as one. Where the memory is full, whoever has taken least is forgotten, which costs them nothing.
"""

import math
import secrets
import time
from collections.abc import Callable
from hashlib import blake2b
from mmap import mmap

from geo_offlimits.errors import OfflimitsError, Sentence

PLACES = 16384
_WINDOW_S = 60.0
_NEIGHBOURS = 8
_BYTES = 8
_PORTION_BYTES = 16384
_MOST_AT_ONCE_S = 5.0


class TooFastError(OfflimitsError):
    """More requests than one person, program or address may make. `wait_s`: whole seconds until the next may pass."""

    def __init__(self, per_minute: int, wait_s: float) -> None:
        self.wait_s = max(1, math.ceil(wait_s))
        super().__init__(
            Sentence(
                "More than {most} requests of this kind came from you within a minute. Wait {wait} s and go on.",
                most=per_minute,
                wait=self.wait_s,
            )
        )


class Turnstile:
    """Made once before a server forks; safe to share between its threads and processes.

    `clock` gives seconds that never go back and are the same in every process.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, places: int = PLACES) -> None:
        self._clock, self._places = clock, places
        self._key = secrets.token_bytes(32)
        shared = memoryview(mmap(-1, 2 * _BYTES * (places + _NEIGHBOURS)))
        half = len(shared) // 2
        # digest of who -> the moment at which all that they have taken is over
        self._who, self._until = shared[:half].cast("Q"), shared[half:].cast("d")

    def pass_through(self, who: str, per_minute: int, *, body_bytes: int = 0) -> None:
        """Counts one request. Raises TooFastError, and then nothing is counted."""
        share_s = _WINDOW_S / per_minute
        portions_s = share_s * (body_bytes // _PORTION_BYTES)
        share_s += min(portions_s, _MOST_AT_ONCE_S)
        now = self._clock()
        digest = int.from_bytes(blake2b(who.encode(), key=self._key, digest_size=_BYTES).digest()) or 1
        place = self._place(digest)
        until = max(self._until[place] if self._who[place] == digest else now, now) + share_s
        if until - now > max(_WINDOW_S, share_s):
            raise TooFastError(per_minute, until - now - _WINDOW_S)
        self._who[place], self._until[place] = digest, until

    def _place(self, digest: int) -> int:
        first = digest % self._places
        near = range(first, first + _NEIGHBOURS)
        own = next((place for place in near if self._who[place] == digest), None)
        return own if own is not None else min(near, key=self._until.__getitem__)
