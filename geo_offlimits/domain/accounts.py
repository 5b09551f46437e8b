"""Accounts that people have at their organisation's identity provider, and what that provider vouches for.

1. An account is its issuer and its subject, both as they are written. What else a provider tells of somebody, such as
   an e-mail address or a name, names nobody here: it can be given to somebody else.
2. Who the account belongs to is said here (`services.accounts`), never by the provider.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from geo_offlimits.domain import texts
from geo_offlimits.errors import CredentialsError, Issue, OfflimitsError, Sentence

MAX_ISSUER, MAX_SUBJECT = 200, 255
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Account:
    issuer: str
    subject: str

    def unfit(self) -> tuple[Issue | None, ...]:
        """What keeps each of its texts from being written."""
        return (
            texts.line("issuer", self.issuer, needed=True, most=MAX_ISSUER),
            texts.line("subject", self.subject, needed=True, most=MAX_SUBJECT),
        )


@dataclass(frozen=True, kw_only=True)
class LinkedAccount:
    """An account that belongs to a person here; `linked_by` is that person, or the administrator who said so."""

    account_id: str
    person_id: str
    issuer: str
    subject: str
    linked_by: str
    linked_at: datetime

    @property
    def by_its_owner(self) -> bool:
        return self.linked_by == self.person_id


def _secret() -> str:
    return secrets.token_urlsafe(_SECRET_BYTES)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What one browser asks a provider, told to nobody else until the answer comes.

    `asked_at` is in seconds since 1970, `max_age_s` how long before it the person may have shown themselves; 0: anew.
    """

    asked_at: int
    max_age_s: int
    state: str = field(default_factory=_secret, repr=False)
    nonce: str = field(default_factory=_secret, repr=False)
    verifier: str = field(default_factory=_secret, repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a browser came back with in answer to its question; `issuer` is RFC 9207's."""

    code: str = field(repr=False)
    issuer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """What a provider says: which account it is, when that was shown (None: it does not say), whether by a factor."""

    account: Account
    shown_at: datetime | None
    with_factor: bool


class ProviderError(OfflimitsError):
    """The provider cannot be asked now. `fault` is for the operator's log; it holds nothing of a person."""

    def __init__(self, name: str, fault: str) -> None:
        self.name, self.fault = name, fault
        super().__init__(
            Sentence("{name} does not answer as it should. Sign in with your passphrase, or try later.", name=name)
        )


class NotVouchedError(CredentialsError):
    """What came back is no answer to what this browser asked the provider. `fault` as above."""

    def __init__(self, name: str, fault: str) -> None:
        self.name, self.fault = name, fault
        super().__init__(
            Sentence(
                "{name} did not say who you are, or not in answer to this page, or too late. Begin again, or sign in "
                "with your passphrase.",
                name=name,
            )
        )
