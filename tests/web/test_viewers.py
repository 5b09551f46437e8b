"""Viewers of KML that follow a link: what they are answered before and after they have their user's token."""

import base64

from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.tokens import Purpose
from geo_offlimits.services import tokens
from tests import proving
from tests.web.isle import Browser

VIEWER = {
    "Accept": "application/vnd.google-earth.kml+xml, application/vnd.google-earth.kmz, image/*, */*",
    "User-Agent": "GoogleEarth/7.3 (X11;Linux;;kml/2.2;client:Pro;type:default)",
}


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{text}".encode()).decode()}


def test_a_viewer_that_opens_a_link_is_asked_for_a_token_and_a_browser_never(app: Flask, wiring: Wiring) -> None:
    address = "/missions/ISLE/editions/current/export.kml"
    viewer = Browser(app)
    asked = viewer.get(address, headers=VIEWER)
    assert (asked.status_code, asked.headers["WWW-Authenticate"].split(",")[0]) == (401, 'Basic realm="geo_offlimits"')
    wrong = viewer.get(address, headers=VIEWER | basic("wrong"))
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    with wiring.reading() as act:
        holder = proving.actor(act, "p-patrol")
    with wiring.writing(holder) as act:
        text = tokens.issue(act, "ISLE", Purpose.SYNC).text
    told = viewer.get(address, headers=VIEWER | basic(text))
    assert (told.status_code, "Blue Lantern" in told.text) == (200, True)
    browsers: tuple[dict[str, str], ...] = ({}, {"Accept": "text/html,*/*"}, VIEWER | {"Sec-Fetch-Site": "cross-site"})
    for headers in browsers:
        assert viewer.get(address, headers=headers).status_code == 303, headers
    assert viewer.get("/list", headers=VIEWER).status_code == 303  # no token opens it
