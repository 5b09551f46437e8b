"""`/register/<code>/partners`: the lists of partners beside the register, and the one step that each waits for.

`register/partners.html` gets `code`, `lists` (PartnerEditions, the newest first), `mine` (ids of those that the reader
entered), `may_decide`, `may_enter`, `now`, `states` (state -> words).
"""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.partners import PartnerEdition, PartnerState
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence, UnverifiedError
from geo_offlimits.formats.files import LIMITS
from geo_offlimits.formats.words import N_
from geo_offlimits.services import partner_signed
from geo_offlimits.services import partners as service
from web import door, import_reading, rendering
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
    act = door.act()
    # Who confirms a list holds it against the paper, entry by entry.
    found = [
        service.get(act, one.edition_id) if one.state is PartnerState.WAITING else one
        for one in service.all_of(act, code)[::-1]
    ]
    return render_template(
        "register/partners.html",
        code=code,
        lists=found,
        mine={one.edition_id for one in found if one.kept.person_id == act.person_id},
        may_decide=act.may(Action.DECIDE, code),
        may_enter=act.may(Action.PROPOSE, code),
        now=act.now,
        states=STATES,
    )


@partners.post("/<code>/partners/confirm")
@needs(Action.DECIDE, writes=True, again="partners.page")
def confirm(code: str) -> AnyResponse:
    service.confirm(door.act(), _asked_for(code).edition_id)
    return rendering.go_to(url_for(".page", code=code), "partner_confirmed")


@partners.post("/<code>/partners/refuse")
@needs(Action.PROPOSE, writes=True, again="partners.page")
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
    asked = request.form.get("id", "")
    found = next((one for one in service.all_of(door.act(), code) if one.edition_id == asked), None)
    if found is None:
        raise NoSuchListError
    return found
