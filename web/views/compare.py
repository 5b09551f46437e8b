"""`/register/<code>/compare`: what was in force at two times, as a table and side by side on a map.

`at` and `known_at` ask for the first time, `and_at` and `and_known_at` for the second, on the mission's own clocks;
one that is left open is now. `register/compare.html` gets `comparison` and, where something is asked, `parts` of the
map and the address of its script.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.people import Action
from geo_offlimits.formats.edition import feature_collection
from geo_offlimits.frame import PageParts
from geo_offlimits.services import comparing as service
from geo_offlimits.services import missions
from geo_offlimits.services.comparing import TwoTimes
from web import bodies, door, frame, reading, vocabulary
from web.policy import needs

compare = Blueprint("compare", __name__, url_prefix="/register")
FIRST, SECOND = ("at", "known_at"), ("and_at", "and_known_at")


@compare.get("/<code>/compare")
@needs(Action.READ_REGISTER, costly=True)
def page(code: str) -> str:
    mission = missions.mission(door.act(), code)
    first, second = _asked(mission)
    shown: dict[str, Any] = {}
    if any(request.args.get(name) for name in FIRST + SECOND):
        parts = _map(mission)
        shown = {
            "parts": parts,
            "map_script": url_for(".script", code=code, v=frame.fingerprint(parts.script), **_query()),
            "comparison": service.compare(door.act(), code, first, second),
        }
    return render_template(
        "register/compare.html",
        code=code,
        timezone=mission.timezone,
        changed=vocabulary.changed,
        asked=request.args,
        **shown,
    )


@compare.get("/<code>/compare.js")
@needs(Action.READ_REGISTER)
def script(code: str) -> Response:
    """The script that Folium made: addresses, times and words of the catalogue, no list."""
    mission = missions.mission(door.act(), code)
    _asked(mission)  # a time that is none is refused here as on the page
    text = _map(mission).script
    return Response(text, content_type="text/javascript; charset=utf-8")


@compare.get("/<code>/held.json")
@needs(Action.READ_REGISTER, costly=True)
def held(code: str) -> Response:
    """What was in force at one time, in the form of an edition's entries. Nothing restricted is on it."""
    zone = missions.mission(door.act(), code).timezone
    times = TwoTimes(at=_time("at", zone), known_at=_time("known_at", zone))
    return jsonify(feature_collection(service.entries(door.act(), code, times)))


def _asked(mission: Mission) -> tuple[TwoTimes, TwoTimes]:
    zone = mission.timezone
    at, known_at, and_at, and_known_at = (_time(name, zone) for name in FIRST + SECOND)
    return TwoTimes(at=at, known_at=known_at), TwoTimes(at=and_at, known_at=and_known_at)


def _time(name: str, zone: str) -> datetime | None:
    return bodies.wall_time(request.args, name, zone)


def _query() -> dict[str, Any]:
    return {name: request.args.get(name) or None for name in FIRST + SECOND}


def _map(mission: Mission) -> PageParts:
    newest = reading.newest(mission.code)
    return frame.compared(
        mission,
        first_url=_held_url(mission.code, FIRST),
        second_url=_held_url(mission.code, SECOND),
        boundaries_url=url_for("api.edition", code=mission.code, number="current") if newest else None,
    )


def _held_url(code: str, names: tuple[str, str]) -> str:
    asked: dict[str, Any] = {plain: request.args.get(name) or None for plain, name in zip(FIRST, names, strict=True)}
    return url_for(".held", code=code, **asked)
