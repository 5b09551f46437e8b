"""The door: one visit a request, one transaction around each view, opened only for those who may pass.

1. The order is fixed: host, body limit, session, pace, forgery, permission, parsing, transaction, view.
2. A view that reads runs in the transaction in which its visitor was recognised. A view that writes runs in a writing
   transaction of its own; a refusal in it rolls everything back, and bootstrap audits the attempt. What takes long,
   such as the body's last byte or the work on a passphrase, is over before that transaction opens; what is told of what
   was written is read after it is kept.
3. Roles are read on each request; nothing about a person is kept between two.
4. A form that shows more of its sender (`web.step_up`) is looked at for that before anything else that it asks for.
5. A view that names the purpose of a token takes one in place of a session, and then looks at no cookie.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from flask import Flask, current_app, g, make_response, request

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import STEP_UP, Action, Actor, NotPermittedError, Person
from geo_offlimits.domain.proof import StepUpNeededError
from geo_offlimits.errors import AbsentError, StoreError
from geo_offlimits.services import people, tokens
from geo_offlimits.services import sessions as session_service
from geo_offlimits.services.act import Act
from geo_offlimits.services.signing_in import household
from geo_offlimits.services.tokens import Recognised
from geo_offlimits.store import Session
from web import bearer, forgery, hosts, step_up
from web import session as sessions
from web.pace import Turnstile
from web.policy import SAFE_METHODS, Permission, View, declared_permissions

EXTENSION, TURNSTILE = "offlimits", "offlimits.turnstile"


@dataclass
class Visit:
    """What is known about the request being answered. `act` exists while its transaction is open.

    `found` is what the view's `first` gave. `by_token` is who acts where a token was brought, `fetched` the number of
    the edition that the view gave.
    """

    permission: Permission
    wiring: Wiring
    now: datetime
    session: Session | None = None
    by_token: Recognised | None = None
    fetched: int | None = None
    actor: Actor | None = None
    act: Act | None = None
    found: Any = None

    @property
    def person(self) -> Person | None:
        return self.actor.person if self.actor else None

    @property
    def who(self) -> str:
        """Whose requests this one counts with."""
        if self.by_token:
            return f"token {self.by_token.token.token_id}"
        return f"person {self.person.person_id}" if self.person else f"source {household(hosts.source())}"

    @property
    def code(self) -> str:
        """The mission in question: of the path, else asked for, else the token's or the person's own, else ours."""
        asked = (request.view_args or {}).get("code") or request.args.get("mission")
        own = self.by_token.token.mission if self.by_token else self.person and self.person.mission
        return str(asked or own or self.wiring.settings.mission)


def wiring() -> Wiring:
    return cast("Wiring", current_app.extensions[EXTENSION])


def visit() -> Visit:
    return cast("Visit", g.visit)


def act() -> Act:
    """The open act of this request, with who is acting and when."""
    opened = visit().act
    if opened is None:
        raise AssertionError("a view that declares store=False has no act")
    return opened


def code() -> str:
    return visit().code


def install(app: Flask) -> None:
    """Puts every view behind the door. Raises UndeclaredRouteError when one declares no permission."""
    for endpoint, permission in declared_permissions(app).items():
        app.view_functions[endpoint] = _behind_the_door(app.view_functions[endpoint], permission)


def _behind_the_door(view: View, permission: Permission) -> View:
    @wraps(view)
    def entered(**values: Any) -> Any:
        wired = wiring()
        limit_kb = permission.body_kb
        request.max_content_length = limit_kb * 1024 if limit_kb else wired.settings.max_upload_mb * 1024**2
        request.max_form_parts = permission.fields
        if permission.form_kb:
            request.max_form_memory_size = permission.form_kb * 1024
        if not permission.store:
            return view(**values)
        hosts.refuse_foreign_host(wired.settings.host)
        g.visit = visit = Visit(permission, wired, wired.clock())
        with _opened(visit):
            return make_response(view(**values))

    return entered


@contextmanager
def _opened(visit: Visit) -> Iterator[None]:
    """The transaction around a view."""
    try:
        with visit.wiring.reading() as act:
            try:
                _recognise(visit, act)
            finally:  # who brings what is no token is counted, too
                _refuse_haste(visit)
            _refuse_strangers(visit)
            if not visit.permission.writes:
                visit.act = act.by(visit.actor)
                yield
    except NotPermittedError as refusal:
        _audit(visit, refusal)
        raise
    finally:
        visit.act = None
    if visit.permission.writes:
        request.get_data(parse_form_data=True)
        step_up.taken()
        _refuse_stale(visit)
        if visit.permission.first:
            visit.found = visit.permission.first()
        with _writing(visit) as act:
            yield
            _note_use(visit, act)
    elif _is_news(visit):
        # A look-up never waits for a writer before it has read, and is answered where nothing can be written.
        with suppress(StoreError), visit.wiring.writing() as act:
            _note_use(visit, act)


@contextmanager
def looking() -> Iterator[Act]:
    """For a view's `first`: an act that reads and is over before the writing transaction opens."""
    visited = visit()
    try:
        with visited.wiring.reading(visited.actor) as act:
            visited.act = act
            yield act
    finally:
        visited.act = None


