"""The report of a list of any length, a part at a time: of each row what `imports.report` says, in little memory.

1. The list is read once. Its rows are kept packed (`formats.shelf`), and each leaves a trace (`import_traces`).
2. Then each part is held against the register, against itself, and against those earlier rows that its traces find;
   what was said of its rows is given away before the next part is looked at.
3. Nothing lands from here. A part that is named by its rows lands as a list of its own (`of_rows`).
"""

from array import array
from collections.abc import Callable, Iterator, Sequence

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.imports import RowReport, RowStatus
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import Issue, Sentence
from geo_offlimits.formats.described import Described
from geo_offlimits.formats.files import ImportFileError
from geo_offlimits.formats.reader import Row, Table
from geo_offlimits.formats.shelf import Shelf
from geo_offlimits.formats.streaming import Stream
from geo_offlimits.lookup.names import NamePairs
from geo_offlimits.services import gazetteer, import_rows, imports, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.import_report import Proposal, Summary
from geo_offlimits.services.import_rows import Compared, as_compared
from geo_offlimits.services.import_suspicions import OfAll
from geo_offlimits.services.import_traces import Traces
from geo_offlimits.uncollected import uncollected

__all__ = ["LongReport", "of_rows"]

_TOGETHER = 20_000
_MOST_BROKEN = 100_000
Heard = Callable[[int, int], None]


class LongReport:
    """The rows of a list, held against the register a part at a time: `parts` once, then `summary` is whole.

    confirmed : what of "outside" and "duplicates" is said to be meant. heard : is told how many steps of how many are
    done; a step is a row that is read again.
    """

    def __init__(
        self,
        act: Act,
        mission: str,
        stream: Stream,
        *,
        name: str,
        source: str,
        sha256: str = "",
        confirmed: frozenset[str] = frozenset(),
        heard: Heard = lambda _done, _of: None,
    ) -> None:
        act.require(Action.PROPOSE, mission)
        self._act, self._mission, self._confirmed, self._heard = act, mission, confirmed, heard
        self._done, self._together = 0, _TOGETHER
        self._refused: dict[str, int] = {}
        self._shelf, self._broken, issues = _shelved(stream, name)
        told = Table(name=name, columns=stream.columns, mapping=stream.mapping, rows=self._shelf, issues=())
        self._reading = gazetteer.reading_in(act, mission, told)
        self._authority = missions.mission(act, mission).name
        first = self._reading.described(self._shelf[:_TOGETHER])
        self.summary = Summary(
            mission=mission,
            file=name,
            columns=stream.columns,
            mapping=stream.mapping,
            source=source,
            sha256=sha256,
            landed_before=imports.landed_before(act, mission, source, sha256),
            issues=(*issues, *self._reading.issues, *self._reading.swapped(first)),
        )
        self._standing = import_rows.stands(act.tx.register.all(mission))
        self._keys = import_rows.keys_of(self._standing)
        self._changing = act.tx.waiting(mission).changing
        # Each part is held against all entries: of very many, more rows go together.
        self._together = max(_TOGETHER, len(self._standing))
        self._on_shelf = array("i", [-1] * len(self._standing))

    def parts(self) -> Iterator[tuple[RowReport, ...]]:
        """The reports of all rows in their order, some thousands together."""
        traces = self._traces()
        seen: set[str] = set()
        taken: dict[str, int] = {}
        place = len(self._standing)
        for rows in self._parts():
            reports, proposals = self._part(rows, traces, place, seen, taken)
            place += proposals
            self.summary.counts.update(one.status for one in reports)
            told = import_rows.refused_by_key(reports, {row.number: row for row in rows})
            self._refused |= {key: row for key, row in told.items() if key in self._keys}
            yield reports
        if rest := import_rows.by_row(self._broken):
            yield tuple(import_rows.refused(number, rest[number], None) for number in sorted(rest))
            self.summary.counts[RowStatus.REFUSED] += len(rest)
        gone = [one for one in self._standing if one.designation_id not in seen]
        self.summary.missing = import_rows.beside_refused(map(import_rows.as_missing, gone), self._refused)

    def _parts(self) -> Iterator[list[Row]]:
        rows: list[Row] = []
        for row in self._shelf:
            rows.append(row)
            if len(rows) == self._together:
                yield self._stepped(rows)
                rows = []
        if rows:
            yield self._stepped(rows)

    def _stepped(self, rows: list[Row]) -> list[Row]:
        self._heard(self._done, 2 * len(self._shelf))
        self._done += len(rows)
        return rows

    @uncollected()
    def _part(
        self, rows: Sequence[Row], traces: Traces, place: int, seen: set[str], taken: dict[str, int]
    ) -> tuple[tuple[RowReport, ...], int]:
        """What is said of the rows, and how many of them can land; `place` is that of the first of them."""
        told, proposals, issues, inside = self._understood(rows)
        earlier = self._again(traces.before(place, [as_compared(one.subject) for one in inside]))
        compared = Compared(
            proposals=inside,
            told={one.row: one for one in told},
            rows={row.number: row for row in rows},
            standing=self._standing,
            waiting_changes=self._changing,
            earlier=earlier,
            of_all=OfAll(names_on=traces.names_on, kinds=traces.kinds),
            taken=taken,
        )
        compared.compare()
        seen |= compared.seen & {one.designation_id for one in self._standing}
        broken = [issue for issue in self._broken if issue.row is not None and issue.row <= rows[-1].number]
        del self._broken[: len(broken)]
        every = (*broken, *issues)
        reports = imports.reports_of(compared, every, proposals, confirmed="duplicates" in self._confirmed)
        return reports, len(inside)

    def _understood(
        self, rows: Sequence[Row]
    ) -> tuple[tuple[Described, ...], tuple[Proposal, ...], list[Issue], list[Proposal]]:
        """The rows as they are understood, what can land of them, the issues, and what lies in the territory."""
        told = self._reading.described(rows)
        proposals, issues = imports.proposals_of(
            self._act, told, authority=self._authority, directive=self.summary.file
        )
        away = () if "outside" in self._confirmed else imports.outside_of(self._act, self._mission, proposals)
        issues = [*(issue for one in told for issue in one.issues), *issues, *away]
        return told, proposals, issues, imports.without_those_of(proposals, away)

    def _again(self, places: Sequence[int]) -> list[Proposal]:
        """The rows of these places, read again; entries are left out."""
        rows = [self._shelf[self._on_shelf[place]] for place in places if place >= len(self._standing)]
        told = self._reading.described(rows)
        return list(imports.proposals_of(self._act, told, authority=self._authority, directive=self.summary.file)[0])

    def _traces(self) -> Traces:
        traces = Traces(NamePairs(shipped.place_names(), kept=0))
        for entry in self._standing:
            traces.add(entry.subject, as_compared(entry.subject))
        start = 0
        for rows in self._parts():
            self._trace(traces, rows, start)
            start += len(rows)
        for first in range(0, len(traces.placeless), _TOGETHER):
            places = traces.placeless[first : first + _TOGETHER]
            entries = [self._standing[place].subject for place in places if place < len(self._standing)]
            subjects = [*entries, *(one.subject for one in self._again(places))]
            for place, subject in zip(places, subjects, strict=True):
                traces.add_keys(place, as_compared(subject))
        traces.settle()
        return traces

    @uncollected()
    def _trace(self, traces: Traces, rows: Sequence[Row], start: int) -> None:
        at = {row.number: place for place, row in enumerate(rows, start=start)}
        for one in self._understood(rows)[3]:
            traces.add(one.subject, as_compared(one.subject))
            self._on_shelf.append(at[one.row])


