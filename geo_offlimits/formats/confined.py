"""Hostile pictures and letters are read in a confined child (`apart`): little memory, little time, nothing left behind.

What talks a decoder into a fault ends that process and not the server, and finds nothing in it but itself. Where the
system seals processes, this one is sealed too; where it does not, attachments are taken all the same.
"""

import threading
from io import BytesIO

from PIL import Image

from geo_offlimits.formats import apart
from geo_offlimits.formats.cleaning import Cleaned, Unfit, UnfitFileError, cleaned, media_type_of

# A WebP of as many pixels as are taken needs the most memory.
_BOUNDS = apart.Bounds(memory_bytes=1536 * 2**20, cpu_s=20, wait_s=40, answer_bytes=512 * 2**20)
_COMMAND: tuple[str, ...] = ("-I", "-m", __name__)
_FIT, _UNFIT = b"+", b"-"
# Several large pictures at once would take the memory of a small server.
_ONE_AT_A_TIME = threading.Lock()


def cleaned_apart(content: bytes) -> Cleaned:
    """What `cleaning.cleaned` says of these bytes, asked in a confined child. Raises UnfitFileError."""
    try:
        with _ONE_AT_A_TIME:
            return _understood(apart.asked(_COMMAND, content, _BOUNDS))
    except (apart.EndedError, apart.NotSealedError):  # by a limit or by a fault in a decoder
        raise UnfitFileError(Unfit.BROKEN) from None


def _understood(answer: bytes) -> Cleaned:
    """What the child said; it may be under somebody else's command by now, so its word is not taken for it."""
    fit, told = answer[:1], answer[1:]
    media_type = media_type_of(told) if fit == _FIT else None
    if media_type is None:
        known = {unfit.encode("ascii"): unfit for unfit in Unfit}
        raise UnfitFileError(known.get(told, Unfit.BROKEN))
    return Cleaned(media_type=media_type, content=told)


def _warm() -> None:
    """The library loads readers and writers when they are first needed, which is too late once sealed."""
    Image.init()
    for kind in ("jpeg", "png", "webp"):
        Image.new("RGB", (1, 1)).save(drawn := BytesIO(), format=kind)
        cleaned(drawn.getvalue())


def _answer(content: bytes) -> bytes:
    try:
        return _FIT + cleaned(content).content
    except UnfitFileError as unfit:
        return _UNFIT + unfit.unfit.encode("ascii")


if __name__ == "__main__":
    apart.confine(_BOUNDS)
    _warm()
    apart.answer(_answer, unsealed_too=True)
