"""Hostile bytes are read in a process of its own: little memory, little time, no file to write, nothing left behind.

What talks a decoder into a fault ends that process and not the server, and finds nothing in it but itself.
"""

import os
import resource
import subprocess
import sys
import threading

from geo_offlimits.formats.cleaning import Cleaned, Unfit, UnfitFileError, cleaned, media_type_of

# A WebP of as many pixels as are taken needs the most.
_MEMORY_BYTES = 1536 * 2**20
_CPU_S, _WAIT_S = 20, 40
_LIMITS = {
    resource.RLIMIT_AS: _MEMORY_BYTES,
    resource.RLIMIT_CPU: _CPU_S,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NPROC: 0,
    # A crash must not leave a restricted photo behind in a core file.
    resource.RLIMIT_CORE: 0,
}
# Where some builds of Python find their own library; nothing else of our environment is anybody's business there.
_ENVIRONMENT = ("LD_LIBRARY_PATH",)
_COMMAND: tuple[str, ...] = ("-I", "-m", __name__)
_FIT, _UNFIT = b"+", b"-"
# Several large pictures at once would take the memory of a small server.
_ONE_AT_A_TIME = threading.Lock()


def cleaned_apart(content: bytes) -> Cleaned:
    """What `cleaning.cleaned` says of these bytes, asked in a confined child. Raises UnfitFileError."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(  # noqa: S603  (our own words)
                (sys.executable, *_COMMAND),
                input=content,
                capture_output=True,
                env=environment,
                cwd="/",
                timeout=_WAIT_S,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise UnfitFileError(Unfit.BROKEN) from None
    if done.returncode:  # it was ended by a limit or by a fault in a decoder
        raise UnfitFileError(Unfit.BROKEN)
    return _understood(done.stdout)


def _understood(answer: bytes) -> Cleaned:
    """What the child said; it may be under somebody else's command by now, so its word is not taken for it."""
    fit, told = answer[:1], answer[1:]
    media_type = media_type_of(told) if fit == _FIT else None
    if media_type is None:
        known = {unfit.encode("ascii"): unfit for unfit in Unfit}
        raise UnfitFileError(known.get(told, Unfit.BROKEN))
    return Cleaned(media_type=media_type, content=told)


def _confine() -> None:
    for limit, most in _LIMITS.items():
        _, hard = resource.getrlimit(limit)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))


def _answer(content: bytes) -> bytes:
    try:
        return _FIT + cleaned(content).content
    except UnfitFileError as unfit:
        return _UNFIT + unfit.unfit.encode("ascii")


if __name__ == "__main__":
    _confine()
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read()))
