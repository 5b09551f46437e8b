"""`/acknowledge/<n>`: read the list and the statement, then say so. Opening the page acknowledges nothing.

`acknowledge.html` gets `header`, `read` (the PublishedEdition), `newest` (the current edition's header), `statement`
and `statement_language`.
"""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Action, Restricted
from geo_offlimits.services import campaigns, editions, statements
from web import door, language, reading, rendering
from web.policy import needs

acknowledge = Blueprint("acknowledge", __name__)


@acknowledge.get("/acknowledge/<int:number>")
@needs(Action.ACKNOWLEDGE)
def page(number: int) -> str:
    newest = reading.newest(door.code())
    if newest and number < newest.number and not door.act().may_see(Restricted.RETIRED_EDITION, door.code()):
        number = newest.number  # the one they were asked about is no longer theirs to read, nor to acknowledge
    read = reading.edition(door.code(), number)
    header = editions.header(door.act(), door.code(), number)
    shown = statements.statement(door.act(), header, language.current())
    return render_template(
        "acknowledge.html",
        read=read,
        header=header,
        statement=shown.text,
        statement_language=shown.language,
        newest=newest,
    )


@acknowledge.post("/acknowledge/<int:number>")
@needs(Action.ACKNOWLEDGE, writes=True, again="acknowledge.page")
def confirm(number: int) -> Response:
    """Bound to the hash that was shown: had another edition come out meanwhile, this would be refused."""
    form = request.form
    campaigns.acknowledge(door.act(), door.code(), number, form.get("sha256", ""), form.get("language", ""))
    return rendering.go_to(url_for("lookup.page"), "acknowledged")
