"""Every refusal the product can make: the fact first, then the remedy.

The families below carry no HTTP status and no exit code; each door maps a family to its own. A refusal reads in
English; where pages show it, its words are a Sentence, which `said` gives in the reader's language.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

Translate = Callable[[str], str]


class Sentence(str):
    """Words with the facts that fill them: `Sentence("{name} is closed already.", name=…)`. As a str it is English.

    `text`, a literal, is what the catalogues know. A fact that is a Sentence, a Field, a member of a vocabulary, or a
    tuple of them, is said in the same language; any other stands as it is.
    """

    __slots__ = ("facts", "text")
    text: str
    facts: dict[str, object]

    def __new__(cls, text: str, /, **facts: object) -> Self:
        made = super().__new__(cls, _filled(text, facts, str))
        made.text, made.facts = text, facts
        return made


class Field(str):
    """The name of a field as a fact of a Sentence: programs read the name itself, pages its label."""

    __slots__ = ()


def said(words: str, translate: Translate) -> str:
    """`words` as `translate` has them; a text that is no Sentence as it is."""
    return _filled(translate(words.text), words.facts, translate) if isinstance(words, Sentence) else words


def either(one: str, *others: str) -> str:
    """Several readings to choose from, as one fact of a Sentence."""
    return Sentence("{one} or {others}", one=one, others=either(*others)) if others else one


def closed(sentence: str) -> str:
    """The sentence without a full stop behind a question, as a remedy may be one."""
    return sentence[:-1] if sentence.endswith("?.") else sentence


def _filled(text: str, facts: dict[str, object], translate: Translate) -> str:
    return closed(text.format(**{name: _told(fact, translate) for name, fact in facts.items()}))


def _told(fact: object, translate: Translate) -> str:
    if isinstance(fact, tuple):
        return "; ".join(_told(one, translate) for one in fact)
    if isinstance(fact, Sentence):
        return said(fact, translate)
    return translate(fact) if isinstance(fact, StrEnum | Field) else str(fact)


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One thing wrong with one field of what was given. `row` counts from 1 where the input has rows."""

    field: str
    reason: str
    remedy: str = ""
    value: str = ""
    row: int | None = None

    def as_json(self, translate: Translate = str) -> dict[str, str | int]:
        """What is known of it, `reason` and `remedy` as `translate` has them."""
        held = {one.name: getattr(self, one.name) for one in fields(self)}
        told = held | {"reason": said(self.reason, translate), "remedy": said(self.remedy, translate)}
        return {key: value for key, value in told.items() if key == "field" or value not in ("", None)}

    @property
    def told(self) -> str:
        """The reason and the remedy, without the field beside which they stand."""
        return Sentence("{reason} ({remedy})", reason=self.reason, remedy=self.remedy) if self.remedy else self.reason

    @property
    def sentence(self) -> Sentence:
        if self.row is None:
            return Sentence("{field}: {told}", field=Field(self.field), told=self.told)
        return Sentence("row {row}, {field}: {told}", row=self.row, field=Field(self.field), told=self.told)

    def __str__(self) -> str:
        return str(self.sentence)


class OfflimitsError(Exception):
    """A refusal with a sentence for the person in front of it."""

    @property
    def sentence(self) -> str:
        """The sentence, a Sentence where pages show it in other languages."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class InputError(OfflimitsError):
    """What was given cannot be understood or is not possible."""

    def __init__(self, sentence: str, *issues: Issue) -> None:
        self.issues = issues
        super().__init__(sentence)

    @classmethod
    def of(cls, *issues: Issue) -> "InputError":
        """The refusal that names these issues and nothing else."""
        return cls(Sentence("{issues}.", issues=tuple(issue.sentence for issue in issues)), *issues)


class QueryError(InputError):
    """A question in an address cannot be understood; its one issue names the parameter."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(Sentence("{issues}.", issues=issue.sentence), issue)


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
