"""`/campaigns/<code>/<campaign>/completion` and `/campaigns/<code>/quarter`: how far campaigns have come.

`campaigns/completion.html` gets `campaign`, `whole` (all of them), `found` (a Completion, as filtered), `chart` (the
trend), `editions`, and what may be chosen; `campaigns/quarter.html` gets `report` (a `services.quarter.Report`).
"""

from flask import Blueprint, Response, render_template, request

from geo_offlimits.domain.completion import Completion
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.formats import figures_file
from geo_offlimits.services import completion as service
from geo_offlimits.services import quarter as quarters
from web import bodies, door, language
from web.charts import trend_chart
from web.policy import needs
from web.saving import to_save
from web.views.campaigns import status_of

completion = Blueprint("completion", __name__, url_prefix="/campaigns")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_QUARTERS = 8


@completion.get("/<code>/<campaign_id>/completion")
@needs(Action.READ_CAMPAIGN)
def page(code: str, campaign_id: str) -> str:
    status = status_of(code, campaign_id)
    found = _chosen(status.completion)
    return render_template(
        "campaigns/completion.html",
        code=code,
        campaign=status.campaign,
        whole=status.completion,
        found=found,
        chart=trend_chart(found),
        editions=service.editions(door.act(), code),
        categories=[one for one in status.completion.categories() if one],
        sectors=[one for one in status.completion.sectors() if one],
    )


@completion.get("/<code>/<campaign_id>/completion.csv")
@needs(Action.READ_CAMPAIGN)
def as_csv(code: str, campaign_id: str) -> Response:
    headings, rows = _table(code, campaign_id)
    return to_save(figures_file.as_csv(headings, rows), "text/csv; charset=utf-8", f"{code}-{campaign_id}.csv")


@completion.get("/<code>/<campaign_id>/completion.xlsx")
@needs(Action.READ_CAMPAIGN)
def as_workbook(code: str, campaign_id: str) -> Response:
    headings, rows = _table(code, campaign_id)
    _ = language.gettext
    facts = [
        f"{code} · {campaign_id}",
        _("Of other units, numbers under five are told as a range, and groups under five are left out."),
    ]
    made = figures_file.as_workbook(_("Figures"), _("About the figures"), headings, rows, facts)
    return to_save(made, _XLSX, f"{code}-{campaign_id}.xlsx")


@completion.get("/<code>/quarter")
@needs(Action.READ_CAMPAIGN)
def quarter(code: str) -> str:
    act = door.act()
    asked, offered = request.args.get("quarter"), quarters.latest(act, code, _QUARTERS)
    return render_template(
        "campaigns/quarter.html",
        code=code,
        report=quarters.report(act, code, quarters.quarter(asked) if asked else offered[0]),
        quarters=[one.name for one in offered],
    )


def _chosen(found: Completion) -> Completion:
    """As the address asks. Raises InputError for another word than a category."""
    asked = {name: [value] for name in ("category",) if (value := request.args.get(name))}
    categories = bodies.members(asked, "category", PersonnelCategory) if asked else []
    return found.only(category=categories[0] if categories else None, sector=request.args.get("sector") or None)


def _table(code: str, campaign_id: str) -> tuple[list[str], list[list[str | int]]]:
    found = _chosen(status_of(code, campaign_id).completion)
    editions = [(one.campaign.edition_number, one.figures) for one in service.editions(door.act(), code)]
    rows = list(figures_file.rows(found, editions, language.gettext))
    return [language.gettext(heading) for heading in figures_file.HEADINGS], rows
