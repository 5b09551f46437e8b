"""Receipts: the answer somebody got, signed, for them to keep.

1. A receipt is made for whoever asks, from an answer given at that moment, and kept nowhere here: no position and no
   search text is stored, logged or audited for it.
2. It proves what this installation answered, to whoever trusts its key; it says nothing of who asked.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo_offlimits.delivery.envelopes import RECEIPT_TYPE, signing_key, verify
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.domain import texts
from geo_offlimits.domain.languages import SOURCE
from geo_offlimits.domain.people import PersonnelCategory
from geo_offlimits.formats import receipt as receipt_file
from geo_offlimits.formats.receipt import Asked, EditionAsked, EntryTold, Receipt
from geo_offlimits.lookup import wording
from geo_offlimits.lookup.answers import Answer, Match
from geo_offlimits.services.act import Act
from geo_offlimits.services.answers import CheckResult, Consulted, FindResult
from geo_offlimits.services.lookup import CheckRequest
from geo_offlimits.services.verification import not_revoked

Translate = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class SignedReceipt:
    """`envelope`: DSSE, as JSON. `code`: the same in one line."""

    receipt: Receipt
    envelope: bytes

    @property
    def code(self) -> str:
        return receipt_file.code_of(self.envelope)

    def as_json(self, translate: Translate = str) -> dict[str, Any]:
        return {"text": self.text(translate), "code": self.code, "envelope": json.loads(self.envelope)}

    def text(self, translate: Translate = str) -> str:
        return "\n".join([*self.receipt.lines(translate), self.code])


@dataclass(frozen=True, kw_only=True)
class VerifiedReceipt:
    receipt: Receipt
    fingerprint: str

    def as_json(self) -> dict[str, Any]:
        return self.receipt.as_json() | {"fingerprint": self.fingerprint}

    def lines(self, translate: Translate = str) -> list[str]:
        return self.receipt.lines(translate)


def of_check(
    act: Act, request: CheckRequest, result: CheckResult, translate: Translate = str, language: str = SOURCE
) -> tuple[SignedReceipt, ...]:
    """A receipt for each answer, in the order of the positions."""
    signer = _Signer(act, result.consulted, translate, language)
    asked = Asked(
        at=request.at or result.consulted.known_at,
        entry_id=request.entry_id,
        venue=request.venue,
        personnel=request.personnel,
    )
    return tuple(
        signer.sign(replace(asked, position=position), answer, map(_told, filter(_decides, answer.matches)))
        for position, answer in zip(result.positions or (None,), result.answers, strict=True)
    )


def of_find(
    act: Act,
    result: FindResult,
    name: str,
    *,
    at: datetime | None = None,
    personnel: PersonnelCategory | None = None,
    translate: Translate = str,
    language: str = SOURCE,
) -> SignedReceipt:
    """A receipt for a search by name. Raises InputError for a name that would read as more lines than one."""
    texts.refuse(texts.line("name", name.strip()))
    asked = Asked(at=at or result.consulted.known_at, name=name.strip(), personnel=personnel)
    told = (
        EntryTold(entry_id=one.entry.entry_id, name=one.match.name, issuer=one.entry.issuer)
        for one in result.matches
        if one.is_match
    )
    return _Signer(act, result.consulted, translate, language).sign(asked, result.answer, told)


def verify_receipt(content: bytes, keys: tuple[PublicKey, ...]) -> VerifiedReceipt:
    """The receipt in a file, once one of `keys` signed it. Raises UnverifiedError."""
    envelope = receipt_file.envelope_in(content, RECEIPT_TYPE)
    receipt = receipt_file.decode(verify(envelope, not_revoked(envelope, keys), RECEIPT_TYPE))
    key = signing_key(envelope, keys)
    return VerifiedReceipt(receipt=receipt, fingerprint=key.fingerprint if key else "")


def _decides(match: Match) -> bool:
    return match.decides


def _told(match: Match) -> EntryTold:
    return EntryTold(entry_id=match.entry.entry_id, name=match.entry.name, issuer=match.issuer)


@dataclass(frozen=True)
class _Signer:
    act: Act
    consulted: Consulted
    translate: Translate
    language: str

    def sign(self, asked: Asked, answer: Answer, entries: Iterable[EntryTold]) -> SignedReceipt:
        own, others = self.consulted.header, self.consulted.recognised
        receipt = Receipt(
            mission=self.consulted.mission,
            asked=asked,
            verdict=answer.verdict,
            words=(
                wording.headline(answer.verdict, self.translate, on_list=answer.on_list),
                *(wording.sentence(reason, self.translate, self.language) for reason in answer.reasons),
            ),
            reasons=tuple(reason.code.value for reason in answer.reasons),
            entries=tuple(entries),
            editions=tuple(
                EditionAsked(mission=one.mission, number=one.number, sha256=one.sha256)
                for one in (*([own] if own else []), *others)
            ),
            stale=answer.stale,
            known_at=self.consulted.known_at,
            answered_at=self.act.now,
        )
        content = receipt.encode()
        # What is shown is what the bytes say: times to the second, names cut.
        return SignedReceipt(
            receipt=receipt_file.decode(content), envelope=self.act.keyring.sign(content, RECEIPT_TYPE)
        )
