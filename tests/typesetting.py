"""Whether this machine can typeset a sheet and read it back: Pango beneath WeasyPrint, poppler, fonts."""

import os
import re
import shutil
import subprocess
from functools import lru_cache

import pytest

_RUN = re.compile("\u202b[^\u202c]*\u202c(?: \u202b[^\u202c]*\u202c)+")
_MARKS = re.compile("[\u202a-\u202e\u200e\u200f]")


def lacking() -> str:
    """What is not here, as a sentence for whoever skips; empty where all is."""
    try:
        import weasyprint  # noqa: F401, PLC0415  (it loads its libraries)
    except OSError:
        return (
            "no Pango on this machine; install it (for instance: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0)"
        )
    if not shutil.which("pdftotext"):
        return "no pdftotext on this machine; install it (for instance: apt-get install poppler-utils)"
    fonts = subprocess.run(["fc-list", ":lang=am", "family"], capture_output=True, check=False).stdout
    return "" if fonts else "no font for Ethiopic here; install one (for instance: apt-get install fonts-noto-core)"


def needed() -> None:
    reason = lacking()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


@lru_cache(maxsize=64)
def told(content: bytes) -> str:
    """All that a sheet says, by poppler: its description, then its pages, each line as it is read."""
    about = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True, timeout=60).stdout
    pages = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True, timeout=60)
    return about.decode() + _MARKS.sub("", _RUN.sub(_as_read, pages.stdout.decode()))


def _as_read(found: re.Match[str]) -> str:
    """In a line that runs to the right, poppler tells words that run to the left in the order in which they lie."""
    return " ".join(reversed(found.group().split(" ")))
