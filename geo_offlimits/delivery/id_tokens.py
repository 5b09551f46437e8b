"""What an ID token must hold to be believed (OpenID Connect Core 1.0, section 3.1.3.7).

1. It is signed with RS256, ES256 or Ed25519 (`EdDSA`) by a key of its issuer's, never with none or a secret.
2. `iss`, `aud`, `azp`, `exp`, `iat` and `nonce` are those of this client, this question and this minute.
3. Of the person it tells the subject, when they showed themselves (`auth_time`), and by what (`amr`). No more is read.

Authlib's CodeIDToken holds the claims to it, joserfc the signature. `auth_time` and `at_hash` are looked at here:
Authlib takes any time for `max_age=0`, and does not know RFC 9864's name of Ed25519.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from geo_offlimits.domain.accounts import MAX_SUBJECT, Account, Question, Vouched

LEEWAY_S = 60  # by which two servers' clocks may differ
# What `amr` says of something that somebody has in their hands (RFC 8176, and FIDO's own word); `sms` is not among it.
FACTORS = frozenset({"mfa", "otp", "hwk", "sc", "fido"})
_HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "RS256": hashlib.sha256,
    "ES256": hashlib.sha256,
    "EdDSA": hashlib.sha512,
    "Ed25519": hashlib.sha512,
}
# Each may be refused with: joserfc and Authlib say by which claim, the others that a value is of no kind it can be.
UNFIT = (JoseError, ValueError, TypeError, KeyError, RecursionError)


class _Signatures(JWSRegistry):
    """Those algorithms and no others, whatever a token or a key says."""

    max_header_length = 4096  # some bring their certificates

    def get_alg(self, name: str) -> Any:
        """As joserfc's own, which would also warn of the name `EdDSA` each time."""
        return self.algorithms[name] if name in _HASHES else super().get_alg(name)


# Providers put parameters of their own into a header; those that must be understood (`crit`) are refused all the same.
_SIGNATURES = _Signatures(algorithms=tuple(_HASHES), strict_check_header=False)


def vouched(
    text: str, keys: KeySet, question: Question, now: datetime, *, issuer: str, client_id: str, access_token: object
) -> Vouched:
    """What an ID token answers to a question. Raises one of UNFIT, InvalidKeyIdError where its key is missing."""
    token = jwt.decode(text, keys, registry=_SIGNATURES)
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}},
        params={"nonce": question.nonce, "client_id": client_id},
    )
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    _refuse_other_access_token(token, access_token)
    return Vouched(
        account=Account(issuer=issuer, subject=_subject(token.claims)),
        shown_at=_shown_at(token.claims, question, now),
        with_factor=not FACTORS.isdisjoint(one for one in token.claims.get("amr") or () if isinstance(one, str)),
    )


def _refuse_other_access_token(token: jwt.Token, access_token: object) -> None:
    told = token.claims.get("at_hash")
    if told is None:
        return
    digest = _HASHES[token.header["alg"]](str(access_token).encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not hmac.compare_digest(half, str(told).encode()):
        raise ValueError("at_hash")


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable():
        raise ValueError("sub")
    return subject


def _shown_at(claims: Mapping[str, Any], question: Question, now: datetime) -> datetime | None:
    """When they showed themselves to the provider; None where it does not say and was not asked to make them."""
    told = claims.get("auth_time")
    if told is None and question.max_age_s:
        return None
    earliest, latest = question.asked_at - question.max_age_s - LEEWAY_S, now.timestamp() + LEEWAY_S
    if isinstance(told, bool) or not isinstance(told, int | float) or not earliest <= told <= latest:
        raise ValueError("auth_time")
    return min(datetime.fromtimestamp(told, UTC), now)