def _shelved(stream: Stream, name: str) -> tuple[Shelf, list[Issue], list[Issue]]:
    """The rows of a stream, the issues of those that cannot be used, and those of the file."""
    shelf, broken, issues = Shelf(), [], []
    for item in stream.items:
        if isinstance(item, Row):
            shelf.add(item)
        elif item.row is None:
            issues.append(item)
        else:
            broken.append(item)
        if len(broken) > _MOST_BROKEN:
            fact = Sentence("has more than {most} rows with a fault", most=_MOST_BROKEN)
            raise ImportFileError(name, fact, Sentence("export it anew"))
    return shelf, broken, issues


def of_rows(stream: Stream, name: str, first: int, last: int, sha256: str) -> Table:
    """The rows of these numbers as a list of its own. Raises ImportFileError where there are none."""
    rows: list[Row] = []
    issues: list[Issue] = []
    for item in stream.items:
        number = item.number if isinstance(item, Row) else item.row
        if number is not None and number > last:
            break
        if isinstance(item, Row):
            rows += [item] if item.number >= first else []
        elif number is None or number >= first:
            issues.append(item)
    if not rows:
        raise ImportFileError(name, f"has no rows from {first} to {last}", "name others")
    return Table(
        name=name,
        columns=stream.columns,
        mapping=stream.mapping,
        rows=tuple(rows),
        issues=tuple(issues),
        source_format=stream.kind.value,
        notes=stream.notes,
        sha256=sha256,
    )
