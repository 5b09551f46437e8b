"""A new officer and a spreadsheet that nobody prepared: what it takes them is counted, not waited for."""

import sys
from dataclasses import replace
from typing import Any

import pytest
from trials.importing import imported
from trials.lists import UNPREPARED
from trials.person import Person

from tests.browser.test_pages import DESKTOP, PHONE

pytestmark = pytest.mark.browser
# Of five minutes for all of it; the machine takes a part of one.
AT_A_DESK_S, ON_A_PHONE_S = 3.8 * 60, 4.0 * 60


def northward(text: str) -> str:
    """The same list a degree further north, where this mission is; its northern town lies a little south of there."""
    return text.replace("-31.48", "-30.58").replace("-131", "-130").replace("-31", "-30").replace("31°", "30°")


LISTED = replace(
    UNPREPARED,
    text=northward(UNPREPARED.text),
    is_meant=False,  # none of them looks like what is listed here
    cells={name: {field: northward(text) for field, text in row.items()} for name, row in UNPREPARED.cells.items()},
)


def test_a_spreadsheet_nobody_prepared_is_proposals_within_five_minutes(reader: Any, tmp_path: Any) -> None:
    """The control sets nothing right: the measure sees that it is done sooner, and less of it lands."""
    # By another person: a browser does in seconds what keeps one busy for minutes, and nobody may be that fast.
    on_a_phone = Person(reader.page(who="deputy", viewport=PHONE), has_thumbs=True)
    landed = imported(on_a_phone, LISTED, tmp_path)
    mending = Person(reader.page(who="head", viewport=DESKTOP))
    assert imported(mending, LISTED, tmp_path) == landed
    sys.stdout.write("\n".join(map(str, (*on_a_phone.steps, on_a_phone.total, *mending.steps, mending.total))))
    assert mending.total.person_s <= AT_A_DESK_S
    assert on_a_phone.total.person_s <= ON_A_PHONE_S
    careless = Person(reader.page(who="head", viewport=DESKTOP))
    sooner = imported(careless, replace(LISTED, cells={}, left_out=()), tmp_path)
    assert sooner < landed
    assert careless.total.person_s < mending.total.person_s - 10
