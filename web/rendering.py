"""What every template may use.

From the door, on every page, error pages too:

- `language`       BCP 47 tag of this answer, for `<html lang>`; `languages`: tuple of (tag, its own name) to choose
                   from, by POST of `language` and `next` to `url_for('login.choose_language')`; a link's `?lang=ar`
                   holds for its visit. `direction`: ltr or rtl; `is_reviewed`: whether somebody reviewed it
- `forms()`        how the language writes days, numbers and lists, for scripts (lookup/spoken.py)
- `person`         the signed-in Person, or None; `mission`: the Mission in view, or None
- `missions`       a function: the tuple of Missions this person may see (one query; for a switcher)
- `may(action)`    whether this person may do it on the mission in view: `may('propose')`, words of `Action`
- `waits_for_factor()` whether this person could do more, had their session seen a second factor
- `csrf_token()`   goes into every POST form as `<input type="hidden" name="csrf_token">`, and into the page once as
                   `<meta name="csrf-token">` for scripts, which send it as the header `X-CSRF-Token`. It is masked anew
                   for each answer, so compressed pages do not betray it
- `static(path)`   address of a static file with its content's hash: `static('app.css')`, `static('vendor/leaflet.js')`
- `here`           name of the view, such as `list.page`, to mark the place in the navigation
- `messages()`     sentences left by the step before, as (kind, text); kind is `done` or `refused`; reading clears them
- `issue_of(name)` what the refusal of a form says of the field of this name, or ''; `field` of _parts.html shows it
- `_`, `gettext`, `ngettext`, `pgettext`
- filters          `moment` (date and time in the mission's zone), `day` (date), `age` ("3 days ago"), `hours` (a weekly
                   schedule), `word` (the translated word for a member of a closed vocabulary), `metres`, `percent`,
                   `called` (an entry's name for this reader), `listed` (several of a kind), `beside` (parts of one
                   thing, as street and town), `ended` (when a designation's terms ran out, None while they have not),
                   `said` (a refusal's words)

Ends of the navigation (`url_for`): `lookup.page` · `list.page` · `acknowledge.page` (number=…) · `register.start` ·
`campaigns.start` · `editions.page` (code=…, number='current') · `login.form` · `login.leave` (POST) ·
`login.passphrase` · `tokens.page` · `factors.page` · `sessions.page`.

The views' own variables stand in each view's docstring.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, tzinfo
from enum import Enum
from typing import Any

from babel.numbers import format_percent
from flask import Flask, g, redirect, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from geo_offlimits.domain.designation import Designation
from geo_offlimits.domain.edition import Changed
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import time_zone
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.naming import Called, called
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.premises import Name, NameKind
from geo_offlimits.formats import delta_words
from geo_offlimits.formats.words import hours_of, standing, word
from geo_offlimits.lookup import spoken
from geo_offlimits.lookup.spoken import locale_of
from geo_offlimits.services import missions
from web import assets, cookies, door, forgery, language, oidc, session, vocabulary

_MESSAGE = "message"
_MESSAGE_SECONDS = 60


def _visit() -> door.Visit | None:
    visit: door.Visit | None = g.get("visit")
    return visit


def _may(action: str) -> bool:
    visit = _visit()
    return bool(visit and visit.actor and visit.actor.may(Action(action), visit.code, visit.now))


def visible_missions() -> tuple[Mission, ...]:
    """The missions this person may see; none on a page whose transaction is over."""
    visit = _visit()
    if visit is None or visit.act is None or visit.actor is None:
        return ()
    if "missions" not in g:
        g.missions = missions.visible(visit.act)
    visible: tuple[Mission, ...] = g.missions
    return visible


def other_missions() -> tuple[str, ...]:
    """Codes of the missions that this person belongs to, too: their lists bind in their territories as well.

    Asked about positions only: a name alone would find its like in countries where the reader is not.
    """
    visit = _visit()
    return tuple(mission.code for mission in visible_missions() if visit and mission.code != visit.code)


def mission_in_view() -> Mission | None:
    visit = _visit()
    return next((mission for mission in visible_missions() if visit and mission.code == visit.code), None)


def go_to(address: str, message: str) -> Response:
    """After a step: on to `address`, where the sentence `message` (a key of `vocabulary.MESSAGES`) is shown once."""
    answer = redirect(address, 303)
    cookies.give(answer, _MESSAGE, message, max_age=_MESSAGE_SECONDS)
    return answer


def _messages() -> list[tuple[str, str]]:
    refusal = g.get("refusal")
    if refusal:
        return [("refused", language.said(refusal.sentence))]
    text = vocabulary.MESSAGES.get(cookies.read(_MESSAGE) or "")
    if text is None:
        return []
    g.message_read = True
    return [("done", language.gettext(text))]


def _issue_of(name: str) -> str:
    """What the refusal of the form says of its field `name`; '' for nothing."""
    issues = getattr(g.get("refusal"), "issues", ())
    found = next((issue for issue in issues if vocabulary.INPUTS.get(issue.field, issue.field) == name), None)
    return language.said(found.told) if found else ""


def keep_cookies(response: FlaskResponse) -> FlaskResponse:
    forgery.remember_visitor(response)
    language.keep_visit(response)
    session.hand_over(response)
    oidc.hand_over(response)
    if g.get("message_read"):
        cookies.take_back(response, _MESSAGE)
    return response


def _waits_for_factor() -> bool:
    """Whether this person could do more, had their session seen a second factor."""
    visit = _visit()
    actor = visit.actor if visit else None
    return bool(visit and actor and actor.shown.factor_at is None and actor.needs_factor(visit.now))


def _timezone() -> str:
    mission = mission_in_view()
    return mission.timezone if mission else "UTC"


def _zone() -> tzinfo:
    return time_zone(_timezone())


def _moment(at: datetime | None) -> str:
    return spoken.clock(at.astimezone(_zone()), language.current()) if at else ""


def _day(at: datetime | date | None) -> str:
    if isinstance(at, datetime):
        at = at.astimezone(_zone()).date()
    return spoken.day(at, language.current()) if at else ""


def _age(at: datetime) -> str:
    return spoken.age(at - door.visit().now, language.current())


def _hours(hours: Hours) -> str:
    return hours_of(hours, _timezone(), language.current(), language.gettext)


def _differences(one: Changed) -> list[str]:
    return delta_words.in_what(one, _timezone(), language.current(), language.gettext)


def _ended(designation: Designation) -> datetime | None:
    return designation.ended_at(door.visit().now)


def _begins(designation: Designation) -> datetime | None:
    return designation.begins_at(door.visit().now)


def _standing(designation: Designation) -> str:
    return standing(designation, door.visit().now, _moment, language.gettext)


def _word(member: Enum) -> str:
    return language.gettext(word(member))


def _metres(distance_m: float) -> str:
    return spoken.distance(distance_m, language.current(), language.gettext)


def _called(it: Any) -> Called:
    """How an entry, or what the API tells of one, is called to this reader."""
    told = it if isinstance(it, Mapping) else {"name": it.name, "names": getattr(it, "names", ())}
    names = [one if isinstance(one, Name) else _name(one) for one in told.get("names") or ()]
    return called(told["name"], names, language.current())


def _name(told: Mapping[str, Any]) -> Name:
    return Name(text=told["text"], lang=told.get("lang"), kind=NameKind(told.get("kind") or NameKind.CURRENT))


def _listed(texts: Iterable[str]) -> str:
    return spoken.listed(texts, language.current())


def _beside(texts: Iterable[str | None]) -> str:
    return spoken.beside(texts, language.current())


def _forms() -> Mapping[str, Any]:
    return spoken.forms(language.current(), language.gettext)


def _percent(share: float) -> str:
    return str(format_percent(share, locale=locale_of(language.current())))


_FILTERS: dict[str, Callable[..., Any]] = {
    "moment": _moment,
    "day": _day,
    "age": _age,
    "hours": _hours,
    "differences": _differences,
    "word": _word,
    "metres": _metres,
    "called": _called,
    "listed": _listed,
    "beside": _beside,
    "percent": _percent,
    "ended": _ended,
    "begins": _begins,
    "standing": _standing,
    "said": language.said,
}


def _on_every_page() -> dict[str, Any]:
    visit = _visit()
    return {
        "language": language.current(),
        "languages": language.LANGUAGES,
        "direction": language.direction(),
        "is_reviewed": language.is_reviewed(),
        "forms": _forms,
        "person": visit.person if visit else None,
        "mission": mission_in_view(),
        "missions": visible_missions,
        "may": _may,
        "waits_for_factor": _waits_for_factor,
        "csrf_token": forgery.masked_token,
        "static": assets.static,
        "here": request.endpoint or "",
        "messages": _messages,
        "issue_of": _issue_of,
    }


def install(app: Flask) -> None:
    language.install(app)
    app.jinja_env.filters.update(_FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_on_every_page)
