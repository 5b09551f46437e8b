"""The list made for paper: one HTML file that needs nothing else, for a notice board or a patrol's folder.

1. Everything of an edition is passed as a variable and escaped; a text that goes into the style sheet's page margins is
   written in CSS escapes.
2. It is complete: an entry without a place, an area and a rule for a kind of venue stand in sections of their own.
3. It is read in black and white: a word says what a shade says, and dates have their month as a word.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cached_property

from markupsafe import Markup
from shapely.geometry import Point

from geo_offlimits.domain.designation import Restriction
from geo_offlimits.domain.edition import Edition, Entry
from geo_offlimits.domain.hours import Hours
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.position import UNKNOWN_UNCERTAINTY_M
from geo_offlimits.domain.premises import SubjectKind
from geo_offlimits.formats.board_map import DrawnMap, drawn_maps
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.pages import css_escaped, grouped, template
from geo_offlimits.formats.qr import qr_svg
from geo_offlimits.formats.words import WORDS, day_of, hours_of, last_moment_of, moment_of
from geo_offlimits.lookup.spoken import locale_of
from geo_offlimits.lookup.wording import Translate


@dataclass(frozen=True, kw_only=True)
class Section:
    """Entries under one heading (a sector), cut into groups (localities) that keep the order of the page."""

    title: str | None
    groups: tuple[tuple[str | None, tuple[Entry, ...]], ...]

    @property
    def size(self) -> int:
        return sum(len(entries) for _, entries in self.groups)


def list_page(
    edition: Edition, *, sha256: str, fingerprint: str, language: str = "en", translate: Translate = str
) -> bytes:
    """The edition as one HTML page in UTF-8, made for A4 and Letter, without script or outside reference.

    sha256      : of the edition's own bytes, hexadecimal; printed whole.
    fingerprint : of the key that signed it, as the directive prints it.
    language    : BCP 47, for dates, reading direction and the statement; `translate` gives the words in it.
    """
    told = _Told(edition, language, translate)
    return _page(told, sha256=sha256, fingerprint=fingerprint, board=None)


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a sheet for a notice board has besides. maps, code : drawings as SVG of ours.

    count : how many entries are on it, and of how many. description : for programs that read the file.
    """

    maps: tuple[DrawnMap, ...]
    code: Markup
    count: str
    is_part: bool
    description: str
    issued: str


