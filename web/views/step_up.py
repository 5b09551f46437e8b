"""`/step-up`: a second factor for this session, then on to where somebody was going."""

from flask import Blueprint, redirect, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from geo_offlimits.services import keys
from geo_offlimits.services.keys import KeyRefusedError
from web import door, hosts, step_up
from web.policy import signed_in
from web.views.login import own_path

step_up_pages = Blueprint("step_up", __name__)


@step_up_pages.get("/step-up")
@signed_in()
def form() -> Response | str:
    """Asks for what is missing; where nothing is, goes on at once. Who has no second factor yet sets one up."""
    hosts.refuse_plain_http()
    address = own_path(request.values.get("next"))
    if step_up.has_none():
        return step_up.led_on(address)
    if not step_up.missing():
        return redirect(address, 303)
    return step_up.shown_page("/step-up", [("next", address)], weighs=False, next=address)


@step_up_pages.post("/step-up")
@signed_in(writes=True)
def show() -> Response:
    """What the form shows was looked at before this view (`web.step_up`)."""
    return redirect(own_path(request.form.get("next")), 303)


@step_up_pages.post("/step-up/question")
@signed_in(writes=True)
def question() -> FlaskResponse:
    """What a key of this person shall sign, as JSON for the browser."""
    hosts.refuse_plain_http()
    party, session = hosts.party(), door.visit().session
    asked = keys.question(door.act(), session, party) if party and session else None
    if asked is None:
        raise KeyRefusedError
    return FlaskResponse(asked, content_type="application/json")
