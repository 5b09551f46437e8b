"""Archives (ZIP) of texts, written a piece at a time: what is packed is never held whole. They carry no time."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PIECES_AT_ONCE = 200


def packed(parts: Mapping[str, Iterable[str]]) -> bytes:
    """The archive of these files, each given by its pieces; the same pieces give the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, pieces in parts.items():
            about = zipfile.ZipInfo(name, _NO_TIME)
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w") as part:
                part.writelines(encoded_together(pieces))
    return file.getvalue()


def encoded_together(pieces: Iterable[str]) -> Iterator[bytes]:
    """The pieces in UTF-8, several at a time."""
    waiting = iter(pieces)
    while together := "".join(islice(waiting, _PIECES_AT_ONCE)):
        yield together.encode()
