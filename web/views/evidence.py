"""`/evidence/…`: conduct officers ask what was listed somewhere at a time, and what a person had acknowledged then.

Each giving changes something, its record, so it is a POST, and says the position in no address. `evidence.html` gets
`timezone`, and once something was asked `sheet` (the paper as safe HTML), `asked` (the form as it was sent) and `file`,
an address that holds the signed file: nothing of it is kept on the server.
"""

from base64 import b64encode
from typing import Any

from flask import Blueprint, Response, after_this_request, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.instants import utc
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats import evidence as evidence_file
from geo_offlimits.formats import pdf
from geo_offlimits.services import evidence as service
from geo_offlimits.services import missions
from geo_offlimits.services.evidence import Inquiry, SignedEvidence
from web import bodies, door, language
from web.policy import needs
from web.saving import to_save

evidence = Blueprint("evidence", __name__, url_prefix="/evidence")
_FIELDS = ("person", "at", "position", "case")
_JSON, _PDF = "json", "pdf"


@evidence.get("/")
@needs(Action.GIVE_EVIDENCE)
def start() -> AnyResponse:
    return redirect(url_for(".page", code=door.code()), 303)


@evidence.get("/<code>/")
@needs(Action.GIVE_EVIDENCE)
def page(code: str) -> str:
    return _shown(code)


def _refuse_lacking() -> None:
    """Before it is on record that something was given which cannot be made."""
    if request.form.get("as") == _PDF:
        pdf.refuse_lacking()


@evidence.post("/<code>/")
@needs(Action.GIVE_EVIDENCE, writes=True, costly=True, again="evidence.page", first=_refuse_lacking)
def give(code: str) -> AnyResponse:
    inquiry = _asked(code)
    made = service.give(
        door.act(), door.wiring().shelf, inquiry, language=language.current(), translate=language.gettext
    )
    wished = request.form.get("as")
    if wished not in (_JSON, _PDF):
        sheet = evidence_file.sheet(made.evidence, made.envelope, language.gettext)
        address = f"data:application/json;base64,{b64encode(made.envelope).decode('ascii')}"
        return Response(_shown(code, sheet=sheet, file=address, asked=request.form))
    answer = _file(made, wished)
    if wished == _PDF:
        # Typeset once the act is kept: nobody else who writes waits for it.
        words = language.gettext
        after_this_request(lambda kept: _typeset(kept, made, words))
    return answer


def _typeset(answer: Any, made: SignedEvidence, translate: Any) -> Any:
    answer.set_data(evidence_file.paper(made.evidence, made.envelope, translate))
    return answer


def _file(made: SignedEvidence, suffix: str) -> Response:
    asked = made.evidence.document["asked"]
    name = f"evidence-{made.evidence.mission['code']}-{asked['at'][:10]}-{asked['person_id']}.{suffix}"
    return to_save(made.envelope, f"application/{suffix}", name)


def _asked(code: str) -> Inquiry:
    at = bodies.wall_time(request.form, "at", missions.mission(door.act(), code).timezone)
    person = (bodies.text(request.form, "person") or "").strip()
    missing = [name for name, found in (("person", person), ("at", at)) if not found]
    if at is None or missing:
        raise InputError(
            Sentence("Say about whom and about which time."),
            *(Issue(field=name, reason=Sentence("missing")) for name in missing),
        )
    case, position = (bodies.text(request.form, name) or "" for name in ("case", "position"))
    return Inquiry(person=person, at=utc(at), case=case, position=position, mission=code)


def _shown(code: str, **more: Any) -> str:
    zone = missions.mission(door.act(), code).timezone
    return render_template("evidence.html", code=code, timezone=zone, fields=_FIELDS, **more)
