"""The standards of conduct that a newcomer is told, in the reader's language.

A summary of section 3.2 of the Secretary-General's bulletin ST/SGB/2003/13 (9 October 2003), "Special measures for
protection from sexual exploitation and sexual abuse", in words of our own: the bulletin itself binds.
"""

import hashlib

from geo_offlimits.domain.languages import is_reviewed
from geo_offlimits.formats.words import N_
from geo_offlimits.lookup.wording import Translate

TITLE = N_("Standards of conduct")
SOURCE = N_(
    "A summary of section 3.2 of the Secretary-General’s bulletin ST/SGB/2003/13, Special measures for protection from "
    "sexual exploitation and sexual abuse (9 October 2003). The bulletin itself binds; read it."
)
POINTS = (
    N_(
        "Sexual exploitation and sexual abuse are serious misconduct and therefore grounds for disciplinary measures, "
        "including summary dismissal."
    ),
    N_(
        "Sexual activity with children (persons under the age of 18) is prohibited, whatever the local age of majority "
        "or of consent. A mistaken belief in the age of a child is no defence."
    ),
    N_(
        "Exchanging money, employment, goods or services for sex, including sexual favours or other humiliating, "
        "degrading or exploitative behaviour, is prohibited. This includes any exchange of assistance that is due to "
        "those who receive it."
    ),
    N_(
        "Sexual relationships between staff and those who receive assistance rest on unequal power; they undermine the "
        "credibility and integrity of the work, and are strongly discouraged."
    ),
    N_(
        "Whoever has concerns or suspicions of sexual exploitation or abuse by a fellow worker, of the same agency or "
        "not and of the system or not, must report them by the established reporting mechanisms."
    ),
    N_(
        "Everybody is obliged to create and maintain an environment that prevents sexual exploitation and abuse. "
        "Managers at all levels have a particular responsibility to support and develop systems that do so."
    ),
)


def reviewed(language: str, translate: Translate) -> Translate:
    """The words of `language` where somebody reviewed them, else the source: by these words people are bound."""
    return translate if is_reviewed(language) else str


def conduct(translate: Translate = str) -> tuple[str, ...]:
    """The title, the six points and the source."""
    return (translate(TITLE), *map(translate, POINTS), translate(SOURCE))


def conduct_sha256(translate: Translate = str) -> str:
    """Of these words, a line each; hexadecimal."""
    return hashlib.sha256("\n".join(conduct(translate)).encode()).hexdigest()
