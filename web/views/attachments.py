"""Restricted attachments on the register's pages. Each reading changes something, its record, so it is a POST.

`register/attachment.html` gets `code`, `designation` and `reading`, a Reading of a note.
"""

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.attachments import AttachmentKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.cleaning import Cleaned
from geo_offlimits.services import attachments as service
from geo_offlimits.services.attachments import Reading
from geo_offlimits.services.register import of_mission
from web import bodies, door, rendering
from web.policy import needs
from web.saving import to_save

attachments = Blueprint("attachments", __name__, url_prefix="/register")


@attachments.post("/<code>/<designation_id>/notes")
@needs(Action.ATTACH, writes=True, again="register.designation")
def add_note(code: str, designation_id: str) -> AnyResponse:
    of_mission(door.act(), code, designation_id)
    service.add_note(door.act(), designation_id, request.form.get("text", ""))
    return _kept(code, designation_id)


def _file_sent() -> Cleaned:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InputError(
            Sentence("No file was sent. Choose a photo or a letter."), Issue(field="file", reason=Sentence("missing"))
        )
    settings = door.wiring().settings
    return service.cleaned(sent.read(service.most_bytes(settings) + 1), settings)


@attachments.post("/<code>/<designation_id>/attachments")
@needs(Action.ATTACH, writes=True, body_kb=None, costly=True, again="register.designation", first=_file_sent)
def attach(code: str, designation_id: str) -> AnyResponse:
    of_mission(door.act(), code, designation_id)
    kind = bodies.member(request.form, "kind", AttachmentKind)
    name = request.files["file"].filename
    service.attach(door.act(), designation_id, door.visit().found, name=name, kind=kind)
    return _kept(code, designation_id)


def _kept(code: str, designation_id: str) -> AnyResponse:
    return rendering.go_to(url_for("register.designation", code=code, designation_id=designation_id), "attached")


@attachments.post("/<code>/<designation_id>/attachments/<int:number>")
@needs(Action.READ_EVIDENCE, writes=True)
def read(code: str, designation_id: str, number: int) -> Response | str:
    designation = of_mission(door.act(), code, designation_id)
    reading = service.read(door.act(), designation_id, number)
    if reading.content is None:
        return render_template("register/attachment.html", code=code, designation=designation, reading=reading)
    return _file(reading, reading.content)


def _file(reading: Reading, content: bytes) -> Response:
    """Its name tells where it belongs, its suffix what it is."""
    one = reading.attachment
    if one.media_type is None:
        raise AssertionError("what has content has a media type")
    return to_save(content, one.media_type.value, f"{one.designation_id}-{one.number}{one.media_type.suffix}")
