"""What a file from outside may be before anything reads it: its size, its kind, its refusal in one sentence."""

import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from geo_offlimits.errors import InputError, Issue, Sentence
from geo_offlimits.settings import Settings

Source = Path | tuple[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one file may hold. Ours are wide for a list of premises and narrow for a bomb.

    What is read of the largest file fits into 512 MB. `geodata_*` is for the process that reads one file of geodata.
    """

    rows: int = 100_000
    bytes: int = 32 * 1024 * 1024
    unpacked_bytes: int = 64 * 1024 * 1024
    columns: int = 200
    cells: int = 400_000
    characters: int = 10_000
    geodata_seconds: int = 5
    geodata_bytes: int = 512 * 2**20

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As the operator has them."""
        return cls(
            rows=settings.import_rows,
            bytes=settings.import_mb * 2**20,
            geodata_seconds=settings.geodata_seconds,
            geodata_bytes=settings.geodata_mb * 2**20,
        )


LIMITS = Limits()
TOO_LONG = Sentence(
    "split it into several files, or have the command line report on it: import FILE --report REPORT.csv"
)
# What the command line reads a part at a time.
_STREAMED = frozenset({".csv", ".tsv", ".txt", ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl"})
_MOST_PARTS = 2_000
# What reading a damaged or locked archive raises: of the archive itself, and of each way in which its parts are packed.
BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(OSError, RuntimeError, NotImplementedError, ValueError, EOFError),
)


class ImportFileError(InputError):
    """A file that cannot be read at all: the fact about it, then the remedy."""

    def __init__(self, name: str, fact: str, remedy: str) -> None:
        self.name, self.fact, self.remedy = name, fact, remedy
        issue = Issue(field="file", value=name, reason=fact, remedy=remedy)
        super().__init__(Sentence("{file} {fact}; {remedy}.", file=name, fact=fact, remedy=remedy), issue)


def taken(source: Source, limits: Limits = LIMITS) -> tuple[str, bytes]:
    """The bare name and the bytes of a file on disk or of an upload `(name, bytes)`.

    Raises ImportFileError when it is not there, empty or larger than `limits.bytes`; a large file is not read first.
    """
    if isinstance(source, Path):
        name, content = source.name, _bytes_of(source, limits)
    else:
        name, content = source[0].replace("\\", "/").rpartition("/")[2] or "the file", source[1]
    if len(content) > limits.bytes:
        raise ImportFileError(
            name,
            Sentence("is larger than {most} MB", most=limits.bytes // 2**20),
            TOO_LONG if extension(name) in _STREAMED else Sentence("split it or leave columns out"),
        )
    if not content.strip():
        raise ImportFileError(name, Sentence("is empty"), Sentence("was it saved?"))
    return name, content


def _bytes_of(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.bytes + 1)
    except OSError as fault:
        raise ImportFileError(
            path.name, Sentence("cannot be opened ({why})", why=fault.strerror), Sentence("check the path")
        ) from None


def part_of_archive(name: str, content: bytes, ending: str, limits: Limits) -> bytes:
    """The first part of an archive whose name ends so; nothing else of it is unpacked. Raises ImportFileError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if part.filename.lower().endswith(ending)]
            if len(archive.infolist()) > _MOST_PARTS or not parts or parts[0].file_size > limits.unpacked_bytes:
                raise _too_much(name, limits)
            with archive.open(parts[0]) as packed:
                unpacked = packed.read(limits.unpacked_bytes + 1)
    except BROKEN_ARCHIVE:
        remedy = Sentence("save it anew as {kind}, without a password", kind=ending)
        raise ImportFileError(name, Sentence("cannot be unpacked"), remedy) from None
    if len(unpacked) > limits.unpacked_bytes:
        raise _too_much(name, limits)
    return unpacked


def _too_much(name: str, limits: Limits) -> ImportFileError:
    fact = Sentence("unpacks to more than {most} MB", most=limits.unpacked_bytes // 2**20)
    return ImportFileError(name, fact, Sentence("keep only the list, without pictures"))


def extension(name: str) -> str:
    return Path(name).suffix.lower()
