"""Look-up in a real browser: by name, by position, by the sign, in every state of the list."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
# Of each frame until the map has moved: whether there is a card.
FRAMES = """() => {
  const from = Offlimits.map.getCenter(), root = document.documentElement;
  window.frames_seen = [];
  const look = () => {
    if (!Offlimits.map.getCenter().equals(from)) return (root.dataset.moved = "true");
    window.frames_seen.push(document.querySelector("#answer .verdict:not(.note)") !== null);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def verdict(card: Locator, word: str) -> None:
    expect(card).to_have_class(re.compile(rf"\b{word}\b"))


def find(page: Page, text: str) -> Locator:
    page.fill("#search", text)
    page.wait_for_selector("#results:not([hidden])")
    return page.locator("#results .hit")


def test_a_name_on_the_list_is_off_limits_with_everything_a_reader_needs(reader: Any) -> None:
    page = reader.look_up()
    find(page, "blue lantrn").first.click()
    card = reader.card(page)
    verdict(card, "listed")
    told = ("Off limits", "suspected, precautionary", "Blue Lantern", "Плава лампа", "4 Sandpiper Quay, Port Sorrel")
    for text in (*told, "Edition 1", "3 days ago", "Conduct team"):
        expect(card).to_contain_text(text)
    expect(card.locator('a[href="tel:+991234"]')).to_be_visible()
    expect(card.locator('a[href="mailto:conduct@isle.example"]')).to_be_visible()
    expect(page.locator(".offlimits-pin.chosen")).to_be_visible()


def test_any_script_finds_the_place_and_the_name_that_was_found_is_shown(reader: Any) -> None:
    found = find(reader.look_up(), "плава").first
    expect(found).to_contain_text("Blue Lantern")
    expect(found).to_contain_text("Плава лампа")


def test_a_name_that_is_not_there_is_said_to_be_absent_and_nothing_more(reader: Any) -> None:
    page = reader.look_up()
    find(page, "Zzyzx Palace Qwerty")
    expect(page.locator("#results .nothing")).to_contain_text("No name on edition 1")
    expect(page.locator("#answer")).to_be_empty()


def test_at_the_door_the_page_asks_for_the_sign_and_yes_settles_it(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0))
    card = reader.check_here(page)
    verdict(card, "cannot_tell")
    expect(card.locator("[data-slot=question] .question")).to_contain_text("Blue Lantern")
    expect(card.locator(".far")).to_contain_text("6 m to the south")
    card.get_by_role("button", name="Yes").click()
    verdict(page.locator("#answer .verdict"), "listed")


def test_another_sign_leaves_the_honest_answer_standing(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0))
    card = reader.check_here(page)
    card.get_by_role("button", name="No", exact=True).click()
    expect(card.locator("[data-slot=question] .question")).to_have_count(0)
    expect(card).to_contain_text("cannot tell which door")
    verdict(card, "cannot_tell")


def test_inside_a_footprint_it_is_off_limits_without_asking(reader: Any) -> None:
    card = reader.check_here(reader.look_up(standing=(2000, 0)))
    verdict(card, "listed")
    expect(card).to_contain_text("Harbour Palace")
    expect(card.locator("[data-slot=question] .question")).to_have_count(0)


def test_away_from_everything_no_venue_is_named_and_nothing_reads_as_safe(reader: Any) -> None:
    page = reader.look_up(standing=(700, 700))
    card = reader.check_here(page)
    verdict(card, "not_listed")
    expect(card).to_contain_text("Not on this list")
    expect(card.locator(".matches li")).to_have_count(0)
    text = card.inner_text().lower()
    assert not [word for word in ("safe", "allowed", "blue lantern", "harbour palace") if word in text]
    expect(card.locator("header > .icon use")).to_have_attribute("href", re.compile("#not_listed$"))


def test_part_of_a_building_says_which_part(reader: Any) -> None:
    card = reader.check_here(reader.look_up(standing=(0, 3000)))
    verdict(card, "cannot_tell")
    expect(card).to_contain_text("club on the third floor")


