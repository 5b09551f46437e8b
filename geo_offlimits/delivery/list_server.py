"""The list fetched from its server over the network, by a token: only what is new, and on from where it was cut.

1. HTTPS, or this machine; no redirect is followed (`fetching`).
2. A file comes a block at a time into a place of its own. Cut, it is asked for from there on the next time, and only if
   the server still has the same file (its strong ETag); otherwise it begins anew.
3. Nothing is verified here.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from geo_offlimits.delivery.envelopes import ENVELOPE_SUFFIX
from geo_offlimits.delivery.fetching import DeclinedError, FetchError, connected
from geo_offlimits.errors import CredentialsError, OfflimitsError

SILENCE_S = 30.0
# Of one answer: a byte now and then would keep a run for ever, and nobody would hear that the list has expired.
WITHIN_S = 3600.0
_BLOCK = 64 * 1024
_MOST_BYTES = 512 * 1024**2
_TELL_EVERY_S = 2.0
_LONGEST_DETAIL = 500
_ANSWERS = {
    HTTPStatus.OK,
    HTTPStatus.PARTIAL_CONTENT,
    HTTPStatus.NOT_MODIFIED,
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
}
_NOT_GIVEN = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE}
Progress = Callable[[int, int], None]


class ServerError(OfflimitsError):
    """The list did not come; the same again goes on where it stopped."""


class NotGivenError(ServerError):
    """The server understood what was asked for, and does not give it."""


@dataclass(frozen=True, kw_only=True)
class ListServer:
    """address : of the server, without a path. token : its text. query : the filter, as the pages write it."""

    address: str
    token: str
    mission: str
    query: Mapping[str, str]

    def news(self, held: str | None) -> str | None:
        """The SHA-256 of the current edition, or None where it is the one held. Raises ServerError."""
        asked = {"If-None-Match": f'"{held}"'} if held else {}
        with self._asked("HEAD", f"/api/v1/missions/{quote(self.mission)}/editions/current", asked) as answer:
            if answer.status == HTTPStatus.NOT_MODIFIED:
                return None
            return str(answer.getheader("ETag", "")).strip('"')

    def delta(self, held: int) -> dict[str, Any] | None:
        """What changed since edition `held`, or None where the server does not say so: it may give the whole list."""
        path = f"/api/v1/missions/{quote(self.mission)}/editions/current/delta?from={held}"
        try:
            with self._asked("GET", path, {}) as answer:
                told = json.loads(_whole(answer))
        except (ServerError, RecursionError):
            return None
        return told if isinstance(told, dict) and not told.get("full") else None

    def envelope(self, form: str) -> bytes:
        with self._asked("GET", self._export(form + ENVELOPE_SUFFIX), {}) as answer:
            return _whole(answer)

    def file(self, form: str, into: Path, progress: Progress) -> bytes:
        """The current list in this format. `into` keeps what came, if the rest does not. Raises ServerError."""
        mark = into.with_suffix(into.suffix + ".etag")
        have = into.stat().st_size if into.exists() and mark.exists() else 0
        asked = {"Range": f"bytes={have}-", "If-Range": mark.read_text("ascii")} if have else {}
        with self._asked("GET", self._export(form), asked) as answer:
            if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # all of it had come
                return into.read_bytes()
            if answer.status != HTTPStatus.PARTIAL_CONTENT:
                have = 0
                mark.write_text(answer.getheader("ETag", ""), "ascii")
            with into.open("ab" if have else "wb") as file:
                for block in _blocks(answer, have, progress):
                    file.write(block)
        return into.read_bytes()

    def _export(self, form: str) -> str:
        query = f"?{urlencode(self.query)}" if self.query else ""
        return f"/missions/{quote(self.mission)}/editions/current/export.{form}{query}"

    @contextmanager
    def _asked(self, method: str, path: str, headers: Mapping[str, str]) -> Iterator[HTTPResponse]:
        sent = {"Authorization": f"Bearer {self.token}", "User-Agent": "geo_offlimits sync", **headers}
        try:
            with connected(self.address, SILENCE_S, within_s=WITHIN_S) as connection:
                connection.request(method, path, headers=sent)
                with connection.getresponse() as answer:
                    _refuse(answer)
                    yield answer
        except (OSError, HTTPException, FetchError, ValueError) as fault:
            kind = NotGivenError if isinstance(fault, DeclinedError) else ServerError
            raise kind(
                f"{self.address} did not give the list ({str(fault) or type(fault).__name__}). What has come is kept; "
                "try again."
            ) from None


def _refuse(answer: HTTPResponse) -> None:
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise CredentialsError("The server does not take this token. Issue another with `token issue --purpose sync`.")
    if answer.status not in _ANSWERS:
        said = ""
        with suppress(ValueError, AttributeError, RecursionError):
            said = str(json.loads(answer.read(_BLOCK)).get("detail", ""))
        # What is no plain line could rewrite what the terminal shows.
        is_plain = said.isprintable() and len(said) <= _LONGEST_DETAIL
        kind = DeclinedError if answer.status in _NOT_GIVEN else FetchError
        raise kind(said if said and is_plain else f"status {answer.status}")


def _whole(answer: HTTPResponse) -> bytes:
    content = answer.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise FetchError("it is too long")
    return content


def _blocks(answer: HTTPResponse, have: int, progress: Progress) -> Iterator[bytes]:
    """What comes, told every few seconds. Raises FetchError where it ends before its end."""
    whole = have + int(answer.getheader("Content-Length") or 0)
    told = time.monotonic()
    while block := answer.read(_BLOCK):
        have += len(block)
        if have > _MOST_BYTES:
            raise FetchError("it is too long")
        yield block
        if time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
            progress(have, whole)
    if have < whole:
        raise FetchError("it was cut")
