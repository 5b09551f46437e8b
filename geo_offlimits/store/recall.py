"""What readers of one process remember between transactions, for as long as nothing has been recorded of it since.

Every change of history is written with a leaf of the audit tree (no audit row, no act), so the number of leaves is a
version of all of it: what was read at some number of leaves still holds at that same number. It holds at a larger one,
too, where all leaves since then speak of rows that nothing remembered is read from (UNREMEMBERED): on a morning on
which thousands acknowledge, everybody else would read everything anew for each of them. Operational rows (sessions,
credentials) change without a leaf and are never remembered.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

UNREMEMBERED = frozenset({"acknowledgement"})
_MOST = 4096
Remembered = TypeVar("Remembered")


class Recall:
    """Shared by the threads of a process; a lost race costs one more read."""

    def __init__(self) -> None:
        # from which number of leaves on, up to which, these facts hold
        self._known: tuple[int, int, dict[Hashable, Any]] = (0, -1, {})

    def at(
        self,
        version: int,
        is_quiet: Callable[[int, int], bool],
        key: Hashable,
        fetch: Callable[[], Remembered],
    ) -> Remembered:
        """What `fetch` gave at this version of the store, asked again only where something was recorded in between.

        is_quiet : whether the leaves from one position on, before another, touch nothing that is remembered.
        """
        since, until, facts = self._known
        holds = since <= version and (version <= until or is_quiet(until, version))
        if not holds or len(facts) > _MOST:
            since, until, facts = version, version, {}
        self._known = (since, max(until, version), facts)
        if key not in facts:
            facts[key] = fetch()
        found: Remembered = facts[key]
        return found
