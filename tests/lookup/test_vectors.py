"""Python meets every shared test vector; the files are what the script writes; nothing real is in them."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import shapely
from vectors import hours, notations
from vectors.document import Document

from geo_offlimits.delivery import shipped
from tests.lookup import vectors_met as vectors
from tests.lookup import vectors_ours as ours
from tests.lookup.vectors_met import document

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "write_vectors.py"
KINDS = ("distances", "hours", "names", "notations", "verdicts")


def test_every_distance_and_depth_is_met() -> None:
    assert list(vectors.distances_missed(ours.measured)) == []


def test_every_schedule_is_met() -> None:
    assert list(vectors.hours_missed(ours.holds)) == []


def test_every_search_by_name_is_met() -> None:
    assert list(vectors.names_missed(ours.found)) == []


def test_every_notation_is_met() -> None:
    assert list(vectors.notations_missed(ours.read)) == []


def test_every_verdict_is_met() -> None:
    assert list(vectors.verdicts_missed(partial(ours.answered, ours.indices()))) == []


def test_the_vectors_are_many_and_small_enough_to_travel() -> None:
    assert sum(len(document(kind)["vectors"]) for kind in KINDS) >= 20_000
    assert sum((vectors.FOLDER / f"{kind}.json").stat().st_size for kind in KINDS) < 3_000_000
    assert {path.stem for path in vectors.FOLDER.glob("*.json")} == set(KINDS)


def test_no_vector_stands_twice() -> None:
    for kind in KINDS:
        lines = Counter(map(repr, document(kind)["vectors"]))
        assert [line for line, times in lines.items() if times > 1] == [], kind


def test_every_outcome_is_asked_for_often() -> None:
    answers = [one.answer for one in vectors.asked()]
    assert min(Counter(answer["verdict"] for answer in answers).values()) > 900
    reasons = Counter(reason[0] for answer in answers for reason in answer["reasons"])
    assert len(reasons) == 12
    assert min(reasons.values()) > 50
    assert len({vector.get("refused") for vector in document("notations")["vectors"]}) > 30
    held = [vector[2] for vector in document("hours")["vectors"]]
    assert 0.2 < sum(held) / len(held) < 0.8
    inside = [vector[4] is not None for vector in document("distances")["vectors"]]
    assert 0.2 < sum(inside) / len(inside) < 0.8


def test_every_member_is_told_in_the_readme() -> None:
    readme = (vectors.FOLDER / "README.md").read_text(encoding="utf-8")
    told = {word for code in re.findall(r"`([^`]+)`", readme) for word in re.findall(r"\w+", code)}
    members = {"sha256", "content"}
    for kind in KINDS:
        members |= document(kind).keys()
    for vector in document("notations")["vectors"]:
        members |= vector.keys()
    for _, question, answer in document("verdicts")["vectors"]:
        members |= question.keys() | answer.keys()
    columns = {name for kind in KINDS for name in document(kind).get("columns", [])}
    assert (members | columns) - told == set()


def test_an_edition_stands_with_its_own_hash() -> None:
    for one in document("verdicts")["lists"]:
        assert hashlib.sha256(one["content"].encode()).hexdigest() == one["sha256"]


def test_nothing_is_listed_within_half_a_degree_of_any_land() -> None:
    world = json.loads(shipped.layer_bytes(shipped.WORLD))["features"]
    lands = shapely.STRtree([shapely.geometry.shape(land["geometry"]) for land in world])
    listed = [entry.geometry for edition in ours.editions() for entry in edition.entries if entry.geometry]
    assert len(listed) > 60
    assert [shape for shape in listed if len(lands.query(shape, predicate="dwithin", distance=0.5))] == []
    assert len(lands.query(shapely.Point(21.16, 42.66), predicate="dwithin", distance=0.5)) > 0  # the control


@pytest.mark.parametrize("write", [hours.document, notations.document], ids=["hours", "notations"])
def test_the_quick_files_are_what_the_script_writes(write: Callable[[], Document]) -> None:
    made = write()
    assert made.text == (vectors.FOLDER / f"{made.name}.json").read_text(encoding="utf-8")


@pytest.mark.deep
def test_every_file_is_what_the_script_writes() -> None:
    checked = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
