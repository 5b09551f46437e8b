"""A new officer and a spreadsheet that nobody prepared: what it takes them is counted, not waited for."""

import sys
from dataclasses import replace
from typing import Any

import pytest
from trials.importing import imported
from trials.lists import UNPREPARED
from trials.person import Person

from tests.browser.test_pages import DESKTOP

pytestmark = pytest.mark.browser
# Five minutes, of which the machine may take half of one.
MOST_S = 4.5 * 60


def northward(text: str) -> str:
    """The same list a degree further north, where this mission is."""
    return text.replace("-31", "-30").replace("31°", "30°")


LISTED = replace(
    UNPREPARED,
    text=northward(UNPREPARED.text),
    is_meant=False,  # none of them looks like what is listed here
    cells={name: {field: northward(text) for field, text in row.items()} for name, row in UNPREPARED.cells.items()},
)


def test_a_spreadsheet_nobody_prepared_is_proposals_within_five_minutes(reader: Any, tmp_path: Any) -> None:
    """The control sets nothing right: the measure sees that it is done sooner, and less of it lands."""
    mending = Person(reader.page(who="head", viewport=DESKTOP))
    landed = imported(mending, LISTED, tmp_path)
    sys.stdout.write("\n".join(map(str, (*mending.steps, mending.total))))
    assert mending.total.person_s <= MOST_S
    careless = Person(reader.page(who="head", viewport=DESKTOP))
    sooner = imported(careless, replace(LISTED, cells={}, left_out=()), tmp_path)
    assert sooner < landed
    assert careless.total.person_s < mending.total.person_s - 10
