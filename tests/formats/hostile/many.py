"""Run as a program, sealed: what `geodata_child` answers to many files, one after the other, a line of JSON each."""

import json

from geo_offlimits.formats import apart, geodata_child
from tests.formats.hostile.spoiling import BOUNDS


def _each(content: bytes) -> bytes:
    head, _, rest = content.partition(b"\n")
    told, answers = json.loads(head), []
    for length in told["lengths"]:
        file, rest = rest[:length], rest[length:]
        order = json.dumps({"kind": told["kind"], "rows": 1000, "unpacked": 2**26}).encode() + b"\n"
        answers.append(geodata_child.read(order + file).decode())
    return json.dumps(answers).encode()


if __name__ == "__main__":
    apart.confine(BOUNDS)
    geodata_child.warm()
    apart.answer(_each)
