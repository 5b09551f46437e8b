"""A mail server of our own on this machine, which takes mail, refuses, defers, hangs or dies as a test wants it."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

OK = "250 OK"
GONE = "gone"  # the connection is closed without a word
Hook = Callable[[str], str | None]


@dataclass(frozen=True)
class Taken:
    """One message as it was taken: for whom, and what it says."""

    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        read = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read

    def part(self, kind: str) -> str:
        found = self.message.get_body((kind,))
        assert found
        return str(found.get_content())


@dataclass
class Handler:
    """Takes everything, but for what `at_rcpt` and `at_data` answer otherwise; both are asked with the recipient.

    What `at_data` is asked about was received whole; with `early` it counts as taken before it is asked.
    """

    at_rcpt: Hook = lambda _recipient: None
    at_data: Hook = lambda _recipient: None
    at_mail: Hook = lambda _sender: None
    early: bool = False
    hang_s: float = 0
    taken: list[Taken] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    sessions: int = 0

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's names)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_mail(address)
        if answer is None:
            envelope.mail_from, envelope.mail_options = address, options
        return answer or OK

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.tried[address] += 1
        answer = await self._answer(server, self.at_rcpt(address))
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        taken = Taken(recipient, envelope.original_content or b"")
        if self.early:
            self.taken.append(taken)
        answer = await self._answer(server, self.at_data(recipient))
        if answer == OK and not self.early:
            self.taken.append(taken)
        return answer

    async def _answer(self, server: SMTP, said: str | None) -> str:
        if self.hang_s:
            await asyncio.sleep(self.hang_s)
        if said == GONE:
            server.transport.abort()  # type: ignore[union-attr]
        return said or OK

    @property
    def recipients(self) -> Counter[str]:
        return Counter(one.recipient for one in self.taken)


class _AnyPort(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def served(handler: Handler, **how: Any) -> Iterator[int]:
    """The port it listens on."""
    controller = _AnyPort(handler, hostname="127.0.0.1", port=0, **how)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def let_in(name: str, passphrase: str) -> Any:
    """An authenticator that lets one account in."""

    def authenticate(*given: Any) -> AuthResult:
        told = given[-1]
        return AuthResult(success=(told.login, told.password) == (name.encode(), passphrase.encode()), handled=False)

    return authenticate


def certified(folder: Any) -> ssl.SSLContext:
    """Of a certificate for `localhost` that nobody knows."""
    from tests.cli.served import certificate  # noqa: PLC0415  (few tests need one)

    chain, key = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context
