"""What an officer does on the page of an import, and a list as people have it."""

import io
import re
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from geo_offlimits.bootstrap import Wiring
from geo_offlimits.domain.designation import State
from geo_offlimits.settings import Settings
from tests.web.isle import Browser

PAGE = "/register/ISLE/import"
REPORT = f"{PAGE}/report"
LIST = """Nom de l etablissement;Lat;Long;Ville;Vu par
Harbour Cellar;10.2;-30.2;Port Sorrel;R. N.
Old Mill;95;-30.2;Port Sorrel;
Blue Lantern Bar;10.0001;-30.0;Port Sorrel;
Far Away;20.0;-30.2;Elsewhere;
"""
GONE = "This list is not here any more"


def sent(browser: Browser, content: str | bytes = LIST, name: str = "list.csv") -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post(PAGE, {"file": (io.BytesIO(raw), name)}, page=PAGE)


def begun(browser: Browser, content: str | bytes = LIST, name: str = "list.csv") -> str:
    """The id of a list that was sent."""
    answer = sent(browser, content, name)
    assert answer.status_code == 303, answer.text
    found = re.search(r"file=([\w-]+)", answer.location)
    assert found
    return found.group(1)


def shown(browser: Browser, file: str, **asked: object) -> str:
    answer = browser.get(REPORT, query_string={"file": file, **asked})
    assert answer.status_code == 200, answer.text
    return answer.text


def data(browser: Browser, file: str) -> Any:
    return browser.get(f"{PAGE}/report.json?file={file}").get_json()


def statuses(browser: Browser, file: str) -> dict[int, str]:
    return {row["row"]: row["status"] for row in data(browser, file)["table"]}


def row_of(page: str, number: int) -> str:
    """What stands in a row, without what keeps its forms from being forged, which is another one in each answer."""
    start = page.index(f'id="row-{number}"')
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page[start : page.index("</tr>", start)])


def step(browser: Browser, name: str, file: str, **form: object) -> TestResponse:
    return browser.post(f"{PAGE}/{name}", {"file": file, **form}, page=PAGE)


def landed(browser: Browser, file: str, page: str | None = None) -> TestResponse:
    found = re.search(r'name="seen" value="(\w+)"', page or shown(browser, file))
    assert found
    return step(browser, "land", file, seen=found.group(1))


def names(wiring: Wiring, state: State = State.PROPOSED) -> set[str]:
    with wiring.store.reading() as tx:
        return {one.subject.label for one in tx.register.all("ISLE") if one.state is state}


def kept(settings: Settings) -> list[Path]:
    return sorted((settings.data_dir / "waiting_lists").glob("*"))
