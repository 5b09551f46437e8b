"""The page of an edition, and its list to take along: its own bytes, or the part of them that a filter chooses.

`edition.html` gets `read` (the PublishedEdition), of its `entries` those on this `page` of `pages`, `header`, `newest`,
`headers` (every edition of the mission, newest first) and `key` (the one that signed it). `changes.html` gets the
`delta` to the edition of `header`, and what `clearing` a device needs.
"""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from geo_offlimits.domain.people import Action
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.formats import delta_words
from geo_offlimits.services import deltas
from geo_offlimits.services import editions as service
from web import answers, door, filters, language, paging, reading
from web.policy import needs

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
    """`geojson`, or with `.dsse` behind it the envelope of the same file.

    Unfiltered it is the edition itself, so its SHA-256 is the edition's.
    """
    if form not in ("geojson", "geojson.dsse"):
        raise NotFound
    chosen = filters.asked(code, request.args)
    if form == "geojson.dsse":
        return answers.export_envelope(code, number, chosen)
    if chosen.empty:
        return answers.edition_answer(code, number, download=True)
    return answers.filtered_answer(code, number, chosen)
