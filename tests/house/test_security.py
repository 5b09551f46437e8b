"""What docs/security.md says is held names a test that there is, and no requirement of the standard is left out."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# section of OWASP ASVS 5.0.0 -> how many of its requirements are of level 1 or 2; they are its first ones
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
REQUIREMENTS = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
RESULTS = {"held", "gap", "not applicable"}


def rows(page: str) -> list[tuple[str, str, str]]:
    """(requirement or a span of them, where, result) of every row of the tables of requirements."""
    found = re.findall(r"^\| (\d+\.\d+\.\d+(?:–\d+\.\d+\.\d+)?) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    return [(what, where, result.strip()) for what, where, result in found]


def spanned(what: str) -> list[str]:
    first, _, last = what.partition("–")
    return REQUIREMENTS[REQUIREMENTS.index(first) : REQUIREMENTS.index(last or first) + 1]


def without_a_test(page: str) -> list[str]:
    """The requirements that are said to be held by no test there is."""
    return [
        what
        for what, where, result in rows(page)
        if result == "held"
        and (not (named := re.findall(r"tests/[\w/]+\.py", where)) or not all((ROOT / one).is_file() for one in named))
    ]


def test_every_requirement_up_to_level_two_stands_in_the_table_once() -> None:
    upto_two = PAGE.partition("### Beyond level 2")[0]
    listed = [one for what, _, _ in rows(upto_two) for one in spanned(what)]
    assert listed == REQUIREMENTS
    assert len(listed) == 253


def test_what_is_held_names_a_test_that_there_is() -> None:
    assert without_a_test(PAGE) == []
    assert {result for _, _, result in rows(PAGE)} <= RESULTS


def test_a_test_that_there_is_not_would_be_found() -> None:
    page = "| 1.1.1 | x | `tests/web/test_nowhere.py` | held |\n| 1.1.2 | x | by care | held |\n| 1.2.1 | x | - | gap |"
    assert without_a_test(page) == ["1.1.1", "1.1.2"]


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`((?:tests|docs|bench|contrib|scripts|domain|services)/[\w./-]+\.\w+)`", PAGE)
    assert len(named) > 150
    roots = (ROOT, ROOT / "geo_offlimits")
    assert [one for one in named if not any((root / one).exists() for root in roots)] == []
