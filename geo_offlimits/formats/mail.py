"""What a recipient of a campaign is told by mail: what changed since they acknowledged, the edition, where to read it.

1. It is made of a published edition, by naming each fact that is told. Nothing of the register is at hand here.
2. Nobody is named in it and its link is the same for everybody: who follows it is not known by that, and acknowledges
   nothing by that.
3. The page has no image, style sheet or script, and asks nothing of any server when it is opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from geo_offlimits.domain.edition import Delta, Edition, Entry
from geo_offlimits.formats.pages import template
from geo_offlimits.formats.words import locale_of, moment_of, word
from geo_offlimits.lookup.wording import Translate

MOST_NAMED = 50


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """An edition for people who acknowledged the same one before.

    changes : since that one; None for people who have acknowledged none yet.
    address : of the page where it is read and acknowledged.
    """

    edition: Edition
    sha256: str
    address: str
    deadline: date | None = None
    changes: Delta | None = None


@dataclass(frozen=True, kw_only=True)
class MailText:
    """One text twice: `plain`, and `html` for who prefers that. `language` is BCP 47."""

    subject: str
    plain: str
    html: str
    language: str


def written(announcement: Announcement, *, language: str = "en", translate: Translate = str) -> MailText:
    """The mail in one language; `translate` gives the words in it."""
    edition = announcement.edition
    subject = translate("{mission}: list of off-limits premises, edition {number}")
    subject = subject.format(mission=edition.mission, number=edition.number)
    if edition.demonstration:
        demonstration = translate("DEMONSTRATION")
        subject = f"[{demonstration}] {subject}"
    told = {
        "about": announcement,
        "edition": edition,
        "told": _Told(announcement, language, translate),
        "subject": subject,
        "language": language,
        "direction": locale_of(language).text_direction,
        "_": translate,
    }
    plain, html = (template(f"mail.{kind}").render(told) for kind in ("txt", "html"))
    return MailText(subject=subject, plain=plain, html=html, language=language)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries under one heading: those that are named, and how many more there are."""

    title: str
    lines: tuple[tuple[str, str], ...]
    more: int


class _Told:
    """Facts in words of one language."""

    def __init__(self, about: Announcement, language: str, translate: Translate) -> None:
        self._about, self._language, self._ = about, language, translate

    @property
    def groups(self) -> tuple[Group, ...]:
        """What was added, changed and removed; groups without entries are left out."""
        if (delta := self._about.changes) is None:
            return ()
        changed = [one.after for one in delta.changed]
        found = (
            self._group(self._("New on the list"), [(one.name, self._facts(one)) for one in delta.added]),
            self._group(self._("Changed"), [(one.name, self._facts(one)) for one in changed]),
            self._group(self._("No longer on the list"), [(gone.name, "") for gone in delta.removed]),
        )
        return tuple(group for group in found if group.lines)

    def _group(self, title: str, lines: Iterable[tuple[str, str]]) -> Group:
        named = sorted((" ".join(name.split()), facts) for name, facts in lines)
        return Group(title=title, lines=tuple(named[:MOST_NAMED]), more=max(0, len(named) - MOST_NAMED))

    def _facts(self, entry: Entry) -> str:
        words = [self._(word(entry.restriction)), *([self._(word(entry.category))] if entry.category else [])]
        places = (" ".join(text.split()) for text in (entry.address, entry.locality) if text)
        return ", ".join((*words, *places))

    @property
    def entries(self) -> str:
        return self._("Entries on the list: {count}").format(count=len(self._about.edition.entries))

    @property
    def expires(self) -> str:
        edition = self._about.edition
        return moment_of(edition.expires_at, edition.timezone, self._language)

    @property
    def issued(self) -> str:
        edition = self._about.edition
        return moment_of(edition.issued_at, edition.timezone, self._language)

    @property
    def deadline(self) -> str | None:
        day = self._about.deadline
        return format_date(day, "long", locale=locale_of(self._language)) if day else None
