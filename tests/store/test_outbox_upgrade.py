"""Mail that waited or was sent before there were several kinds of it stays as it was."""

import hashlib
from pathlib import Path

from sqlalchemy import create_engine, text

from geo_offlimits.domain.mail import MailKind, MailState
from geo_offlimits.store import Transaction, revisions

OLD = (
    "INSERT INTO outbox (campaign_id, person_id, mission, edition_number, queued_at, next_attempt_at, state, attempts,"
    " answer) VALUES ('C-1', :person, 'DEMO', 2, '2026-03-01T08:00:00.000000Z', '2026-03-01T09:00:00.000000Z',"
    " :state, 1, '451 4.7.1')"
)


def test_what_stood_in_the_outbox_stands_there_after_the_upgrade(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'register.db'}")
    with engine.begin() as connection:
        revisions.migrate(connection, "0009")
        for person, state in (("a", "waiting"), ("b", "sent")):
            connection.execute(text(OLD), {"person": person, "state": state})
        revisions.migrate(connection)
        tx = Transaction(connection, writable=True)
        assert tx.outbox.counts("C-1") == {MailState.WAITING: 1, MailState.SENT: 1}
        key = hashlib.sha256(b"C-1/b").hexdigest()[:32]
        sent = tx.outbox.of_key(key)
        assert sent
        assert (sent.person_id, sent.kind, sent.step, sent.key) == ("b", MailKind.ANNOUNCEMENT, "", key)
        assert (sent.answer, sent.attempts, sent.edition_number) == ("451 4.7.1", 1, 2)
    engine.dispose()
