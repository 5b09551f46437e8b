"""The look-up page `/` and the script that builds its map.

`lookup.html` gets, besides what `web.rendering` lists:

- `parts`       PageParts of the frame: `parts.stylesheets`, `parts.html`, `parts.scripts` (in this order on the page)
- `map_script`  address of the script that builds the map; comes after `parts.scripts`
- `edition`     the edition's header (`number`, `sha256`, `issued_at`, `expires_at`), or None when nothing is published
- `stale`       whether that edition has expired
- `edition_url` where the page fetches the edition itself
- `check_url`   the API, POST with `X-CSRF-Token`: asked only to read a position that the page cannot read, and where a
                list that holds here is not this person's to fetch; the page judges by itself
- `also`        codes of the other missions whose lists this person's look-ups ask; `others`: code -> where its list is
- `now`, `door_m`, `radius_m`   the server's time and settings; `scripts`: addresses of the scripts before the map's
- `answer_words` headlines and reasons (web.offline); `match_score`: from where a name counts as a match,
- `name_scripts` addresses of the search by name, which the page loads when it is first needed
- `flag_kinds`  tuple of FlagKind: what a reader may say is wrong with an entry
- `venues`, `categories`    tuples of VenueKind and PersonnelCategory
- `streets_source` where an area of the mission's streets is cut for a device, or "" where there are none
- `outstanding` number of the edition that this person still has to acknowledge, or None
- `credit`      line of the map's sources; `note`: statement on boundaries and names
"""

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_offlimits.delivery import shipped
from geo_offlimits.domain.flags import FlagKind
from geo_offlimits.domain.instants import format_instant
from geo_offlimits.domain.mission import Mission
from geo_offlimits.domain.people import Action, PersonnelCategory
from geo_offlimits.domain.premises import VenueKind
from geo_offlimits.frame import PageParts
from geo_offlimits.services import editions, missions, standings
from geo_offlimits.services.headers import PublishedHeader
from web import assets, door, frame, offline, rendering
from web.policy import needs

lookup = Blueprint("lookup", __name__)
_YEAR = "private, max-age=31536000, immutable"


@lookup.get("/")
@needs(Action.LOOK_UP)
def page() -> str:
    mission, edition = missions.mission(door.act(), door.code()), editions.newest(door.act(), door.code())
    parts = _map(mission, edition)
    layers = shipped.manifest()
    return render_template(
        "lookup.html",
        parts=parts,
        map_script=url_for(".script", mission=mission.code, v=frame.fingerprint(parts.script)),
        edition=edition,
        stale=bool(edition and edition.stale(door.act().now)),
        edition_url=_edition_url(mission.code),
        check_url=url_for("api.check"),
        also=rendering.other_missions(),
        others=_others(mission),
        now=format_instant(door.act().now),
        door_m=door.wiring().settings.door_m,
        radius_m=door.wiring().settings.radius_m,
        scripts=assets.look_up_scripts(parts.scripts),
        answer_words=offline.answer_words(),
        name_scripts=offline.name_scripts(),
        match_score=door.wiring().settings.name_match_score,
        flag_kinds=tuple(FlagKind),
        venues=tuple(VenueKind),
        categories=tuple(PersonnelCategory),
        streets_source=frame.streets_source(mission),
        outstanding=standings.mine(door.act(), mission.code),
        credit=layers.credit,
        note=layers.note,
    )


@lookup.get("/map.js")
@needs(Action.LOOK_UP)
def script() -> AnyResponse:
    """The script that Folium made for this person's map. It holds addresses and words of the catalogue, no list."""
    mission, edition = missions.mission(door.act(), door.code()), editions.newest(door.act(), door.code())
    text = _map(mission, edition).script
    answer = Response(text, content_type="text/javascript; charset=utf-8")
    same = request.args.get("v") == frame.fingerprint(text)
    answer.headers["Cache-Control"] = _YEAR if same else "private, no-cache"
    answer.set_etag(frame.fingerprint(text))
    return answer.make_conditional(request)


def _others(mission: Mission) -> dict[str, str]:
    """Where the other lists that hold here are, by their missions' codes; what this person may not read is left out."""
    theirs = {one.code for one in rendering.visible_missions()}
    codes = dict.fromkeys((*mission.recognises, *rendering.other_missions()))
    return {code: _edition_url(code) for code in codes if code in theirs}


def _edition_url(code: str) -> str:
    return url_for("api.edition", code=code, number="current")


def _map(mission: Mission, edition: PublishedHeader | None) -> PageParts:
    may_draw = door.act().may(Action.PROPOSE, mission.code)
    return frame.parts(mission, _edition_url(mission.code), officer=may_draw, published=edition is not None)
