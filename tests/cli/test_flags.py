"""`premises flag` and `premises settle`."""

from tests.cli.prompt import Prompt


def test_a_flag_is_raised_shown_and_settled(prompt: Prompt) -> None:
    made = prompt("premises", "flag", "ISLE-0001", "--kind", "renamed", "--json", by="108").done().json
    assert (made["id"], made["kind"], made["resolution"]) == ("ISLE-0001", "renamed", None)
    due = prompt("premises", "due", "--json", by="103").done().json
    assert [one["id"] for one in due["flagged"]] == ["ISLE-0001"]
    assert [one["flag_id"] for one in due["flags"]] == [made["flag_id"]]
    assert made["flag_id"] in prompt("premises", "due", by="103").done().out
    prompt("premises", "settle", made["flag_id"], "--resolution", "looked", by="103").done()
    assert prompt("premises", "due", "--json", by="103").json["flags"] == []
    assert prompt("premises", "settle", made["flag_id"], "--resolution", "again", by="103").code == 1
    assert prompt("premises", "flag", "ISLE-0009", "--kind", "closed", by="108").code == 1
