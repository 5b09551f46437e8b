"""Lists as people really have them: of each, all that is told before anything lands, held to what is expected."""

import json

import pytest

from geo_offlimits.formats.reader import ImportFileError, read_rows
from tests.formats.corpus.island import NEAR
from tests.formats.corpus.told import CORPUS, EXPECTED, told, written


def test_there_are_as_many_lists_as_were_promised_and_each_has_its_report() -> None:
    assert len(CORPUS) >= 60
    assert sorted(path.name for path in EXPECTED.iterdir()) == sorted(f"{name}.json" for name in CORPUS)


@pytest.mark.parametrize("name", CORPUS)
def test_a_list_is_told_as_expected(name: str) -> None:
    expected = (EXPECTED / f"{name}.json").read_text(encoding="utf-8")
    assert written(told(name)) == expected


@pytest.mark.parametrize("name", CORPUS)
def test_no_row_is_lost_and_none_is_both_understood_and_refused(name: str) -> None:
    expected = json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))
    if "refused" in expected:
        with pytest.raises(ImportFileError):
            read_rows((name, CORPUS[name]), near=NEAR)
        return
    rows = [one["row"] for one in expected["rows"]]
    unread = {issue["row"] for issue in expected["unread"]}
    assert len(set(rows)) == len(rows)
    assert not unread & set(rows)
    assert rows or unread
    for one in expected["rows"]:
        assert ("label" in one) != ("issues" in one)
        assert all(issue["reason"] and issue["remedy"] for issue in one.get("issues", []))
