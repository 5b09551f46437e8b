"""What a reader sees at one spot of a page, and the small pictures that tests serve as tiles."""

import struct
import zlib

from playwright.sync_api import Page

Colour = tuple[int, int, int]
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def colour_at(page: Page, x: float, y: float) -> Colour:
    """The colour that the browser shows at a spot of the viewport, in CSS pixels."""
    picture = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1})
    packed = b"".join(body for kind, body in _chunks(picture) if kind == b"IDAT")
    _filter, red, green, blue, *_ = zlib.decompress(packed)  # of a single pixel every PNG filter leaves the bytes alone
    return red, green, blue


def named(colour: str) -> Colour:
    """`#cfdde4` as three numbers."""
    red, green, blue = bytes.fromhex(colour.strip().removeprefix("#"))
    return red, green, blue


def png(colour: Colour, size_px: int = 256) -> bytes:
    """A square picture of one colour."""
    row = b"\x00" + bytes(colour) * size_px
    header = struct.pack(">IIBBBBB", size_px, size_px, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * size_px)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    found, start = [], len(_SIGNATURE)
    while start < len(picture):
        (length,) = struct.unpack(">I", picture[start : start + 4])
        found.append((picture[start + 4 : start + 8], picture[start + 8 : start + 8 + length]))
        start += 12 + length
    return found
