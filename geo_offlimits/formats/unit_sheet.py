"""A unit's acknowledgement sheet made for paper: one HTML page to print, or the same typeset as a PDF.

1. Whoever signs reads on it what they sign: the statement of the edition in their language, the English beside it, what
   changed, and of which edition all this is.
2. Its code binds campaign, unit and SHA-256; where the address of our pages is known it leads to the page on which the
   sheet is entered. It lets nobody in and enters nothing.
3. It is complete in black and white, and runs to the left where its language does.
"""

from dataclasses import dataclass

from markupsafe import Markup

from geo_offlimits.domain.edition import Delta, Entry
from geo_offlimits.domain.naming import called
from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.formats.pages import css_escaped, grouped, template
from geo_offlimits.formats.pdf import typeset
from geo_offlimits.formats.qr import qr_svg
from geo_offlimits.formats.sheet import UnitSheet
from geo_offlimits.formats.words import moment_of, word
from geo_offlimits.lookup.spoken import locale_of
from geo_offlimits.lookup.wording import Translate

MOST_NAMED = 12
MOST_TYPESET = 1_000  # some fifty pages, and about twenty seconds of a processor


class LongUnitError(RefusedError):
    """More people than a server has time to typeset."""

    def __init__(self, people: int) -> None:
        self.people = people
        super().__init__(
            Sentence(
                "A PDF holds up to {most} people, and this sheet has {people}. Print the HTML page.",
                most=MOST_TYPESET,
                people=people,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Change:
    """What came, changed or went: the names that are told, and how many more there are."""

    title: str
    names: tuple[str, ...]
    more: int


def sheet_page(sheet: UnitSheet, translate: Translate = str) -> bytes:
    """The sheet as one HTML page in UTF-8, made for A4 and Letter, without script or outside reference."""
    edition, facts = sheet.edition, sheet.facts
    page = template(
        "unit_sheet.html"
    ).render(
        sheet=sheet,
        edition=edition,
        facts=facts,
        hash=grouped(facts["sha256"]),
        changes=_changes(sheet.changes, sheet.language, translate),
        issued=moment_of(edition.issued_at, edition.timezone, sheet.language),
        expires=moment_of(edition.expires_at, edition.timezone, sheet.language),
        code=Markup((qr_svg(code_text(sheet)) or b"").decode()),  # noqa: S704  (a drawing)
        language=sheet.language,
        direction=locale_of(sheet.language).text_direction,
        _=translate,
        word=lambda member: translate(word(member)),
        footer=css_escaped(f"{edition.mission} {edition.number} · {facts['sha256'][:16]}… · {sheet.unit}"),
        banner=css_escaped(translate("DEMONSTRATION – invented island state")) if edition.demonstration else "",
    )
    return page.encode("utf-8", errors="replace")


def sheet_pdf(sheet: UnitSheet, translate: Translate = str) -> bytes:
    """The same typeset. Raises NoTypesetterError, LongUnitError."""
    if len(sheet.recipients) > MOST_TYPESET:
        raise LongUnitError(len(sheet.recipients))
    return typeset(sheet_page(sheet, translate))


def code_text(sheet: UnitSheet) -> str:
    """What the code says: the page of this unit and, behind the #, which no browser sends, hash and check line."""
    facts = sheet.facts
    if sheet.address:
        return f"{sheet.address}#{facts['sha256']}.{facts['check']}"
    return "\n".join(facts.values())


def _changes(delta: Delta | None, language: str, translate: Translate) -> tuple[Change, ...] | None:
    """None for a first edition."""
    if delta is None:
        return None
    found = (
        (translate("New on the list"), [_called(one, language) for one in delta.added]),
        (translate("Changed"), [_called(one.after, language) for one in delta.changed]),
        (translate("No longer on the list"), [one.name for one in delta.removed]),
    )
    return tuple(
        Change(title=title, names=tuple(sorted(names)[:MOST_NAMED]), more=max(0, len(names) - MOST_NAMED))
        for title, names in found
        if names
    )


def _called(entry: Entry, language: str) -> str:
    return str(called(entry.name, entry.names, language))
