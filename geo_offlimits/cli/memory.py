"""What the C library does with memory that is not needed any more; of most Linux systems, elsewhere nothing is done.

Left to itself it gives every thread an arena of its own, keeps what was freed for the next time, and after the first
large piece serves the like from there as well: a list that was opened once holds as much again for good.
"""

import ctypes

_LIBRARY = ctypes.CDLL(None)
# Of malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE_BYTES = 1024**2
# What is free at the end of the heap stays for the next request; `give_back` sees to it now and then.
_KEPT_BYTES = 64 * 1024**2


def keep_together() -> None:
    """One arena for all threads, and large pieces by themselves. Before there are threads; children inherit it."""
    adjust = getattr(_LIBRARY, "mallopt", None)
    if adjust:
        for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE_BYTES), (_TRIM_THRESHOLD, _KEPT_BYTES)):
            adjust(option, value)


def give_back() -> None:
    """What is free goes back to the machine."""
    trim = getattr(_LIBRARY, "malloc_trim", None)
    if trim:
        trim(0)
