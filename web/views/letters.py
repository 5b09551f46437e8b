"""`/register/<code>/<id>/letter` and `…/notice`: the letter to an owner and the public notice, to be printed.

`register/paper.html` gets `sheet` (the paper as safe HTML), `title`, `is_letter`, `tags` (the languages it exists in)
and `tag` (the one it is in).
"""

from flask import Blueprint, render_template, request

from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError
from geo_offlimits.formats.letter import Letter, Paper, sheet, title
from geo_offlimits.services import letters as service
from geo_offlimits.services import missions
from web import door, language
from web.policy import needs

letters = Blueprint("letters", __name__, url_prefix="/register")


@letters.get("/<code>/<designation_id>/letter")
@needs(Action.READ_REGISTER)
def letter(code: str, designation_id: str) -> str:
    return _page(code, designation_id, service.letter(door.act(), designation_id))


@letters.get("/<code>/<designation_id>/notice")
@needs(Action.READ_REGISTER)
def notice(code: str, designation_id: str) -> str:
    return _page(code, designation_id, service.public_notice(door.act(), door.wiring().shelf, designation_id))


def _page(code: str, designation_id: str, paper: Paper) -> str:
    if paper.mission.code != code:
        raise AbsentError(f"{designation_id} is not of {code}; open it under its own mission.")
    tag = service.language_of(paper.mission, request.args.get("lang"))
    return render_template(
        "register/paper.html",
        code=code,
        designation_id=designation_id,
        sheet=sheet(paper, language=tag, translate=language.words(tag).gettext),
        title=title(paper, language.gettext),
        is_letter=isinstance(paper, Letter),
        tags=missions.languages(paper.mission),
        tag=tag,
    )
