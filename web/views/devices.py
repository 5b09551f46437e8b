"""`/register/<code>/devices`: which are behind.

`register/devices.html` gets `devices`, `newest`, and how many are `behind` and `without` any list.
"""

from flask import Blueprint, render_template

from geo_offlimits.domain.people import Action
from geo_offlimits.services import devices as service
from web import door, reading
from web.policy import needs

devices = Blueprint("devices", __name__, url_prefix="/register")


@devices.get("/<code>/devices")
@needs(Action.READ_DEVICES)
def page(code: str) -> str:
    found = service.of_mission(door.act(), code)
    return render_template(
        "register/devices.html",
        code=code,
        devices=found,
        behind=sum(bool(one.behind) for one in found),
        without=sum(one.behind is None for one in found),
        newest=reading.newest(code),
    )
