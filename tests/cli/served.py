"""`serve` as a process of its own on a free port, and a certificate for it."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
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
# As systemd hands a socket over: descriptor 3, and whom it is for.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


class Served:
    """A running `serve --port 0`; `address` is what it printed.

    handed : a socket that it is given to listen on. altered : Python that runs first, to leave out a guard.
    """

    def __init__(
        self, prompt: Prompt, *words: str, handed: socket.socket | None = None, altered: str = "", **variables: str
    ) -> None:
        others = {name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)}
        door = (
            ["-c", f"{altered}\nfrom geo_offlimits.cli import main\nmain()"] if altered else ["-m", "geo_offlimits.cli"]
        )
        program = [*door, "serve", "--port", "0", "--workers", "2", *words]
        self.process = subprocess.Popen(
            [sys.executable, *(("-c", HAND_OVER, str(handed.fileno()), *program) if handed else program)],
            env={**others, **prompt.variables(), **variables},
            pass_fds=[handed.fileno()] if handed else [],
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

    def connect(self, *, timeout: float = PATIENCE_S) -> socket.socket:
        """A connection that has said nothing yet; over TLS its handshake is done."""
        opened = socket.create_connection(("127.0.0.1", self.port), timeout)
        if self.scheme == "http":
            return opened
        context = ssl._create_unverified_context()  # noqa: S323  (a certificate made for this test)
        return context.wrap_socket(opened)

    def get(self, path: str, *, timeout: float = PATIENCE_S, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.sock = self.connect(timeout=timeout)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
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
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(signed.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert_file, key_file
