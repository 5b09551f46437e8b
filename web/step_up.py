"""Somebody signed in shows more of themselves, or shows it again; their session goes on under a new token.

1. Any form may bring `proof_passphrase` and `proof_code`, or `proof_key`, a key's answer. The door looks at them before
   the view, in a transaction of their own: a code that was taken stays taken, whatever becomes of the form.
2. Where a form weighs so much that they are needed and did not come, `step_up.html` asks for them and sends the form
   again as it was: nothing that was typed is lost.
3. Where a page needs a second factor, `/step-up` asks for it and leads on; who has none is led to set one up.

`step_up.html` gets `asks`, the fields that are missing ('passphrase', 'code'), `has_key` and `has_app`, whether a key
or an app of theirs could answer here, `provider`, the name of the one at which they have an account, or '', `address`,
where the form goes, `sent`, the pairs that it brings along, `weighs`, whether that weighs much, and `next`, the way
past it.
"""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.factors import FactorKind
from geo_offlimits.domain.proof import SecondFactorNeededError, StepUpNeededError
from geo_offlimits.errors import CredentialsError, InputError, Issue, Sentence
from geo_offlimits.services.keys import KeyAnswer, KeyRefusedError
from geo_offlimits.services.signing_in import StepUpError, TooManyAttemptsError
from web import forgery, hosts
from web import session as sessions
from web.policy import SAFE_METHODS

PASSPHRASE, CODE, KEY = "proof_passphrase", "proof_code", "proof_key"
FIELDS = (PASSPHRASE, CODE, KEY)


def taken() -> None:
    """What this form shows of its sender. Raises StepUpError, TooManyAttemptsError; InputError for an empty field."""
    brought = {field: request.form[field] for field in FIELDS if field in request.form}
    if not brought.get(KEY):
        brought.pop(KEY, None)
    visit = g.visit
    if not brought or visit.actor is None or visit.session is None:
        return
    hosts.refuse_plain_http()
    for field, text in brought.items():
        if not text:  # which is no attempt
            raise NotTypedError(field)
    token, shown = visit.wiring.show(
        visit.actor,
        visit.session,
        hosts.source(),
        passphrase=brought.get(PASSPHRASE),
        code=brought.get(CODE),
        key=answer_of_key(brought[KEY]) if KEY in brought else None,
    )
    sessions.give(token)
    visit.actor = replace(visit.actor, shown=shown)


def answer_of_key(text: str) -> KeyAnswer:
    """What a key said, in this session and under this name. Raises KeyRefusedError under an address."""
    party = hosts.party()
    if party is None or g.visit.session is None:
        raise KeyRefusedError
    return KeyAnswer(text=text, party=party, session=g.visit.session)


class NotTypedError(InputError):
    """A field that shows who somebody is was sent empty."""

    def __init__(self, field: str) -> None:
        named = {PASSPHRASE: "passphrase", CODE: "code"}[field]
        super().__init__(
            Sentence("A field is empty. Fill it in."),
            Issue(field=named, reason=Sentence("missing"), remedy=Sentence("fill it in")),
        )


def is_about(error: Exception) -> bool:
    """Whether a refusal is answered by asking for more of the person, rather than by the form it came from."""
    if isinstance(error, TooManyAttemptsError):
        return any(field in request.form for field in FIELDS)
    return isinstance(error, StepUpError | NotTypedError | StepUpNeededError | SecondFactorNeededError)


def asked(error: CredentialsError | InputError) -> Response:
    """The page that asks for what is missing, in place of the one that was refused."""
    if request.method in SAFE_METHODS or isinstance(error, SecondFactorNeededError) or has_none():
        return led_on(request.full_path if request.method in SAFE_METHODS else "/")
    if not isinstance(error, StepUpNeededError):
        g.refusal = error
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in (*FIELDS, forgery.FIELD)]
    page = shown_page(request.full_path, sent, weighs=True)
    status = HTTPStatus.UNAUTHORIZED if isinstance(error, CredentialsError) else HTTPStatus.UNPROCESSABLE_ENTITY
    return Response(page, status, content_type="text/html; charset=utf-8")


def has_none() -> bool:
    """Whether what lacks is the second factor that this person has yet to set up, for which they have shown enough."""
    visit = g.visit
    actor = visit.actor
    return actor is not None and actor.needs_factor(visit.now) and not actor.guarded and not missing()


def led_on(address: str) -> Response:
    """To the page that asks for a second factor, or to the one on which the first is set up."""
    actor = g.visit.actor
    endpoint = "step_up.form" if actor and actor.guarded else "factors.page"
    return redirect(url_for(endpoint, next=address.rstrip("?")), HTTPStatus.SEE_OTHER)


def shown_page(address: str, sent: list[tuple[str, str]], *, weighs: bool, next: str = "/") -> str:  # noqa: A002
    kinds = _kinds()
    return render_template(
        "step_up.html",
        has_key=FactorKind.KEY in kinds,
        has_app=FactorKind.APP in kinds,
        provider=_provider_of_theirs(),
        asks=missing() if weighs else _lacks_for_the_role(),
        address=address.rstrip("?"),
        sent=sent,
        weighs=weighs,
        next=next,
    )


def _kinds() -> frozenset[FactorKind]:
    """What this person can show here beside the passphrase; a key answers only under a name."""
    visit = g.visit
    if visit.actor is None or not visit.actor.guarded:
        return frozenset()
    with visit.wiring.reading() as act:
        known = {one.kind for one in act.tx.factors.of_person(visit.actor.person.person_id) if one.confirmed_at}
    return frozenset(known if hosts.party() else known - {FactorKind.KEY})


def _provider_of_theirs() -> str:
    """The name of the identity provider at which this person has a linked account; '' for none."""
    visit = g.visit
    provider = visit.wiring.provider
    if provider is None or visit.actor is None:
        return ""
    with visit.wiring.reading() as act:
        linked = act.tx.accounts.of_person(visit.actor.person.person_id)
    return provider.name if any(one.issuer == provider.issuer for one in linked) else ""


def _lacks_for_the_role() -> tuple[str, ...]:
    """A role waits for the second factor alone, however long ago the passphrase was shown."""
    asks = missing()
    actor = g.visit.actor
    return ("code",) if "code" in asks and actor and actor.shown.factor_at is None else asks


def missing() -> tuple[str, ...]:
    """What this person has not shown lately enough for what weighs most."""
    visit = g.visit
    if visit.actor is None:
        return ()
    within = timedelta(minutes=visit.wiring.settings.step_up_minutes)
    asks: tuple[str, ...] = visit.actor.shown.missing(visit.now, within, with_factor=visit.actor.guarded)
    return asks
