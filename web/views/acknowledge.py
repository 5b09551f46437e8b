"""`/acknowledge/<n>`: read what changed, the list and the statement, then say so. Opening it acknowledges nothing.

`acknowledge.html` gets `header`, `read` (the PublishedEdition), `newest` (the current edition's header), `delta` (what
changed since the edition that this person acknowledged last, or None), `statement` (a Statement), `stamp` (when this
page was given, sealed), `said` (what this person said about this edition last, or None) and `has_key`, whether a
security key of theirs could sign here.

Form: POST `sha256`, `language`, `stamp`, and where there is a script `client_at` and `key`, the answer of a key.
"""

from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from geo_offlimits.domain.factors import FactorKind
from geo_offlimits.domain.instants import parse_instant
from geo_offlimits.domain.people import Action, Restricted
from geo_offlimits.errors import InputError
from geo_offlimits.services import acknowledged, acknowledging, deltas, editions, factors, stamps, statements
from geo_offlimits.services.acknowledging import Manner
from geo_offlimits.services.keys import KeyRefusedError
from web import bodies, door, hosts, language, reading, rendering, step_up
from web.policy import needs

acknowledge = Blueprint("acknowledge", __name__)


@acknowledge.get("/acknowledge/<int:number>")
@needs(Action.ACKNOWLEDGE)
def page(number: int) -> str:
    act, code, session = door.act(), door.code(), door.visit().session
    newest = reading.newest(code)
    if newest and number < newest.number and not act.may_see(Restricted.RETIRED_EDITION, code):
        number = newest.number  # the one they were asked about is no longer theirs to read, nor to acknowledge
    read = reading.edition(code, number)
    header = editions.header(act, code, number)
    shown = statements.statement(act, header, language.current())
    return render_template(
        "acknowledge.html",
        read=read,
        header=header,
        newest=newest,
        delta=deltas.news(act, door.wiring().shelf, header),
        statement=shown,
        stamp=stamps.stamp(act, session, header, shown) if session else "",
        said=acknowledged.last(act, code, number),
        has_key=hosts.party() is not None and any(one.kind is FactorKind.KEY for one in factors.mine(act)),
    )


@acknowledge.post("/acknowledge/<int:number>/question")
@needs(Action.ACKNOWLEDGE, writes=True)
def question(number: int) -> FlaskResponse:
    """What a key of this person shall sign to acknowledge this edition, as JSON for the browser."""
    party, session = hosts.party(), door.visit().session
    if party is None or session is None:
        raise KeyRefusedError
    edition = (door.code(), number, request.args.get("sha256", ""))
    asked = acknowledging.key_question(door.act(), edition, request.args.get("language", ""), session, party)
    if asked is None:
        raise KeyRefusedError
    return FlaskResponse(asked, content_type="application/json")


@acknowledge.post("/acknowledge/<int:number>")
@needs(Action.ACKNOWLEDGE, writes=True, again="acknowledge.page")
def confirm(number: int) -> Response:
    """Bound to the hash that was shown: had another edition come out meanwhile, this would be refused."""
    sha256, shown = request.form.get("sha256", ""), request.form.get("language", "")
    acknowledging.acknowledge(door.act(), door.code(), number, sha256, shown, manner=_manner())
    return _receipt(number, "acknowledged")


@acknowledge.post("/acknowledge/<int:number>/refuse")
@needs(Action.ACKNOWLEDGE, writes=True, again="acknowledge.page")
def refuse(number: int) -> Response:
    form = request.form
    sha256, shown, reason = form.get("sha256", ""), form.get("language", ""), bodies.text(form, "reason")
    acknowledging.refuse(door.act(), door.code(), number, sha256, shown, reason=reason, manner=_manner())
    return _receipt(number, "refusal_recorded")


def _receipt(number: int, message: str) -> Response:
    return rendering.go_to(url_for("acknowledgements.one", code=door.code(), number=number), message)


def _manner() -> Manner:
    form = request.form
    key = form.get("key")
    return Manner(
        session=door.visit().session,
        stamp=form.get("stamp"),
        client_at=_client_at(form.get("client_at", "")),
        key=step_up.answer_of_key(key) if key else None,
    )


def _client_at(text: str) -> datetime | None:
    """What the device's clock said; nothing rests on it, so what is no time keeps nobody from acknowledging."""
    try:
        return parse_instant(text)
    except InputError:
        return None
