"""A file of vectors: a JSON document with one vector a line, so that a change shows in a diff."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = "geo-offlimits/vectors/1"


@dataclass(frozen=True)
class Document:
    """`about` says how to read it, `known` are the lists that the vectors point into, an item a line."""

    name: str
    about: Mapping[str, Any]
    known: Mapping[str, Sequence[Any]]
    vectors: Sequence[Any]

    @property
    def text(self) -> str:
        head = {"format": FORMAT, "kind": self.name, **self.about}
        members = [f"{_json(key)}:{_json(value)}" for key, value in head.items()]
        listed = {**self.known, "vectors": self.vectors}
        members += [f"{_json(key)}:[\n" + ",\n".join(map(_json, items)) + "\n]" for key, items in listed.items()]
        return "{" + ",\n".join(members) + "}\n"


def distinct(vectors: Iterable[Any]) -> list[Any]:
    """Each vector once, in the order given."""
    return list({_json(vector): vector for vector in vectors}.values())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
