"""An identity provider on this machine, by Authlib's own server classes, and the ways in which one can do wrong.

It holds its clients to their redirect addresses, to PKCE and to their secret, and takes each code once. Whoever comes
is asked on a page which account they have, as `subject`; what it says of it is `amr`, and that it was shown
`shown_before_s` ago. `spoil` changes an ID token before it is signed, `sign` signs it. What stands `instead` of a path
answers in its place.
"""

import secrets
import threading
import time
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from html import escape
from typing import Any, TypeAlias

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, request
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT, SECRET = "geo-offlimits", "a-secret-of-the-client_0123456789"
Facts: TypeAlias = dict[str, Any]


@dataclass
class Client:
    """What Authlib asks of a client."""

    redirect_uris: tuple[str, ...]
    secret: str = SECRET

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret.encode(), self.secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and (method != "none") == bool(self.secret)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """One authorization code, as Authlib asks of it."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    subject: str
    auth_time: int | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class IdentityProvider:
    """`asked` has the path of every request, `sought` the parameters of the last that came for a code."""

    clock: Callable[[], datetime]
    client: Client
    url: str = ""
    subject: str = "u-1"
    amr: list[str] | None = None
    email: str = "somebody@isle.example"
    shown_before_s: int | None = 0
    answers_as: str | None = None
    spoil: Callable[[Facts, Facts], None] = lambda _header, _claims: None
    sign: Callable[[Facts, Facts], str] | None = None
    instead: dict[str, Callable[[], Response]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    key: Any = None
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sought: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.alg, self.key = "RS256", _first_key()

    def rotate(self, alg: str = "RS256") -> None:
        """A new key in place of the one there was."""
        made: dict[str, Callable[[], Any]] = {
            "RS256": lambda: RSAKey.generate_key(2048),
            "ES256": lambda: ECKey.generate_key("P-256"),
            "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
            "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
        }
        self.alg, self.key = alg, made[alg]()
        self.key.ensure_kid()

    def now(self) -> int:
        return int(self.clock().timestamp())

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.alg],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "authorization_response_iss_parameter_supported": self.answers_as is not None,
        } | self.about

    def id_token(self, code: Code, access_token: str) -> str:
        header: Facts = {"alg": self.alg, "kid": self.key.kid}
        claims: Facts = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": code.subject,
            "iat": self.now(),
            "exp": self.now() + 300,
            "nonce": code.nonce,
            "email": self.email,
            "email_verified": True,
        }
        if self.alg in ("RS256", "ES256"):
            claims["at_hash"] = half_hash(access_token)
        claims |= {"amr": self.amr} if self.amr else {}
        claims |= {} if code.auth_time is None else {"auth_time": code.auth_time}
        self.spoil(header, claims)
        if self.sign:
            return self.sign(header, claims)
        return signed(header, claims, self.key)


@cache
def _first_key() -> RSAKey:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return key


def signed(header: Facts, claims: Facts, key: Any) -> str:
    """With whatever algorithm and parameters the header names, and without joserfc's warning of some."""
    registry = JWSRegistry({"x": HeaderParameter("ours", "str")}, [header["alg"]], strict_check_header=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode(header, claims, key, registry=registry)


def half_hash(access_token: str) -> str:
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


def _grant(provider: IdentityProvider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

        def save_authorization_code(self, code: str, request: Any) -> None:
            sought = request.payload.data
            shown = provider.shown_before_s
            provider.codes[code] = Code(
                code=code,
                redirect_uri=request.payload.redirect_uri,
                scope=request.payload.scope,
                nonce=sought.get("nonce"),
                code_challenge=sought.get("code_challenge"),
                code_challenge_method=sought.get("code_challenge_method"),
                subject=request.user,
                auth_time=None if shown is None else provider.now() - shown,
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code) if client is provider.client else None

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.subject

    return Grant


def _tokens(provider: IdentityProvider) -> OpenIDCode:
    class Tokens(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
        def exists_nonce(self, nonce: str, request: Any) -> bool:  # noqa: ARG002  (Authlib gives it)
            return any(code.nonce == nonce for code in provider.codes.values())

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            return provider.id_token(request.authorization_code, token["access_token"])

    return Tokens(require_nonce=True)


def application(provider: IdentityProvider) -> Flask:
    app = Flask("identity_provider", static_folder=None)
    server = AuthorizationServer(
        app,
        query_client=lambda client_id: provider.client if client_id == CLIENT else None,
        save_token=lambda _token, _request: None,
    )
    server.register_grant(_grant(provider), [_tokens(provider), CodeChallenge(required=True)])

    @app.before_request
    def noted() -> Response | None:
        provider.asked.append(request.path)
        instead = provider.instead.get(request.path)
        return instead() if instead else None

    app.add_url_rule("/.well-known/openid-configuration", "about", provider.discovery)
    app.add_url_rule("/keys", "keys", lambda: KeySet([provider.key]).as_dict(private=False))
    app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])

    @app.get("/authorize")
    def who() -> str:
        server.get_consent_grant(end_user=None)
        return (
            f'<!doctype html><title>Provider</title><form method="post" action="{escape(request.full_path)}">'
            f'<input name="subject" value="{escape(provider.subject)}"><button>It is me</button></form>'
        )

    @app.post("/authorize")
    def it_is_me() -> Any:
        provider.sought = dict(request.args)
        grant = server.get_consent_grant(end_user=request.form["subject"])
        answer = server.create_authorization_response(grant_user=request.form["subject"], grant=grant)
        if provider.answers_as and "Location" in answer.headers:
            answer.headers["Location"] += f"&iss={provider.answers_as}"
        return answer

    return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name is werkzeug's)
        """Nothing: the tests read what was asked."""


@contextmanager
def serving(clock: Callable[[], datetime], *redirect_uris: str) -> Iterator[IdentityProvider]:
    provider = IdentityProvider(clock, Client(redirect_uris))
    server = make_server("127.0.0.1", 0, application(provider), threaded=True, request_handler=_Quiet)
    provider.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def huge() -> Response:
    return Response(b" " * (300 * 1024), content_type="application/json")


def dripping() -> Response:
    """A byte now and then, for as long as anybody listens."""

    def drops() -> Iterator[bytes]:
        for _ in range(100):
            yield b" "
            time.sleep(0.05)

    return Response(drops(), content_type="application/json")
