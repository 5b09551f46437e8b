"""The page of an edition, and its list to take along: its own bytes, or the part of them that a filter chooses.

`edition.html` gets `read` (the PublishedEdition), of its `entries` those on this `page` of `pages`, `header`, `newest`,
`headers` (every edition of the mission, newest first), `keys` (the public keys that sign) and `forms` (the formats).
"""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from geo_offlimits.delivery.signing import ENVELOPE_SUFFIX
from geo_offlimits.domain.people import Action
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.formats.exporter import FORMS
from geo_offlimits.services import editions as service
from web import answers, door, filters, paging, reading
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
        keys=door.wiring().keyring.public_keys(),
        forms=FORMS,
    )


@editions.get("/<code>/editions/<number>/export.<form>")
@needs(Action.EXPORT, token=Purpose.SYNC, costly=True)
def export(code: str, number: str, form: str) -> Response:
    """In one of the FORMS, or with `.dsse` behind it the envelope of the same file.

    As unfiltered GeoJSON it is the edition itself, so its SHA-256 is the edition's.
    """
    name, is_envelope = form.removesuffix(ENVELOPE_SUFFIX), form.endswith(ENVELOPE_SUFFIX)
    if name not in FORMS:
        raise NotFound
    chosen = filters.asked(code, request.args)
    answer = answers.export_envelope if is_envelope else answers.export_answer
    return answer(code, number, name, chosen)
