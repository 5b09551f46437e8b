"""A published edition, opened: its layers, look-ups and map. Web, command line and notebooks use this same object."""

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import brotli
import geopandas as gpd
import pandas as pd
from shapely import union_all
from shapely.geometry.base import BaseGeometry

from geo_offlimits import layer
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import BoundaryKind
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import InputError, Issue
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats.words import vocabulary
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.lookup.names import BY_NUMBER, NameIndex, NameMatch
from geo_offlimits.lookup.verdict import DOOR_M, RADIUS_M, Answer, LookupIndex, Question

if TYPE_CHECKING:
    import folium

_PRESSED, _WINDOW = 5, 24  # the window is 16 MB: entries are alike however far apart they stand
Word = TypeVar("Word", bound=StrEnum)
Clock = Callable[[], datetime]
PositionLike = Position | str | tuple[float, float]


class PublishedEdition:
    """One edition with everything that can be asked of it. Open one with `open_edition`.

    edition, content, packed, sha256 : the list, its canonical bytes, the same by gzip, and their hash.
    verified : True when its signature was checked, False when it could not be: every verdict is then `cannot_tell`.
    None when whoever opened it vouches for the file, as in a notebook.
    clock : gives the time when a call does not.
    """

    def __init__(self, edition: Edition, content: bytes, sha256: str, *, verified: bool | None, clock: Clock) -> None:
        self.edition = edition
        # A long list takes a tenth of its bytes, and most who take it along take it packed.
        self.packed = gzip.compress(content, mtime=0)
        self.sha256 = sha256
        self.verified = verified
        self._clock = clock

    @cached_property
    def pressed(self) -> bytes:
        """The bytes by Brotli: a quarter less than by gzip of ten thousand entries, in half the time."""
        return bytes(brotli.compress(self.content, mode=brotli.MODE_TEXT, quality=_PRESSED, lgwin=_WINDOW))

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.packed)

    @cached_property
    def premises(self) -> gpd.GeoDataFrame:
        """The premises layer: one row an entry, columns as `layer.PREMISES`, EPSG:4326."""
        return layer.premises_layer(self.edition)

    @cached_property
    def boundaries(self) -> gpd.GeoDataFrame:
        """The boundaries layer: territory and sectors, columns as `layer.BOUNDARIES`, EPSG:4326."""
        return layer.boundaries_layer(self.edition.boundaries)

    @cached_property
    def facilities(self) -> gpd.GeoDataFrame:
        """The facilities layer: approved places, columns as `layer.FACILITIES`, EPSG:4326."""
        return layer.facilities_layer(self.edition.facilities)

    @cached_property
    def index(self) -> LookupIndex:
        return LookupIndex(self.edition)

    @cached_property
    def names(self) -> NameIndex:
        # The shipped layers load Fiona, which a check by position does not need.
        from geo_offlimits.delivery import shipped  # noqa: PLC0415  (imported late, for the reason above)

        return NameIndex(self.edition.entries, shipped.place_names())

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.edition.entries

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of this id, or None when it is not on this edition."""
        return self.index.entries.get(entry_id)

    def stale(self, now: datetime | None = None) -> bool:
        return self.edition.stale(now or self._clock())

    def check(
        self,
        positions: PositionLike | Iterable[PositionLike],
        *,
        radius_m: float = RADIUS_M,
        at: datetime | None = None,
        personnel: PersonnelCategory | str | None = None,
        venue: VenueKind | str | None = None,
        entry_id: str | None = None,
        door_m: float = DOOR_M,
        now: datetime | None = None,
    ) -> tuple[Answer, ...]:
        """The verdict at each position, in their order.

        positions : one or several of Position, (latitude, longitude) in degrees, or text in any notation.
        radius_m : how far matches are listed; it never changes a verdict. at : when the person is there (default: now).
        personnel, venue : words of PersonnelCategory and VenueKind. entry_id : the entry whose sign was seen.
        Without positions but with an `entry_id` or a `venue` there is one answer, by these alone.
        Raises PositionError, and UnknownEntryError when the entry is not on this edition (see `entry`).
        """
        moment = now or self._clock()
        places: list[Position | None] = [*_positions(positions, self._territory)]
        if not places and (entry_id or venue):
            places = [None]
        question = Question(
            at=at or moment,
            radius_m=radius_m,
            personnel=_word(PersonnelCategory, personnel, "personnel"),
            venue=_word(VenueKind, venue, "venue"),
            entry_id=entry_id,
            door_m=door_m,
        )
        return tuple(self.answer(replace(question, position=place), moment) for place in places)

    def answer(self, question: Question, now: datetime) -> Answer:
        """The verdict on one question, as it stands at `now`. Raises UnknownEntryError, RadiusError."""
        return self.index.answer(question, now=now, verified=self.verified is not False)

    def near(self, positions: PositionLike | Iterable[PositionLike], radius_m: float = RADIUS_M) -> pd.DataFrame:
        """Entries within `radius_m` of each position, nearest first, as a table.

        Columns: `position` (counted from 0), `entry_id`, `name`, `restriction`, `distance_m` (0 inside), `depth_m`
        (metres to the edge, NaN outside), `bearing_deg` (NaN inside). Category rules have no distance and are left out.
        Raises PositionError, RadiusError unless 0 < radius_m <= 100,000.
        """
        places = _positions(positions, self._territory)
        hits = self.index.premises.near([p.lat for p in places], [p.lon for p in places], radius_m)
        pairs = list(zip(hits.position.tolist(), hits.entry.tolist(), strict=True))
        entries = [self.index.entry_at(row) for _, row in pairs]
        measured = [self.index.premises.measured(row, places[at]) for at, row in pairs]
        return pd.DataFrame(
            {
                "position": hits.position,
                "entry_id": [entry.entry_id for entry in entries],
                "name": [entry.name for entry in entries],
                "restriction": [entry.restriction.value for entry in entries],
                "distance_m": hits.distance_m,
                "depth_m": pd.Series([hit.depth_m for hit in measured], dtype=float),
                "bearing_deg": pd.Series([hit.bearing_deg for hit in measured], dtype=float),
            }
        )

    def find(self, name: str, limit: int = 10) -> tuple[NameMatch, ...]:
        """Entries with a name like this, best first; 85 and more is a match. Raises SearchTextError.

        An entry's number on the list, in small letters or capitals, is that entry's before any name.
        """
        found = self.names.find(name, limit)
        meant = self._by_number.get(name.strip().casefold())
        if meant is None:
            return found
        match = NameMatch(entry=meant, name=meant.name, score=100.0, reason=BY_NUMBER)
        return (match, *(one for one in found if one.entry is not meant))[:limit]

    def map(self) -> "folium.Map":
        """The list on a map that needs no network and is safe with any name."""
        # Folium takes as long to import as the rest of a look-up, and a check at a prompt shows no map.
        from geo_offlimits import frame  # noqa: PLC0415  (imported late, for the reason above)

        facts = (("SHA-256", self.sha256),)
        reader = frame.Reader(vocabulary=vocabulary())
        return frame.standalone_map(edition=json.loads(self.content), facts=facts, reader=reader)

    @cached_property
    def _by_number(self) -> dict[str, Entry]:
        return {entry.entry_id.casefold(): entry for entry in self.edition.entries}

    @cached_property
    def _territory(self) -> BaseGeometry | None:
        """Where texts of positions are looked for; the same at any time."""
        found = [one.geometry for one in self.edition.boundaries if one.kind is BoundaryKind.TERRITORY]
        return union_all(found) if found else None

    def __repr__(self) -> str:
        told = self.edition
        trust = "verified" if self.verified else "signature not checked"
        size = f"{len(told.entries)} entries, {trust}, sha256 {self.sha256[:12]}…"
        return f"<Edition {told.number} of {told.mission}, {size}>"


def open_edition(content: bytes, *, verified: bool | None, clock: Clock) -> PublishedEdition:
    """Open an edition's bytes. Raises EditionFileError unless they are exactly a published edition."""
    edition = edition_file.decode(content)
    return PublishedEdition(edition, content, edition_file.sha256(content), verified=verified, clock=clock)


def _positions(given: PositionLike | Iterable[PositionLike], territory: BaseGeometry | None) -> list[Position]:
    """One position or several, in any of the ways they may be given."""
    if isinstance(given, Position | str):
        return [_position(given, territory)]
    listed: list[Any] = list(given)
    if len(listed) == 2 and all(isinstance(degrees, int | float) for degrees in listed):  # noqa: PLR2004
        return [_position((listed[0], listed[1]), territory)]
    return [_position(one, territory) for one in listed]


def _word(vocabulary: type[Word], word: str | None, field: str) -> Word | None:
    """The member of a closed vocabulary, from itself or its word."""
    try:
        return None if word is None else vocabulary(word)
    except ValueError:
        known = ", ".join(vocabulary)
        issue = Issue(field=field, value=str(word), reason="unknown word", remedy=f"one of {known}")
        raise InputError(f"{word!r} is not known for {field}; use one of {known}.", issue) from None


def _position(given: PositionLike, territory: BaseGeometry | None) -> Position:
    if isinstance(given, Position):
        return given
    if isinstance(given, str):
        return parse_position(given, territory=territory)
    lat, lon = given
    return Position(lat=lat, lon=lon)
