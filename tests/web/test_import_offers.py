"""What a row may have meant stands beside it as a button, and the map leaves out of view what lies far away."""

import pytest
from flask import Flask

from tests.web.import_steps import PAGE, begun, data, row_of, shown, statuses, step
from tests.web.isle import Browser, signed_in

LIST = """Name;Lat;Long;Hours
Harbour Cellar;10.2;-30.2;
Swapped One;-30.21;10.21;
Swapped Two;-30.22;10.22;
Late Bar;10.23;-30.23;8-2
Later Bar;10.24;-30.24;8-2
Far Away;55.5;77.7;
Tall Mast;10.25;-30.25;
Eel Bar;10.26;-30.26;
"""


@pytest.fixture
def officer(app: Flask) -> Browser:
    return signed_in(app, "officer")


def test_one_press_sets_a_row_right_and_a_tick_those_alike(officer: Browser) -> None:
    file = begun(officer, LIST)
    row = row_of(shown(officer, file, status="refused"), 3)
    assert "latitude and longitude swapped?" in row
    assert 'name="use" value="10.21, -30.21"' in row
    assert "Likewise in rows 4<" in row
    answer = step(officer, "row", file, row=3, use="10.21, -30.21", status="refused")
    assert answer.status_code == 303, answer.text
    assert answer.location.endswith("status=refused#row-4")
    told = {one["row"]: one for one in data(officer, file)["table"]}
    assert (told[3]["status"], told[3]["corrected"], told[3]["position"]) == (
        "new",
        True,
        {"lon": -30.21, "lat": 10.21},
    )
    assert (told[4]["status"], told[4]["corrected"]) == ("refused", False)
    step(officer, "row", file, row=5, use="20:00-02:00", also="6", status="refused")
    step(officer, "row", file, row=4, use="10.22, -30.22", status="refused")
    assert {row for row, status in statuses(officer, file).items() if status == "refused"} == {7}
    last = step(officer, "row", file, row=7, leave_out="yes", status="refused")
    assert last.location.endswith("#land")
    assert "status=" not in last.location
    assert statuses(officer, file)[7] == "left_out"


@pytest.mark.parametrize(
    "said", [{"use": "10.22, -30.22"}, {"use": "10.21, -30.21", "also": "5"}, {"use": "10.21, -30.21", "also": "99"}]
)
def test_what_is_not_offered_is_not_taken(officer: Browser, said: dict[str, str]) -> None:
    file = begun(officer, LIST)
    before = data(officer, file)
    answer = step(officer, "row", file, row=3, **said)
    assert answer.status_code == 409
    assert "The report has changed since this page was made" in answer.text
    assert data(officer, file) == before


def test_rows_far_away_are_named_under_the_map_and_not_in_its_view(officer: Browser) -> None:
    file = begun(officer, LIST)
    page = shown(officer, file)
    told = page[page.index('class="hint away"') :]
    told = told[: told.index("</p>")]
    assert "3 rows of these lie far outside" in told
    assert [number for number in range(2, 10) if f"#row-{number}" in told] == [3, 4, 7]
    features = officer.get(f"{PAGE}/rows.json?file={file}").get_json()["features"]
    assert [one["id"] for one in features if one["properties"]["away"]] == [3, 4, 7]
    # So it is where only rows at fault are shown, all of which are far away.
    step(officer, "row", file, row=5, use="20:00-02:00", also="6")
    assert "3 rows of these lie far outside" in shown(officer, file, status="refused")
    # Of a list that lies elsewhere the map shows all.
    file = begun(officer, "Name;Lat;Long\nFar Away;55.5;77.7\nFarther;56.5;77.7\nNear;10.2;-30.2\n")
    assert 'class="hint away"' not in shown(officer, file)
    features = officer.get(f"{PAGE}/rows.json?file={file}").get_json()["features"]
    assert [one["properties"]["away"] for one in features] == [False, False, False]