@contextmanager
def _writing(visit: Visit) -> Iterator[Act]:
    try:
        with visit.wiring.writing(visit.actor) as act:
            visit.act = act
            yield act
    finally:
        visit.act = None


def _audit(visit: Visit, refusal: NotPermittedError) -> None:
    """Somebody we know tried what they may not do: a writing act refused for it is audited by bootstrap."""
    if visit.actor:
        with suppress(NotPermittedError), visit.wiring.writing(visit.actor):
            raise refusal


def _recognise(visit: Visit, act: Act) -> None:
    text = bearer.brought() if visit.permission.token else None
    if text is not None:
        visit.by_token = tokens.recognise(act, text)
        visit.actor = visit.by_token.actor
        return
    visit.session = session_service.resume(act.tx, sessions.token(), visit.wiring.settings, visit.now)
    if visit.session:
        try:
            known = _known(act, visit.session.person_id)
            visit.actor = replace(known, shown=session_service.shown_in(visit.session))
        except AbsentError:  # departed since: their session is worth nothing
            visit.session = None


def _refuse_stale(visit: Visit) -> None:
    """Before anything else is said of the form; the service asks once more."""
    within = timedelta(minutes=visit.wiring.settings.step_up_minutes)
    if visit.permission.action in STEP_UP and visit.actor and not visit.actor.is_fresh(visit.now, within):
        raise StepUpNeededError


def _refuse_haste(visit: Visit) -> None:
    turnstile: Turnstile = current_app.extensions[TURNSTILE]
    settings = visit.wiring.settings
    turnstile.pass_through(visit.who, settings.rate_per_minute, body_bytes=request.content_length or 0)
    if visit.permission.costly:
        turnstile.pass_through(f"costly {visit.who}", settings.costly_per_minute)


def _known(act: Act, person_id: str) -> Actor:
    """The person with the roles recorded up to now. Raises AbsentError for one who is not in service at this moment."""
    actor = act.tx.recalled(("actor", person_id), lambda: people.actor(act, person_id))
    if not actor.person.service.holds(act.now):
        return people.actor(act, person_id)
    return actor


def _refuse_strangers(visit: Visit) -> None:
    permission = visit.permission
    if not permission.public and visit.actor is None:
        raise sessions.SignInNeededError
    if visit.by_token:
        _refuse_beyond(visit, visit.by_token)
    elif request.method not in SAFE_METHODS:
        forgery.refuse_forgery()
    if permission.action and visit.actor:
        visit.actor.require(permission.action, visit.code, visit.now)


def _refuse_beyond(visit: Visit, by_token: Recognised) -> None:
    """A token for less than the view needs finds nothing there."""
    if request.method not in SAFE_METHODS:
        forgery.refuse_other_sites()
    needed = visit.permission.token
    if needed is None or not by_token.token.purpose.covers(needed):
        raise NotPermittedError(visit.permission.action or Action.LOOK_UP, by_token.token.mission)


def _is_news(visit: Visit) -> bool:
    session, by_token = visit.session, visit.by_token
    if by_token and by_token.is_news(visit.fetched):
        return True
    return bool(session and visit.now - session.seen_at >= session_service.TOUCH_EVERY)


def _note_use(visit: Visit, act: Act) -> None:
    """Keeps the session awake and the last use of a token: with what the view writes, else after what it has read."""
    if not _is_news(visit):
        return
    if visit.by_token:
        tokens.note_use(act, visit.by_token, visit.fetched)
    elif visit.session:
        act.tx.sessions.touch(visit.session.token_hash, visit.now)
