"""Files as people attach them, and as hostile people would."""

import io
import struct
import zlib

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SECRET = b"SECRET-7F3A"
_ORIENTATION, _GPS, _ARTIST = 0x0112, 0x8825, 0x013B


def drawn(width: int = 60, height: int = 40) -> Image.Image:
    """A picture whose upper left quarter is red."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height // 2))
    return picture


def exif(*, turned: int = 1) -> Image.Exif:
    told = Image.Exif()
    told[_ORIENTATION] = turned
    told[_ARTIST] = SECRET.decode()
    told.get_ifd(_GPS).update({1: "N", 2: (10.0, 5.0, 7.25), 3: "W", 4: (29.0, 54.0, 1.5)})
    return told


def photo(form: str = "JPEG", *, turned: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo with everything that a telephone and an editor write beside the pixels."""
    written = io.BytesIO()
    how = {"exif": exif(turned=turned), "icc_profile": b"icc " + SECRET * 20}
    if form == "PNG":
        words = PngInfo()
        words.add_text("Comment", SECRET.decode())
        words.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
        drawn(*size).save(written, form, pnginfo=words, **how)
    elif form == "WEBP":
        drawn(*size).save(written, form, xmp=b"<x>" + SECRET + b"</x>", **how)
    else:
        drawn(*size).save(written, form, comment=SECRET, xmp=b"<x>" + SECRET + b"</x>", **how)
    return written.getvalue() + b"PK\x03\x04 behind the end: " + SECRET


def png_of(width: int, height: int) -> bytes:
    """A small PNG that unpacks to a picture of this size."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\0" * (1 + (width + 7) // 8)
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(row) for _ in range(height)) + packing.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def pdf(more: bytes = b"", *, packed: bytes = b"") -> bytes:
    """A letter of one empty page; `more` stands among its objects, `packed` in a compressed stream of objects."""
    stream = zlib.compress(packed)
    objects = b"4 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d>>\nstream\n" % len(stream)
    return (
        b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
        b"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n3 0 obj <</Type /Page /Parent 2 0 R>> endobj\n"
        + (objects + stream + b"\nendstream endobj\n" if packed else b"")
        + more
        + b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"
    )
