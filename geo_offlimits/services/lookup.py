"""Look-up: one question against the current list of a mission and the lists it recognises.

1. No position and no search text is stored, logged or audited.
2. An edition that does not verify (`services.shelf`) clears nobody: the answer shows what it lists and cannot tell.
3. A recognised mission's list can make an answer stricter, but where its territory is elsewhere, it says nothing. One
   that has no edition clears nobody in its territory, as the register knows it, nor where no position is given.
4. By name or by position, the verdict is reached by one rule (`lookup.verdict`).
5. What a retired edition said (`known_at`) is for whoever may read retired editions of the mission that asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_offlimits.domain.mission import Boundary, BoundaryKind, Mission
from geo_offlimits.domain.people import PersonnelCategory, Restricted
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import AbsentError, InputError, Issue, Sentence
from geo_offlimits.lookup.answers import (
    ADVICE,
    Answer,
    Question,
    Reason,
    ReasonCode,
    Verdict,
    strictest,
    without_edition,
)
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.lookup.names import NameMatch
from geo_offlimits.lookup.proximity import MAX_RADIUS_M, RadiusError
from geo_offlimits.lookup.verdict import outside
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services.act import Act
from geo_offlimits.services.answers import CheckResult, Consulted, FindResult, NameFound
from geo_offlimits.services.editions import UnknownEditionError
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.missions import UnknownMissionError
from geo_offlimits.services.shelf import Shelf, looked_into

__all__ = ["CheckRequest", "CheckResult", "FindResult", "check", "find", "mission_asked"]

_RETIRED = Restricted.RETIRED_EDITION
MAX_NAME_LENGTH = 200
MAX_FOUND = 100
SIMILAR_SCORE = (
    80.0  # from here a name that does not match is still too much like one to be cleared: a part, an address
)
# In one answer, over all its positions: 1,000 positions with 300 entries around each would make 128 MB of text.
MAX_MATCHES = 50_000
# About the list as a whole, whatever it lists.
_DOUBTS = frozenset(
    {ReasonCode.NO_EDITION, ReasonCode.UNVERIFIED, ReasonCode.OUTSIDE_TERRITORY, ReasonCode.EDITION_EXPIRED}
)


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """`at` None is now (or `known_at`); `known_at` picks the edition that was current then.

    also : missions whose lists count as well, beside those that `mission` recognises.
    """

    mission: str
    also: tuple[str, ...] = ()
    positions: tuple[Position, ...]
    radius_m: float
    at: datetime | None = None
    known_at: datetime | None = None
    personnel: PersonnelCategory | None = None
    venue: VenueKind | None = None
    entry_id: str | None = None

    @classmethod
    def from_texts(
        cls,
        mission: str,
        texts: Sequence[str],
        *,
        radius_m: float,
        uncertainty_m: float | None = None,
        territory: BaseGeometry | None = None,
        **facts: Any,
    ) -> "CheckRequest":
        """The same from positions in any notation; `facts` as the fields. Raises PositionError for one not understood.

        territory : the mission's, see `parse_position` and `services.positions`.
        """
        return cls(
            mission=mission,
            positions=tuple(parse_position(text, uncertainty_m=uncertainty_m, territory=territory) for text in texts),
            radius_m=radius_m,
            **facts,
        )


def mission_asked(act: Act, code: str) -> str:
    """The mission meant: the one named, else the only one there is. Raises InputError where that is not clear."""
    if code:
        return code
    codes = [mission.code for mission in act.tx.missions.all()]
    if len(codes) == 1:
        return codes[0]
    if not codes:
        raise AbsentError("There is no mission yet; add one with `mission add`.")
    raise InputError(
        f"Name the mission with --mission: {', '.join(codes)}.", Issue(field="mission", reason="several to choose from")
    )


def check(act: Act, shelf: Shelf, request: CheckRequest) -> CheckResult:
    """The verdict for each position of the request, in its order.

    Raises InputError, UnknownMissionError; for a `known_at` before the current edition ActorNeededError where nobody
    is recognised and UnknownEditionError where it is not for them.
    """
    if not (request.positions or request.entry_id or request.venue):
        raise InputError(Sentence("Give at least one position."), Issue(field="positions", reason=Sentence("none")))
    if not 0 < request.radius_m <= MAX_RADIUS_M:
        raise RadiusError(request.radius_m)
    now = request.known_at or act.now
    mission, lists = _lists(act, shelf, request.mission, now, request.also)
    return CheckResult(
        consulted=_consulted(mission, lists, now),
        positions=request.positions,
        answers=tuple(_answers(act, lists, request, now)),
    )


def _answers(act: Act, lists: Sequence["_List"], request: CheckRequest, now: datetime) -> Iterator[Answer]:
    """One answer a position; raises InputError once there are more matches than one answer can carry."""
    matches = 0
    places: Sequence[Position | None] = request.positions or (None,)
    for place in places:
        answer = _answer(lists, _question(act, request, place, now), now)
        matches += len(answer.matches)
        if matches > MAX_MATCHES:
            raise InputError(
                Sentence(
                    "More than {most} entries lie within {radius_m} m of these positions together; ask about fewer at "
                    "a time or with a smaller radius.",
                    most=MAX_MATCHES,
                    radius_m=f"{request.radius_m:g}",
                ),
                Issue(
                    field="radius_m",
                    reason=Sentence("too many matches"),
                    remedy=Sentence("ask with a smaller radius"),
                ),
            )
        yield answer


def _question(act: Act, request: CheckRequest, place: Position | None, now: datetime) -> Question:
    return Question(
        at=request.at or now,
        position=place,
        radius_m=request.radius_m,
        personnel=request.personnel,
        venue=request.venue,
        entry_id=request.entry_id,
        door_m=act.settings.door_m,
    )


def find(
    act: Act,
    shelf: Shelf,
    mission: str,
    text: str,
    *,
    limit: int = 10,
    at: datetime | None = None,
    personnel: PersonnelCategory | None = None,
    also: tuple[str, ...] = (),
) -> FindResult:
    """Entries whose names, former ones too, are like `text`, on every list that holds here.

    A name that matches (setting name_match_score) counts as a choice of its entry: the verdict is the one that `check`
    gives with that entry chosen, the strictest of them where several match. A name that is nearly one of the list, or a
    part of it (SIMILAR_SCORE), is never cleared; names less alike are shown and decide nothing. Those that decide come
    first, then the most alike; `limit` cuts what is shown and never the verdict.
    """
    if not text.strip() or len(text) > MAX_NAME_LENGTH or not 0 < limit <= MAX_FOUND:
        raise InputError(
            Sentence(
                "Search for 1 to {most} characters and at most {entries} entries.",
                most=MAX_NAME_LENGTH,
                entries=MAX_FOUND,
            ),
            Issue(field="name", reason=Sentence("empty or too long")),
        )
    own, lists = _lists(act, shelf, mission, act.now, also)
    question = Question(at=at or act.now, personnel=personnel, door_m=act.settings.door_m)
    alike = sorted(
        (match for one in lists for match in one.find(text)), key=lambda one: (-one.score, one.entry.entry_id)
    )
    matching = sum(one.score >= act.settings.name_match_score for one in alike)
    found = [
        NameFound(
            match=match,
            is_match=at < matching,
            answer=_answer(lists, replace(question, entry_id=match.entry.entry_id), act.now),
        )
        for at, match in enumerate(alike[: max(matching, limit)])
    ]
    answers = [one.answer for one in found if one.is_match] or [_answer(lists, question, act.now)]
    return FindResult(
        consulted=_consulted(own, lists, act.now),
        answer=_unless_similar(strictest(answers), found),
        matches=tuple(sorted(found, key=lambda one: not one.decides)[:limit]),
    )


def _unless_similar(answer: Answer, found: Sequence[NameFound]) -> Answer:
    """Nobody can say that who searches for "lantern" does not mean the Blue Lantern, although that is another name."""
    meant = [one.entry for one in found if one.match.score >= SIMILAR_SCORE and one.answer.verdict is Verdict.LISTED]
    if answer.verdict is not Verdict.NOT_LISTED or not meant:
        return answer
    reason = Reason(
        code=ReasonCode.SIMILAR_NAME,
        entry_ids=tuple(entry.entry_id for entry in meant),
        facts={"names": tuple(entry.name for entry in meant)},
    )
    return replace(answer, verdict=Verdict.CANNOT_TELL, reasons=(reason, *answer.reasons))


@dataclass(frozen=True, kw_only=True)
class _List:
    """One mission's list as a look-up has it. Without an edition: `why_none`.

    territories : of the edition; of the register where there is none, or none whose word can be taken for it.
    """

    mission: str
    is_own: bool
    published: PublishedEdition | None
    why_none: ReasonCode
    territories: tuple[Boundary, ...]

    @property
    def header(self) -> PublishedHeader | None:
        return PublishedHeader.of_edition(self.published.edition, self.published.sha256) if self.published else None

    def holds(self, entry_id: str | None) -> bool:
        return bool(entry_id and self.published and self.published.entry(entry_id))

    def find(self, text: str) -> tuple[NameMatch, ...]:
        return self.published.find(text, MAX_FOUND) if self.published else ()

    def answer(self, question: Question, now: datetime) -> Answer:
        """Where its territory is elsewhere, a recognised list raises no doubt; what it lists in reach is shown."""
        place = question.position
        if self.published is None:
            answer = without_edition(self.mission, self.why_none)
        else:
            answer = self.published.answer(question, now)
        if self.is_own or place is None or not outside(self.territories, place, question.at):
            return answer
        return _without_doubts(answer)


def _without_doubts(answer: Answer) -> Answer:
    """What an answer says of entries in reach, without its doubts about the list as a whole."""
    found = tuple(reason for reason in answer.reasons if reason.code not in _DOUBTS)
    decided = any(match.decides for match in answer.matches) or any(one.code not in ADVICE for one in found)
    if answer.verdict is Verdict.LISTED or decided:
        return answer
    if not (answer.matches or answer.rules):
        return Answer(verdict=Verdict.NOT_LISTED)
    return replace(answer, verdict=Verdict.NOT_LISTED, reasons=found)


def _answer(lists: Sequence[_List], question: Question, now: datetime) -> Answer:
    """One answer from every list that holds here."""
    # An entry was chosen on the list that holds it; the others are asked about the place only.
    holder = next((one for one in lists if one.holds(question.entry_id)), lists[0])
    elsewhere = replace(question, entry_id=None)
    return strictest(one.answer(question if one is holder else elsewhere, now) for one in lists)


def _lists(
    act: Act, shelf: Shelf, code: str, known_at: datetime, also: tuple[str, ...]
) -> tuple[Mission, tuple[_List, ...]]:
    """The mission, its own list as known at `known_at`, those of the missions it recognises and of those asked for."""
    mission = _mission(act, code)
    # What was recognised later did not count then.
    if known_at < act.now and (then := act.tx.missions.get(code, known_at)):
        mission = then
    # In which mission a person needs the right to read what each list said earlier.
    right_in = {one: _mission(act, one).code for one in also} | dict.fromkeys((code, *mission.recognises), code)
    codes = dict.fromkeys((code, *mission.recognises, *also))
    return mission, tuple(_list(act, shelf, one, known_at, is_own=one == code, right_in=right_in[one]) for one in codes)


def _mission(act: Act, code: str) -> Mission:
    act.require_for_look_up(code)
    mission = act.tx.recalled(("mission", code), lambda: act.tx.missions.get(code))
    if mission is None:
        raise UnknownMissionError(code)
    return mission


def _list(act: Act, shelf: Shelf, code: str, known_at: datetime, *, is_own: bool, right_in: str) -> _List:
    headers = act.tx.recalled(("headers", code), lambda: act.tx.editions.headers(code))
    header = next((one for one in headers if one.issued_at <= known_at), None)
    if header and header is not headers[0] and not act.require_actor().may_see(_RETIRED, right_in, act.now):
        raise UnknownEditionError(code, header.number, headers[0].number)
    published = looked_into(act, shelf, header) if header else None
    if published and published.verified:
        known = published.edition.boundaries
    else:
        known = act.tx.recalled(("boundaries", code), lambda: act.tx.missions.boundaries(code))
    return _List(
        mission=code,
        is_own=is_own,
        published=published,
        why_none=ReasonCode.UNVERIFIED if header else ReasonCode.NO_EDITION,
        territories=tuple(one for one in known if one.kind is BoundaryKind.TERRITORY),
    )


def _consulted(mission: Mission, lists: Sequence[_List], now: datetime) -> Consulted:
    own, *others = lists
    edition = own.published.edition if own.published else None
    return Consulted(
        mission=mission.code,
        header=own.header,
        recognised=tuple(one.header for one in others if one.header),
        known_at=now,
        contacts=edition.contacts if edition else mission.contacts,
        timezone=edition.timezone if edition else mission.timezone,
    )
