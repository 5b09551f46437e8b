"""In which language a request is answered: the link's, the choice here, the person's, the browser's, the server's.

A link with `?lang=ar` says a language for this visit: no account and no choice made here is changed by it.
"""

from functools import cache
from typing import Any, cast

from flask import Flask, Response, g, request

from geo_offlimits import errors
from geo_offlimits.delivery.catalogue import catalogue
from geo_offlimits.domain import languages
from geo_offlimits.lookup.spoken import direction_of
from web import cookies, door, vocabulary

# Languages the pages exist in, each by its own name.
LANGUAGES: tuple[tuple[str, str], ...] = tuple((one.tag, one.name) for one in languages.LANGUAGES)
COOKIE = "language"
VISIT_COOKIE = "visit_language"
PARAMETER = "lang"
# Where the parameter says the language of the paper that is asked for, as the codes on printed sheets do.
_PAPERS = {"sheets", "letters", "briefing"}


def known(tag: str | None) -> str | None:
    """The language of ours that serves this tag: `fr-CH` is served by `fr`."""
    return languages.served(tag)


def current() -> str:
    if "language" not in g:
        g.language = _chosen()
    return cast("str", g.language)


def _chosen() -> str:
    visit = g.get("visit")
    return (
        _linked()
        or known(cookies.read(VISIT_COOKIE))
        or known(cookies.read(COOKIE))
        or known(visit and visit.person and visit.person.language)
        or next((tag for wish, _ in request.accept_languages if (tag := known(wish))), None)
        or known(door.wiring().settings.language)
        or languages.SOURCE
    )


def _linked() -> str | None:
    if request.blueprint in _PAPERS:
        return None
    return known(request.args.get(PARAMETER))


def keep_visit(response: Response) -> None:
    """Lets the rest of this visit read as its link said: until the browser is closed or another is chosen."""
    if tag := _linked():
        cookies.give(response, VISIT_COOKIE, tag)


def direction() -> str:
    return direction_of(current())


def is_reviewed() -> bool:
    return languages.is_reviewed(current())


@cache
def words(tag: str) -> Any:
    """The catalogue of one language, with `gettext`, `ngettext` and `pgettext`."""
    return catalogue(tag)


def gettext(message: str) -> str:
    return str(words(current()).gettext(message))


def ngettext(one: str, several: str, number: int) -> str:
    return str(words(current()).ngettext(one, several, number))


def pgettext(context: str, message: str) -> str:
    return str(words(current()).pgettext(context, message))


def npgettext(context: str, one: str, several: str, number: int) -> str:
    return str(words(current()).npgettext(context, one, several, number))


def said(words: str) -> str:
    """A refusal's words as pages say them: in the reader's language, with labels for fields."""
    return errors.said(words, lambda text: gettext(vocabulary.label(text)))


def install(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    environment: Any = app.jinja_env
    environment.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    for tag, _ in LANGUAGES:  # it takes as long as a hundred look-ups: nobody's first one is to wait for it
        words(tag)
