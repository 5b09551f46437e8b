"""Who may use which route: the committed table against which every route, method and role is tested.

Each row: method, path, and the roles for which the route exists. Placeholders stand for things of the test mission.
`ANYBODY` answers without a session, `EVERYONE` any person signed in.
"""

from geo_offlimits.domain.people import Role
from geo_offlimits.services.forms import FORMS
from tests import typesetting

# Without Pango a PDF is refused to everybody alike.
OFFERED = [form for form in FORMS if form != "pdf" or not typesetting.lacking()]

ANYBODY = "anybody"
EVERYONE = frozenset(Role)
REGISTER = frozenset({Role.OFFICER, Role.HEAD, Role.DEPUTY, Role.CONDUCT, Role.AUDITOR})
PROPOSERS = frozenset({Role.OFFICER, Role.HEAD, Role.DEPUTY})
HEADS = frozenset({Role.HEAD, Role.DEPUTY})
ADMINS = frozenset({Role.ADMIN})
RECOVERERS = HEADS | {Role.ADMIN}
EVIDENCE_READERS = frozenset({Role.HEAD, Role.DEPUTY, Role.CONDUCT})
CAMPAIGNS = frozenset({Role.HEAD, Role.DEPUTY, Role.MANAGER, Role.CONDUCT})
DISTRIBUTORS = frozenset({Role.HEAD, Role.DEPUTY, Role.MANAGER})

NOBODY_YET: frozenset[Role] = frozenset()

