"""The web application: pages and API over the services. `gunicorn "web:create_app()"` serves it."""

from contextlib import suppress

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from geo_offlimits import settings as settings_room
from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.errors import OfflimitsError
from geo_offlimits.services import shelf
from geo_offlimits.settings import Settings
from web import compression, door, errors, headers, hosts, journal, rendering
from web.pace import Turnstile
from web.views import BLUEPRINTS


def create_app(
    settings: Settings | None = None, wiring: Wiring | None = None, turnstile: Turnstile | None = None
) -> Flask:
    """The application. Without arguments it reads `GEO_OFFLIMITS_*` from the environment.

    `turnstile` is what the processes of one server share; without it, this application counts for itself.

    Raises UndeclaredRouteError when a route has no permission, StoreError when the store cannot be used,
    InputError for settings that cannot be.
    """
    wiring = wiring or wire(settings or settings_room.load())
    wiring.provider  # noqa: B018  (raises for settings that cannot be)
    app = Flask(__name__, static_folder=None)
    app.extensions[door.EXTENSION] = wiring
    app.extensions[door.TURNSTILE] = turnstile or Turnstile()
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.after_request(_finished)
    hosts.install(app)
    headers.install(app)
    rendering.install(app)
    errors.install(app)
    door.install(app)
    if wiring.settings.request_log:
        journal.install(app, wiring.clock)
    if wiring.settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def ready(app: Flask) -> Flask:
    """The application with the lists open that are asked first. What keeps them shut is told to who asks."""
    wiring: Wiring = app.extensions[door.EXTENSION]
    with suppress(OfflimitsError), wiring.reading() as act:
        shelf.open_current(act, wiring.shelf)
    return app


def _finished(response: Response) -> Response:
    """Every answer on its way out, errors too."""
    return headers.keep_private(compression.compress(rendering.keep_cookies(response)))
