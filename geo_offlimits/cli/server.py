"""Gunicorn around the web application, configured from settings; used by `serve` and `demo --serve`.

What can be wrong is found before the server starts, and said as a sentence: a store that cannot be opened, keys that
are missing, a port in use, a certificate that does not fit its key. Behind that door only crashes are left.
"""

import errno
import gc
import logging
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from gunicorn import systemd
from gunicorn.app.base import BaseApplication

from geo_offlimits.cli.memory import keep_together
from geo_offlimits.cli.worker import WAITING, Log, Worker
from geo_offlimits.errors import InputError, RefusedError
from geo_offlimits.settings import Settings

BACKLOG = 256
# How long requests may take to finish once the server is told to stop.
GRACE_S = 10

Tls = tuple[str, str]


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types
    """One master, `settings.workers` processes; each opens the store for itself, after the fork."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings, self.options = settings, options
        self.turnstile = _web("pace").Turnstile()  # before the fork, so that all processes count together
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        web = _web()
        return web.ready(web.create_app(self.settings, turnstile=self.turnstile))

    @cached_property
    def headers(self) -> dict[str, str]:
        """What the server says itself, before the application is asked, carries the application's headers."""
        ours = _web("headers")
        encrypted = self.cfg.is_ssl or self.settings.behind_proxy
        return {**ours.SECURITY_HEADERS, **(ours.STAY_ENCRYPTED if encrypted else {})}


def _web(room: str = "") -> Any:
    """The other door, by name: the command line only starts it and shares nothing with it."""
    return import_module(f"web.{room}" if room else "web")


@dataclass(frozen=True)
class Listening:
    """An open socket, ready to be served; requests wait in it until then."""

    settings: Settings
    opened: socket.socket
    tls: Tls | None

    @property
    def address(self) -> str:
        host, port = self.opened.getsockname()[:2]
        shown = "localhost" if host in {"127.0.0.1", "::1"} else f"[{host}]" if ":" in host else host
        return f"{'https' if self.tls else 'http'}://{shown}:{port}"

    def serve_forever(self) -> None:
        """Until SIGTERM or Ctrl-C. SIGHUP renews the workers without dropping a request."""
        # Shapely and GDAL log through `logging`; without a handler their warnings would reach the terminal raw.
        logging.getLogger("fiona").setLevel(logging.ERROR)
        # What is loaded stays for good: a worker that need not look through it leaves it shared.
        gc.collect()
        gc.freeze()
        keep_together()
        Server(self.settings, self.options()).run()

    def options(self) -> dict[str, Any]:
        cert, key = self.tls or (None, None)
        return {
            "bind": f"fd://{self.opened.detach()}",
            "workers": self.settings.workers,
            "threads": WAITING,
            "worker_class": Worker,
            "logger_class": Log,
            "certfile": cert,
            "keyfile": key,
            "loglevel": "warning",
            "accesslog": None,
            "graceful_timeout": GRACE_S,
            "timeout": 60,
            "limit_request_line": 4094,
            "control_socket_disable": True,
            # What a proxy says of the visitor is read by the application, and only when the settings declare one.
            "forwarded_allow_ips": "",
        }


def listen(settings: Settings, tls: Tls | None = None) -> Listening:
    """Checks what the server needs and opens its port. Raises StoreError, RefusedError or InputError."""
    _refuse_unusable_store(settings)
    if tls:
        _refuse_unfit_certificate(tls)
    opened = handed_over() or bound(settings)
    _web()  # loaded once before the fork: the workers share the memory and start at once
    return Listening(settings, opened, tls)


def _refuse_unusable_store(settings: Settings) -> None:
    from geo_offlimits.bootstrap import wire

    wiring = wire(settings)
    try:
        wiring.keyring.public_keys()
        wiring.provider  # noqa: B018  (raises for settings that cannot be)
    finally:
        wiring.store.close()  # no open file or connection may cross the fork


def _refuse_unfit_certificate(tls: Tls) -> None:
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*tls)
    except (OSError, ValueError) as fault:
        raise InputError(
            f"The certificate {tls[0]} and key {tls[1]} do not work: {fault}. Give two PEM files that belong together."
        ) from None


def handed_over() -> socket.socket | None:
    """The socket that systemd opened for us. It stays open over a restart, and who connects meanwhile waits in it."""
    count = systemd.listen_fds()
    if count > 1:
        raise InputError(f"systemd hands over {count} sockets. Leave one ListenStream in the socket unit.")
    if not count:
        return None
    opened = socket.socket(fileno=systemd.SD_LISTEN_FDS_START)
    opened.set_inheritable(False)
    return opened


def bound(settings: Settings) -> socket.socket:
    """A listening socket of ours, so that nobody takes the port between this check and the server's start."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as fault:
        raise InputError(f"There is no address {settings.host}: {fault}. Give another with --host.") from None
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as fault:
        opened.close()
        raise RefusedError(_why_not_bound(settings, fault)) from None
    return opened


def _why_not_bound(settings: Settings, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use; stop what uses it, or give another with --port (make run PORT=…)."
    if fault.errno == errno.EACCES:
        return f"Port {settings.port} is not for this account; use one from 1024 up, behind a proxy."
    where = f"{settings.host} port {settings.port}"
    return f"The server cannot listen on {where}: {fault.strerror}. Give an address of this machine with --host."
