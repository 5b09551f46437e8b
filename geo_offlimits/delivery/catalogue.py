"""The words of the product in each language: one catalogue for pages, command line and printed lists.

1. Message ids are the English texts, so English needs no translation and a missing one reads in English.
2. The `.po` files are read as they are; nothing has to be compiled before the product runs.
"""

from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "en"
_FOLDER = "translations"
_FILE = "messages.po"


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, English first."""
    folder = resources.files("geo_offlimits") / _FOLDER
    found = {item.name for item in folder.iterdir() if item.is_dir() and (item / _FILE).is_file()}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


def known(tag: str | None) -> str | None:
    """The language of ours that serves the BCP 47 tag `tag` (`fr-CH` is served by `fr`), or None."""
    wanted = (tag or "").replace("_", "-").lower()
    served = {language.lower(): language for language in languages()}
    return served.get(wanted) or served.get(wanted.split("-")[0])


def catalogue(language: str | None) -> NullTranslations:
    """The texts of `language` with `.gettext`, `.ngettext` and `.pgettext`; English for a language we do not have."""
    return _read(known(language) or SOURCE_LANGUAGE)


class _Words(Translations):
    def gettext(self, message: str) -> str:
        """Under the empty text a catalogue keeps its own head, which is nothing to say."""
        return str(super().gettext(message)) if message else ""


@cache
def _read(language: str) -> NullTranslations:
    text = (resources.files("geo_offlimits") / _FOLDER / language / _FILE).read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=language))
    compiled.seek(0)
    return _Words(compiled)
