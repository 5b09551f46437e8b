"""Editions: what is in force becomes the numbered, signed list. Nothing reaches staff by another way.

1. An entry is built from named published facts only; basis, note, authority and persons are never read for it.
2. Every entry is validated before anything is written; one that fails refuses the whole publication.
3. Publishing is refused when nothing changed (unless renewed), when more than a set share of the entries would go
   or nothing would be listed (unless confirmed), and when somebody else has published since this publisher looked.
4. The checkpoint in an edition is the head of the audit tree before the row that says it was published.
5. The current edition is for all staff; a retired one for conduct and audit roles alone: who has not acknowledged it
   acknowledges the one after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from geo_offlimits.delivery.envelopes import EDITION_TYPE, signing_key, verify
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.edition import Delta, Edition, Entry
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.people import Action, Restricted
from geo_offlimits.errors import AbsentError, InputError, Issue, RefusedError, Sentence, UnverifiedError
from geo_offlimits.formats import edition as edition_file
from geo_offlimits.formats import edition_bytes
from geo_offlimits.layer import delta as difference
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import compiling, missions
from geo_offlimits.services.act import Act
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.shelf import Shelf, as_issued, kept, opened
from geo_offlimits.store.editions import EditionHeader, StoredEdition
from geo_offlimits.uncollected import uncollected

__all__ = [
    "EmptyEditionError",
    "ManyRemovedError",
    "NothingChangedError",
    "NothingPublishedError",
    "OvertakenError",
    "Preview",
    "PublishedHeader",
    "TooSoonError",
    "UnknownEditionError",
    "content",
    "envelope",
    "header",
    "headers",
    "newest",
    "preview",
    "publish",
    "read",
    "readable",
    "signed_by",
]

LONGEST = timedelta(days=366)
Number = int | str


class NothingPublishedError(AbsentError):
    """The mission has no edition yet."""

    def __init__(self, mission: str) -> None:
        self.mission = mission
        super().__init__(f"{mission} has published no edition yet; a head of mission publishes the first one.")


class UnknownEditionError(AbsentError):
    """No edition of that number, or none that this person may read."""

    def __init__(self, mission: str, number: Number, current: int) -> None:
        self.mission, self.number, self.current = mission, number, current
        super().__init__(f"{mission} has no edition {number} for you; the current one is {current}.")


class NothingChangedError(RefusedError):
    """The next edition would say what the current one says."""

    def __init__(self, header: EditionHeader) -> None:
        self.header = header
        super().__init__(
            Sentence(
                "Edition {number} of {mission}, issued {time}, already says all of this; publish again (--renew) only "
                "to prolong it.",
                number=header.number,
                mission=header.mission,
                time=format_instant(header.issued_at),
            )
        )


class ManyRemovedError(RefusedError):
    """More entries would go than usual."""

    def __init__(self, removed: int, of: int) -> None:
        self.removed, self.of = removed, of
        super().__init__(
            Sentence(
                "{removed} of {of} entries would go, which is more than usual; look at the changes and confirm them "
                "(--confirm-removals).",
                removed=removed,
                of=of,
            )
        )


class EmptyEditionError(RefusedError):
    """The edition would list nothing, and a blank list reads as "nothing is off limits"."""

    def __init__(self, mission: str, number: int) -> None:
        self.mission, self.number = mission, number
        super().__init__(
            Sentence(
                "Edition {number} of {mission} would list nothing, and every look-up would answer “not on this list”; "
                "put something in force first, or confirm that this is meant (--confirm-empty).",
                number=number,
                mission=mission,
            )
        )


class TooSoonError(RefusedError):
    """Editions are told apart by the second of their issue, and this one's has not passed."""

    def __init__(self, before: EditionHeader, now: datetime) -> None:
        self.mission, self.before = before.mission, before
        ahead = before.issued_at - now.replace(microsecond=0)
        later = Sentence("publish the next one a second later")
        super().__init__(
            Sentence(
                "Edition {number} of {mission} was issued at {time}, and it is {now} now; {remedy}.",
                number=before.number,
                mission=before.mission,
                time=format_instant(before.issued_at),
                now=format_instant(now),
                remedy=Sentence("check the clock of this machine") if ahead else later,
            )
        )


