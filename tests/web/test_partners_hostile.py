"""What is forged, cut off or not there at all, on the pages about others' lists."""

import io

import pytest
from flask import Flask

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.people import Role, RoleGrant
from geo_offlimits.services import editions, missions, people
from tests import proving
from tests.web.isle import mission, signed_in, territory

PAGE = "/register/ISLE/partners"
CUT = b'{"payloadType":"application/vnd.geo-offlimits.edition+json;v=1","payload":"eyJ'


def test_an_edition_that_does_not_verify_is_told_on_the_page_and_is_no_fault_of_the_servers(
    app: Flask, wiring: Wiring, caplog: pytest.LogCaptureFixture
) -> None:
    officer = signed_in(app, "officer")
    with wiring.reading() as act:
        by = act.by(proving.actor(act, "p-stranger"))
        content, envelope = editions.content(by, "ROCK"), editions.envelope(by, "ROCK")

    def sent(file: bytes, signature: bytes) -> dict[str, tuple[io.BytesIO, str]]:
        return {"file": (io.BytesIO(file), "rock.geojson"), "signature": (io.BytesIO(signature), "rock.dsse")}

    caplog.clear()
    forged = sent(content.replace(b"Rock Bar", b"Rock Car"), envelope)
    answer = officer.post(f"{PAGE}/recognise", forged, page=PAGE)
    assert answer.status_code == 422
    for told in ("rock.geojson", "Verify and keep it", "No list of a partner is here."):
        assert told in answer.text
    # Cut off on its way, an envelope is no list either, on this page and on that of imports.
    for page, path in ((PAGE, "/recognise"), ("/register/ISLE/import", "")):
        answer = officer.post(f"{page}{path}", {"file": (io.BytesIO(CUT), "rock.dsse.json")}, page=page)
        assert answer.status_code == 422, page
    assert caplog.text == ""
    for _ in ("pressed", "pressed twice"):
        assert officer.post(f"{PAGE}/recognise", sent(content, envelope), page=PAGE).status_code == 303
    kept = officer.get(PAGE).text
    assert kept.count("Signature verified") == 1
    assert "Rock Bar" not in kept


def test_a_mission_that_has_published_nothing_is_compared_with_nobody(app: Flask, wiring: Wiring) -> None:
    with wiring.reading() as act:
        root = proving.actor(act, "p-root")
    with wiring.writing(root) as act:
        missions.add_mission(act, mission("REEF"), territory(-30.5))
        people.grant_role(act, "officer", RoleGrant(role=Role.OFFICER, mission="REEF"))
    officer = signed_in(app, "officer")
    assert 'value="ISLE"' in officer.get("/register/REEF/drift").text
    for path in ("", "/rows.json", "/report.csv"):
        answer = officer.get(f"/register/REEF/drift{path}?with=ISLE")
        assert answer.status_code in (404, 422)
        for word in ("Same", "Only there", "Blue Lantern"):
            assert word not in answer.text
