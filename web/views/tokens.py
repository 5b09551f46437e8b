"""`/tokens`: a person's tokens for devices and other programs. A new one is shown once, on the answer to its form.

- `tokens.html` gets `tokens`, the person's own that hold, `purposes` open to them, and `sent`, what was typed
- `token.html` gets `issued`: the new token and its text
"""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.tokens import LONGEST, USUAL, Purpose
from geo_offlimits.errors import Sentence
from geo_offlimits.services import tokens as service
from web import bodies, door, rendering
from web.policy import signed_in

tokens = Blueprint("tokens", __name__)


@tokens.get("/tokens")
@signed_in()
def page() -> str:
    return render_template(
        "tokens.html",
        tokens=service.mine(door.act()),
        purposes=service.purposes(door.act(), door.code()),
        usual=USUAL.days,
        sent=request.form,
    )


@tokens.post("/tokens")
@signed_in(writes=True, again="tokens.page")
def issue() -> str:
    form = request.form
    code = bodies.text(form, "mission", required=True) or ""
    purpose = bodies.member(form, "purpose", Purpose, required=True) or Purpose.SYNC
    issued = service.issue(door.act(), code, purpose, _expires_in(form.get("expires_in", "")))
    return render_template("token.html", issued=issued)


def _expires_in(days: str) -> timedelta:
    if not days.isascii() or not days.isdigit() or len(days) > len(str(LONGEST.days)):
        raise bodies.refused(
            "expires_in",
            Sentence("not a number of days"),
            Sentence("give a whole number from 1 to {most}", most=LONGEST.days),
            days,
        )
    return timedelta(days=int(days))


@tokens.post("/tokens/revoke")
@signed_in(writes=True)
def revoke() -> Response:
    service.revoke(door.act(), bodies.text(request.form, "token_id", required=True) or "")
    return rendering.go_to(url_for(".page"), "token_revoked")
