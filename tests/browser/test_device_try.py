import pytest
from typing import Any
pytestmark = pytest.mark.browser
def test_try(reader: Any) -> None:
    page = reader.look_up(standing=(6, 0))
    card = reader.check_here(page)
    print(card.inner_text())
    page.goto("/device/keep")
    page.click("#main button")
    page.wait_for_timeout(4000)
    print(page.url, page.locator("main").inner_text())
    print(reader.watched.complaints)
    page.wait_for_timeout(1000)
    page.screenshot(path="/tmp/device1.png")
    print(page.locator("body").inner_text())
    page.click("#check-here")
    page.wait_for_timeout(1000)
    page.screenshot(path="/tmp/device2.png")
    print(reader.watched.complaints)
