"""A long text of rows, a piece at a time: the same rows as in one go, in little memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from geo_offlimits.errors import Issue
from geo_offlimits.formats import streaming
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import Row, read_rows
from geo_offlimits.formats.streaming import stream_rows

LISTS = (
    'name,note\nA,1\n\nB,"two\nlines"\nC,3\n',
    'sep=;\nTITLE\n\nname;note\nA;1\n;;\nB;"x;""y"""\n',
    "name\tnote\r\nA\t1\r\nB\t2",
    'name,note\nA,1\n"Open,2\nB,3\n"C"x,4\nD,5\n',
    "name,note\nA,1,2\nB,#REF!\nC,x\n",
    "name,note,town\nA,1,x\nname,note,town\nB,2,y\nC,3",
)


def both(path: Path, text: str, codec: str = "utf-8") -> tuple[list[Row], list[Row], set[Issue], set[Issue]]:
    path.write_bytes(text.encode(codec))
    items = list(stream_rows(path).items)
    table = read_rows(path)
    streamed = [item for item in items if isinstance(item, Row)]
    return streamed, list(table.rows), {one for one in items if isinstance(one, Issue)}, set(table.issues)


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("text", LISTS)
def test_rows_and_issues_are_those_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, piece: int
) -> None:
    monkeypatch.setattr(streaming, "_PIECE", piece)
    rows, whole, issues, known = both(tmp_path / "list.csv", text)
    assert rows == whole
    assert {(issue.row, issue.field) for issue in issues} == {(issue.row, issue.field) for issue in known}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "cp1251"])
def test_encodings_are_found_from_the_head(tmp_path: Path, codec: str) -> None:
    rows, whole, _, _ = both(tmp_path / "list.csv", "name,note\nПлава лампа,кафана\n", codec)
    assert rows == whole
    assert rows[0].values["name"] == "Плава лампа"


def test_a_mark_that_is_never_closed_ends_with_its_row_also_far_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_PIECE", 64)
    monkeypatch.setattr(streaming, "_LONGEST_ROW", 256)
    text = "name,note\n" + "A,1\n" * 50 + '"Open,2\n' + "B,3\n" * 500
    rows, whole, issues, _ = both(tmp_path / "list.csv", text)
    assert [row.number for row in rows] == [row.number for row in whole]
    assert [issue.row for issue in issues] == [52]


def test_another_encoding_further_down_is_refused_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"name,note\n" + "Ä,x\n".encode() * 100_000 + b"\xc4,x\n")
    stream = stream_rows(path)
    with pytest.raises(ImportFileError, match="changes its encoding further down"):
        for _ in stream.items:
            pass


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("list.csv", b"", "is empty"),
        ("list.csv", b"%PDF", "is PDF"),
        ("list.geojson", b'{"type":"FeatureCollection"}', "is JSON but not a GeoJSON FeatureCollection"),
        ("list.kml", b"<kml/>", "is not a text of rows"),
        ("list.csv", b"1,2\n3,4\n", "has no header that is recognised"),
    ],
)
def test_what_is_no_text_of_rows_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFileError, match=sentence):
        stream_rows(tmp_path / name)
    with pytest.raises(ImportFileError, match="cannot be opened"):
        stream_rows(tmp_path / "absent.csv")


@pytest.mark.parametrize("rows", [100_000, pytest.param(1_000_000, marks=pytest.mark.deep)])
def test_a_million_rows_stream_in_the_memory_of_a_few(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "list.csv"
    with path.open("w") as file:
        file.write("name,latitude,longitude,note\n")
        file.writelines(f"Bar {at},12.5,-40.25,a remark\n" for at in range(rows))
    script = (
        "import resource, sys\nfrom pathlib import Path\nfrom geo_offlimits.formats.streaming import stream_rows\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "count = sum(1 for _ in stream_rows(Path(sys.argv[1])).items)\n"
        "print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run((sys.executable, "-c", script, str(path)), capture_output=True, text=True, check=True)
    count, grown_mb = map(int, done.stdout.split())
    assert count == rows
    assert grown_mb < 32
