"""`/sessions`: where a person is signed in, and how they end it.

`sessions.html` gets `sessions`, the person's own that are open, and `own`, the handle of the one that asks.
"""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.services import sessions as service
from web import bodies, door, rendering
from web import session as session_cookie
from web.policy import signed_in

sessions = Blueprint("sessions", __name__)


@sessions.get("/sessions")
@signed_in()
def page() -> str:
    session = door.visit().session
    return render_template("sessions.html", sessions=service.mine(door.act()), own=session and session.handle)


@sessions.post("/sessions/end")
@signed_in(writes=True)
def end() -> Response:
    service.end_mine(door.act(), bodies.text(request.form, "session", required=True) or "")
    return rendering.go_to(url_for(".page"), "session_ended")


@sessions.post("/sessions/end-others")
@signed_in(writes=True)
def end_others() -> Response:
    service.end_others(door.act(), session_cookie.token())
    return rendering.go_to(url_for(".page"), "sessions_ended")
