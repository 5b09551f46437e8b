"""A process gives up all system calls but those that compute and talk through what it holds open (seccomp, Linux).

Calls that are not listed fail with "permission denied", so that a library that tries one goes on or raises. A process
that was sealed stays so; there is no way back. Numbers are those of the kernel's tables for each kind of processor.
"""

import ctypes
import os
import platform
import socket
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

# read close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pread64 readv writev write
# sched_yield mremap madvise getpid exit uname fcntl gettimeofday getrlimit getrusage sigaltstack gettid futex
# sched_getaffinity clock_gettime clock_getres clock_nanosleep exit_group getrandom rseq; on x86-64 also time, times.
_CALLS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "x86_64": (
            0xC000003E,
            (
                "0 1 3 5 8 9 10 11 12 13 14 15 17 19 20 24 25 28 39 60 63 72 96 97 98 100 131 186 201 202 204 228 229"
                " 230 231 318 334"
            ),
        ),
        "aarch64": (
            0xC00000B7,
            (
                "25 57 62 63 64 65 66 67 80 93 94 98 113 114 115 123 124 132 134 135 139 160 163 165 169 172 178 214"
                " 215 216 222 226 233 278 293"
            ),
        ),
    }
)
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
_NUMBER_AT, _PROCESSOR_AT = 0, 4
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_OWN_USER, _OWN_NETWORK = 0x10000000, 0x40000000


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def leave_the_network() -> None:
    """Into a network of its own, which has no way out, where the system gives one; the seal does not depend on it."""
    getattr(_system(), "unshare", lambda _: -1)(_OWN_USER | _OWN_NETWORK)


def sealed() -> bool:
    """Seal this process, and whether it now really opens, connects and starts nothing."""
    known = _CALLS.get(platform.machine())
    if platform.system() != "Linux" or known is None:
        return False
    processor, calls = known
    made = _program(processor, [int(call) for call in calls.split()])
    steps = (_Step * len(made))(*made)
    program = _Program(len(made), steps)
    system = _system()
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or system.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
        return False
    return not any(map(_works, _attempts()))


def _program(processor: int, calls: list[int]) -> list[_Step]:
    steps = [
        _Step(_LOAD, 0, 0, _PROCESSOR_AT),
        _Step(_EQUALS, 1, 0, processor),
        _Step(_RETURN, 0, 0, _KILL),
        _Step(_LOAD, 0, 0, _NUMBER_AT),
    ]
    steps += [_Step(_EQUALS, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    return [*steps, _Step(_RETURN, 0, 0, _DENY), _Step(_RETURN, 0, 0, _ALLOW)]


def _attempts() -> Iterator[Callable[[], object]]:
    yield lambda: os.open(os.devnull, os.O_RDONLY)
    yield lambda: os.stat("/")  # noqa: PTH116  (the bare system call)
    yield lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    yield lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    yield os.fork
    yield lambda: os.kill(os.getpid(), 0)


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _system() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
