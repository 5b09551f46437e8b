"""Missions: who they are, their boundaries with dates, whom their staff turn to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from geo_offlimits.delivery import catalogue
from geo_offlimits.domain import instants, texts
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.instants import Period, time_zone, utc
from geo_offlimits.domain.mission import Boundary, BoundaryKind, Contact, Mission
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError
from geo_offlimits.lookup.footprint import canonical_geometry
from geo_offlimits.services.act import Act


class UnknownMissionError(AbsentError):
    """No such mission, or none that this person may know of."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"There is no mission {code} here for you; `mission list` shows those there are.")


class UnrecognisableError(InputError):
    """A mission cannot be recognised: there is none of this code, or it is named twice."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(f"{sentence}.", Issue(field="recognises", value=code, reason="cannot be recognised"))


def mission(act: Act, code: str) -> Mission:
    """The mission with this code. Raises UnknownMissionError, also where it exists but is none of the actor's."""
    found = next((known for known in _all(act) if known.code == code), None)
    if found is None or (act.actor is not None and not _knows(act, code)):
        raise UnknownMissionError(code)
    return found


def here(act: Act) -> tuple[Mission, ...]:
    """Every mission of the store, by code: for the machine that holds it, never for a door that faces a network."""
    return _all(act)


def visible(act: Act) -> tuple[Mission, ...]:
    """The missions in which the actor has a role, by code."""
    act.require_actor()
    return tuple(found for found in _all(act) if _knows(act, found.code))


def languages(mission: Mission) -> tuple[str, ...]:
    """The mission's languages that there are words for, in its order; English where it has none of them."""
    known = (catalogue.known(tag) for tag in mission.languages)
    return tuple(dict.fromkeys(tag for tag in known if tag)) or (catalogue.SOURCE_LANGUAGE,)


def spoken(tag: str) -> str | None:
    """The language of ours that serves `tag`, or None."""
    return catalogue.known(tag)


def territory(act: Act, code: str) -> Boundary | None:
    """The territory as it holds now, None where it begins later. Raises UnknownMissionError as `mission` does."""
    found = act.tx.missions.boundaries(mission(act, code).code, valid_at=act.now)
    return next((boundary for boundary in found if boundary.kind is BoundaryKind.TERRITORY), None)


def days(act: Act, code: str, first: date | None, last: date | None) -> Period:
    """From `first` to `last`: a day is all of that day as days go in the mission, a datetime is that moment.

    Raises UnknownMissionError where a day is given and there is no such mission to say when it begins.
    """
    has_days = instants.is_day(first) or instants.is_day(last)
    # Moments need no mission: the first administrator is there before it.
    return instants.days(first, last, time_zone(mission(act, code).timezone if has_days else "UTC"))


def day_of(act: Act, code: str, moment: datetime) -> date:
    """The day that it was in the mission at this moment."""
    return moment.astimezone(time_zone(mission(act, code).timezone)).date()


def today(act: Act, code: str) -> date:
    """The day that it is in the mission."""
    return day_of(act, code, act.now)


def _all(act: Act) -> tuple[Mission, ...]:
    """They are few, and a page asks for its own and for those of its menu: one question answers both."""
    return act.tx.recalled(("missions",), act.tx.missions.all)


def _knows(act: Act, code: str) -> bool:
    return act.may(Action.LOOK_UP, code)


def add_mission(act: Act, adding: Mission, territory: Boundary, sectors: Sequence[Boundary] = ()) -> Mission:
    """Add a mission with its territory; whoever may manage every mission may."""
    act.require(Action.MANAGE_MISSION, None)
    if act.tx.missions.get(adding.code):
        raise RefusedError(f"There is a mission {adding.code} already; choose another code or change that one.")
    texts.refuse(*adding.unfit())
    _refuse_unfit(adding.contacts)
    _refuse_unknown(act, adding.code, adding.recognises)
    act.tx.missions.add(adding, act.now)
    act.record(AuditTag.MISSION_ADDED, subject=adding.code, mission=adding.code)
    _set(act, adding.code, BoundaryKind.TERRITORY, (territory,))
    if sectors:
        _set(act, adding.code, BoundaryKind.SECTOR, sectors)
    return adding


def set_territory(act: Act, code: str, territory: Boundary) -> None:
    """Replace the territory from the start of its validity on; what held before stays on record."""
    _manage(act, code)
    _set(act, code, BoundaryKind.TERRITORY, (territory,))


