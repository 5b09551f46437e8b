"""The organisation's identity provider, asked by OpenID Connect: authorization code, PKCE (S256), state and nonce.

1. Nothing is asked of it before somebody wants to sign in by it. What it says of itself is kept for an hour, its keys
   for ten minutes; for a key that is not among them it is asked at once, but not time and again.
2. A few questions at a time are put to it and no more, and after a failure none for a moment: a provider that hangs
   must not hold up those who look something up.
3. What it answers is believed as far as `delivery.id_tokens` says.
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from geo_offlimits.delivery import id_tokens
from geo_offlimits.delivery.fetching import DeclinedError, FetchError, fetch, refuse_address
from geo_offlimits.domain.accounts import Answer, NotVouchedError, ProviderError, Question, Vouched
from geo_offlimits.errors import InputError, Issue

WITHIN_S = 10.0
_KEPT_S, _KEYS_KEPT_S, _RESTS_S = 3600.0, 600.0, 5.0
_AT_ONCE, _WAITS_S = 3, 1.0
_DISCOVERY = "/.well-known/openid-configuration"
_KINDS = ("RSA", "EC", "OKP")  # of keys: never a secret, which whoever reads it could sign with


@dataclass(kw_only=True)
class _Kept:
    """Something of the provider's, and until when (`time.monotonic`) it is not asked for again."""

    value: Any = None
    until: float = 0.0


