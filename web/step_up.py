"""Before what weighs most, somebody signed in shows once more who they are, and their session gets a new token.

What the form asks stands in `step_up` of `_parts.html`; a view takes `passed` as its `first` and ends with `renewed`,
or with `renewed_page` where it shows a page itself.
"""

from typing import Any

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from geo_offlimits.errors import Sentence
from web import bodies, door, hosts
from web import session as sessions


def passed() -> None:
    """Raises StepUpError or TooManyAttemptsError; InputError where nothing is typed, which is no attempt."""
    hosts.refuse_plain_http()
    visit = door.visit()
    passphrase = request.form.get("passphrase", "")
    if not passphrase:
        raise bodies.refused("passphrase", Sentence("missing"), Sentence("fill it in"))
    if visit.actor is None:
        raise sessions.SignInNeededError
    visit.wiring.step_up(visit.actor, passphrase, hosts.source())


def renewed(answer: Response) -> Response:
    """The answer with a new token in place of the one that the session had until now."""
    sessions.hand_over(answer, _renew())
    return answer


def renewed_page(template: str, **facts: Any) -> Response:
    """A page rendered once the session has its new token, because its forms must fit that one."""
    token = _renew()
    answer = make_response(render_template(template, **facts))
    sessions.hand_over(answer, token)
    return answer


def _renew() -> str:
    act = door.act()
    token = sessions.begin(act.tx, act.person_id, act.settings, act.now)
    door.visit().session = sessions.begun(act.tx, token)
    return token
