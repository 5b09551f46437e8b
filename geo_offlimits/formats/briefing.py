"""The sheet for the monthly talk to a unit: one page of A4, read aloud and hung up.

1. Made by naming each fact that is told: names and places of entries, never a reason.
2. It stays one page: what has no room is counted, and the list says the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cached_property

from markupsafe import Markup

from geo_offlimits.domain.completion import Figures
from geo_offlimits.domain.edition import Changed, Delta, Edition, Entry, Tombstone
from geo_offlimits.domain.mission import Mission
from geo_offlimits.formats import delta_words
from geo_offlimits.formats.board_map import drawn_maps
from geo_offlimits.formats.excerpt import on_map
from geo_offlimits.formats.pages import file_of, grouped, template
from geo_offlimits.formats.words import moment_of, word
from geo_offlimits.lookup.spoken import locale_of, long_day
from geo_offlimits.lookup.wording import Translate

MOST = 10  # lines of changes, together
_MOST_ON_MAP = 40


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Who of a unit, or of the mission where it is None, has still to acknowledge."""

    unit: str | None
    edition: int
    deadline: date | None
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """changes : since the edition of the day `since`; None where there was none, and all of the list is new."""

    mission: Mission
    edition: Edition
    sha256: str
    on: date
    since: date
    changes: Delta | None
    missing: Missing | None

    @property
    def added(self) -> Sequence[Entry]:
        return self.edition.entries if self.changes is None else self.changes.added

    @property
    def changed(self) -> Sequence[Changed]:
        return () if self.changes is None else self.changes.changed

    @property
    def removed(self) -> Sequence[Tombstone]:
        return () if self.changes is None else self.changes.removed


def sheet(told: Briefing, *, language: str = "en", translate: Translate = str) -> Markup:
    """The sheet as one HTML element, without script, style or outside reference."""
    made = template("briefing.html").render(
        told=told,
        words=_Words(told, language, translate),
        language=language,
        direction=locale_of(language).text_direction,
        _=translate,
        grouped=grouped,
    )
    return Markup(made)  # noqa: S704  (rendered with escaping on)


def page(told: Briefing, *, language: str = "en", translate: Translate = str) -> bytes:
    """The sheet as one HTML file in UTF-8, made for A4 and Letter."""
    title = f"{translate('Briefing sheet')} {told.mission.code} {told.edition.number}"
    return file_of(sheet(told, language=language, translate=translate), title, language)


class _Words:
    """Facts in words of one language."""

    def __init__(self, told: Briefing, language: str, translate: Translate) -> None:
        self._told, self._language, self._ = told, language, translate

    @cached_property
    def added(self) -> Sequence[Entry]:
        return self._told.added[: max(3, MOST - len(self._told.changed) - len(self._told.removed))]

    @cached_property
    def changed(self) -> Sequence[Changed]:
        return self._told.changed[: max(3, MOST - len(self.added) - len(self._told.removed))]

    @cached_property
    def removed(self) -> Sequence[Tombstone]:
        return self._told.removed[: max(3, MOST - len(self.added) - len(self.changed))]

    @property
    def map(self) -> Markup | None:
        """Where the new and the changed ones lie; of few only."""
        drawn = [*self.added, *(one.after for one in self.changed)]
        pins = {entry.entry_id: number for number, entry in enumerate(drawn, 1)}
        shown = on_map(drawn)
        if not shown or len(shown) > _MOST_ON_MAP:
            return None
        return Markup(drawn_maps(shown, self._told.edition.boundaries, pins)[0].svg)  # noqa: S704  (a drawing)

    def differences(self, one: Changed) -> str:
        return "; ".join(delta_words.in_what(one, self._told.edition.timezone, self._language, self._))

    def word(self, member: Enum) -> str:
        return self._(word(member))

    def date(self, day: date) -> str:
        return long_day(day, self._language)

    def moment(self, at: datetime) -> str:
        return moment_of(at, self._told.edition.timezone, self._language)
