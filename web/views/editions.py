"""The page of an edition, and its own bytes to take along.

`edition.html` gets `read` (the PublishedEdition), `header`, `newest`, `headers` (the editions this person may read,
newest first) and `keys` (the public keys that sign).
"""

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from geo_offlimits.domain.people import Action
from geo_offlimits.services import editions as service
from web import answers, door, reading
from web.policy import needs

editions = Blueprint("editions", __name__, url_prefix="/missions")


@editions.get("/<code>/editions/<number>")
@needs(Action.LOOK_UP)
def page(code: str, number: str) -> str:
    asked = answers.edition_number(number)
    return render_template(
        "edition.html",
        code=code,
        read=reading.edition(code, asked),
        header=service.header(door.act(), code, asked),
        newest=reading.newest(code),
        headers=service.headers(door.act(), code),
        keys=door.wiring().keyring.public_keys(),
    )


@editions.get("/<code>/editions/<number>/export.<form>")
@needs(Action.EXPORT)
def export(code: str, number: str, form: str) -> Response:
    """The unfiltered GeoJSON export is the edition itself, so its SHA-256 is the edition's."""
    if form != "geojson":
        raise NotFound
    return answers.edition_answer(code, number, download=True)
