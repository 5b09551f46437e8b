"""One device, several tabs; one device, several missions: nothing is lost, sent twice, or guessed at more than once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from shapely.geometry import box

from geo_offlimits.domain.mission import Boundary, BoundaryKind
from geo_offlimits.domain.people import Role, RoleGrant
from geo_offlimits.services import acknowledged, editions, flags, missions, people, register, tokens
from tests import proving
from tests.browser.conftest import LAT, LON, METRE, _mission, square, subject, terms
from tests.browser.device_site import Field, in_the_field, without_a_list
from tests.browser.test_device import change_the_list, verdict
from tests.browser.test_device_sealed import SECRET, TRIES, WRONG, chosen

pytestmark = pytest.mark.browser
ADDS = 12
# Begins to add to the queue and leaves word when all is there.
BEGUN = """async ([name, most]) => {
  const [{add}, {open}] = await Promise.all(['queue', 'store'].map((one) => import(`/static/device/${one}.js`)));
  const records = await open(null), all = [...Array(most).keys()];
  const said = {kind: 'said', mission: 'ISLE', edition: 1};
  window.added = Promise.all(all.map((one) => add(records, {...said, name: `${name} ${one}`})));
}"""
QUEUED = """async () => {
  const [{waiting}, {open}] = await Promise.all(['queue', 'store'].map((one) => import(`/static/device/${one}.js`)));
  return (await waiting(await open(null))).map(({name}) => name);
}"""
TRIED = """async ([passphrases]) => {
  const {open} = await import('/static/device/store.js');
  const tried = await Promise.allSettled(passphrases.map(open));
  return tried.map(({status, reason}) => status === 'fulfilled' ? 'opened' : reason.left);
}"""
# The device is switched off at the moment in which the new signature would be written.
SWITCHED_OFF = """() => {
  const {put} = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (row, name) {
    if (name === 'missions') this.transaction.abort();
    return put.call(this, row, name);
  };
}"""


@pytest.fixture
def out(browser: Browser, tmp_path: Path) -> Iterator[Field]:
    with in_the_field(browser, tmp_path) as found:
        yield found


@pytest.fixture
def sealed(browser: Browser, tmp_path: Path) -> Iterator[Field]:
    with in_the_field(browser, tmp_path, seal_devices="all", device_tries=TRIES) as found:
        yield found


def flag(page: Page, name: str) -> None:
    page.fill("#search", name)
    page.locator("#results .hit").first.click()
    page.locator("#answer .flag summary").click()
    page.get_by_role("button", name="It is closed").click()
    expect(page.locator("#answer .flag")).to_contain_text("Kept on this device")


def test_what_two_tabs_keep_at_once_is_all_kept(out: Field) -> None:
    one = out.kept()
    other = out.beside(one)
    one.evaluate(BEGUN, ["one", ADDS])
    other.evaluate(BEGUN, ["other", ADDS])
    for page in (one, other):
        page.evaluate("window.added.then(() => undefined)")
    names = one.evaluate(QUEUED)
    assert sorted(names) == sorted(f"{tab} {number}" for tab in ("one", "other") for number in range(ADDS))


def test_a_flag_is_sent_by_one_tab_and_each_tab_is_told_of_the_new_list(out: Field) -> None:
    one = out.kept()
    other = out.beside(one)
    with out.gone():
        flag(one, "blue lantern")
        flag(other, "harbour palace")
        change_the_list(out)
    posts: list[str] = []
    for page in (one, other):
        page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    start = "() => { setTimeout(() => dispatchEvent(new Event('online')), 200); }"
    for page in (one, other):
        page.evaluate(start)
    for page in (one, other):
        expect(page.locator("#device-messages")).to_contain_text("Edition 2 has arrived.")
        expect(page.locator("#waiting")).to_be_hidden()
    assert sorted(address.split("/")[-2] for address in posts) == ["ISLE-0001", "ISLE-0002"]
    with out.site.wiring.reading() as act:
        raised = flags.open_flags(out.head(act), "ISLE")
    assert sorted(found.designation_id for found in raised) == ["ISLE-0001", "ISLE-0002"]
    for page in (one, other):
        page.reload()
        out.opened(page)
        expect(page.locator("#standing")).to_contain_text("Edition 2")
        expect(page.locator("#device-messages")).to_be_empty()


def test_a_flag_that_a_slow_line_cut_off_is_no_refused_one_and_goes_with_the_next_try(out: Field) -> None:
    page = out.kept()
    with out.gone():
        flag(page, "blue lantern")
    answers = [408, 425]

    def cut(route: Route) -> None:
        if answers:
            route.fulfill(
                status=answers.pop(0), content_type="application/problem+json", body='{"detail": "Too slow."}'
            )
        else:
            route.continue_()

    page.route("**/flags", cut)
    for left in (1, 0):
        with page.expect_response("**/flags"):
            page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
        assert len(answers) == left
        expect(page.locator("#waiting")).to_be_visible()
        expect(page.locator("#waiting")).not_to_contain_text("Too slow.")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#waiting")).to_be_hidden()
    with out.site.wiring.reading() as act:
        assert [found.designation_id for found in flags.open_flags(out.head(act), "ISLE")] == ["ISLE-0001"]
    out.excuse("408", "425")


def test_a_device_that_is_switched_off_while_a_list_comes_keeps_the_one_it_had(out: Field) -> None:
    page = out.kept()
    change_the_list(out)
    page.evaluate(SWITCHED_OFF)
    with page.expect_event("pageerror"):
        out.online(page)
    with out.gone():
        page.reload()
        out.opened(page)
        expect(page.locator("#standing")).to_contain_text("Edition 1")
        expect(page.locator("#device-messages")).to_be_empty()
    out.reader.watched.complaints.clear()  # of the power that went


def test_whoever_guesses_in_many_tabs_at_once_has_no_more_tries_than_in_one(sealed: Field) -> None:
    page = sealed.enrolled()
    chosen(page)
    page.wait_for_url("**/device")
    other = page.context.new_page()
    other.goto("/device")
    expect(other.locator("#gate")).to_be_visible()
    assert page.evaluate(TRIED, [[WRONG] * (TRIES - 1)]) == [2, 1]
    assert other.evaluate(TRIED, [[SECRET]]) == ["opened"]  # which gives all tries back
    guesses = [f"{WRONG} {number}" for number in range(TRIES)]
    assert page.evaluate(TRIED, [[*guesses, SECRET]]) == [2, 1, 0, 0]
    without_a_list(other)
    page.reload()
    without_a_list(page)


def test_a_list_that_is_wiped_in_one_tab_is_gone_in_the_other_and_one_kept_anew_is_there(out: Field) -> None:
    one = out.kept()
    other = out.beside(one)
    other.wait_for_load_state("networkidle")  # it has asked what is new
    with out.site.wiring.writing() as act:
        by = act.by(proving.actor(act, "p-staff"))
        (token,) = tokens.mine(by)
        tokens.revoke(by, token.token_id)
    out.online(one)
    expect(one.locator("main")).to_contain_text("The list was deleted from it.")
    without_a_list(other)
    expect(one.locator("main")).to_contain_text("The list was deleted from it.")  # it stays to be read
    one.goto("/device/keep")
    one.locator("main form.panel button.primary").click()
    one.wait_for_url("**/device")
    for page in (one, other):
        out.opened(page)
    with out.gone():
        out.again(one)
    out.excuse("401")


def test_whoever_leaves_while_a_list_is_being_kept_has_none(out: Field) -> None:
    page = out.reader.page()
    page.route("**/editions/current/envelope", lambda _route: None)  # it never comes
    page.goto("/device/keep")
    with page.expect_request("**/editions/current/envelope"):
        page.locator("main form.panel button.primary").click()
    page.goto("/device")
    without_a_list(page)


def claim(page: Page) -> None:
    page.locator("#edition-drawer > summary").click()
    page.get_by_role("button", name="I have read this edition").click()


def told_at(out: Field, person_id: str) -> datetime:
    """What the device's clock said to the one acknowledgement of a person."""
    with out.site.wiring.reading() as act:
        (said,) = acknowledged.mine(act.by(proving.actor(act, person_id)), "ISLE")
    assert said.client_at
    return said.client_at


