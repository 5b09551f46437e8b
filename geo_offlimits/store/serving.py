"""Who of a mission is in service: those who came since a moment, and those who hold a role."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from geo_offlimits.domain.people import Person, Role
from geo_offlimits.store.people import as_person
from geo_offlimits.store.tables import person, role_grant

_FIRST, _NEXT, _REGRANTED = person.alias("first"), person.alias("next"), role_grant.alias("regranted")
_NOW: BindParameter[Any] = bindparam("now")
_SERVING = (
    select(person)
    .outerjoin(_NEXT, _NEXT.c.supersedes_id == person.c.id)
    .where(
        _NEXT.c.id.is_(None),
        person.c.service_from.is_(None) | (person.c.service_from <= _NOW),
        person.c.service_to.is_(None) | (person.c.service_to > _NOW),
    )
    .order_by(person.c.number_key)
)
_ARRIVED = _SERVING.join(_FIRST, (_FIRST.c.person_id == person.c.person_id) & _FIRST.c.supersedes_id.is_(None)).where(
    person.c.mission == bindparam("mission"),
    (_FIRST.c.recorded_at >= bindparam("since")) | (person.c.service_from >= bindparam("since")),
)
_HOLDING = _SERVING.where(
    person.c.person_id.in_(
        select(role_grant.c.person_id)
        .outerjoin(_REGRANTED, _REGRANTED.c.supersedes_id == role_grant.c.id)
        .where(
            _REGRANTED.c.id.is_(None),
            role_grant.c.role == bindparam("role"),
            role_grant.c.mission.is_(None) | (role_grant.c.mission == bindparam("mission")),
            role_grant.c.valid_from.is_(None) | (role_grant.c.valid_from <= _NOW),
            role_grant.c.valid_to.is_(None) | (role_grant.c.valid_to > _NOW),
        )
    )
)


def arrived(connection: Connection, mission: str, *, since: datetime, now: datetime) -> tuple[Person, ...]:
    """Those in service `now` who were added, or whose service began, at `since` or after; by number."""
    keys = {"mission": mission, "since": since, "now": now}
    return tuple(as_person(row) for row in connection.execute(_ARRIVED, keys))


def holding(connection: Connection, mission: str, role: Role, now: datetime) -> tuple[Person, ...]:
    """Those in service `now` who hold the role in this mission; by number."""
    keys = {"mission": mission, "role": role.value, "now": now}
    return tuple(as_person(row) for row in connection.execute(_HOLDING, keys))


def present(connection: Connection, mission: str, now: datetime) -> dict[str, tuple[str, ...]]:
    """The `unit`s, `sector`s and `language`s of those in service `now`, each by name."""
    columns = {name: person.c[name] for name in ("unit", "sector", "language")}
    found = {}
    for name, column in columns.items():
        query = _SERVING.where(person.c.mission == bindparam("mission")).with_only_columns(column).order_by(None)
        said = connection.execute(query.distinct(), {"mission": mission, "now": now}).scalars()
        found[name] = tuple(sorted(filter(None, said)))
    return found
