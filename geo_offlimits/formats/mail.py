"""What a recipient of a campaign is told by mail: what changed since they acknowledged, the edition, where to read it.

1. It is made of a published edition, by naming each fact that is told. Nothing of the register is at hand here.
2. Nobody is named in it and its link is the same for everybody: who follows it is not known by that, and acknowledges
   nothing by that. What names people goes to who answers for them (`Missing`), and names no premises.
3. The page has no image, style sheet or script, and asks nothing of any server when it is opened. Its look stands in
   style attributes of ours (`_mail.html`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo_offlimits.domain.disclosure import NONE, SMALLEST, Told
from geo_offlimits.domain.edition import Delta, Edition, Entry
from geo_offlimits.domain.mail import MailKind
from geo_offlimits.domain.naming import called
from geo_offlimits.formats.conduct import conduct, reviewed
from geo_offlimits.formats.pages import template
from geo_offlimits.formats.words import N_, moment_of, word
from geo_offlimits.lookup import spoken
from geo_offlimits.lookup.spoken import beside, isolated, locale_of, long_day
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
    kind: MailKind = MailKind.ANNOUNCEMENT

    @property
    def asks(self) -> bool:
        return self.kind is not MailKind.INFORMATION


@dataclass(frozen=True, kw_only=True)
class MissingUnit:
    """Who of a unit has not acknowledged: number, name and the day by which it is due; or only how many they are.

    has_manager : whether somebody of it answers for it.
    """

    unit: str
    count: Told = NONE
    people: tuple[tuple[str, str, date | None], ...] = ()
    has_manager: bool = True


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What who answers for others is told: a manager by name, a head of mission by count.

    address : of the page where the campaign stands. names : whether it is to a manager.
    """

    edition: Edition
    address: str
    units: tuple[MissingUnit, ...]
    names: bool = True


@dataclass(frozen=True, kw_only=True)
class MailText:
    """One text twice: `plain`, and `html` for who prefers that. `language` is BCP 47."""

    subject: str
    plain: str
    html: str
    language: str


_SUBJECTS = {
    MailKind.INFORMATION: N_("{mission}: list of off-limits premises, edition {number}, for your information"),
    MailKind.REMINDER: N_("Reminder – {mission}: list of off-limits premises, edition {number}"),
}
_SUBJECT = N_("{mission}: list of off-limits premises, edition {number}")
_MISSING_SUBJECT = N_("{mission}: who has not acknowledged the list of off-limits premises")


def written(announcement: Announcement, *, language: str = "en", translate: Translate = str) -> MailText:
    """The mail in one language; `translate` gives the words in it."""
    subject = translate(_SUBJECTS.get(announcement.kind, _SUBJECT))
    told = {
        "about": announcement,
        "told": _Told(announcement, language, translate),
        "conduct": conduct(reviewed(language, translate)) if announcement.kind is MailKind.INDUCTION else (),
    }
    return _rendered("mail", announcement.edition, subject, told, language, translate)


def missing_written(missing: Missing, *, language: str = "en", translate: Translate = str) -> MailText:
    """The mail to who answers for others."""

    def day(due: date) -> str:
        return spoken.day(due, language)

    told = {"about": missing, "day": day, "few": SMALLEST}
    return _rendered("missing", missing.edition, translate(_MISSING_SUBJECT), told, language, translate)


def _rendered(  # noqa: PLR0917  (what every mail is made of, in the order in which it is read)
    name: str, edition: Edition, subject: str, told: dict[str, Any], language: str, translate: Translate
) -> MailText:
    subject = subject.format(mission=edition.mission, number=edition.number)
    if edition.demonstration:
        demonstration = translate("DEMONSTRATION")
        subject = f"[{demonstration}] {subject}"
    frame = {
        "edition": edition,
        "subject": subject,
        "language": language,
        "direction": locale_of(language).text_direction,
        "_": translate,
    }
    plain, html = (template(f"{name}.{kind}").render(told | frame) for kind in ("txt", "html"))
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
            self._group(self._("New on the list"), [(self._called(one), self._facts(one)) for one in delta.added]),
            self._group(self._("Changed"), [(self._called(one), self._facts(one)) for one in changed]),
            self._group(self._("No longer on the list"), [(gone.name, "") for gone in delta.removed]),
        )
        return tuple(group for group in found if group.lines)

    def _group(self, title: str, lines: Iterable[tuple[str, str]]) -> Group:
        named = sorted((" ".join(name.split()), facts) for name, facts in lines)
        return Group(title=title, lines=tuple(named[:MOST_NAMED]), more=max(0, len(named) - MOST_NAMED))

    def _called(self, entry: Entry) -> str:
        return isolated(str(called(entry.name, entry.names, self._language)), self._language)

    def _facts(self, entry: Entry) -> str:
        words = [self._(word(entry.restriction)), *([self._(word(entry.category))] if entry.category else [])]
        places = (" ".join(text.split()) for text in (entry.address, entry.locality) if text)
        return beside((*words, isolated(beside(places, self._language), self._language)), self._language)

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
        return long_day(day, self._language) if day else None
