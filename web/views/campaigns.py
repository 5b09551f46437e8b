"""`/campaigns/…`: managers distribute an edition and see, by unit, who has acknowledged it and who has not."""

import io
import zipfile
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.campaign import Audience
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.formats.campaign_words import audience_words
from geo_offlimits.services import campaigns as service
from geo_offlimits.services import escalating, outbox, packages
from geo_offlimits.services.campaign_access import of_mission
from geo_offlimits.services.campaigns import CampaignStatus
from web import bodies, door, language, reading, rendering
from web.policy import needs
from web.saving import to_save

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
    headers = service.headers(door.act(), code)
    may_open = door.act().may(Action.DISTRIBUTE, code)
    return render_template(
        "campaigns/index.html",
        code=code,
        latest=service.status(door.act(), headers[0].campaign_id) if headers else None,
        others=headers[1:],
        newest=reading.newest(code),
        choices=service.choices(door.act(), code) if may_open else {},
        categories=list(PersonnelCategory),
        mails=bool(door.wiring().settings.smtp_host),
    )


@campaigns.post("/<code>/")
@needs(Action.DISTRIBUTE, writes=True, again="campaigns.index")
def open_campaign(code: str) -> AnyResponse:
    form = request.form
    # What a select offers and nobody chose is not sent; what is sent empty is no choice.
    chosen = {name: list(filter(None, form.getlist(name))) for name in ("units", "categories", "sectors", "languages")}
    audience, deadline = _audience(chosen), bodies.day(form, "deadline")
    if "mail" in form and door.wiring().settings.smtp_host:
        opened = outbox.distribute(door.act(), code, "current", deadline, audience)
    else:
        opened = service.distribute(door.act(), code, "current", deadline, audience)
    return rendering.go_to(url_for(".page", code=code, campaign_id=opened.campaign_id), "campaign_opened")


def _audience(chosen: dict[str, list[str]]) -> Audience:
    categories = bodies.members(chosen, "categories", PersonnelCategory)
    return Audience.of_json(chosen | {"categories": categories})


@campaigns.get("/<code>/<campaign_id>")
@needs(Action.READ_CAMPAIGN)
def page(code: str, campaign_id: str) -> str:
    return shown(code, campaign_id)


@campaigns.get("/<code>/<campaign_id>/package.zip")
@needs(Action.DISTRIBUTE, costly=True)
def package(code: str, campaign_id: str) -> Response:
    """The list for the notice board and for devices, and one sheet a unit, as one file."""
    of_mission(door.act(), code, campaign_id)
    files = packages.files(door.act(), campaign_id, door.wiring().keyring)
    return to_save(_zipped(files), "application/zip", f"{code}-{campaign_id}.zip")


@campaigns.post("/<code>/<campaign_id>/close")
@needs(Action.DISTRIBUTE, writes=True, again="campaigns.page")
def close(code: str, campaign_id: str) -> AnyResponse:
    of_mission(door.act(), code, campaign_id)
    service.close(door.act(), campaign_id)
    return rendering.go_to(url_for(".page", code=code, campaign_id=campaign_id), "campaign_closed")


@campaigns.post("/<code>/<campaign_id>/remind")
@needs(Action.DISTRIBUTE, writes=True, again="campaigns.page")
def remind(code: str, campaign_id: str) -> AnyResponse:
    of_mission(door.act(), code, campaign_id)
    escalating.remind(door.act(), campaign_id)
    return rendering.go_to(url_for(".page", code=code, campaign_id=campaign_id), "campaign_reminded")


def shown(code: str, campaign_id: str, **more: Any) -> str:
    status, mailing = status_of(code, campaign_id), outbox.of_campaign(door.act(), campaign_id)
    hands_out = not status.closed and door.act().may(Action.DISTRIBUTE, code)
    return render_template(
        "campaigns/campaign.html",
        code=code,
        status=status,
        sheets=packages.offered(door.act(), campaign_id) if hands_out else {},
        mailing=mailing,
        audience=audience_words(status.campaign.audience, language.gettext),
        mails=bool(door.wiring().settings.smtp_host),
        **more,
    )


def status_of(code: str, campaign_id: str) -> CampaignStatus:
    """Raises AbsentError for a campaign of another mission."""
    of_mission(door.act(), code, campaign_id)
    return service.status(door.act(), campaign_id)


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
