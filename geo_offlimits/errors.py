"""Every refusal the product can make: the fact first, then the remedy.

The families below carry no HTTP status and no exit code; each door maps a family to its own.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One thing wrong with one field of what was given. `row` counts from 1 where the input has rows."""

    field: str
    reason: str
    remedy: str = ""
    value: str = ""
    row: int | None = None

    def as_json(self) -> dict[str, str | int]:
        return {key: value for key, value in asdict(self).items() if value not in ("", None)}

    def __str__(self) -> str:
        where = f"row {self.row}, " if self.row is not None else ""
        return f"{where}{self.field}: {self.reason}{f' ({self.remedy})' if self.remedy else ''}"


class OfflimitsError(Exception):
    """A refusal with a sentence for the person in front of it."""


class InputError(OfflimitsError):
    """What was given cannot be understood or is not possible."""

    def __init__(self, sentence: str, *issues: Issue) -> None:
        self.issues = issues
        super().__init__(sentence)


class RefusedError(OfflimitsError):
    """The rules of the register do not allow this step now."""


class AbsentError(OfflimitsError):
    """There is no such thing, or this person may not know of it: both look alike on purpose."""


class CredentialsError(OfflimitsError):
    """The person could not be recognised."""


class StoreError(OfflimitsError):
    """The store cannot be used as it is: not ours, newer than this program, or damaged."""


class UnverifiedError(OfflimitsError):
    """Bytes, signature or hash do not fit together."""
