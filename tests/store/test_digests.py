"""What leaves of the audit tree carry of a row stays true over every later form of its table."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785

from geo_offlimits.store import tables
from geo_offlimits.store.history import row_digest
from geo_offlimits.store.plain import canonical

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MISSION: dict[str, Any] = {
    "id": 1, "recorded_at": AT, "supersedes_id": None, "code": "DEMO", "name": "Invented island", "organisation": "UN",
    "timezone": "UTC", "territory": "file:demo", "languages": "en", "recognises": "", "contacts": "[]",
    "demonstration": False,
}  # fmt: skip
DESIGNATION: dict[str, Any] = {
    "id": 1, "recorded_at": AT, "supersedes_id": None, "designation_id": "DEMO-0001", "mission": "DEMO",
    "subject_id": "DEMO-S0001", "restriction": "off_limits", "basis": "drugs", "authority": "Head",
    "directive": "D-1", "valid_from": None, "valid_to": None, "review_by": None, "applies_to": "", "hours": None,
    "exceptions": "", "note": None,
}  # fmt: skip
# Of the program that knew the first revision only.
FIRST = {
    "mission": "43f7f183f04c1ffc61e9f283772270cba801081211dfeb670f3d4da1bf1dc0c5",
    "designation": "94f9037c2b03eafe2b3beb5907c141b8f2bfc9c7d1e9816ce6be9bd09aafc6f1",
}


@pytest.mark.parametrize(("table", "row"), [(tables.mission, MISSION), (tables.designation, DESIGNATION)])
def test_a_row_of_the_first_revision_keeps_its_digest_when_its_table_has_more_columns(table: Any, row: Any) -> None:
    assert row_digest(table, row | table.info["later"]) == FIRST[table.name]


@pytest.mark.parametrize(
    ("table", "row", "changed"),
    [
        (tables.mission, MISSION, {"notice_days": 1}),
        (tables.mission, MISSION, {"petition_address": ""}),
        (tables.designation, DESIGNATION, {"not_before": AT}),
    ],
)
def test_what_a_later_column_says_is_in_the_digest(table: Any, row: Any, changed: dict[str, Any]) -> None:
    assert row_digest(table, row | table.info["later"] | changed) != FIRST[table.name]


def test_a_row_of_an_edition_has_the_digest_of_its_canonical_form() -> None:
    row: dict[str, Any] = dict.fromkeys(tables.edition.columns.keys())
    row |= {"id": 7, "recorded_at": AT, "mission": 'DE"MO \u2028 😀', "content": b"\x00\xff{", "envelope": b""}
    told = row | {"recorded_at": "2026-03-01T12:00:00.000000+00:00", "content": "00ff7b", "envelope": ""}
    assert (
        row_digest(tables.edition, row) == hashlib.sha256(rfc8785.dumps({"table": "edition", "row": told})).hexdigest()
    )


def test_every_column_since_the_first_revision_says_what_older_rows_hold() -> None:
    for table, row in ((tables.mission, MISSION), (tables.designation, DESIGNATION)):
        assert set(table.columns.keys()) == row.keys() | table.info["later"].keys()


@pytest.mark.parametrize(
    "text",
    ["", "plain", 'a "quote" and a \\ stroke', "Zoé Müller", "ليلى حداد", "\U0001f6a4", "a\tb\n\x01", "\x7f\u2028"],
)
def test_a_text_is_written_quickly_and_as_the_canonical_form_says(text: str) -> None:
    assert canonical(text) == rfc8785.dumps(text)
