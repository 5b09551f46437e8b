"""Linked accounts: operational rows, added and removed; what was done to them is in the audit tree."""

from typing import Any

from sqlalchemy import Connection, Row, select

from geo_offlimits.domain.accounts import Account, LinkedAccount
from geo_offlimits.store.operational_tables import account

_OF_PERSON = select(account).order_by(account.c.linked_at, account.c.account_id)


class Accounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: LinkedAccount) -> None:
        self._connection.execute(account.insert(), vars(new))

    def find(self, sought: Account) -> LinkedAccount | None:
        """By issuer and subject, both as they are written."""
        both = (account.c.issuer == sought.issuer, account.c.subject == sought.subject)
        row = self._connection.execute(select(account).where(*both)).first()
        return _linked(row) if row else None

    def of_person(self, person_id: str) -> tuple[LinkedAccount, ...]:
        """Oldest first."""
        rows = self._connection.execute(_OF_PERSON.where(account.c.person_id == person_id))
        return tuple(_linked(row) for row in rows)

    def remove(self, account_id: str) -> None:
        self._connection.execute(account.delete().where(account.c.account_id == account_id))


def _linked(row: Row[Any]) -> LinkedAccount:
    return LinkedAccount(**row._asdict())
