"""XML as devices read it: one encoder for every text that goes into it."""

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of XML 1.0, section 2.2: no reader takes these, escaped or not.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Some programs show a description as HTML even where the file does not say that it is.
_AS_TEXT = str.maketrans({"<": "‹", ">": "›", "&": "＆"})


def add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    """A child of `parent`; what XML cannot hold becomes a replacement character."""
    child = ET.SubElement(parent, tag, {key: readable(value) for key, value in attributes.items()})
    if text is not None:
        child.text = readable(text)
    return child


def readable(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", text)


def as_text(text: str) -> str:
    """For a member that some programs show as HTML: nothing in it can be a tag or an entity."""
    return text.translate(_AS_TEXT)


def document(root: ET.Element, namespaces: "Mapping[str, str]") -> bytes:
    """The file. namespaces : what `root` declares, prefix to name; elements are named with the prefix."""
    for prefix, name in namespaces.items():
        root.set(f"xmlns:{prefix}" if prefix else "xmlns", name)
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"
