"""The languages that the product speaks, by whom each translation was reviewed, and in which script it is read.

1. English is the source: what any other language says is a translation of it.
2. A translation that nobody reviewed is marked wherever it is read, and is never the text that is acknowledged.
3. This table is the one place of that fact; `docs/translations.md` is held to it by a test.
"""

from dataclasses import dataclass

SOURCE = "en"


@dataclass(frozen=True, kw_only=True)
class Language:
    """tag : BCP 47. name : its own. script : ISO 15924, of its readers. reviewed_by : None where nobody has."""

    tag: str
    name: str
    script: str = "Latn"
    reviewed_by: str | None = None


LANGUAGES = (
    Language(tag="en", name="English", reviewed_by="source"),
    Language(tag="fr", name="Français", reviewed_by="the project"),
    Language(tag="ar", name="العربية", script="Arab"),
    Language(tag="sq", name="Shqip"),
    Language(tag="sr-Cyrl", name="Српски", script="Cyrl"),
    Language(tag="sr-Latn", name="Srpski"),
)
TAGS = tuple(one.tag for one in LANGUAGES)
_BY_TAG = {one.tag.lower(): one for one in LANGUAGES}
# Where a tag does not say the script, that of CLDR's likely subtags.
_LIKELY = {"sr": "sr-cyrl", "sr-me": "sr-latn"}


def served(tag: str | None) -> str | None:
    """The language of ours that serves the BCP 47 tag: `fr-CH` is served by `fr`, `sr` by `sr-Cyrl`; or None.

    Bosnian, Croatian and Montenegrin are languages of their own to their readers: Serbian is not served in their place.
    """
    wanted = (tag or "").replace("_", "-").lower()
    while wanted:
        if found := _BY_TAG.get(_LIKELY.get(wanted, wanted)):
            return found.tag
        wanted = wanted.rpartition("-")[0]
    return None


def is_reviewed(tag: str) -> bool:
    """Whether somebody has reviewed the translation that serves `tag`; of a language without words, English serves."""
    return _BY_TAG[(served(tag) or SOURCE).lower()].reviewed_by is not None


def script_of(tag: str) -> str:
    """The script of who reads `tag`; Latin where it is none of ours."""
    return _BY_TAG[(served(tag) or SOURCE).lower()].script
