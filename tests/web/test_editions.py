"""Editions as programs and devices get them: whole, cut by a filter, and as what has changed."""

import gzip
import hashlib
import html
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring, wire
from geo_offlimits.delivery.envelopes import EDITION_TYPE, EXPORT_TYPE, verify
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.formats import deltas
from geo_offlimits.services import editions
from geo_offlimits.services.forms import FORMS
from geo_offlimits.settings import Settings
from tests import proving
from tests.tampering import another_signature, tamper
from tests.web.isle import Browser, Clock, quick, signed_in
from web import create_app, paging

EDITION = "/api/v1/missions/ISLE/editions"


@pytest.fixture
def staff(app: Flask) -> Browser:
    return signed_in(app, "staff")


def test_an_edition_is_its_canonical_bytes_under_a_strong_etag(staff: Browser, wiring: Wiring) -> None:
    answer = staff.get(f"{EDITION}/current")
    with wiring.store.reading() as tx:
        stored = tx.editions.get("ISLE", 2)
    assert stored
    assert answer.data == stored.content
    assert answer.mimetype == "application/geo+json"
    assert answer.headers["ETag"] == f'"{stored.sha256}"'
    assert hashlib.sha256(answer.data).hexdigest() == stored.sha256
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_who_has_the_edition_already_gets_304(staff: Browser) -> None:
    etag = staff.get(f"{EDITION}/current").headers["ETag"]
    again = staff.get(f"{EDITION}/2", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert staff.get(f"{EDITION}/2", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_edition_travels_compressed_to_who_can_read_it(staff: Browser) -> None:
    plain, packed = staff.get(f"{EDITION}/2"), staff.get(f"{EDITION}/2", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_the_export_is_the_edition_s_own_bytes(staff: Browser) -> None:
    export = staff.get("/missions/ISLE/editions/current/export.geojson")
    assert export.data == staff.get(f"{EDITION}/2").data
    assert export.headers["Content-Disposition"] == 'attachment; filename="ISLE-edition-2.geojson"'


ROUTE = '{"type": "LineString", "coordinates": [[-30.01, 10.0002], [-30.0, 10.0002]]}'
EXPORT = "/missions/ISLE/editions/current/export.geojson"
MADE = sorted(FORMS.keys() - {"geojson"})


@pytest.mark.parametrize("form", MADE)
def test_every_format_leaves_with_its_signature_under_a_strong_etag(staff: Browser, form: str) -> None:
    address = f"/missions/ISLE/editions/2/export.{form}"
    answer = staff.get(address)
    digest = hashlib.sha256(answer.data).hexdigest()
    assert (answer.status_code, answer.mimetype) == (200, FORMS[form].media_type)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ISLE-edition-2.{FORMS[form].ending}"'
    assert answer.headers["ETag"] == f'"{digest}"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    keys = [PublicKey.from_pem(one["pem"]) for one in staff.get("/api/v1/keys").get_json()]
    signed = json.loads(verify(staff.get(f"{address}.dsse").data, keys, EXPORT_TYPE))
    assert (signed["file_format"], signed["sha256"], signed["number"], signed["filtered"]) == (form, digest, 2, {})
    assert signed["edition_sha256"] == staff.get(f"{EDITION}/2").headers["ETag"].strip('"')


@pytest.mark.parametrize("form", sorted(FORMS))
def test_who_has_the_part_of_a_list_in_a_format_already_gets_304(staff: Browser, form: str) -> None:
    address = f"/missions/ISLE/editions/current/export.{form}?near=10.0,-30.0&within_m=50"
    first = staff.get(address)
    assert f'filename="ISLE-edition-2-filtered.{FORMS[form].ending}"' in first.headers["Content-Disposition"]
    etag = first.headers["ETag"]
    again = staff.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


def test_a_file_speaks_the_reader_s_language(staff: Browser) -> None:
    address = "/missions/ISLE/editions/current/export.gpx"
    assert "suspected, precautionary" in staff.get(address).text
    staff.post("/language", {"language": "fr"}, page="/list")
    french = staff.get(address).text
    assert "présumé, par précaution" in french
    assert "suspected" not in french


def along(browser: Browser, form: str = "geojson", route: str = ROUTE, **fields: str) -> TestResponse:
    sent = {"route": (io.BytesIO(route.encode()), "patrol.geojson"), "within_m": "50"} | fields
    address = f"/missions/ISLE/editions/current/export.{form}"
    return browser.post(address, sent, page="/list", content_type="multipart/form-data")


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_route_is_sent_in_a_form_and_the_file_holds_what_lies_along_it(staff: Browser, form: str) -> None:
    answer = along(staff, form)
    assert (answer.status_code, answer.mimetype) == (200, FORMS[form].media_type)
    assert f'filename="ISLE-edition-2-filtered.{FORMS[form].ending}"' in answer.headers["Content-Disposition"]
    keys = [PublicKey.from_pem(one["pem"]) for one in staff.get("/api/v1/keys").get_json()]
    signed = json.loads(verify(along(staff, f"{form}.dsse").data, keys, EXPORT_TYPE))
    assert signed["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert signed["filtered"] == {"route": {"sha256": hashlib.sha256(ROUTE.encode()).hexdigest(), "within_m": 50.0}}


def test_along_a_route_lies_what_is_near_it_and_the_page_offers_to_ask(staff: Browser) -> None:
    assert {one["id"] for one in json.loads(along(staff).data)["features"]} == {"ISLE-0001"}
    assert json.loads(along(staff, bbox="-31,0,-30.9,1").data)["features"] == []
    page = staff.get("/missions/ISLE/take-along").text
    assert 'formaction="/missions/ISLE/editions/current/export.kmz"' in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"within_m": "0"}, "within_m"),
        ({"within_m": "99999"}, "within_m"),
        ({"within_m": ""}, "within_m"),
        ({"sektor": "x"}, "sektor"),
        ({"route": "no file"}, "route"),
    ],
)
def test_a_route_with_a_fault_is_refused_with_its_field(staff: Browser, fields: dict[str, str], field: str) -> None:
    sent = {"route": (io.BytesIO(ROUTE.encode()), "patrol.geojson"), "within_m": "50"} | fields
    token = {"csrf_token": staff.token("/list")}
    how = {"base_url": staff.base_url, "headers": {"Accept": "application/json"}, "content_type": "multipart/form-data"}
    answer = staff.client.post(EXPORT, data=token | sent, **how)
    assert answer.status_code == 422, answer.text
    assert field in [issue["field"] for issue in answer.get_json()["issues"]]


