"""`/register/<code>/import`: from a file to proposals. The report is read, set right and landed on one page.

- `register/import.html` gets `code`, `waiting` (the lists begun with in this session), `before` (what has landed, the
  newest first), `most_mb`, `most_rows`
- `register/import_report.html` gets `code`, `waiting` (a WaitingList), `seen` (web.import_rows.Seen), `shown` (the
  rows of this page), `standing` (the one asked for, or None), `page`, `pages`, `edited` (number of the row that is
  set right, or None), `mends` (what is offered for them: (row, field) -> Mend) and `slips` (their words), `total`,
  `unplaced` (how many have no place), `away` (row -> page, of those that the map leaves out of view), `missing`,
  `fields` (field -> label), `field_word`, `standings` (their words), `version` (what is looked at), `parts` and
  `map_script` of the map
- `register/import_landed.html` gets `code`, `made` (an Import), `rows` (pairs of a LandedRow and its Designation) of
  this page, `is_mine`, `page`, `pages`

Every other address names its list by `file`, which opens in the session that sent it and in no other.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, after_this_request, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.domain.imports import Import
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.people import Action
from geo_offlimits.errors import InputError, Issue, RefusedError, Sentence
from geo_offlimits.formats import refused_rows
from geo_offlimits.frame import PageParts
from geo_offlimits.lookup import spoken
from geo_offlimits.services import imports as service
from geo_offlimits.services import missions, partner_signed, register, transcribing, waiting_lists
from geo_offlimits.services.waiting_lists import WaitingList
from web import door, frame, import_mending, import_reading, import_words, language, map_rows, paging, rendering
from web.import_reading import in_hand
from web.import_rows import RowStanding, SeenRow
from web.policy import needs
from web.saving import to_save

_BEFORE = 20


class NoSuchImportError(RefusedError):
    """No list of this name has landed here."""

    def __init__(self) -> None:
        super().__init__(Sentence("No import of this name has landed here. Choose one of those below."))


class SignedEditionError(InputError):
    """Another mission's edition is recognised by its signature; its rows are not read as our own."""

    def __init__(self, file: partner_signed.SignedFile) -> None:
        told = {"number": file.number, "mission": file.mission}
        super().__init__(
            Sentence("This is edition {number} of {mission}. Give it with its signature on the page Partners.", **told),
            Issue(field="file", value=file.name, reason=Sentence("a signed edition of another mission")),
        )


imports = Blueprint("imports", __name__, url_prefix="/register")


@imports.get("/<code>/import")
@needs(Action.PROPOSE)
def page(code: str) -> str:
    return render_template(
        "register/import.html",
        code=code,
        waiting=waiting_lists.mine(door.act(), code, import_reading.holder()),
        before=service.landed(door.act(), code)[: -_BEFORE - 1 : -1],
        most_mb=import_reading.limits().bytes // 2**20,
        most_rows=spoken.number(import_reading.limits().rows, language.current()),
    )


