"""`campaign completion`, `quarter` and `briefing` at the prompt."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook

from tests.cli.prompt import Prompt


def test_how_far_a_campaign_has_come_is_told_and_written(prompt: Prompt, tmp_path: Path) -> None:
    prompt("distribute", "--output", tmp_path / "sent", by="104").done()
    prompt("acknowledge", "--edition", 1, by="107").done()
    told = prompt("campaign", "completion", "--json", by="104").done().json
    units = {one["unit"]: (one["asked"], one["acknowledged"], one["left_out"]) for one in told["units"]}
    assert units["Unit M"] == (1, 0, 0)  # the own one, as it is
    assert units["Unit S"] == (0, 0, 1)
    assert [one["edition"] for one in told["editions"]] == [1]
    assert "Unit S: fewer than five" in prompt("campaign", "completion", by="101").done().out
    prompt("campaign", "completion", "--output", tmp_path / "far.csv", by="104").done()
    prompt("campaign", "completion", "--output", tmp_path / "far.xlsx", by="104").done()
    rows = list(csv.reader(io.StringIO((tmp_path / "far.csv").read_text(encoding="utf-8-sig"))))
    sheet = load_workbook(tmp_path / "far.xlsx").worksheets[0]
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    assert rows == cells
    assert prompt("campaign", "completion", "--output", tmp_path / "far.txt", by="104").code == 2
    assert prompt("campaign", "completion", by="107").code == 1


def test_a_quarter_is_told_and_written_for_headquarters(prompt: Prompt, tmp_path: Path) -> None:
    prompt("distribute", "--output", tmp_path / "sent", by="104").done()
    now = datetime.now(UTC)
    name = f"{now.year}Q{(now.month + 2) // 3}"
    told = prompt("campaign", "quarter", "--quarter", name, "--json", by="101").done().json
    assert (told["quarter"], told["editions"], told["campaigns"]) == (name, 1, 1)
    assert "Unit" not in str(told)
    prompt("campaign", "quarter", "--quarter", name, "--output", tmp_path / "quarter.csv", by="101").done()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "quarter.csv").read_text(encoding="utf-8-sig"))))
    assert (rows[-1]["category"], rows[-1]["editions"]) == ("all", "1")
    assert prompt("campaign", "quarter", "--quarter", "last", by="101").code == 1


def test_a_briefing_sheet_is_written(prompt: Prompt, tmp_path: Path) -> None:
    told = prompt("campaign", "briefing", "--output", tmp_path / "talk.html", "--json", by="104").done().json
    page = (tmp_path / "talk.html").read_text(encoding="utf-8")
    assert told["sha256"][:8] in page
    assert "not a finding against anybody" in page
    assert prompt("campaign", "briefing", "--output", tmp_path / "talk.doc", by="104").code == 2
