"""Published editions for pages: opened once, verified, and shared by every request of the process."""

from geo_offlimits.published import PublishedEdition

from geo_offlimits.services import editions, lookup
from geo_offlimits.services.headers import PublishedHeader
from web import door


def edition(code: str, number: int | str) -> PublishedEdition:
    """The edition as staff get it. Raises AbsentError also for one that this person may not read."""
    content = editions.content(door.act(), code, number)
    wiring = door.wiring()
    return lookup.opened(door.act(), wiring.shelf, wiring.keyring, code, content)


def newest(code: str) -> PublishedHeader | None:
    """The header of the current edition, or None where nothing has been published."""
    return editions.newest(door.act(), code)
