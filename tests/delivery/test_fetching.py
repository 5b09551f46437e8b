"""What is asked of another server: over TLS by a name that its certificate proves, within a time, and nowhere else."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from geo_offlimits.delivery.fetching import DeclinedError, FetchError, fetch
from tests.cli.served import certificate


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name is werkzeug's)
        """Nothing."""


@Request.application
def told(request: Request) -> Response:
    if request.path == "/no":
        return Response("no", 403)
    if request.path == "/fault":
        return Response("fault", 500)
    form = request.form.get("a", "-")
    return Response(f"{request.method} {request.full_path} {form} {request.headers.get('X-Ours', '-')}")


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server over TLS on this machine, and its certificate."""
    cert, key = certificate(tmp_path)
    server = make_server("127.0.0.1", 0, told, ssl_context=(str(cert), str(key)), request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"https://localhost:{server.port}", cert
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_of_an_authority_that_the_system_knows_is_asked_for(
    secure: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, cert = secure
    with pytest.raises(FetchError, match="SSLCertVerificationError"):
        fetch(address, within_s=5)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    assert fetch(f"{address}/a?b=c", within_s=5) == b"GET /a?b=c - -"
    assert fetch(address, within_s=5, form="a=1", headers={"X-Ours": "2"}) == b"POST /? 1 2"
    with pytest.raises(FetchError, match="SSLCertVerificationError"):
        fetch(address.replace("localhost", "127.0.0.1"), within_s=5)


def test_a_no_is_told_from_a_fault(secure: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    address, cert = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with pytest.raises(DeclinedError, match="403"):
        fetch(f"{address}/no", within_s=5)
    with pytest.raises(FetchError, match="500") as raised:
        fetch(f"{address}/fault", within_s=5)
    assert not isinstance(raised.value, DeclinedError)


def test_a_proxy_of_the_environment_is_not_asked(secure: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    address, cert = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    for name in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(address, within_s=5).startswith(b"GET")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://id.example/",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://somebody@id.example/",
        "https://id.example/#part",
        "https://id.example/ x",
        "https://id.example/\r\nHost: evil",
        'https://id.example/"',
        "https://id.example:99999/",
        "https://[::1/",
        "https://é.example/",
    ],
)
def test_what_is_no_address_that_may_be_asked_is_not(address: str) -> None:
    with pytest.raises(FetchError):
        fetch(address, within_s=1)
