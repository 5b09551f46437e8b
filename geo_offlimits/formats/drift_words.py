"""A drift report in words: what each line says, where the two lists come from, and all of it as CSV and GeoJSON."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely

from geo_offlimits.domain.drift import Drift, DriftLine, DriftStatus
from geo_offlimits.domain.edition import Changed, Entry
from geo_offlimits.domain.origins import Origin, OriginStanding
from geo_offlimits.formats.cells import neutralised
from geo_offlimits.formats.delta_words import FIELDS, in_what
from geo_offlimits.formats.words import N_, day_of, last_moment_of
from geo_offlimits.lookup.wording import Translate

STATUSES: dict[DriftStatus, tuple[str, str]] = {
    DriftStatus.DIFFERS: (N_("Differs"), N_("On both lists, and told otherwise.")),
    DriftStatus.UNCLEAR: (N_("Unclear"), N_("These could be one another. A person has to look; nothing is merged.")),
    DriftStatus.ONLY_HERE: (N_("Only here"), N_("On this mission’s list alone.")),
    DriftStatus.ONLY_THERE: (N_("Only there"), N_("On the other list alone.")),
    DriftStatus.SAME: (N_("Same"), N_("On both lists, and told alike.")),
    DriftStatus.ENDED: (N_("No longer holds"), N_("On a list, though its end has passed.")),
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,9})(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Teller:
    """Tells of a report on a mission's clocks, in a language."""

    timezone: str
    language: str = "en"
    translate: Translate = str

    def status(self, status: DriftStatus) -> str:
        return self.translate(STATUSES[status][0])

    def differences(self, line: DriftLine) -> list[str]:
        """Each property that both tell otherwise, here first: `Hours: always → Fri 20:00–04:00`."""
        if len(line.here) != 1 or len(line.there) != 1:
            return []
        fields = tuple(name for name in line.fields if name != "geometry")
        pair = Changed(before=line.here[0], after=line.there[0], fields=fields)
        told = in_what(pair, self.timezone, self.language, self.translate)
        return [*([self._place(line)] if "geometry" in line.fields else []), *told]

    def _place(self, line: DriftLine) -> str:
        place = FIELDS["geometry"]
        label = self.translate(place)
        if line.distance_m is None:
            known = self.translate("known here only") if line.here[0].geometry else self.translate("known there only")
            return f"{label}: {known}"
        if round(line.distance_m):
            return f"{label}: " + self.translate("{far} m apart").format(far=round(line.distance_m))
        return f"{label}: " + self.translate("another outline")

    def origin(self, origin: Origin) -> str:
        """What may be said of a list: its signature, or that it is nobody's signed word."""
        day = self._day(origin.dated)
        if origin.standing is OriginStanding.SIGNED:
            said = self.translate("{code}: signed edition {number} of {day}")
            return said.format(code=origin.code, number=origin.edition or "", day=day)
        said = self.translate(
            "{code}: transcribed, unsigned, as received on {day}; reference {reference}; entered by {entered}, "
            "confirmed by {confirmed}"
        )
        return said.format(
            code=origin.code,
            day=day,
            reference=origin.reference or "–",
            entered=origin.entered_by_name or origin.entered_by or "–",
            confirmed=origin.confirmed_by_name or origin.confirmed_by or "–",
        )

    def ended(self, line: DriftLine, entry: Entry) -> str:
        """When an entry of the line ended; "" for one that holds."""
        if entry.until is None or not line.has_ended(entry):
            return ""
        return self.translate("Ended {ended}").format(ended=last_moment_of(entry.until, self.timezone, self.language))

    def _day(self, moment: datetime) -> str:
        return day_of(moment, self.timezone, self.language)

    def text(self, drift: Drift) -> Iterator[str]:
        """The report for a terminal: provenance first, then a line an entry."""
        for origin, is_stale in ((drift.here, drift.stale_here), (drift.there, drift.stale_there)):
            yield self.origin(origin) + self._expired(is_stale)
            yield f"  SHA-256 {origin.sha256}"
        if drift.within_m is not None:
            yield self.limit(drift)
        yield ", ".join(f"{self.status(one)}: {count}" for one, count in drift.counts.items()) or "0"
        for line in drift.lines:
            yield f"{line.row:>5}  {self.status(line.status):<10}  {_called(line)}"
            yield from (f"       {told}" for told in (*self.differences(line), *self._ends(line)))

    def _ends(self, line: DriftLine) -> Iterator[str]:
        for entry in (*line.here, *line.there):
            if ended := self.ended(line, entry):
                yield f"{entry.entry_id}: {ended}"

    def limit(self, drift: Drift) -> str:
        """What a limit left out."""
        said = self.translate(
            "Only what may lie within {metres} m of the other’s territory. Left out: {here} here, {there} there."
        )
        told = said.format(metres=round(drift.within_m or 0), here=drift.left_out_here, there=drift.left_out_there)
        return " ".join([told, *self._whole(drift)])

    def _whole(self, drift: Drift) -> Iterator[str]:
        """Where nobody knows the territory of the one, nothing of the other is left out."""
        said = self.translate("The territory of {code} is not known here, so the list of {other} was compared whole.")
        if drift.whole_here:
            yield said.format(code=drift.there.code, other=drift.here.code)
        if drift.whole_there:
            yield said.format(code=drift.here.code, other=drift.there.code)

    def as_csv(self, drift: Drift, status: DriftStatus | None = None) -> bytes:
        """A row an entry, with the number of its line; where both lists come from stands in every row.

        status : only the lines that stand there; None: all.
        """
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\r\n")
        ours = self._source(drift, drift.here, is_stale=drift.stale_here)
        theirs = self._source(drift, drift.there, is_stale=drift.stale_there)
        headings = [N_("Row"), N_("Status"), N_("List"), N_("Entry"), N_("Name"), N_("Address"), N_("Town")]
        more = [
            N_("Latitude"),
            N_("Longitude"),
            N_("Metres apart"),
            N_("What differs"),
            N_("Where the list comes from"),
        ]
        out.writerow([self.translate(one) for one in (*headings, *more)])
        for line in drift.of(status):
            differences = self.differences(line)
            apart = "" if line.distance_m is None else f"{line.distance_m:.1f}"
            for origin, entries, source in ((drift.here, line.here, ours), (drift.there, line.there, theirs)):
                for entry in entries:
                    differs = "; ".join(filter(None, (*differences, self.ended(line, entry))))
                    told = [str(line.row), self.status(line.status), origin.code, *_cells(entry)]
                    out.writerow([_plain(cell) for cell in (*told, apart, differs, source)])
        return "\ufeff".encode() + _CONTROL.sub("\ufffd", text.getvalue()).encode()

    def _source(self, drift: Drift, origin: Origin, *, is_stale: bool) -> str:
        """What a row has to say by itself, as rows are sorted and sent away from the others."""
        told = f"{self.origin(origin)}; SHA-256 {origin.sha256}{self._expired(is_stale)}"
        return told if drift.within_m is None else f"{told}; {self.limit(drift)}"

    def _expired(self, is_stale: bool) -> str:
        return f" ({self.translate('expired')})" if is_stale else ""