def test_a_caution_advises_and_never_lists(reader: Any) -> None:
    page = reader.look_up()
    found = find(page, "Quiet Tide").first
    expect(found).to_contain_text("Caution")
    found.click()
    card = reader.card(page)
    verdict(card, "not_listed")
    expect(card.locator("h2")).to_have_text("On this list, but not barred now")
    expect(card).not_to_contain_text("Not on this list")
    expect(card).to_contain_text("Advised against, not barred: Quiet Tide.")
    expect(card.locator(".tag.caution")).to_be_visible()


def test_an_entry_that_does_not_bind_the_reader_says_so(reader: Any) -> None:
    page = reader.look_up(standing=(-3000, 0))
    card = reader.check_here(page)
    expect(card).to_contain_text("Does not bind your personnel category")
    expect(card).to_contain_text("not for this kind of personnel: Sailors Only")
    found = find(page, "sailors only").first
    expect(found).to_contain_text("Does not bind your personnel category")
    found.click()
    expect(page.locator("#answer .verdict h2")).to_have_text("On this list, but not barred now")


def test_what_has_no_place_stands_beside_the_map_and_can_be_chosen(reader: Any) -> None:
    page = reader.look_up()
    beside = page.locator("#unmapped .hit")
    expect(beside).to_have_count(2)
    beside.filter(has_text="Nowhere Bar").click()
    verdict(reader.card(page), "listed")


def test_the_kind_of_place_decides_where_a_rule_holds(reader: Any) -> None:
    page = reader.look_up(standing=(700, 700))
    card = reader.check_here(page)
    expect(card).to_contain_text("Massage parlours")
    card.get_by_role("combobox").select_option("massage_parlour")
    verdict(page.locator("#answer .verdict.listed"), "listed")


def test_what_is_still_being_typed_takes_the_former_answer_away(reader: Any) -> None:
    page = reader.look_up()
    find(page, "lant").first.click()
    expect(reader.card(page)).to_contain_text("Blue Lantern")
    expect(page.locator("#search")).to_have_value("Blue Lantern")
    expect(page.locator("#results")).to_be_hidden()
    page.focus("#search")
    expect(page.locator("#results")).to_be_hidden()
    page.fill("#search", "qu")
    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator(".offlimits-pin.chosen")).to_have_count(0)


def test_an_answer_takes_away_the_text_that_is_not_its_question(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0), viewport={"width": 360, "height": 740})
    find(page, "quiet")
    reader.check_here(page)
    expect(page.locator("#search")).to_have_value("")
    expect(page.locator("#results")).to_be_hidden()
    page.locator("#answer .shut").click()
    expect(page.locator("#check-here")).to_be_focused()


