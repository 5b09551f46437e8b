"""Signing in and out, a new passphrase, the language."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Actor
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.services import signing_in
from web import cookies, door, hosts, language, rendering
from web import session as sessions
from web.policy import public, signed_in

login = Blueprint("login", __name__)
_YEAR_S = 31536000


def _own_path(address: str | None) -> str:
    """`address` when it is a path of ours, else the look-up page: a link must not send people elsewhere."""
    text = address or "/"
    parts = urlsplit(text)
    own = not parts.scheme and not parts.netloc and text.startswith("/") and text[1:2] not in ("/", "\\")
    return text if own and text.isprintable() else "/"


@login.get("/login")
@public()
def form() -> str:
    hosts.refuse_plain_http()
    return render_template("login.html", next=_own_path(request.values.get("next")))


def _recognised() -> Actor:
    hosts.refuse_plain_http()
    form = request.form
    return door.wiring().recognise(form.get("reference", ""), form.get("passphrase", ""), hosts.source())


@login.post("/login")
@public(writes=True, again="login.form", first=_recognised)
def enter() -> Response:
    actor: Actor = door.visit().found
    if signing_in.must_choose_passphrase(door.act(), actor):
        return rendering.go_to(url_for("login.passphrase"), "one_time")
    token = _begin(actor)
    answer = redirect(_own_path(request.form.get("next")), 303)
    sessions.hand_over(answer, token)
    return answer


def _begin(actor: Actor) -> str:
    act = door.act()
    return sessions.begin(act.tx, actor.person.person_id, act.settings, act.now)


@login.post("/logout")
@signed_in(writes=True)
def leave() -> Response:
    sessions.end(door.act().tx)
    answer = rendering.go_to(url_for("login.form"), "signed_out")
    cookies.take_back(answer, sessions.COOKIE)
    return answer


@login.get("/passphrase")
@public()
def passphrase() -> str:
    hosts.refuse_plain_http()
    return render_template("passphrase.html")


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
    token = _begin(door.visit().found)
    answer = rendering.go_to(url_for("lookup.page"), "passphrase_changed")
    sessions.hand_over(answer, token)
    return answer


@login.post("/language")
@public()
def choose_language() -> Response:
    answer = redirect(_own_path(request.form.get("next")), 303)
    if tag := language.known(request.form.get("language")):
        cookies.give(answer, language.COOKIE, tag, max_age=_YEAR_S)
    return answer
