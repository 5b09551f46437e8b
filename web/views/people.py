"""`/people/…`: administrators see who is in the mission, and land a personnel list once they have read its report.

- `people/index.html` gets `code`, `people` of one page, `total`, `page`, `pages`; `waiting`, how many cannot sign in
- `people/report.html` gets `code`, `report`, `meant`, what was said to be meant, `name` and `content`, the file, packed
  as text: it comes back with the form, so that what was told is what lands and no list of people lies about here
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.formats.files import LIMITS
from geo_offlimits.services import account_opening, personnel
from geo_offlimits.services import people as service
from geo_offlimits.services.personnel import Meant, PersonnelList
from web import bodies, door, paging, rendering
from web.policy import needs

people = Blueprint("people", __name__, url_prefix="/people")
# Packed, a list of 20,000 people is half a megabyte, a workbook one and a half.
_FORM_KB = 16 * 1024


@people.get("/")
@needs(Action.MANAGE_PEOPLE)
def start() -> Response:
    return redirect(url_for(".index", code=door.code()), 303)


@people.get("/<code>/")
@needs(Action.MANAGE_PEOPLE)
def index(code: str) -> str:
    found = service.of_mission(door.act(), code)
    (shown,), page, pages = paging.paged(found)
    return render_template(
        "people/index.html",
        code=code,
        people=shown,
        total=len(found),
        waiting=len(account_opening.waiting(door.act(), code)),
        page=page,
        pages=pages,
        sent=request.form,
    )


@people.post("/<code>/report")
@needs(Action.MANAGE_PEOPLE, body_kb=None, costly=True, again="people.index")
def report(code: str) -> str:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise _no_file()
    name, content = sent.filename, sent.read(LIMITS.bytes + 1)
    told = personnel.report(door.act(), code, personnel.read_list((name, content)), _meant())
    packed = urlsafe_b64encode(zlib.compress(content)).decode()
    return render_template("people/report.html", code=code, report=told, meant=_meant(), name=name, content=packed)


def _list_sent() -> PersonnelList:
    """The file that was reported on, as it came back with the form."""
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(urlsafe_b64decode(request.form.get("content", "")), LIMITS.bytes + 1)
    except (ValueError, zlib.error):
        raise _no_file() from None
    name = bodies.text(request.form, "name", required=True) or ""
    return personnel.read_list((name, content))


@people.post("/<code>/land")
@needs(
    Action.MANAGE_PEOPLE,
    writes=True,
    body_kb=None,
    form_kb=_FORM_KB,
    costly=True,
    again="people.index",
    first=_list_sent,
)
def land(code: str) -> Response:
    told = bodies.text(request.form, "report", required=True) or ""
    personnel.commit(door.act(), code, door.visit().found, _meant(), told=told)
    return rendering.go_to(url_for(".index", code=code), "people_listed")


def _meant() -> Meant:
    return Meant(
        depart_absent="depart_absent" in request.form,
        change_category="change_category" in request.form,
    )


def _no_file() -> InputError:
    return InputError(
        Sentence("No list was sent. Choose a CSV or XLSX file."), Issue(field="file", reason=Sentence("missing"))
    )
