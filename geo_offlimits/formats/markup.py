"""XML as devices read it, written a piece at a time; every text that goes into it passes one encoder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# Of XML 1.0, section 2.2: no reader takes these, escaped or not.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile('[&<>"\n\r\t]')
# Line breaks of a value would reach the reader as spaces.
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
# Some programs show a description as HTML even where the file does not say that it is.
_AS_TEXT = str.maketrans({"<": "‹", ">": "›", "&": "＆"})


class Markup:
    """A document that grows. Names of elements and of their attributes are ours, every value is encoded."""

    def __init__(self) -> None:
        self._lines = [_DECLARATION]

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
        return ("\n".join(self._lines) + "\n").encode()


def _told(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{encoded(value)}"' for name, value in attributes.items())


def encoded(text: str) -> str:
    """`text` as content of an element or value of an attribute; what XML cannot hold is replaced."""
    return _SPECIAL.sub(lambda found: _ESCAPED[found.group()], _NO_CHARACTER.sub("\ufffd", text))


def as_text(text: str) -> str:
    """For a member that some programs show as HTML: nothing in it can be a tag or an entity."""
    return text.translate(_AS_TEXT)
