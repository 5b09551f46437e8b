"""A text as a QR code (ISO/IEC 18004), drawn as SVG: black on white in every colour scheme, because cameras need it."""

import io

import segno

QUIET_ZONE = 4


def qr_svg(text: str) -> bytes | None:
    """The drawing, or None for a text that no QR code can hold (at most 2,953 bytes)."""
    try:
        made = segno.make_qr(text, error="L", boost_error=True)
    except segno.DataOverflowError:
        return None
    drawn = io.BytesIO()
    made.save(drawn, kind="svg", border=QUIET_ZONE, light="white", xmldecl=False, svgclass=None, lineclass=None)
    return drawn.getvalue()
