"""XML as devices read it. Long lists fill templates; every text that goes into a file passes an encoder here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Of XML 1.0, section 2.2: no reader takes these, escaped or not.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile('[&<>"\n\r\t]')
_UNFIT = re.compile("[^ !#-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Line breaks of a value would reach the reader as spaces.
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_NO_TAG = str.maketrans({"<": "‹", ">": "›"})


def encoded(text: str) -> str:
    """`text` as content of an element or value of an attribute; what XML cannot hold is replaced."""
    # Most texts need nothing: one search of the whole costs less than a replacement that finds nothing.
    if not _UNFIT.search(text):
        return text
    return _SPECIAL.sub(lambda found: _ESCAPED[found.group()], _NO_CHARACTER.sub("\ufffd", text))


def tagless(text: str) -> str:
    """`encoded` for a member that some programs show as HTML, though the file does not say so: no tag stands in it."""
    return encoded(text.translate(_NO_TAG) if "<" in text or ">" in text else text)


class Markup:
    """A short document that grows. Names of elements and of their attributes are ours, every value is encoded."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @contextmanager
    def element(self, tag: str, **attributes: str) -> Iterator[None]:
        self._lines.append(f"<{tag}{_told(attributes)}>")
        yield
        self._lines.append(f"</{tag}>")

    def leaf(self, tag: str, text: str, **attributes: str) -> None:
        self._lines.append(f"<{tag}{_told(attributes)}>{encoded(text)}</{tag}>")

    def empty(self, tag: str, **attributes: str) -> None:
        self._lines.append(f"<{tag}{_told(attributes)}/>")

    def written(self) -> bytes:
        return (DECLARATION + "\n".join(self._lines) + "\n").encode()


def _told(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{encoded(value)}"' for name, value in attributes.items())
