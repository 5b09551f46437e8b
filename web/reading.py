"""Published editions for pages: opened once, verified, and shared by every request of the process."""

from geo_offlimits.errors import Sentence, UnverifiedError
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import editions, lookup
from geo_offlimits.services.headers import PublishedHeader
from web import door


def edition(code: str, number: int | str) -> PublishedEdition:
    """The edition as staff get it: whole and signed.

    Raises AbsentError also for one that this person may not read, UnverifiedError for bytes nobody should rely on.
    """
    content = editions.content(door.act(), code, number)
    wiring = door.wiring()
    read = lookup.opened(door.act(), wiring.shelf, wiring.keyring, code, content)
    if not read.verified:
        raise UnverifiedError(
            Sentence(
                "Edition {number} of {mission} does not verify with this server's keys, so it is not shown. Do not "
                "rely on copies of it; tell your administrator.",
                number=read.edition.number,
                mission=code,
            )
        )
    return read


def newest(code: str) -> PublishedHeader | None:
    """The header of the current edition, or None where nothing has been published."""
    return editions.newest(door.act(), code)
