"""Look-up: one question against the current list of a mission and the lists it recognises.

1. No position and no search text is stored, logged or audited.
2. An edition is verified against its hash, its envelope and our keys once, when it is opened; the shelf keeps it by its
   SHA-256, so a changed byte is another edition.
3. A recognised mission's list can make an answer stricter, but where that mission has no list, or its territory is
   elsewhere, it says nothing.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from geo_offlimits.delivery.signing import EDITION_TYPE, Keyring, verify
from geo_offlimits.domain.mission import Contact
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.domain.position import Position
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.errors import AbsentError, InputError, Issue, UnverifiedError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.lookup.answers import Answer, ReasonCode, strictest, without_edition
from geo_offlimits.lookup.coordinates import parse_position
from geo_offlimits.lookup.proximity import MAX_RADIUS_M, RadiusError
from geo_offlimits.published import PublishedEdition, open_edition
from geo_offlimits.services.act import Act
from geo_offlimits.services.answers import CheckResult, FindResult, NameFound
from geo_offlimits.services.headers import PublishedHeader
from geo_offlimits.services.missions import UnknownMissionError
from geo_offlimits.store.editions import EditionHeader, StoredEdition

__all__ = ["CheckRequest", "CheckResult", "FindResult", "Shelf", "check", "find", "mission_asked", "opened"]

MAX_NAME_LENGTH = 200
MAX_FOUND = 100
# In one answer, over all its positions: 1,000 positions with 300 entries around each would make 128 MB of text.
MAX_MATCHES = 50_000
_AT_ONCE = 100  # positions, between two looks at how much there is already


class Shelf:
    """The editions this process has opened, by SHA-256; the least recently used one goes first."""

    def __init__(self, places: int = 16) -> None:
        self._places = places
        self._editions: OrderedDict[str, PublishedEdition] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._editions)

    def take(self, digest: str, fetch: Callable[[], PublishedEdition]) -> PublishedEdition:
        """The edition with this SHA-256, fetched when it is not here. An unverified one is never kept."""
        with self._lock:
            found = self._editions.get(digest)
            if found is not None:
                self._editions.move_to_end(digest)
                return found
        fetched = fetch()
        if fetched.verified:
            with self._lock:
                self._editions[digest] = fetched
                while len(self._editions) > self._places:
                    self._editions.popitem(last=False)
        return fetched


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """`at` None is now (or `known_at`); `known_at` picks the edition that was current then."""

    mission: str
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
        at: datetime | None = None,
        known_at: datetime | None = None,
        personnel: PersonnelCategory | None = None,
        venue: VenueKind | None = None,
        entry_id: str | None = None,
    ) -> "CheckRequest":
        """The same from positions in any notation. Raises PositionError naming what was not understood."""
        return cls(
            mission=mission,
            positions=tuple(parse_position(text, uncertainty_m=uncertainty_m) for text in texts),
            radius_m=radius_m,
            at=at,
            known_at=known_at,
            personnel=personnel,
            venue=venue,
            entry_id=entry_id,
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


def check(act: Act, shelf: Shelf, keyring: Keyring, request: CheckRequest) -> CheckResult:
    """The verdict for each position of the request, in its order. Raises InputError, UnknownMissionError."""
    if not (request.positions or request.entry_id or request.venue):
        raise InputError("Give at least one position.", Issue(field="positions", reason="none"))
    if not 0 < request.radius_m <= MAX_RADIUS_M:
        raise RadiusError(request.radius_m)
    now = request.known_at or act.now
    own, others = _lists(act, shelf, keyring, request.mission, now)
    return CheckResult(
        header=_header(own),
        known_at=now,
        contacts=own.edition.contacts if own else _contacts(act, request.mission),
        timezone=own.edition.timezone if own else "UTC",
        positions=request.positions,
        answers=_together(act, own, others, request, now),
    )


def _together(
    act: Act, own: PublishedEdition | None, others: list[PublishedEdition], request: CheckRequest, now: datetime
) -> tuple[Answer, ...]:
    """One answer a position (one in all without positions) from every list that holds here."""
    lists = [own, *others] if own else others
    # An entry was chosen on the list that holds it; the others are asked about the place only.
    holder = next((one for one in lists if request.entry_id and one.entry(request.entry_id)), own)
    elsewhere = replace(request, entry_id=None) if request.entry_id else request
    given = [_answers(act, one, request if one is holder else elsewhere, now) for one in lists]
    if own is None:
        given.insert(0, (without_edition(),) * max(1, len(request.positions)))
    told = [answers for answers in given if answers]
    return told[0] if len(told) == 1 else tuple(_with_theirs(*each) for each in zip(*told, strict=True))


def _with_theirs(answer: Answer, *theirs: Answer) -> Answer:
    return strictest((answer, *(other for other in theirs if _says_something(other))))


def _answers(act: Act, published: PublishedEdition, request: CheckRequest, now: datetime) -> tuple[Answer, ...]:
    """Raises InputError when more entries are around these positions than one answer can carry."""
    given: list[Answer] = []
    matches = 0
    for start in range(0, max(1, len(request.positions)), _AT_ONCE):
        part = published.check(
            request.positions[start : start + _AT_ONCE],
            radius_m=request.radius_m,
            at=request.at or now,
            personnel=request.personnel,
            venue=request.venue,
            entry_id=request.entry_id,
            door_m=act.settings.door_m,
            now=now,
        )
        given += part
        matches += sum(len(answer.matches) for answer in part)
        if matches > MAX_MATCHES:
            raise InputError(
                f"More than {MAX_MATCHES} entries lie within {request.radius_m:g} m of these positions together; "
                "ask about fewer at a time or with a smaller radius.",
                Issue(field="radius_m", reason="too many matches", remedy="ask with a smaller radius"),
            )
    return tuple(given)


def _says_something(answer: Answer) -> bool:
    return bool(answer.matches or answer.rules) or not any(
        reason.code is ReasonCode.OUTSIDE_TERRITORY for reason in answer.reasons
    )


def find(  # noqa: PLR0917  (the order of check, then what is searched for)
    act: Act, shelf: Shelf, keyring: Keyring, mission: str, text: str, limit: int = 10
) -> FindResult:
    """Entries whose names, former ones too, are like `text`, best first, on every list that holds here."""
    if not text.strip() or len(text) > MAX_NAME_LENGTH or not 0 < limit <= MAX_FOUND:
        raise InputError(
            f"Search for 1 to {MAX_NAME_LENGTH} characters and at most {MAX_FOUND} entries.",
            Issue(field="name", reason="empty or too long"),
        )
    own, others = _lists(act, shelf, keyring, mission, act.now)
    matches = [
        NameFound(match=match, issuer=match.entry.issuer)
        for one in (own, *others)
        if one is not None
        for match in one.find(text, limit)
    ]
    return FindResult(
        header=_header(own),
        known_at=act.now,
        verified=bool(own and own.verified),
        contacts=own.edition.contacts if own else _contacts(act, mission),
        timezone=own.edition.timezone if own else "UTC",
        matches=tuple(sorted(matches, key=lambda one: (-one.match.score, one.match.entry.entry_id))[:limit]),
        enough=act.settings.name_match_score,
    )


def _lists(
    act: Act, shelf: Shelf, keyring: Keyring, code: str, known_at: datetime
) -> tuple[PublishedEdition | None, list[PublishedEdition]]:
    """The mission's own list as known at `known_at`, and those of the missions it recognises."""
    act.require_for_look_up(code)
    mission = act.tx.recalled(("mission", code), lambda: act.tx.missions.get(code))
    if mission is None:
        raise UnknownMissionError(code)
    own = _current(act, shelf, keyring, code, known_at)
    others = [_current(act, shelf, keyring, other, known_at) for other in mission.recognises]
    return own, [one for one in others if one is not None]


