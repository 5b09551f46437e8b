"""While a long list is read, reported or published nobody looks for garbage.

All of it is still wanted, and looking through it again and again takes a sixth of the processor's time (a report on
100,000 rows: 44 s with the pause, 52 s without, on a busy machine). It is a matter of the process, as `disk` is of the
machine, so it stands beside that: on the ground, where every floor can use it.

What nothing refers to goes at once all the same; only rings of objects wait until the end.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class _Pause:
    """How many threads are at it, and whether the first one found the collector at work."""

    def __init__(self) -> None:
        self.lock, self.count, self.was_on = Lock(), 0, False

    def begin(self) -> None:
        with self.lock:
            if not self.count:
                self.was_on = gc.isenabled()
            self.count += 1
            gc.disable()

    def end(self) -> None:
        with self.lock:
            self.count -= 1
            if not self.count and self.was_on:
                gc.enable()


_PAUSE = _Pause()


@contextmanager
def uncollected() -> Iterator[None]:
    """Pauses the collector, also as a decorator; where it was off, it stays off."""
    _PAUSE.begin()
    try:
        yield
    finally:
        _PAUSE.end()
