"""What one person had said about a mission's editions then, how it was known, and how the list was brought to them.

1. Two times are told: what was recorded by then, and what is recorded by now about then. Paper that was entered later
   stands in the second alone.
2. The last word on an edition counts; a refusal and a withdrawal are no acknowledgement.
3. Each word that is told is proven by its leaf of the audit tree.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from geo_offlimits.domain.acknowledgement import Acknowledgement, last_words
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.services.act import Act
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.proofs import Prover
from geo_offlimits.services.shelf import Shelf, opened
from geo_offlimits.services.statements import as_shown
from geo_offlimits.store.acknowledgements import ToldRow


class AcknowledgedThen:
    """Of one person in one mission at one time; `number` is of the edition that was current then, if there was one."""

    def __init__(self, act: Act, person_id: str, mission: str, at: datetime, number: int | None) -> None:
        self._act, self._person_id, self._mission, self._at, self._number = act, person_id, mission, at, number

    @cached_property
    def _rows(self) -> tuple[ToldRow, ...]:
        return self._act.tx.acknowledgements.rows_of(self._person_id, self._mission)

    def _words(self, known_at: datetime) -> dict[int, Acknowledgement]:
        return last_words((one.said for one in self._rows), self._at, known_at)

    @cached_property
    def then(self) -> Acknowledgement | None:
        """Of the highest edition that stood as acknowledged then, as was recorded by then."""
        return _highest(self._words(self._at).values())

    @cached_property
    def as_known_now(self) -> Acknowledgement | None:
        """Of the highest edition that stood as acknowledged then, as is recorded by now."""
        return _highest(self._words(self._act.now).values())

    @property
    def headers(self) -> tuple[PublishedHeader, ...]:
        """The editions that they had acknowledged."""
        numbers = sorted({one.edition_number for one in (self.then, self.as_known_now) if one})
        found = (self._act.tx.editions.header_of(self._mission, number) for number in numbers)
        return tuple(PublishedHeader.of_stored(one) for one in found if one)

    @property
    def newest_then(self) -> tuple[PublishedHeader, ...]:
        """The editions that were the newest when each word that is told was recorded, by its place in the tree."""
        tree, editions = self._act.tx.audit, self._act.tx.editions
        leaves = (tree.position_of(one.name) if one.said.leaf is None else one.said.leaf for one in self._told)
        found = (editions.before(self._mission, leaf) for leaf in leaves if leaf is not None)
        return tuple(PublishedHeader.of_stored(one) for one in found if one)

    @property
    def _told(self) -> tuple[ToldRow, ...]:
        told = {self._number, *(one.edition_number for one in (self.then, self.as_known_now) if one)}
        return tuple(one for one in self._rows if one.said.edition_number in told)

    @property
    def others(self) -> frozenset[str]:
        """Ids of those who entered something for them, or explained it to them."""
        found = {one for told in self._rows for one in (told.said.entered_by, told.said.explained_by) if one}
        return frozenset(found - {self._person_id})

    def as_json(self, prover: Prover) -> dict[str, Any]:
        on_current = (self._words(moment).get(self._number or 0) for moment in (self._at, self._act.now))
        then, as_known_now = on_current
        return {
            "then": self._name(self.then),
            "as_known_now": self._name(self.as_known_now),
            "current_then": self._name(then),
            "current_as_known_now": self._name(as_known_now),
            "words": [self._word(one, prover) for one in self._told],
        }

    def held(self, shelf: Shelf, entry_ids: Iterable[str], current: PublishedHeader | None) -> list[dict[str, Any]]:
        """For each entry of the current list whether the one that they had acknowledged held it, and held it alike."""
        if current is None or self.as_known_now is None:
            return []
        entries = {
            header.number: {one.entry_id: one for one in opened(self._act, shelf, header).edition.entries}
            for header in (*self.headers, current)
        }
        theirs, ours = entries[self.as_known_now.edition_number], entries[current.number]
        return [
            {"entry_id": one, "held": one in theirs, "alike": one in theirs and theirs[one] == ours.get(one)}
            for one in entry_ids
        ]

    def brought(self) -> list[dict[str, Any]]:
        """The campaigns that brought them the edition of then, by then."""
        found = self._act.tx.addressed(self._person_id, self._mission, self._number) if self._number else ()
        return [
            {
                "campaign_id": one.campaign_id,
                "opened_at": format_instant(one.opened_at),
                "deadline": one.deadline and one.deadline.isoformat(),
                "asked": one.asked,
                "mail": one.mail and one.mail.value,
                "sent_at": one.sent_at and format_instant(one.sent_at),
            }
            for one in found
            if one.opened_at <= self._at
        ]

    def _name(self, said: Acknowledgement | None) -> str | None:
        return next((one.name for one in self._rows if one.said is said), None)

    def _word(self, told: ToldRow, prover: Prover) -> dict[str, Any]:
        statement, source = as_shown(self._act, told.said)
        return {**prover.row(told), "statement": statement, "source": source}


def _highest(said: Iterable[Acknowledgement]) -> Acknowledgement | None:
    return max((one for one in said if one.counts), key=lambda one: one.edition_number, default=None)