def _current(act: Act, shelf: Shelf, keyring: Keyring, code: str, known_at: datetime) -> PublishedEdition | None:
    headers = act.tx.recalled(("headers", code), lambda: act.tx.editions.headers(code))
    header = next((one for one in headers if one.issued_at <= known_at), None)
    return shelf.take(header.sha256, lambda: _fetched(act, keyring, header)) if header else None


def _fetched(act: Act, keyring: Keyring, header: EditionHeader) -> PublishedEdition:
    stored = act.tx.editions.get(header.mission, header.number)
    if stored is None:
        raise UnknownMissionError(header.mission)
    return _open(stored.content, verified=_is_verified(stored, keyring))


def _open(content: bytes, *, verified: bool) -> PublishedEdition:
    return open_edition(content, verified=verified, clock=_no_clock)


def _no_clock() -> datetime:
    raise AssertionError("a shelved edition is asked with the time of the act")


def _is_verified(stored: StoredEdition, keyring: Keyring) -> bool:
    try:
        signed = verify(stored.envelope, keyring.public_keys(), EDITION_TYPE)
    except UnverifiedError:
        return False
    return signed == stored.content and sha256(stored.content) == stored.sha256


def opened(act: Act, shelf: Shelf, keyring: Keyring, mission: str, content: bytes) -> PublishedEdition:
    """The edition of these bytes, which the caller was permitted to read, opened and verified once."""
    digest = sha256(content)

    def fetch() -> PublishedEdition:
        header = next((one for one in act.tx.editions.headers(mission) if one.sha256 == digest), None)
        if header is None:
            return _open(content, verified=False)
        return _fetched(act, keyring, header)

    return shelf.take(digest, fetch)


def _header(own: PublishedEdition | None) -> PublishedHeader | None:
    return PublishedHeader.of_edition(own.edition, own.sha256) if own else None


def _contacts(act: Act, code: str) -> tuple[Contact, ...]:
    mission = act.tx.missions.get(code)
    return mission.contacts if mission else ()