def confirm_as(out: Field, page: Page, who: str) -> None:
    """Whoever signs in on the device follows the first claim that waits there."""
    page.context.clear_cookies()
    page.context.add_cookies(out.reader._session(who)["cookies"])  # type: ignore[arg-type]
    page.evaluate("document.getElementById('waiting').open = true")
    page.get_by_role("link", name="Sign in and confirm").first.click()
    page.get_by_role("button", name="I acknowledge edition 1").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()


def test_a_claim_belongs_to_its_person_whoever_signs_in_there_or_has_the_list_kept_there_next(out: Field) -> None:
    page = out.kept()
    with out.gone():
        claim(page)
        expect(page.locator("#waiting li")).to_contain_text("You read edition 1")
        said_by = datetime.now(UTC)
    page.wait_for_timeout(1010 - datetime.now(UTC).microsecond / 1000)  # seconds are what is kept
    confirm_as(out, page, "deputy")
    assert told_at(out, "p-deputy") > said_by  # by their own clock, not by the one who read it before
    with page.expect_response("**/acknowledgements"):
        out.again(page)
    page.wait_for_timeout(300)
    expect(page.locator("#waiting .count")).to_have_text("1")
    # The deputy keeps the list there now: the claim waits on, as somebody else's.
    page.goto("/device/keep")
    page.locator("main form.panel button.primary").click()
    expect(page.locator("#keeping")).to_contain_text("A list is on this device already.")
    page.locator("#keeping button").click()
    page.wait_for_url("**/device")
    out.opened(page)
    expect(page.locator("#waiting li")).to_contain_text("Somebody else said this on this device.")
    confirm_as(out, page, "staff")
    assert told_at(out, "p-staff") <= said_by
    out.again(page)
    expect(page.locator("#waiting")).to_be_hidden()


