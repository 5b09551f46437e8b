"""Evidence as a file: one RFC 8785 document, signed in a DSSE envelope with a payload type of its own, and its paper.

1. The document is what is signed. The paper says the same in words, carries the file within it and prints its SHA-256.
2. It holds the editions as staff got them, what the person had said with its leaf of the audit tree, and the proofs
   that lead from each leaf to one signed head: `scripts/verify_list.py` checks all of it without the server.
3. What it does not show stands in it (`Limit`), and first on the paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import Any

from babel.dates import format_date
from markupsafe import Markup

from geo_offlimits.domain.acknowledgement import Channel
from geo_offlimits.domain.hours import Hours, WeeklySpan
from geo_offlimits.domain.instants import format_instant, parse_instant
from geo_offlimits.domain.mail import MailState
from geo_offlimits.domain.people import PersonnelCategory, Role
from geo_offlimits.formats import canonical_json, pdf
from geo_offlimits.formats.acknowledgement import STRENGTHS, Translate
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.pages import file_of, grouped, template
from geo_offlimits.formats.words import N_, hours_of, moment_of, word
from geo_offlimits.lookup import wording
from geo_offlimits.lookup.answers import WhyNot
from geo_offlimits.lookup.spoken import locale_of

FORMAT = "geo-offlimits/evidence/1"
FILE_NAME = "evidence.json"


class Limit(StrEnum):
    """What evidence does not show."""

    POSITION = "position"
    DOOR = "door"
    UNDERSTOOD = "understood"
    IGNORANCE = "ignorance"
    ENTERED = "entered"
    BROUGHT = "brought"
    CLOCK = "clock"
    COMPLETE = "complete"
    KNOWN_NOW = "known_now"
    FINDING = "finding"


LIMITS: Mapping[str, str] = {
    Limit.POSITION: N_(
        "That anybody was there: the position was given by whoever asked and is not verified, and no position shows in "
        "which part of a building somebody was."
    ),
    Limit.DOOR: N_("Which door was meant, where several lie within the uncertainty of the position."),
    Limit.UNDERSTOOD: N_(
        "That the list was understood: an acknowledgement shows that it was given with this person’s account and what "
        "they have to prove who they are."
    ),
    Limit.IGNORANCE: N_("That somebody did not know the list: that no acknowledgement is recorded shows no more."),
    Limit.ENTERED: N_(
        "Who signed on paper or spoke: that, and the day, rest on the word of the person who entered it."
    ),
    Limit.BROUGHT: N_("That mail was read: a mail server took it, no more is known."),
    Limit.CLOCK: N_("The time by any other clock than this server’s; what a device said of the time is not believed."),
    Limit.COMPLETE: N_(
        "That nothing was left out: the proofs show that what is told here stands in the record; for the rest the "
        "signature answers."
    ),
    Limit.KNOWN_NOW: N_(
        "What will be known later: “as known now” is the register on the day of this paper, which nobody but this "
        "server vouches for; of other missions’ lists it tells nothing."
    ),
    Limit.FINDING: N_("A finding against anybody: a listing is a precaution on suspicion."),
}
CHANNELS: Mapping[str, str] = {
    Channel.PAGE: N_("on the page"),
    Channel.API: N_("by a program they were signed in to"),
    Channel.COMMAND: N_("at the command line"),
    Channel.PAPER: N_("on paper"),
    Channel.ORAL: N_("by word of mouth"),
}
_SAID: Mapping[str, str] = {
    "acknowledged": N_("Acknowledged it"),
    "refused": N_("Refused to acknowledge"),
    "withdrawn": N_("Withdrew what was said"),
}
_EVENTS: Mapping[str, str] = {
    "lifted": N_("lifted"),
    "suspended": N_("suspended"),
    "reinstated": N_("put back in force"),
    "renamed": N_("renamed"),
    "moved": N_("moved to another place on the map"),
    "corrected": N_("described otherwise"),
}
_MAIL: Mapping[str, str] = {
    MailState.WAITING: N_("mail waits to be sent"),
    MailState.SENT: N_("a mail server took the mail at {time}"),
    MailState.FAILED: N_("mail could not be delivered"),
    MailState.WITHDRAWN: N_("mail was not sent"),
}


@dataclass(frozen=True)
class Evidence:
    """`document` as JSON tells it; its members are those that docs/evidence.md lists."""

    document: Mapping[str, Any]

    @cached_property
    def content(self) -> bytes:
        return canonical_json.dumps(dict(self.document))

    def encode(self) -> bytes:
        """The bytes that are signed."""
        return self.content

    @property
    def language(self) -> str:
        return str(self.document["language"])

    @property
    def mission(self) -> Mapping[str, Any]:
        return dict(self.document["mission"])

    @property
    def verdict(self) -> str | None:
        """Of what was listed then; None where no place was asked about."""
        listed = self.document["listed"]
        return listed and str(listed["verdict"])

    def word(self, name: str | None) -> Mapping[str, Any] | None:
        """What the person said, by the name of its row."""
        words = self.document["acknowledged"]["words"]
        return next((one for one in words if one["row_name"] == name), None)

    def summary(self) -> dict[str, Any]:
        """What a program is told beside the file: all but the proofs."""
        return {name: value for name, value in self.document.items() if name not in ("proofs", "case")}


def sheet(evidence: Evidence, envelope: bytes, translate: Translate = str) -> Markup:
    """The paper as one `<article>` of safe HTML. envelope : the file, whose SHA-256 is printed."""
    told = _Told(evidence, translate)
    made = template("evidence.html").render(
        told=told,
        paper=evidence.document,
        _=translate,
        grouped=grouped,
        file_sha256=sha256(envelope),
        language=evidence.language,
        direction=locale_of(evidence.language).text_direction,
    )
    return Markup(made)  # noqa: S704  (made by a template that escapes what it is given)


def page(evidence: Evidence, envelope: bytes, translate: Translate = str) -> bytes:
    """The paper as one HTML file in UTF-8, to be typeset."""
    title = f"{translate('Evidence')} {evidence.mission['code']} {evidence.document['asked']['at'][:10]}"
    return file_of(sheet(evidence, envelope, translate), title, evidence.language)


def paper(evidence: Evidence, envelope: bytes, translate: Translate = str) -> bytes:
    """The paper as a PDF with the file within. Raises NoTypesetterError."""
    return pdf.typeset(page(evidence, envelope, translate), attached=(FILE_NAME, envelope))


class _Told:
    """What the template asks of the document, in words of its language."""

    def __init__(self, evidence: Evidence, translate: Translate) -> None:
        self.evidence, self._ = evidence, translate
        self._zone = str(evidence.mission["timezone"])

    def moment(self, text: str) -> str:
        """On the mission's clocks, with its time zone."""
        return moment_of(parse_instant(text), self._zone, self.evidence.language)

    def day(self, text: str) -> str:
        """Of a date, which is the same everywhere."""
        return format_date(date.fromisoformat(text), "long", locale=locale_of(self.evidence.language))

    def exactly(self, text: str) -> str:
        """In UTC, to the second."""
        return format_instant(parse_instant(text))

    def person(self, person_id: str) -> str:
        """Number and name of somebody who made or entered something, as far as they are known."""
        known = self.evidence.document["named"].get(person_id)
        return f"{known['number']} {known['name']}" if known else person_id

    def category(self, text: str) -> str:
        return self._(word(PersonnelCategory(text)))

    def role(self, text: str) -> str:
        return self._(word(Role(text)))

    def said(self, row: Mapping[str, Any]) -> str:
        state = row.get("state", "acknowledged")
        return self._(_SAID[state])

    def channel(self, row: Mapping[str, Any]) -> str:
        channel = row["channel"]
        return self._(CHANNELS[channel])

    def strength(self, row: Mapping[str, Any]) -> str:
        strength = row["strength"]
        return self._(STRENGTHS[strength])

    def why_not(self, code: str) -> str:
        return wording.why_not(WhyNot(code), self._)

    def event(self, kind: str) -> str:
        return self._(_EVENTS[kind])

    def limit(self, code: str) -> str:
        return self._(LIMITS[code])

    def mail(self, brought: Mapping[str, Any]) -> str:
        state = brought["mail"]
        text = self._(_MAIL[state])
        return text.format(time=self.exactly(brought["sent_at"])) if brought["sent_at"] else text

    def hours(self, told: Mapping[str, Any]) -> str:
        weekly = tuple(
            WeeklySpan(
                days=tuple(one["days"]), start=time.fromisoformat(one["from"]), end=time.fromisoformat(one["to"])
            )
            for one in told["weekly"]
        )
        return hours_of(Hours(tz=told["tz"], weekly=weekly), self._zone, self.evidence.language, self._)

    @property
    def entries(self) -> list[Mapping[str, Any]]:
        """What the register knows now of each entry."""
        return list((self.evidence.document["known_now"] or {}).get("entries", ()))

    def held(self, entry_id: str) -> Mapping[str, Any] | None:
        """Whether the list that they had acknowledged held an entry."""
        return next(
            (one for one in self.evidence.document["acknowledged"]["held"] if one["entry_id"] == entry_id), None
        )

    @property
    def head(self) -> tuple[str, str]:
        """Size and root of the audit tree, as its signed note says them."""
        _, size, root, *_ = self.evidence.document["proofs"]["checkpoint"].split("\n")
        return size, root