def test_the_keyboard_alone_searches_reads_and_comes_back(reader: Any) -> None:
    page = reader.look_up(viewport={"width": 1280, "height": 800})
    page.focus("#search")
    page.keyboard.type("blue lan")
    page.wait_for_selector("#results .hit")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    verdict(reader.card(page), "listed")
    expect(page.locator("#answer h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator("#search")).to_be_focused()


def test_a_name_with_a_position_and_no_address_has_a_place(reader: Any) -> None:
    page = reader.look_up()
    expect(find(page, "Pier Shed").first).to_contain_text(re.compile(r"\d\d[A-Z] [A-Z]{2} \d{5} \d{5}"))
    page.locator("#results .hit").first.click()
    card = reader.card(page)
    expect(card).not_to_contain_text("not known")
    expect(card.locator(".where")).to_contain_text(re.compile(r"\d{5} \d{5}"))
    expect(page.locator("#unmapped .hit", has_text="Nowhere Bar")).to_contain_text(
        "Port Sorrel · Exact place not known"
    )


TYPED = ("-31.0, -16.0", "-31,0 -16,0", "31°00′S 16°00′W", "28J DL 04531 69968", "geo:-31.0,-16.0")


@pytest.mark.parametrize("typed", TYPED)
def test_a_position_in_any_notation_is_offered_and_checked(reader: Any, typed: str) -> None:
    page = reader.look_up()
    offered = find(page, typed)
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text(f"Check the position {typed}")
    sent: list[Any] = []
    page.on("request", lambda one: sent.append(one))  # noqa: PLW0108  (Playwright marks the function it is given)
    offered.click()
    expect(reader.card(page)).to_contain_text("Blue Lantern")
    # What the page cannot read itself, the server reads; a position is in the body, never in an address.
    asked = [(one.method, one.url, one.post_data_json["positions"]) for one in sent if "/api/" in one.url]
    assert asked == ([("POST", f"{reader.site.url}/api/v1/check", [{"text": typed}])] if typed == "-31,0 -16,0" else [])


def test_a_text_with_two_readings_offers_them_to_choose_from(reader: Any) -> None:
    page = reader.look_up()
    page.fill("#search", "-31,-16")
    page.keyboard.press("Enter")
    expect(reader.card(page)).to_contain_text("Blue Lantern")  # a signed second number begins anew
    page.fill("#search", "-31 S, -16 W")
    page.keyboard.press("Enter")
    note = page.locator("#answer .verdict.note")
    expect(note).to_contain_text("Which position is meant?")
    note.get_by_role("button", name="-31, -16", exact=True).click()
    expect(page.locator("#answer .verdict.cannot_tell")).to_contain_text("Blue Lantern")
    reader.watched.complaints.clear()  # the browser notes the 422 that this test asks for


def test_a_search_that_cannot_be_is_told_in_the_box_without_taking_the_focus(reader: Any) -> None:
    page = reader.look_up()
    page.focus("#search")
    page.keyboard.type("??")
    expect(page.locator("#results .nothing")).to_contain_text("no letters or digits")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#answer")).to_be_empty()
    reader.watched.complaints.clear()  # the browser notes the 422 that this test asks for


def test_a_typed_position_is_checked_and_shown_in_every_notation(reader: Any) -> None:
    page = reader.look_up()
    page.fill("#search", "-31.0, -16.0")
    page.keyboard.press("Enter")
    card = reader.card(page)
    verdict(card, "cannot_tell")
    card.locator("[data-slot=notations] summary").click()
    expect(card.locator(".notations")).to_contain_text("MGRS")
    expect(card.locator(".notations")).to_contain_text("geo:")


def test_a_position_that_cannot_be_is_refused_with_the_remedy(reader: Any) -> None:
    page = reader.look_up()
    page.fill("#search", "95.0, -16.0")
    page.keyboard.press("Enter")
    note = page.locator("#answer .verdict.note")
    expect(note).to_contain_text("90")
    expect(note.get_by_role("button", name="-16, 95")).to_be_visible()
    reader.watched.complaints.clear()  # the browser notes the 422 that this test asks for


def test_a_position_with_two_meanings_is_chosen_from_and_stays_as_unsure_as_it_was(reader: Any) -> None:
    page = reader.look_up()
    page.fill("#search", "31°00′S 16°00′O")
    page.keyboard.press("Enter")
    choice = page.locator("#answer .verdict.note").get_by_role("button", name="-31, -16")
    choice.wait_for()  # until then the question itself may still be under way
    choice.click()
    card = page.locator("#answer .verdict.cannot_tell")
    verdict(card, "cannot_tell")
    card.locator("[data-slot=notations] summary").click()
    expect(card.locator(".notations")).to_contain_text(re.compile(r"geo:-31\.000000,-16\.000000;u=\d{4}"))
    reader.watched.complaints.clear()  # the browser notes the 422 that this test asks for


def test_a_link_of_a_map_is_a_position_too(reader: Any) -> None:
    page = reader.look_up()
    page.fill("#search", "https://www.google.com/maps/place/Bar/@-31,-16.1,17z/data=!8m2!3d-31.00000!4d-16.00000")
    page.keyboard.press("Enter")
    expect(reader.card(page)).to_contain_text("Blue Lantern")


def test_without_a_position_the_page_says_what_else_can_be_done(reader: Any) -> None:
    page = reader.look_up()
    page.click("#check-here")
    expect(page.locator("#answer .verdict.note")).to_contain_text("type a position")


def test_a_sign_on_the_map_opens_its_card_and_escape_closes_it(reader: Any) -> None:
    page = reader.look_up()
    page.evaluate("Offlimits.look({lat: -31.0, lon: -16.0, zoom: 18})")
    page.locator(".offlimits-pin[aria-label^='Blue Lantern']").click()
    verdict(reader.card(page), "listed")
    page.keyboard.press("Escape")
    expect(page.locator("#answer")).to_be_empty()


def test_escape_closes_what_lies_on_top_and_nothing_else(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0), viewport={"width": 360, "height": 740})
    page.click("#legend summary")
    page.keyboard.press("Escape")
    expect(page.locator("#legend")).not_to_have_attribute("open", "")
    card = reader.check_here(page)
    page.get_by_role("button", name="Menu").click()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#answer")).to_be_empty()


def test_the_card_is_painted_before_the_map_moves_below_it(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0))
    page.evaluate("Offlimits.look({lat: -31.2, lon: -16.2, zoom: 10})")
    page.evaluate(FRAMES)
    reader.check_here(page)
    page.wait_for_selector("html[data-moved]", state="attached")
    cards = page.evaluate("frames_seen")
    assert cards[0] is False
    assert True in cards, "a whole frame had the card, and the map where it was"


