"""Approved welfare and recreation places: the positive alternative beside a verdict, published with each edition."""

import secrets
from dataclasses import replace
from typing import Any

from geo_offlimits.domain import texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.mission import Facility
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services import missions, outside
from geo_offlimits.services.act import Act


def new(**facts: Any) -> Facility:
    """A facility that is not here yet, with an id of its own; `facts` are those of a Facility."""
    return Facility(facility_id=f"F-{secrets.token_hex(4)}", **facts)


def add(act: Act, mission: str, facility: Facility, *, confirm_outside: bool = False) -> Facility:
    """Add an approved place; staff see it from the next edition on. Said twice, word for word, it is added once.

    Raises InputError, OutsideTerritoryError unless `confirm_outside`.
    """
    act.require(Action.MANAGE_FACILITIES, mission)
    missions.mission(act, mission)
    for known in act.tx.facilities.all(mission):
        if replace(known, facility_id=facility.facility_id) == facility:
            return known
    texts.refuse(*facility.unfit())
    canonical_geometry(facility.geometry)
    if not confirm_outside:
        outside.refuse(act, mission, facility)
    act.tx.facilities.add(mission, facility, act.now)
    act.record(AuditTag.FACILITY_ADDED, subject=facility.facility_id, mission=mission)
    return facility


def retire(act: Act, mission: str, facility_id: str) -> None:
    """Take an approved place off the list, from the next edition on."""
    act.require(Action.MANAGE_FACILITIES, mission)
    if facility_id not in {facility.facility_id for facility in act.tx.facilities.all(mission)}:
        raise AbsentError(f"{mission} has no facility {facility_id}; `facility list` shows those there are.")
    act.tx.facilities.retire(facility_id, act.now)
    act.record(AuditTag.FACILITY_RETIRED, subject=facility_id, mission=mission)


def all_of(act: Act, mission: str) -> tuple[Facility, ...]:
    """The approved places of this moment."""
    act.require(Action.LOOK_UP, mission)
    missions.mission(act, mission)
    return act.tx.facilities.all(mission)
