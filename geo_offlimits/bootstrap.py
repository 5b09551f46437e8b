"""The wiring: settings become a store, keys, a shelf of editions and a clock; a door opens acts on it.

1. A reading act changes nothing; a writing act is one transaction, committed whole when the door leaves it.
2. A refused act is rolled back, and then the attempt is audited in a transaction of its own: the rollback would
   otherwise erase that somebody tried.
3. Whoever signs in does so in three steps (`services.signing_in`), so that nobody waits for the work on a passphrase.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import Actor, NotPermittedError
from geo_offlimits.domain.proof import Shown
from geo_offlimits.domain.sessions import Door
from geo_offlimits.errors import AbsentError, InputError, OfflimitsError, RefusedError, StoreError
from geo_offlimits.services import people, sessions, signing_in
from geo_offlimits.services.act import Act
from geo_offlimits.services.keys import KeyAnswer
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.services.placing import Place, settle
from geo_offlimits.services.shelf import Shelf
from geo_offlimits.services.signing_in import PROMPT, Proof, StepUpError, UnrecognisedError, note_failure
from geo_offlimits.settings import Settings
from geo_offlimits.store import Session, Store
from geo_offlimits.store.transaction import Transaction

if TYPE_CHECKING:
    from geo_offlimits.delivery.mail import Postman
    from geo_offlimits.delivery.provider import Provider

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """One process's installation. Safe to share between threads."""

    settings: Settings
    store: Store
    keyring: Keyring
    shelf: Shelf = field(default_factory=Shelf)
    clock: Clock = system_clock
    passphrases: Passphrases = field(default_factory=Passphrases)

    @cached_property
    def provider(self) -> "Provider | None":
        """The organisation's identity provider, where the settings name one. Raises InputError for what cannot be one.

        Its client's secret, if it has one, is GEO_OFFLIMITS_OIDC_CLIENT_SECRET of the environment.
        """
        issuer = self.settings.oidc_issuer
        if not issuer:
            return None
        try:
            from geo_offlimits.delivery.provider import Provider  # noqa: PLC0415  (an extra)
        except ModuleNotFoundError:
            raise InputError(
                "The setting oidc_issuer needs the extra `oidc`. Install geo_offlimits[oidc], or take the setting out."
            ) from None
        secret = os.environ.get("GEO_OFFLIMITS_OIDC_CLIENT_SECRET", "")
        return Provider(issuer, self.settings.oidc_client_id, secret=secret, name=self.settings.oidc_name)

    def postman(self) -> "Postman":
        """Who hands mail over. Raises InputError for settings that name no mail server.

        The passphrase of smtp_user is GEO_OFFLIMITS_SMTP_PASSWORD of the environment.
        """
        from geo_offlimits.delivery.mail import MailServer, Postman  # noqa: PLC0415  (few commands send mail)

        server = MailServer(
            host=self.settings.smtp_host,
            port=self.settings.smtp_port,
            sender=self.settings.mail_from,
            site=self.settings.public_url,
            tls=self.settings.smtp_tls,
            user=self.settings.smtp_user,
            password=os.environ.get("GEO_OFFLIMITS_SMTP_PASSWORD", ""),
            within_s=self.settings.smtp_seconds,
        )
        return Postman(server)

    @property
    def provider_name(self) -> str:
        """What a button calls the provider; empty where there is none."""
        return self.provider.name if self.provider else ""

    @contextmanager
    def reading(self, actor: Actor | None = None) -> Iterator[Act]:
        """An act that changes nothing. A known person's attempt at what they may not do is audited all the same."""
        try:
            with self.store.reading() as tx:
                yield self._act(tx, actor)
        except NotPermittedError as refusal:
            if actor is not None:
                self._audit(actor, refusal)
            raise

    @contextmanager
    def writing(self, actor: Actor | None = None) -> Iterator[Act]:
        """An act in one transaction: everything it writes is kept, or nothing is."""
        try:
            with self.store.writing() as tx:
                yield self._act(tx, actor)
        except (RefusedError, NotPermittedError, UnrecognisedError) as refusal:
            self._audit(actor, refusal)
            raise

    def recognise(self, reference: str, passphrase: str, source: str = PROMPT, code: str | None = None) -> Actor:
        """The person with this number or e-mail address and this passphrase, which may still be the one-time one.

        `source` is the address that somebody signs in from, `code` what their app shows. Raises UnrecognisedError,
        WrongCodeError or TooManyAttemptsError.
        """
        proof = self._proof(reference, passphrase, source)
        with self.writing() as act:
            return signing_in.recognise(act, proof, code)

    def show(
        self,
        actor: Actor,
        session: Session,
        source: str,
        *,
        passphrase: str | None = None,
        code: str | None = None,
        key: KeyAnswer | None = None,
    ) -> tuple[str, Shown]:
        """That it is still the actor who acts in this session, before what weighs most: its new token, what was shown.

        Raises StepUpError, counted and audited like a failed sign-in, or TooManyAttemptsError.
        """
        try:
            proof = (passphrase and self._proof(actor.person.number, passphrase, source, signed_in=True)) or None
            with self.writing() as act:
                shown = signing_in.show(act, actor, source, proof=proof, code=code, key=key)
                return sessions.renew(act, session, shown), shown
        except UnrecognisedError as refusal:
            raise StepUpError(refusal) from refusal

    def sign_in(self, actor: Actor) -> str:
        """A session at the prompt for somebody recognised; its token."""
        with self.writing(actor) as act:
            return sessions.begin(act, actor.person.person_id, actor.shown, Door.PROMPT)

    def resume(self, token: str) -> Actor:
        """Who acts in the session of this token. Raises SessionOverError."""
        now = self.clock()
        with self.reading() as act:
            session = sessions.resume(act.tx, token, self.settings, now)
            if session is None:
                raise sessions.SessionOverError
            try:
                found = people.actor(act, session.person_id, sessions.shown_in(session))
            except AbsentError:
                raise sessions.SessionOverError from None
        if now - session.seen_at >= sessions.TOUCH_EVERY:
            with suppress(StoreError), self.writing() as act:  # nobody is kept from looking by a full disk
                act.tx.sessions.touch(session.token_hash, now)
        return found

    def choose_passphrase(self, reference: str, old: str, new: str, source: str = PROMPT) -> Actor:
        """Replaces a passphrase. Raises what `recognise` does, and InputError for a new one that is no good."""
        proof = self._proof(reference, old, source)
        with self.reading() as act:
            known = signing_in.known_of(act, proof.person)
        new_hash = signing_in.chosen(self.passphrases, old, new, known)
        with self.writing() as act:
            return signing_in.replace_passphrase(act, proof, new_hash)

    def _proof(self, reference: str, passphrase: str, source: str, *, signed_in: bool = False) -> Proof:
        with self.reading() as act:
            asked = signing_in.ask(act, reference, source, signed_in=signed_in)
        try:
            return signing_in.prove(asked, self.passphrases, passphrase)
        except UnrecognisedError as refusal:
            self._audit(None, refusal)
            raise

    def _act(self, tx: Transaction, actor: Actor | None) -> Act:
        # The clock is read once the transaction is open: what waited for another writer is later than that writer.
        return Act(tx, actor, self.clock(), self.keyring, self.settings, self.passphrases)

    def _audit(self, actor: Actor | None, refusal: OfflimitsError) -> None:
        with self.store.writing() as tx:
            act = self._act(tx, actor)
            if isinstance(refusal, UnrecognisedError):
                note_failure(act, refusal)
            else:
                _record_refusal(act, refusal)


