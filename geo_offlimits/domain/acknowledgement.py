"""An acknowledgement binds one person to the hash of one edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

# The text a person acknowledges. It travels inside the edition, so the edition's hash covers it.
STATEMENT: Mapping[str, str] = MappingProxyType(
    {
        "en": (
            "I have read the current list of off-limits premises of this mission. I understand that the listing is a "
            "precaution and not a finding against any person, that I must keep myself aware of the list, and that "
            "entering listed premises is misconduct."
        ),
        "fr": (
            "J’ai pris connaissance de la liste en vigueur des établissements interdits de cette mission. Je comprends "
            "que l’inscription est une mesure de précaution et ne met en cause aucune personne, que je dois me tenir "
            "informé de la liste, et que le fait d’entrer dans un établissement inscrit constitue une faute."
        ),
    }
)


class Channel(StrEnum):
    PAGE = "page"
    PAPER = "paper"
    COMMAND = "command"


class Strength(StrEnum):
    """How sure we are that it was this person. Paper is entered by another."""

    PASSPHRASE = "passphrase"  # noqa: S105  (a word of the vocabulary, not a secret)
    PAPER = "paper"


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    person_id: str
    mission: str
    edition_number: int
    edition_sha256: str
    statement_sha256: str
    language: str
    acknowledged_at: datetime
    recorded_at: datetime
    channel: Channel
    strength: Strength
    entered_by: str
