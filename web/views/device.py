"""`/device`: the look-up page as it lies on a device, and what puts it there. Its shell holds no list and no person.

1. `/device`, `/device/map.js`, `/sw.js` and `/manifest.webmanifest` answer anybody: they are the same for everybody in
   a language. The list comes from the device's own store (`static/device`), never from an answer of these.
2. `/device/keep` issues the tokens by which the device fetches lists (services.devices). They stand in that one answer,
   for the script that keeps them, and are shown nowhere.

`device.html` extends `lookup.html`. `keep.html` gets `sealed`, `sealing` and, after its form, `enrolment`.
"""

import json
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.services import devices as service
from geo_offlimits.services.devices import Kept
from web import assets, door, frame, offline
from web.policy import needs, public

device = Blueprint("device", __name__)
_ASK_AGAIN = "private, no-cache"  # the language is the visitor's
_YEAR = "private, max-age=31536000, immutable"


@device.get("/device")
@public()
def page() -> Response:
    parts = frame.device_parts()
    layers = shipped.manifest()
    text = render_template(
        "device.html",
        mission=None,
        person=None,
        csrf_token=str,
        parts=parts,
        map_script=offline.map_script(),
        edition=None,
        stale=False,
        flag_kinds=tuple(FlagKind),
        venues=tuple(VenueKind),
        categories=tuple(PersonnelCategory),
        credit=layers.credit,
        note=layers.note,
        answer_words=offline.answer_words(),
        name_scripts=offline.name_scripts(),
        match_score=door.wiring().settings.name_match_score,
        scripts=assets.look_up_scripts(parts.scripts),
        door_m=door.wiring().settings.door_m,
        radius_m=door.wiring().settings.radius_m,
    )
    return _for_anybody(text, "text/html; charset=utf-8", _ASK_AGAIN)


@device.get("/device/map.js")
@public()
def script() -> Response:
    text = frame.device_parts().script
    same = request.args.get("v") == frame.fingerprint(text)
    return _for_anybody(text, "text/javascript; charset=utf-8", _YEAR if same else _ASK_AGAIN)


@device.get("/sw.js")
@public()
def worker() -> Response:
    """The service worker, with the addresses of the shell in this language: other addresses make it another worker."""
    shell = json.dumps({"name": offline.fingerprint(), "addresses": offline.shell()})
    text = f"const SHELL = {shell};\n{assets.files()['device/worker.js'].content.decode()}"
    answer = _for_anybody(text, "text/javascript; charset=utf-8", _ASK_AGAIN)
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@device.get("/manifest.webmanifest")
@public()
def manifest() -> Response:
    return _for_anybody(json.dumps(offline.manifest(), ensure_ascii=False), "application/manifest+json", _ASK_AGAIN)


@device.get("/device/keep")
@needs(Action.HOLD_TOKEN)
def keep() -> str:
    return _keep(None)


@device.post("/device/keep")
@needs(Action.HOLD_TOKEN, writes=True, again="device.keep")
def enrol() -> str:
    kept = service.enrol(door.act(), door.code())
    return _keep([_told(one) for one in kept])


def _keep(missions: list[dict[str, Any]] | None) -> str:
    act, code = door.act(), door.code()
    sealed, settings = service.is_sealed(act, code), door.wiring().settings
    enrolment = missions and {
        "missions": missions,
        "person": act.person_id,
        "personnel": act.require_actor().person.category.value,
        "sealed": sealed,
        "idle_minutes": settings.device_idle_minutes,
        "tries": settings.device_tries,
        "door_m": settings.door_m,
        "radius_m": settings.radius_m,
        "keys": [key.as_json() for key in door.wiring().keyring.public_keys()],
    }
    return render_template("keep.html", code=code, sealed=sealed, settings=settings, enrolment=enrolment)


def _told(kept: Kept) -> dict[str, Any]:
    """What the device keeps of one mission; never shown."""
    code, token = kept.mission.code, kept.issued.token
    return {
        "code": code,
        "name": kept.mission.name,
        "recognises": list(kept.mission.recognises),
        "token": kept.issued.text,
        "token_id": token.token_id,
        "expires_at": format_instant(token.expires_at),
        "edition_url": url_for("api.edition", code=code, number="current"),
        "basemap_url": url_for("tiles.basemap", code=code),
        "flag_url": url_for("api.propose", code=code),
        "said_url": url_for("acknowledgement_api.mine", code=code),
    }


def _for_anybody(text: str, kind: str, cached: str) -> Response:
    answer = Response(text, content_type=kind)
    answer.headers["Cache-Control"] = cached
    answer.vary.update(("Accept-Encoding", "Accept-Language", "Cookie"))
    return answer
