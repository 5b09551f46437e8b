"""What is done on a page before its picture is taken, as anybody would do it.

A press that leads to another page is waited for (`_leads_on`): what comes next would else be done on the page before.
"""

from playwright.sync_api import Locator, Page, expect

from screens.sites import PASSPHRASE

_READY = ".folium-map[data-ready]"


def nothing(_page: Page) -> None:
    """The page as it opens."""


def map_ready(page: Page) -> None:
    page.wait_for_selector(_READY)


def map_worded(page: Page) -> None:
    """With its words, which take their places once the map stands."""
    map_ready(page)
    page.wait_for_selector(".offlimits-word")


def map_open(page: Page) -> None:
    """Where there is no list, the map never says that it is ready."""
    page.wait_for_selector("html[data-ready] .folium-map")
    page.wait_for_selector(".offlimits-notice")


def _leads_on(page: Page, what: Locator) -> None:
    """Presses it and waits for the page that it leads to, which may lie at the same address."""
    with page.expect_navigation():
        what.click()


def _standing(page: Page, lat: float, lon: float) -> None:
    page.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 5})


def _checked(page: Page, verdict: str) -> None:
    page.click("#check-here")
    expect(page.locator(f"#answer .verdict.{verdict}")).to_be_visible()


def listed(page: Page) -> None:
    map_ready(page)
    page.fill("#search", "glass heron")
    page.locator("#results .hit").first.click()
    expect(page.locator("#answer .verdict.listed")).to_be_visible()


def cannot_tell(page: Page) -> None:
    _standing(page, -31.65813, -15.90628)
    map_ready(page)
    _checked(page, "cannot_tell")


def not_listed(page: Page) -> None:
    """In town; on an expired list nobody can tell."""
    _standing(page, -31.6600, -15.9040)
    map_ready(page)
    page.click("#check-here")
    expect(page.locator("#answer .verdict")).to_be_visible()


def search(page: Page) -> None:
    map_ready(page)
    page.fill("#search", "lantern")
    page.wait_for_selector("#results .hit")


def menu(page: Page) -> None:
    map_ready(page)
    page.get_by_role("button", name="Menu").click()


def legend(page: Page) -> None:
    map_ready(page)
    page.click("#legend summary")


def _asked(page: Page, text: str) -> None:
    page.fill("#search", text)
    _leads_on(page, page.get_by_role("button", name="Search"))


def names_found(page: Page) -> None:
    _asked(page, "harbor")


def list_answer(page: Page) -> None:
    _asked(page, "-31.65813,-15.90628")


def nothing_found(page: Page) -> None:
    _asked(page, "zzyzx")


def receipt(page: Page) -> None:
    """It opens in a tab of its own, which this page then follows."""
    list_answer(page)
    page.locator("form.keep").evaluate("(form) => { form.target = '_self'; }")
    _leads_on(page, page.get_by_role("button", name="Keep a signed receipt"))
    page.wait_for_selector(".receipt")


def statement(page: Page) -> None:
    page.wait_for_selector("#acknowledge")


def acknowledged(page: Page) -> None:
    if page.locator("#acknowledge").count():
        _leads_on(page, page.get_by_role("button", name="I acknowledge edition"))
    page.goto("/acknowledgements/DEMO/4")


def token_issued(page: Page) -> None:
    _leads_on(page, page.get_by_role("button", name="Issue"))
    page.wait_for_selector("code.hash.whole")


def token_issued_and_back(page: Page) -> None:
    token_issued(page)
    page.goto("/tokens")


def asked_anew(page: Page) -> None:
    """As after the passphrase alone."""
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("[name=reference]", "auditor@demo.example")
    page.fill("[name=passphrase]", PASSPHRASE)
    _leads_on(page, page.locator("main form button.primary"))
    page.wait_for_selector("[name=proof_code]")


def set_up_an_app(page: Page) -> None:
    _leads_on(page, page.get_by_role("button", name="Set up an app"))


def refused(page: Page) -> None:
    page.fill("[name=reference]", "staff@demo.example")
    page.fill("[name=passphrase]", "not this one, certainly")
    _leads_on(page, page.locator("main form button.primary"))
    page.wait_for_selector(".notice.refused, .issue")