def test_a_touch_on_the_map_checks_that_spot(reader: Any) -> None:
    page = reader.look_up()
    page.evaluate("Offlimits.look({lat: -31.0063, lon: -16.0, zoom: 18})")
    page.locator(".folium-map").click()
    verdict(reader.card(page), "not_listed")


def test_an_expired_list_says_so_above_and_on_the_card(reader: Any) -> None:
    with reader.site.later(timedelta(days=40)):
        page = reader.look_up(standing=(700, 700))
        expect(page.locator(".stale")).to_contain_text("expired")
        card = reader.check_here(page)
        verdict(card, "cannot_tell")
        expect(card.locator(".stale-card")).to_be_visible()
        find(page, "Zzyzx Palace Qwerty")
        expect(page.locator("#results .nothing")).to_contain_text("The list of ISLE expired on")


def test_whoever_has_not_acknowledged_is_asked_to(reader: Any) -> None:
    expect(reader.look_up().locator(".due a")).to_have_attribute("href", re.compile("/acknowledge/1"))


def test_the_arrow_to_an_entry_is_no_tick(reader: Any) -> None:
    """It points; a chevron at an angle read as a mark of approval."""
    page = reader.look_up(standing=(6, 0))
    arrow = reader.check_here(page).locator(".far svg")
    expect(arrow.locator("g")).to_have_attribute("transform", "rotate(180 12 12)")
    expect(arrow.locator("use")).to_have_attribute("href", re.compile("#toward$"))
    assert page.locator("#answer use[href$='#done']").count() == 0


def test_the_page_speaks_french(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0), locale="fr-FR")
    if page.locator("html").get_attribute("lang") != "fr":
        page.locator(".tongues > summary").click()
        page.get_by_role("button", name="Français").click()
        reader.ready(page)
    card = reader.check_here(page)
    expect(card).to_contain_text("Est-ce l’enseigne")
    expect(page.locator("#check-here")).to_contain_text("Vérifier où je suis")


def test_a_session_that_has_ended_is_told_where_the_server_is_asked(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0))
    page.context.clear_cookies()
    verdict(reader.check_here(page), "cannot_tell")  # the page has its list, and asks nobody
    page.fill("#search", "-31,0 -16,0")
    page.keyboard.press("Enter")
    note = page.locator("#answer .verdict.note")
    expect(note).to_be_visible()
    assert page.locator("#answer .verdict.listed, #answer .verdict.not_listed").count() == 0
    reader.watched.complaints.clear()  # the browser notes the refusal that this test asks for


def test_an_answer_can_be_kept_as_a_signed_receipt_that_a_camera_reads(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0))
    card = reader.check_here(page)
    with page.context.expect_page() as opened:
        card.get_by_role("button", name="Keep a signed receipt").click()
    receipt = opened.value
    expect(receipt.locator(".receipt .told")).to_have_text("Cannot tell")
    expect(receipt.locator(".receipt")).to_contain_text("Blue Lantern")
    assert receipt.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    with receipt.expect_download() as kept:
        receipt.get_by_role("link", name="receipt.txt").click()
    text = kept.value.path().read_text("utf-8")
    assert text.splitlines()[-1].startswith("offlimits-receipt:1:")
    verdict(card, "cannot_tell")  # the answer stays where it was


def test_one_tap_tells_officers_that_an_entry_looks_wrong(reader: Any) -> None:
    page = reader.look_up()
    find(page, "blue lantern").first.click()
    card = reader.card(page)
    card.locator(".flag summary").click()
    card.get_by_role("button", name="It is closed").click()
    expect(card.locator(".flag")).to_contain_text("until they decide, it stays as listed")
    verdict(card, "listed")
