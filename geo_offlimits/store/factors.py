"""Second factors: operational rows, changed and removed freely; what was done to them is in the audit tree."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from geo_offlimits.domain.factors import Factor, FactorKind
from geo_offlimits.store.operational_tables import factor

_OF_PERSON = select(factor).order_by(factor.c.added_at, factor.c.factor_id)


class Factors:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Factor) -> None:
        self._connection.execute(factor.insert(), vars(new) | {"kind": new.kind.value})

    def of_person(self, person_id: str) -> tuple[Factor, ...]:
        """Oldest first, those that do not count yet too."""
        rows = self._connection.execute(_OF_PERSON.where(factor.c.person_id == person_id))
        return tuple(_factor(row) for row in rows)

    def guards(self, person_id: str) -> bool:
        """Whether this person has a factor that counts."""
        mine = select(factor.c.factor_id).where(factor.c.person_id == person_id, factor.c.confirmed_at.is_not(None))
        return self._connection.execute(mine.limit(1)).first() is not None

    def confirm(self, factor_id: str, at: datetime) -> None:
        self._connection.execute(factor.update().where(factor.c.factor_id == factor_id), {"confirmed_at": at})

    def spend(self, factor_id: str, counter: int, on: date) -> bool:
        """Whether this counter is later than all that were taken: of those who ask at the same time, one hears yes."""
        later = factor.update().where(factor.c.factor_id == factor_id, factor.c.counter < counter)
        return self._connection.execute(later, {"counter": counter, "used_on": on}).rowcount == 1

    def note_use(self, factor_id: str, counter: int, on: date) -> None:
        one = factor.update().where(factor.c.factor_id == factor_id)
        self._connection.execute(one, {"counter": counter, "used_on": on})

    def with_credential(self, credential_id: str) -> Factor | None:
        """The key that calls itself so."""
        row = self._connection.execute(select(factor).where(factor.c.credential_id == credential_id)).first()
        return _factor(row) if row else None

    def remove(self, factor_id: str) -> None:
        self._connection.execute(factor.delete().where(factor.c.factor_id == factor_id))

    def remove_unconfirmed(self, person_id: str) -> None:
        mine = (factor.c.person_id == person_id, factor.c.confirmed_at.is_(None))
        self._connection.execute(factor.delete().where(*mine))

    def remove_of(self, person_id: str) -> int:
        """How many there were."""
        return self._connection.execute(factor.delete().where(factor.c.person_id == person_id)).rowcount


def _factor(row: Row[Any]) -> Factor:
    return Factor(**row._asdict() | {"kind": FactorKind(row.kind)})
