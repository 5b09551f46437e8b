"""`/people/erasures`: one person asks that who somebody was be erased, another agrees (decision 037).

- `people/erasures.html` gets `waiting`, the erasures that the visitor may settle, and `days`, how long it is evidence
- `people/erased.html` gets `erased`: what is left of them, what was overwritten, and which texts still name them
"""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Action
from geo_offlimits.services import erasing
from web import bodies, door, rendering
from web.policy import needs

erasures = Blueprint("erasures", __name__, url_prefix="/people/erasures")


@erasures.get("")
@needs(Action.ERASE)
def page() -> str:
    return render_template(
        "people/erasures.html",
        waiting=erasing.waiting(door.act()),
        days=door.wiring().settings.evidence_retention_days,
    )


def _person() -> str:
    return bodies.text(request.form, "person", required=True) or ""


@erasures.post("")
@needs(Action.ERASE, writes=True, again="erasures.page")
def ask() -> Response:
    erasing.ask(door.act(), _person(), request.form.get("reason", "").strip())
    return rendering.go_to(url_for(".page"), "erasure_asked")


@erasures.post("/agree")
@needs(Action.ERASE, writes=True, again="erasures.page")
def agree() -> str:
    bodies.text(request.form, "sure", required=True)
    return render_template("people/erased.html", erased=erasing.agree(door.act(), _person()))


@erasures.post("/refuse")
@needs(Action.ERASE, writes=True, again="erasures.page")
def refuse() -> Response:
    erasing.refuse(door.act(), _person())
    return rendering.go_to(url_for(".page"), "erasure_refused")