def set_sectors(act: Act, code: str, sectors: Sequence[Boundary]) -> None:
    """Replace all sectors; each carries the dates between which it holds."""
    _manage(act, code)
    _set(act, code, BoundaryKind.SECTOR, sectors)


def set_contacts(act: Act, code: str, contacts: Sequence[Contact]) -> Mission:
    """Replace the contacts shown on every verdict, from the next edition on."""
    managed = replace(_manage(act, code), contacts=tuple(contacts))
    _refuse_unfit(contacts)
    act.tx.missions.replace(managed, act.now)
    act.record(AuditTag.MISSION_CONTACTS, subject=code, mission=code, contacts=len(contacts))
    return managed


def set_recognised(act: Act, code: str, recognises: Sequence[str]) -> Mission:
    """Replace the missions whose lists hold here too; look-ups ask them at once. Raises UnrecognisableError."""
    managed = replace(_manage(act, code), recognises=tuple(recognises))
    _refuse_unknown(act, code, recognises)
    act.tx.missions.replace(managed, act.now)
    act.record(AuditTag.MISSION_RECOGNISES, subject=code, mission=code, recognises=len(recognises))
    return managed


def set_notice(act: Act, code: str, days: int, petition_address: str | None) -> Mission:
    """How long owners have to answer before a proposal is decided, 0 for no notice first, and where they petition.

    petition_address : None and blanks keep the one there is.
    """
    owner = _manage(act, code)
    address = (petition_address or "").strip() or owner.petition_address
    managed = replace(owner, notice_days=days, petition_address=address)
    texts.refuse(*managed.unfit())
    act.tx.missions.replace(managed, act.now)
    act.record(AuditTag.MISSION_NOTICE, subject=code, mission=code, days=days)
    return managed


def _refuse_unknown(act: Act, code: str, recognises: Sequence[str]) -> None:
    """Nobody would notice at look-up that a list which should hold is none there is."""
    for other in recognises:
        if other == code or recognises.count(other) > 1:
            raise UnrecognisableError(other, f"{other} is named twice or is the mission itself; name each other once")
        if act.tx.missions.get(other) is None:
            raise UnrecognisableError(
                other, f"There is no mission {other} to recognise; add it first, then name it with `mission recognise`"
            )


def _refuse_unfit(contacts: Sequence[Contact]) -> None:
    issues = (issue for contact in contacts for issue in contact.unfit())
    texts.refuse(texts.several("contacts", contacts), *issues)


def _manage(act: Act, code: str) -> Mission:
    act.require(Action.MANAGE_MISSION, code)
    return mission(act, code)


def _set(act: Act, code: str, kind: BoundaryKind, boundaries: Sequence[Boundary]) -> None:
    _refuse_impossible(kind, boundaries)
    kept = _before(act, code, kind, boundaries) + tuple(boundaries)
    act.tx.missions.set_boundaries(code, kind, kept, act.now)
    tag = AuditTag.MISSION_TERRITORY if kind is BoundaryKind.TERRITORY else AuditTag.MISSION_SECTORS
    act.record(tag, subject=code, mission=code, boundaries=len(boundaries))


def _before(act: Act, code: str, kind: BoundaryKind, boundaries: Sequence[Boundary]) -> tuple[Boundary, ...]:
    """What holds until the new ones begin, ended there; nothing when a new one has no start."""
    starts = [boundary.valid.start for boundary in boundaries]
    if not starts or None in starts:
        return ()
    first = min(utc(start) for start in starts if start)
    return tuple(
        replace(old, valid=replace(old.valid, end=min(old.valid.end or first, first)))
        for old in act.tx.missions.boundaries(code)
        if old.kind is kind and (old.valid.start is None or old.valid.start < first)
    )


def _refuse_impossible(kind: BoundaryKind, boundaries: Sequence[Boundary]) -> None:
    texts.refuse(*(issue for boundary in boundaries for issue in boundary.unfit()))
    names = [boundary.name for boundary in boundaries]
    for boundary in boundaries:
        if boundary.kind is not kind:
            raise InputError(f"{boundary.name} is a {boundary.kind}, not a {kind}; give it where it belongs.")
        if boundary.geometry.geom_type not in {"Polygon", "MultiPolygon"}:
            raise InputError(
                f"The outline of {boundary.name} is a {boundary.geometry.geom_type}; draw a polygon.",
                Issue(field="geometry", value=boundary.name, reason="not a polygon"),
            )
        canonical_geometry(boundary.geometry, max_edge_m=None)
    if len(set(names)) < len(names):
        raise InputError("Two sectors have one name; give each its own.", Issue(field="name", reason="used twice"))
