"""Signing in and out, a new passphrase, the language.

`login.html` gets `next` and `provider`, the name of the identity provider, or ''; `passphrase.html` gets `next`.
"""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Actor
from geo_offlimits.domain.sessions import Door
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.services import sessions, signing_in, waiting_lists
from web import cookies, door, hosts, language, rendering, step_up
from web import session as session_cookie
from web.policy import public, signed_in

login = Blueprint("login", __name__)
_YEAR_S = 31536000


def own_path(address: str | None) -> str:
    """`address` when it is a path of ours, else the look-up page: a link must not send people elsewhere."""
    text = address or "/"
    parts = urlsplit(text)
    own = not parts.scheme and not parts.netloc and text.startswith("/") and text[1:2] not in ("/", "\\")
    return text if own and text.isprintable() else "/"


def _way_on() -> str:
    """Where the visitor wanted to go before they were asked who they are."""
    return own_path(request.values.get("next"))


@login.get("/login")
@public()
def form() -> str:
    hosts.refuse_plain_http()
    return render_template("login.html", next=_way_on(), provider=door.wiring().provider_name)


def _recognised() -> Actor:
    hosts.refuse_plain_http()
    form = request.form
    return door.wiring().recognise(form.get("reference", ""), form.get("passphrase", ""), hosts.source())


@login.post("/login")
@public(writes=True, again="login.form", first=_recognised)
def enter() -> Response:
    """Who needs a second factor is asked for it next; until then they look things up like anybody."""
    actor: Actor = door.visit().found
    way = _way_on()
    if signing_in.must_choose_passphrase(door.act(), actor):
        return rendering.go_to(url_for("login.passphrase", next=way if way != "/" else None), "one_time")
    return begun(actor, redirect(way, 303))


def begun(actor: Actor, answer: Response) -> Response:
    """A session in place of the one that this browser had; on to the second factor where one is still needed."""
    act, visit = door.act(), door.visit()
    sessions.end(act.tx, session_cookie.token())
    session_cookie.give(sessions.begin(act, actor.person.person_id, actor.shown, Door.PAGES))
    if not actor.needs_factor(act.now) or actor.shown.factor_at:
        return answer
    visit.actor = actor
    return step_up.led_on(answer.location or "/")


@login.post("/logout")
@signed_in(writes=True)
def leave() -> Response:
    sessions.end(door.act().tx, session_cookie.token())
    if session := door.visit().session:
        waiting_lists.end_with(door.wiring().settings, session.handle)
    answer = rendering.go_to(url_for("login.form"), "signed_out")
    cookies.take_back(answer, session_cookie.COOKIE)
    # The cookie has been taken back above; what says that one is signed out is in another. Storage stays: in it is the
    # list of a device, which is there to be opened by who is not signed in.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@login.get("/passphrase")
@public()
def passphrase() -> str:
    hosts.refuse_plain_http()
    return render_template("passphrase.html", next=_way_on())


def _chosen() -> Actor:
    hosts.refuse_plain_http()
    form = request.form
    if form.get("new") != form.get("repeated"):
        issue = Issue(field="repeated", reason=Sentence("not the same"))
        raise InputError(Sentence("The new passphrase and its repetition differ. Type both again."), issue)
    reference, old, new = (form.get(name, "") for name in ("reference", "passphrase", "new"))
    return door.wiring().choose_passphrase(reference, old, new, hosts.source())


@login.post("/passphrase")
@public(writes=True, again="login.passphrase", first=_chosen)
def choose_passphrase() -> Response:
    """A new passphrase ends every session of this person and starts a fresh one here."""
    return begun(door.visit().found, rendering.go_to(_way_on(), "passphrase_changed"))


@login.post("/language")
@public()
def choose_language() -> Response:
    answer = redirect(own_path(request.form.get("next")), 303)
    if tag := language.known(request.form.get("language")):
        cookies.give(answer, language.COOKIE, tag, max_age=_YEAR_S)
        cookies.take_back(answer, language.VISIT_COOKIE)
    return answer
