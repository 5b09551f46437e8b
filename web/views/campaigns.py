"""`/campaigns/…`: managers distribute an edition and see, by unit, who has acknowledged it and who has not."""

import io
import zipfile
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError
from geo_offlimits.services import campaigns as service
from geo_offlimits.services import outbox, packages
from geo_offlimits.services.campaigns import CampaignStatus
from web import bodies, door, reading, rendering
from web.policy import needs

campaigns = Blueprint("campaigns", __name__, url_prefix="/campaigns")
# Entries of a ZIP carry a time; a fixed one makes the same package the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@campaigns.get("/")
@needs(Action.READ_CAMPAIGN)
def start() -> AnyResponse:
    return redirect(url_for(".index", code=door.code()), 303)


@campaigns.get("/<code>/")
@needs(Action.READ_CAMPAIGN)
def index(code: str) -> str:
    return render_template(
        "campaigns/index.html",
        code=code,
        statuses=service.statuses(door.act(), code),
        newest=reading.newest(code),
    )


@campaigns.post("/<code>/")
@needs(Action.DISTRIBUTE, writes=True, again="campaigns.index")
def open_campaign(code: str) -> AnyResponse:
    opened = service.distribute(door.act(), code, "current", deadline=bodies.day(request.form, "deadline"))
    return rendering.go_to(url_for(".page", code=code, campaign_id=opened.campaign_id), "campaign_opened")


@campaigns.get("/<code>/<campaign_id>")
@needs(Action.READ_CAMPAIGN)
def page(code: str, campaign_id: str) -> str:
    return shown(code, campaign_id)


@campaigns.get("/<code>/<campaign_id>/package.zip")
@needs(Action.DISTRIBUTE, costly=True)
def package(code: str, campaign_id: str) -> Response:
    """The list for the notice board and for devices, and one sheet a unit, as one file."""
    of_mission(code, campaign_id)
    files = packages.files(door.act(), campaign_id, door.wiring().keyring)
    answer = Response(_zipped(files), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{campaign_id}.zip"'
    return answer


@campaigns.post("/<code>/<campaign_id>/close")
@needs(Action.DISTRIBUTE, writes=True, again="campaigns.page")
def close(code: str, campaign_id: str) -> AnyResponse:
    of_mission(code, campaign_id)
    service.close(door.act(), campaign_id)
    return rendering.go_to(url_for(".page", code=code, campaign_id=campaign_id), "campaign_closed")


def shown(code: str, campaign_id: str, **more: Any) -> str:
    """The page of a campaign."""
    status, mailing = of_mission(code, campaign_id), outbox.of_campaign(door.act(), campaign_id)
    return render_template("campaigns/campaign.html", code=code, status=status, mailing=mailing, **more)


def of_mission(code: str, campaign_id: str) -> CampaignStatus:
    """Raises AbsentError for a campaign of another mission."""
    found = service.status(door.act(), campaign_id)
    if found.campaign.mission != code:
        raise AbsentError(f"{campaign_id} is not of {code}; open it under its own mission.")
    return found


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
