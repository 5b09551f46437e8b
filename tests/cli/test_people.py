"""People at the prompt: added one by one or by the list, given roles for a time, gone one day."""

from pathlib import Path

from tests.cli.prompt import MISSION, PASSPHRASE, Prompt

NEWCOMER = ("--name", "New Comer", "--unit", "Ports", "--category", "volunteer", "--mission", MISSION)


def once(said: object) -> str:
    assert isinstance(said, dict)
    return str(said["one_time_passphrase"])


def chosen(prompt: Prompt, number: str, one_time: str) -> None:
    variables = {"GEO_OFFLIMITS_PASSPHRASE": one_time, "GEO_OFFLIMITS_NEW_PASSPHRASE": PASSPHRASE}
    assert "is changed" in prompt("person", "passphrase", by=number, **variables).done().out


def test_a_newcomer_signs_in_by_number_or_e_mail_until_they_depart(prompt: Prompt) -> None:
    more = ("--email", "new@isle.example", "--sector", "North", "--json")
    said = prompt("person", "add", "300", *NEWCOMER, *more, by="100").done()
    chosen(prompt, "300", once(said.json))
    prompt("edition", "list", by="new@isle.example").done()
    prompt("edition", "list", "--as", "300").done()
    listed = prompt("person", "list", "--mission", MISSION, "--json", by="100").done().json
    newcomer = next(one for one in listed if one["number"] == "300")
    assert (newcomer["unit"], newcomer["sector"]) == ("Ports", "North")
    assert "New Comer" in prompt("person", "list", "--mission", MISSION, by="100").out
    prompt("person", "depart", "300", by="100").done()
    assert "do not fit" in prompt("edition", "list", by="300").err
    assert prompt("person", "depart", "300", by="100").code == 1


def test_a_role_is_held_between_its_dates(prompt: Prompt) -> None:
    assert prompt("premises", "due", by="107").code == 1
    prompt("person", "role", "107", "officer", MISSION, "--from", "2020-01-01", "--to", "2020-02-01", by="100").done()
    assert prompt("premises", "due", by="107").code == 1
    prompt("person", "role", "107", "officer", MISSION, "--from", "2020-01-01", by="100").done()
    prompt("premises", "due", by="107").done()


def test_a_lost_passphrase_is_replaced_by_an_administrator(prompt: Prompt) -> None:
    said = prompt("person", "reset", "107", "--json", by="100").done()
    assert "do not fit" in prompt("edition", "list", by="107", GEO_OFFLIMITS_PASSPHRASE=PASSPHRASE).err
    chosen(prompt, "107", once(said.json))
    prompt("edition", "list", by="107").done()
    assert prompt("person", "reset", "107", by="101").code == 1


def test_a_weak_passphrase_is_not_taken(prompt: Prompt) -> None:
    said = prompt("person", "passphrase", by="107", GEO_OFFLIMITS_NEW_PASSPHRASE="short")
    assert (said.code, "at least 15" in said.err) == (1, True)
    prompt("edition", "list", by="107").done()


def test_people_come_from_a_list_that_was_told_first_and_their_accounts_are_opened(
    prompt: Prompt, tmp_path: Path
) -> None:
    staff = tmp_path / "staff.csv"
    staff.write_text(
        "number,name,unit,category,email\n400,Ada Quay,Ports,civilian,\n401,Bo Reef,Ports,alien,\n402,Cy Sand,Ports,"
        "contractor,cy@isle.example\n",
        encoding="utf-8",
    )
    asked = ("person", "import", staff, "--mission", MISSION)
    before = prompt.contents()
    told = prompt(*asked, "--json", by="100").done().json
    assert "Nothing is changed" in prompt(*asked, by="100").done().out
    assert prompt.contents() == before
    assert [one["number"] for one in told["added"]] == ["400", "402"]
    assert {issue["row"] for issue in told["issues"]} == {3}
    assert "no longer those of the report" in prompt(*asked, "--report", "0" * 64, "--commit", by="100").err
    assert prompt.contents() == before
    landed = prompt(*asked, "--report", told["report"], "--commit", by="100").done().out
    assert "Landed: 2 added." in landed
    assert "Landed: nobody." in prompt(*asked, "--commit", by="100").done().out
    opened = prompt("person", "open", "--mission", MISSION, "--unit", "Ports", "--json", by="100").done().json["opened"]
    assert [one["number"] for one in opened] == ["400", "402"]
    chosen(prompt, "402", once(opened[1]))
    assert "0 accounts are opened" in prompt("person", "open", "--mission", MISSION, by="100").done().out


def test_a_column_is_mapped_and_an_absent_person_departs_where_that_is_meant(prompt: Prompt, tmp_path: Path) -> None:
    staff = tmp_path / "staff.csv"
    rows = "400,Ada Quay,Ports,civilian\n401,Bo Quay,Ports,civilian\n"
    staff.write_text(f"PNo,name,unit,category\n{rows}", encoding="utf-8")
    asked = ("person", "import", staff, "--mission", MISSION, "--map", "PNo=number", "--depart-absent", "--json")
    told = prompt(*asked, by="100").done().json
    assert "107" in {one["number"] for one in told["absent"] if one["departs"]}
    assert not {"100", "101"} & {one["number"] for one in told["absent"] if one["departs"]}
    prompt(*asked, "--commit", by="100").done()
    assert "do not fit" in prompt("edition", "list", by="107").err


def test_a_person_moves_and_their_history_is_kept(prompt: Prompt) -> None:
    prompt("person", "move", "107", "--unit", "Harbour", "--sector", "North", by="100").done()
    told = prompt("person", "history", "107", "--json", by="100").done().json
    assert [one["sector"] for one in told["postings"]] == ["North", None]
    assert told["postings"][1]["to"] == told["postings"][0]["from"]
    assert "Harbour, North" in prompt("person", "history", "107", by="100").done().out
    assert prompt("person", "history", "107", by="101").code == 1


def test_the_first_person_is_an_administrator(empty: Prompt) -> None:
    empty("init").done()
    assert "--role admin" in empty("person", "add", "1", *NEWCOMER).err
    empty("person", "add", "1", *NEWCOMER, "--role", "admin").done()
    assert "--as PERSON" in empty("person", "add", "2", *NEWCOMER, "--role", "admin").err


def test_acknowledging_is_in_person(prompt: Prompt) -> None:
    said = prompt("acknowledge", "--edition", 1, "--person", "107", "--json").done()
    assert (said.json["mission"], said.json["edition"]) == (MISSION, 1)
    assert prompt("acknowledge", "--edition", 1, "--person", "p107@isle.example", by="107").code == 0
    assert "in person" in prompt("acknowledge", "--edition", 1, "--person", "107", by="108").err