def test_a_route_needs_the_page_s_token_and_an_edition_that_one_may_read(app: Flask, staff: Browser) -> None:
    sent = {"route": (io.BytesIO(ROUTE.encode()), "patrol.geojson"), "within_m": "50"}
    assert staff.client.post(EXPORT, data=sent, base_url=staff.base_url).status_code == 403
    assert along(signed_in(app, "stranger")).status_code == 404
    assert along(staff, "exe").status_code == 404


def test_a_link_asks_for_the_current_list_as_it_was_reached_and_holds_no_list(staff: Browser) -> None:
    answer = staff.get("/missions/ISLE/editions/current/export.kml?link=1&bbox=-31,9,-29,11")
    href = re.search("<href>(.*)</href>", answer.text)
    assert href
    assert href[1].startswith(f"{staff.base_url}/missions/ISLE/editions/current/export.kml?")
    assert "link" not in href[1]
    assert staff.get(html.unescape(href[1]).removeprefix(staff.base_url)).status_code == 200
    assert "Blue Lantern" not in answer.text
    assert 'filename="ISLE-link-filtered.kml"' in answer.headers["Content-Disposition"]
    for path in ("editions/2/export.kml?link=1", "editions/current/export.gpx?link=1"):
        assert staff.get(f"/missions/ISLE/{path}").status_code == 404


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("bbox=-30.005,9.9,-29.995,10.1", {"ISLE-0001"}),
        ("near=10.0,-30.0&within_m=50", {"ISLE-0001"}),
        ("near=2222%2B2222&within_m=50", {"ISLE-0001"}),
        ("near=10.0,-30.0&within_m=3000&bbox=-30.005,9.9,-29.97,10.1", {"ISLE-0001", "ISLE-0003"}),
        ("bbox=-31,0,-30.9,1", set()),
    ],
)
def test_an_export_holds_what_its_filter_asks_for_and_says_so(staff: Browser, query: str, kept: set[str]) -> None:
    answer = staff.get(f"{EXPORT}?{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json"), answer.text
    told = json.loads(answer.data)
    assert {one["id"] for one in told["features"]} == kept
    assert set(told["offlimits"]["filtered"]) <= {"bbox", "near"}
    assert told["offlimits"]["number"] == 2
    assert "filtered" in answer.headers["Content-Disposition"]
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_export_s_envelope_binds_the_file_and_its_filter(staff: Browser) -> None:
    query = "bbox=-30.005,9.9,-29.995,10.1"
    keys = [PublicKey.from_pem(one["pem"]) for one in staff.get("/api/v1/keys").get_json()]
    signed = json.loads(verify(staff.get(f"{EXPORT}.dsse?{query}").data, keys, EXPORT_TYPE))
    assert signed["sha256"] == hashlib.sha256(staff.get(f"{EXPORT}?{query}").data).hexdigest()
    assert signed["filtered"] == {"bbox": [-30.005, 9.9, -29.995, 10.1]}
    assert staff.get(f"{EXPORT}.dsse").data == staff.get(f"{EDITION}/2/envelope").data


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sektor=North", "sektor"),
        ("sector=Nowhere", "sector"),
        ("sector=", "sector"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=nan,0,1,1", "bbox"),
        ("bbox=-30,10,-29,9", "bbox"),
        ("bbox=-30,9,-29,10&bbox=0,0,1,1", "bbox"),
        ("near=10.0,-30.0", "within_m"),
        ("within_m=50", "near"),
        ("near=10.0,-30.0&within_m=nan", "within_m"),
        ("near=10.0,-30.0&within_m=-1", "within_m"),
        ("near=95,0&within_m=5", "position"),
        ("near=-30.0000,10.0000&within_m=5", "position"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused_and_never_passed_over(staff: Browser, query: str, field: str) -> None:
    for path in (EXPORT, f"{EXPORT}.dsse"):
        answer = staff.get(f"{path}?{query}", headers={"Accept": "application/json"})
        assert answer.status_code == 422, answer.text
        assert field in [issue["field"] for issue in answer.get_json()["issues"]]


@pytest.mark.parametrize("number", ["3", "0", "-1", "99999999999999999999", "last", "1.0", "²"])
def test_an_edition_that_does_not_exist_is_absent(staff: Browser, number: str) -> None:
    for path in (f"{EDITION}/{number}", f"/missions/ISLE/editions/{number}", f"{EDITION}/{number}/envelope"):
        assert staff.get(path).status_code == 404, path


def test_a_retired_edition_is_for_conduct_and_audit_roles_only(app: Flask) -> None:
    for role, status in (("staff", 404), ("head", 404), ("conduct", 200), ("auditor", 200)):
        browser = signed_in(app, role)
        assert browser.get(f"{EDITION}/1").status_code == status, role
        assert browser.get("/missions/ISLE/editions/1").status_code == status, role
        assert browser.get("/missions/ISLE/editions/1/export.geojson").status_code == status, role
        part = "export.geojson?bbox=-31,9,-29,11"
        assert browser.get(f"/missions/ISLE/editions/1/{part}").status_code == status, role


def test_a_long_edition_is_turned_page_by_page_and_nothing_is_left_out(
    staff: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(page: int) -> list[str]:
        text = staff.get(f"/missions/ISLE/editions/current?page={page}").text
        return re.findall(r'<small class="soft nobreak">(ISLE-\d+)</small>', text)

    listed = [feature["id"] for feature in json.loads(staff.get(f"{EDITION}/current").data)["features"]]
    assert shown(1) == listed
    monkeypatch.setattr(paging, "A_PAGE", 1)
    assert len(listed) > 1
    assert [shown(page + 1) for page in range(len(listed))] == [[one] for one in listed]


def test_an_unknown_format_is_absent(staff: Browser) -> None:
    assert staff.get("/missions/ISLE/editions/current/export.exe").status_code == 404


def test_tampered_bytes_are_never_served(app: Flask, wiring: Wiring) -> None:
    with wiring.store._engines.writer.begin() as connection:
        for trigger in (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        ):
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        text = "replace(CAST(content AS TEXT), 'Blue Lantern', 'Blue Lanterm')"
        changed = f"UPDATE edition SET content = CAST({text} AS BLOB)"  # noqa: S608  (nothing in it is given)
        connection.exec_driver_sql(changed)
    staff = signed_in(app, "staff")
    answer = staff.get(f"{EDITION}/2")
    assert answer.status_code == 503
    assert "Lanterm" not in answer.text
    assert staff.get("/missions/ISLE/editions/current").status_code == 503
    for address in (f"{EXPORT}?bbox=-31,9,-29,11", f"{EXPORT}.dsse", f"{EDITION}/2/envelope"):
        assert staff.get(address).status_code == 503, address
    for before in (1, 9):
        answer = staff.get(f"{EDITION}/2/delta?from={before}")
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert "does not verify" in answer.get_json()["detail"]
        assert "Lanterm" not in answer.text


def test_nothing_is_published_after_an_edition_that_does_not_verify(app: Flask, wiring: Wiring) -> None:
    tamper(wiring.settings.store, another_signature, mission="ISLE", number=2)
    head = signed_in(app, "head")
    assert head.get("/register/ISLE/publish").status_code == 503
    answer = head.post("/register/ISLE/publish", {"days": "30", "renew": "yes"}, page="/list")
    assert answer.status_code == 503
    assert "does not verify" in answer.text
    with wiring.store.reading() as tx:
        assert [one.number for one in tx.editions.headers("ISLE")] == [2, 1]


def test_the_envelope_and_the_keys_verify_the_edition(staff: Browser) -> None:
    keys = [PublicKey.from_pem(one["pem"]) for one in staff.get("/api/v1/keys").get_json()]
    envelope = staff.get(f"{EDITION}/current/envelope").data
    assert verify(envelope, keys, EDITION_TYPE) == staff.get(f"{EDITION}/current").data


def test_a_delta_names_what_went(staff: Browser) -> None:
    told = staff.get(f"{EDITION}/2/delta?from=1").get_json()
    assert (told["from"], told["to"]) == (1, 2)
    assert told["removed"] == [{"id": "ISLE-0002", "name": "Old Anchor"}]
    assert not told["added"]


@pytest.mark.parametrize("before", [0, 9])
def test_a_device_whose_edition_is_not_known_gets_the_full_one_and_is_told(staff: Browser, before: int) -> None:
    answer = staff.get(f"{EDITION}/current/delta?from={before}")
    whole = staff.get(f"{EDITION}/2").data
    told = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert (told["from"], told["to"], told["full"]) == (None, 2, True)
    assert told["sha256"] == hashlib.sha256(whole).hexdigest()
    assert whole in answer.data
    assert not {"added", "changed", "removed"} & set(told)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_device_that_holds_what_is_not_believed_any_more_gets_the_full_edition(app: Flask, wiring: Wiring) -> None:
    tamper(wiring.settings.store, another_signature, mission="ISLE", number=1)
    told = signed_in(app, "staff").get(f"{EDITION}/current/delta?from=1").get_json()
    assert (told["full"], told["to"]) == (True, 2)


def test_a_delta_is_told_apart_from_a_full_edition(staff: Browser) -> None:
    assert staff.get(f"{EDITION}/2/delta?from=1").get_json()["full"] is False


def test_a_device_gets_by_the_delta_what_it_would_have_got_whole(app: Flask) -> None:
    conduct = signed_in(app, "conduct")
    held, delta = conduct.get(f"{EDITION}/1").data, conduct.get(f"{EDITION}/2/delta?from=1").get_json()
    made = deltas.applied(held, delta)
    assert made == conduct.get(f"{EDITION}/2").data
    assert deltas.envelope(made, delta) == conduct.get(f"{EDITION}/2/envelope").data
    whole = conduct.get(f"{EDITION}/2/delta?from=0").get_json()
    assert deltas.envelope(made, whole) == conduct.get(f"{EDITION}/2/envelope").data


@pytest.mark.parametrize(("kept", "is_full"), [(2, False), (1, True)])
def test_who_is_too_far_behind_gets_the_full_edition_and_no_names_of_who_was_cleared(
    settings: Settings, clock: Clock, kept: int, *, is_full: bool
) -> None:
    wired = wire(replace(settings, delta_editions=kept), clock, passphrases=quick())
    with wired.reading() as act:
        head = proving.actor(act, "p-head")
    with wired.writing(head) as act:
        editions.publish(act, wired.keyring, "ISLE", expires_in=timedelta(days=30), renew=True)
    app = create_app(wiring=wired)
    told = signed_in(app, "staff").get(f"{EDITION}/current/delta?from=1").get_json()
    assert (told["full"], told["to"]) == (is_full, 3)
    page = "/missions/ISLE/editions/current/changes?from=1"
    answer = signed_in(app, "staff").get(page)
    assert (answer.status_code, "Old Anchor" in answer.text) == ((404, False) if is_full else (200, True))
    assert "Old Anchor" in signed_in(app, "conduct").get(page).text
    wired.store.close()


def test_the_page_of_changes_says_what_went_and_which_files_to_delete(staff: Browser) -> None:
    page = staff.get("/missions/ISLE/editions/current/changes").text
    assert "From edition 1 to edition 2" in page
    assert "Old Anchor" in page
    assert "Delete the files of edition 1 from devices" in page
    assert "ISLE-edition-1.*" in page
    assert "changes" in staff.get("/missions/ISLE/editions/current").text
    same = staff.get("/missions/ISLE/editions/current/changes?from=2").text
    assert "No entry was added, changed or removed." in same
    assert "Delete the files" not in same
    assert staff.get("/missions/ISLE/editions/current/changes?from=x").status_code == 422
    assert staff.get("/missions/ISLE/editions/current/changes?from=9").status_code == 404


@pytest.mark.parametrize("before", ["", "x", "-1"])
def test_a_delta_needs_the_number_of_the_edition_held(staff: Browser, before: str) -> None:
    answer = staff.get(f"{EDITION}/2/delta?from={before}")
    assert answer.status_code == 422
    assert [issue["field"] for issue in answer.get_json()["issues"]] == ["from"]


def test_the_full_edition_is_given_to_nobody_who_may_not_read_it(app: Flask) -> None:
    assert signed_in(app, "staff").get(f"{EDITION}/1/delta?from=0").status_code == 404
    assert signed_in(app, "conduct").get(f"{EDITION}/1/delta?from=0").status_code == 200
    assert signed_in(app, "stranger").get(f"{EDITION}/2/delta?from=0").status_code == 404
    assert signed_in(app, "staff").get(f"{EDITION}/9/delta?from=0").status_code == 404
