"""A second factor in a real browser: a code of an app, then a key of Chromium's own, on a telephone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import proving
from tests.browser.conftest import PASSPHRASE, Site

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def page(reader: Any, site: Site) -> Iterator[Page]:
    """Under a name, as keys ask it; nobody is signed in, and a key is at hand."""
    context = reader.browser.new_context(
        base_url=f"http://localhost:{site.server.port}", viewport=PHONE, has_touch=True
    )
    page = context.new_page()
    page.on("pageerror", lambda error: reader.watched.complaints.append(str(error)))
    asked = context.new_cdp_session(page)
    asked.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    asked.send("WebAuthn.addVirtualAuthenticator", {"options": key | {"isUserVerified": True}})
    yield page
    context.close()


def sign_in(page: Page, who: str) -> None:
    page.goto("/login?next=/register/ISLE/")
    page.fill("[name=reference]", who)
    page.fill("[name=passphrase]", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/step-up**")


def test_a_code_opens_the_register_and_a_key_does_so_ever_after(page: Page) -> None:
    sign_in(page, "deputy")
    expect(page.locator("[name=proof_code]")).to_be_focused()
    page.keyboard.type(proving.code(datetime.now(UTC)))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "step-up" not in address)
    page.goto("/second-factor")
    page.click("text=Set up a key")
    page.wait_for_url(lambda address: not address.endswith("/second-factor"))
    page.goto("/second-factor")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.context.clear_cookies()
    sign_in(page, "deputy")
    page.get_by_role("button", name="Use my key").tap()
    page.wait_for_url(lambda address: "step-up" not in address)
    expect(page.locator("h1")).to_be_visible()


def test_a_key_that_does_not_answer_leaves_the_page_as_it_was(page: Page, site: Site) -> None:
    site.sessions.clear()
    with site.wiring.store.reading() as tx:
        had = len(tx.factors.of_person("p-head"))
    sign_in(page, "head")
    expect(page.get_by_role("button", name="Use my key")).to_have_count(0)
    page.fill("[name=proof_code]", "000000")
    page.click("text=Go on")
    expect(page.locator("#proof_code-issue")).to_contain_text("does not fit")
    expect(page.locator("[name=proof_code]")).to_be_focused()
    with site.wiring.store.reading() as tx:
        assert len(tx.factors.of_person("p-head")) == had
