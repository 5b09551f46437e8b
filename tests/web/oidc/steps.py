"""What people do to sign in by an identity provider, step by step."""

import html
import re
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.accounts import Account
from geo_offlimits.domain.people import Actor
from geo_offlimits.services import accounts
from tests import proving
from tests.web.isle import Browser, token_in
from tests.web.test_step_up import fields

SITE = "https://lists.example"
CALLBACK = "/oidc/callback"


def root(wiring: Wiring) -> Actor:
    with wiring.reading() as act:
        return proving.actor(act, "p-root")


def own(wiring: Wiring, number: str, subject: str = "u-1") -> None:
    """Their account, linked by themselves."""
    with wiring.reading() as act:
        actor = proving.actor(act, f"p-{number}")
    with wiring.writing(actor) as act:
        accounts.link(act, Account(issuer=wiring.settings.oidc_issuer, subject=subject))


def led(browser: Browser, path: str = "/oidc/sign-in", page: str = "/login", **form: str) -> str:
    """Where the browser is led."""
    return led_by(browser.post(path, form, page=page))


def led_by(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found
    return html.unescape(found.group(1))


def shown_there(address: str, subject: str = "u-1") -> str:
    """What the provider sends the browser to, once its owner has shown this account."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc)
    body = urlencode({"subject": subject})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{parts.path}?{parts.query}", body, headers)
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    connection.close()
    return answer.headers["Location"]


def came_back(browser: Browser, address: str) -> TestResponse:
    """What the callback's form answers."""
    parts = urlsplit(address)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200, page.text
    sent = fields(page.text) | {"csrf_token": token_in(page.text)}
    return browser.client.post(CALLBACK, data=sent, base_url=browser.base_url)


def sign_in(browser: Browser, subject: str = "u-1", **form: str) -> TestResponse:
    return came_back(browser, shown_there(led(browser, **form), subject))


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/list").status_code == 200


def refused(browser: Browser, answer: TestResponse, said: str = "did not say who you are") -> bool:
    return answer.status_code == 401 and said in answer.text and not is_signed_in(browser)


def leaves(wiring: Wiring, tag: str) -> list[bytes]:
    with wiring.store.reading() as tx:
        return [leaf for leaf in tx.audit.leaves() if f'"{tag}"'.encode() in leaf]
