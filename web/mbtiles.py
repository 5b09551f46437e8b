"""Single tiles out of an MBTiles file (https://github.com/mapbox/mbtiles-spec), which is a SQLite database."""

import sqlite3
from contextlib import closing
from pathlib import Path

GZIP = b"\x1f\x8b"
_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))
VECTOR = "application/vnd.mapbox-vector-tile"


def tile(file: Path, zoom: int, column: int, row: int) -> bytes | None:
    """The tile's bytes, or None where the file has none. `row` counts from the north; MBTiles count from the south."""
    question = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        found = database.execute(question, (zoom, column, 2**zoom - 1 - row)).fetchone()
    return bytes(found[0]) if found else None


def content_type(content: bytes) -> str:
    return next((kind for mark, kind in _KINDS if content.startswith(mark)), VECTOR)
