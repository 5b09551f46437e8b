"""From an empty machine to signed paper that is read back: everything at the prompt, as the README tells it."""

import csv
import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.cli.prompt import MISSION, PASSPHRASE, Prompt, geojson, square

TERMS = ("--basis", "suspected_sex_industry", "--authority", "Head of Mission", "--directive", "Directive 4")
CONTACTS = [{"kind": "conduct", "name": "Conduct team", "phone": "+999 555 01"}]


def join(prompt: Prompt, number: str, role: str, unit: str, by: str | None, **env: str) -> None:
    """Added with a one-time passphrase, which opens nothing but the choice of one's own."""
    added = prompt(
        "person", "add", number, "--name", f"Person {number}", "--unit", unit, "--category", "civilian",
        "--mission", MISSION, "--role", role, "--json", by=by, **env,
    ).done()  # fmt: skip
    once = added.json["one_time_passphrase"]
    too_early = prompt("edition", "list", "--mission", MISSION, by=number, GEO_OFFLIMITS_PASSPHRASE=once)
    assert too_early.code == 1
    assert "one-time passphrase" in too_early.err
    chosen = {"GEO_OFFLIMITS_PASSPHRASE": once, "GEO_OFFLIMITS_NEW_PASSPHRASE": PASSPHRASE}
    prompt("person", "passphrase", by=number, **chosen).done()


def sign(form: Path) -> None:
    """A unit's form as it comes back: today's date beside every name but the manager's own."""
    rows = list(csv.reader(io.StringIO(form.read_text(encoding="utf-8-sig"))))
    heading = next(place for place, row in enumerate(rows) if row[0] == "Number")
    column = rows[heading].index("Acknowledged on")
    for row in rows[heading + 1 :]:
        if row[0] == "M-1":  # nobody enters their own
            continue
        row[column] = datetime.now(UTC).date().isoformat()
    with form.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def deploy(prompt: Prompt, folder: Path) -> str:
    """The README's "Deploy", up to a mission with its people; returns the key's fingerprint."""
    fingerprint: str = prompt("init", "--json").done().json["fingerprint"]
    join(prompt, "A-1", "admin", "IT", by=None)
    territory = geojson(folder / "isle.geojson", square(-16.5, -32, 1, name="Isle"))
    prompt(
        "mission", "add", MISSION, "--name", "Mission on Isle", "--organisation", "UN", "--territory", territory,
        "--timezone", "Atlantic/St_Helena", by="A-1",
    ).done()  # fmt: skip
    halves = geojson(
        folder / "sectors.geojson", square(-16.5, -32, 0.7, name="South"), square(-16.5, -31.3, 0.3, name="North")
    )
    prompt("mission", "sectors", MISSION, halves, "--from", "2020-01-01", by="A-1").done()
    contacts = folder / "contacts.json"
    contacts.write_text(json.dumps(CONTACTS), encoding="utf-8")
    prompt("mission", "contacts", MISSION, contacts, by="A-1").done()
    for number, role in (("H-1", "head"), ("O-1", "officer"), ("M-1", "manager"), ("S-1", "staff"), ("C-1", "auditor")):
        join(prompt, number, role, "Ports" if role in {"staff", "manager"} else "HQ", by="A-1")
    return fingerprint


def publish(prompt: Prompt) -> dict[str, Any]:
    """An officer proposes, a head designates and publishes; the officer cannot do both."""
    made = prompt(
        "premises", "propose", "--name", "Blue Lantern", "--position", "-31.6,-15.9", "--uncertainty-m", "3",
        *TERMS, "--json", by="O-1",
    ).done().json  # fmt: skip
    assert prompt("premises", "designate", made["id"], by="O-1").code == 1
    prompt("premises", "designate", made["id"], by="H-1").done()
    published: dict[str, Any] = prompt("edition", "publish", "--json", by="H-1").done().json
    assert (published["number"], published["entries"]) == (1, 1)
    return published


def look_up(prompt: Prompt) -> None:
    """Nobody needs to say who they are."""
    listed = prompt("check", "-31.6,-15.9", "--uncertainty-m", "1", "--json")
    assert (listed.code, listed.json["answers"][0]["verdict"]) == (3, "listed")
    assert listed.json["contacts"][0]["name"] == "Conduct team"
    assert prompt("check", "-31.6,-15.9").code == 4
    assert prompt("check", "-31.9,-16.1").code == 0
    assert prompt("find", "bleu lantern").code == 3
    assert prompt("find", "Harbour Mission").code == 0


def acknowledge(prompt: Prompt, folder: Path) -> None:
    """One at the prompt, one unit on paper."""
    sent = prompt("distribute", "--output", folder, "--json", by="M-1").done().json
    assert sent["recipients"] == 6
    assert sent["files"] == sorted(path.name for path in folder.iterdir())
    prompt("acknowledge", "--edition", 1, by="H-1").done()
    form = next(folder.glob("*ports*.csv"))
    sign(form)
    report = prompt("acknowledge", "import", form, "--json", by="M-1").done().json
    assert (report["unit"], report["recorded"], report["issues"]) == ("Ports", 1, [])
    status = prompt("campaign", "status", "--json", by="M-1").done().json
    assert status["own_unit"]["outstanding"] == ["M-1"]
    assert {one["unit"]: (one["asked"], one["left_out"]) for one in status["units"]} == {
        "HQ": (0, 1),
        "IT": (0, 1),
        "Ports": (2, 0),
    }
    prompt("campaign", "close", sent["campaign"], by="M-1").done()


def test_a_mission_goes_from_nothing_to_an_acknowledged_list(empty: Prompt, tmp_path: Path) -> None:
    fingerprint = deploy(empty, tmp_path)
    before = empty("check", "-31.6,-15.9", "--json")
    assert (before.code, before.json["answers"][0]["reasons"][0]["code"]) == (4, "no_edition")
    published = publish(empty)
    look_up(empty)
    taken = tmp_path / "list.geojson"
    empty("export", "--output", taken, by="S-1").done()
    assert sha256(taken.read_bytes()).hexdigest() == published["sha256"]
    assert empty("edition", "verify", taken, "--json").done().json["fingerprint"] == fingerprint
    acknowledge(empty, tmp_path / "sent")
    assert (tmp_path / "sent" / f"{MISSION}-edition-1.geojson").read_bytes() == taken.read_bytes()
    assert empty("audit", "verify", "--against", taken, "--json", by="C-1").done().json["leaves"] > 20
