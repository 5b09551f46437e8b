"""An acknowledgement binds one person to the hash of one edition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from geo_offlimits.domain.people import PersonnelCategory, Role

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
    """By which way it came."""

    PAGE = "page"
    API = "api"
    COMMAND = "command"
    PAPER = "paper"
    ORAL = "oral"  # explained to them, in their language


# On these ways another person enters it; on the others the person themselves.
ENTERED_BY_ANOTHER = frozenset({Channel.PAPER, Channel.ORAL})


class Strength(StrEnum):
    """How sure we are that it was this person: the strongest first. Paper and word of mouth are entered by another.

    What an identity provider vouches for counts as what it stands for: a passphrase, or that and a second factor.
    """

    WEBAUTHN = "webauthn"  # their key signed this very act
    PASSPHRASE_TOTP = "passphrase_totp"  # noqa: S105  (a word of the vocabulary: a second factor was shown, too)
    PASSPHRASE = "passphrase"  # noqa: S105  (see above)
    PAPER = "paper"
    ORAL = "oral"


class AcknowledgementState(StrEnum):
    """What a person said about one edition last. Only `acknowledged` counts as an acknowledgement."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# state before (None: nothing was said yet) -> what can follow it
FOLLOWING: Mapping[AcknowledgementState | None, frozenset[AcknowledgementState]] = MappingProxyType(
    {
        None: frozenset({AcknowledgementState.ACKNOWLEDGED, AcknowledgementState.REFUSED}),
        AcknowledgementState.ACKNOWLEDGED: frozenset({AcknowledgementState.WITHDRAWN}),
        AcknowledgementState.REFUSED: frozenset({AcknowledgementState.ACKNOWLEDGED, AcknowledgementState.WITHDRAWN}),
        AcknowledgementState.WITHDRAWN: frozenset({AcknowledgementState.ACKNOWLEDGED, AcknowledgementState.REFUSED}),
    }
)


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """What one person said about one edition. What is None was not known, or is of before it was asked.

    acknowledged_at  : when they acknowledged, refused or withdrew, by our clock; on paper the day that was written.
    served_at        : when the page with list and statement was given to them, by our clock.
    client_at        : what their device said the time was: kept, and never believed.
    statement_sha256 : of the text that was shown, in `language`; `source_sha256` of the English beside it.
    unit, category, roles : as they were then.
    evidence         : what their key signed (`formats.assertion`), with strength `webauthn`.
    reason           : of a refusal or withdrawal; restricted.
    sheet_sha256     : of the file of the signed sheet, as it was read in or scanned; None where it was not on a sheet.
    explained_by     : who explained it by word of mouth, with channel `oral`: never the person themselves.
    leaf             : place in the audit tree of the leaf that speaks of this row.
    """

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
    state: AcknowledgementState = AcknowledgementState.ACKNOWLEDGED
    source_sha256: str | None = None
    served_at: datetime | None = None
    client_at: datetime | None = None
    unit: str | None = None
    category: PersonnelCategory | None = None
    roles: tuple[Role, ...] | None = None
    evidence: str | None = field(default=None, repr=False)
    reason: str | None = field(default=None, repr=False)
    sheet_sha256: str | None = None
    explained_by: str | None = None
    leaf: int | None = None

    @property
    def counts(self) -> bool:
        return self.state is AcknowledgementState.ACKNOWLEDGED


def last_words(said: Iterable[Acknowledgement], at: datetime, known_at: datetime) -> dict[int, Acknowledgement]:
    """Edition number -> what one person had said about it last at `at`, as far as it was recorded at `known_at`.

    said : in the order of recording, in which each word follows the one before it.
    """
    return {one.edition_number: one for one in said if one.acknowledged_at <= at and one.recorded_at <= known_at}
