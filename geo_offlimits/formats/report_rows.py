"""What an import says of each row, as a file that grows: JSON by lines (NDJSON), or CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from geo_offlimits.domain.imports import RowReport
from geo_offlimits.errors import InputError
from geo_offlimits.formats.cells import neutralised

_COLUMNS = ("row", "status", "name", "other", "other_name", "lands", "latitude", "longitude", "changes", "issues")
Lines = Callable[[Iterable[RowReport]], bytes]


def lines_of(path: Path) -> tuple[bytes, Lines]:
    """What such a file begins with, and how rows are written into it. Raises InputError for another extension."""
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise InputError(f"{path.name} has no extension that a report is written in; name it .ndjson or .csv.")
    return form


def _as_json(reports: Iterable[RowReport]) -> bytes:
    return "".join(f"{json.dumps(one.as_json(), ensure_ascii=False)}\n" for one in reports).encode()


def _as_csv(reports: Iterable[RowReport]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(map(_cells, reports))
    return text.getvalue().encode(errors="replace")


def _cells(one: RowReport) -> list[str]:
    lon, lat = one.position or (None, None)
    told = (one.name, one.other, one.other_name)
    changes = "; ".join(change.sentence for change in one.changes)
    issues = "; ".join(f"{issue.field}: {issue.told}" for issue in (*one.issues, *one.remarks))
    return [
        str(one.row),
        one.status.value,
        *map(neutralised, told),
        "yes" if one.lands else "no",
        "" if lat is None else f"{lat:.7f}",
        "" if lon is None else f"{lon:.7f}",
        neutralised(changes),
        neutralised(issues),
    ]


_FORMS: Mapping[str, tuple[bytes, Lines]] = MappingProxyType(
    {
        ".ndjson": (b"", _as_json),
        ".jsonl": (b"", _as_json),
        ".csv": (f"\ufeff{','.join(_COLUMNS)}\r\n".encode(), _as_csv),
    }
)