@imports.post("/<code>/import")
@needs(Action.PROPOSE, body_kb=None, costly=True, again="imports.page")
def send(code: str) -> AnyResponse:
    """Reads the file once, so that one that is no list is refused here and kept nowhere."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InputError(Sentence("No list was sent. Choose a file."), Issue(field="file", reason=Sentence("missing")))
    name, content = import_reading.bare_name(sent.filename), sent.read(import_reading.limits().bytes + 1)
    edition = partner_signed.signed_file(name, content)
    if edition and edition.mission != code:
        raise SignedEditionError(edition)
    kept = import_reading.kept(code, name, content)
    return rendering.go_to(url_for(".report", code=code, file=kept), "list_read")


@imports.get("/<code>/import/report")
@needs(Action.PROPOSE, costly=True, again="imports.page")
def report(code: str) -> str:
    waiting, seen = in_hand(code)
    standing = _standing()
    parts = _map(missions.mission(door.act(), code), waiting, standing)
    asked = seen.of(standing)
    (shown,), page, pages = paging.paged(asked)
    return render_template(
        "register/import_report.html",
        code=code,
        waiting=waiting,
        seen=seen,
        shown=shown,
        mends=import_mending.offered(code, seen, shown),
        slips=import_words.SLIPS,
        total=len(asked),
        unplaced=sum(1 for one in asked if one.position is None),
        away=map_rows.away(code, _placed(asked), _placed(seen.rows)),
        standing=standing,
        standings=import_words.STANDINGS,
        most=paging.A_PAGE,
        page_of=paging.page_of,
        page=page,
        pages=pages,
        edited=request.values.get("row", type=int),
        columns_open=request.endpoint == "imports.columns" or not seen.lands,
        fields=import_words.fields(),
        field_word=import_words.field,
        version=import_reading.version(waiting, seen),
        missing=seen.report.missing,
        parts=parts,
        map_script=url_for(".script", v=frame.fingerprint(parts.script), **_asked(code, waiting, standing)),
    )


@imports.get("/<code>/import/report.json")
@needs(Action.PROPOSE, costly=True)
def as_json(code: str) -> Response:
    """All of the report, as `import --json` gives it, with a member `table` of its rows."""
    waiting, seen = in_hand(code)
    told = [row.as_json(language.gettext) for row in seen.rows]
    return jsonify(seen.report.as_json() | {"table": told, "version": import_reading.version(waiting, seen)})


@imports.get("/<code>/import/rows.json")
@needs(Action.PROPOSE, costly=True)
def rows(code: str) -> Response:
    """The rows that stand in the table, those of every page, for the map."""
    _, seen = in_hand(code)
    return map_rows.collection(code, [row.as_feature() for row in seen.of(_standing())], _placed(seen.rows))


@imports.get("/<code>/import/map.js")
@needs(Action.PROPOSE)
def script(code: str) -> Response:
    """The script that Folium made: addresses and words of the catalogue, nothing of the list."""
    waiting = import_reading.asked_for(code)
    text = _map(missions.mission(door.act(), code), waiting, _standing()).script
    return Response(text, content_type="text/javascript; charset=utf-8")


@imports.get("/<code>/import/refused.csv")
@needs(Action.PROPOSE, costly=True)
def refused(code: str) -> Response:
    """The rows at fault with their reasons, to mend and to send again."""
    waiting, seen = in_hand(code)
    reasons = {row.row: [language.said(issue.told) for issue in row.issues] for row in seen.of(RowStanding.REFUSED)}
    source = (waiting.name, waiting.content)
    content = refused_rows.write(source, seen.table, reasons, translate=language.gettext)
    return to_save(content, "text/csv; charset=utf-8", "refused-rows.csv")


@imports.post("/<code>/import/columns")
@needs(Action.PROPOSE, costly=True, again="imports.report")
def columns(code: str) -> AnyResponse:
    """What each column is read as. Refused where the file cannot be read so."""
    waiting = import_reading.asked_for(code)
    mapping = import_reading.mapping_told(code, waiting)
    return _decided(code, waiting, "columns_read", mapping=mapping, source="")


@imports.post("/<code>/import/row")
@needs(Action.PROPOSE, costly=True, again="imports.report")
def row(code: str) -> AnyResponse:
    """What one row says in place of what stands in the file, what was offered for it, or that it is left out."""
    waiting, seen = in_hand(code)
    choices, settled = import_mending.told(code, seen)
    place, at, is_filtered = import_mending.next_place(seen, _standing(), settled)
    import_reading.decided(code, waiting, cells=choices.cells, left_out=choices.left_out)
    asked = _asked(code, waiting, _standing() if is_filtered else None)
    return rendering.go_to(url_for(".report", _anchor=place, page=at, **asked), "row_set_right")


@imports.post("/<code>/import/give-up")
@needs(Action.PROPOSE)
def give_up(code: str) -> AnyResponse:
    import_reading.let_go(request.form.get("file", ""))
    return rendering.go_to(url_for(".page", code=code), "list_given_up")


@imports.post("/<code>/import/confirm")
@needs(Action.PROPOSE, costly=True, again="imports.report")
def confirm(code: str) -> AnyResponse:
    """That rows outside the territory, or like others, are meant; the report is made anew and nothing lands yet."""
    waiting = import_reading.asked_for(code)
    meant = {name: name in request.form for name in ("confirm_outside", "confirm_duplicates")}
    return _decided(code, waiting, "list_confirmed", "land", **meant)


@imports.post("/<code>/import/land")
@needs(Action.PROPOSE, writes=True, costly=True, again="imports.report", first=import_reading.looked_at)
def land(code: str) -> AnyResponse:
    """Lands what the page showed. Raises what the service does; StalePageError where something has moved on since."""
    waiting, seen = door.visit().found
    made = service.land(door.act(), seen.report)

    @after_this_request
    def let_go(answer: AnyResponse) -> AnyResponse:
        """Once it is in the register, what was sent goes; it stays where it could not be kept."""
        if answer.status_code == HTTPStatus.SEE_OTHER:
            import_reading.let_go(waiting.list_id)
        return answer

    return rendering.go_to(url_for(".landed", code=code, id=made.import_id), "list_landed")


def _partners() -> tuple[WaitingList, transcribing.Ready]:
    """What the page showed, understood as a partner's list while nobody waits for the store."""
    waiting, seen = import_reading.looked_at()
    said = import_reading.received_told()
    partner_signed.refuse_transcribing(waiting.name, waiting.content)
    with door.looking():
        return waiting, transcribing.ready(door.act(), door.code(), seen.table, said)


