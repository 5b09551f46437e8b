"""What a provider can sign wrongly; RIGHTS shows that it is that which is refused."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import OctKey, RSAKey

from geo_offlimits.bootstrap import Wiring
from tests.identity_provider import CLIENT, Facts, IdentityProvider, signed
from tests.web.isle import Browser
from tests.web.oidc.steps import SITE, leaves, own, refused, sign_in


def claimed(**changed: Any) -> Callable[[IdentityProvider], None]:
    """Claims as given: a function of the right value, None for none."""

    def spoil(_header: Facts, claims: Facts) -> None:
        for name, value in changed.items():
            claims[name] = value(claims[name]) if callable(value) else value
            if value is None:
                del claims[name]

    return lambda provider: setattr(provider, "spoil", spoil)


def headed(**changed: Any) -> Callable[[IdentityProvider], None]:
    return lambda provider: setattr(provider, "spoil", lambda header, _claims: header.update(changed))


def unsigned(provider: IdentityProvider) -> None:
    def sign(header: Facts, claims: Facts) -> str:
        right = signed(header | {"alg": "RS256"}, claims, provider.key)
        none = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        return f"{none}.{right.split('.')[1]}."

    provider.sign = sign


def with_public_key_as_secret(provider: IdentityProvider) -> None:
    public = OctKey.import_key(provider.key.as_pem(private=False).replace(b"-----", b"====="))

    def sign(header: Facts, claims: Facts) -> str:
        return signed(header | {"alg": "HS256"}, claims, public)

    provider.sign = sign


def by(key: RSAKey, alg: str = "RS256") -> Callable[[IdentityProvider], None]:
    return lambda provider: setattr(provider, "sign", lambda header, claims: signed(header | {"alg": alg}, claims, key))


def by_another_algorithm(provider: IdentityProvider) -> None:
    """By the right key, and without `at_hash`, which is tied to the algorithm."""
    claimed(at_hash=None)(provider)
    by(provider.key, "PS256")(provider)


def changed_afterwards(provider: IdentityProvider) -> None:
    def sign(header: Facts, claims: Facts) -> str:
        head, _, signature = signed(header, claims | {"sub": "u-2"}, provider.key).split(".")
        other = signed(header, claims, provider.key).split(".")[1]
        return f"{head}.{other}.{signature}"

    provider.sign = sign


ANOTHER_KEY = RSAKey.generate_key(2048)
WRONGS: dict[str, Callable[[IdentityProvider], None]] = {
    "nonce": claimed(nonce="another"),
    "no nonce": claimed(nonce=None),
    "audience": claimed(aud="another"),
    "another audience, asked for by us": claimed(aud="another", azp=CLIENT),
    "audiences without azp": claimed(aud=[CLIENT, "another"]),
    "azp": claimed(aud=[CLIENT, "another"], azp="another"),
    "azp alone": claimed(azp="another"),
    "issuer": claimed(iss="https://evil.example"),
    "issuer but for a slash": claimed(iss=lambda right: right + "/"),
    "no issuer": claimed(iss=None),
    "expired": claimed(exp=lambda right: right - 361),
    "no expiry": claimed(exp=None),
    "expiry of a text": claimed(exp="2200"),
    "expiry not a number": claimed(exp=float("nan")),
    "issued tomorrow": claimed(iat=lambda right: right + 86400),
    "no subject": claimed(sub=None),
    "an empty subject": claimed(sub=""),
    "a subject that is no text": claimed(sub=1),
    "a long subject": claimed(sub="u" * 256),
    "of another access token": claimed(at_hash="A" * 22),
    "at_hash of a kind it cannot be": claimed(at_hash=["A"]),
    "shown tomorrow": claimed(auth_time=lambda right: right + 86400),
    "shown last week": claimed(auth_time=lambda right: right - 7 * 86400),
    "shown at a text": claimed(auth_time="now"),
    "methods that are none": claimed(amr=5),
    "none": unsigned,
    "the public key as a secret": with_public_key_as_secret,
    "PS256": by_another_algorithm,
    "another key": by(ANOTHER_KEY),
    "another key by its own name": headed(kid="another"),
    "a header that must be understood": headed(crit=["x"], x="1"),
    "changed afterwards": changed_afterwards,
}


def test_an_id_token_that_is_not_right_signs_nobody_in(
    app: Flask, wiring: Wiring, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    own(wiring, "staff")
    before = len(leaves(wiring, "login:accepted"))
    taken = set()
    for name, wrong in WRONGS.items():
        provider.spoil, provider.sign = (lambda _header, _claims: None), None
        wrong(provider)
        caplog.clear()
        browser = Browser(app, SITE)
        if not refused(browser, sign_in(browser)) or "OpenID provider" not in caplog.text or "u-1" in caplog.text:
            taken.add(name)
    assert taken == set()
    assert len(leaves(wiring, "login:accepted")) == before


RIGHTS: dict[str, Callable[[IdentityProvider], None]] = {
    "as it should be": claimed(),
    "an audience in a list": claimed(aud=[CLIENT]),
    "audiences with azp": claimed(aud=[CLIENT, "another"], azp=CLIENT),
    "no hash of the access token": claimed(at_hash=None),
    "expired a moment ago by our clock": claimed(exp=lambda right: right - 350),
    "issued in a moment by our clock": claimed(iat=lambda right: right + 50),
    "a header that others understand": headed(x="1"),
}


def test_what_may_differ_signs_somebody_in(app: Flask, wiring: Wiring, provider: IdentityProvider) -> None:
    own(wiring, "staff")
    answers = {}
    for name, right in RIGHTS.items():
        right(provider)
        answers[name] = sign_in(Browser(app, SITE)).status_code
    assert answers == dict.fromkeys(RIGHTS, 303)


@pytest.mark.usefixtures("staff")
def test_a_new_key_of_the_provider_s_is_asked_for_at_once_and_a_false_one_not_time_and_again(
    app: Flask, browser: Browser, provider: IdentityProvider
) -> None:
    assert sign_in(browser).status_code == 303
    provider.rotate()
    assert sign_in(Browser(app, SITE)).status_code == 303
    assert provider.asked.count("/keys") == 2
    by(ANOTHER_KEY)(provider)
    headed(kid="another")(provider)
    for _ in range(3):
        assert sign_in(Browser(app, SITE)).status_code == 401
    assert provider.asked.count("/keys") == 2
