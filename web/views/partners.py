"""`/register/<code>/partners`: the lists of partners beside the register, and the one step that each waits for.

- `register/partners.html` gets `lists` (PartnerEditions without their entries, the newest first) and `may_enter`
- `register/partner_list.html` gets `one` (with its entries), `shown` (those of this page), `page`, `pages`, `middle`,
  `row_of` (an entry's row, its id where it has none), `unplaced`, `away` (row -> page, of those that the map leaves out
  of view), `parts` and `map_script` of the map

Both get `code`, `mine` (ids of those that the reader entered), `may_decide`, `now` and `states` (state -> words).
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.edition import Entry
from geo_offlimits.domain.partners import PartnerEdition, PartnerState
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence, UnverifiedError
from geo_offlimits.formats.files import LIMITS
from geo_offlimits.formats.words import N_
from geo_offlimits.frame import PageParts
from geo_offlimits.services import missions, partner_signed
from geo_offlimits.services import partners as service
from geo_offlimits.services.history import middle
from web import door, frame, import_reading, map_rows, paging, rendering
from web.policy import needs

STATES = {
    PartnerState.WAITING: N_("Waits for a second person"),
    PartnerState.CONFIRMED: N_("Confirmed"),
    PartnerState.RECOGNISED: N_("Signature verified"),
    PartnerState.REFUSED: N_("Refused"),
    PartnerState.SUPERSEDED: N_("Superseded"),
}
partners = Blueprint("partners", __name__, url_prefix="/register")


class NoSuchListError(RefusedError):
    """No list of this name is here."""

    def __init__(self) -> None:
        super().__init__(Sentence("No list of this name is here. Choose one of those below."))


class NoEditionError(InputError):
    """What was sent is a list like any other."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("This is no signed edition. Import it as a list, and say there that it is a partner’s."),
            Issue(field="file", reason=Sentence("no signed edition")),
        )


class NotRecognisedError(InputError):
    """A file of somebody else that does not verify is no fault of this server's."""

    def __init__(self, fault: UnverifiedError) -> None:
        super().__init__(fault.sentence)


@partners.get("/<code>/partners")
@needs(Action.READ_REGISTER)
def page(code: str) -> str:
    found = service.all_of(door.act(), code)[::-1]
    may_enter = door.act().may(Action.PROPOSE, code)
    return render_template("register/partners.html", lists=found, may_enter=may_enter, **_about(code, *found))


@partners.get("/<code>/partners/list")
@needs(Action.READ_REGISTER, costly=True, again="partners.page")
def read(code: str) -> str:
    """Who confirms a list holds it against the paper, entry by entry."""
    found = service.get(door.act(), _asked_for(code).edition_id)
    (shown,), at, pages = paging.paged(found.entries)
    parts = _map(code, found.edition_id)
    address = url_for(".script", code=code, id=found.edition_id, v=frame.fingerprint(parts.script))
    return render_template(
        "register/partner_list.html",
        one=found,
        shown=shown,
        page=at,
        pages=pages,
        middle=middle,
        row_of=_row_of(found),
        unplaced=sum(1 for entry in found.entries if entry.geometry is None),
        away=map_rows.away(code, _placed(found)),
        parts=parts,
        map_script=address,
        **_about(code, found),
    )


@partners.get("/<code>/partners/map.js")
@needs(Action.READ_REGISTER)
def script(code: str) -> Response:
    """The script that Folium made: addresses and words of the catalogue, nothing of the list."""
    text = _map(code, _asked_for(code).edition_id).script
    return Response(text, content_type="text/javascript; charset=utf-8")


@partners.get("/<code>/partners/rows.json")
@needs(Action.READ_REGISTER, costly=True)
def rows(code: str) -> Response:
    """The entries that stand in the table, those of every page, for the map."""
    found = service.get(door.act(), _asked_for(code).edition_id)
    named = zip(found.entries, _placed(found), strict=True)
    told = [
        map_rows.feature(row, at, {"row": row, "name": entry.name, "status": "entry"}) for entry, (row, at) in named
    ]
    return map_rows.collection(code, told)


def _map(code: str, edition_id: str) -> PageParts:
    return frame.of_rows(missions.mission(door.act(), code), rows_url=url_for(".rows", code=code, id=edition_id))


def _row_of(found: PartnerEdition) -> Callable[[Entry], int | str]:
    return lambda entry: found.rows.get(entry.entry_id, entry.entry_id)


def _placed(found: PartnerEdition) -> map_rows.Placed:
    row_of = _row_of(found)
    return [(row_of(entry), map_rows.spot(entry.geometry)) for entry in found.entries]


def _about(code: str, *found: PartnerEdition) -> dict[str, Any]:
    act = door.act()
    mine = {one.edition_id for one in found if one.kept.person_id == act.person_id}
    may_decide = act.may(Action.DECIDE, code)
    return {"code": code, "mine": mine, "may_decide": may_decide, "now": act.now, "states": STATES}


@partners.post("/<code>/partners/confirm")
@needs(Action.DECIDE, writes=True, again="partners.read")
def confirm(code: str) -> AnyResponse:
    service.confirm(door.act(), _asked_for(code).edition_id)
    return rendering.go_to(url_for(".page", code=code), "partner_confirmed")


@partners.post("/<code>/partners/refuse")
@needs(Action.PROPOSE, writes=True, again="partners.read")
def refuse(code: str) -> AnyResponse:
    service.refuse(door.act(), _asked_for(code).edition_id, request.form.get("reason", ""))
    return rendering.go_to(url_for(".page", code=code), "partner_refused")


def _sent() -> partner_signed.SignedFile:
    """What was sent, verified and read while nobody waits for the store."""
    file = _file_sent()
    try:
        with door.looking():
            partner_signed.verified(door.act(), door.code(), file)
        _ = file.edition
    except UnverifiedError as fault:
        raise NotRecognisedError(fault) from None
    return file


@partners.post("/<code>/partners/recognise")
@needs(Action.PROPOSE, writes=True, body_kb=None, costly=True, again="partners.page", first=_sent)
def recognise(code: str) -> AnyResponse:
    """A signed edition, with its signature beside it or as its .dsse alone."""
    try:
        partner_signed.recognise(door.act(), code, door.visit().found)
    except UnverifiedError as fault:
        raise NotRecognisedError(fault) from None
    return rendering.go_to(url_for(".page", code=code), "partner_recognised")


def _file_sent() -> partner_signed.SignedFile:
    sent, signature = request.files.get("file"), request.files.get("signature")
    if sent is None or not sent.filename:
        raise InputError(Sentence("No list was sent. Choose a file."), Issue(field="file", reason=Sentence("missing")))
    envelope = signature.read(LIMITS.bytes + 1) if signature and signature.filename else None
    name = import_reading.bare_name(sent.filename)
    file = partner_signed.signed_file(name, sent.read(LIMITS.bytes + 1), envelope)
    if file is None:
        raise NoEditionError
    return file


def _asked_for(code: str) -> PartnerEdition:
    asked = request.values.get("id", "")
    found = next((one for one in service.all_of(door.act(), code) if one.edition_id == asked), None)
    if found is None:
        raise NoSuchListError
    return found