CAPE_M = 150_000  # north of the isle


def found_the_cape(out: Field) -> None:
    """A second mission with a list of its own, in which the same staff serve."""
    wiring = out.site.wiring
    with wiring.reading() as act:
        root = proving.actor(act, "p-admin")
    north = LAT + CAPE_M * METRE
    land = Boundary(
        kind=BoundaryKind.TERRITORY, name="Cape", geometry=box(LON - 0.5, north - 0.5, LON + 0.5, north + 0.5)
    )
    with wiring.writing(root) as act:
        missions.add_mission(act, replace(_mission(), code="CAPE", name="Mission at the Cape"), land)
        for role in (Role.STAFF, Role.HEAD):
            people.grant_role(act, str(role), RoleGrant(role=role, mission="CAPE"))
    with wiring.writing() as act:
        head = out.head(act)
        place = square(CAPE_M, 0, 60)
        register.add_alone(head, "CAPE", subject("Cape Comet", place, uncertainty_m=2.0), terms(), confirm_alike=True)
        editions.publish(head, wiring.keyring, "CAPE", expires_in=timedelta(days=30))


def ask_at(page: Page, north_m: float, word: str) -> None:
    page.fill("#search", f"{LAT + north_m * METRE:.6f}, {LON:.6f}")
    page.keyboard.press("Enter")
    verdict(page, word)


def test_two_missions_lie_on_one_device_and_each_answers_and_is_taken_away_by_itself(out: Field) -> None:
    found_the_cape(out)
    page = out.kept()
    with out.gone():
        out.again(page)
        ask_at(page, 2000, "listed")
        expect(page.locator("#answer")).to_contain_text("Harbour Palace")
        ask_at(page, CAPE_M, "listed")
        for text in ("Cape Comet", "On the list of CAPE"):
            expect(page.locator("#answer")).to_contain_text(text)
        expect(page.locator("#answer .flag")).to_have_count(0)  # officers of another mission are told there
    with out.site.wiring.writing() as act:
        by = act.by(proving.actor(act, "p-staff"))
        (cape,) = (one for one in tokens.mine(by) if one.mission == "CAPE")
        tokens.revoke(by, cape.token_id)
    out.online(page)
    expect(page.locator("#device-messages")).to_contain_text("The list of CAPE was deleted from this device.")
    for _ in range(2):
        ask_at(page, 2000, "listed")
        ask_at(page, CAPE_M, "cannot_tell")
        expect(page.locator("#answer")).not_to_contain_text("Cape Comet")
        out.again(page)
    out.excuse("401")
