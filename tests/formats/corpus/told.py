"""What is told of a list of the corpus, as JSON; run as a program it writes what is expected.

`.venv/bin/python -m tests.formats.corpus.told` rewrites `expected/`: read the difference before you commit it.
"""

import json
from pathlib import Path
from typing import Any

from geo_offlimits.domain.hours import Hours
from geo_offlimits.errors import Issue
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.understood import understood
from tests.formats.corpus.island import NEAR, TERRITORY, TIMEZONE
from tests.formats.corpus.mistaken import MISTAKEN
from tests.formats.corpus.saved import SAVED
from tests.formats.corpus.surveyed import MARKED, SURVEYED

EXPECTED = Path(__file__).parent / "expected"
CORPUS = SAVED | MISTAKEN | MARKED | SURVEYED


def told(name: str) -> dict[str, Any]:
    """Everything that a person is told of this list of the corpus."""
    try:
        table = read_rows((name, CORPUS[name]), near=NEAR)
    except ImportFileError as refusal:
        return {"refused": str(refusal)}
    found = understood(table, timezone=TIMEZONE, territory=TERRITORY, near=NEAR)
    whole = [issue for issue in table.issues if issue.row is None]
    return {
        "format": table.source_format,
        "notes": [str(note) for note in table.notes],
        "columns": [one.as_json() for one in table.matches],
        "issues": [_issue(issue) for issue in (*whole, *found.issues)],
        "unread": [_issue(issue) for issue in table.issues if issue.row is not None],
        "rows": [_row(one) for one in found.rows],
    }


def _issue(issue: Issue) -> dict[str, Any]:
    return {key: value for key, value in issue.as_json().items() if key != "value"}


def _row(one: Described) -> dict[str, Any]:
    row: dict[str, Any] = {"row": one.row}
    if one.subject:
        row |= {"kind": one.subject.kind.value, "label": one.subject.label}
        if place := one.subject.geometry:
            middle = place.representative_point()
            row["place"] = f"{place.geom_type} {middle.y:.4f} {middle.x:.4f}"
        facts = {
            "within_m": one.subject.uncertainty_m and round(one.subject.uncertainty_m),
            "category": one.subject.category,
            "placed_by": one.placed_by and one.placed_by.name,
            "hours": one.facts.hours and _hours(one.facts.hours),
            "from": one.facts.valid.start and one.facts.valid.start.isoformat(),
            "to": one.facts.valid.end and one.facts.valid.end.isoformat(),
        }
        row |= {key: value for key, value in facts.items() if value}
    told_of = {"issues": one.issues, "remarks": one.remarks}
    return row | {key: [_issue(issue) for issue in issues] for key, issues in told_of.items() if issues}


def _hours(hours: Hours) -> str:
    spans = (f"{''.join(map(str, one.days))} {one.start:%H:%M}-{one.end:%H:%M}" for one in hours.weekly)
    return f"{'; '.join(spans)} {hours.tz}"


def written(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    for name in CORPUS:
        (EXPECTED / f"{name}.json").write_text(written(told(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
