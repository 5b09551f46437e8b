"""Lists of partners as they came, what a second person said of each, and the keys by which partners sign."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from geo_offlimits.domain.origins import OriginStanding
from geo_offlimits.domain.partners import PartnerKey, PartnerList, PartnerState, Settlement
from geo_offlimits.errors import AbsentError, Sentence
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.partner_tables import partner_edition, partner_key, partner_settlement

# What is heavy, and what each row of history has.
_UNTOLD = {"id", "supersedes_id", "content", "envelope"}
_FACTS = [column for column in partner_edition.c if column.name not in _UNTOLD]
# What a second person said stands beside it: a list is settled once.
_SAID = partner_settlement.c
_SETTLED = [_SAID.state, _SAID.person_id.label("said_by"), _SAID.recorded_at.label("said_at"), _SAID.reason]
_LISTED = select(*_FACTS, *_SETTLED).outerjoin(partner_settlement, _SAID.edition_id == partner_edition.c.edition_id)
_ONE = _LISTED.where(partner_edition.c.edition_id == bindparam("edition_id"))
_OF_MISSION = _LISTED.where(partner_edition.c.mission == bindparam("mission")).order_by(partner_edition.c.id)
_BYTES = select(partner_edition.c.content, partner_edition.c.envelope).where(
    partner_edition.c.edition_id == bindparam("edition_id")
)
_COUNTED = select(func.count()).where(partner_edition.c.mission == bindparam("mission"))
_KEYS = Standing(partner_key)


class Partners:
    """A list is entered and settled; its bytes are read only by who asks for them."""

    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def next_id(self, mission: str) -> str:
        """`CODE-P0001` and so on; free until the end of the writing transaction that asked."""
        counted = int(self._connection.execute(_COUNTED, {"mission": mission}).scalar_one())
        return f"{mission}-P{counted + 1:04d}"

    def add(self, new: PartnerList, content: bytes, envelope: bytes | None = None) -> None:
        """Raises RefusedError for one that is here already."""
        told = vars(new) | {"standing": new.standing.value, "content": content, "envelope": envelope}
        del told["settlement"]
        self._history.add(partner_edition, **told)

    def settle(self, edition_id: str, settled: Settlement) -> None:
        """Raises RefusedError for a list that is settled, is signed, or was entered by who confirms it."""
        self._history.add(
            partner_settlement,
            recorded_at=settled.at,
            edition_id=edition_id,
            state=settled.state.value,
            person_id=settled.person_id,
            reason=settled.reason,
        )

    def get(self, edition_id: str) -> PartnerList | None:
        row = self._connection.execute(_ONE, {"edition_id": edition_id}).first()
        return _entered(row) if row else None

    def of_mission(self, mission: str) -> tuple[PartnerList, ...]:
        """All of a mission, as they were entered."""
        return tuple(map(_entered, self._connection.execute(_OF_MISSION, {"mission": mission})))

    def bytes_of(self, edition_id: str) -> tuple[bytes, bytes | None]:
        """The content and, of a signed edition, its envelope. Raises AbsentError."""
        row = self._connection.execute(_BYTES, {"edition_id": edition_id}).first()
        if row is None:
            raise AbsentError(Sentence("There is no list {id} of a partner here.", id=edition_id))
        return row.content, row.envelope

    # ---- keys --------------------------------------------------------------------------------------------------------

    def all_keys(self) -> tuple[PartnerKey, ...]:
        """Every key as it stands, those that were withdrawn too."""
        return tuple(_key(row) for row in _KEYS.rows(self._connection))

    def add_key(self, key: PartnerKey) -> None:
        """Raises RefusedError for one that is here already or was withdrawn."""
        self._history.add(
            partner_key,
            recorded_at=key.recorded_at,
            partner=key.partner,
            fingerprint=key.fingerprint,
            pem=key.pem,
            person_id=key.person_id,
        )

    def withdraw_key(self, key: PartnerKey, by: str, at: datetime) -> None:
        """Raises AbsentError, RefusedError for one that is withdrawn already."""
        rows = _KEYS.rows(self._connection)
        standing = next((row for row in rows if _key(row) == key), None)
        if standing is None:
            raise AbsentError(Sentence("There is no such key of {partner} here.", partner=key.partner))
        self._history.supersede(partner_key, standing, recorded_at=at, withdrawn_by=by)


def _entered(row: Row[Any]) -> PartnerList:
    told = {column.name: getattr(row, column.name) for column in _FACTS} | {"standing": OriginStanding(row.standing)}
    return PartnerList(**told, settlement=_settlement(row) if row.state else None)


def _settlement(row: Row[Any]) -> Settlement:
    return Settlement(state=PartnerState(row.state), person_id=row.said_by, at=row.said_at, reason=row.reason)


def _key(row: Row[Any]) -> PartnerKey:
    return PartnerKey(
        partner=row.partner,
        fingerprint=row.fingerprint,
        pem=row.pem,
        person_id=row.person_id,
        recorded_at=row.recorded_at,
        withdrawn_by=row.withdrawn_by,
    )
