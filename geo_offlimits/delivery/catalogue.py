"""The words of the product in each language: one catalogue for pages, command line and printed lists.

1. Message ids are the English texts, so English needs no translation and a missing one reads in English.
2. The `.po` files are read as they are; nothing has to be compiled before the product runs. Babel's reader keeps
   comments and places as well and takes ten times as long; a test holds this one to it.
"""

import re
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from importlib import resources

from babel.messages.pofile import unescape
from babel.support import NullTranslations, Translations

from geo_offlimits.domain.languages import SOURCE, TAGS, served

SOURCE_LANGUAGE = SOURCE
_FOLDER = "translations"
_FILE = "messages.po"
_LINE = re.compile(r'^(?:(msg\S+) )?(".*")$', re.MULTILINE)
_PLURALS = re.compile(r"plural=([^;]+)")
_CONTEXT_END = "\x04"  # as the gettext module joins a context and a text


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, English first."""
    return TAGS


def folder_of(tag: str) -> str:
    """The folder that holds the catalogue of a language of ours: `sr_Cyrl` of `sr-Cyrl`."""
    return tag.replace("-", "_")


def known(tag: str | None) -> str | None:
    """The language of ours that serves the BCP 47 tag `tag` (`fr-CH` is served by `fr`), or None."""
    return served(tag)


def catalogue(language: str | None) -> NullTranslations:
    """The texts of `language` with `.gettext`, `.ngettext` and `.pgettext`; English for a language we do not have."""
    return _read(known(language) or SOURCE_LANGUAGE)


class Words(Translations):
    """The texts of one `.po` file."""

    def __init__(self, po: str) -> None:
        super().__init__()
        self._catalog: dict[str | tuple[str, int], str] = {}
        for message in _messages(po):
            self._keep(message)

    def _keep(self, message: dict[str, str]) -> None:
        if not message["msgid"]:
            if rule := _PLURALS.search(message["msgstr"]):
                self.plural = c2py(rule[1])  # type: ignore[assignment]  # Babel says of what else it could be asked
            return
        context = f"{message['msgctxt']}{_CONTEXT_END}" if "msgctxt" in message else ""
        key = context + message["msgid"]
        if "msgid_plural" not in message:
            if message["msgstr"]:
                self._catalog[key] = message["msgstr"]
            return
        forms = [text for keyword, text in message.items() if keyword.startswith("msgstr[")]
        if all(forms):
            self._catalog.update({(key, number): text for number, text in enumerate(forms)})

    def gettext(self, message: str) -> str:
        """Under the empty text a catalogue keeps its own head, which is nothing to say."""
        return str(super().gettext(message)) if message else ""


def _messages(po: str) -> Iterator[dict[str, str]]:
    """Each message by its keywords: msgctxt, msgid, msgid_plural, msgstr or msgstr[0] and so on."""
    for block in po.split("\n\n"):
        told: dict[str, str] = {}
        keyword = ""
        for begun, text in _LINE.findall(block):
            keyword = begun or keyword
            told[keyword] = told.get(keyword, "") + unescape(text)
        if told:
            yield told


@cache
def _read(language: str) -> NullTranslations:
    file = resources.files("geo_offlimits") / _FOLDER / folder_of(language) / _FILE
    return Words(file.read_text(encoding="utf-8"))
