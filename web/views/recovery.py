"""`/recovery`: second factors that were lost. One person asks, another agrees and is shown the passphrase once.

- `recovery.html` gets `waiting`, the recoveries that the visitor may settle, and `sent`, what was typed
- `recovered.html` gets `once`, the one-time passphrase
"""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Action
from geo_offlimits.services import recovery as service
from web import bodies, door, rendering
from web.policy import needs

recovery = Blueprint("recovery", __name__)


@recovery.get("/recovery")
@needs(Action.RECOVER)
def page() -> str:
    return render_template("recovery.html", waiting=service.waiting(door.act()), sent=request.form)


@recovery.post("/recovery")
@needs(Action.RECOVER, writes=True, again="recovery.page")
def ask() -> Response:
    form = request.form
    service.ask(door.act(), bodies.text(form, "person", required=True) or "", form.get("reason", "").strip())
    return rendering.go_to(url_for(".page"), "recovery_asked")


def _prepared() -> None:
    """The work on a passphrase, before anybody has to wait for it."""
    door.wiring().passphrases.prepare(1)


@recovery.post("/recovery/agree")
@needs(Action.RECOVER, writes=True, again="recovery.page", first=_prepared)
def agree() -> str:
    once = service.agree(door.act(), bodies.text(request.form, "recovery_id", required=True) or "")
    return render_template("recovered.html", once=once)


@recovery.post("/recovery/refuse")
@needs(Action.RECOVER, writes=True, again="recovery.page")
def refuse() -> Response:
    service.refuse(door.act(), bodies.text(request.form, "recovery_id", required=True) or "")
    return rendering.go_to(url_for(".page"), "recovery_refused")
