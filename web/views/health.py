"""`/healthz`: the process answers. `/readyz`: it can also read its store and has a key to verify with."""

from typing import Any

from flask import Blueprint

from geo_offlimits.errors import UnverifiedError
from web import door
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
    if not door.wiring().keyring.public_keys():
        raise UnverifiedError("There is no signing key; run geo-offlimits init.")
    return {"status": "ready"}
