"""The statement that is acknowledged: the words of the edition itself, so that its hash covers them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from geo_offlimits.domain.acknowledgement import Acknowledgement
from geo_offlimits.formats.edition_bytes import about
from geo_offlimits.services.act import Act
from geo_offlimits.services.shelf import Header, kept

FALLBACK_LANGUAGE = "en"
_KEPT = 8
# Language -> text of the editions asked for last, by the edition's SHA-256. Thousands acknowledge one edition on one
# morning; reading all of it for each of them would take longer than everything else together.
_texts: dict[str, Mapping[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One language's text; `source` is the English beside it, which was translated, None where there is none."""

    language: str
    text: str
    source: str | None = None

    @property
    def sha256(self) -> str:
        return digest(self.text)

    @property
    def source_sha256(self) -> str | None:
        return None if self.source is None else digest(self.source)


def digest(text: str) -> str:
    """SHA-256 of a statement's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_shown(act: Act, said: Acknowledgement) -> tuple[str | None, str | None]:
    """The text that was shown to who said this and the English beside it, as far as the edition still tells them."""
    edition = act.tx.editions.header_of(said.mission, said.edition_number)
    if edition is None:
        return None, None
    told = (statement(act, edition, language) for language in (said.language, FALLBACK_LANGUAGE))
    texts = {one.sha256: one.text for one in told}
    return texts.get(said.statement_sha256), texts.get(said.source_sha256 or "")


def statement(act: Act, edition: Header, language: str) -> Statement:
    """The statement in `language` as far as the edition has it, else in English, else in the first it has.

    Raises DamagedEditionError when what is kept of the edition is not what was signed.
    """
    texts = _texts.get(edition.sha256)
    if texts is None:
        texts = about(kept(act, edition).content)["statement"]
        while len(_texts) >= _KEPT:
            _texts.pop(next(iter(_texts)), None)
        _texts[edition.sha256] = texts
    wished = (language, language.partition("-")[0], FALLBACK_LANGUAGE)
    chosen = next((tag for tag in wished if tag in texts), None) or next(iter(texts))
    return Statement(language=chosen, text=texts[chosen], source=texts.get(FALLBACK_LANGUAGE))
