"""One transaction: the repositories of the store, one a noun. It ends where it was opened, never below."""

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from geo_offlimits.domain.people import Person, Role
from geo_offlimits.store import copies, revisions
from geo_offlimits.store.accounts import Accounts
from geo_offlimits.store.acknowledgements import Acknowledgements
from geo_offlimits.store.addressed import Addressed, addressed
from geo_offlimits.store.attachments import Attachments
from geo_offlimits.store.audit import AuditLog
from geo_offlimits.store.campaigns import Campaigns
from geo_offlimits.store.changes import Changes
from geo_offlimits.store.completion import Completions
from geo_offlimits.store.editions import Editions
from geo_offlimits.store.erasures import Erasures
from geo_offlimits.store.facilities import Facilities
from geo_offlimits.store.factors import Factors
from geo_offlimits.store.flags import Flags
from geo_offlimits.store.history import History
from geo_offlimits.store.imports import Imports
from geo_offlimits.store.inductions import Inductions
from geo_offlimits.store.leave import Absences
from geo_offlimits.store.missions import Missions
from geo_offlimits.store.operators import Operators
from geo_offlimits.store.outbox import Outbox
from geo_offlimits.store.partners import Partners
from geo_offlimits.store.people import People
from geo_offlimits.store.recall import UNREMEMBERED, Recall, Remembered
from geo_offlimits.store.recoveries import Recoveries
from geo_offlimits.store.register import Register
from geo_offlimits.store.serving import arrived, holding, present
from geo_offlimits.store.sessions import Session, Sessions
from geo_offlimits.store.tokens import Tokens
from geo_offlimits.store.waiting import Waiting, waiting

# More leaves than that since the last reading: to read anew what is remembered costs less than to look through them.
_LOOKED_THROUGH = 64


class Transaction:
    """What is read in it is one snapshot; what is written in it lands whole or not at all."""

    def __init__(self, connection: Connection, *, writable: bool, recall: Recall | None = None) -> None:
        self.connection = connection
        self._writable, self._recall = writable, recall
        self._history = History(connection)

    def refuse_unaudited(self) -> None:
        """Raises StoreError when a history row was written that no leaf speaks of."""
        self._history.refuse_unaudited()

    def expect_many(self) -> None:
        """Before thousands of rows are added: PostgreSQL else asks the guards' questions of tables as small as before.

        It plans each question once, and to read a table whole is quick only while there is little in it.
        """
        if self.kind == "postgresql":
            self.connection.exec_driver_sql("DISCARD PLANS")
            self.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")

    def copy_to(self, target: Path, *, owner_url: str = "") -> None:
        """This snapshot as a new file. Raises StoreError (`store.copies`)."""
        copies.write(self.connection, target, owner_url=owner_url)

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.connection.dialect.name

    @property
    def revision(self) -> str:
        """The form of the tables. Raises StoreError when this is not a store of ours."""
        return revisions.revision(self.connection, "this store")

    def recalled(self, key: Hashable, fetch: Callable[[], Remembered]) -> Remembered:
        """What `fetch` reads of history, read once a process while nothing is recorded; never while writing."""
        if self._recall is None:
            return fetch()
        return self._recall.at(self._version, self._is_quiet, key, fetch)

    def _is_quiet(self, start: int, end: int) -> bool:
        return end - start <= _LOOKED_THROUGH and self.audit.speaks_only_of(UNREMEMBERED, start, end)

    def session(self, token_hash: str) -> Session | None:
        """The session of this hash. One question also tells `recalled` the version of the store."""
        found = self.sessions.with_leaves(token_hash)
        if found is None:
            return None
        self._version, session = found
        return session

    @cached_property
    def _version(self) -> int:
        return self.audit.size()

    @cached_property
    def missions(self) -> Missions:
        return Missions(self.connection, self._history)

    @cached_property
    def people(self) -> People:
        return People(self.connection, self._history)

    def arrived(self, mission: str, *, since: datetime, now: datetime) -> tuple[Person, ...]:
        """Who of the mission is in service `now` and was not, or was not known, at `since`."""
        return arrived(self.connection, mission, since=since, now=now)

    def holding(self, mission: str, role: Role, now: datetime) -> tuple[Person, ...]:
        """Who of those in service `now` holds the role in this mission."""
        return holding(self.connection, mission, role, now)

    def present(self, mission: str, now: datetime) -> dict[str, tuple[str, ...]]:
        """Which units, sectors and languages there are among those in service `now`."""
        return present(self.connection, mission, now)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.connection)

    @cached_property
    def factors(self) -> Factors:
        return Factors(self.connection)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.connection)

    @cached_property
    def recoveries(self) -> Recoveries:
        return Recoveries(self.connection, self._history)

    @cached_property
    def erasures(self) -> Erasures:
        return Erasures(self.connection, self._history)

    @cached_property
    def register(self) -> Register:
        return Register(self.connection, self._history)

    @cached_property
    def flags(self) -> Flags:
        return Flags(self.connection, self._history)

    @cached_property
    def changes(self) -> Changes:
        return Changes(self.connection, self._history)

    @cached_property
    def operators(self) -> Operators:
        return Operators(self.connection, self._history)

    def waiting(self, mission: str) -> Waiting:
        """What waits on subjects and listings of the mission."""
        return waiting(self.connection, mission)

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self.connection, self._history)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.connection, self._history)

    @cached_property
    def facilities(self) -> Facilities:
        return Facilities(self.connection, self._history)

    @cached_property
    def editions(self) -> Editions:
        return Editions(self.connection, self._history)

    @cached_property
    def campaigns(self) -> Campaigns:
        return Campaigns(self.connection, self._history)

    @cached_property
    def completion(self) -> Completions:
        return Completions(self.connection)

    @cached_property
    def leave(self) -> Absences:
        return Absences(self.connection, self._history)

    @cached_property
    def inductions(self) -> Inductions:
        return Inductions(self.connection, self._history)

    @cached_property
    def imports(self) -> Imports:
        return Imports(self.connection, self._history)

    @cached_property
    def partners(self) -> Partners:
        return Partners(self.connection, self._history)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection)

    def addressed(self, person_id: str, mission: str, number: int) -> tuple[Addressed, ...]:
        """The campaigns in which an edition was brought to somebody."""
        return addressed(self.connection, person_id, mission, number)

    @cached_property
    def acknowledgements(self) -> Acknowledgements:
        return Acknowledgements(self.connection, self._history)

    @cached_property
    def audit(self) -> AuditLog:
        return AuditLog(self.connection, self._history, writable=self._writable)
