"""XML as devices read it. Writers fill templates of their own; every text that goes into one passes an encoder here."""

import re

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
