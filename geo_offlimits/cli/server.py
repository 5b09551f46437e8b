"""Gunicorn around the web application, configured from settings; used by `serve` and `demo --serve`."""

import logging
from importlib import import_module
from typing import Any

from gunicorn.app.base import BaseApplication

from geo_offlimits.settings import Settings

THREADS = 4


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types
    """One master, `settings.workers` processes; each opens the store for itself, after the fork."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings, self.options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return _web().create_app(self.settings)


def _web() -> Any:
    """The other door, by name: the command line only starts it and shares nothing with it."""
    return import_module("web")


def serve_forever(settings: Settings, *, tls_cert: str | None = None, tls_key: str | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C. SIGHUP reloads the workers without dropping a request."""
    _web()  # loaded once before the fork: the workers share the memory and start at once
    # Shapely and GDAL log through `logging`; without a handler their warnings would reach the terminal raw.
    logging.getLogger("fiona").setLevel(logging.ERROR)
    options = {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "certfile": tls_cert,
        "keyfile": tls_key,
        "loglevel": "warning",
        "accesslog": None,
        "graceful_timeout": 10,
        "timeout": 60,
        "limit_request_line": 4094,
        "control_socket_disable": True,
    }
    Server(settings, options).run()
