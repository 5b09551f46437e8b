"""What somebody has shown to be who they say: a passphrase, and a second factor that they have in their hands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo_offlimits.errors import CredentialsError, Sentence


@dataclass(frozen=True, kw_only=True)
class Shown:
    """When each was last shown in a session or at the prompt; None for what was not shown there."""

    passphrase_at: datetime | None = None
    factor_at: datetime | None = None

    def missing(self, now: datetime, within: timedelta, *, with_factor: bool) -> tuple[str, ...]:
        """What was not shown so shortly before `now`: 'passphrase', 'code'."""
        asked = (("passphrase", self.passphrase_at), *((("code", self.factor_at),) if with_factor else ()))
        return tuple(name for name, at in asked if at is None or now - at > within)

    def is_fresh(self, now: datetime, within: timedelta, *, with_factor: bool) -> bool:
        return not self.missing(now, within, with_factor=with_factor)


NOTHING_SHOWN = Shown()


class SecondFactorNeededError(CredentialsError):
    """A role of theirs would permit it, and counts only once a second factor has been shown."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "Your role needs a second factor for this. Show it: on the page Second factor, or with --totp CODE; "
                "who has none yet sets it up there, or with `second-factor add`."
            )
        )


class StepUpNeededError(CredentialsError):
    """It weighs so much that they show once more who they are."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("This weighs much, so show once more that it is you: with your passphrase and second factor.")
        )
