"""`serve` with real processes on free ports: it answers, reloads, stops, and says why it cannot start."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from geo_offlimits.settings import ENVIRONMENT_PREFIX
from tests.cli.prompt import Prompt

PATIENCE_S = 60.0


class Served:
    """A running `serve --port 0`; `address` is what it printed."""

    def __init__(self, prompt: Prompt, *words: str) -> None:
        others = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "geo_offlimits.cli", "serve", "--port", "0", "--workers", "2", *words],
            env={**others, **prompt.variables()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        self.said = ""
        last = "}\n" if "--json" in words else "\n"
        while not self.said.endswith(last):
            line = self.process.stdout.readline()
            assert line, self.process.communicate(timeout=PATIENCE_S)
            self.said += line
        found = re.search(r"(https?)://localhost:(\d+)", self.said)
        assert found, self.said
        self.scheme, self.port = found[1], int(found[2])

    def get(self, path: str) -> tuple[int, bytes]:
        if self.scheme == "https":
            context = ssl._create_unverified_context()  # noqa: S323  (a certificate made for this test)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=PATIENCE_S, context=context
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def children(self) -> set[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if not listed.exists():
            pytest.skip("this system does not list a process's children in /proc")
        return {int(word) for word in listed.read_text().split()}

    def stop(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """The exit code and everything said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        if not self.process.stdout or self.process.stdout.closed:
            return self.process.wait(), ""
        rest, said = self.process.communicate(timeout=PATIENCE_S)
        self.said += rest
        return self.process.returncode, said


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def begin(prompt: Prompt, *words: str) -> Served:
        started.append(Served(prompt, *words))
        return started[-1]

    yield begin
    for served in started:
        served.stop()


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_quietly(serve: Callable[..., Served], prompt: Prompt, by: signal.Signals) -> None:
    served = serve(prompt)
    assert served.get("/healthz") == (200, b'{"status":"alive"}\n')
    assert served.get("/readyz")[0] == 200
    assert served.get("/api/v1/missions")[0] == 401
    code, said = served.stop(by)
    assert (code, "Traceback" in said) == (0, False)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", served.port))


def test_sighup_renews_its_processes_and_keeps_the_port(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt)
    served.get("/healthz")
    until(lambda: len(served.children()) == 2)
    before = served.children()
    served.process.send_signal(signal.SIGHUP)
    until(lambda: len(served.children()) == 2 and not served.children() & before)
    assert served.get("/readyz")[0] == 200
    assert served.stop()[0] == 0


def test_a_port_in_use_is_a_sentence_and_json(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt)
    said = prompt("serve", "--port", served.port, "--json")
    assert (said.code, said.json["error"]) == (1, "RefusedError")
    assert f"Port {served.port} is in use" in said.err
    said = prompt("demo", "--serve", "--folder", prompt.folder / "demo", "--port", served.port)
    assert (said.code, "is in use" in said.err) == (1, True)
    assert not (prompt.folder / "demo").exists()


def test_it_speaks_tls_with_a_certificate_of_its_own(
    serve: Callable[..., Served], prompt: Prompt, tmp_path: Path
) -> None:
    cert, key = certificate(tmp_path)
    served = serve(prompt, "--tls-cert", str(cert), "--tls-key", str(key))
    assert (served.scheme, served.get("/healthz")[0]) == ("https", 200)
    other = tmp_path / "other"
    other.mkdir()
    unfit = prompt("serve", "--port", 0, "--tls-cert", cert, "--tls-key", certificate(other)[1])
    assert (unfit.code, "belong together" in unfit.err) == (1, True)


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(signed.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert_file, key_file


def test_its_address_is_one_json_document(serve: Callable[..., Served], prompt: Prompt) -> None:
    served = serve(prompt, "--json")
    assert served.get("/healthz")[0] == 200
    served.stop()
    document = json.loads(served.said)
    assert (document["address"], document["workers"]) == (f"http://localhost:{served.port}", 2)