class OvertakenError(RefusedError):
    """What would be published is no longer what this publisher looked at: the register or the edition before it."""

    def __init__(self, mission: str) -> None:
        self.mission = mission
        super().__init__(
            Sentence(
                "What would be published for {mission} has changed since you looked. Read the changes again, then "
                "publish.",
                mission=mission,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What publishing now would change. `entries` are all of the next edition.

    fingerprint : of what was looked at; given to `publish`, nothing else is published.
    outside : entries wholly outside the mission's territory: their positions deserve a second look.
    """

    number: int
    fingerprint: str
    entries: tuple[Entry, ...]
    delta: Delta
    share_removed: float
    unchanged: bool
    outside: tuple[Entry, ...]


@dataclass(frozen=True)
class _Next:
    """The next edition, as its own bytes read it back, beside the one it follows."""

    edition: Edition
    content: bytes
    current: StoredEdition | None

    @property
    def delta(self) -> Delta:
        held = self.current
        return difference(
            edition_file.decode(held.content) if held else compiling.empty_like(self.edition), self.edition
        )

    @cached_property
    def held(self) -> frozenset[bytes]:
        """The ids of what stands on the edition it follows."""
        return edition_bytes.entry_ids(self.current.content) if self.current else frozenset()

    @cached_property
    def removed(self) -> int:
        return len(self.held - edition_bytes.entry_ids(self.content))

    @property
    def share_removed(self) -> float:
        return self.removed / len(self.held) if self.held else 0.0

    @cached_property
    def said(self) -> str:
        return edition_bytes.said(self.content)

    @property
    def unchanged(self) -> bool:
        return self.current is not None and edition_bytes.said(self.current.content) == self.said

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what it says and follows. Its times and the log's state move while a person reads."""
        return edition_file.sha256(f"{self.edition.previous_sha256} {self.said}".encode())


def preview(act: Act, mission: str) -> Preview:
    """What publishing now would change; writes nothing."""
    act.require(Action.PUBLISH, mission, to_look=True)
    found = _next(act, mission, timedelta(days=act.settings.expires_in_days))
    return Preview(
        number=found.edition.number,
        fingerprint=found.fingerprint,
        entries=found.edition.entries,
        delta=found.delta,
        share_removed=found.share_removed,
        unchanged=found.unchanged,
        outside=compiling.outside(found.edition),
    )


def publish(
    act: Act,
    keyring: Keyring,
    mission: str,
    *,
    expires_in: timedelta,
    renew: bool = False,
    confirm_removals: bool = False,
    confirm_empty: bool = False,
    seen: str | None = None,
) -> PublishedHeader:
    """Publish what is in force as the next edition of the mission.

    seen : fingerprint of the preview that the publisher looked at; None publishes whatever there is.
    Raises NothingChangedError, ManyRemovedError, EmptyEditionError, OvertakenError; InputError naming the entry that
    cannot be published; DamagedEditionError where the edition before it is not what was signed.
    """
    act.require(Action.PUBLISH, mission)
    if not timedelta(0) < expires_in <= LONGEST:
        raise InputError(
            Sentence("An edition is current for up to {most} days; give a shorter time.", most=LONGEST.days),
            Issue(field="expires_in", reason=Sentence("out of range"), value=str(expires_in)),
        )
    found = _next(act, mission, expires_in)
    _refuse(act, found, renew=renew, confirm_removals=confirm_removals, confirm_empty=confirm_empty, seen=seen)
    stored = _signed(act, keyring, found)
    act.tx.editions.append(stored)
    act.record(
        AuditTag.EDITION_PUBLISHED,
        subject=f"{mission}/{stored.number}",
        mission=mission,
        number=stored.number,
        sha256=stored.sha256,
        entries=len(found.edition.entries),
    )
    return PublishedHeader.of_edition(found.edition, stored.sha256)


def _next(act: Act, mission: str, expires_in: timedelta) -> _Next:
    latest = act.tx.editions.header(mission)
    current = as_issued(act, latest) if latest else None
    with uncollected():
        compiled = compiling.compile_edition(act, missions.mission(act, mission), current, expires_in)
        content, edition = edition_file.written_and_read(compiled, current.content if current else b"")
    return _Next(edition, content, current)


def _refuse(
    act: Act, found: _Next, *, renew: bool, confirm_removals: bool, confirm_empty: bool, seen: str | None
) -> None:
    if seen is not None and seen != found.fingerprint:
        raise OvertakenError(found.edition.mission)
    if found.current and not renew and found.unchanged:
        raise NothingChangedError(found.current)
    if found.current and found.current.issued_at >= found.edition.issued_at:
        raise TooSoonError(found.current, act.now)
    if found.share_removed > act.settings.removal_share and not confirm_removals:
        raise ManyRemovedError(found.removed, len(found.held))
    if not found.edition.entries and not confirm_empty:
        raise EmptyEditionError(found.edition.mission, found.edition.number)


def _signed(act: Act, keyring: Keyring, found: _Next) -> StoredEdition:
    """Signed, and verified as a reader will before anybody can read it."""
    edition = found.edition
    envelope = keyring.sign(found.content, EDITION_TYPE)
    keys = [key for key in keyring.public_keys() if key.signs_at(edition.issued_at)]
    if not keys or verify(envelope, keys, EDITION_TYPE) != found.content:
        raise UnverifiedError(
            Sentence(
                "No key of this installation verifies what is issued at {time}, so nothing is published; check the "
                "clock of this machine and `key list`.",
                time=format_instant(edition.issued_at),
            )
        )
    return StoredEdition(
        mission=edition.mission,
        number=edition.number,
        sha256=edition_file.sha256(found.content),
        previous_sha256=edition.previous_sha256,
        issued_at=edition.issued_at,
        expires_at=edition.expires_at,
        content=found.content,
        envelope=envelope,
        checkpoint=edition.checkpoint,
        published_by=act.person_id,
    )


def headers(act: Act, mission: str) -> tuple[PublishedHeader, ...]:
    """Every edition of the mission, newest first."""
    act.require(Action.LOOK_UP, mission)
    return tuple(PublishedHeader.of_stored(found) for found in act.tx.editions.headers(mission))


def readable(act: Act, mission: str) -> tuple[PublishedHeader, ...]:
    """The editions of the mission that this person may read, newest first: the current one, for some all (rule 5)."""
    current = newest(act, mission)
    if current is None:
        return ()
    if not act.may_see(Restricted.RETIRED_EDITION, mission):
        return (current,)
    return tuple(found for found in headers(act, mission) if found.number <= current.number)


def newest(act: Act, mission: str) -> PublishedHeader | None:
    """The current edition's header, or None before the first."""
    act.require(Action.LOOK_UP, mission)
    found = act.tx.editions.header(mission, act.now)
    return PublishedHeader.of_stored(found) if found else None


def header(act: Act, mission: str, number: Number = "current") -> PublishedHeader:
    """The header of one edition. Raises NothingPublishedError or UnknownEditionError."""
    current = newest(act, mission)
    if current is None:
        raise NothingPublishedError(mission)
    if number in ("current", current.number):
        return current
    possible = isinstance(number, int) and 0 < number <= current.number
    found = act.tx.editions.header_of(mission, int(number)) if possible else None
    if found is None:
        raise UnknownEditionError(mission, number, current.number)
    return PublishedHeader.of_stored(found)


def read(act: Act, shelf: Shelf, mission: str, number: Number = "current") -> PublishedEdition:
    """An edition this person may read, opened. Raises as `content` does."""
    return opened(act, shelf, _readable(act, mission, number))


def content(act: Act, mission: str, number: Number = "current") -> bytes:
    """The canonical bytes of an edition this person may read.

    Raises DamagedEditionError for bytes nobody should rely on, UnknownEditionError for an edition that is not for them.
    """
    return kept(act, _readable(act, mission, number)).content


def envelope(act: Act, mission: str, number: Number = "current") -> bytes:
    """The DSSE envelope of an edition this person may read; it holds the edition's bytes as its payload."""
    return kept(act, _readable(act, mission, number)).envelope


def signed_by(act: Act, mission: str, number: Number = "current") -> PublicKey | None:
    """The key that signed an edition this person may read."""
    return signing_key(envelope(act, mission, number), act.keyring.public_keys())


def _readable(act: Act, mission: str, number: Number) -> PublishedHeader:
    asked = header(act, mission, number)
    refuse_retired(act, asked)
    return asked


def refuse_retired(act: Act, asked: PublishedHeader) -> None:
    """Raises UnknownEditionError when `asked` is retired and not for this person (rule 5)."""
    current = act.tx.editions.header(asked.mission, act.now)
    if current is None or asked.number == current.number:
        return
    if act.may_see(Restricted.RETIRED_EDITION, asked.mission):
        return
    raise UnknownEditionError(asked.mission, asked.number, current.number)
