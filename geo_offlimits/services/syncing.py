"""A folder that is kept at the current edition: each file verified before it takes the place of the older one.

1. Files keep their names from edition to edition, so that a program that loads one again has the new list and nothing
   of the old: who was taken off is gone.
2. Everything is fetched, verified and synced to the disk aside, in `.offlimits` within the folder; only then is each
   file put in place, by one rename. Cut before, the folder is as it was; cut between two renames, the next run
   completes it. Where power is lost, a name leads to a whole file.
3. A list that is forged, of another mission, expired, another part or format than was asked for, or older than any
   that came before is refused, and the folder stays.
4. Every file that was ever put in place is brought along as long as it lies there, whichever formats are asked for:
   one that stayed behind would go on showing who was taken off. Where one that is not asked for is not given any more,
   the others come all the same, and each run says that it is to be deleted.
5. What came and went is told where the whole list is kept as GeoJSON: only then is it part of what was signed.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from geo_offlimits.delivery.envelopes import ENVELOPE_SUFFIX, beside
from geo_offlimits.delivery.list_server import NotGivenError
from geo_offlimits.delivery.public_keys import PublicKey
from geo_offlimits.disk import held, make_folder, sync_names
from geo_offlimits.errors import AbsentError, InputError, RefusedError, UnverifiedError
from geo_offlimits.formats import deltas
from geo_offlimits.formats.deltas import DeltaError
from geo_offlimits.formats.edition import sha256
from geo_offlimits.services.forms import EDITION, FORMS
from geo_offlimits.services.verification import Expected, Verified, verify_content

NOT_GIVEN = (RefusedError, AbsentError, NotGivenError)
ASIDE, STATE, TOLD = ".offlimits", "held.json", "CHANGES.txt"
_TRIES = 3


class Source(Protocol):
    """Where lists come from. `news`: the current edition's SHA-256, None where it is the one held.

    `envelope` is asked for a file that was given before. NOT_GIVEN is raised for a format that is not to be had.
    """

    def news(self, held: str | None) -> str | None: ...
    def delta(self, held: int) -> dict[str, Any] | None: ...
    def file(self, form: str, into: Path) -> bytes: ...
    def envelope(self, form: str) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the folder holds: the edition, its SHA-256, and of each file its own; `filtered` is the filter.

    newest : the number of the newest edition that was verified here, also by a run that was cut before it was in place.
    """

    mission: str
    filtered: dict[str, Any]
    number: int = 0
    newest: int = 0
    edition_sha256: str | None = None
    files: dict[str, str]

    @classmethod
    def of(cls, noted: Any) -> "Held":
        """Raises TypeError or ValueError for what no run noted."""
        read = cls(**noted)
        if not (isinstance(read.number, int) and isinstance(read.newest, int) and isinstance(read.files, dict)):
            raise TypeError(noted)
        return read

    @classmethod
    def nothing(cls, mission: str, filtered: dict[str, Any]) -> "Held":
        return cls(mission=mission, filtered=filtered, files={})


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What a run did. `changed`: files were put in place; `lines`: what came, changed and went, where that is known.

    left : files that lie there and are not kept current any more.
    """

    number: int
    expires_at: datetime | None
    changed: tuple[str, ...]
    lines: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


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
            make_folder(self.path)
            with held(self.aside):
                return self._sync(source, forms, keys, now)
        except BlockingIOError:
            raise RefusedError(f"Another run keeps {self.path} current; wait for it to end.") from None
        except OSError as fault:
            raise InputError(f"{self.path} cannot be kept current: {fault}. Mend it and try again.") from None

    def _sync(self, source: Source, forms: Sequence[str], keys: tuple[PublicKey, ...], now: datetime) -> Synced:
        self._clear_away_foreign()
        before = self._read()
        forms = tuple(dict.fromkeys(forms))
        along = tuple(form for form in before.files if form in FORMS and form not in forms and self._lies_here(form))
        newest = max(before.number, before.newest)
        expected = Expected(mission=self.mission, holds=newest or None, at=now, part=self.filtered)
        held = {form: self._held(form, before, keys) for form in (*forms, *along)}
        current = {form: one for form, one in held.items() if one and one.edition_sha256 == before.edition_sha256}
        if current.keys() >= set(forms) and all(held.values()) and source.news(before.edition_sha256) is None:
            for one in current.values():
                expected.refuse(one)
            left = self._left(before, current)
            return Synced(number=before.number, expires_at=None, changed=(), left=left)
        given = self._fetched(source, (forms, along), keys, expected, before)
        found = given[forms[0]]
        left = self._left(before, given)
        lines = tuple(self._lines()) if EDITION in given and EDITION in current else ()
        self._note(replace(before, newest=found.number))
        changed = self._put_in_place(tuple(given), (*lines, *map(deleted, left)), before, found)
        self._note(
            replace(
                before,
                number=found.number,
                newest=found.number,
                edition_sha256=found.edition_sha256,
                files={form: self._noted(form, before) for form in {**before.files, **given} if self._lies_here(form)},
            )
        )
        return Synced(number=found.number, expires_at=found.expires_at, changed=changed, lines=lines, left=left)

    def _clear_away_foreign(self) -> None:
        """A folder that was unpacked from elsewhere may hold links, and what is written aside would follow them."""
        for left in self.aside.iterdir():
            if left.is_symlink() or (left.is_file() and left.stat().st_nlink > 1):
                left.unlink()

    def _lies_here(self, form: str) -> bool:
        return bool(self._lying(form))

    def _lying(self, form: str) -> list[str]:
        """Its file, if it lies here; of a format of another version of this program, under each name it may have."""
        names = [self.name(form)] if form in FORMS else [f"{self.mission}.{form}", f"{self.mission}.{form}.zip"]
        return [name for name in names if form.isalnum() and (self.path / name).exists()]

    def _noted(self, form: str, before: Held) -> str:
        return sha256((self.path / self.name(form)).read_bytes()) if form in FORMS else before.files[form]

    def _left(self, before: Held, current: Mapping[str, Verified]) -> tuple[str, ...]:
        """What was put in place once, lies there, and is not of the edition of the others."""
        return tuple(name for form in before.files if form not in current for name in self._lying(form))

    def _note(self, held: Held) -> None:
        self._write(self.aside / STATE, json.dumps(vars(held), indent=1).encode())

    def _fetched(
        self,
        source: Source,
        forms: tuple[Sequence[str], Sequence[str]],
        keys: tuple[PublicKey, ...],
        expected: Expected,
        before: Held,
    ) -> dict[str, Verified]:
        """All files of one edition, verified, aside: those asked for, and those to be brought along that are given.

        Publishing in between begins it anew.
        """
        for _ in range(_TRIES):
            told = source.delta(before.number) if before.number else None
            found = {form: self._one(source, form, keys, expected, told) for form in forms[0]}
            for form in forms[1]:
                with suppress(*NOT_GIVEN):
                    found[form] = self._one(source, form, keys, expected, told)
            if len({(one.number, one.edition_sha256) for one in found.values()}) == 1:
                return found
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
        content, envelope = self._by_delta(form, told) or (source.file(form, part), source.envelope(form))
        try:
            found = verify_content(content, envelope, keys, name=self.name(form))
            replace(expected, form=form).refuse(found)
        except UnverifiedError:
            part.unlink(missing_ok=True)  # what came in pieces of two files is no file
            raise
        self._write(self._new(form), content)
        self._write(self._new(form + ENVELOPE_SUFFIX), envelope)
        part.unlink(missing_ok=True)
        return found

    def _by_delta(self, form: str, told: dict[str, Any] | None) -> tuple[bytes, bytes] | None:
        """The whole edition, and its envelope, made from the one held, where that is possible: a few kilobytes."""
        path = self.path / self.name(form)
        if form != EDITION or self.filtered or told is None or not path.exists():
            return None
        try:
            content = deltas.applied(path.read_bytes(), told)
            return content, deltas.envelope(content, told)
        except DeltaError:
            return None

    def _put_in_place(
        self, forms: Sequence[str], lines: tuple[str, ...], before: Held, found: Verified
    ) -> tuple[str, ...]:
        text = [f"{self.mission}: from edition {before.number} to edition {found.number}.", *lines]
        self._write(self.aside / TOLD, "\n".join(text).encode() + b"\n")
        # Before anything takes an older file's place: what was verified, and which edition was seen last.
        sync_names(self.aside)
        for form in forms:
            path = self.path / self.name(form)
            # The signature first: beside an older file it is refused, never taken for another's.
            self._new(form + ENVELOPE_SUFFIX).replace(beside(path))
            self._new(form).replace(path)
        (self.aside / TOLD).replace(self.path / TOLD)
        sync_names(self.path)
        return tuple(self.name(form) for form in forms)

    def _held(self, form: str, before: Held, keys: tuple[PublicKey, ...]) -> Verified | None:
        """What the folder holds in this format; None where it is not what was put there, or not believed any more."""
        path = self.path / self.name(form)
        try:
            content, envelope = path.read_bytes(), beside(path).read_bytes()
            if sha256(content) != before.files.get(form):
                return None
            return verify_content(content, envelope, keys, name=path.name)
        except (FileNotFoundError, UnverifiedError):
            return None

    def _read(self) -> Held:
        try:
            read = Held.of(json.loads((self.aside / STATE).read_bytes()))
        except FileNotFoundError:
            return Held.nothing(self.mission, self.filtered)
        except (ValueError, TypeError):
            raise InputError(f"{self.aside / STATE} is damaged; delete {self.aside} and start again.") from None
        if (read.mission, read.filtered) != (self.mission, self.filtered):
            raise RefusedError(f"{self.path} holds another list ({read.mission}, {read.filtered}); use another folder.")
        return read

    def _new(self, name: str) -> Path:
        return self.aside / f"{name}.new"

    def _lines(self) -> Iterator[str]:
        """What comes, changes and goes with the whole list that waits aside."""
        after, envelope = (self._new(name).read_bytes() for name in (EDITION, EDITION + ENVELOPE_SUFFIX))
        told = deltas.difference((self.path / self.name(EDITION)).read_bytes(), after, envelope)
        for sign, member in (("+", "added"), ("~", "changed")):
            yield from (f"{sign} {one['id']}  {one['properties']['name']}" for one in told[member])
        yield from (f"- {one['id']}  {one['name']}" for one in told["removed"])

    def _write(self, path: Path, content: bytes) -> None:
        half = path.with_name(path.name + ".half")
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)


def deleted(name: str) -> str:
    """What is to be done with a file that is left."""
    return f"{name} is no longer kept up to date: delete it and {name}{ENVELOPE_SUFFIX}, or ask for its format again."
