"""Accounts at an identity provider, linked and unlinked at the prompt by an administrator."""

import importlib.util
import sys
from importlib.abc import MetaPathFinder
from typing import Any

import pytest

from tests.cli.prompt import Prompt

ISSUER = "https://id.isle.example"
NAMED = {"GEO_OFFLIMITS_OIDC_ISSUER": ISSUER, "GEO_OFFLIMITS_OIDC_CLIENT_ID": "isle"}


def test_an_administrator_links_an_account_to_somebody_and_unlinks_it(prompt: Prompt) -> None:
    said = prompt("person", "link", "107", "--subject", "u-107", "--json", by="100", **NAMED).done()
    assert said.json == {"person": "107", "issuer": ISSUER, "subject": "u-107"}
    again = prompt("person", "link", "101", "--subject", "u-107", "--issuer", ISSUER, by="100")
    assert (again.code, "linked already" in again.err) == (1, True)
    another = prompt("person", "link", "107", "--subject", "u-108", by="100", **NAMED)
    assert (another.code, "Unlink it first" in another.err) == (1, True)
    unlinked = prompt("person", "unlink", "107", "--json", by="100").done()
    assert unlinked.json == {"person": "107", "unlinked": 1}
    assert prompt("person", "unlink", "107", by="100").code == 1
    prompt("person", "link", "101", "--subject", "u-107", by="100", **NAMED).done()


def test_nobody_else_links_and_nobody_their_own(prompt: Prompt) -> None:
    assert prompt("person", "link", "107", "--subject", "u-107", by="101", **NAMED).code == 1
    own = prompt("person", "link", "100", "--subject", "u-100", by="100", **NAMED)
    assert (own.code, "on the page Second factor" in own.err) == (1, True)


@pytest.mark.parametrize(("subject", "issuer"), [("", ISSUER), ("u" * 256, ISSUER), ("a\u202eb", ISSUER), ("u", "")])
def test_what_is_no_account_is_not_linked(prompt: Prompt, subject: str, issuer: str) -> None:
    assert prompt("person", "link", "107", "--subject", subject, "--issuer", issuer, by="100").code == 1
    prompt("person", "link", "107", "--subject", "u", "--issuer", ISSUER, by="100").done()


class Missing(MetaPathFinder):
    """As if the extra were not installed."""

    def find_spec(self, name: str, *_: Any) -> None:
        if name.partition(".")[0] in ("authlib", "joserfc"):
            raise ModuleNotFoundError(name)


def test_without_the_extra_a_server_that_needs_it_says_so_and_does_not_start(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] in ("authlib", "joserfc")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("provider", "id_tokens"):
        monkeypatch.delitem(sys.modules, f"geo_offlimits.delivery.{name}", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    said = prompt("serve", "--port", "1", **NAMED)
    assert (said.code, "geo_offlimits[oidc]" in said.err) == (1, True)
    prompt("edition", "list", by="107", **NAMED).done()


def test_a_provider_that_cannot_be_one_stops_the_server_with_a_sentence(prompt: Prompt) -> None:
    said = prompt("serve", "--port", "1", **(NAMED | {"GEO_OFFLIMITS_OIDC_ISSUER": "http://id.isle.example"}))
    assert (said.code, "oidc_issuer" in said.err) == (1, True)
    assert importlib.util.find_spec("authlib")