def board_page(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The excerpt as one HTML page in UTF-8 made to be typeset on A4: with a map, and a code of what proves it."""
    edition = replace(excerpt.edition, entries=excerpt.entries)
    told = _Told(edition, excerpt.language, translate)
    proof = (f"{edition.mission} {edition.number}", format_instant(edition.expires_at), excerpt.sha256)
    board = Board(
        maps=tuple(drawn_maps(excerpt.placed, edition.boundaries, told.pins)),
        code=Markup((qr_svg("\n".join((*proof, excerpt.fingerprint))) or b"").decode()),  # noqa: S704  (a drawing)
        count=excerpt.counted(translate),
        is_part=bool(excerpt.filtered),
        description=excerpt.as_text(translate),
        issued=format_instant(edition.issued_at),
    )
    return _page(told, sha256=excerpt.sha256, fingerprint=excerpt.fingerprint, board=board)


def _page(told: "_Told", *, sha256: str, fingerprint: str, board: Board | None) -> bytes:
    edition, translate = told.edition, told._
    page = template("list.html").render(
        edition=edition,
        sha256=sha256,
        fingerprint=fingerprint,
        language=told.language,
        direction=locale_of(told.language).text_direction,
        _=translate,
        told=told,
        grouped=grouped,
        board=board,
        footer=css_escaped(f"{edition.mission} · {translate('Edition')} {edition.number} · SHA-256 {sha256[:16]}…"),
        banner=css_escaped(translate("DEMONSTRATION – invented island state")) if edition.demonstration else "",
    )
    return page.encode("utf-8", errors="replace")


class _Told:
    """What the template asks of an edition: its parts in the order of the page, and its facts in words."""

    def __init__(self, edition: Edition, language: str, translate: Translate) -> None:
        self.edition, self.language, self._ = edition, language, translate

    @property
    def sections(self) -> tuple[Section, ...]:
        """Premises with a place, by sector then locality; those in no sector come last."""
        placed = [entry for entry in self._of(SubjectKind.PREMISES) if entry.geometry is not None]
        return tuple(
            Section(title=sector, groups=_groups(entries, lambda entry: entry.locality))
            for sector, entries in _groups(placed, lambda entry: entry.sector)
        )

    @property
    def areas(self) -> Section:
        return Section(title=None, groups=_groups(self._of(SubjectKind.AREA), lambda entry: entry.sector))

    @property
    def rules(self) -> Section:
        return Section(title=None, groups=_groups(self._of(SubjectKind.CATEGORY_RULE), lambda entry: entry.sector))

    @property
    def without_place(self) -> Section:
        lost = [entry for entry in self._of(SubjectKind.PREMISES) if entry.geometry is None]
        return Section(title=None, groups=_groups(lost, lambda entry: entry.locality))

    @cached_property
    def pins(self) -> dict[str, int]:
        """A number for each entry that has a place and is no rule, in the order of the page."""
        sections = (self.areas, *self.sections)
        entries = [entry for section in sections for _, group in section.groups for entry in group]
        return {entry.entry_id: number for number, entry in enumerate(entries, 1)}

    def _of(self, subject: SubjectKind) -> list[Entry]:
        return [entry for entry in self.edition.entries if entry.subject is subject]

    @property
    def cautions(self) -> int:
        return sum(entry.restriction is Restriction.CAUTION for entry in self.edition.entries)

    @property
    def directive(self) -> str | None:
        """The directive that all entries rest on, said once; None where they differ and each says its own."""
        directives = {entry.directive for entry in self.edition.entries}
        return directives.pop() if len(directives) == 1 else None

    @property
    def statements(self) -> list[tuple[str, str]]:
        """Language and text, the page's own language first: whoever signs must be able to read it."""
        own = self.language.replace("_", "-").split("-")[0].casefold()
        return sorted(
            self.edition.statement.items(), key=lambda told: (told[0].split("-")[0].casefold() != own, told[0])
        )

    def word(self, member: Enum) -> str:
        return self._(WORDS[member])

    def venue(self, entry: Entry) -> str | None:
        """The kind of venue, unless the name already says it."""
        kind = entry.category and self.word(entry.category)
        return kind if kind and kind.casefold() != entry.name.casefold() else None

    def day(self, entry: Entry) -> str:
        return day_of(entry.since, self.edition.timezone, self.language)

    def moment(self, at: datetime) -> str:
        return moment_of(at, self.edition.timezone, self.language)

    def language_of(self, entry: Entry) -> str | None:
        return next((name.lang for name in entry.names if name.text == entry.name), None)

    def position(self, entry: Entry) -> str | None:
        """Latitude and longitude to about a metre; of a footprint, a point within it."""
        if entry.geometry is None:
            return None
        point = entry.geometry if isinstance(entry.geometry, Point) else entry.geometry.representative_point()
        return f"{point.y:.5f}, {point.x:.5f}"

    def uncertainty(self, entry: Entry) -> str | None:
        known = entry.uncertainty_m is not None and entry.uncertainty_m > UNKNOWN_UNCERTAINTY_M
        return f"± {entry.uncertainty_m:.0f} m" if known else None

    def hours(self, hours: Hours) -> str:
        return hours_of(hours, self.edition.timezone, self.language, self._)

    def until(self, entry: Entry) -> str | None:
        if entry.until is None:
            return None
        return last_moment_of(entry.until, self.edition.timezone, self.language)


def _groups(
    entries: Iterable[Entry], key: Callable[[Entry], str | None]
) -> tuple[tuple[str | None, tuple[Entry, ...]], ...]:
    """Entries by key, keys and names in alphabetical order, those without a key last."""
    told: dict[str | None, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.name.casefold(), entry.entry_id)):
        told.setdefault(key(entry) or None, []).append(entry)
    ordered = sorted(told, key=lambda title: (title is None, (title or "").casefold(), title or ""))
    return tuple((title, tuple(told[title])) for title in ordered)
