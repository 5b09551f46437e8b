"""Signing in by an identity provider in a real browser: it is another site, and our policies let it through."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import PASSPHRASE, Site, _Quiet
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, serving
from web import create_app

pytestmark = pytest.mark.browser


@dataclass
class Served:
    url: str
    provider: IdentityProvider


@pytest.fixture
def served(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The same site, which knows a provider."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("GEO_OFFLIMITS_OIDC_CLIENT_SECRET", SECRET)
    with serving(site.clock) as provider:
        settings = replace(
            site.wiring.settings, oidc_issuer=provider.url, oidc_client_id=CLIENT, oidc_name="Isle ID & sons"
        )
        app = create_app(wiring=replace(site.wiring, settings=settings))
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        url = f"http://localhost:{server.port}"
        provider.client.redirect_uris = (f"{url}/oidc/callback",)
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield Served(url, provider)
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def page(request: pytest.FixtureRequest, reader: Any, served: Served) -> Iterator[Page]:
    context = reader.browser.new_context(base_url=served.url, java_script_enabled=request.param)
    page = context.new_page()
    page.on("pageerror", lambda error: reader.watched.complaints.append(str(error)))
    page.on("console", lambda told: told.type == "error" and reader.watched.complaints.append(told.text))
    yield page
    context.close()


def show_there(page: Page, served: Served, subject: str, *, scripts: bool) -> None:
    page.wait_for_url(f"{served.provider.url}/authorize**")
    page.fill("[name=subject]", subject)
    page.click("text=It is me")
    page.wait_for_url(f"{served.url}/**")
    if not scripts:
        page.get_by_role("button", name="Go on").click()


def test_an_account_is_linked_and_signs_its_owner_in(
    page: Page, served: Served, site: Site, request: pytest.FixtureRequest
) -> None:
    scripts = "with JavaScript" in request.node.name
    who, subject = ("staff", "u-1") if scripts else ("manager", "u-2")
    page.goto("/login?next=/second-factor")
    page.fill("[name=reference]", who)
    page.fill("[name=passphrase]", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor")
    page.click("text=Link your account of Isle ID & sons")
    show_there(page, served, subject, scripts=scripts)
    page.wait_for_url("**/second-factor")
    expect(page.locator("main")).to_contain_text(subject)
    with site.wiring.store.reading() as tx:
        assert [one.subject for one in tx.accounts.of_person(f"p-{who}")] == [subject]
    page.context.clear_cookies()
    page.goto("/login?next=/second-factor")
    page.click("text=Sign in with Isle ID & sons")
    show_there(page, served, subject, scripts=scripts)
    page.wait_for_url("**/second-factor")
    expect(page.locator("main")).to_contain_text(subject)
    (session,) = [one for one in page.context.cookies() if one.get("name") == "session"]
    assert (session.get("sameSite"), session.get("httpOnly")) == ("Lax", True)
    assert "oidc" not in {one.get("name") for one in page.context.cookies()}
