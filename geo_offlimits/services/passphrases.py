"""Passphrases: Argon2id, the same work for a person who exists and one who does not."""

import re
import secrets
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo_offlimits.errors import InputError, Issue, Sentence

MIN_LENGTH = 15
MAX_BYTES = 1024
# Harder than this and more looking takes longer than it is worth: zxcvbn's highest step, ten thousand million guesses.
_STRONG = 4
# What leet letters could stand for is tried out: with more of them than this one passphrase would take seconds.
_LOOKED_AT = 24
_LEAST_DISTINCT = MIN_LENGTH // 3
_LEAST_WORD = 3
_PRODUCT = ("geo_offlimits", "off limits")
# Without 0, 1, i, l, o, u: a one-time passphrase is read aloud and typed from paper.
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP_LENGTH = 5, 4
# At most so many verifications at once in one process: each takes 19 MiB and a processor.
_AT_ONCE = 4


def standard_hasher() -> PasswordHasher:
    """OWASP's recommended Argon2id: 19 MiB, two passes, one lane."""
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class WeakPassphraseError(InputError):
    """The chosen passphrase is too short, too long, or easy to guess."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            Sentence(
                "This passphrase {reason}; choose at least {least} characters, such as four words of your own.",
                reason=reason,
                least=MIN_LENGTH,
            ),
            Issue(field="new", reason=reason),
        )


class Passphrases:
    """Hashes and verifies. Tests give a hasher of low cost; nothing else does."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or standard_hasher()
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._prepared: list[tuple[str, str]] = []

    @cached_property
    def _nobodys(self) -> str:
        """A hash of the same cost that nothing fits; written, not computed, or the first stranger would wait longer."""
        hasher = self._hasher
        cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        salt, digest = (
            b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
        )
        return f"$argon2id$v=19${cost}${salt}${digest}"

    def hash(self, passphrase: str) -> str:
        with self._free:
            return self._hasher.hash(_normal(passphrase))

    def fits(self, stored: str | None, passphrase: str) -> bool:
        """Whether the passphrase is the stored one. With None the same work is done and the answer is no."""
        typed = _normal(passphrase)
        # A passphrase longer than any we accept is cut: it cannot fit, and hashing megabytes would be a weapon.
        with self._free:
            try:
                return self._hasher.verify(stored or self._nobodys, typed[: MAX_BYTES + 1]) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def prepare(self, how_many: int) -> None:
        """Makes one-time passphrases for `one_time`: whoever gives them out does it before a transaction opens."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            self._prepared += pool.map(lambda _: self._new_one_time(), range(how_many))

    def one_time(self) -> tuple[str, str]:
        """A one-time passphrase with its hash: one of those prepared, if there are any left."""
        return self._prepared.pop() if self._prepared else self._new_one_time()

    def _new_one_time(self) -> tuple[str, str]:
        passphrase = one_time()
        return passphrase, self.hash(passphrase)


def one_time() -> str:
    """A random passphrase of 98 bits for the first sign-in, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def refuse_weak(passphrase: str, known: Iterable[str | None]) -> None:
    """Raises WeakPassphraseError. `known` are texts that others know: number, e-mail, names of person and mission.

    No passphrase rests on them, on the product's name, or on what is tried first: common passphrases and what is made
    of a few of them, of names, dates, keys in a row. The first of what is left counts; more can only make it harder.
    """
    typed = _normal(passphrase)
    if len(typed) < MIN_LENGTH:
        raise WeakPassphraseError(Sentence("has a length of {count}", count=len(typed)))
    if len(typed.encode()) > MAX_BYTES:
        raise WeakPassphraseError(Sentence("is longer than {most} bytes", most=MAX_BYTES))
    rest = typed.casefold()
    for word in _words((*known, *_PRODUCT)):
        rest = rest.replace(word, "")
    if _is_hard(rest):
        return
    if rest != typed.casefold() and _is_hard(typed):
        raise WeakPassphraseError(Sentence("rests on what others know of you or of the mission"))
    raise WeakPassphraseError(Sentence("is common or easy to guess"))


def _words(known: Iterable[str | None]) -> list[str]:
    """Each text whole, then its words, the longest first."""
    whole = [_normal(text).casefold() for text in known if text]
    parts = (part for text in whole for part in re.split(r"[\W_]+", text) if len(part) >= _LEAST_WORD)
    return sorted({*whole, *parts}, key=len, reverse=True)


def _is_hard(typed: str) -> bool:
    # Its lists of words take 14 MB and a sixth of a second, which only choosing a passphrase needs.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    if len(set(typed)) < _LEAST_DISTINCT:
        return False
    # What others know is not handed over as its `user_inputs`: it keeps those, and shares them between threads.
    return int(zxcvbn(typed[:_LOOKED_AT])["score"]) >= _STRONG


def _normal(passphrase: str) -> str:
    """One form of each character, so that a passphrase with accents fits from every keyboard."""
    return unicodedata.normalize("NFKC", passphrase)
