"""Mail over SMTP, with the standard library: one message at a time to the mission's own mail server.

1. Encrypted, with the system's authorities, before anything is said; in clear to this machine alone.
2. What comes back is a code or a word of ours. What a server says holds addresses, so nobody is told it.
3. A refusal of one recipient's mailbox is theirs, and final; any other refusal is tried again. A server that is not
   there, or takes nothing from us, concerns everybody: that is a NotServedError, and nobody's attempt.
4. `within_s` holds for each answer that is waited for.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from geo_offlimits.domain.mail import Outcome, Result
from geo_offlimits.errors import InputError, Issue, RefusedError

WITHIN_S = 60.0
TIME_OUT, BROKEN = "time-out", "connection lost"
_CLOSING = 421
# How an answer begins after which there is no connection any more.
LOST = (TIME_OUT, BROKEN, str(_CLOSING))
TLS = ("starttls", "implicit", "none")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
# Final is only what is said of the mailbox (RFC 3463, addressing and mailbox status). Any other refusal may be the
# fault of a server on the way, or ours, and is tried again.
_OF_MAILBOX = re.compile(r"5\d\d 5\.[12]\.")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_OK = 250


class NotServedError(RefusedError):
    """The mail server is not there, or takes nothing from us."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message for one person. `key` is the same for each attempt, and no name."""

    name: str
    address: str
    sender_name: str
    subject: str
    plain: str
    html: str
    language: str
    key: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over. `tls` is one of TLS, or empty: starttls, and none on this machine.

    site : the address of our own pages, as it stands in mail.

    Raises InputError for settings that name no server, or would say a passphrase or a name in clear to another machine.
    """

    host: str
    port: int
    sender: str
    site: str
    tls: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    within_s: float = WITHIN_S

    def __post_init__(self) -> None:
        if not self.host:
            _refuse("smtp_host", "No mail server is set. Name it in the setting smtp_host.")
        try:
            self.address.addr_spec.encode("ascii")
        except (ValueError, MessageError):
            _refuse("mail_from", "The setting mail_from is no address. Give the one that mail comes from.")
        if not _is_site(self.site):
            _refuse(
                "public_url", "Mail needs the address of our pages. Give it in the setting public_url: https://NAME."
            )
        if self.tls not in {*TLS, ""}:
            _refuse("smtp_tls", f"The setting smtp_tls cannot be {self.tls!r}; give starttls, implicit or none.")
        if self.secured == "none" and not _is_loopback(self.host):
            _refuse("smtp_tls", f"Mail to {self.host} would travel in clear. Set smtp_tls to starttls or implicit.")
        if self.user and not self.password:
            _refuse("smtp_user", "smtp_user has no passphrase. Put it into GEO_OFFLIMITS_SMTP_PASSWORD.")

    @property
    def address(self) -> Address:
        """Whom mail comes from, its domain in ASCII."""
        return _address(self.sender, "")

    @property
    def secured(self) -> str:
        return self.tls or ("none" if _is_loopback(self.host) else "starttls")


def _refuse(setting: str, sentence: str) -> None:
    raise InputError(sentence, Issue(field=setting, reason="unfit"))


def _is_site(address: str) -> bool:
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    return secure and bool(parts.hostname) and not parts.query and not parts.fragment and address.isprintable()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Postman:
    """Hands messages over, on one connection as long as that lasts. For one thread."""

    def __init__(self, server: MailServer) -> None:
        self._server, self.site = server, server.site.rstrip("/")
        self._session: smtplib.SMTP | None = None

    def deliver(self, draft: Draft) -> Outcome:
        """What came of it. Raises NotServedError."""
        try:
            message, address = _message(draft, self._server.address)
        except (ValueError, MessageError):
            return Outcome(result=Result.REFUSED, answer="no address")
        session = self._opened()
        try:
            session.send_message(message, self._server.address.addr_spec, [address])
        except smtplib.SMTPRecipientsRefused as fault:
            return self._answered(*fault.recipients[address])
        except smtplib.SMTPDataError as fault:
            return self._answered(fault.smtp_code, fault.smtp_error)
        except smtplib.SMTPSenderRefused as fault:
            self.close()
            code = _code(fault.smtp_code, fault.smtp_error)
            taken = f"{self._server.host} takes no mail from {self._server.sender} ({code})"
            raise NotServedError(f"{taken}. Correct mail_from or smtp_user.") from None
        except smtplib.SMTPNotSupportedError:
            return Outcome(result=Result.REFUSED, answer="no SMTPUTF8")
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            slow = isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError)
            return Outcome(result=Result.DEFERRED, answer=TIME_OUT if slow else BROKEN)
        return Outcome(result=Result.TAKEN, answer=str(_OK))

    def close(self) -> None:
        session, self._session = self._session, None
        if session:
            with suppress(smtplib.SMTPException, OSError):
                session.close()

    def leave(self) -> None:
        """Says goodbye; a server that does not answer has it all the same."""
        if self._session:
            with suppress(smtplib.SMTPException, OSError):
                self._session.quit()
        self.close()

    def _answered(self, code: int, text: bytes | str) -> Outcome:
        if code == _CLOSING:
            self.close()
        answer = _code(code, text)
        return Outcome(result=Result.REFUSED if _OF_MAILBOX.match(answer) else Result.DEFERRED, answer=answer)

    def _opened(self) -> smtplib.SMTP:
        """The session there is, as long as the server is still there; else a new one."""
        if self._session:
            with suppress(smtplib.SMTPException, OSError):
                if self._session.noop()[0] == _OK:
                    return self._session
            self.close()
        self._session = self._new()
        return self._session

    def _new(self) -> smtplib.SMTP:
        session: smtplib.SMTP | None = None
        try:
            session = self._greeted()
            if self._server.secured == "starttls":
                session.starttls(context=ssl.create_default_context())
            if self._server.user:
                session.login(self._server.user, self._server.password)
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            if session:
                session.close()
            raise NotServedError(_why(self._server, fault)) from None
        return session

    def _greeted(self) -> smtplib.SMTP:
        server = self._server
        ours: dict[str, Any] = {"timeout": server.within_s, "local_hostname": server.address.domain}
        if server.secured == "implicit":
            return smtplib.SMTP_SSL(server.host, server.port, context=ssl.create_default_context(), **ours)
        return smtplib.SMTP(server.host, server.port, **ours)


def _why(server: MailServer, fault: Exception) -> str:
    """Never what the server said: it may repeat a name."""
    where = f"{server.host}, port {server.port}"
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return f"{where} does not let smtp_user in ({fault.smtp_code}). Correct it, or GEO_OFFLIMITS_SMTP_PASSWORD."
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return f"{where} does not offer what is asked of it. Is smtp_tls right ({server.secured}), and smtp_user?"
    if isinstance(fault, ssl.SSLError):
        return f"{where} is not who it should be, or speaks no TLS that we do. Correct smtp_host or smtp_tls."
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{where} takes no mail now ({fault.smtp_code}). Ask whoever keeps it."
    return f"{where} does not answer ({type(fault).__name__}). Is the mail server there, and smtp_port right?"


def _code(code: int, text: bytes | str) -> str:
    """`550 5.1.1`: of what a server said, that which cannot hold a name."""
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    found = _ENHANCED.match(said)
    return f"{code} {found[0]}" if found else str(code)


def _message(draft: Draft, sender: Address) -> tuple[EmailMessage, str]:
    """The message and the one address it goes to. Raises ValueError or MessageError for what is no address."""
    to = _address(draft.address, draft.name)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(draft.subject)
    message["From"] = Address(_one_line(draft.sender_name), addr_spec=sender.addr_spec)
    message["To"] = to
    message["Date"] = format_datetime(draft.at)
    message["Message-ID"] = f"<{draft.key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(draft.plain)
    message.add_alternative(draft.html, subtype="html")
    message["Content-Language"] = draft.language  # before, it would go to the first part with what is about its content
    return message, to.addr_spec


def _address(text: str, name: str) -> Address:
    """One address, its domain in ASCII. Raises ValueError or MessageError, also for several in one text."""
    local, _, domain = text.strip().rpartition("@")
    if not local or not domain:
        raise ValueError(text)
    ascii_domain = domain.encode("idna").decode("ascii")
    # The library refuses letters beyond ASCII in a local part; that all else in it is right is seen without them.
    checked = Address(addr_spec=f"{_BEYOND_ASCII.sub('x', local)}@{ascii_domain}")
    return Address(_one_line(name), checked.username if local.isascii() else local, ascii_domain)


def _one_line(text: str) -> str:
    """A header is one line, as it is read: what could end it, is not seen in it or begins a code for that is broken."""
    return " ".join(_UNSEEN.sub(" ", text).replace("=?", "= ?").split())
