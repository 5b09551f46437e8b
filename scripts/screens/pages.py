"""Every page that is photographed, and every route that is none, with the reason; a test holds both to the routes.

A page is opened at its address as the person named, then `do` brings it to where it is worth a look.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from screens import devices, steps
from screens.camera import DARK_RTL, DESKTOP, DESKTOP_DARK, DESKTOP_RTL, PHONE, PHONE_DARK, PHONE_RTL, Look
from screens.sites import Site

BOTH = (PHONE, DESKTOP)
DARK_TOO = (*BOTH, PHONE_DARK, DESKTOP_DARK)
RTL_TOO = (*DARK_TOO, PHONE_RTL)
EVERY_WAY = (*RTL_TOO, DESKTOP_RTL, DARK_RTL)
REGISTER = "/register/DEMO/"
FIRST = f"{REGISTER}DEMO-0001"
CAMPAIGN = "/campaigns/DEMO/{campaign}"


@dataclass(frozen=True, kw_only=True)
class Screen:
    """endpoint : the route it shows, empty where it is no route's. who : a role, None for a visitor.

    device : the name of a device of theirs that keeps the list, empty for an ordinary browser.
    begins : a selector of where the picture begins, empty for the top of the page.
    """

    name: str
    endpoint: str
    path: str
    who: str | None = "staff"
    site: str = "demo"
    device: str = ""
    begins: str = ""
    looks: tuple[Look, ...] = BOTH
    do: Callable[[Page], None] = field(default=steps.nothing)


def opened(page: Page, screen: Screen, site: Site, language: str = "en") -> None:
    """The page in a language, where it is worth a look. Where that is not English, its steps name no words."""
    path = screen.path.format(campaign=site.campaign)
    page.context.clear_cookies(name="visit_language")
    page.goto(path if language == "en" else f"{path}{'&' if '?' in path else '?'}lang={language}")
    screen.do(page)


def _at(name: str, endpoint: str, path: str, who: str | None = "staff", **more: object) -> Screen:
    return Screen(name=name, endpoint=endpoint, path=path, who=who, **more)  # type: ignore[arg-type]


LOOK_UP = (
    _at("look-up", "lookup.page", "/", do=steps.map_worded, looks=DARK_TOO),
    _at("look-up-listed", "lookup.page", "/", do=steps.listed, looks=EVERY_WAY),
    _at("look-up-cannot-tell", "lookup.page", "/", do=steps.cannot_tell, looks=EVERY_WAY),
    _at("look-up-not-listed", "lookup.page", "/", do=steps.not_listed, looks=EVERY_WAY),
    _at("look-up-search", "lookup.page", "/", do=steps.search),
    _at("look-up-menu", "lookup.page", "/", "head", do=steps.menu, looks=(PHONE, PHONE_DARK)),
    _at("look-up-legend", "lookup.page", "/", do=steps.legend),
    _at("look-up-expired", "lookup.page", "/", site="expired", do=steps.not_listed),
    _at("look-up-no-edition", "lookup.page", "/", site="empty", do=steps.map_open),
    _at("list", "list.page", "/list", looks=EVERY_WAY),
    _at("list-expired", "list.page", "/list", site="expired"),
    _at("list-empty", "list.page", "/list", site="empty"),
    _at("list-names-found", "list.page", "/list", do=steps.names_found),
    _at("list-answer", "list.page", "/list", do=steps.list_answer, looks=DARK_TOO),
    _at("list-nothing-found", "list.page", "/list", do=steps.nothing_found),
    _at("receipt-of-a-look-up", "list.page", "/list", do=steps.receipt),
)
STAFF = (
    _at("edition", "editions.page", "/missions/DEMO/editions/current"),
    _at("changes", "editions.changes", "/missions/DEMO/editions/current/changes"),
    _at("take-along", "patrol.page", "/missions/DEMO/take-along?format=gpx", "patrol"),
    _at("acknowledge", "acknowledge.page", "/acknowledge/4", "patrol", do=steps.statement, looks=EVERY_WAY),
    _at("acknowledgement-receipt", "acknowledgements.one", "/acknowledge/4", do=steps.acknowledged, looks=DARK_TOO),
    _at("my-acknowledgements", "acknowledgements.page", "/acknowledgements"),
    _at("my-acknowledgements-none", "acknowledgements.page", "/acknowledgements", site="empty"),
    _at("keep-on-this-device", "device.keep", "/device/keep", "patrol"),
    _at("tokens", "tokens.page", "/tokens", "patrol", do=steps.token_issued_and_back),
    _at("token-shown-once", "tokens.page", "/tokens", "patrol", do=steps.token_issued),
    _at("tokens-none", "tokens.page", "/tokens", "auditor"),
    _at("second-factor", "factors.page", "/second-factor", "head"),
    _at("second-factor-none", "factors.page", "/second-factor"),
    _at("second-factor-app", "factors.page", "/second-factor", do=steps.set_up_an_app),
    _at("sessions", "sessions.page", "/sessions", "deputy"),
    _at("passphrase", "login.passphrase", "/passphrase"),
    _at("ogc", "ogc.landing", "/ogc/?f=html"),
    _at("ogc-items", "ogc.items", "/ogc/collections/premises/items?f=html&limit=10"),
)
DEVICES = (
    _at("device-without-a-list", "device.page", "/device", None, do=devices.no_list),
    _at("device", "device.page", "/device", do=devices.opened, device="own"),
    _at("device-listed", "device.page", "/device", do=devices.listed, device="own"),
    _at("device-watching", "device.page", "/device", do=devices.watching, device="own"),
    _at("device-waiting", "device.page", "/device", do=devices.waiting, device="with something to send"),
    _at("device-expired", "device.page", "/device", site="expired", do=devices.opened, device="own"),
    _at("device-passphrase", "device.keep", "/device/keep", "patrol", do=devices.keep, device="new"),
    _at("device-locked", "device.page", "/device", "patrol", do=devices.locked, device="sealed"),
    _at("device-wrong-passphrase", "device.page", "/device", "patrol", do=devices.guessed, device="sealed"),
)
SIGNING_IN = (
    _at("sign-in", "login.form", "/login", None, looks=EVERY_WAY),
    _at("sign-in-refused", "login.form", "/login", None, do=steps.refused),
    _at("choose-a-passphrase", "login.passphrase", "/passphrase", None),
    _at("step-up", "step_up.form", "/step-up", "auditor", site="empty", do=steps.asked_anew),
    _at("recovery", "recovery.page", "/recovery", "admin", do=steps.recovery_asked),
    _at("recovery-none", "recovery.page", "/recovery", "head", site="empty"),
)
OFFICERS = (
    _at("worklist", "register.worklist", REGISTER, "head", looks=EVERY_WAY),
    _at("worklist-empty", "register.worklist", REGISTER, "head", site="empty"),
    _at("in-force", "register.in_force", f"{REGISTER}in-force", "officer"),
    _at("in-force-none", "register.in_force", f"{REGISTER}in-force", "officer", site="empty"),
    _at("propose", "register.proposal_form", f"{REGISTER}propose", "officer", do=steps.map_ready, looks=DARK_TOO),
    _at("propose-refused", "register.proposal_form", f"{REGISTER}propose", "officer", do=steps.proposal_refused),
    _at("designation", "register.designation", FIRST, "head", looks=DARK_TOO),
    _at("designation-to-decide", "register.designation", REGISTER, "head", do=steps.first_to_decide),
    _at("change", "changes.form", f"{FIRST}/change", "officer", do=steps.map_ready),
    _at("letter", "letters.letter", f"{FIRST}/letter", "officer"),
    _at("public-notice", "letters.notice", f"{FIRST}/notice", "officer"),
    _at("compare", "compare.page", f"{REGISTER}compare", "officer"),
    _at("compare-two-times", "compare.page", f"{REGISTER}compare?at=2026-09-20T12:00", "officer", do=steps.map_ready),
    _at("drift", "drift.page", f"{REGISTER}drift?with=BORDERS", "officer", do=steps.map_ready, looks=DARK_TOO),
    _at("drift-none", "drift.page", f"{REGISTER}drift", "officer", site="empty"),
    _at("import", "imports.page", f"{REGISTER}import", "officer", looks=DARK_TOO),
    _at("import-report", "imports.report", f"{REGISTER}import", "officer", do=steps.list_read, looks=RTL_TOO),
    _at("import-landed", "imports.landed", f"{REGISTER}import", "officer", do=steps.list_landed),
    _at("import-set-right", "imports.report", f"{REGISTER}import", "officer", do=steps.row_set_right, begins="#rows"),
    _at("partners", "partners.page", f"{REGISTER}partners", "head"),
    _at("partner-list", "partners.read", f"{REGISTER}partners/list?id=DEMO-P0001", "head", do=steps.map_ready),
    _at("batch", "batch.page", REGISTER, "head", do=steps.ticked),
    _at("publish", "publish.preview", f"{REGISTER}publish", "head"),
    _at("facilities", "facilities.page", f"{REGISTER}facilities", "head"),
    _at("devices", "devices.page", f"{REGISTER}devices", "head"),
    _at("devices-none", "devices.page", f"{REGISTER}devices", "head", site="empty"),
)
MANAGERS = (
    _at("campaigns", "campaigns.index", "/campaigns/DEMO/", "manager", looks=DARK_TOO),
    _at("campaigns-none", "campaigns.index", "/campaigns/DEMO/", "manager", site="empty"),
    _at("campaign", "campaigns.page", CAMPAIGN, "manager"),
    _at("completion", "completion.page", f"{CAMPAIGN}/completion", "manager", looks=EVERY_WAY),
    _at("quarter", "completion.quarter", "/campaigns/DEMO/quarter", "manager"),
    _at("unit", "sheets.page", f"{CAMPAIGN}/unit?unit=Mission+Support", "manager"),
    _at("newcomers-and-leave", "service_pages.page", "/campaigns/DEMO/people", "manager"),
    _at("briefing", "briefing.page", "/campaigns/DEMO/briefing", "manager"),
)
OFFICE = (
    _at("evidence", "evidence.page", "/evidence/DEMO/", "conduct"),
    _at("evidence-given", "evidence.page", "/evidence/DEMO/", "conduct", do=steps.evidence),
    _at("people", "people.index", "/people/DEMO/", "admin"),
    _at("people-report", "people.index", "/people/DEMO/", "admin", do=steps.personnel_report),
    _at("person", "person_pages.page", "/people/DEMO/", "admin", do=steps.somebody),
    _at("accounts", "accounts.page", "/people/DEMO/accounts", "admin"),
    _at("accounts-opened", "people.index", "/people/DEMO/", "admin", do=steps.accounts_opened),
    _at("erasures", "erasures.page", "/people/erasures", "admin"),
)
ERRORS = (
    _at("error-absent", "", "/register/DEMO/", "staff", looks=DARK_TOO),
    _at("error-of-the-server", "health.ready", "/readyz", "staff", site="expired"),
)
SCREENS = (*LOOK_UP, *STAFF, *DEVICES, *SIGNING_IN, *OFFICERS, *MANAGERS, *OFFICE, *ERRORS)

_DATA, _FILE, _PROGRAM, _LEADS_ON = "answers programs", "a file to keep", "a part of a page", "leads on to another page"
NO_PAGE = {
    **dict.fromkeys(
        (
            "api.keys",
            "api.all_missions",
            "api.all_editions",
            "api.edition",
            "api.delta",
            "api.envelope",
            "api.description",
            "acknowledgement_api.mine",
            "acknowledgement_api.one",
            "partners_api.lists",
            "partners_api.one",
            "partners_api.compared",
            "health.alive",
            "health.metrics",
            "ogc.description",
            "ogc.collections",
            "ogc.collection",
            "ogc.item",
            "ogc.queryables",
            "ogc.conformance",
        ),
        _DATA,
    ),
    **dict.fromkeys(
        (
            "acknowledgements.receipt",
            "completion.as_csv",
            "completion.as_workbook",
            "campaigns.package",
            "sheets.file",
            "briefing.as_pdf",
            "editions.export",
            "imports.as_json",
            "imports.refused",
            "drift.as_csv",
        ),
        _FILE,
    ),
    **dict.fromkeys(
        (
            "assets.file",
            "device.manifest",
            "device.script",
            "device.worker",
            "lookup.script",
            "compare.script",
            "compare.held",
            "imports.script",
            "imports.rows",
            "drift.script",
            "drift.rows",
            "partners.script",
            "partners.rows",
            "tiles.archive",
            "tiles.area",
            "tiles.tile",
            "tiles.basemap",
        ),
        _PROGRAM,
    ),
    **dict.fromkeys(
        ("campaigns.start", "evidence.start", "people.start", "register.start", "oidc.came_back"), _LEADS_ON
    ),
}
