"""Editions, keys and exports at the prompt."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from geo_offlimits.services.forms import FORMS
from tests.cli.prompt import Prompt, next_second
from tests.tampering import another_signature, tamper


@pytest.fixture
def exported(prompt: Prompt, tmp_path: Path) -> Path:
    path = tmp_path / "a list.geojson"
    prompt("export", "--output", path, by="106").done()
    return path


def test_editions_are_listed_with_their_hashes(prompt: Prompt) -> None:
    prompt("edition", "publish", "--renew", "--expires-in", "12h", by="101").done()
    listed = prompt("edition", "list", "--json", by="107").done().json
    assert [one["number"] for one in listed] == [2, 1]
    assert listed[0]["previous_sha256"] == listed[1]["sha256"]
    assert prompt("edition", "show", 1, "--json", by="107").json == listed[1]
    assert f"sha256: {listed[0]['sha256']}" in prompt("edition", "show", by="107").out
    assert "Nothing changed from 1 to 2." in prompt("edition", "diff", 1, 2, by="107").out
    assert listed[1]["sha256"][:16] in prompt("edition", "list", by="107").out


def test_an_export_is_verified_anywhere_with_the_key_alone(prompt: Prompt, exported: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    told = prompt("key", "export", "--output", key, "--json").done().json
    elsewhere = Prompt(tmp_path / "elsewhere")
    said = elsewhere("edition", "verify", exported, "--key", key, "--json").done().json
    assert said["sha256"] == sha256(exported.read_bytes()).hexdigest()
    assert said["fingerprint"] == told["fingerprint"] == prompt("key", "list", "--json").json[0]["fingerprint"]
    assert prompt("key", "export").out == key.read_text()
    assert told["key_id"] in prompt("key", "list").out


def test_a_changed_byte_another_key_and_a_missing_signature_are_refused(
    prompt: Prompt, exported: Path, tmp_path: Path
) -> None:
    other = Prompt(tmp_path / "other")
    other.folder.mkdir()
    other("init").done()
    assert other("edition", "verify", exported).code == 1
    content = exported.read_bytes()
    exported.write_bytes(content.replace(b"Blue", b"Blew"))
    said = prompt("edition", "verify", exported)
    assert (said.code, "changed after it was signed" in said.err) == (1, True)
    exported.write_bytes(content)
    envelope = exported.with_name(exported.name + ".dsse")
    moved = envelope.rename(tmp_path / "signature")
    assert "--envelope" in prompt("edition", "verify", exported).err
    prompt("edition", "verify", exported, "--envelope", moved).done()


@pytest.mark.parametrize(
    ("words", "entries"),
    [
        (("--near", "-31.6,-15.9", "--within-m", "50"), 1),
        (("--near", "-31.2,-15.6", "--within-m", "50"), 0),
        (("--bbox=-16,-31.7,-15.8,-31.5",), 1),
        (("--bbox", "-16.4,-31.9,-16.3,-31.8"), 0),
    ],
)
def test_a_filtered_export_says_that_it_is_a_part(
    prompt: Prompt, tmp_path: Path, words: tuple[str, ...], entries: int
) -> None:
    path = tmp_path / "part.geojson"
    assert prompt("export", "--output", path, *words, "--json", by="106").done().json["entries"] == entries
    assert json.loads(path.read_text())["offlimits"]["filtered"]
    verified = prompt("edition", "verify", path)
    assert verified.done().out.startswith("A part of edition 1 of ISLE")


def test_a_delta_brings_a_file_up_to_date_where_there_is_no_store(
    prompt: Prompt, exported: Path, tmp_path: Path
) -> None:
    key, delta, newer = tmp_path / "key.pem", tmp_path / "delta.json", tmp_path / "newer.geojson"
    prompt("key", "export", "--output", key).done()
    prompt("facility", "add", "--name", "Canteen", "--kind", "canteen", "--position", "-31.601,-15.9", by="101").done()
    next_second()
    prompt("edition", "publish", by="101").done()
    delta.write_text(prompt("edition", "diff", 1, "--json", by="107").done().out)
    elsewhere = Prompt(tmp_path / "elsewhere")
    words = ("edition", "apply", exported, delta, "--key", key, "--output", newer)
    assert elsewhere(*words).done().out.startswith("Edition 2 of ISLE in ")
    prompt("export", "--output", tmp_path / "whole.geojson", by="106").done()
    for suffix in ("", ".dsse"):
        whole = tmp_path / f"whole.geojson{suffix}"
        assert newer.with_name(newer.name + suffix).read_bytes() == whole.read_bytes()
    newer.write_text("kept")
    assert "edition 2 is held" in elsewhere("edition", "apply", tmp_path / "whole.geojson", *words[3:]).err
    forged = json.loads(delta.read_text())
    forged["signature"]["signatures"][0]["sig"] = "AAAA"
    delta.write_text(json.dumps(forged))
    assert elsewhere(*words).code == 1
    assert newer.read_text() == "kept"


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_format_is_exported_with_its_signature(prompt: Prompt, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"list.{form}"
    said = prompt("export", "--format", form, "--output", path, "--json", by="106").done().json
    assert (said["format"], said["entries"], said["sha256"]) == (form, 1, sha256(path.read_bytes()).hexdigest())
    assert prompt("edition", "verify", path, "--json").done().json["number"] == 1


def test_an_export_along_a_route_holds_what_is_within_so_many_metres_of_it(prompt: Prompt, tmp_path: Path) -> None:
    route, path = tmp_path / "route.geojson", tmp_path / "list.gpx"
    route.write_text('{"type": "LineString", "coordinates": [[-16.0, -31.6], [-15.8, -31.6]]}')
    words = ("export", "--format", "gpx", "--output", path, "--route", route, "--within-m")
    assert prompt(*words, "20", "--json", by="106").done().json["entries"] == 1
    assert "Blue Lantern" in path.read_text(encoding="utf-8")
    route.write_text('{"type": "LineString", "coordinates": [[-16.0, -31.61], [-15.8, -31.61]]}')
    assert prompt(*words, "20", "--json", by="106").done().json["entries"] == 0
    assert "0 of 1; the others are left out, not cleared" in path.read_text(encoding="utf-8")
    route.write_text("{}")
    refused = prompt(*words, "20", by="106")
    assert (refused.code, "no track, route or line" in refused.err) == (1, True)


def test_a_link_asks_this_server_for_the_current_list_with_the_same_filter(prompt: Prompt, tmp_path: Path) -> None:
    path = tmp_path / "link.kml"
    words = ("export", "--format", "kml", "--output", path, "--link", "https://lists.example/")
    prompt(*words, "--near", "-31.6,-15.9", "--within-m", "50", by="106").done()
    address = "https://lists.example/missions/ISLE/editions/current/export.kml?near=-31.6%2C-15.9&amp;within_m=50.0"
    assert f"<href>{address}</href>" in path.read_text(encoding="utf-8")


def test_an_export_replaces_an_older_file_and_leaves_nothing_half_written(prompt: Prompt, exported: Path) -> None:
    exported.write_text("older")
    prompt("export", "--output", exported, by="106").done()
    assert json.loads(exported.read_text())["offlimits"]["number"] == 1
    assert sorted(path.name for path in exported.parent.glob("a list*")) == [exported.name, exported.name + ".dsse"]


def test_a_retired_edition_is_for_who_may_read_it(prompt: Prompt, tmp_path: Path) -> None:
    prompt("edition", "publish", "--renew", by="101").done()
    words = ("export", "--edition", 1, "--output", tmp_path / "old.geojson")
    assert prompt(*words, by="107").code == 1
    prompt(*words, by="105").done()


def test_an_approved_place_stands_beside_the_next_verdict_until_it_is_retired(prompt: Prompt) -> None:
    added = prompt(
        "facility", "add", "--name", "Port Canteen", "--kind", "canteen", "--position", "-31.601,-15.9", "--json",
        by="101",
    ).done().json  # fmt: skip
    assert prompt("facility", "list", "--json", by="107").json[0]["name"] == "Port Canteen"
    prompt("edition", "publish", by="101").done()
    assert "Port Canteen" in prompt("check", "-31.6,-15.9").out
    prompt("facility", "retire", added["id"], by="101").done()
    assert prompt("facility", "list", by="107").out == "None yet.\n"
    next_second()
    prompt("edition", "publish", by="101").done()
    assert "Port Canteen" not in prompt("check", "-31.6,-15.9").out


def test_the_log_fits_an_edition_and_no_longer_when_its_end_is_cut(prompt: Prompt, exported: Path) -> None:
    said = prompt("audit", "verify", "--against", exported, by="105").done()
    assert "everything fits" in said.out
    later = json.loads(exported.read_text())["offlimits"]["checkpoint"] | {"root_sha256": "0" * 64}
    exported.write_text(json.dumps(later))
    refused = prompt("audit", "verify", "--against", exported, "--json", by="105")
    assert (refused.code, refused.json["error"]) == (1, "UnverifiedError")
    assert "call your auditor" in refused.json["detail"]


def test_a_campaign_that_cannot_write_its_files_is_not_opened(prompt: Prompt, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert prompt("distribute", "--output", tmp_path / "file" / "sent", by="104").code == 1
    assert prompt("campaign", "status", by="104").code == 1
    sent = prompt("distribute", "--output", tmp_path / "deep" / "sent", "--deadline", "2099-01-01", by="104").done()
    assert "goes to 9 people" in sent.out
    assert "deadline 2099-01-01" in prompt("campaign", "status", by="104").out
    assert prompt("distribute", "--output", tmp_path / "deep" / "sent", by="104").code == 1


def test_import_reports_first_and_lands_proposals_only_with_commit(prompt: Prompt, tmp_path: Path) -> None:
    listing = tmp_path / "venues.csv"
    listing.write_text("Establishment,lat,lon\nGolden Eel,-31.55,-15.85\nSwapped,-15.85,94.2\n", encoding="utf-8")
    words = ("import", listing, "--map", "Establishment=name", "--json")
    before = prompt.contents()
    report = prompt(*words, by="103").done().json
    assert (report["committed"], report["landed"]) == (False, [])
    assert prompt.contents() == before
    landed = prompt(*words, "--commit", by="103").done().json["landed"]
    waiting = prompt("premises", "due", "--json", by="101").json["to_decide"]
    assert [one["id"] for one in waiting] == landed
    assert "Golden Eel" in {one["name"] for one in waiting}
    assert "--commit lands the good rows" in prompt("import", listing, by="103").out


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("106", ("export", "--output", "list.geojson")),
        ("106", ("export", "--output", "list.geojson", "--bbox=-17,-33,-15,-31")),
        ("101", ("edition", "publish", "--renew", "--confirm-removals")),
        ("107", ("edition", "diff", 1, 2)),
        ("104", ("distribute", "--output", "sent")),
        ("107", ("acknowledge", "--edition", 2)),
    ],
)
def test_an_edition_changed_in_the_store_goes_nowhere(
    prompt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str, words: tuple[object, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    prompt("edition", "publish", "--renew", by="101").done()
    next_second()
    tamper(f"sqlite:///{prompt.store}", another_signature, mission="ISLE", number=2)
    before, files = prompt.contents(), set(tmp_path.rglob("*"))
    said = prompt(*words, by=who)
    assert (said.code, said.out) == (1, "")
    assert "Edition 2 of ISLE does not verify" in said.err
    assert (prompt.contents(), set(tmp_path.rglob("*"))) == (before, files)


def test_an_edition_that_lists_nothing_is_published_only_when_it_is_meant(prompt: Prompt, tmp_path: Path) -> None:
    about = ("--name", "A mission", "--organisation", "UN", "--timezone", "UTC", "--territory", "iso:IS")
    prompt("mission", "add", "NEW", *about, by="100").done()
    prompt("person", "role", "101", "head", "NEW", by="100").done()
    before = prompt.contents()
    said = prompt("edition", "publish", "--mission", "NEW", by="101")
    assert (said.code, "Edition 1 of NEW would list nothing" in said.err, "--confirm-empty" in said.err) == (
        1,
        True,
        True,
    )
    assert prompt.contents() == before
    said = prompt("edition", "publish", "--mission", "NEW", "--confirm-empty", by="101").done()
    assert "Edition 1 of NEW is published: it lists no premises" in said.out
    for words in (("check", "64.9,-18.5"), ("find", "Blue Lantern")):
        said = prompt(*words, "--mission", "NEW")
        assert (said.code, "Edition 1 of NEW lists no premises." in said.out) == (0, True)
    said = prompt("export", "--mission", "NEW", "--output", tmp_path / "list.geojson", by="101").done()
    assert "No premises of edition 1" in said.out


def test_a_signed_checkpoint_kept_outside_shows_that_the_end_was_cut(prompt: Prompt, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    said = prompt("audit", "checkpoint", "--output", kept, "--json", by="105").done().json
    assert kept.read_text() == said["note"]
    assert said["vkey"].startswith("geo-offlimits/")
    assert prompt("audit", "checkpoint", by="105").out.splitlines()[1].isdecimal()
    assert "everything fits" in prompt("audit", "verify", "--against", kept, by="105").done().out
    assert prompt("audit", "checkpoint", by="107").code == 1
    # Whoever forges one has no key to sign it with.
    kept.write_text(said["note"].replace(f"\n{said['leaves']}\n", f"\n{said['leaves'] - 1}\n"))
    forged = prompt("audit", "verify", "--against", kept, "--json", by="105")
    assert (forged.code, forged.json["error"]) == (1, "UnverifiedError")
    assert "by a key trusted here" in forged.json["detail"]


def test_a_checkpoint_is_read_with_the_public_key_that_was_kept_with_it(prompt: Prompt, tmp_path: Path) -> None:
    kept, public = tmp_path / "kept.txt", tmp_path / "key.pem"
    prompt("audit", "checkpoint", "--output", kept, by="105").done()
    prompt("key", "export", "--output", public).done()
    assert prompt("audit", "verify", "--against", kept, "--key", public, by="105").code == 0
