"""Honest files cut and spoiled at random, and what is read of them."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from geo_offlimits.formats import apart
from geo_offlimits.formats.apart import Bounds, EndedError
from geo_offlimits.formats.geodata_bounds import ENVIRONMENT

BOUNDS = Bounds(memory_bytes=2**30, cpu_s=60, wait_s=100, answer_bytes=2**28)
ROOT = Path(__file__).parents[3]
_START = (
    f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r})\n"
    "runpy.run_module('tests.formats.hostile.many', run_name='__main__')"
)


def cut(content: bytes, points: int) -> list[bytes]:
    """The file cut at so many points, evenly."""
    return [content[: len(content) * at // points] for at in range(points)]


def spoiled(content: bytes, seed: int) -> bytes:
    """A few bytes changed, put in, doubled or left out."""
    chance, held = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(held) + 1)
        some = chance.choice(
            (b"\0", b"\xff", b"\xff" * 4, b"\x7f\xff\xff\xff", chance.randbytes(4), bytes(held[at : at + 40]))
        )
        match chance.randrange(3):
            case 0:
                held[at : at + len(some)] = some
            case 1:
                held[at:at] = some
            case _:
                del held[at : at + chance.randint(1, 20)]
    return bytes(held)


def answers(kind: str, files: Sequence[bytes]) -> list[bytes | None]:
    """What the sealed reader says of each, in one process; None where it ended it."""
    if not files:
        return []
    head = json.dumps({"kind": kind, "lengths": [len(file) for file in files]}).encode() + b"\n"
    try:
        told = apart.asked(("-I", "-c", _START), head + b"".join(files), BOUNDS, ENVIRONMENT)
    except EndedError:
        if len(files) == 1:
            return [None]
        half = len(files) // 2
        return answers(kind, files[:half]) + answers(kind, files[half:])
    return [answer.encode() for answer in json.loads(told)]
