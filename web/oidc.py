"""Showing oneself by the organisation's identity provider: one question a browser, in a cookie that only we can read.

1. The question (state, nonce, PKCE verifier) lies sealed in a cookie of ten minutes, with what it was asked for. An
   answer that another browser brings, or one to an earlier question, is refused: nobody can sign somebody else in under
   an account of their own.
2. What is linked or shown is so for the person who asked: if somebody else signed in meanwhile, it is refused.
3. The provider sends the browser back by GET, which changes nothing here: it shows a form that sends the answer on from
   our own page, with its token (`go_on.js` does so at once).
4. The cookie goes when its answer is taken to the provider, which takes each code once.
"""

import hmac
import json
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flask import g, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.delivery.vault import VaultError
from geo_offlimits.domain.accounts import Answer, NotVouchedError, ProviderError, Question, Vouched
from geo_offlimits.errors import AbsentError
from web import cookies, door, hosts

if TYPE_CHECKING:
    from geo_offlimits.delivery.provider import Provider

_LOG = logging.getLogger(__name__)
COOKIE = "oidc"
HOLDS_S = 600
FIELDS = ("code", "state", "iss", "error")
_MOST_CHARACTERS = 2000
_MOST_OF_NEXT = 1000


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    LINK = "link"
    STEP_UP = "step_up"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What was asked, what for, by whom (None: nobody was signed in), and where they go then."""

    purpose: Purpose
    question: Question
    person_id: str | None
    next: str


def provider() -> "Provider":
    """Raises AbsentError where the settings name none."""
    found = door.wiring().provider
    if found is None:
        raise AbsentError("Nobody signs in here by an identity provider; the setting oidc_issuer names one.")
    return found


def begin(purpose: Purpose, next_path: str) -> str:
    """Where this browser goes to show its owner. Raises ProviderError; StepUpNeededError where an account is linked."""
    hosts.refuse_plain_http()
    asked, visit = provider(), door.visit()
    if purpose is Purpose.LINK:
        _refuse_stale()
    hours = 0 if purpose is not Purpose.SIGN_IN else visit.wiring.settings.session_hours
    question = Question(asked_at=int(visit.now.timestamp()), max_age_s=hours * 3600)
    with _told_to_the_operator():
        address = asked.address(question, _redirect_uri())
    person_id = visit.person.person_id if visit.person else None
    known = next_path if len(next_path) <= _MOST_OF_NEXT else "/"
    g.oidc_begun = Begun(purpose=purpose, question=question, person_id=person_id, next=known)
    return address


def answered() -> tuple[Begun, Vouched]:
    """What was begun, and who the provider says it is. Raises NotVouchedError, ProviderError, StepUpNeededError."""
    hosts.refuse_plain_http()
    asked, visit, form = provider(), door.visit(), request.form
    begun = _kept()
    if not hmac.compare_digest(form.get("state", "").encode(), begun.question.state.encode()):
        raise NotVouchedError(asked.name, "state")
    if begun.purpose is not Purpose.SIGN_IN and (visit.person is None or visit.person.person_id != begun.person_id):
        raise NotVouchedError(asked.name, "another person")
    if begun.purpose is Purpose.LINK:  # before the code is spent
        _refuse_stale()
    g.oidc_over = True
    if not form.get("code"):
        raise NotVouchedError(asked.name, "no code")
    answer = Answer(code=form["code"], issuer=form.get("iss"))
    with _told_to_the_operator():
        return begun, asked.vouched(begun.question, answer, _redirect_uri(), visit.now)


def sent() -> list[tuple[str, str]]:
    """What the provider has the browser bring."""
    return [(field, request.args[field][:_MOST_CHARACTERS]) for field in FIELDS if field in request.args]


def hand_over(response: Response) -> None:
    """The cookie comes with the page that leads to the provider, and goes with the answer to what came back."""
    if begun := g.get("oidc_begun"):
        sealed = door.wiring().keyring.vault.sealed(json.dumps(asdict(begun)).encode(), COOKIE)
        cookies.give(response, COOKIE, urlsafe_b64encode(sealed).decode(), max_age=HOLDS_S)
    elif g.get("oidc_over"):
        cookies.take_back(response, COOKIE)


def _kept() -> Begun:
    try:
        kept = urlsafe_b64decode((cookies.read(COOKIE) or "").encode())
        facts = json.loads(door.wiring().keyring.vault.opened(kept, COOKIE))
    except (VaultError, ValueError):
        raise NotVouchedError(provider().name, "nothing was asked here") from None
    question = Question(**facts.pop("question"))
    if not 0 <= door.visit().now.timestamp() - question.asked_at <= HOLDS_S:
        raise NotVouchedError(provider().name, "too late")
    return Begun(**facts | {"purpose": Purpose(facts["purpose"]), "question": question})


def _refuse_stale() -> None:
    with door.looking() as act:
        act.refuse_stale()


def _redirect_uri() -> str:
    return hosts.origin() + url_for("oidc.came_back")


@contextmanager
def _told_to_the_operator() -> Iterator[None]:
    """Why, which is not for the person: it tells what is wrong with the provider or with what it was told of us."""
    try:
        yield
    except (ProviderError, NotVouchedError) as refusal:
        _LOG.warning("OpenID provider: %.300s", ascii(refusal.fault))
        raise
