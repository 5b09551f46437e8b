"""A sealed child computes and talks, and does nothing else; what is not sealed reads nothing."""

import platform
import socket
from pathlib import Path

import pytest

from geo_offlimits.formats import apart, sealing
from geo_offlimits.formats.apart import Bounds, EndedError, NotSealedError

BOUNDS = Bounds(memory_bytes=256 * 2**20, cpu_s=2, wait_s=20, answer_bytes=1000)
ATTEMPTS = {
    "read a file": "open({canary!r}).read()",
    "write a file": "open({left!r}, 'w').write('x')",
    "list a folder": "os.listdir({folder!r})",
    "connect": "socket.create_connection(('127.0.0.1', {port}))",
    "send a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
    "start a program": "os.posix_spawn('/bin/true', ['true'], dict())",
    "fork": "os.fork()",
    "signal": "os.kill(os.getppid(), 0)",
    "become another program": "os.execv('/bin/true', ['true'])",
    "map a file": "ctypes.CDLL('libanl.so.1')",
}


def child(folder: Path, attempt: str, *, seals: bool = True) -> tuple[str, ...]:
    """The command of a child that makes an attempt and says whether it worked."""
    script = folder / "child.py"
    script.write_text(
        "import ctypes, os, socket\n"
        "'x'.encode('idna')\n"
        "from geo_offlimits.formats import apart, sealing\n"
        "def read(content):\n"
        f"    try:\n        {attempt}\n    except OSError as fault:\n        return b'refused'\n    return b'worked'\n"
        f"bounds = apart.Bounds(memory_bytes={BOUNDS.memory_bytes}, cpu_s=2, wait_s=20, answer_bytes=1000)\n"
        + ("apart.confine(bounds)\n" if seals else "sealing.sealed = lambda: False\n")
        + f"apart.answer(read, unsealed_too={not seals})\n"
    )
    return ("-I", str(script))


@pytest.fixture
def lures(tmp_path: Path) -> dict[str, object]:
    canary = tmp_path / "canary"
    canary.write_text("x")
    return {"canary": str(canary), "left": str(tmp_path / "left"), "folder": str(tmp_path)}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_sealed_child_reaches_nothing(tmp_path: Path, lures: dict[str, object], attempt: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        lures["port"] = server.getsockname()[1]
        told = apart.asked(child(tmp_path, ATTEMPTS[attempt].format(**lures)), b"x", BOUNDS)
    assert told == b"refused"
    assert not (tmp_path / "left").exists()


@pytest.mark.parametrize("attempt", ["read a file", "write a file", "list a folder", "connect", "fork"])
def test_the_same_works_where_nothing_is_sealed(tmp_path: Path, lures: dict[str, object], attempt: str) -> None:
    """The control: what is refused above is refused by the seal."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        lures["port"] = server.getsockname()[1]
        body = ATTEMPTS[attempt].format(**lures).replace("os.fork()", "os.fork() or os._exit(0)")
        assert apart.asked(child(tmp_path, body, seals=False), b"x", BOUNDS) == b"worked"


@pytest.mark.parametrize(
    "body",
    [
        "ctypes.string_at(0)",
        "bytearray(2**30)",
        "os._exit(3)",
        "return b'x' * 5000",
        "os.write(1, b'x' * 5000); os._exit(0)",
        "exec('while True: pass')",
    ],
)
def test_a_child_gone_wrong_has_ended_and_said_nothing(tmp_path: Path, body: str) -> None:
    with pytest.raises(EndedError):
        apart.asked(child(tmp_path, body), b"x", BOUNDS)


def test_a_child_that_does_not_listen_is_no_trouble(tmp_path: Path) -> None:
    script = tmp_path / "deaf.py"
    script.write_text("import os\nos.write(1, b'+deaf')\n")
    assert apart.asked(("-I", str(script)), b"x" * 10**7, BOUNDS) == b"deaf"


def test_where_the_system_does_not_seal_nothing_is_read(tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    script.write_text(
        "import platform\nfrom geo_offlimits.formats import apart\n"
        "platform.machine = lambda: 'vax'\napart.answer(lambda content: content)\n"
    )
    with pytest.raises(NotSealedError):
        apart.asked(("-I", str(script)), b"x", BOUNDS)


def test_another_system_is_not_sealed_and_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert sealing.sealed() is False
    assert Path(__file__).read_text()
