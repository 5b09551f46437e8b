"""In which language a request is answered: the session's choice, the person's, the browser's, the installation's."""

from functools import cache
from typing import Any, cast

from flask import Flask, g, request

from geo_offlimits import errors
from geo_offlimits.delivery.catalogue import catalogue
from web import cookies, door, vocabulary

# Languages the pages exist in, each by its own name.
LANGUAGES: tuple[tuple[str, str], ...] = (("en", "English"), ("fr", "Français"))
_KNOWN = tuple(tag for tag, _ in LANGUAGES)
COOKIE = "language"


def known(tag: str | None) -> str | None:
    """The language of ours that serves this tag: `fr-CH` is served by `fr`."""
    primary = (tag or "").split("-")[0].lower()
    return primary if primary in _KNOWN else None


def current() -> str:
    if "language" not in g:
        g.language = _chosen()
    return cast("str", g.language)


def _chosen() -> str:
    visit = g.get("visit")
    return (
        known(cookies.read(COOKIE))
        or known(visit and visit.person and visit.person.language)
        or next((tag for wish, _ in request.accept_languages if (tag := known(wish))), None)
        or known(door.wiring().settings.language)
        or "en"
    )


@cache
def words(tag: str) -> Any:
    """The catalogue of one language, with `gettext` and `ngettext`."""
    return catalogue(tag)


def gettext(message: str) -> str:
    return str(words(current()).gettext(message))


def ngettext(one: str, several: str, number: int) -> str:
    return str(words(current()).ngettext(one, several, number))


def said(words: str) -> str:
    """A refusal's words as pages say them: in the reader's language, with labels for fields."""
    return errors.said(words, lambda text: gettext(vocabulary.label(text)))


def install(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    environment: Any = app.jinja_env
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)
    for tag in _KNOWN:  # it takes as long as a hundred look-ups: nobody's first one is to wait for it
        words(tag)