IMPORT_PAGES = ("report", "report.json", "rows.json", "map.js", "refused.csv", "landed")
IMPORT_STEPS = ("columns", "row", "confirm", "land", "give-up", "undo", "partner")
EDITION = "/missions/ISLE/editions"
LISTING = "/register/ISLE/ISLE-0001"
FEATURE = "/ogc/collections/premises/items/ISLE-0001"
TABLE: dict[tuple[str, str], frozenset[Role] | str] = {
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,  # on this machine; tests/web/test_probes.py asks from another
    ("GET", "/static/app.css"): ANYBODY,
    ("GET", "/login"): ANYBODY,
    ("POST", "/login"): ANYBODY,
    ("GET", "/passphrase"): ANYBODY,
    ("POST", "/passphrase"): ANYBODY,
    ("POST", "/language"): ANYBODY,
    ("POST", "/logout"): EVERYONE,
    ("GET", "/"): EVERYONE,
    ("GET", "/map.js"): EVERYONE,
    ("GET", "/device"): ANYBODY,  # the shell: no list, no mission, no person
    ("GET", "/device/map.js"): ANYBODY,
    ("GET", "/sw.js"): ANYBODY,
    ("GET", "/manifest.webmanifest"): ANYBODY,
    ("GET", "/device/keep"): EVERYONE,
    ("POST", "/device/keep"): EVERYONE,
    ("GET", "/list"): EVERYONE,
    ("POST", "/list"): EVERYONE,
    ("POST", "/receipt"): EVERYONE,
    ("GET", f"{EDITION}/current"): EVERYONE,
    **{("GET", f"{EDITION}/current/export.{form}"): EVERYONE for form in OFFERED},
    ("GET", f"{EDITION}/current/export.geojson?bbox=-31,9,-29,11"): EVERYONE,
    ("GET", f"{EDITION}/current/export.kml?link=1"): EVERYONE,
    ("POST", f"{EDITION}/current/export.gpx"): EVERYONE,
    ("GET", "/missions/ISLE/basemap.json"): EVERYONE,
    ("GET", "/basemaps/ISLE/town.pmtiles"): EVERYONE,
    ("GET", "/basemaps/ISLE/town/area.pmtiles?bbox=-15.93,-31.67,-15.88,-31.64"): EVERYONE,
    ("GET", "/basemaps/ISLE/raster/0/0/0"): EVERYONE,
    ("GET", "/acknowledge/2"): EVERYONE,
    ("POST", "/acknowledge/2"): EVERYONE,
    ("POST", "/acknowledge/2/question"): EVERYONE,
    ("POST", "/acknowledge/2/refuse"): EVERYONE,
    ("GET", "/acknowledgements"): EVERYONE,
    ("GET", "/acknowledgements/ISLE/2"): NOBODY_YET,
    ("GET", "/acknowledgements/ISLE/2/receipt.json"): NOBODY_YET,
    ("POST", "/acknowledgements/ISLE/2/withdraw"): EVERYONE,
    ("GET", "/register/"): REGISTER,
    ("GET", "/register/ISLE/"): REGISTER,
    ("GET", "/register/ISLE/in-force"): REGISTER,
    ("GET", "/register/ISLE/propose"): PROPOSERS,
    ("POST", "/register/ISLE/propose"): PROPOSERS,
    ("GET", LISTING): REGISTER,
    ("GET", f"{LISTING}/letter"): REGISTER,
    ("GET", f"{LISTING}/notice"): REGISTER,
    ("POST", f"{LISTING}/designate"): HEADS,
    ("POST", f"{LISTING}/notice"): PROPOSERS,
    ("POST", "/flag"): EVERYONE,
    ("POST", "/register/ISLE/flags/ISLE-F0001/settle"): PROPOSERS,
    ("POST", f"{LISTING}/defer-notice"): HEADS,
    ("POST", f"{LISTING}/reply"): PROPOSERS,
    ("POST", f"{LISTING}/petition"): PROPOSERS,
    ("POST", f"{LISTING}/refuse-petition"): HEADS,
    ("POST", f"{LISTING}/suspend"): HEADS,
    ("POST", f"{LISTING}/reinstate"): HEADS,
    ("POST", f"{LISTING}/confirm"): HEADS,
    ("POST", f"{LISTING}/reject"): HEADS,
    ("POST", f"{LISTING}/withdraw"): PROPOSERS,
    ("POST", f"{LISTING}/propose-lift"): PROPOSERS,
    ("POST", f"{LISTING}/refuse-lift"): HEADS,
    ("POST", f"{LISTING}/lift"): HEADS,
    ("POST", f"{LISTING}/rename"): PROPOSERS,
    ("GET", f"{LISTING}/change"): PROPOSERS,
    ("POST", f"{LISTING}/change"): PROPOSERS,
    ("POST", f"{LISTING}/make-change"): HEADS,
    ("POST", f"{LISTING}/refuse-change"): HEADS,
    ("POST", f"{LISTING}/withdraw-change"): PROPOSERS,
    ("POST", f"{LISTING}/operator"): PROPOSERS,
    ("POST", f"{LISTING}/review"): HEADS,
    ("POST", f"{LISTING}/notes"): PROPOSERS,
    ("POST", f"{LISTING}/attachments"): PROPOSERS,
    ("POST", f"{LISTING}/attachments/1"): EVIDENCE_READERS,
    ("GET", "/register/ISLE/batch?step=designated&id=ISLE-0008"): HEADS,
    ("POST", "/register/ISLE/batch"): HEADS,
    ("GET", "/register/ISLE/import"): PROPOSERS,
    ("POST", "/register/ISLE/import"): PROPOSERS,
    # Who may propose reads of a list that is not theirs that it is not here (test_import_page.py sends some).
    **{("GET", f"/register/ISLE/import/{page}"): PROPOSERS for page in IMPORT_PAGES},
    **{("POST", f"/register/ISLE/import/{step}"): PROPOSERS for step in IMPORT_STEPS},
    ("GET", "/register/ISLE/partners"): REGISTER,
    ("GET", "/register/ISLE/partners/list?id=ISLE-P0001"): REGISTER,
    ("GET", "/register/ISLE/partners/map.js?id=ISLE-P0001"): REGISTER,
    ("GET", "/register/ISLE/partners/rows.json?id=ISLE-P0001"): REGISTER,
    ("POST", "/register/ISLE/partners/confirm"): HEADS,
    ("POST", "/register/ISLE/partners/refuse"): PROPOSERS,
    ("POST", "/register/ISLE/partners/recognise"): PROPOSERS,
    ("GET", "/register/ISLE/publish"): HEADS,
    ("POST", "/register/ISLE/publish"): HEADS,
    ("GET", "/register/ISLE/facilities"): REGISTER,
    ("GET", "/register/ISLE/compare"): REGISTER,
    ("GET", "/register/ISLE/compare.js"): REGISTER,
    ("GET", "/register/ISLE/held.json"): REGISTER,
    ("GET", "/register/ISLE/drift"): REGISTER,
    ("GET", "/register/ISLE/drift/map.js"): REGISTER,
    ("GET", "/register/ISLE/drift/rows.json"): REGISTER,
    ("GET", "/register/ISLE/drift/report.csv"): REGISTER,
    ("GET", "/register/ISLE/devices"): PROPOSERS | {Role.MANAGER, Role.ADMIN},
    ("POST", "/register/ISLE/facilities"): HEADS,
    ("POST", "/register/ISLE/facilities/F-1/retire"): HEADS,
    ("GET", "/campaigns/"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/"): CAMPAIGNS,
    ("POST", "/campaigns/ISLE/"): DISTRIBUTORS,
    ("GET", "/campaigns/ISLE/CAMPAIGN"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/CAMPAIGN/package.zip"): DISTRIBUTORS,
    ("GET", "/campaigns/ISLE/CAMPAIGN/completion"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/CAMPAIGN/completion.csv"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/CAMPAIGN/completion.xlsx"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/quarter"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/briefing"): CAMPAIGNS,
    ("GET", "/campaigns/ISLE/briefing.pdf"): CAMPAIGNS,
    ("POST", "/campaigns/ISLE/CAMPAIGN/sheet"): frozenset({Role.MANAGER}),
    ("GET", "/campaigns/ISLE/CAMPAIGN/unit?unit=Harbour"): frozenset({Role.MANAGER}),
    ("POST", "/campaigns/ISLE/CAMPAIGN/unit?unit=Harbour"): frozenset({Role.MANAGER}),
    ("GET", "/campaigns/ISLE/CAMPAIGN/sheet.csv?unit=Harbour&lang=en"): DISTRIBUTORS,
    ("GET", "/campaigns/ISLE/CAMPAIGN/sheet.html?unit=Harbour&lang=en"): DISTRIBUTORS,
    ("GET", "/campaigns/ISLE/CAMPAIGN/sheet.pdf?unit=Harbour&lang=en"): DISTRIBUTORS,
    ("POST", "/campaigns/ISLE/CAMPAIGN/close"): DISTRIBUTORS,
    ("POST", "/campaigns/ISLE/CAMPAIGN/remind"): DISTRIBUTORS,
    ("GET", "/campaigns/ISLE/people"): frozenset({Role.MANAGER}),
    ("POST", "/campaigns/ISLE/induction"): frozenset({Role.MANAGER}),
    ("POST", "/campaigns/ISLE/leave"): frozenset({Role.MANAGER}),
    ("GET", "/evidence/"): frozenset({Role.CONDUCT}),
    ("GET", "/evidence/ISLE/"): frozenset({Role.CONDUCT}),
    ("POST", "/evidence/ISLE/"): frozenset({Role.CONDUCT}),
    ("GET", "/tokens"): EVERYONE,
    ("POST", "/tokens"): EVERYONE,
    ("POST", "/tokens/revoke"): EVERYONE,
    ("GET", "/sessions"): EVERYONE,
    ("POST", "/sessions/end"): EVERYONE,
    ("POST", "/sessions/end-others"): EVERYONE,
    ("GET", "/step-up"): EVERYONE,
    ("POST", "/step-up"): EVERYONE,
    ("POST", "/step-up/question"): EVERYONE,
    ("GET", "/second-factor"): EVERYONE,
    ("POST", "/second-factor/key/question"): EVERYONE,
    ("POST", "/second-factor/key"): EVERYONE,
    ("POST", "/second-factor/app"): EVERYONE,
    ("POST", "/second-factor/app/confirm"): EVERYONE,
    ("POST", "/second-factor/remove"): EVERYONE,
    ("GET", "/people/"): ADMINS,
    ("GET", "/people/ISLE/"): ADMINS,
    ("POST", "/people/ISLE/report"): ADMINS,
    ("POST", "/people/ISLE/land"): ADMINS,
    ("GET", "/people/ISLE/accounts"): ADMINS,
    ("POST", "/people/ISLE/accounts"): ADMINS,
    ("GET", "/people/ISLE/p-staff"): ADMINS,
    ("POST", "/people/ISLE/p-staff/move"): ADMINS,
    ("POST", "/people/ISLE/p-staff/depart"): ADMINS,
    ("POST", "/people/ISLE/p-staff/passphrase"): ADMINS,
    ("GET", "/people/erasures"): RECOVERERS,
    ("POST", "/people/erasures"): RECOVERERS,
    ("POST", "/people/erasures/agree"): RECOVERERS,
    ("POST", "/people/erasures/refuse"): RECOVERERS,
    ("GET", "/recovery"): RECOVERERS,
    ("POST", "/recovery"): RECOVERERS,
    ("POST", "/recovery/agree"): RECOVERERS,
    ("POST", "/recovery/refuse"): RECOVERERS,
    ("POST", "/oidc/sign-in"): ANYBODY,
    ("GET", "/oidc/callback"): ANYBODY,
    ("POST", "/oidc/callback"): ANYBODY,
    ("POST", "/oidc/link"): EVERYONE,
    ("POST", "/oidc/step-up"): EVERYONE,
    ("POST", "/oidc/unlink"): EVERYONE,
    ("GET", "/ogc/"): EVERYONE,
    ("GET", "/ogc/conformance"): EVERYONE,
    ("GET", "/ogc/api"): EVERYONE,
    ("GET", "/ogc/collections"): EVERYONE,
    ("GET", "/ogc/collections/premises"): EVERYONE,
    ("GET", "/ogc/collections/premises/queryables"): EVERYONE,
    ("GET", "/ogc/collections/premises/items"): EVERYONE,
    ("GET", "/ogc/collections/premises/items?f=html&limit=3"): EVERYONE,
    ("GET", FEATURE): EVERYONE,
    ("GET", "/api/v1/openapi.json"): EVERYONE,
    ("GET", "/api/v1/missions"): EVERYONE,
    ("GET", "/api/v1/keys"): EVERYONE,
    ("POST", "/api/v1/check"): EVERYONE,
    ("POST", "/api/v1/find"): EVERYONE,
    ("GET", f"/api/v1{EDITION}"): EVERYONE,
    ("GET", f"/api/v1{EDITION}/current"): EVERYONE,
    ("GET", f"/api/v1{EDITION}/current/envelope"): EVERYONE,
    ("GET", f"/api/v1{EDITION}/2/delta?from=1"): EVERYONE,
    ("GET", f"{EDITION}/current/changes"): EVERYONE,
    ("GET", "/missions/ISLE/take-along"): EVERYONE,
    ("GET", "/api/v1/missions/ISLE/acknowledgements"): EVERYONE,
    ("POST", "/api/v1/missions/ISLE/acknowledgements"): EVERYONE,
    ("GET", "/api/v1/missions/ISLE/acknowledgements/2"): NOBODY_YET,
    ("GET", "/api/v1/missions/ISLE/partners"): REGISTER,
    ("GET", "/api/v1/missions/ISLE/partners/ISLE-P0001"): REGISTER,
    ("GET", "/api/v1/missions/ISLE/drift?with=ISLE"): REGISTER,
    ("POST", "/api/v1/missions/ISLE/premises"): PROPOSERS,
    ("POST", "/api/v1/missions/ISLE/premises/nearby"): PROPOSERS,
    ("POST", "/api/v1/missions/ISLE/premises/ISLE-0001/flags"): EVERYONE,
}

# Each finds their own there, and nobody has acknowledged anything yet (tests/web/test_acknowledgement_pages.py does).
OWN = frozenset(row for row, roles in TABLE.items() if roles == NOBODY_YET)
# What there is only where an identity provider is named (tests/web/oidc has one).
WITH_A_PROVIDER = frozenset({("POST", "/oidc/link"), ("POST", "/oidc/step-up")})
OGC = frozenset(row for row in TABLE if row[1].startswith("/ogc/"))
# What is left to somebody in service who holds no role, or holds one no longer: what needs nobody's permission. Their
# questions are answered with what is wrong in them, and with 404 once nothing is.
WITHOUT_ROLE: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/logout"),
        *WITH_A_PROVIDER,
        ("POST", "/oidc/unlink"),
        ("GET", "/acknowledgements"),
        ("GET", "/sessions"),
        ("POST", "/sessions/end"),
        ("POST", "/sessions/end-others"),
        ("GET", "/step-up"),
        ("POST", "/step-up"),
        ("POST", "/step-up/question"),
        ("GET", "/second-factor"),
        ("POST", "/second-factor/app"),
        ("POST", "/second-factor/app/confirm"),
        ("POST", "/second-factor/key"),
        ("POST", "/second-factor/key/question"),
        ("POST", "/second-factor/remove"),
        ("GET", "/tokens"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/v1/missions"),
        ("GET", "/api/v1/keys"),
        ("POST", "/api/v1/check"),
        ("POST", "/api/v1/find"),
        ("POST", "/tokens"),
        ("POST", "/tokens/revoke"),
        *OGC,
    }
)
# What asks first of who has not shown for a while that it is they, whatever else is wrong with the form.
STEPPED_UP: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", f"{LISTING}/designate"),
        ("POST", f"{LISTING}/defer-notice"),
        ("POST", f"{LISTING}/refuse-petition"),
        ("POST", f"{LISTING}/suspend"),
        ("POST", f"{LISTING}/reinstate"),
        ("POST", f"{LISTING}/confirm"),
        ("POST", "/register/ISLE/partners/confirm"),
        ("POST", f"{LISTING}/reject"),
        ("POST", f"{LISTING}/refuse-lift"),
        ("POST", f"{LISTING}/lift"),
        ("POST", f"{LISTING}/make-change"),
        ("POST", f"{LISTING}/refuse-change"),
        ("POST", f"{LISTING}/review"),
        ("POST", f"{LISTING}/attachments/1"),
        ("POST", "/evidence/ISLE/"),
        ("POST", "/register/ISLE/batch"),
        ("POST", "/register/ISLE/publish"),
        ("POST", "/people/ISLE/land"),
        ("POST", "/people/ISLE/accounts"),
        ("POST", "/people/ISLE/p-staff/move"),
        ("POST", "/people/ISLE/p-staff/depart"),
        ("POST", "/people/ISLE/p-staff/passphrase"),
        ("POST", "/people/erasures"),
        ("POST", "/people/erasures/agree"),
        ("POST", "/people/erasures/refuse"),
        ("POST", "/recovery"),
        ("POST", "/recovery/agree"),
        ("POST", "/recovery/refuse"),
    }
)

