"""Pages of how far campaigns have come, for managers and heads."""

import csv
import io
import re
import zlib

from flask import Flask

from tests.web.isle import Browser, signed_in
from tests.web.test_acknowledgement import acknowledge, campaign


def test_the_chart_has_its_numbers_beside_it_and_words_for_who_cannot_see_it(app: Flask) -> None:
    manager = signed_in(app, "manager")
    page = campaign(manager)
    acknowledge(signed_in(app, "staff"))
    told = manager.get(f"{page}/completion").text
    assert 'role="img" aria-labelledby="trend-title trend-words"' in told
    assert "From 0% on 1 Mar 2026 to 10% on 2 Mar 2026." in told
    assert "The same as a table" in told
    assert " style=" not in told[told.index("<main") :]  # the browser would not apply it
    assert "your unit" in told


def test_a_head_reads_what_may_be_told_in_page_and_files(app: Flask) -> None:
    page = campaign(signed_in(app, "manager"))
    acknowledge(signed_in(app, "staff"))
    head = signed_in(app, "head")
    told = head.get(f"{page}/completion").text
    rows = list(csv.reader(io.StringIO(head.get(f"{page}/completion.csv").data.decode("utf-8-sig"))))
    [harbour] = [row for row in rows if row[1] == "Harbour"]
    assert harbour[2:5] == ["10", "<5", "6–9"]
    assert "&lt;5" in told
    assert "Somebody" not in told[told.index("<main") :].replace("Somebody Head", "")
    assert head.get(f"{page}/completion.xlsx").data[:2] == b"PK"
    only = list(csv.reader(io.StringIO(head.get(f"{page}/completion.csv?category=police").data.decode("utf-8-sig"))))
    assert only[1][2] == "0"
    assert head.get(f"{page}/completion?category=pirate").status_code == 422
    assert head.get(page.replace("ISLE", "ROCK") + "/completion").status_code == 404


def test_a_quarter_and_a_briefing_are_pages(app: Flask) -> None:
    manager = signed_in(app, "manager")
    quarter = manager.get("/campaigns/ISLE/quarter?quarter=2026Q1").text
    assert "Editions published" in quarter
    assert "Nothing was published in this quarter" not in quarter
    assert "Nothing was published in this quarter" in manager.get("/campaigns/ISLE/quarter?quarter=1999Q1").text
    assert manager.get("/campaigns/ISLE/quarter?quarter=soon").status_code == 422
    briefing = manager.get("/campaigns/ISLE/briefing").text
    assert "of 10 have still to acknowledge edition 2." in briefing
    assert manager.get("/campaigns/ISLE/briefing?lang=xx").status_code == 422
    other = signed_in(app, "head").get("/campaigns/ISLE/briefing?unit=Harbour").text
    assert re.search(r'<b class="number">10</b> of 10 have still', other)


def unpacked(pdf: bytes) -> bytes:
    """With its streams inflated."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(one) for one in streams if one[:1] == b"x")


def test_a_briefing_sheet_is_one_page(app: Flask) -> None:
    made = signed_in(app, "manager").get("/campaigns/ISLE/briefing.pdf?since=2020-01-01")
    assert made.mimetype == "application/pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", unpacked(made.data))) == 1


def test_sign_in_is_asked_of_strangers(app: Flask) -> None:
    assert Browser(app).get("/campaigns/ISLE/briefing").status_code in {302, 303}
