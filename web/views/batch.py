"""`/register/<code>/batch`: several decisions of one kind, looked at together and signed once."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.decisions import DECISIONS
from geo_offlimits.domain.designation import StepKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import Sentence
from geo_offlimits.services import batch as service
from web import bodies, door, rendering, vocabulary
from web.policy import needs

batch = Blueprint("batch", __name__, url_prefix="/register")
_NEED_A_REASON = {StepKind.REVIEWED, *(one.kind for one in DECISIONS if one.reason_needed)}


@batch.get("/<code>/batch")
@needs(Action.DECIDE)
def page(code: str) -> str:
    kind = _kind()
    return render_template(
        "register/batch.html",
        code=code,
        kind=kind,
        items=service.items(door.act(), code, request.values.getlist("id")),
        words=vocabulary.DECISIONS[kind],
        reason_needed=kind in _NEED_A_REASON,
    )


@batch.post("/<code>/batch")
@needs(Action.DECIDE, writes=True, again="batch.page")
def decide(code: str) -> Response:
    form = request.form
    reason, review_by = form.get("reason", "").strip() or None, bodies.day(form, "review_by")
    service.decide(door.act(), code, _kind(), _seen(), reason=reason, review_by=review_by)
    return rendering.go_to(url_for("register.worklist", code=code), "decided_together")


def _kind() -> StepKind:
    kind = bodies.member(request.values, "step", StepKind, required=True)
    if kind not in service.KINDS:
        members = ", ".join(service.KINDS)
        raise bodies.refused("step", Sentence("unknown"), Sentence("use one of {members}", members=members), kind)
    return kind


def _seen() -> dict[str, str]:
    """What was looked at: `id` and `version`, as often as there are decisions."""
    ids, versions = request.form.getlist("id"), request.form.getlist("version")
    if len(ids) != len(versions):
        raise bodies.refused("id", Sentence("not what the page showed"), Sentence("open it again from the register"))
    return dict(zip(ids, versions, strict=True))
