"""Which stories count for coverage, where it is counted (`make test COVERAGE=1`, and in CI): those that tell of it.

To count what is touched slows everything by a quarter, and where each case begins with an installation of its own the
hundredth touches what the first did. So there the first cases of each story are counted; and no story in which a
browser, a shim or a checkout does the work. What is reported is therefore the least that is covered (decision 062).
"""

from collections import Counter
from typing import Any

import pytest

_UNCOUNTED = {"browser", "faults", "frame", "house"}
_COSTLY = {"cli", "services", "store", "web"}
_FIRST_CASES = 6
_COUNTED = pytest.StashKey[bool]()


def choose(items: list[pytest.Item]) -> None:
    """By the order in which stories stand, whichever of two processes runs them."""
    cases = Counter[str]()
    for item in items:
        story, *_ = item.nodeid.split("[")
        cases[story] += 1
        rooms = set(story.split("/"))
        first = cases[story] <= _FIRST_CASES or not rooms & _COSTLY
        item.stash[_COUNTED] = first and not rooms & _UNCOUNTED


def follow(item: pytest.Item) -> None:
    """Counts in a story that counts, from its fixtures on, and in no other."""
    controller: Any = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if controller is None or controller.started == item.stash[_COUNTED]:
        return
    (controller.resume if item.stash[_COUNTED] else controller.pause)()
