"""Restricted attachments of designations: added, never changed. Their files lie in the cabinet."""

import secrets
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select

from geo_offlimits.domain.attachments import Attachment, AttachmentKind, KeptFile, MediaType
from geo_offlimits.store.history import History, Standing
from geo_offlimits.store.tables import attachment

_ON_ONE = Standing(attachment, attachment.c.designation_id == bindparam("designation_id"), order_by=attachment.c.number)
_FILES = select(attachment.c.file_id).where(attachment.c.file_id.is_not(None)).distinct().order_by(attachment.c.file_id)
_NAMES_FILE = select(exists().where(attachment.c.file_id == bindparam("file_id")))


class Attachments:
    def __init__(self, connection: Connection, history: History) -> None:
        self._connection, self._history = connection, history

    def add(self, new: Attachment) -> None:
        """Raises RefusedError where there is one of this number already, or no such designation."""
        file = new.file
        self._history.add(
            attachment,
            recorded_at=new.recorded_at,
            designation_id=new.designation_id,
            number=new.number,
            kind=new.kind.value,
            person_id=new.person_id,
            text=new.text,
            file_id=file and file.file_id,
            media_type=file and file.media_type.value,
            size=file and file.size,
            sha256=file and file.sha256,
            file_name=file and file.name,
            # Nobody can find a word or a file by trying, from the digest that stays in the audit tree.
            salt=secrets.token_bytes(16),
        )

    def on(self, designation_id: str) -> tuple[Attachment, ...]:
        """All on one designation by number."""
        return tuple(_attachment(row) for row in _ON_ONE.rows(self._connection, designation_id=designation_id))

    def file_ids(self) -> tuple[str, ...]:
        """Every file that a row speaks of, in the order of their names."""
        return tuple(self._connection.execute(_FILES).scalars())

    def names_file(self, file_id: str) -> bool:
        """Whether any row speaks of this file."""
        return bool(self._connection.execute(_NAMES_FILE, {"file_id": file_id}).scalar())


def _attachment(row: Row[Any]) -> Attachment:
    return Attachment(
        designation_id=row.designation_id,
        number=row.number,
        kind=AttachmentKind(row.kind),
        person_id=row.person_id,
        recorded_at=row.recorded_at,
        text=row.text,
        file=_file(row),
    )


def _file(row: Row[Any]) -> KeptFile | None:
    if row.file_id is None:
        return None
    return KeptFile(
        file_id=row.file_id,
        media_type=MediaType(row.media_type),
        size=row.size,
        sha256=row.sha256,
        name=row.file_name,
    )
