"""One act: who does it, when, and the transaction it is written in. Every use case takes it first.

1. Permission is asked here and nowhere else below the doors.
2. Whatever changes something writes its row of the audit tree in the same transaction.
3. The time is fixed once, when the transaction is open, and is the same for everything the act writes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from geo_offlimits.delivery.signing import Keyring
from geo_offlimits.domain.audit import AuditTag
from geo_offlimits.domain.people import STEP_UP, Action, Actor, NotPermittedError, Restricted
from geo_offlimits.domain.proof import StepUpNeededError
from geo_offlimits.errors import CredentialsError
from geo_offlimits.services.passphrases import Passphrases
from geo_offlimits.settings import Settings
from geo_offlimits.store.transaction import Transaction


class ActorNeededError(CredentialsError):
    """The act needs a recognised person."""

    def __init__(self) -> None:
        super().__init__("This needs to know who acts; sign in, or name yourself with --as PERSON.")


@dataclass(frozen=True)
class Act:
    """`actor` is None for what needs nobody: the first administrator, signing in, a look-up on the published list.

    `keyring` holds the keys by which every edition that the act reads is verified.
    """

    tx: Transaction
    actor: Actor | None
    now: datetime
    keyring: Keyring
    settings: Settings = field(default_factory=Settings)
    passphrases: Passphrases = field(default_factory=Passphrases)

    def by(self, actor: Actor | None) -> "Act":
        """The same act by somebody recognised in it."""
        return replace(self, actor=actor)

    def require_actor(self) -> Actor:
        if self.actor is None:
            raise ActorNeededError
        return self.actor

    @property
    def person_id(self) -> str:
        return self.require_actor().person.person_id

    def may(self, action: Action, mission: str | None) -> bool:
        return self.actor is not None and self.actor.may(action, mission, self.now)

    def may_see(self, what: Restricted, mission: str | None) -> bool:
        return self.actor is not None and self.actor.may_see(what, mission, self.now)

    def require(self, action: Action, mission: str | None, *, to_look: bool = False) -> None:
        """Raises NotPermittedError, which reads like an absent thing at every door; SecondFactorNeededError.

        What weighs most is done by who has shown shortly before that it is they: else StepUpNeededError. Who only
        looks at what could be done (`to_look`) has not come to that yet.
        """
        if self.actor is None:
            raise NotPermittedError(action, mission)
        self.actor.require(action, mission, self.now)
        if action in STEP_UP and not to_look:
            self.refuse_stale()

    def may_know(self, action: Action, mission: str | None) -> bool:
        """As `may`, for what is absent to others; where a second factor is all that lacks, SecondFactorNeededError."""
        try:
            self.require(action, mission, to_look=True)
        except NotPermittedError:
            return False
        return True

    def refuse_stale(self) -> None:
        """Raises StepUpNeededError."""
        if not self.require_actor().is_fresh(self.now, timedelta(minutes=self.settings.step_up_minutes)):
            raise StepUpNeededError

    def refuse_stale_for_factors(self) -> None:
        """As `refuse_stale`; who has no second factor yet cannot show one, and sets it up with the passphrase alone."""
        actor = self.require_actor()
        within = timedelta(minutes=self.settings.step_up_minutes)
        if actor.scope or not actor.shown.is_fresh(self.now, within, with_factor=actor.guarded):
            raise StepUpNeededError

    def require_for_look_up(self, mission: str) -> None:
        """Look-ups on the published list need nobody on the machine that holds it; a known person needs the role.

        The doors that face a network recognise a person before they open an act.
        """
        if self.actor is not None:
            self.require(Action.LOOK_UP, mission)

    def record(self, tag: AuditTag, *, subject: str, mission: str | None = None, **facts: object) -> int:
        """Write the row of the audit tree that belongs to this act. Facts never hold a name or anything restricted.

        What a token did for its holder is told from what they did themselves by the fact `by_token`, its id.
        """
        if self.actor and self.actor.scope:
            facts["by_token"] = self.actor.scope.token_id
        return self.tx.audit.append(
            tag,
            recorded_at=self.now,
            actor=self.actor.person.person_id if self.actor else None,
            mission=mission,
            subject=subject,
            facts=facts,
        )
