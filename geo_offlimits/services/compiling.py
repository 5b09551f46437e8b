"""From the register to an edition: the one place where a designation becomes an entry.

An entry is made by naming each published fact. Whatever is added to the register later stays in it until somebody
names it here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import geopandas as gpd
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.acknowledgement import STATEMENT
from geo_offlimits.domain.designation import Designation, Listing
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.mission import Boundary, Mission
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import Subject, SubjectKind
from geo_offlimits.errors import InputError, Issue, OfflimitsError, Sentence
from geo_offlimits.formats.edition import published_footprints
from geo_offlimits.layer import (
    assign_sectors,
    boundaries_layer,
    entries_layer,
    outside_territory,
    premises_layer,
    validate,
)
from geo_offlimits.lookup.coordinates import mgrs
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services.act import Act
from geo_offlimits.store.editions import StoredEdition


class UnpublishableEntryError(InputError):
    """One entry cannot be published, so nothing is: a list with a hole would be relied upon."""

    def __init__(self, designation_id: str, name: str, fault: OfflimitsError) -> None:
        self.designation_id = designation_id
        super().__init__(
            Sentence(
                "{id} ({name}) cannot be published: {fault} Nothing is published until it is corrected or ended.",
                id=designation_id,
                name=name,
                fault=fault.sentence,
            ),
            Issue(field="entry", value=designation_id, reason=fault.sentence),
        )


def compile_edition(act: Act, mission: Mission, current: StoredEdition | None, expires_in: timedelta) -> Edition:
    """The next edition after `current` with what is in force now. Raises UnpublishableEntryError."""
    issued_at = _whole_second(act.now)
    boundaries = act.tx.missions.boundaries(mission.code, valid_at=act.now)
    return Edition(
        mission=mission.code,
        mission_name=mission.name,
        timezone=mission.timezone,
        number=current.number + 1 if current else 1,
        previous_sha256=current.sha256 if current else None,
        issued_at=issued_at,
        expires_at=issued_at + _whole_seconds(expires_in),
        statement=dict(STATEMENT),
        contacts=mission.contacts,
        facilities=tuple(
            replace(one, geometry=canonical_geometry(one.geometry))
            for one in act.tx.facilities.all(mission.code, at=act.now)
        ),
        boundaries=tuple(
            replace(one, geometry=canonical_geometry(one.geometry, max_edge_m=None)) for one in boundaries
        ),
        checkpoint=act.tx.audit.checkpoint(),
        entries=_entries(act, mission.code, boundaries),
        demonstration=mission.demonstration,
    )


def _entries(act: Act, mission: str, boundaries: tuple[Boundary, ...]) -> tuple[Entry, ...]:
    """What is in force and has not ended, in the order of ids; one that begins later is published ahead."""
    entries: list[Entry] = []
    # Some at a time: what the register holds of ten thousand would cost more to keep than to read.
    for part in act.tx.register.listings(mission):
        entries += published([one for one in part if _is_to_publish(one, act.now)])
    entries.sort(key=lambda entry: entry.entry_id)
    return _with_sectors(entries, _layer(entries), boundaries)


def _layer(entries: Sequence[Entry]) -> gpd.GeoDataFrame:
    try:
        return entries_layer(entries)
    except OfflimitsError:
        # The layer names the column at fault; whoever corrects it needs the entry.
        for entry in entries:
            _refuse_misfit(entry)
        raise


def _refuse_misfit(entry: Entry) -> None:
    try:
        entries_layer([entry])
    except OfflimitsError as fault:
        raise UnpublishableEntryError(entry.entry_id, entry.name, fault) from fault


def _is_to_publish(listing: Listing, now: datetime) -> bool:
    not_before = listing.terms.not_before
    if not listing.validity.stands or (not_before is not None and now < not_before):
        return False
    end = listing.validity.until
    return end is None or end > now


def published(listings: Sequence[Listing | Designation]) -> tuple[Entry, ...]:
    """What has been in force, as an edition says it. Raises UnpublishableEntryError."""
    footprints = _footprints(listings)
    return tuple(_published(one, footprint) for one, footprint in zip(listings, footprints, strict=True))


def _footprints(listings: Sequence[Listing | Designation]) -> list[BaseGeometry | None]:
    try:
        return published_footprints(_place(one.subject) for one in listings)
    except OfflimitsError:
        # Made all at once, they do not say which one is at fault.
        for one in listings:
            _refuse_unfit(one)
        raise


def _place(subject: Subject) -> tuple[SubjectKind, BaseGeometry | None]:
    return subject.kind, subject.geometry


def _refuse_unfit(listing: Listing | Designation) -> None:
    try:
        published_footprints([_place(listing.subject)])
    except OfflimitsError as fault:
        raise UnpublishableEntryError(listing.designation_id, listing.subject.label, fault) from fault


def _published(listing: Listing | Designation, footprint: BaseGeometry | None) -> Entry:
    try:
        return _entry(listing, footprint)
    except OfflimitsError as fault:
        raise UnpublishableEntryError(listing.designation_id, listing.subject.label, fault) from fault


def _entry(listing: Listing | Designation, footprint: BaseGeometry | None) -> Entry:
    subject, terms, validity = listing.subject, listing.terms, listing.validity
    since, end = validity.since, validity.until
    if since is None:
        raise InputError(Sentence("It never came into force."))
    return Entry(
        entry_id=listing.designation_id,
        name=subject.label,
        names=subject.names,
        subject=subject.kind,
        category=subject.category,
        restriction=terms.restriction,
        applies_to=terms.applies_to,
        hours=terms.hours,
        exceptions=terms.exceptions,
        since=_whole_second(since),
        until=_whole_second(end) if end else None,
        part=subject.part,
        address=subject.address,
        locality=subject.locality,
        mgrs=_mgrs(subject.geometry),
        uncertainty_m=subject.uncertainty_m,
        issuer=listing.mission,
        directive=terms.directive,
        geometry=footprint,
    )


def _mgrs(geometry: BaseGeometry | None) -> str | None:
    """The grid reference of a point. A footprint has none: one corner of it would be taken for the whole."""
    if not isinstance(geometry, Point):
        return None
    return mgrs(Position(lat=geometry.y, lon=geometry.x))


def _with_sectors(
    entries: Sequence[Entry], layer: gpd.GeoDataFrame, boundaries: tuple[Boundary, ...]
) -> tuple[Entry, ...]:
    assigned = assign_sectors(layer, boundaries_layer(boundaries))
    validate(assigned)
    sectors = [_text(sector) for sector in assigned["sector"]]
    return tuple(
        entry if sector is None else replace(entry, sector=sector)
        for entry, sector in zip(entries, sectors, strict=True)
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def outside(edition: Edition) -> tuple[Entry, ...]:
    """The entries that lie wholly outside the mission's territory as it holds at the time of issue."""
    boundaries = boundaries_layer(edition.boundaries)
    found = outside_territory(premises_layer(edition), boundaries, at=edition.issued_at)
    return tuple(entry for entry, out in zip(edition.entries, found, strict=True) if out)


def empty_like(edition: Edition) -> Edition:
    """What the first edition is compared with."""
    return replace(edition, number=0, entries=())


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _whole_seconds(span: timedelta) -> timedelta:
    return timedelta(seconds=int(span.total_seconds()))
