"""The features of a GeoJSON of any length, one at a time, by the rules of `geojson_rows` and `strict_json`.

Of a FeatureCollection only the text of one feature is held; what stands around its features is read too, so that bytes
which are no JSON, another system of coordinates, or a member that stands twice, are refused here as there.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from geo_offlimits.errors import Sentence
from geo_offlimits.formats import strict_json
from geo_offlimits.formats.files import LIMITS, ImportFileError, Limits
from geo_offlimits.formats.geojson_rows import (
    OTHER_JSON,
    OWN_MEMBER,
    FeatureRow,
    feature_row,
    line_row,
    refuse_other_crs,
)
from geo_offlimits.formats.kinds import Kind
from geo_offlimits.formats.own_exports import as_listed
from geo_offlimits.formats.strict_json import NotJsonError

PLACES = frozenset({Kind.GEOJSON, Kind.GEOJSON_LINES})
_PIECE, _LONGEST = 1 << 18, 1 << 25
_BLANK = re.compile(r"[ \t\r\n]*")
_BEFORE_A_LINE = "\x1e \t"


@dataclass
class FeatureStream:
    """Each feature of a file as a row, as often as it is asked. Raises ImportFileError where the bytes are no GeoJSON.

    is_own : whether the file is an edition, whose features are read as a list would have them. What it says of itself
    stands behind its features: once they have been read, `says_own` tells it.
    """

    path: Path
    kind: Kind
    limits: Limits = LIMITS
    is_own: bool = False
    says_own: bool = False

    def __iter__(self) -> Iterator[FeatureRow]:
        is_empty = True
        try:
            with self.path.open("rb") as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="\n") as text:
                for row in self._rows(text):
                    is_empty = False
                    yield row
        except NotJsonError as fault:
            raise ImportFileError(self.path.name, fault.fact, Sentence("export it as GeoJSON in UTF-8")) from None
        except UnicodeDecodeError:
            fact = Sentence("is not JSON: it is not UTF-8")
            raise ImportFileError(self.path.name, fact, Sentence("export it as GeoJSON in UTF-8")) from None
        if is_empty:
            raise ImportFileError(self.path.name, Sentence("holds no features"), Sentence("was it exported?"))

    def _rows(self, text: IO[str]) -> Iterator[FeatureRow]:
        if self.kind is Kind.GEOJSON_LINES:
            yield from _lines(text, self.limits)
            return
        document = _Document(text, self.path.name)
        for number, told in enumerate(document.features(), start=1):
            yield feature_row(number, as_listed(told) if self.is_own else told, self.limits)
        self.says_own = isinstance(document.around.get(OWN_MEMBER), dict)
        document.refuse_other()
        if document.around["type"] == "Feature":
            yield feature_row(1, document.around, self.limits)


def _lines(text: IO[str], limits: Limits) -> Iterator[FeatureRow]:
    number = 0
    while line := text.readline(_LONGEST):
        told = line.lstrip(_BEFORE_A_LINE).strip()
        if told:
            number += 1
            yield line_row(number, told.encode(), limits)


class _Document:
    """A JSON object that is read from its start to its end, its `features` one by one."""

    def __init__(self, text: IO[str], name: str) -> None:
        self.text, self.name = text, name
        self.kept, self.at, self.ended = "", 0, False
        self.around: dict[str, Any] = {}
        self.listed_features = False

    def refuse_other(self) -> None:
        """Raises ImportFileError where what was read is neither a collection nor a feature, or not in WGS 84."""
        told = self.around.get("type")
        if told != "Feature" and (told != "FeatureCollection" or not self.listed_features):
            raise ImportFileError(self.name, OTHER_JSON, Sentence("export it as GeoJSON"))
        refuse_other_crs(self.name, self.around)

    def features(self) -> Iterator[Any]:
        if self.sign() != "{":
            raise ImportFileError(self.name, OTHER_JSON, Sentence("export it as GeoJSON"))
        self.at += 1
        ends = self.sign() == "}"
        while not ends:
            member = self.value()
            if not isinstance(member, str):
                raise NotJsonError(self.fault())
            if member in self.around:
                raise NotJsonError(Sentence("names a member twice in one object"))
            self.expect(":")
            if member == "features" and self.sign() == "[":
                self.around[member] = None
                self.listed_features = True
                yield from self.listed()
            else:
                self.around[member] = self.value()
            ends = self.goes_on("}")
        self.at += 1
        if self.sign():
            raise NotJsonError(self.fault())

    def listed(self) -> Iterator[Any]:
        self.at += 1
        ends = self.sign() == "]"
        while not ends:
            yield self.value()
            ends = self.goes_on("]")
        self.at += 1

    def goes_on(self, end: str) -> bool:
        """Whether what is read ends here; else a comma stands here and is passed."""
        if self.sign() == end:
            return True
        self.expect(",")
        return False

    def expect(self, sign: str) -> None:
        if self.sign() != sign:
            raise NotJsonError(self.fault())
        self.at += 1

    def sign(self) -> str:
        """The next sign that is no blank; empty at the end."""
        while True:
            found = _BLANK.match(self.kept, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.kept) or not self.more():
                return self.kept[self.at : self.at + 1]

    def value(self) -> Any:
        self.sign()
        while True:
            try:
                told, end = strict_json.next_value(self.kept, self.at)
            except ValueError:
                # It may end in what is not read yet.
                if not self.more():
                    raise NotJsonError(self.fault()) from None
                continue
            if end < len(self.kept) or not self.more():
                self.at = end
                return told

    def more(self) -> bool:
        """Reads on; what was passed is forgotten."""
        if self.ended:
            return False
        held = len(self.kept) - self.at
        if held > _LONGEST:
            raise NotJsonError(Sentence("has a row without an end"))
        read = self.text.read(max(_PIECE, held))
        if not read:
            self.ended = True
            return False
        self.kept, self.at = self.kept[self.at :] + read, 0
        return True

    def fault(self) -> Sentence:
        return Sentence("is not JSON")
