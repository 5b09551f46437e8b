"""The camera: a page on a phone and on a desktop, in light and dark, in either direction of writing.

A picture that is there already is kept where hardly anything differs: fingerprints and ids are made anew with every
demonstration, and would otherwise change every file.
"""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, sync_playwright

from screens.sites import Site

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
_QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--font-render-hinting=none")
_TALLEST = {"phone": 1440, "desktop": 1000}
_QUALITY = 40
# A pixel differs from here on (of 255); fewer than so many of a thousand are no new picture.
_TELLS, _PER_MILLE = 48, 3
_STANDING: Geolocation = {"latitude": -31.65813, "longitude": -15.90628, "accuracy": 5}


@dataclass(frozen=True)
class Look:
    """One way of looking at a page."""

    screen: Literal["phone", "desktop"]
    scheme: Literal["light", "dark"] = "light"
    direction: Literal["ltr", "rtl"] = "ltr"

    @property
    def name(self) -> str:
        parts = [self.screen, *([self.scheme] if self.scheme == "dark" else [])]
        return "-".join([*parts, *([self.direction] if self.direction == "rtl" else [])])

    @property
    def size(self) -> tuple[int, int]:
        return (360, 740) if self.screen == "phone" else (1280, 800)


PHONE, DESKTOP = Look("phone"), Look("desktop")
PHONE_DARK, DESKTOP_DARK = Look("phone", "dark"), Look("desktop", "dark")
PHONE_RTL, DESKTOP_RTL = Look("phone", "light", "rtl"), Look("desktop", "light", "rtl")
DARK_RTL = Look("phone", "dark", "rtl")


@dataclass
class Camera:
    """`page(site, who)` is the one page of a person on a site, signed in; `None` is a visitor.

    `device` names one of their devices that keeps something by itself; what it keeps, no other page has.
    """

    browser: Browser
    folder: Path
    contexts: dict[tuple[str, str | None, str], BrowserContext] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    @contextmanager
    def page(self, site: Site, who: str | None, device: str = "") -> Iterator[Page]:
        context = self.contexts.get((site.name, who, device)) or self._arrives(site, who)
        self.contexts[site.name, who, device] = context
        if who is None:
            context.clear_cookies()  # whoever signed in there in an earlier picture is no visitor
        page = context.new_page()
        page.set_default_timeout(8000)
        page.clock.set_fixed_time(site.now)
        turn(page, PHONE)
        try:
            yield page
        finally:
            page.close()

    def shoot(self, page: Page, name: str, look: Look, begins: str = "") -> None:
        turn(page, look)
        # The ground under a list is drawn after the list is, and anew in another light.
        page.wait_for_timeout(900 if page.locator(".folium-map").is_visible() else 150)
        width, height = look.size
        # What sticks to the edge of a screen would lie across the middle of a page that is shown whole.
        page.evaluate("document.querySelectorAll('.save').forEach((one) => { one.style.position = 'static'; })")
        top = page.locator(begins).evaluate("(one) => one.getBoundingClientRect().top + scrollY") if begins else 0
        whole = page.evaluate("document.documentElement.scrollHeight") - top
        tall = max(height, min(whole, _TALLEST[look.screen]))
        shown = page.screenshot(full_page=True, clip={"x": 0, "y": top, "width": width, "height": tall})
        self._keep(self.folder / f"{name}.{look.name}.webp", Image.open(io.BytesIO(shown)).convert("RGB"))

    def _keep(self, file: Path, picture: Image.Image) -> None:
        self.taken.append(file.name)
        if not (file.exists() and alike(Image.open(file).convert("RGB"), picture)):
            picture.save(file, quality=_QUALITY, method=6)

    def _arrives(self, site: Site, who: str | None) -> BrowserContext:
        context = self.browser.new_context(
            base_url=site.url,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            geolocation=_STANDING,
            permissions=["geolocation", "clipboard-read", "clipboard-write"],
        )
        if who:
            sign_in(context.new_page(), *site.credentials(who))
        return context


def turn(page: Page, look: Look) -> None:
    """The page as it is, seen in another way."""
    width, height = look.size
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    page.evaluate("(way) => { document.documentElement.dir = way; }", look.direction)


def sign_in(page: Page, reference: str, passphrase: str, code: str) -> None:
    page.goto("/login")
    page.fill("[name=reference]", reference)
    page.fill("[name=passphrase]", passphrase)
    page.click("main form button.primary")
    page.wait_for_url(lambda address: "/login" not in address)
    if code:
        page.goto("/step-up")
        page.fill("[name=proof_code]", code)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(lambda address: "/step-up" not in address)
    page.close()


def alike(before: Image.Image, after: Image.Image) -> bool:
    """Whether it is the same picture, but for what every demonstration makes anew."""
    if before.size != after.size:
        return False
    differing = ImageChops.difference(before, after).convert("L").point(lambda value: 255 * (value > _TELLS))
    return differing.histogram()[255] * 1000 < _PER_MILLE * before.width * before.height


@contextmanager
def camera(folder: Path) -> Iterator[Camera]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit(
            f"There is no Chromium on this machine. Install it (for instance: apt-get install {PROGRAMS[0]})."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        yield Camera(browser, folder)
        browser.close()
