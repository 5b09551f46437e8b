"""Each row is held to the first of its noun; that one is found without going through everything of its mission."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from geo_offlimits.store import Store
from geo_offlimits.store.migrations.latest import REFUSALS

FIRST = {refusal.table: refusal.condition or "" for refusal in REFUSALS if refusal.name == "second_line"}
# A mission has two sets of boundaries.
FEW = {"boundary_set"}


@pytest.mark.parametrize("table", FIRST)
def test_the_first_of_a_noun_is_looked_up_by_more_than_its_mission(tmp_path: Path, table: str) -> None:
    path = tmp_path / "register.db"
    Store.create(f"sqlite:///{path}").close()
    asked = re.sub(r"NEW\.\w+", "'x'", FIRST[table].partition("EXISTS ")[2].strip("()"))
    with closing(sqlite3.connect(path)) as connection:
        (plan,) = connection.execute(f"EXPLAIN QUERY PLAN {asked}")
    assert plan[3].startswith("SEARCH o USING")
    by_mission_only = "(mission=?)" in plan[3]
    assert not by_mission_only or table in FEW or asked.count("= 'x'") == 1, plan[3]
