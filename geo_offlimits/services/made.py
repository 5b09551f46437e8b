"""Files that were made a moment ago: who takes one asks next for its signature, and others ask for the same.

A file around a place or along a route is not kept: what lies there tells where a patrol will be.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST_BYTES = 16 * 1024**2


class Made:
    """The files this process made last, MOST_BYTES of them; the least recently asked for goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._files: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The file that was made for this key, made now where it is not here. What `make` raises is not kept."""
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
                return self._files[key]
        made = make()
        if len(made) > self._most_bytes:
            return made
        with self._lock:
            self._files[key] = made
            while sum(map(len, self._files.values())) > self._most_bytes:
                self._files.popitem(last=False)
        return made
