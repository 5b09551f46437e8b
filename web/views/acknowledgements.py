"""`/acknowledgements`: what I have acknowledged, when and how, with a receipt of each that needs no server.

`acknowledgements/all.html` gets `mine`: what this person ever said, newest first, and `standing`: what stands of it.
`acknowledgements/one.html` gets `made`, what they said last about an edition, the `record` in its receipt and
`strengths`, the words for how strong it is.
"""

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.people import Action
from geo_offlimits.formats.acknowledgement import STRENGTHS
from geo_offlimits.services import acknowledged, acknowledging, standings
from geo_offlimits.services.acknowledging import Manner
from web import answers, bodies, door, rendering
from web.policy import needs, signed_in
from web.saving import to_save

acknowledgements = Blueprint("acknowledgements", __name__, url_prefix="/acknowledgements")


@acknowledgements.get("")
@signed_in()
def page() -> str:
    mine = acknowledged.mine(door.act())
    return render_template(
        "acknowledgements/all.html",
        mine=mine,
        standing=acknowledged.standing(mine),
        strengths=STRENGTHS,
        outstanding=standings.mine(door.act(), door.code()),
    )


@acknowledgements.get("/<code>/<int(max=999999999):number>")
@signed_in()
def one(code: str, number: int) -> str:
    signed = acknowledged.receipt(door.act(), code, number)
    return render_template("acknowledgements/one.html", made=signed.said, record=signed.record, strengths=STRENGTHS)


@acknowledgements.get("/<code>/<int(max=999999999):number>/receipt.json")
@signed_in()
def receipt(code: str, number: int) -> Response:
    """The signed receipt as a file."""
    made = acknowledged.receipt(door.act(), code, number)
    return to_save(made.envelope, answers.ENVELOPE, f"acknowledgement-{code}-{number}.json")


@acknowledgements.post("/<code>/<int(max=999999999):number>/withdraw")
@needs(Action.ACKNOWLEDGE, writes=True, again="acknowledgements.one")
def withdraw(code: str, number: int) -> AnyResponse:
    acknowledging.withdraw(door.act(), code, number, bodies.text(request.form, "reason") or "", manner=Manner())
    return rendering.go_to(url_for(".one", code=code, number=number), "acknowledgement_withdrawn")
