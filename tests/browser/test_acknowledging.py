"""From the link in a mail to a receipt: on a phone, in two taps."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import DESKTOP, PHONE, is_clean

pytestmark = pytest.mark.browser


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
