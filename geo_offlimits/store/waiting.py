"""What waits on subjects and listings of a mission, in one question: open flags, open changes, operators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, literal, null, select, type_coerce, union_all

from geo_offlimits.domain.changes import ChangeState, Operator
from geo_offlimits.store.columns import Utc
from geo_offlimits.store.tables import change, flag, operator


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """flagged : designation ids. changing : subject ids. operators : by subject id, without their names."""

    flagged: frozenset[str]
    changing: frozenset[str]
    operators: Mapping[str, Operator]


def _standing(table: Any, what: str, key: Any, *criteria: Any, since: Any, follows: Any, person: Any) -> Select[Any]:
    successor = table.alias()
    return (
        select(
            literal(what).label("what"),
            key.label("key"),
            table.c.recorded_at.label("recorded_at"),
            type_coerce(since, Utc).label("since"),
            follows.label("follows"),
            person.label("person_id"),
        )
        .outerjoin(successor, successor.c.supersedes_id == table.c.id)
        .where(successor.c.id.is_(None), table.c.mission == bindparam("mission"), *criteria)
    )


_FLAGS, _CHANGES, _OPERATORS = flag.c, change.c, operator.c
_WAITING = union_all(
    _standing(
        operator,
        "operator",
        _OPERATORS.subject_id,
        since=_OPERATORS.since,
        follows=_OPERATORS.supersedes_id.is_not(None),
        person=_OPERATORS.person_id,
    ),
    _standing(
        flag,
        "flag",
        _FLAGS.designation_id,
        _FLAGS.settled_by.is_(None),
        since=null(),
        follows=_FLAGS.supersedes_id.is_not(None),
        person=_FLAGS.person_id,
    ),
    _standing(
        change,
        "change",
        _CHANGES.subject_id,
        _CHANGES.state == ChangeState.PROPOSED.value,
        since=null(),
        follows=_CHANGES.supersedes_id.is_not(None),
        person=_CHANGES.person_id,
    ),
)


def waiting(connection: Connection, mission: str) -> Waiting:
    """What waits in this mission."""
    rows = connection.execute(_WAITING, {"mission": mission}).all()
    return Waiting(
        flagged=frozenset(row.key for row in rows if row.what == "flag"),
        changing=frozenset(row.key for row in rows if row.what == "change"),
        operators={row.key: _operator(row, mission) for row in rows if row.what == "operator"},
    )


def _operator(row: Row[Any], mission: str) -> Operator:
    return Operator(
        subject_id=row.key,
        mission=mission,
        name="",
        since=row.since,
        person_id=row.person_id,
        recorded_at=row.recorded_at,
        follows=bool(row.follows),
    )
