"""A folder that is kept at the current edition: each file verified before it takes the place of the older one.

1. Files keep their names from edition to edition, so that a program that loads one again has the new list and nothing
   of the old: who was taken off is gone.
2. Everything is fetched and verified aside, in `.offlimits` within the folder; only then is each file put in place, by
   one rename. Cut before, the folder is as it was; cut between two renames, the next run completes it.
3. A list that is forged, of another mission, expired, or older than the one held is refused, and the folder stays.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from geo_offlimits.delivery.envelopes import ENVELOPE_SUFFIX, beside
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.disk import held, sync_names
from geo_offlimits.errors import InputError, RefusedError, UnverifiedError
from geo_offlimits.formats import deltas
from geo_offlimits.formats.deltas import DeltaError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.services.forms import EDITION, FORMS
from geo_offlimits.services.verification import Expected, Verified, verify_content

ASIDE, STATE, TOLD = ".offlimits", "held.json", "CHANGES.txt"
_TRIES = 3


class Source(Protocol):
    """Where lists come from. `news`: the current edition's SHA-256, None where it is the one held.

    `envelope` is asked for a file that was given before.
    """

    def news(self, held: str | None) -> str | None: ...
    def delta(self, held: int) -> dict[str, Any] | None: ...
    def file(self, form: str, into: Path) -> bytes: ...
    def envelope(self, form: str) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the folder holds: the edition, its SHA-256, and of each file its own; `filtered` is the filter."""

    mission: str
    filtered: dict[str, Any]
    number: int = 0
    edition_sha256: str | None = None
    files: dict[str, str]

    @classmethod
    def nothing(cls, mission: str, filtered: dict[str, Any]) -> "Held":
        return cls(mission=mission, filtered=filtered, files={})


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What a run did. `changed`: files were put in place; `lines`: what came, changed and went, where that is known."""

    number: int
    expires_at: datetime | None
    changed: tuple[str, ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Folder:
    """A folder for one mission with one filter."""

    path: Path
    mission: str
    filtered: dict[str, Any]

    @property
    def aside(self) -> Path:
        return self.path / ASIDE

    def name(self, form: str) -> str:
        return f"{self.mission}.{FORMS[form].ending}"

    def sync(self, source: Source, forms: Sequence[str], keys: tuple[PublicKey, ...], now: datetime) -> Synced:
        """Brings the folder to the current edition.

        Raises UnverifiedError for what is not to be trusted, RefusedError while another run works here or where the
        folder is another's, InputError where it cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with held(self.aside):
                return self._sync(source, forms, keys, now)
        except BlockingIOError:
            raise RefusedError(f"Another run keeps {self.path} current; wait for it to end.") from None
        except OSError as fault:
            raise InputError(f"{self.path} cannot be kept current: {fault}. Mend it and try again.") from None

    def _sync(self, source: Source, forms: Sequence[str], keys: tuple[PublicKey, ...], now: datetime) -> Synced:
        before = self._read()
        whole = all(self._has(form, before) for form in forms)
        if source.news(before.edition_sha256 if whole else None) is None:
            self._refuse_expired(forms[0], keys, before, now)
            return Synced(number=before.number, expires_at=None, changed=())
        expected = Expected(mission=self.mission, holds=before.number or None, at=now)
        found, lines = self._fetched(source, forms, keys, expected, before)
        changed = self._put_in_place(forms, lines, before, found)
        after = replace(
            before,
            number=found.number,
            edition_sha256=found.edition_sha256,
            files={form: sha256((self.path / self.name(form)).read_bytes()) for form in forms},
        )
        self._write(self.path / ASIDE / STATE, json.dumps(vars(after), indent=1).encode())
        return Synced(number=found.number, expires_at=found.expires_at, changed=changed, lines=lines)

    def _fetched(
        self, source: Source, forms: Sequence[str], keys: tuple[PublicKey, ...], expected: Expected, before: Held
    ) -> tuple[Verified, tuple[str, ...]]:
        """All files of one edition, verified, aside. Publishing in between begins it anew."""
        for _ in range(_TRIES):
            told = source.delta(before.number) if before.number else None
            found = [self._one(source, form, keys, expected, told) for form in forms]
            if len({one.number for one in found}) == 1:
                return found[0], tuple(_lines(told)) if told and told["to"] == found[0].number else ()
        raise UnverifiedError("The files of the list are of different editions; try again.")

    def _one(
        self,
        source: Source,
        form: str,
        keys: tuple[PublicKey, ...],
        expected: Expected,
        told: dict[str, Any] | None,
    ) -> Verified:
        part = self.aside / f"{form}.part"
        content = self._by_delta(form, told)
        if content is None:
            content, envelope = source.file(form, part), source.envelope(form)
        else:
            envelope = deltas.envelope(content, told or {})
        try:
            found = verify_content(content, envelope, keys, name=self.name(form))
        except UnverifiedError:
            part.unlink(missing_ok=True)  # what came in pieces of two files is no file
            raise
        expected.refuse(found)
        self._write(self._new(form), content)
        self._write(self._new(form + ENVELOPE_SUFFIX), envelope)
        part.unlink(missing_ok=True)
        return found

    def _by_delta(self, form: str, told: dict[str, Any] | None) -> bytes | None:
        """The whole edition made from the one held, where that is possible: a few kilobytes instead of all of it."""
        path = self.path / self.name(form)
        if form != EDITION or self.filtered or told is None or not path.exists():
            return None
        try:
            return deltas.applied(path.read_bytes(), told)
        except DeltaError:
            return None

    def _put_in_place(
        self, forms: Sequence[str], lines: tuple[str, ...], before: Held, found: Verified
    ) -> tuple[str, ...]:
        text = [f"{self.mission}: from edition {before.number} to edition {found.number}.", *lines]
        self._write(self.aside / TOLD, "\n".join(text).encode() + b"\n")
        for form in forms:
            path = self.path / self.name(form)
            # The signature first: beside an older file it is refused, never taken for another's.
            self._new(form + ENVELOPE_SUFFIX).replace(beside(path))
            self._new(form).replace(path)
        (self.aside / TOLD).replace(self.path / TOLD)
        sync_names(self.path)
        return tuple(self.name(form) for form in forms)

    def _refuse_expired(self, form: str, keys: tuple[PublicKey, ...], before: Held, now: datetime) -> None:
        path = self.path / self.name(form)
        found = verify_content(path.read_bytes(), beside(path).read_bytes(), keys, name=path.name)
        Expected(mission=self.mission, holds=before.number, at=now).refuse(found)

    def _has(self, form: str, before: Held) -> bool:
        path = self.path / self.name(form)
        return beside(path).exists() and path.exists() and sha256(path.read_bytes()) == before.files.get(form)

    def _read(self) -> Held:
        try:
            read = Held(**json.loads((self.aside / STATE).read_bytes()))
        except FileNotFoundError:
            return Held.nothing(self.mission, self.filtered)
        except (ValueError, TypeError):
            raise InputError(f"{self.aside / STATE} is damaged; delete {self.aside} and start again.") from None
        if (read.mission, read.filtered) != (self.mission, self.filtered):
            raise RefusedError(f"{self.path} holds another list ({read.mission}, {read.filtered}); use another folder.")
        return read

    def _new(self, name: str) -> Path:
        return self.aside / f"{name}.new"

    def _write(self, path: Path, content: bytes) -> None:
        half = path.with_name(path.name + ".half")
        half.write_bytes(content)
        half.replace(path)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for sign, member in (("+", "added"), ("~", "changed")):
        yield from (f"{sign} {one['id']}  {one['properties']['name']}" for one in told[member])
    yield from (f"- {one['id']}  {one['name']}" for one in told["removed"])
