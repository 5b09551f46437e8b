"""`/oidc/…`: signing in, linking an account and showing oneself again, by the organisation's identity provider.

- `oidc.html` gets `address`, at the provider, and `name`, its own
- `oidc_back.html` gets `sent`, the pairs that it had the browser bring, and `name`
"""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.accounts import Vouched
from geo_offlimits.services import accounts, sessions, signing_in
from web import bodies, door, hosts, rendering
from web import oidc as visits
from web import session as session_cookie
from web.oidc import Begun, Purpose
from web.policy import public, signed_in
from web.views.login import begun as session_begun
from web.views.login import own_path

oidc = Blueprint("oidc", __name__)


def _asked(purpose: Purpose) -> Callable[[], str]:
    return lambda: visits.begin(purpose, own_path(request.form.get("next")))


def _led_away() -> str:
    """A page and no redirect, which after a form would be held to `form-action`, on to the provider's last host."""
    return render_template("oidc.html", address=door.visit().found, name=visits.provider().name)


@oidc.post("/oidc/sign-in")
@public(writes=True, again="login.form", first=_asked(Purpose.SIGN_IN))
def sign_in() -> str:
    return _led_away()


@oidc.post("/oidc/link")
@signed_in(writes=True, again="factors.page", first=_asked(Purpose.LINK))
def link() -> str:
    return _led_away()


@oidc.post("/oidc/step-up")
@signed_in(writes=True, first=_asked(Purpose.STEP_UP))
def step_up() -> str:
    return _led_away()


@oidc.get("/oidc/callback")
@public()
def came_back() -> str:
    """What the provider sent along, to be sent on from here."""
    hosts.refuse_plain_http()
    return render_template("oidc_back.html", sent=visits.sent(), name=visits.provider().name)


@oidc.post("/oidc/callback")
@public(writes=True, first=visits.answered)
def go_on() -> Response:
    begun, vouched = door.visit().found
    return _DOES[begun.purpose](begun, vouched)


def _signs_in(begun: Begun, vouched: Vouched) -> Response:
    actor = signing_in.recognise_account(door.act(), vouched, hosts.source())
    return session_begun(actor, redirect(begun.next, 303))


def _links(_begun: Begun, vouched: Vouched) -> Response:
    accounts.link(door.act(), vouched.account)
    return rendering.go_to(url_for("factors.page"), "account_linked")


def _shows(begun: Begun, vouched: Vouched) -> Response:
    act, session = door.act(), door.visit().session
    shown = signing_in.show_account(act, act.require_actor(), vouched, hosts.source())
    if session:
        session_cookie.give(sessions.renew(act, session, shown))
    return redirect(begun.next, 303)


_DOES: dict[Purpose, Callable[[Begun, Vouched], Response]] = {
    Purpose.SIGN_IN: _signs_in,
    Purpose.LINK: _links,
    Purpose.STEP_UP: _shows,
}


@oidc.post("/oidc/unlink")
@signed_in(writes=True, again="factors.page")
def unlink() -> Response:
    accounts.unlink(door.act(), bodies.text(request.form, "account_id", required=True) or "")
    return rendering.go_to(url_for("factors.page"), "account_unlinked")
