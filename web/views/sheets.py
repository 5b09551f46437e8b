"""`/campaigns/<code>/<campaign_id>/unit`: a unit's sheets to print, and what is signed on paper typed in by a clerk.

The page tells who has not acknowledged, so it is there for the clerk's own unit alone (decisions 039 and 040); the
sheets to print, and what comes back, are of any unit.

`campaigns/unit.html` gets `campaign`, `closed`, `unit` (a UnitStatus), `declined` (person id -> state),
`tags` (the languages of its sheets), `tag` (of the one shown), `printed` (whether anybody is on it), `people` (who has
not yet), `first` and `today` (the days that can be written) and, once entered, `report` (a SheetReport).

Form: POST `on`, `language`, `signed` (person ids), `explained_by`, `explained-<person id>` (a language), `scan` (file).
"""

from typing import Any

from flask import Blueprint, Response, render_template, request

from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, InputError, Issue, Sentence
from geo_offlimits.formats.sheet_reading import SheetReading, read_sheet
from geo_offlimits.services import packages
from geo_offlimits.services import sheets as sheet_service
from geo_offlimits.services.campaign_access import of_mission, own_unit
from geo_offlimits.services.packages import SheetForm
from geo_offlimits.services.sheets import TypedSheet
from web import bodies, door
from web.policy import needs
from web.saving import to_save
from web.views.campaigns import shown, status_of

sheets = Blueprint("sheets", __name__, url_prefix="/campaigns")
_TYPES = {
    SheetForm.CSV: "text/csv; charset=utf-8",
    SheetForm.HTML: "text/html; charset=utf-8",
    SheetForm.PDF: "application/pdf",
}
_EXPLAINED = "explained-"


@sheets.get("/<code>/<campaign_id>/unit")
@needs(Action.ENTER_ACKNOWLEDGEMENT)
def page(code: str, campaign_id: str) -> str:
    return _shown(code, campaign_id)


def _scan_sent() -> str | None:
    """SHA-256 of the photo or scan, None where none was sent."""
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        return None
    settings = door.wiring().settings
    return sheet_service.digest(sent.read(sheet_service.most_bytes(settings) + 1), settings)


@sheets.post("/<code>/<campaign_id>/unit")
@needs(
    Action.ENTER_ACKNOWLEDGEMENT,
    writes=True,
    body_kb=None,
    fields=10_000,  # two a person, on the sheet of a unit of some thousands
    costly=True,
    again="sheets.page",
    first=_scan_sent,
)
def enter(code: str, campaign_id: str) -> str:
    of_mission(door.act(), code, campaign_id)
    form = request.form
    told = {name.removeprefix(_EXPLAINED): form[name].strip() for name in form if name.startswith(_EXPLAINED)}
    explained = {person_id: language for person_id, language in told.items() if language}
    typed = TypedSheet(
        unit=request.args.get("unit", ""),
        on=bodies.day(form, "on"),
        signed=frozenset(form.getlist("signed")),
        language=form.get("language", ""),
        explained=explained if "orally" in form else {},
        explained_by=bodies.text(form, "explained_by") or "",
    )
    report = sheet_service.type_in(door.act(), campaign_id, typed, scan_sha256=door.visit().found)
    # Of another unit's sheet the clerk reads what came of it, and not who is still missing.
    again = _shown if own_unit(door.act(), code) == typed.unit else shown
    return again(code, campaign_id, report=report)


def _sheet_sent() -> tuple[SheetReading, str | None]:
    sent = request.files.get("sheet")
    if sent is None or not sent.filename:
        raise InputError(
            Sentence("No sheet was sent. Choose the filled-in CSV file or workbook."),
            Issue(field="sheet", reason=Sentence("missing")),
        )
    return read_sheet(sent.read()), _scan_sent()


@sheets.post("/<code>/<campaign_id>/sheet")
@needs(Action.ENTER_ACKNOWLEDGEMENT, writes=True, body_kb=None, costly=True, again="campaigns.page", first=_sheet_sent)
def import_(code: str, campaign_id: str) -> str:
    of_mission(door.act(), code, campaign_id)
    reading, scan_sha256 = door.visit().found
    report = sheet_service.import_sheet(door.act(), reading, campaign_id, scan_sha256=scan_sha256)
    return shown(code, campaign_id, report=report)


@sheets.get("/<code>/<campaign_id>/sheet.<any(csv, html, pdf):form>")
@needs(Action.DISTRIBUTE, costly=True)
def file(code: str, campaign_id: str, form: str) -> Response:
    """One unit's sheet to print, `?unit=…&lang=…`."""
    of_mission(door.act(), code, campaign_id)
    unit, language = request.args.get("unit", ""), request.args.get("lang", "")
    name, content = packages.sheet(door.act(), campaign_id, unit, language, SheetForm(form))
    return to_save(content, _TYPES[SheetForm(form)], name)


def _shown(code: str, campaign_id: str, **more: Any) -> str:
    status, act = status_of(code, campaign_id), door.act()
    unit = status.own
    if unit is None or unit.unit != request.args.get("unit", ""):
        raise AbsentError(
            f"{campaign_id} has this page for your own unit alone; of others, read in the sheet as a file."
        )
    waiting = {one.person_id: one for one in (*unit.outstanding, *unit.paused)}  # who is away may have signed before
    sheets_of_unit = packages.by_language(act, code, (*waiting.values(), *unit.acknowledged))
    if not sheets_of_unit:
        raise AbsentError(f"{campaign_id} asks nobody of your unit; there is nothing to sign.")
    first, today = sheet_service.days(act, campaign_id)
    tag = request.args.get("lang", "")
    tag = tag if tag in sheets_of_unit else next(iter(sheets_of_unit))
    return render_template(
        "campaigns/unit.html",
        code=code,
        campaign=status.campaign,
        declined=status.declined,
        closed=status.closed,
        unit=unit,
        tags=tuple(sheets_of_unit),
        tag=tag,
        printed=any(one.asked for one in sheets_of_unit[tag]),
        people=[one for one in sheets_of_unit[tag] if one.person_id in waiting],
        first=first,
        today=today,
        **more,
    )
