"""`/list`: the edition as a table, complete without JavaScript.

`list.html` gets, besides what `web.rendering` lists:

- `edition`     the edition's header (`number`, `sha256`, `issued_at`, `expires_at`), or None; `stale`: it has expired
- `entries`     tuple of Entry on this page; `total`: how many in all; `page`, `pages`: this page and how many, from 1
- `matches`     for a name search, the entries found, those that decide first, then the most alike; else None
- `found`       its answer as in the API's JSON (`verdict`, `headline`, `reasons` with `text`); None for an empty search
- `why_not`     of entries found, by id, why one does not apply now (WhyNot's word)
- `search`      the name or the position typed, or ''
- `answer`      for a position check, the answer as in the API's JSON (`verdict`, `reasons` with `text`, `matches`,
                `rules`, `nearest_m`, `facilities`), else None; `headline`: its verdict in words
- `asked`       the question of `answer` or `found` as JSON, for a receipt
- `notations`   for a position check, the position in every notation (dict), else None
- `problem`     a sentence on input that was not understood, or None; `readings`: for ambiguous text, the possible
                positions as tuple of (text that may be sent back, text to show)
- `contacts`    the mission's contacts

Forms: GET `?page=2` turns the pages. POST `do=find` with `search`, a name or a position; POST `do=check` with
`position`, which is no name (and `venue`); both carry `csrf_token`. Names and positions travel by POST only, so that
they stay out of logs and history.
"""

import json
from math import ceil
from typing import Any

from flask import Blueprint, render_template, request

from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import InputError
from geo_offlimits.lookup.coordinates import AmbiguousPositionError, is_meant_as_position, notations
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import lookup, missions, standings
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.positions import read_position
from web import bodies, door, language, reading, rendering
from web.policy import needs

list_pages = Blueprint("list", __name__)
ENTRIES_A_PAGE = 50
_MATCHES = 20


@list_pages.get("/list")
@needs(Action.LOOK_UP)
def page() -> str:
    return _rendered()


@list_pages.post("/list")
@needs(Action.LOOK_UP)
def ask() -> str:
    """A search or a check. Nothing of it is kept, and it stands in no address."""
    form = request.form
    if form.get("do") == "find":
        return _searched(form.get("search", "").strip())
    return _checked(form.get("position", "").strip())


def _rendered(**facts: Any) -> str:
    code = door.code()
    newest, read = reading.newest(code), _read()
    entries = read.edition.entries if read else ()
    pages = max(1, ceil(len(entries) / ENTRIES_A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = {
        "edition": newest,
        "stale": bool(newest and newest.stale(door.act().now)),
        "outstanding": standings.mine(door.act(), code),
        "entries": entries[(page - 1) * ENTRIES_A_PAGE : page * ENTRIES_A_PAGE],
        "total": len(entries),
        "page": page,
        "pages": pages,
        "contacts": missions.mission(door.act(), code).contacts,
        "flag_kinds": tuple(FlagKind),
        "venues": tuple(VenueKind),
        "categories": tuple(PersonnelCategory),
    }
    unasked: dict[str, Any] = dict.fromkeys(("matches", "found", "answer", "headline", "asked", "notations", "problem"))
    unasked |= {"search": "", "readings": (), "why_not": {}}
    return render_template("list.html", **(unasked | shown | facts))


def _searched(asked: str) -> str:
    """One box for a name or a position. What could be either is a position only if nothing has that name."""
    try:
        found = _found(asked)
    except InputError as error:
        if not is_meant_as_position(asked):
            return _rendered(search=asked, problem=language.said(error.sentence))
        return _checked(asked)
    if not found["is_named"] and is_meant_as_position(asked):
        return _checked(asked)
    return _rendered(search=asked, **found)


def _found(asked: str) -> dict[str, Any]:
    if not asked:
        return {"matches": (), "is_named": False}
    result = lookup.find(door.act(), door.wiring().shelf, door.code(), asked, limit=_MATCHES)
    found = result.as_json(language.gettext, language.current())
    return {
        "matches": tuple(one.entry for one in result.matches),
        "is_named": any(one.is_match for one in result.matches),
        "why_not": {one["entry_id"]: one["why_not"] for one in found["matches"]},
        "found": found | {"matches": (), "rules": (), "facilities": ()},
        "asked": json.dumps({"mission": door.code(), "name": asked}),
    }


def _checked(asked: str) -> str:
    try:
        position = read_position(door.act(), door.code(), asked)
        venue = bodies.member(request.form, "venue", VenueKind)
        personnel = bodies.member(request.form, "personnel", PersonnelCategory)
    except AmbiguousPositionError as error:
        readings = tuple((told["geo"], told["decimal"]) for told in map(notations, error.readings))
        return _rendered(search=asked, problem=language.said(error.sentence), readings=readings)
    except InputError as error:
        return _rendered(search=asked, problem=language.said(error.sentence))
    question = CheckRequest(
        mission=door.code(),
        also=rendering.other_missions(),
        positions=(position,),
        radius_m=door.wiring().settings.radius_m,
        venue=venue,
        personnel=personnel,
    )
    return _rendered(search=asked, notations=notations(position), **_answered(question))


def _answered(question: CheckRequest) -> dict[str, Any]:
    result = lookup.check(door.act(), door.wiring().shelf, question)
    told = result.as_json(language.gettext, language.current())
    answer = told["answers"][0] | {"recognised": told["recognised"]}
    (position,) = question.positions
    asked = {
        "mission": question.mission,
        "positions": [position.as_json()],
        "venue": question.venue,
        "personnel": question.personnel,
        "also": list(question.also),
    }
    return {"answer": answer, "headline": answer["headline"], "asked": json.dumps(asked)}


def _read() -> PublishedEdition | None:
    newest = reading.newest(door.code())
    return reading.edition(door.code(), newest.number) if newest else None
