"""What an attached file may be, told by its content alone, and what of it is kept.

1. A JPEG, PNG or WebP is decoded and written anew from its pixels, the right way up. Nothing else of it is kept: where
   and with what it was taken (EXIF, XMP, IPTC), colour profiles, thumbnails, comments, whatever hangs behind its end.
2. A PDF is kept byte for byte. One that runs something, carries other files or cannot be looked into is refused. That
   is a sieve and no proof: who builds a PDF against it gets one through, which is then handed out as a file only.
3. No name and no declared type is asked.

The decoders work on hostile bytes: outside tests this is called in a process of its own (`formats.confined`).
"""

import io
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from geo_offlimits.domain.attachments import MediaType
from geo_offlimits.errors import InputError, Issue, Sentence

# More than telephones take; 200 MB while it is decoded.
MAX_PIXELS = 50_000_000
# How much a PDF may hold unpacked.
MAX_UNPACKED_BYTES = 256 * 2**20
_QUALITY = 92
_FORMATS: Mapping[MediaType, Any] = MappingProxyType(
    {
        MediaType.JPEG: JpegImagePlugin.JpegImageFile,
        MediaType.PNG: PngImagePlugin.PngImageFile,
        MediaType.WEBP: WebPImagePlugin.WebPImageFile,
    }
)


class Unfit(StrEnum):
    """Why a file is not taken."""

    OTHER_KIND = "other_kind"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    SEVERAL = "several"
    ACTIVE = "active"
    SEALED = "sealed"


_WORDS: Mapping[Unfit, tuple[Sentence, Sentence]] = MappingProxyType(
    {
        Unfit.OTHER_KIND: (Sentence("is no JPEG, PNG, WebP or PDF"), Sentence("save it as one of these")),
        Unfit.BROKEN: (Sentence("cannot be read to its end"), Sentence("was it saved whole?")),
        Unfit.TOO_MANY_PIXELS: (
            Sentence("is a picture of more than {most} million pixels", most=MAX_PIXELS // 10**6),
            Sentence("save it smaller"),
        ),
        Unfit.SEVERAL: (Sentence("holds several pictures"), Sentence("save the one that matters")),
        Unfit.ACTIVE: (
            Sentence("is a PDF that runs something or carries other files"),
            Sentence("print it to a new PDF"),
        ),
        Unfit.SEALED: (Sentence("is a PDF that cannot be looked into"), Sentence("print it to a new PDF")),
    }
)


class UnfitFileError(InputError):
    """A file that is not taken. Neither its name nor anything in it stands in the sentence."""

    def __init__(self, unfit: Unfit) -> None:
        self.unfit = unfit
        fact, remedy = _WORDS[unfit]
        super().__init__(
            Sentence("The file {fact}; {remedy}.", fact=fact, remedy=remedy),
            Issue(field="file", reason=fact, remedy=remedy),
        )


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A file as it may be kept."""

    media_type: MediaType
    content: bytes = field(repr=False)


def media_type_of(content: bytes) -> MediaType | None:
    """What these bytes begin like; None for a kind that is not taken."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    starts = {b"\xff\xd8\xff": MediaType.JPEG, b"\x89PNG\r\n\x1a\n": MediaType.PNG, b"%PDF-": MediaType.PDF}
    return next((kind for start, kind in starts.items() if content.startswith(start)), None)


def cleaned(content: bytes) -> Cleaned:
    """What may be kept of a file. Raises UnfitFileError."""
    media_type = media_type_of(content)
    if media_type is None:
        raise UnfitFileError(Unfit.OTHER_KIND)
    if media_type is MediaType.PDF:
        _refuse_pdf(content)
        return Cleaned(media_type=media_type, content=content)
    return Cleaned(media_type=media_type, content=_drawn_anew(content, media_type))


def _drawn_anew(content: bytes, media_type: MediaType) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = _picture(content, media_type)
        return _written(picture, media_type)
    except UnfitFileError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnfitFileError(Unfit.TOO_MANY_PIXELS) from None
    except Exception:  # noqa: BLE001  (decoders raise whatever hostile bytes make them stumble over)
        raise UnfitFileError(Unfit.BROKEN) from None


def _picture(content: bytes, media_type: MediaType) -> Image.Image:
    """The pixels alone, upright."""
    opened: Image.Image = _FORMATS[media_type](io.BytesIO(content))
    if opened.width * opened.height > MAX_PIXELS:
        raise UnfitFileError(Unfit.TOO_MANY_PIXELS)
    if getattr(opened, "n_frames", 1) > 1:
        raise UnfitFileError(Unfit.SEVERAL)
    ImageOps.exif_transpose(opened, in_place=True)
    picture = opened.convert(_mode(opened))
    picture.info.clear()  # what the encoders would write again
    return picture


def _mode(opened: Image.Image) -> str:
    if opened.mode in {"1", "L"} and not opened.has_transparency_data:
        return "L"
    return "RGBA" if opened.has_transparency_data else "RGB"


def _written(picture: Image.Image, media_type: MediaType) -> bytes:
    anew = io.BytesIO()
    picture.save(anew, format=media_type.partition("/")[2], quality=_QUALITY)
    return anew.getvalue()


# ---- PDF -------------------------------------------------------------------------------------------------------------

# Names may be written in hexadecimal: /J#61vaScript.
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|SubmitForm|ImportData)\b|/XFA\s*[\[0-9]"
)
_SEALED = re.compile(rb"/Encrypt\b")
_PACKED_OBJECTS = re.compile(rb"/ObjStm\b")
_PACKED_TWICE = re.compile(rb"/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode)\b")
_STREAM = re.compile(rb"stream\r?\n")
_END_WITHIN, _LONGEST_NAME, _PIECE = 1024, 64, 2**20


def _refuse_pdf(content: bytes) -> None:
    if b"%%EOF" not in content[-_END_WITHIN:]:
        raise UnfitFileError(Unfit.BROKEN)
    plain = _spelt(content)
    if _SEALED.search(plain) or (_PACKED_OBJECTS.search(plain) and _PACKED_TWICE.search(plain)):
        raise UnfitFileError(Unfit.SEALED)
    if _ACTIVE.search(plain) or any(_ACTIVE.search(piece) for piece in _unpacked(content)):
        raise UnfitFileError(Unfit.ACTIVE)


def _spelt(content: bytes) -> bytes:
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What the compressed streams hold, in pieces that overlap by more than a name: objects can be packed in them."""
    left = MAX_UNPACKED_BYTES
    for begin in _STREAM.finditer(content):
        unpacking, rest, before = zlib.decompressobj(), content[begin.end() :], b""
        while rest and not unpacking.eof:
            try:
                piece = unpacking.decompress(rest, _PIECE)
            except zlib.error:  # packed in another way: a picture, a font
                break
            left -= len(piece)
            if left < 0:
                raise UnfitFileError(Unfit.SEALED)
            yield _spelt(before + piece)
            rest, before = unpacking.unconsumed_tail, piece[-_LONGEST_NAME:]
