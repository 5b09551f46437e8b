"""The page that shows which devices are behind."""

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import signed_in
from tests.web.test_tokens import CURRENT, Device, issued


def test_the_page_of_devices_shows_who_is_behind(app: Flask, wiring: Wiring) -> None:
    text = issued(wiring)
    Device(app, text)(CURRENT)
    issued(wiring, "staff")
    page = signed_in(app, "officer").get("/register/ISLE/devices").text
    assert "1 device is not current" in page
    never, current = page.index("Never fetched"), page.index(">Current<")
    assert never < current
    assert "p-patrol" not in page
    assert text not in page
    assert "/register/ISLE/devices" in signed_in(app, "manager").get("/campaigns/ISLE/").text
