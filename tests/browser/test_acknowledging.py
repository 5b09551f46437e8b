"""From the link in a mail to a receipt: on a phone, in two taps."""

from typing import Any

import pytest
from playwright.sync_api import expect

from geo_offlimits.domain.people import PersonnelCategory, Role, RoleGrant
from geo_offlimits.services import people
from tests import proving
from tests.browser.conftest import PASSPHRASE
from tests.browser.test_pages import DESKTOP, PHONE, is_clean

pytestmark = pytest.mark.browser


def joined(site: Any) -> str:
    """Somebody new, with their one-time passphrase."""
    one = people.new(number="new-1", name="New", unit="Harbour", category=PersonnelCategory.CIVILIAN, mission="ISLE")
    with site.wiring.reading() as act:
        admin = proving.actor(act, "p-admin")
    with site.wiring.writing(admin) as act:
        return people.add_person(act, one, (RoleGrant(role=Role.STAFF, mission="ISLE"),))


def test_somebody_new_follows_the_link_of_a_mail_and_has_the_receipt_one_tap_after_they_are_known(reader: Any) -> None:
    once = joined(reader.site)
    page = reader.page(viewport=PHONE, storage_state=None)
    page.goto("/acknowledge/1")  # the link: nobody is signed in, and nobody is signed in by it
    page.fill("[name=reference]", "new-1")
    page.fill("[name=passphrase]", once)
    page.click("main form button.primary")
    page.wait_for_url("**/passphrase?next=/acknowledge/1")
    page.fill("[name=reference]", "new-1")
    page.fill("[name=passphrase]", once)
    for field in ("new", "repeated"):
        page.fill(f"[name={field}]", PASSPHRASE)
    page.click("main form button.primary")
    expect(page).to_have_url(f"{reader.site.url}/acknowledge/1")
    with page.expect_navigation():
        page.get_by_role("button", name="I acknowledge edition 1").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()


def test_from_the_link_of_a_mail_to_the_receipt(reader: Any) -> None:
    page = reader.page(who="manager", viewport=PHONE)
    page.goto("/acknowledge/1")  # the first tap
    with page.expect_navigation():
        page.get_by_role("button", name="I acknowledge edition 1").click()  # the second
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    is_clean(page)
    page.locator("details summary", has_text="Withdraw it").click()
    is_clean(page)
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Save the receipt").click()
    assert receipt.value.suggested_filename == "acknowledgement-ISLE-1.json"
    page.goto("/acknowledgements")
    is_clean(page)
    page.set_viewport_size(DESKTOP)
    is_clean(page)
    page.get_by_role("link", name="Receipt").click()
    is_clean(page)
    with reader.site.wiring.reading() as act:
        manager = act.tx.people.find("manager")
        assert manager
        (made,) = act.tx.acknowledgements.of_person(manager.person_id)
    assert made.served_at
    assert made.client_at  # what the browser's clock said
    assert made.served_at <= made.acknowledged_at
