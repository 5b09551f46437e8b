"""XML from outside, told as it goes by: no document type, no entities, not deep, not endless. Nothing is fetched."""

import html
import re
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from geo_offlimits.errors import Sentence
from geo_offlimits.formats.files import ImportFileError

_DEEPEST = 100
_MOST_ELEMENTS = 1_200_000
_TAG = re.compile(r"<[^<>]{0,1000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


class Teller(Protocol):
    """Is told of each element by its path of names without their spaces, outermost first."""

    def begins(self, path: list[str], attributes: dict[str, str]) -> None:
        """An element begins; the last of `path` is its name."""

    def ends(self, path: list[str], text: str) -> None:
        """It ends; `text` is what stands in it beside other elements."""


class _DeepError(Exception):
    """Elements in elements, too many."""


class _ManyError(Exception):
    """More elements than there is time for."""


class _Walk:
    """What the parser calls."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._path: list[str] = []
        self._count = 0
        self._texts: list[list[str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise _ManyError
        if len(self._path) >= _DEEPEST:
            raise _DeepError
        self._path.append(_bare(tag))
        self._texts.append([])
        self._teller.begins(self._path, {_bare(name): value for name, value in attributes.items()})

    def data(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        self._teller.ends(self._path, "".join(self._texts.pop()).strip())
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to do at the end."""


def walk(name: str, content: bytes, teller: Teller) -> None:
    """Tell `teller` of every element. Raises ImportFileError for what is not well formed, deep, endless or declared."""
    parser: Any = DefusedXMLParser(target=_Walk(teller), forbid_dtd=True)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException:
        raise ImportFileError(
            name, Sentence("holds a document type declaration"), Sentence("save it anew without one")
        ) from None
    except _ManyError:
        raise ImportFileError(
            name,
            Sentence("has more than {most} elements", most=_MOST_ELEMENTS),
            Sentence("split it into several files"),
        ) from None
    except _DeepError:
        raise ImportFileError(
            name,
            Sentence("is nested more than {most} deep", most=_DEEPEST),
            Sentence("save it anew with fewer folders"),
        ) from None
    except (ParseError, LookupError, ValueError) as fault:
        line = getattr(fault, "position", (0, 0))[0]
        raise ImportFileError(
            name,
            Sentence("is not well formed (line {line})", line=line) if line else Sentence("is not well formed"),
            Sentence("was it saved whole? Export it anew"),
        ) from None


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def plain(text: str) -> str:
    """A text without the tags that some programs write into it, and with the signs that it writes by name."""
    if "<" in text:
        text = " ".join(_TAG.sub(" ", text).split())
    if "&" in text and _ENTITY.search(text):
        text = " ".join(_ENTITY.sub(lambda found: html.unescape(found[0]), text).split())
    return text
