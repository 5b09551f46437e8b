"""What is said on paper outside the mission: the letter to an owner, and the public notice of what is listed.

1. Both are made by naming each fact that is told. Basis, note, reasons, proposer and operator have no place here, so
   none can get on paper.
2. Neutral words: a precaution on suspicion, which accuses nobody.
3. A sheet is one `<article>`. A page of the application shows it under its own style sheet; `page` makes it a file that
   needs nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

from markupsafe import Markup

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.mission import Contact, ContactKind, Mission, Organisation
from geo_offlimits.domain.premises import Part
from geo_offlimits.formats.pages import file_of, template
from geo_offlimits.formats.words import day_of, hours_of, last_moment_of, word
from geo_offlimits.lookup.spoken import listed, locale_of, long_day
from geo_offlimits.lookup.wording import Translate


class LetterStanding(StrEnum):
    """What a letter tells an owner."""

    CONSIDERED = "considered"
    LISTED = "listed"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Premises as an owner knows them.

    grid, position : MGRS and latitude with longitude, of an outline those of a point inside; None where unknown.
    """

    name: str
    other_names: tuple[str, ...] = ()
    part: Part | None = None
    address: str | None = None
    locality: str | None = None
    grid: str | None = None
    position: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter to the owner of premises, written on `written_on`.

    since : when the restriction began or begins to hold, where that is decided; until : when it ended or ends.
    answer_by : the last day on which the owner may answer before it is decided; None where no day is set or it is past.
    """

    mission: Mission
    reference: str
    written_on: date
    standing: LetterStanding
    restriction: Restriction
    place: Place
    authority: str
    directive: str
    since: datetime | None = None
    until: datetime | None = None
    answer_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class PublicNotice:
    """What stands on the current edition, for a notice board. `entry` is as published."""

    mission: Mission
    entry: Entry
    authority: str
    edition_number: int
    issued_at: datetime


Paper = Letter | PublicNotice


def sheet(paper: Paper, *, language: str = "en", translate: Translate = str) -> Markup:
    """The sheet as one HTML element, without script, style or outside reference.

    language : BCP 47, for dates and reading direction; `translate` gives the words in it.
    """
    name = "letter.html" if isinstance(paper, Letter) else "public_notice.html"
    made = template(name).render(
        paper=paper,
        mission=paper.mission,
        language=language,
        direction=locale_of(language).text_direction,
        _=translate,
        told=_Told(paper.mission, language, translate),
    )
    return Markup(made)  # noqa: S704  (rendered with escaping on)


def page(paper: Paper, *, language: str = "en", translate: Translate = str) -> bytes:
    """The sheet as one HTML file in UTF-8, made for A4 and Letter."""
    return file_of(sheet(paper, language=language, translate=translate), title(paper, translate), language)


def title(paper: Paper, translate: Translate = str) -> str:
    """What a window or a file is called: the kind of paper and the listing's number, no name."""
    if isinstance(paper, Letter):
        return f"{translate('Letter to the owner')} {paper.reference}"
    return f"{translate('Public notice')} {paper.entry.entry_id}"


class _Told:
    """Facts in words of one language."""

    def __init__(self, mission: Mission, language: str, translate: Translate) -> None:
        self._mission, self._language, self._ = mission, language, translate

    @property
    def organisation(self) -> str | None:
        organisation = self._mission.organisation
        return None if organisation is Organisation.NATIONAL else organisation.value

    @property
    def questions(self) -> tuple[Contact, ...]:
        """Whom an outsider may ask. The other confidential contacts are for staff and stand on the list."""
        return tuple(one for one in self._mission.contacts if one.kind is ContactKind.CONDUCT)

    def word(self, member: Enum) -> str:
        return self._(word(member))

    def words(self, members: Iterable[Enum]) -> str:
        return listed(map(self.word, members), self._language)

    def date(self, day: date) -> str:
        return long_day(day, self._language)

    def day(self, moment: datetime) -> str:
        return day_of(moment, self._mission.timezone, self._language)

    def last(self, end: datetime) -> str:
        return last_moment_of(end, self._mission.timezone, self._language)

    def hours(self, hours: Hours) -> str:
        return hours_of(hours, self._mission.timezone, self._language, self._)
