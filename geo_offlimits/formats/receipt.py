"""A receipt of a look-up: what was asked, what was answered, by which editions and when.

1. What is signed is one RFC 8785 document, in a DSSE envelope with a payload type of its own.
2. The same signature travels in one line, `offlimits-receipt:1:KEY:PAYLOAD:SIGNATURE` (base64url without padding): it
   fits into a QR code, and ends the text that a person keeps. `envelope_in` finds either of them again.
3. It holds the very words that the person was told, in their language. Names are cut, so that a code stays readable by
   a camera; the entry's id and the edition's hash tell which entry it is.
"""

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo_offlimits.domain.instants import format_instant, parse_instant
from geo_offlimits.domain.position import Position
from geo_offlimits.errors import Sentence, UnverifiedError
from geo_offlimits.formats import canonical_json, strict_json
from geo_offlimits.lookup.answers import Verdict
from geo_offlimits.lookup.coordinates import notations

RECEIPT_FORMAT = "geo-offlimits/receipt/1"
MAX_NAME, MAX_ENTRIES = 60, 5
# An Ed25519 signature has 64 bytes, whatever follows it in a mail.
_CODE = re.compile(r"offlimits-receipt:1:([0-9a-f]{16}):([A-Za-z0-9_-]+):([A-Za-z0-9_-]{86})")
# Where a mail program broke the one long line: after `=` in quoted-printable, and before the marks of a quotation.
_BROKEN = re.compile(r"=?[ \t]*\r?\n[>\s]*")
Translate = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class EditionAsked:
    """An edition that an answer rests on."""

    mission: str
    number: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class EntryTold:
    """An entry on which the verdict rests."""

    entry_id: str
    name: str
    issuer: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question: a position, an entry whose sign was seen, a kind of venue or a name; for whom and for when."""

    at: datetime
    position: Position | None = None
    name: str | None = None
    entry_id: str | None = None
    venue: str | None = None
    personnel: str | None = None

    def as_json(self) -> dict[str, Any]:
        told = {
            "position": self.position.as_json() if self.position else None,
            "name": self.name,
            "entry_id": self.entry_id,
            "venue": self.venue,
            "personnel": self.personnel,
        }
        return {"at": format_instant(self.at)} | {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """`words`: the headline and the reasons as they were told. `known_at`: when the editions were the current ones."""

    mission: str
    asked: Asked
    verdict: Verdict
    words: tuple[str, ...]
    reasons: tuple[str, ...]
    entries: tuple[EntryTold, ...]
    editions: tuple[EditionAsked, ...]
    stale: bool
    known_at: datetime
    answered_at: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "format": RECEIPT_FORMAT,
            "mission": self.mission,
            "asked": self.asked.as_json(),
            "verdict": self.verdict.value,
            "words": list(self.words),
            "reasons": list(self.reasons),
            "entries": [
                {"id": one.entry_id, "name": one.name[:MAX_NAME], "issuer": one.issuer}
                for one in self.entries[:MAX_ENTRIES]
            ],
            "editions": [{"mission": one.mission, "number": one.number, "sha256": one.sha256} for one in self.editions],
            "stale": self.stale,
            "known_at": format_instant(self.known_at),
            "answered_at": format_instant(self.answered_at),
        }

    def encode(self) -> bytes:
        """The bytes that are signed."""
        return canonical_json.dumps(self.as_json())

    def lines(self, translate: Translate = str) -> list[str]:
        """The receipt for people, without the code that proves it."""
        head = translate("Receipt of a look-up on the list of {mission}").format(mission=self.mission)
        lines = [head, *self.words, *self._question(translate)]
        lines += [f"{one.entry_id}  {one.name} ({one.issuer})" for one in self.entries]
        edition = translate("Edition {number} of {mission}, SHA-256 {sha256}")
        lines += [
            edition.format(number=one.number, mission=one.mission, sha256=one.sha256) for one in self.editions
        ] or [translate("No edition was there to ask.")]
        if self.known_at != self.answered_at:
            lines.append(translate("As it was known at {time}").format(time=format_instant(self.known_at)))
        return [*lines, translate("Answered at {time}").format(time=format_instant(self.answered_at))]

    def _question(self, translate: Translate) -> list[str]:
        asked = self.asked
        told = [translate("Asked for {time}").format(time=format_instant(asked.at))]
        if asked.position:
            written = notations(asked.position)
            told.append(f"{written['decimal']} ({written['mgrs']}) ± {asked.position.uncertainty_m:.0f} m")
        told += [f"“{asked.name}”"] if asked.name else []
        return [" · ".join([*told, *(word for word in (asked.entry_id, asked.venue, asked.personnel) if word)])]


def decode(content: bytes) -> Receipt:
    """The receipt in bytes whose signature was verified. Raises UnverifiedError for another form of it."""
    try:
        told = strict_json.parsed(content)
        if told["format"] == RECEIPT_FORMAT:
            return _read(told)
    except (ValueError, KeyError, TypeError, strict_json.NotJsonError):
        pass
    raise UnverifiedError(Sentence("This receipt is of a form that this program does not read; use a newer one."))


def _read(told: Mapping[str, Any]) -> Receipt:
    return Receipt(
        mission=told["mission"],
        asked=_asked(told["asked"]),
        verdict=Verdict(told["verdict"]),
        words=tuple(told["words"]),
        reasons=tuple(told["reasons"]),
        entries=tuple(EntryTold(entry_id=one["id"], name=one["name"], issuer=one["issuer"]) for one in told["entries"]),
        editions=tuple(EditionAsked(**one) for one in told["editions"]),
        stale=told["stale"],
        known_at=parse_instant(told["known_at"]),
        answered_at=parse_instant(told["answered_at"]),
    )


def _asked(told: Mapping[str, Any]) -> Asked:
    position = told.get("position")
    return Asked(
        at=parse_instant(told["at"]),
        position=Position(**position) if position else None,
        **{name: told.get(name) for name in ("name", "entry_id", "venue", "personnel")},
    )


def code_of(envelope: bytes) -> str:
    """The envelope in one line."""
    told = json.loads(envelope)
    signature = told["signatures"][0]
    payload, signed = (_url(b64decode(text)) for text in (told["payload"], signature["sig"]))
    return f"offlimits-receipt:1:{signature['keyid']}:{payload}:{signed}"


def envelope_in(content: bytes, payload_type: str) -> bytes:
    """The DSSE envelope that a receipt holds, in whichever form it was kept: JSON, text, or the line of a QR code.

    Raises UnverifiedError where there is none, or more than one.
    """
    text = content.decode("utf-8-sig", "replace").strip()
    if text.startswith("{"):
        return text.encode()
    found = set(_CODE.findall(_BROKEN.sub("", text)))
    if len(found) != 1:
        raise UnverifiedError(
            Sentence(
                "There is no receipt in this, or more than one; give the file that was kept, or the text with the line "
                "that begins with offlimits-receipt."
            )
        )
    key_id, payload, signed = found.pop()
    try:
        signature = {"keyid": key_id, "sig": _plain(signed)}
        document = {"payload": _plain(payload), "payloadType": payload_type, "signatures": [signature]}
    except ValueError:
        raise UnverifiedError(Sentence("This receipt is cut off; give the whole of what was kept.")) from None
    return json.dumps(document).encode("ascii")


def _url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def _plain(text: str) -> str:
    return b64encode(urlsafe_b64decode(text + "=" * (-len(text) % 4))).decode("ascii")
