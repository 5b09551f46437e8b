"""Published editions for pages: opened once, verified, and shared by every request of the process."""

from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import editions
from geo_offlimits.services.headers import PublishedHeader
from web import door


def edition(code: str, number: int | str) -> PublishedEdition:
    """The edition as staff get it: whole and signed.

    Raises AbsentError also for one that this person may not read, UnverifiedError for bytes nobody should rely on.
    """
    return editions.read(door.act(), door.wiring().shelf, code, number)


def newest(code: str) -> PublishedHeader | None:
    """The header of the current edition, or None where nothing has been published."""
    return editions.newest(door.act(), code)