class Provider:
    """One provider. Safe to share between threads. Raises InputError for settings that name none."""

    def __init__(
        self, issuer: str, client_id: str, *, secret: str = "", name: str = "", within_s: float = WITHIN_S
    ) -> None:
        _refuse_unfit(issuer, client_id)
        self.issuer, self.name = issuer, name or urlsplit(issuer).netloc
        self._client_id, self._secret, self._within_s = client_id, secret, within_s
        self._places = BoundedSemaphore(_AT_ONCE)
        self._itself, self._keys = _Kept(), _Kept()
        self._rests_until = self._anew_from = 0.0

    def address(self, question: Question, redirect_uri: str) -> str:
        """Where a browser goes to show its owner. Raises ProviderError."""
        again = {"prompt": "login"} if question.max_age_s == 0 else {}
        address: str = prepare_grant_uri(
            self._about()["authorization_endpoint"],
            self._client_id,
            "code",
            redirect_uri=redirect_uri,
            scope="openid",
            state=question.state,
            nonce=question.nonce,
            code_challenge=create_s256_code_challenge(question.verifier),
            code_challenge_method="S256",
            max_age=str(question.max_age_s),
            **again,
        )
        return address

    def vouched(self, question: Question, answer: Answer, redirect_uri: str, now: datetime) -> Vouched:
        """Who answered the question, to which the answer is known to belong. Raises NotVouchedError, ProviderError."""
        about = self._about()
        self._refuse_other_issuer(answer, about)
        granted = self._exchanged(about, answer.code, question, redirect_uri)
        text = granted.get("id_token")
        if not isinstance(text, str):
            raise NotVouchedError(self.name, "no ID token")
        read = partial(
            id_tokens.vouched,
            text,
            issuer=self.issuer,
            client_id=self._client_id,
            access_token=granted.get("access_token"),
        )
        try:
            try:
                return read(self._current_keys(), question, now)
            except InvalidKeyIdError:
                return read(self._newest_keys(), question, now)
        except id_tokens.UNFIT as fault:
            raise NotVouchedError(self.name, f"{type(fault).__name__}: {fault}") from None

    def _refuse_other_issuer(self, answer: Answer, about: Mapping[str, Any]) -> None:
        is_due = about.get("authorization_response_iss_parameter_supported") is True
        if answer.issuer != self.issuer and (is_due or answer.issuer is not None):
            raise NotVouchedError(self.name, "issuer of the answer")

    def _exchanged(
        self, about: Mapping[str, Any], code: str, question: Question, redirect_uri: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": question.verifier,
            "client_id": self._client_id,
        }
        headers: dict[str, str] = {}
        methods = _texts(about, "token_endpoint_auth_methods_supported") or ("client_secret_basic",)
        if self._secret and "client_secret_basic" in methods:
            headers["Authorization"] = _basic(self._client_id, self._secret)
        elif self._secret:
            form["client_secret"] = self._secret
        try:
            return self._asked(about["token_endpoint"], form=urlencode(form), headers=headers)
        except DeclinedError as fault:
            raise NotVouchedError(self.name, str(fault)) from None
        except FetchError as fault:
            raise ProviderError(self.name, str(fault)) from None

    def _about(self) -> Mapping[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 1.0), held to what we were told of it."""
        about: Mapping[str, Any] = self._fresh(self._itself, _KEPT_S, self._discovered)
        return about

    def _discovered(self) -> Mapping[str, Any]:
        about = self._asked(self.issuer.removesuffix("/") + _DISCOVERY)
        if about.get("issuer") != self.issuer:
            raise FetchError("its issuer is not the setting oidc_issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            refuse_address(str(about.get(name)))
        if "S256" not in (_texts(about, "code_challenge_methods_supported") or ("S256",)):
            raise FetchError("it knows no PKCE with S256")
        return about

    def _current_keys(self) -> KeySet:
        keys: KeySet = self._fresh(self._keys, _KEYS_KEPT_S, self._told_keys)
        return keys

    def _newest_keys(self) -> KeySet:
        """Asked for because one was missing, at most once in a moment."""
        now = time.monotonic()
        if now >= self._anew_from:
            self._anew_from, self._keys.until = now + _RESTS_S, 0.0
        return self._current_keys()

    def _told_keys(self) -> KeySet:
        told = self._asked(self._about()["jwks_uri"])["keys"]
        ours = [one for one in told if isinstance(one, dict) and one.get("kty") in _KINDS]
        return KeySet.import_key_set({"keys": ours})

    def _fresh(self, kept: _Kept, seconds: float, told: Callable[[], Any]) -> Any:
        if time.monotonic() >= kept.until:
            try:
                kept.value, kept.until = told(), time.monotonic() + seconds
            except (FetchError, *id_tokens.UNFIT) as fault:
                raise ProviderError(self.name, f"{type(fault).__name__}: {fault}") from None
        return kept.value

    def _asked(self, address: str, **how: Any) -> Mapping[str, Any]:
        """A JSON object. Raises FetchError; ProviderError when it is not asked at all."""
        with self._place():
            try:
                told = json.loads(fetch(address, within_s=self._within_s, **how))
            except DeclinedError:  # which whoever brings a wrong code can bring about: it holds up nobody else
                raise
            except FetchError:
                self._rests_until = time.monotonic() + _RESTS_S
                raise
            except (ValueError, RecursionError):
                raise FetchError("an answer that is no JSON") from None
        if not isinstance(told, dict):
            raise FetchError("an answer that is no object")
        return told

    @contextmanager
    def _place(self) -> Iterator[None]:
        if time.monotonic() < self._rests_until or not self._places.acquire(timeout=_WAITS_S):
            raise ProviderError(self.name, "not asked, for it failed just now or is being asked by others")
        try:
            yield
        finally:
            self._places.release()


def _texts(about: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of a discovery document; empty where there is none."""
    told = about.get(name)
    return tuple(one for one in told if isinstance(one, str)) if isinstance(told, list) else ()


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749, section 2.3.1: both encoded as in a form first."""
    return "Basic " + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


def _refuse_unfit(issuer: str, client_id: str) -> None:
    try:
        refuse_address(issuer)
        bad = "with a query" if "?" in issuer else ""
    except FetchError as fault:
        bad = str(fault)
    if bad:
        raise InputError(
            f"The setting oidc_issuer is no address of a provider ({bad}). Give its https:// address, as its discovery "
            "document has it.",
            Issue(field="oidc_issuer", value=issuer, reason=bad),
        )
    if not client_id:
        raise InputError(
            "The setting oidc_client_id is empty. Give the name under which the provider knows this server.",
            Issue(field="oidc_client_id", reason="empty"),
        )
