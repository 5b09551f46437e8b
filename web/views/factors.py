"""`/second-factor`: what a person has beside their passphrase. A secret is shown once, on the answer to its form.

- `factors.html` gets `factors`, those that count, `needs_one`, whether a role of theirs does, `accounts`, those that
  are linked, `provider`, the name of the one to link with, or '', and `next`
- `factor_app.html` gets `set_up`, an AppSetUp, `qr`, the address of its picture, and `next`
"""

from base64 import b64encode
from dataclasses import replace

from flask import Blueprint, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from geo_offlimits.formats.qr import qr_svg
from geo_offlimits.services import accounts, keys, sessions
from geo_offlimits.services import factors as service
from geo_offlimits.services.keys import KeyRefusedError
from web import bodies, door, hosts, rendering, step_up
from web import session as session_cookie
from web.policy import signed_in
from web.views.login import own_path

factors = Blueprint("factors", __name__)


@factors.get("/second-factor")
@signed_in()
def page() -> str:
    hosts.refuse_plain_http()
    act = door.act()
    return render_template(
        "factors.html",
        factors=service.mine(act),
        accounts=accounts.mine(act),
        provider=door.wiring().provider_name,
        needs_one=act.require_actor().has_role_that_needs_factor(act.now),
        next=own_path(request.values.get("next")),
    )


@factors.post("/second-factor/app")
@signed_in(writes=True)
def begin() -> str:
    """A new secret; it counts once a code of it was typed."""
    hosts.refuse_plain_http()
    set_up = service.begin_app(door.act(), bodies.text(request.form, "label") or "")
    drawn = qr_svg(set_up.uri)
    qr = drawn and "data:image/svg+xml;base64," + b64encode(drawn).decode()
    return render_template("factor_app.html", set_up=set_up, qr=qr, next=own_path(request.form.get("next")))


@factors.post("/second-factor/app/confirm")
@signed_in(writes=True, again="factors.page")
def confirm() -> Response:
    """The app counts, and this session has shown it."""
    service.confirm_app(door.act(), bodies.text(request.form, "code", required=True) or "")
    return _counts()


@factors.post("/second-factor/key/question")
@signed_in(writes=True)
def key_question() -> FlaskResponse:
    """What the browser needs to set up a key, as JSON."""
    hosts.refuse_plain_http()
    party, session = hosts.party(), door.visit().session
    if party is None or session is None:
        raise KeyRefusedError
    return FlaskResponse(keys.registration(door.act(), session, party), content_type="application/json")


@factors.post("/second-factor/key")
@signed_in(writes=True, again="factors.page")
def add_key() -> Response:
    """The key counts, and this session has seen it."""
    form = request.form
    answer = step_up.answer_of_key(bodies.text(form, "key", required=True) or "")
    keys.add(door.act(), answer, bodies.text(form, "label") or "")
    return _counts()


def _counts() -> Response:
    act, visit = door.act(), door.visit()
    if visit.session:
        shown = replace(act.require_actor().shown, factor_at=act.now)
        session_cookie.give(sessions.renew(act, visit.session, shown))
    return rendering.go_to(own_path(request.form.get("next")), "factor_added")


@factors.post("/second-factor/remove")
@signed_in(writes=True, again="factors.page")
def remove() -> Response:
    service.remove(door.act(), bodies.text(request.form, "factor_id", required=True) or "")
    return rendering.go_to(url_for(".page"), "factor_removed")
