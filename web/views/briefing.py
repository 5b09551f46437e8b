"""`/campaigns/<code>/briefing`: the sheet for the monthly talk to a unit, to be printed, and as PDF."""

from flask import Blueprint, Response, render_template, request

from geo_offlimits.domain.people import Action
from geo_offlimits.formats import briefing as sheets
from geo_offlimits.formats.pdf import typeset
from geo_offlimits.services import briefing as service
from geo_offlimits.services import missions
from geo_offlimits.services.letters import language_of
from web import bodies, door, language
from web.policy import needs
from web.saving import to_save

briefing = Blueprint("briefing", __name__, url_prefix="/campaigns")


@briefing.get("/<code>/briefing")
@needs(Action.READ_CAMPAIGN)
def page(code: str) -> str:
    told, tag = _told(code), _tag(code)
    return render_template(
        "campaigns/briefing.html",
        code=code,
        sheet=sheets.sheet(told, language=tag, translate=language.words(tag).gettext),
        tags=missions.languages(told.mission),
        tag=tag,
        asked={name: value for name in ("unit", "since") if (value := request.args.get(name))},
    )


@briefing.get("/<code>/briefing.pdf")
@needs(Action.READ_CAMPAIGN, costly=True)
def as_pdf(code: str) -> Response:
    told, tag = _told(code), _tag(code)
    made = typeset(sheets.page(told, language=tag, translate=language.words(tag).gettext))
    return to_save(made, "application/pdf", f"{code}-briefing-{told.edition.number}.pdf")


def _told(code: str) -> sheets.Briefing:
    unit, since = request.args.get("unit") or None, bodies.day(request.args, "since")
    return service.briefing(door.act(), door.wiring().shelf, code, unit=unit, since=since)


def _tag(code: str) -> str:
    """The wished language, else the visitor's where the mission has it, else its first."""
    mission = missions.mission(door.act(), code)
    own = language.current()
    return language_of(mission, request.args.get("lang") or (own if own in missions.languages(mission) else None))
