"""Mail that came back: what a mail server reports of a message that it could not deliver (RFC 3464)."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from geo_offlimits.errors import InputError, Issue, Sentence

# Longer reports carry the message that came back, which nobody needs here.
MOST_BYTES = 1_000_000
_KEY = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """One message of ours that came back for good.

    key : its name in the Message-ID. address : for whom it was, where the report says so. answer : the status code.
    """

    key: str
    address: str
    answer: str


def read_bounces(content: bytes) -> tuple[Bounce, ...]:
    """What a report says of the messages that it is about; empty where it tells of a delay only.

    Raises InputError for what is no report of delivery, or names no message of ours.
    """
    if len(content) > MOST_BYTES:
        raise _unreadable(Sentence("longer than {most} bytes", most=MOST_BYTES))
    # The old policy: it takes whatever stands there, and what comes back is seldom well formed.
    report = message_from_bytes(content, policy=policy.compat32)
    groups = [group for part in report.walk() for group in _groups(part)]
    if not groups:
        raise _unreadable(Sentence("no delivery status in it"))
    keys = sorted({found for part in report.walk() for found in _keys(part)})
    if len(keys) != 1:
        raise _unreadable(Sentence("no message of ours in it") if not keys else Sentence("several messages in it"))
    return tuple(
        Bounce(key=keys[0], address=_address(group), answer=_answer(group))
        for group in groups
        if _said(group, "Action").casefold() == "failed"
    )


def _groups(part: Message) -> list[Message]:
    """The groups of fields that are each about one recipient; the first group is about the message."""
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return []
    return [group for group in part.get_payload() if isinstance(group, Message) and "Action" in group]


def _keys(part: Message) -> list[str]:
    """The Message-ID of what came back: the report's own is another's."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        text = part.get_payload(decode=True)
        heads = message_from_bytes(text) if isinstance(text, bytes) else Message()
        return _KEY.findall(_said(heads, "Message-ID"))
    if kind == "message/rfc822" and part.is_multipart():
        inner = part.get_payload()
        return [key for one in inner if isinstance(one, Message) for key in _KEY.findall(_said(one, "Message-ID"))]
    return []


def _said(fields: Message, name: str) -> str:
    return str(fields.get(name, "")).strip()


def _address(group: Message) -> str:
    """`rfc822; name@host`. What the sender wrote comes before what a server made of it."""
    told = _said(group, "Original-Recipient") or _said(group, "Final-Recipient")
    kind, _, address = told.rpartition(";")
    return address.strip().strip("<>") if kind.strip().casefold() in {"", "rfc822", "utf-8"} else ""


def _answer(group: Message) -> str:
    found = _STATUS.search(_said(group, "Status"))
    return f"bounced {found[0]}" if found else "bounced"


def _unreadable(reason: Sentence) -> InputError:
    return InputError(
        Sentence(
            "This is not a report of mail that came back ({reason}). Give the report as it arrived.", reason=reason
        ),
        Issue(field="file", reason=reason),
    )
