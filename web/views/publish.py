"""`/register/<code>/publish`: what the next edition would change, and its publication.

What a head confirms is what they saw: the form carries a fingerprint of the preview, and a register that has changed
since is shown again instead of being published.
"""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from geo_offlimits.domain.campaign import CampaignKind
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.services import editions, publishing
from web import door, reading, rendering
from web.policy import needs

publish = Blueprint("publish", __name__, url_prefix="/register")
_LONGEST_DAYS = 366


@publish.get("/<code>/publish")
@needs(Action.PUBLISH, costly=True)
def preview(code: str) -> str:
    found = editions.preview(door.act(), code)
    settings = door.wiring().settings
    return render_template(
        "register/publish.html",
        code=code,
        preview=found,
        seen=found.fingerprint,
        newest=reading.newest(code),
        days=settings.expires_in_days,
        removal_share=settings.removal_share,
    )


@publish.post("/<code>/publish")
@needs(Action.PUBLISH, writes=True, costly=True, again="publish.preview")
def confirm(code: str) -> Response:
    form = request.form
    published = publishing.publish(
        door.act(),
        door.wiring().keyring,
        code,
        expires_in=_expires_in(form.get("days", "")),
        renew="renew" in form,
        confirm_removals="confirm_removals" in form,
        confirm_empty="confirm_empty" in form,
        seen=form.get("seen", ""),
    )
    told = "published"
    if published.campaign:
        told = "published_and_asked" if published.campaign.kind is CampaignKind.ASKS else "published_and_informed"
    return rendering.go_to(url_for("editions.page", code=code, number="current"), told)


def _expires_in(days: str) -> timedelta:
    if not days.isascii() or not days.isdigit() or not 0 < int(days) <= _LONGEST_DAYS:
        issue = Issue(field="days", reason=Sentence("not 1 to {most}", most=_LONGEST_DAYS), value=days[:20])
        raise InputError(
            Sentence("An edition is current for 1 to {most} days. Give a whole number of days.", most=_LONGEST_DAYS),
            issue,
        )
    return timedelta(days=int(days))
