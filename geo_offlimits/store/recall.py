"""What readers of one process remember between transactions, for as long as nothing has been recorded since.

Every change of history is written with a leaf of the audit tree (no audit row, no act), so the number of leaves is a
version of all of it: what was read at some number of leaves still holds at that same number, and nothing is remembered
past it. Operational rows (sessions, credentials) change without a leaf and are never remembered.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_MOST = 4096
Remembered = TypeVar("Remembered")


class Recall:
    """Shared by the threads of a process; a lost race costs one more read."""

    def __init__(self) -> None:
        self._known: tuple[int, dict[Hashable, Any]] = (-1, {})

    def at(self, version: int, key: Hashable, fetch: Callable[[], Remembered]) -> Remembered:
        """What `fetch` gave at this version of the store, asked again only when the version is another."""
        known_at, facts = self._known
        if known_at != version or len(facts) > _MOST:
            facts = {}
            self._known = (version, facts)
        if key not in facts:
            facts[key] = fetch()
        found: Remembered = facts[key]
        return found
