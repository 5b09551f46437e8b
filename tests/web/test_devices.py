"""The page that shows which devices are behind."""

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from tests.web.isle import signed_in
from tests.web.test_tokens import CURRENT, Device, issued

EXPORT = "/missions/ISLE/editions/current/export."


def test_the_page_of_devices_shows_who_is_behind(app: Flask, wiring: Wiring) -> None:
    text = issued(wiring)
    Device(app, text)(CURRENT)
    issued(wiring, "staff")
    page = signed_in(app, "officer").get("/register/ISLE/devices").text
    assert "1 has never fetched the list" in page
    assert "behind:" not in page
    never, current = page.index("Never fetched"), page.index(">Current<")
    assert never < current
    assert "p-patrol" not in page
    assert text not in page
    assert "/register/ISLE/devices" in signed_in(app, "manager").get("/campaigns/ISLE/").text


@pytest.mark.parametrize(
    ("address", "asked", "status", "holds"),
    [
        (f"{EXPORT}gpx", {"Range": "bytes=0-499"}, 206, False),
        (f"{EXPORT}gpx", {"Range": "bytes=500-"}, 206, True),
        (f"{EXPORT}gpx", {"Range": "bytes=99999999-"}, 416, False),
        (CURRENT, {"Range": "bytes=0-0", "Accept-Encoding": "identity"}, 206, False),
        (f"{EXPORT}kml?link=1", {}, 200, False),
        (f"{EXPORT}kml", {}, 200, True),
    ],
)
def test_a_device_that_got_a_piece_or_a_link_does_not_pass_for_current(
    app: Flask, wiring: Wiring, address: str, asked: dict[str, str], status: int, *, holds: bool
) -> None:
    assert Device(app, issued(wiring))(address, headers=asked).status_code == status
    page = signed_in(app, "officer").get("/register/ISLE/devices").text
    assert ("Never fetched" not in page, ">Current<" in page) == (holds, holds)
