"""Hostile bytes are read in a process of its own, sealed before the first of them arrives.

1. The child has little memory and time, no file to write, no other process, and a network of its own, without a way
   out, where the system gives one.
2. When it has loaded what it needs it gives up all system calls but those that compute and talk through its two pipes
   (`sealing`): no file is opened, no connection made, no program started from then on, whatever the bytes talk a
   library into.
3. It tries each of these before it reads. Where one works, or where the system cannot seal a process, it says so and
   ends: nothing is read, and what needs it is off.
4. A sealed process loads nothing: what a library loads at its first use is used once before.
"""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from geo_offlimits.formats import sealing

# Where some builds of Python find their own library; nothing else of our environment is anybody's business there.
_ENVIRONMENT = ("LD_LIBRARY_PATH",)
_SEALED, _OPEN = b"+", b"-"
_EMPTY: Mapping[str, str] = MappingProxyType({})


class EndedError(Exception):
    """The child was ended by a limit or by a fault in a library, or it said more than it may."""


class NotSealedError(Exception):
    """This system does not seal a process, so nothing was read."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a child may use, and how much it may answer."""

    memory_bytes: int
    cpu_s: int
    wait_s: int
    answer_bytes: int

    @property
    def limits(self) -> dict[int, int]:
        return {
            resource.RLIMIT_AS: self.memory_bytes,
            resource.RLIMIT_CPU: self.cpu_s,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NPROC: 0,
            # A crash must not leave what was read behind in a core file.
            resource.RLIMIT_CORE: 0,
        }


def asked(command: tuple[str, ...], content: bytes, bounds: Bounds, environment: Mapping[str, str] = _EMPTY) -> bytes:
    """What Python, run with `command`, answers to these bytes through `answer`.

    Its word is not to be trusted: it may be under somebody else's command by now. Raises EndedError, NotSealedError.
    """
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    child = subprocess.Popen(  # noqa: S603  (our own words)
        (sys.executable, *command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**kept, **environment},
        cwd="/",
    )
    answer = _heard(child, content, bounds)
    if answer.startswith(_OPEN):
        raise NotSealedError
    if child.returncode or not answer.startswith(_SEALED):
        raise EndedError
    return answer[len(_SEALED) :]


def _heard(child: "subprocess.Popen[bytes]", content: bytes, bounds: Bounds) -> bytes:
    """What it says within its bounds; it is gone afterwards."""
    ending = threading.Timer(bounds.wait_s, child.kill)
    telling = threading.Thread(target=partial(_tell, child, content))
    ending.start()
    telling.start()
    try:
        said = child.stdout.read(bounds.answer_bytes + 2) if child.stdout else b""
        if len(said) > bounds.answer_bytes + 1:
            child.kill()
        child.wait()
    finally:
        ending.cancel()
        child.kill()
        telling.join()
        child.wait()
        for pipe in filter(None, (child.stdin, child.stdout)):
            with suppress(OSError):
                pipe.close()
    return said


def _tell(child: "subprocess.Popen[bytes]", content: bytes) -> None:
    """A child that ends early does not listen to the end."""
    if child.stdin:
        with suppress(OSError):
            child.stdin.write(content)
        with suppress(OSError):
            child.stdin.close()


# ---- In the child ----------------------------------------------------------------------------------------------------


def confine(bounds: Bounds) -> None:
    """Take the limits, before anything is loaded."""
    for limit, most in bounds.limits.items():
        _, hard = resource.getrlimit(limit)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))
    sealing.leave_the_network()


def answer(read: Callable[[bytes], bytes], *, unsealed_too: bool = False) -> None:
    """Seal this process; then say what `read` makes of the bytes that come.

    unsealed_too : go on where the system does not seal, under the limits alone.
    """
    if not sealing.sealed() and not unsealed_too:
        sys.stdout.buffer.write(_OPEN)
        return
    sys.stdout.buffer.write(_SEALED + read(sys.stdin.buffer.read()))
    sys.stdout.buffer.flush()
