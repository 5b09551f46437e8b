"""Reads the shared test vectors and says which of them an implementation does not meet."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
Json = dict[str, Any]
Measure = Callable[[Json, float, float], tuple[float, float | None]]
Holds = Callable[[Json, datetime], bool]
Find = Callable[[int, str], list[list[Any]] | None]
Answer = Callable[[int, Json], Json]
Read = Callable[[Json], Json]
_A_MILLIONTH = 1e-6


@cache
def document(kind: str) -> Json:
    read: Json = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return read


@dataclass(frozen=True)
class Asked:
    """A question to a list, with its defaults filled in."""

    listed: int
    question: Json
    answer: Json


def near(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=0.0, abs_tol=tolerance)


def distances_missed(measure: Measure) -> Iterator[str]:
    told = document("distances")
    for at, lat, lon, distance_m, depth_m in told["vectors"]:
        footprint = told["footprints"][at]
        tolerance_m = told["tolerance_m"][footprint["type"]]
        found_m, found_deep_m = measure(footprint, lat, lon)
        if not (near(found_m, distance_m, tolerance_m) and near(found_deep_m, depth_m, tolerance_m)):
            yield f"footprint {at} from {lat}, {lon}: {found_m}, {found_deep_m} and not {distance_m}, {depth_m}"


def hours_missed(holds: Holds) -> Iterator[str]:
    told = document("hours")
    for at, instant, does in told["vectors"]:
        if holds(told["schedules"][at], datetime.fromisoformat(instant)) is not does:
            yield f"schedule {told['schedules'][at]} at {instant}"


def names_missed(find: Find) -> Iterator[str]:
    told = document("names")
    for at, query, expected in told["vectors"]:
        found = find(at, query)
        if not _same_names(found, expected, told["tolerance_score"]):
            yield f"{query!r}: {found} and not {expected}"


def _same_names(found: list[list[Any]] | None, expected: list[list[Any]] | None, tolerance: float) -> bool:
    if found is None or expected is None:
        return found is expected
    pairs = zip(found, expected, strict=False)
    alike = (f[:2] == e[:2] and f[3] == e[3] and near(f[2], e[2], tolerance + 1e-9) for f, e in pairs)
    return len(found) == len(expected) and all(alike)


def notations_missed(read: Read) -> Iterator[str]:
    for vector in document("notations")["vectors"]:
        asked = {name: vector[name] for name in ("text", "asked_m", "in_territory") if name in vector}
        found = read(asked)
        if not _same_reading(found, {name: fact for name, fact in vector.items() if name not in asked}):
            yield f"{vector['text']!r}: {found} and not {vector}"


def _same_reading(found: Json, expected: Json) -> bool:
    if found.get("refused") != expected.get("refused") or ("lat" in found) != ("lat" in expected):
        return False
    ours, theirs = (one.get("readings", [one] if "lat" in one else []) for one in (found, expected))
    return len(ours) == len(theirs) and all(is_same_place(o, t) for o, t in zip(ours, theirs, strict=True))


def is_same_place(one: Json, other: Json) -> bool:
    told = document("notations")
    degrees = all(near(one[name], other[name], told["tolerance_deg"]) for name in ("lat", "lon"))
    tolerance_m = max(told["tolerance_m"], _A_MILLIONTH * other["uncertainty_m"])
    return degrees and near(one["uncertainty_m"], other["uncertainty_m"], tolerance_m)


def asked() -> Iterator[Asked]:
    told = document("verdicts")
    for at, question, answer in told["vectors"]:
        yield Asked(at, {**told["defaults"], **question}, answer)


def verdicts_missed(answer: Answer) -> Iterator[str]:
    for one in asked():
        found = answer(one.listed, one.question)
        if not is_same_answer(found, one.answer):
            yield f"{one.question} of list {one.listed}: {found} and not {one.answer}"


def is_same_answer(found: Json, expected: Json) -> bool:
    tolerance_m = document("verdicts")["tolerance_m"]
    words = all(found[name] == expected[name] for name in ("verdict", "on_list", "stale", "reasons", "rules"))
    ours, theirs = found["matches"], expected["matches"]
    matches = len(ours) == len(theirs) and all(
        o[:3] == t[:3] and near(o[3], t[3], tolerance_m) for o, t in zip(ours, theirs, strict=True)
    )
    return words and matches and near(found["nearest_m"], expected["nearest_m"], tolerance_m)
