"""For probes. `/healthz`: the process answers. `/readyz`: it can serve and record. `/metrics`: figures.

Metrics are for this machine, and for a token that is for them. Who asks from elsewhere finds nothing there, as with
anything else that is not theirs.
"""

from typing import Any

from flask import Blueprint, Response

from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.formats import exposition
from geo_offlimits.services import figures, readiness
from web import door, hosts
from web.policy import public

health = Blueprint("health", __name__)


@health.get("/healthz")
@public(store=False)
def alive() -> dict[str, Any]:
    return {"status": "alive"}


@health.get("/readyz")
@public()
def ready() -> dict[str, Any]:
    # The door has already read the store; a failure there is its 503.
    readiness.refuse_unready(door.act(), door.wiring().store)
    return {"status": "ready"}


@health.get("/metrics")
@public(token=Purpose.METRICS)
def metrics() -> Response:
    by_token = door.visit().by_token
    if by_token is None:
        hosts.refuse_other_machines(behind_proxy=door.wiring().settings.behind_proxy)
    found = figures.figures(door.act(), by_token.token.mission if by_token else None)
    return Response(exposition.written(found), content_type=exposition.CONTENT_TYPE)
