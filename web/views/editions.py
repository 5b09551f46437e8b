"""The page of an edition, and its list to take along: its own bytes, or the part of them that a filter chooses.

`edition.html` gets `read` (the PublishedEdition), of its `entries` those on this `page` of `pages`, `header`, `newest`,
`headers` (every edition of the mission, newest first) and `key` (the one that signed it).
`changes.html` gets the `delta` to the edition of `header`, and what `clearing` a device needs.
"""

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from geo_offlimits.delivery.envelopes import ENVELOPE_SUFFIX
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.formats import delta_words
from geo_offlimits.formats.route import LIMITS
from geo_offlimits.services import deltas
from geo_offlimits.services import editions as service
from geo_offlimits.services.filters import Filter
from geo_offlimits.services.forms import FORMS, LINKED
from web import answers, door, filters, language, paging, reading
from web.policy import needs

_ROUTE_KB = LIMITS.bytes // 1024 + 64  # and the fields beside it
editions = Blueprint("editions", __name__, url_prefix="/missions")


@editions.get("/<code>/editions/<number>")
@needs(Action.LOOK_UP)
def page(code: str, number: str) -> str:
    asked = answers.edition_number(number)
    read = reading.edition(code, asked)
    (entries,), at, pages = paging.paged(read.entries)
    return render_template(
        "edition.html",
        code=code,
        read=read,
        entries=entries,
        page=at,
        pages=pages,
        header=service.header(door.act(), code, asked),
        newest=reading.newest(code),
        headers=service.headers(door.act(), code),
        key=service.signed_by(door.act(), code, asked),
    )


@editions.get("/<code>/editions/<number>/changes")
@needs(Action.LOOK_UP, costly=True)
def changes(code: str, number: str) -> str:
    """What changed since edition `from`, by default the one before; and what to delete from devices."""
    asked = service.header(door.act(), code, answers.edition_number(number))
    before = answers.held_number(request.args.get("from", str(max(1, asked.number - 1))))
    found = deltas.between(door.act(), code, before, asked.number)
    return render_template(
        "changes.html",
        code=code,
        delta=found,
        header=asked,
        clearing=delta_words.clearing(code, found, language.gettext),
    )


@editions.get("/<code>/editions/<number>/export.<form>")
@needs(Action.EXPORT, token=Purpose.SYNC, costly=True)
def export(code: str, number: str, form: str) -> Response:
    """In one of the FORMS, or with `.dsse` behind it the envelope of the same file.

    As unfiltered GeoJSON it is the edition itself, so its SHA-256 is the edition's. `?link=1` on the current list as
    KML gives a file that fetches that list again and again.
    """
    query = request.args.copy()
    is_link = query.pop("link", None) is not None
    chosen = filters.asked(code, query)
    return _link(code, number, form, chosen, _address(code, query)) if is_link else _answer(code, number, form, chosen)


@editions.post("/<code>/editions/<number>/export.<form>")
@needs(Action.EXPORT, token=Purpose.SYNC, costly=True, body_kb=_ROUTE_KB)
def export_along(code: str, number: str, form: str) -> Response:
    """The same along a route, the file of a form, or around a position: no address tells where a patrol will be."""
    return _answer(code, number, form, filters.asked(code, filters.filled_in(), filters.sent_route()))


def _address(code: str, query: MultiDict[str, str]) -> str:
    """Where a viewer finds the current list, under the name by which we were reached."""
    return url_for("editions.export", code=code, number="current", form=LINKED, _external=True, **query.to_dict())


def _answer(code: str, number: str, form: str, chosen: Filter) -> Response:
    name, is_envelope = _named(form)
    if name not in FORMS:
        raise NotFound
    answer = answers.export_envelope if is_envelope else answers.export_answer
    return answer(code, number, name, chosen)


def _link(code: str, number: str, form: str, chosen: Filter, address: str) -> Response:
    name, is_envelope = _named(form)
    if (name, number) != (LINKED, "current"):
        raise NotFound
    answer = answers.link_envelope if is_envelope else answers.link_answer
    return answer(code, chosen, address)


def _named(form: str) -> tuple[str, bool]:
    """The format, and whether the signature beside the file is asked for."""
    return form.removesuffix(ENVELOPE_SUFFIX), form.endswith(ENVELOPE_SUFFIX)