def as_features(drift: Drift) -> dict[str, Any]:
    """A FeatureCollection of every entry of both lists with its own place, for a map that people have."""
    features = [
        {
            "type": "Feature",
            "geometry": None if entry.geometry is None else shapely.geometry.mapping(entry.geometry),
            "properties": {
                "row": line.row,
                "status": line.status.value,
                "list": origin.code,
                "id": entry.entry_id,
                "name": entry.name,
                "ended": line.has_ended(entry),
                "fields": list(line.fields),
                "distance_m": None if line.distance_m is None else round(line.distance_m, 1),
            },
        }
        for line in drift.lines
        for origin, entries in ((drift.here, line.here), (drift.there, line.there))
        for entry in entries
    ]
    about = replace(drift, lines=()).as_json()
    del about["lines"], about["counts"]
    return {"type": "FeatureCollection", "drift": about, "features": features}


def _called(line: DriftLine) -> str:
    ours, theirs = (", ".join(f"{one.entry_id} {one.name}" for one in some) for some in (line.here, line.there))
    return " | ".join(filter(None, (ours, theirs)))


def _cells(entry: Entry) -> list[str]:
    spot = None if entry.geometry is None else shapely.point_on_surface(entry.geometry)
    place = ["", ""] if spot is None else [f"{spot.y:.7f}", f"{spot.x:.7f}"]
    return [entry.entry_id, entry.name, entry.address or "", entry.locality or "", *place]


def _plain(cell: str) -> str:
    """A text that a spreadsheet would run or rewrite is neutralised; a number, which may begin with a sign, is none."""
    return cell if _NUMBER.fullmatch(cell) else neutralised(cell)