def recovery_asked(page: Page) -> None:
    page.fill("[name=person]", "D-103")
    page.fill("[name=reason]", "Telephone lost on patrol; called back on the number of the unit.")
    _leads_on(page, page.locator("main").get_by_role("button", name="Ask"))


def proposal_refused(page: Page) -> None:
    map_ready(page)
    page.fill("[name=position]", "94.2, -15.9")
    page.fill("[name=name]", "Lantern Yard")
    _leads_on(page, page.locator("button[value=propose]"))
    page.wait_for_selector(".issue")
    map_ready(page)


def first_to_decide(page: Page) -> None:
    _leads_on(page, page.get_by_role("link", name="The Spare Rib").first)


def ticked(page: Page) -> None:
    for box in page.locator("input[form=decide-to_decide]").all():
        box.check()
    _leads_on(page, page.locator("#decide-to_decide button"))


def evidence(page: Page) -> None:
    page.fill("[name=person]", "D-100")
    page.fill("[name=at]", "2026-11-20T23:30:00")
    page.fill("[name=position]", "-31.65813,-15.90628")
    page.fill("[name=case]", "CDT 2026/114")
    _leads_on(page, page.get_by_role("button", name="Show it"))
    page.wait_for_selector(".about-paper")


def personnel_report(page: Page) -> None:
    rows = "number,name,unit,category\nD-1002,Kofi Ansahene,Police Component,military\nD-9001,Runa Valdress,,military\n"
    rows += "D-9002,Ivo Castanheda,Civil Affairs,civilian\nD-9003,Selam Worku,Civil Affairs,juggler\n"
    _report(page, rows)


def _report(page: Page, rows: str) -> None:
    page.set_input_files("[name=file]", {"name": "personnel.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    _leads_on(page, page.get_by_role("button", name="Show the report"))
    page.get_by_role("heading", name="Report on a personnel list").wait_for()


def somebody(page: Page) -> None:
    _leads_on(page, page.locator("tbody th a").nth(4))


def accounts_opened(page: Page) -> None:
    """Somebody new, whose account is then opened."""
    rows = "number,name,unit,category\nD-9002,Ivo Castanheda,Civil Affairs,civilian\n"
    _report(page, rows)
    _leads_on(page, page.get_by_role("button", name="Land it"))
    page.goto("/people/DEMO/accounts")
    _leads_on(page, page.get_by_role("button", name="Open", exact=False).last)
    page.get_by_role("heading", name="One-time passphrases").wait_for()


def list_read(page: Page) -> None:
    """A list as people have it: a town in words, a typing slip, a name that is listed, a place abroad, two swapped."""
    _list_sent(page)
    map_ready(page)


def row_set_right(page: Page) -> None:
    """The rows at fault, what is offered for them, and one whose cells are open."""
    _list_sent(page)
    page.locator(".standings a.refused").click()
    page.locator("tr:has(.refused) .mender a").last.click()
    page.wait_for_selector(".mend")
    map_ready(page)


def list_landed(page: Page) -> None:
    """And undone again, so that the next picture finds the register as it was."""
    _list_sent(page)
    page.locator("#land form:last-of-type .primary").click()
    page.wait_for_url("**/import/landed?**")
    page.locator("form.panel .danger").click()
    page.wait_for_selector(".notice.note")


def _list_sent(page: Page) -> None:
    rows = "Establishment;Lat;Long;Town;Seen by\nCopper Kettle;-31.66;-15.905;Port Pela;night shift\n"
    rows += "Old Mill;-131.6;-15.9;Port Pela;\nBlue Lantern;-31.65813;-15.90628;Port Pela;\nFar Away;-41.0;-25.9;;\n"
    rows += "Juniper Rooms;-15.95509;-31.48749;Ostrel;\nTall Mast;-15.90532;-31.66001;Porto Velano;\n"
    rows += "Salt Door;-31.61748;-16.28066;Quendra;\nFerry House;-31.48755;-15.95206;Ostrel;\n"
    page.set_input_files("#file", {"name": "OFF LIMITS final.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    page.locator("#send button").click()
    page.wait_for_url("**/import/report?**")