# What a token opens for a head, who may do everything on the list: the same for any of its purpose or of a wider one.
SYNC: frozenset[tuple[str, str]] = frozenset(
    {
        *(("GET", f"{EDITION}/current/export.{form}") for form in OFFERED),
        ("GET", f"{EDITION}/current/export.geojson?bbox=-31,9,-29,11"),
        ("GET", f"{EDITION}/current/export.kml?link=1"),
        ("POST", f"{EDITION}/current/export.gpx"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/v1/missions"),
        ("GET", "/api/v1/keys"),
        ("GET", f"/api/v1{EDITION}"),
        ("GET", f"/api/v1{EDITION}/current"),
        ("GET", f"/api/v1{EDITION}/current/envelope"),
        ("GET", f"/api/v1{EDITION}/2/delta?from=1"),
        *OGC,
    }
)
DEVICE = SYNC | {
    ("GET", "/missions/ISLE/basemap.json"),
    ("POST", "/api/v1/missions/ISLE/premises/ISLE-0001/flags"),
}
BY_TOKEN: dict[str, frozenset[tuple[str, str]]] = {
    "metrics": frozenset(),  # beside /metrics, which is there for anybody on this machine
    "sync": SYNC,
    "device": DEVICE,
    "api": DEVICE
    | {
        ("POST", "/api/v1/check"),
        ("POST", "/api/v1/find"),
        ("POST", "/api/v1/missions/ISLE/premises"),
        ("POST", "/api/v1/missions/ISLE/premises/nearby"),
    },
}
