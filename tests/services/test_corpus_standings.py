"""Where each row of the corpus stands against a small register of its island, held to what is expected.

Rows outside the territory stand here as they would once that is confirmed: only a mission has one.

`.venv/bin/python -m tests.services.test_corpus_standings` rewrites what is expected: read the difference first.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point

from geo_offlimits.domain.designation import Basis, Designation, Restriction, Step, StepKind, Terms
from geo_offlimits.domain.imports import RowStatus
from geo_offlimits.domain.premises import Name, Subject, SubjectKind, VenueKind
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import read_rows
from geo_offlimits.formats.understood import understood
from geo_offlimits.services import import_rows
from geo_offlimits.services.import_report import Proposal
from geo_offlimits.services.import_rows import Compared
from tests.formats.corpus.island import NEAR, TERRITORY, TIMEZONE
from tests.formats.corpus.told import CORPUS

EXPECTED = Path(__file__).parents[1] / "formats" / "corpus" / "standings.json"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
TERMS = Terms(restriction=Restriction.OFF_LIMITS, basis=Basis.OTHER, authority="Head of Mission", directive="ISLE/7")


def listed(number: int, name: str, lon: float, lat: float, **facts: Any) -> Designation:
    subject = Subject(kind=SubjectKind.PREMISES, names=(Name(text=name),), geometry=Point(lon, lat), **facts)
    step: dict[str, Any] = {"person_id": "p", "recorded_at": NOW, "effective_at": NOW}
    return Designation(
        designation_id=f"ISLE-{number:04d}",
        mission="ISLE",
        subject_id=f"s{number}",
        subject=subject,
        described_at=NOW,
        terms=TERMS,
        steps=(Step(kind=StepKind.PROPOSED, **step), Step(kind=StepKind.DESIGNATED, **step)),
    )


# One as many lists have it; one with another kind; one beside which a list has another; one in no list.
REGISTER = (
    listed(1, "Blue Lantern", -15.9512, -31.4901, category=VenueKind.BAR, locality="Ostrel"),
    listed(2, "Café Étoile", -15.9077, -31.6612, category=VenueKind.RESTAURANT, locality="Porto Velano"),
    listed(3, "Old Anchor", -16.0533, -31.5573, locality="Halvera"),
    listed(4, "In No List", -15.8, -31.4),
)


def standings(name: str) -> dict[str, str] | str:
    """Row -> its status and the entry or row that it is about; a file that cannot be read is refused whole."""
    try:
        table = read_rows((name, CORPUS[name]), near=NEAR)
    except ImportFileError:
        return RowStatus.REFUSED.value
    found = understood(table, timezone=TIMEZONE, territory=TERRITORY, near=NEAR)
    proposals = [
        Proposal(
            row=one.row, subject=one.subject, terms=one.facts.terms(authority="x", directive="x", basis=Basis.OTHER)
        )
        for one in found.rows
        if one.subject
    ]
    compared = Compared(
        proposals=proposals,
        told={one.row: one for one in found.rows},
        rows={row.number: row for row in table.rows},
        standing=REGISTER,
        waiting_changes=frozenset(),
    )
    compared.compare()
    told = {one.row: " ".join(filter(None, (one.status, one.other))) for one in compared.reports.values()}
    unread = [*table.issues, *(issue for one in found.rows for issue in one.issues)]
    told |= dict.fromkeys(import_rows.by_row(unread).keys() - told.keys(), RowStatus.REFUSED.value)
    return {str(row): told[row] for row in sorted(told)}


@pytest.mark.parametrize("name", CORPUS)
def test_every_row_of_a_list_stands_where_it_is_expected(name: str) -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert standings(name) == expected[name]


def test_every_status_is_met_and_none_beside_the_lists() -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert expected.keys() == CORPUS.keys()
    met = {told.partition(" ")[0] for rows in expected.values() if isinstance(rows, dict) for told in rows.values()}
    assert met == set(RowStatus)


def main() -> None:
    told = {name: standings(name) for name in sorted(CORPUS)}
    EXPECTED.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
