"""`/register/<code>/drift`: the mission's list beside another's, as one table and one map.

`with` names the other list, `edition` which of the mission's own (else the current one), `status` what is shown,
`within` a limit in metres from the other's territory. `register/drift.html` gets `code`, `own` (Origins) and `choice`
(a Choice) to choose from, `teller` and, where a list is asked, `found` (a Drift), `shown` (lines of this page),
`total`, `unplaced`, `away` (row -> page, of those that the map leaves out of view), `status`, `statuses`, `page`,
`pages`, `parts`, `query` (without the status) and `map_script`.

A process keeps the reports that it made last, for the table, the map and the file of one page, and for its other pages.
What is kept answers only while the store's log has the head that it had: a list that anybody enters, settles, publishes
or recognises, also through another process, writes a leaf. What the hour alone changes, a role that ends, an entry or a
list, is asked anew each quarter of an hour, on which days end in every time zone.
"""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from geo_offlimits.domain.drift import Drift, DriftLine, DriftStatus
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.people import Action
from geo_offlimits.formats.drift_words import STATUSES, Teller
from geo_offlimits.frame import PageParts
from geo_offlimits.services import drift as service
from geo_offlimits.services import missions
from web import door, filters, frame, language, map_rows, paging
from web.policy import needs
from web.saving import to_save

drift = Blueprint("drift", __name__, url_prefix="/register")
_KEPT = 4
_LONGEST_NUMBER = 10
# Reports made last: by whom and of what, and the log and the quarter of an hour in which they were made.
_found: dict[tuple[Any, ...], Drift] = {}


@drift.get("/<code>/drift")
@needs(Action.READ_REGISTER, costly=True)
def page(code: str) -> str:
    act = door.act()
    mission = missions.mission(act, code)
    shown = _report(mission) if request.args.get("with") else {}
    choice, own = service.others(act, door.wiring().shelf, code), service.own(act, code)
    teller = _teller(mission)
    return render_template("register/drift.html", code=code, choice=choice, own=own, teller=teller, **shown)


@drift.get("/<code>/drift/map.js")
@needs(Action.READ_REGISTER)
def script(code: str) -> Response:
    """The script that Folium made: addresses and words of the catalogue, nothing of a list."""
    text = _map(missions.mission(door.act(), code)).script
    return Response(text, content_type="text/javascript; charset=utf-8")


@drift.get("/<code>/drift/rows.json")
@needs(Action.READ_REGISTER, costly=True)
def rows(code: str) -> Response:
    """The lines that stand in the table, those of every page, for the map."""
    return map_rows.collection(code, [_feature(line) for line in _asked(code).of(_status())])


@drift.get("/<code>/drift/report.csv")
@needs(Action.READ_REGISTER, costly=True)
def as_csv(code: str) -> Response:
    """The lines that stand in the table, those of every page, with where both lists come from in every row."""
    status = _status()
    content = _teller(missions.mission(door.act(), code)).as_csv(_asked(code), status)
    return to_save(content, "text/csv; charset=utf-8", "-".join(filter(None, (code, "drift", status))) + ".csv")


def _report(mission: Mission) -> dict[str, Any]:
    found, status, parts = _asked(mission.code), _status(), _map(mission)
    asked = found.of(status)
    (shown,), page_number, pages = paging.paged(asked)
    return {
        "found": found,
        "shown": shown,
        "total": len(asked),
        "unplaced": sum(1 for line in asked if line.placed is None),
        "away": map_rows.away(mission.code, [(line.row, _spot(line)) for line in asked]),
        "status": status,
        "statuses": STATUSES,
        "page": page_number,
        "pages": pages,
        "parts": parts,
        "query": _query() | {"status": None},
        "map_script": url_for(".script", code=mission.code, v=frame.fingerprint(parts.script), **_query()),
    }


def _asked(code: str) -> Drift:
    act, query = door.act(), _query()
    asked = tuple(query[name] for name in ("with", "edition", "within"))
    quarter = act.now.replace(minute=act.now.minute // 15 * 15, second=0, microsecond=0)
    key = (code, act.person_id, act.tx.audit.head(), *asked, quarter)
    found = _found.pop(key, None) or service.compare(
        act,
        door.wiring().shelf,
        code,
        query["with"] or "",
        number=_number(),
        within_m=filters.limit_m(query["within"] or ""),
    )
    _found[key] = found  # the newest last
    for oldest in list(_found)[:-_KEPT]:
        _found.pop(oldest, None)
    return found


def _number() -> int | str:
    """Of the mission's own edition; what is no number is none of them."""
    asked = request.args.get("edition", "").strip()
    return int(asked) if asked.isdecimal() and len(asked) < _LONGEST_NUMBER else asked[:40] or "current"


def _status() -> DriftStatus | None:
    asked = request.args.get("status", "")
    return DriftStatus(asked) if asked in tuple(DriftStatus) else None


def _query() -> dict[str, Any]:
    return {name: request.args.get(name) or None for name in ("with", "edition", "within", "status")}


def _teller(mission: Mission) -> Teller:
    return Teller(mission.timezone, language.current(), language.gettext)


def _map(mission: Mission) -> PageParts:
    return frame.of_rows(mission, rows_url=url_for(".rows", code=mission.code, **_query()))


def _spot(line: DriftLine) -> tuple[float, float] | None:
    return None if line.placed is None else map_rows.spot(line.placed.geometry)


def _feature(line: DriftLine) -> dict[str, Any]:
    told = {"row": line.row, "name": line.name, "status": line.status.value}
    return map_rows.feature(line.row, _spot(line), told)