def _record_refusal(act: Act, refusal: OfflimitsError) -> None:
    """What was tried and on what; never the sentence, which may hold a name."""
    subject = getattr(refusal, "designation_id", None) or getattr(refusal, "action", None) or "act"
    act.record(
        AuditTag.REFUSED,
        subject=str(subject),
        mission=getattr(refusal, "mission", None),
        refusal=type(refusal).__name__,
    )


def wire(settings: Settings, clock: Clock = system_clock, *, passphrases: Passphrases | None = None) -> Wiring:
    """Open the store and the keys that `settings` name. Raises StoreError with the remedy when they cannot be used."""
    settle(Place.of(settings))
    return Wiring(
        settings=settings,
        store=Store.open(settings.store),
        keyring=Keyring(settings.data_dir),
        clock=clock,
        passphrases=passphrases or Passphrases(),
    )


def initialise(settings: Settings, clock: Clock = system_clock) -> str:
    """Create an empty store and the signing key; returns its fingerprint. Raises StoreError where there is a store.

    One that was cut between the two is finished.
    """
    settle(Place.of(settings))
    keyring = Keyring(settings.data_dir)
    if keyring.exists() or not _is_unused(settings):
        Store.create(settings.store, owner_url=settings.owner_store).close()
    if not keyring.exists():
        keyring = Keyring.create(settings.data_dir, clock())
    return keyring.signing.fingerprint


def upgrade(settings: Settings, *, backed_up: bool = False) -> Path | None:
    """Bring the store to this program's form. Returns the copy made before, None where nothing was due.

    backed_up : a PostgreSQL store is not copied, because its keeper has a copy. Raises StoreError.
    """
    settle(Place.of(settings))
    copies = None if backed_up else settings.data_dir
    return Store.upgrade(settings.store, owner_url=settings.owner_store, copies=copies)


def _is_unused(settings: Settings) -> bool:
    """Whether there is a store of ours in which nothing was ever recorded."""
    try:
        store = Store.open(settings.store)
    except StoreError:
        return False
    try:
        with store.reading() as tx:
            return tx.audit.size() == 0
    finally:
        store.close()
