"""What pages read: published editions, opened once and shared by every request of the process, and listings."""

from flask import request

from geo_offlimits.domain.designation import Designation
from geo_offlimits.published import PublishedEdition
from geo_offlimits.services import editions, history, register
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


def looked_at(code: str, designation_id: str) -> Designation:
    """The listing on which a form's step is to be taken, as the page with that form showed it (`seen`).

    Raises UnknownDesignationError for one of another mission, ChangedSinceError.
    """
    found = register.of_mission(door.act(), code, designation_id)
    history.refuse_changed(door.act(), designation_id, request.form.get("seen"))
    return found
