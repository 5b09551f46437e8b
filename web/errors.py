"""Which refusal gets which HTTP status, and how it is shown: RFC 9457 problems to programs, pages to people.

Absent and forbidden give the same answer, so nobody learns what exists by asking.
"""

import logging
import traceback
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, current_app, g, json, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect

from geo_offlimits.domain.accounts import ProviderError
from geo_offlimits.domain.proof import SecondFactorNeededError, StepUpNeededError
from geo_offlimits.errors import (
    AbsentError,
    CredentialsError,
    InputError,
    OfflimitsError,
    QueryError,
    RefusedError,
    Sentence,
    StoreError,
    UnverifiedError,
    said,
)
from geo_offlimits.formats.words import N_
from geo_offlimits.lookup.coordinates import AmbiguousPositionError
from geo_offlimits.services.duplicates import AlikeError
from geo_offlimits.services.people import UnknownPersonError
from geo_offlimits.services.tokens import UnknownTokenError
from web import bearer, door, journal, language, step_up
from web.forgery import ForgeryError
from web.hosts import ForeignHostError, PlainHttpError
from web.ogc import parameters
from web.pace import TooFastError
from web.policy import SAFE_METHODS
from web.session import SignInNeededError

_LOG = logging.getLogger(__name__)
_URN = "urn:geo-offlimits:problem"
# The first family that fits decides.
STATUSES: tuple[tuple[type[OfflimitsError], HTTPStatus], ...] = (
    (ForgeryError, HTTPStatus.FORBIDDEN),
    (TooFastError, HTTPStatus.TOO_MANY_REQUESTS),
    (PlainHttpError, HTTPStatus.FORBIDDEN),
    (ForeignHostError, HTTPStatus.MISDIRECTED_REQUEST),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RefusedError, HTTPStatus.CONFLICT),
    (AbsentError, HTTPStatus.NOT_FOUND),
    (CredentialsError, HTTPStatus.UNAUTHORIZED),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ProviderError, HTTPStatus.SERVICE_UNAVAILABLE),
    (UnverifiedError, HTTPStatus.SERVICE_UNAVAILABLE),
    (OfflimitsError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
ABSENT = Sentence(
    "There is nothing here for you. Check the address, the mission's code and the edition's number; "
    "if they are right, ask your mission's administrator for access."
)
_FAULT = Sentence(
    "The server failed on this request, and nothing was changed. Try again; if it stays, tell your administrator."
)
_UNREADABLE = Sentence("The request cannot be understood. Correct it and send it again.")
_METHOD = Sentence("This address takes another method. See the Allow header, or /api/v1/openapi.json.")
_TOO_LARGE = Sentence("What was sent is too large for this address. Send less at a time.")
_SENTENCES = {
    HTTPStatus.NOT_FOUND: ABSENT,
    HTTPStatus.METHOD_NOT_ALLOWED: _METHOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _TOO_LARGE,
}
# What a form said that cannot be done: it is shown once more, with the sentence.
_ABOUT_A_FORM = (InputError, RefusedError, CredentialsError, ProviderError, UnknownPersonError)
# What an operator wants to see in the journal: somebody may be trying.
_ATTACKS: tuple[tuple[type[OfflimitsError], str], ...] = (
    (ForgeryError, "forged"),
    (TooFastError, "too_fast"),
    (ForeignHostError, "foreign_host"),
)
# What stands above the sentence on a page; programs get the status's own phrase.
_TITLES = {
    HTTPStatus.BAD_REQUEST: N_("Not understood"),
    HTTPStatus.UNAUTHORIZED: N_("Not signed in"),
    HTTPStatus.FORBIDDEN: N_("Not done"),
    HTTPStatus.NOT_FOUND: N_("Not found"),
    HTTPStatus.CONFLICT: N_("Not done"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_("Too large"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("Not understood"),
    HTTPStatus.TOO_MANY_REQUESTS: N_("Too fast"),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("Not available now"),
}
_TITLE = N_("Something went wrong")


def status_of(error: OfflimitsError) -> HTTPStatus:
    return next(status for family, status in STATUSES if isinstance(error, family))


def problem(status: HTTPStatus, detail: str, **more: Any) -> Response:
    """An RFC 9457 problem. `more` are its further members, such as `issues`."""
    name = status.name.lower().replace("_", "-")
    body = {"type": f"{_URN}:{name}", "title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body | more), status=status, content_type="application/problem+json")


def _wants_json() -> bool:
    if request.path.startswith("/api/") or _is_by_token():
        return True
    if request.path.startswith("/ogc/"):
        return not parameters.is_for_people()
    accepts = request.accept_mimetypes
    return accepts["application/json"] > accepts["text/html"]


def _is_by_token() -> bool:
    """Whether the request was answered by its token: a program sent it."""
    return bool("visit" in g and g.visit.permission.token and bearer.is_brought())


def _shown(status: HTTPStatus, detail: str, **more: Any) -> Response:
    if _wants_json():
        return problem(status, said(detail, language.gettext), **more)
    title = language.gettext(_TITLES.get(status, _TITLE))
    page = render_template("error.html", status=status.value, title=title, detail=language.said(detail))
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def _facts(error: OfflimitsError) -> dict[str, Any]:
    """The members a problem has beyond its sentence: the fields at fault, the possible readings, what looks alike."""
    facts: dict[str, Any] = {}
    if isinstance(error, InputError) and error.issues:
        facts["issues"] = [issue.as_json(language.gettext) for issue in error.issues]
    if isinstance(error, AmbiguousPositionError) and error.choices:
        facts["readings"] = error.choices
    for family, name in ((StepUpNeededError, "step-up-needed"), (SecondFactorNeededError, "second-factor-needed")):
        if isinstance(error, family):
            facts["type"] = f"{_URN}:{name}"
    if isinstance(error, AlikeError):
        facts |= {"type": f"{_URN}:alike", "alike": [one.as_json() for one in error.alike]}
    return facts


def _refusal(error: OfflimitsError) -> Any:
    for family, kind in _ATTACKS:
        if isinstance(error, family):
            journal.note_attack(kind, status_of(error), door.wiring().clock)
    if isinstance(error, SignInNeededError) and not (_wants_json() or bearer.is_asked_for()):
        where = request.path if request.method in SAFE_METHODS else "/"
        return redirect(url_for("login.form", next=where), HTTPStatus.SEE_OTHER)
    if isinstance(error, InputError | CredentialsError) and step_up.is_about(error) and not _wants_json():
        return step_up.asked(error)
    if isinstance(error, _ABOUT_A_FORM) and (form := _form_again(error)):
        return form
    status = status_of(error)
    detail = ABSENT if status is HTTPStatus.NOT_FOUND else error.sentence
    answer = _shown(status, detail, **_facts(error))
    if status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = _question(error)
    if isinstance(error, TooFastError):
        answer.headers["Retry-After"] = str(error.wait_s)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        _LOG.error("%s: %s", type(error).__name__, error)
    return answer


def _question(error: OfflimitsError) -> str:
    """By what somebody who is not recognised may show who they are."""
    if bearer.is_asked_for():
        return bearer.QUESTION
    return bearer.CHALLENGE if isinstance(error, UnknownTokenError) else 'Session realm="geo_offlimits"'


def _form_again(error: OfflimitsError) -> Response | None:
    """The page from which the form came, with the sentence and what was typed; in a new transaction, as a reader."""
    again = g.visit.permission.again if "visit" in g else None
    if not again or _wants_json():
        return None
    g.refusal = error
    try:
        answer = cast("Response", current_app.view_functions[again](**(request.view_args or {})))
    except OfflimitsError:  # there is no such page, so the sentence stands on one of its own
        del g.refusal
        return None
    answer.status_code = status_of(error)
    return answer


def _http(error: HTTPException) -> Any:
    if isinstance(error, RequestRedirect):
        return error
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = _shown(status, _SENTENCES.get(status, _UNREADABLE))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            answer.headers[name] = value
    return answer


def _fault(error: Exception) -> Any:
    _log(error)
    return _shown(HTTPStatus.INTERNAL_SERVER_ERROR, _FAULT)


def _page_at_fault(error: InternalServerError) -> Any:
    """What failed while it was shown. No template is used here, because one may be what failed."""
    if error.original_exception:
        _log(error.original_exception)
    return Response(_FAULT, HTTPStatus.INTERNAL_SERVER_ERROR, content_type="text/plain; charset=utf-8")


def _log(error: BaseException) -> None:
    """A fault of ours. The log says where, not with what: messages of exceptions can hold a position or a name."""
    places = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    _LOG.error("%s on %s\n%s", type(error).__name__, request.endpoint, places)


def _log_nothing(exc_info: Any) -> None:
    """In place of Flask's own line, which tells the message of the exception."""


def install(app: Flask) -> None:
    app.log_exception = _log_nothing  # type: ignore[method-assign]  # what we log has said it
    app.register_error_handler(OfflimitsError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _page_at_fault)
    app.register_error_handler(Exception, _fault)
