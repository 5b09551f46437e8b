"""A site whose server can be stopped and started again, and a device that keeps its list."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from geo_offlimits.services import editions
from geo_offlimits.services.act import Act
from tests import proving
from tests.browser.conftest import LISTINGS, Reader, Site, Watched, served
from web import create_app

# What the browser notes where nobody listens any more: on a new connection, on an idle one, on one cut at that moment.
GONE = ("ERR_CONNECTION_REFUSED", "ERR_SOCKET_NOT_CONNECTED", "ERR_CONNECTION_RESET")


@dataclass
class Field:
    """The site and somebody in the field with a device. `asked` are the addresses that the device sent requests to."""

    site: Site
    reader: Reader
    asked: list[str] = field(default_factory=list)

    def stop(self) -> None:
        self.site.server.shutdown()
        self.site.server.server_close()

    @contextmanager
    def gone(self) -> Iterator[None]:
        """The server's process is stopped; afterwards another one listens at the same place."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        old: Any = self.site.server
        again = make_server(
            "127.0.0.1",
            old.port,
            create_app(wiring=self.site.wiring),
            threaded=True,
            request_handler=old.RequestHandlerClass,
        )
        object.__setattr__(self.site, "server", again)
        threading.Thread(target=again.serve_forever, args=(0.02,), daemon=True).start()

    def enrolled(self, **options: Any) -> Page:
        """A device that has just been given the list, on its own page."""
        page = self.reader.page(**({"standing": (6, 0)} | options))
        page.on(
            "request", lambda request: self.asked.append(f"{request.method} {request.url.removeprefix(self.site.url)}")
        )
        page.goto("/device/keep")
        page.locator("main form.panel button.primary").click()
        return page

    def kept(self, **options: Any) -> Page:
        page = self.enrolled(**options)
        page.wait_for_url("**/device")
        return self.opened(page)

    def beside(self, page: Page) -> Page:
        """Another tab of the same device."""
        other = page.context.new_page()
        self.reader.watch(other)
        return self.again(other)

    def again(self, page: Page) -> Page:
        """The page as whoever opens it anew sees it."""
        page.goto("/device")
        return self.opened(page)

    def opened(self, page: Page) -> Page:
        page.wait_for_selector("html[data-open] .folium-map[data-ready]")
        expect(page.locator("#standing")).to_be_visible()
        return page

    def online(self, page: Page) -> None:
        page.evaluate("dispatchEvent(new Event('online'))")

    def head(self, act: Act) -> Act:
        return act.by(proving.actor(act, "p-head"))

    def publish(self) -> None:
        with self.site.wiring.writing() as act:
            editions.publish(self.head(act), self.site.wiring.keyring, "ISLE", expires_in=timedelta(days=30))

    def excuse(self, *what: str) -> None:
        """The browser notes what a test asked for; anything else stays a complaint."""
        left = [one for one in self.reader.watched.complaints if not any(part in one for part in what)]
        self.reader.watched.complaints[:] = left


def without_a_list(page: Page) -> None:
    """It is said once, with what to do, and neither a map nor a search stands there as if it could answer."""
    expect(page.get_by_role("heading")).to_have_text(["There is no list on this device."])
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_have_attribute("href", "/device/keep")
    for other in (".folium-map", "#search", "#check-here", ".offlimits-notice", ".notice"):
        expect(page.locator(other).locator("visible=true")).to_have_count(0)


@contextmanager
def in_the_field(browser: Any, folder: Path, **chosen: Any) -> Iterator[Field]:
    sites = served(folder, LISTINGS, **chosen)
    site = next(sites)
    reader = Reader(browser, site, Watched())
    found = Field(site, reader)
    try:
        yield found
        found.excuse(*GONE)
        assert reader.watched.complaints == [], "\n".join(reader.watched.complaints)
        assert reader.watched.foreign == []
    finally:
        for context in reader.contexts:
            context.close()
        next(sites, None)
