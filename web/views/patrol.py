"""`/missions/<code>/take-along`: a patrol chooses a format for its device and a part, and gets the file or a QR code.

`take_along.html` gets `forms` with their `instructions`, the `chosen` one, the `sectors` that can be asked for,
`header`, how many `entries` there are and, of a chosen format, the `query` of its file and `qr`, the file's address.
"""

from base64 import b64encode

from flask import Blueprint, render_template, request, url_for
from werkzeug.exceptions import NotFound

from geo_offlimits.domain.people import Action
from geo_offlimits.formats.qr import qr_svg
from geo_offlimits.services import editions as service
from geo_offlimits.services.filters import refuse_unknown_sector, sectors
from geo_offlimits.services.forms import FORMS
from web import door, reading
from web.instructions import INSTRUCTIONS
from web.policy import needs

patrol = Blueprint("patrol", __name__, url_prefix="/missions")


@patrol.get("/<code>/take-along")
@needs(Action.EXPORT)
def page(code: str) -> str:
    read = reading.edition(code, "current")
    form, sector = request.args.get("format", ""), request.args.get("sector", "")
    if form and form not in FORMS:
        raise NotFound
    if sector:
        refuse_unknown_sector(read.edition, sector)  # or the code would lead to an address that refuses
    query = {"sector": sector} if sector else {}
    address = form and url_for("editions.export", code=code, number="current", form=form, _external=True, **query)
    return render_template(
        "take_along.html",
        code=code,
        header=service.header(door.act(), code),
        entries=len(read.entries),
        forms={name: FORMS[name] for name in INSTRUCTIONS},
        instructions=INSTRUCTIONS,
        sectors=sectors(read.edition),
        chosen=form,
        query=query,
        qr=_picture(address) if address else None,
    )


def _picture(address: str) -> str | None:
    drawn = qr_svg(address)
    return f"data:image/svg+xml;base64,{b64encode(drawn).decode()}" if drawn else None