@imports.post("/<code>/import/partner")
@needs(Action.PROPOSE, writes=True, costly=True, again="imports.report", first=_partners)
def as_partners(code: str) -> AnyResponse:
    """Keeps what the page showed as a partner's list, beside the register; no row becomes a proposal."""
    waiting, ready = door.visit().found
    transcribing.enter(door.act(), ready)

    @after_this_request
    def let_go(answer: AnyResponse) -> AnyResponse:
        if answer.status_code == HTTPStatus.SEE_OTHER:
            import_reading.let_go(waiting.list_id)
        return answer

    return rendering.go_to(url_for("partners.page", code=code), "partner_entered")


@imports.get("/<code>/import/landed")
@needs(Action.PROPOSE, again="imports.page")
def landed(code: str) -> str:
    made = _import_asked_for(code)
    (shown,), page, pages = paging.paged(made.landed)
    return render_template(
        "register/import_landed.html",
        code=code,
        made=made,
        rows=[(one, register.of_mission(door.act(), code, one.designation_id)) for one in shown],
        is_mine=made.person_id == door.act().person_id,
        page=page,
        pages=pages,
    )


@imports.post("/<code>/import/undo")
@needs(Action.PROPOSE, writes=True, again="imports.landed")
def undo(code: str) -> AnyResponse:
    made = service.undo(door.act(), _import_asked_for(code).import_id)
    return rendering.go_to(url_for(".landed", code=code, id=made.import_id), "import_undone")


def _import_asked_for(code: str) -> Import:
    asked = request.values.get("id", "")
    found = next((one for one in service.landed(door.act(), code) if one.import_id == asked), None)
    if found is None:
        raise NoSuchImportError
    return found


def _decided(code: str, waiting: WaitingList, message: str, place: str = "", **choices: Any) -> AnyResponse:
    import_reading.decided(code, waiting, **choices)
    address = url_for(".report", _anchor=place or None, **_asked(code, waiting, _standing()))
    return rendering.go_to(address, message)


def _placed(rows: Iterable[SeenRow]) -> map_rows.Placed:
    return [(one.row, one.position) for one in rows]


def _asked(code: str, waiting: WaitingList, standing: RowStanding | None) -> dict[str, Any]:
    return {"code": code, "file": waiting.list_id, "status": standing}


def _standing() -> RowStanding | None:
    asked = request.values.get("status", "")
    return RowStanding(asked) if asked in tuple(RowStanding) else None


def _map(mission: Mission, waiting: WaitingList, standing: RowStanding | None) -> PageParts:
    return frame.of_rows(mission, rows_url=url_for(".rows", **_asked(mission.code, waiting, standing)))
