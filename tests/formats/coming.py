"""What comes of any file: a table, or a refusal that tells the fact and then the remedy."""

from geo_offlimits.errors import InputError
from geo_offlimits.formats.reader import Table, read_rows


def comes(name: str, content: bytes) -> None:
    """Read it; anything but a table or such a refusal is a fault."""
    refusal: InputError | None = None
    try:
        table = read_rows((name, content))
    except InputError as said:
        refusal = said
    if refusal is None:
        assert isinstance(table, Table)
        return
    assert str(refusal).endswith((".", "?"))
    assert refusal.issues
