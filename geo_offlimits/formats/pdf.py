"""The sheet for a notice board: A4, the list by sector under a map with numbered pins, and how to tell it is genuine.

1. It is the page made for paper (printable), typeset by WeasyPrint: an extra, because it needs Pango on the machine.
2. Nothing is fetched, from the network or the disk: what the page needs stands in it.
3. It is the same file for the same list: its date is the edition's, its identifier made from the page.
4. What runs the other way than the page keeps its order: a typesetter, unlike a browser, finds no direction itself.
5. Its description, which programs read, holds what every format says, and what stands on no map.
"""

import re
import unicodedata
from html import unescape
from typing import Any

from PIL import ImageFile

from geo_offlimits.errors import RefusedError, Sentence
from geo_offlimits.formats.edition import sha256
from geo_offlimits.formats.excerpt import Excerpt
from geo_offlimits.formats.printable import board_page
from geo_offlimits.lookup.wording import Translate

_BDI = re.compile(r"<bdi>([^<]*)</bdi>")
MOST_ENTRIES = 1_000  # some sixty pages, and about twenty seconds of a processor


class NoTypesetterError(RefusedError):
    """WeasyPrint, or Pango beneath it, is not installed here."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                "A PDF needs the extra `pdf` and the Pango libraries, and they are not installed here. Install "
                "geo_offlimits[pdf] as docs/deploy.md says, or export as html and print that."
            )
        )


class LongSheetError(RefusedError):
    """More entries than a board has room for, or a server time to typeset."""

    def __init__(self, entries: int) -> None:
        self.entries = entries
        super().__init__(
            Sentence(
                "A notice-board sheet holds up to {most} entries, and this list has {entries}. Export a sector of it, "
                "or the whole as html or xlsx.",
                most=MOST_ENTRIES,
                entries=entries,
            )
        )


def write(excerpt: Excerpt, translate: Translate = str) -> bytes:
    """The PDF's bytes. Raises NoTypesetterError, LongSheetError."""
    if len(excerpt.entries) > MOST_ENTRIES:
        raise LongSheetError(len(excerpt.entries))
    return typeset(board_page(excerpt, translate))


def typeset(page: bytes, *, attached: tuple[str, bytes] | None = None) -> bytes:
    """A page of ours as a PDF. attached : name and text of a file to carry within. Raises NoTypesetterError."""
    library, fetcher = _typesetter()
    sheet = library.HTML(string=_BDI.sub(_directed, page.decode()), url_fetcher=fetcher(allowed_protocols=()))
    files = [library.Attachment(string=attached[1].decode(), name=attached[0])] if attached else []
    written: bytes = sheet.write_pdf(pdf_identifier=sha256(page).encode(), pdf_tags=True, attachments=files)
    return written


def _directed(found: re.Match[str]) -> str:
    """A name with the direction that a browser finds for it: that of its first letter."""
    classes = (unicodedata.bidirectional(sign) for sign in unescape(found[1]))
    first = next((one for one in classes if one in {"L", "R", "AL"}), "L")
    return f'<bdi dir="{"ltr" if first == "L" else "rtl"}">{found[1]}</bdi>'


def refuse_lacking() -> None:
    """Before what cannot be undone is done for a PDF. Raises NoTypesetterError."""
    _typesetter()


def _typesetter() -> tuple[Any, Any]:
    try:
        import weasyprint  # noqa: PLC0415  (an extra)
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ModuleNotFoundError, OSError):
        raise NoTypesetterError from None
    # Loading it tells the whole process to take half a picture for a picture, which attachments are refused for.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint, URLFetcher
