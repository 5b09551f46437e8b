"""Wrong input at the prompt: one sentence with its remedy, the exit code of the interface, nothing changed."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.prompt import MISSION, Prompt, Said, geojson, square

TERMS = ("--basis", "other", "--authority", "Head", "--directive", "ISLE/1")
PROPOSE = ("premises", "propose", *TERMS)

# words after `geo-offlimits`, who acts, exit code, what the sentence must say
REFUSED: list[tuple[str, str | None, int, str]] = [
    ("check 95.0,10.0", None, 1, "beyond 90"),
    ("check 91.0,200.0", None, 1, "180"),
    ("check NaN,10", None, 1, "42.66, 21.16"),
    ("check nan,nan", None, 1, "42.66, 21.16"),
    ("check -95.5,10", None, 1, "90"),
    ("check somewhere", None, 1, "42.66, 21.16"),
    ("check 1.0,2.0 --mission NONE", None, 1, "mission list"),
    ("check 1.0,2.0 --radius-m NaN", None, 2, "metres above 0"),
    ("check 1.0,2.0 --radius-m 0", None, 2, "metres above 0"),
    ("check 1.0,2.0 --radius-m=-5", None, 2, "metres above 0"),
    ("check 1.0,2.0 --radius-m 900000", None, 1, "100"),
    ("check 1.0,2.0 --uncertainty-m NaN", None, 2, "metres from 0"),
    ("check 1.0,2.0 --uncertainty-m=-1", None, 2, "metres from 0"),
    ("check 1.0,2.0 --at yesterday", None, 2, "2026-11-20T22:00:00+01:00"),
    ("check 1.0,2.0 --at 2026-11-20T22:00:00", None, 2, "time zone"),
    ("check 1.0,2.0 --personnel visitor", None, 2, "contractor"),
    ("check 1.0,2.0 --entry ISLE-0099", None, 1, "ISLE-0099"),
    ("check 1.0,2.0 --misison ISLE", None, 2, "No such option"),
    ("check", None, 2, "Missing argument"),
    ("find", None, 2, "Missing argument"),
    ("find x --limit 0", None, 2, "1<=x<=100"),
    ("edition show 9", "107", 1, "the current one is 1"),
    ("edition show 0", "107", 2, "x>=1"),
    ("edition diff 2 1", "107", 1, "edition 2"),
    ("edition publish", "107", 1, "needs a role"),
    ("edition publish", "101", 1, "--renew"),
    ("edition publish --renew --expires-in 900d", "101", 1, "shorter time"),
    ("edition publish --expires-in soon", "101", 2, "30d"),
    ("edition list", None, 1, "--as PERSON"),
    ("edition list", "999", 1, "do not fit"),
    ("export --output list.geojson --edition 7", "107", 1, "the current one is 1"),
    ("export --output list.geojson --near 1,2", "107", 2, "together"),
    ("export --output list.geojson --route nowhere.gpx --within-m 5", "107", 2, "nowhere.gpx"),
    ("export --output list.geojson --within-m 5", "107", 2, "together"),
    ("export --output list.gpx --format gpx --link https://lists.example", "107", 2, "KML"),
    ("export --output list.kml --format kml --link https://you:token@lists.example", "107", 2, "address of the server"),
    ("export --output list.kml --format kml --link file:///etc", "107", 2, "address of the server"),
    ("export --output list.geojson --near 95.0,2.0 --within-m 5", "107", 1, "90"),
    ("export --output list.geojson --bbox=10,20,30", "107", 2, "west,south,east,north"),
    ("export --output list.geojson --bbox=nan,nan,nan,nan", "107", 2, "west,south,east,north"),
    ("export --output list.geojson --bbox=-10,20,30,10", "107", 2, "west,south,east,north"),
    ("export --output list.geojson --sector North", "107", 1, "sector"),
    ("export --output nowhere/list.geojson", "107", 1, "Choose another place"),
    ("export --output list.geojson --format tar", "107", 2, "geojson"),
    ("distribute --output sent --edition 4", "104", 1, "the current one is 1"),
    ("distribute --output sent --deadline 2020-01-01", "104", 1, "later day"),
    ("distribute --output sent --deadline 31.12.2027", "104", 2, "%Y-%m-%d"),
    ("distribute --output data", "104", 1, "new folder"),
    ("distribute --output sent", "107", 1, "needs a role"),
    ("campaign status", "104", 1, "distribute"),
    ("campaign status C-none", "104", 1, "no campaign C-none"),
    ("campaign close C-none", "104", 1, "no campaign C-none"),
    ("acknowledge", "107", 2, "acknowledge import"),
    ("acknowledge --edition 3", "107", 1, "edition"),
    ("acknowledge --edition 1 --person 108", "107", 1, "in person"),
    ("acknowledge import nothing.csv", "104", 2, "does not exist"),
    ("acknowledge import data", "104", 2, "is a directory"),
    ("acknowledge import register.db", "104", 1, "save it as CSV"),
    ("premises show ISLE-0099", "103", 1, "no ISLE-0099"),
    ("premises show ISLE-0001", "107", 1, "no ISLE-0001"),
    ("premises show ISLE-0001 --known-at 2001-01-01T00:00:00Z", "103", 1, "no ISLE-0001"),
    ("premises history ISLE-0099", "103", 1, "no ISLE-0099"),
    ("premises designate ISLE-0001", "101", 1, "possible now"),
    ("premises lift ISLE-0001", "101", 2, "--reason"),
    ("premises lift ISLE-0001 --reason gone", "101", 1, "possible now"),
    ("premises confirm ISLE-0001", "102", 1, "possible now"),
    ("premises rename ISLE-0001 ''", "103", 1, "1 to 200 characters"),
    ("premises due", "107", 1, "needs a role"),
    ("premises propose --name X", "103", 2, "--basis"),
    ("person add 107 --name N --unit U --category civilian --mission ISLE", "100", 1, "belongs to a person"),
    ("person add 200 --name N --unit U --category civilian --mission ISLE", None, 1, "--as PERSON"),
    ("person add 200 --name N --unit U --category civilian --mission ISLE", "101", 1, "needs a role"),
    ("person add 200 --name N --unit U --category guest --mission ISLE", "100", 2, "volunteer"),
    ("person add 200 --name N --unit U --category civilian --mission ISLE --email x", "100", 1, "e-mail"),
    ("person add 2 --name N --unit U --category civilian --mission ISLE --from 2027-02-30", "100", 2, "not a date"),
    ("person role 100 head ISLE", "100", 1, "yourself"),
    ("person role 999 head ISLE", "100", 1, "no person 999"),
    ("person role 107 king ISLE", "100", 2, "auditor"),
    ("person depart 999", "100", 1, "no person 999"),
    ("person reset 100", "100", 1, "person passphrase"),
    ("person passphrase", None, 1, "--as PERSON"),
    ("person import register.db --mission ISLE", "100", 1, "register.db"),
    ("mission add lower --name N --organisation UN --territory iso:XK --timezone UTC", "100", 1, "capital letters"),
    ("mission add ISLE --name N --organisation UN --territory iso:IS --timezone UTC", "100", 1, "already"),
    ("mission add NEW --name N --organisation UN --territory iso:ZZ --timezone UTC", "100", 1, "'iso:ZZ'"),
    ("mission add NEW --name N --organisation UN --territory MISSING --timezone UTC", "100", 1, "MISSING"),
    ("mission add NEW --name N --organisation UN --territory no.geojson --timezone UTC", "100", 1, "no.geojson"),
    ("mission add NEW --name N --organisation UN --territory iso:IS --timezone Mars/One", "100", 1, "Europe/Belgrade"),
    ("mission add NEW --name N --organisation Mars --territory iso:IS --timezone UTC", "100", 2, "OSCE"),
    ("mission territory ISLE register.db --from 2027-01-01", "100", 1, "register.db"),
    ("mission sectors ISLE register.db --from 2027-01-01", "100", 1, "register.db"),
    ("mission contacts ISLE register.db", "100", 1, "list of contacts"),
    ("mission contacts NONE empty.json", "100", 1, "list of contacts"),
    ("facility add --name N --kind club --position 95.0,1.0", "101", 1, "90"),
    ("facility add --name N --kind club --position 1.0,1.0", "107", 1, "needs a role"),
    ("facility retire F-none", "101", 1, "facility list"),
    ("import register.db", "103", 1, "register.db"),
    ("import empty.json", "103", 1, "empty"),
    ("import data", "103", 2, "is a directory"),
    ("import empty.json --map name", "103", 2, "COLUMN=FIELD"),
    ("basemap add register.db", "100", 1, "register"),
    ("basemap add empty.json", "100", 1, "empty.json"),
    ("basemap remove streets", "100", 1, "streets"),
    ("edition verify register.db", None, 1, "register.db.dsse"),
    ("edition verify register.db --envelope empty.json", None, 1, "DSSE"),
    ("edition verify register.db --envelope empty.json --key empty.json", None, 1, "key export"),
    ("edition verify missing.geojson", None, 2, "does not exist"),
    ("key export --output nowhere/key.pem", None, 1, "Choose another place"),
    ("audit verify", "107", 1, "needs a role"),
    ("audit verify --against empty.json", "105", 1, "no checkpoint"),
    ("init", None, 1, "already"),
    ("serve --tls-cert empty.json", None, 2, "together"),
    ("serve --port 0 --tls-cert empty.json --tls-key empty.json", None, 1, "belong together"),
    ("serve --port 0 --host nowhere.invalid", None, 1, "--host"),
    ("serve --port 70000", None, 2, "65535"),
    ("demo --folder data --reset", None, 1, "not a demonstration"),
    ("demo --folder data", None, 1, "new folder"),
    ("frobnicate", None, 2, "No such command"),
    ("premises frobnicate", None, 2, "No such command"),
]  # fmt: skip


def words_of(line: str) -> list[str]:
    return ["" if word == "''" else word for word in line.split()]


def refused(said: Said, code: int, sentence: str) -> None:
    assert said.code == code, said
    assert sentence in said.err, said
    assert said.err.strip().splitlines()[-1].strip(), said


@pytest.fixture
def at_home(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """In the folder of the store, beside an empty file; relative paths in the table mean here."""
    monkeypatch.chdir(prompt.folder)
    (prompt.folder / "empty.json").touch()
    return prompt


@pytest.mark.parametrize(("line", "by", "code", "sentence"), REFUSED, ids=[row[0] for row in REFUSED])
def test_wrong_input_gets_a_sentence_and_changes_nothing(
    at_home: Prompt, line: str, by: str | None, code: int, sentence: str
) -> None:
    before = at_home.contents()
    refused(at_home(*words_of(line), by=by), code, sentence)
    told = at_home(*words_of(line), "--json", by=by)
    if told.err.find("No such option: --json") < 0:
        assert told.code == code
        assert set(told.json) >= {"error", "detail", "issues"}
        assert sentence in told.json["detail"] + str(told.json["issues"])
    assert at_home.contents() == before


def test_a_refusal_says_states_and_steps_in_words_and_names_them_to_programs(prompt: Prompt) -> None:
    prompt("premises", "suspend", "ISLE-0001", "--reason", "the wrong house", by="101").done()
    said = prompt("premises", "designate", "ISLE-0001", "--json", by="101")
    assert said.err.strip() == (
        "ISLE-0001 stands at “Suspended, second signature due”, and “Designated” does not follow; possible now: "
        "Lifted; Notice deferred; Notice given to the owner; Put back in force; Owner answered."
    )
    assert said.json["detail"] == (
        "ISLE-0001 stands at “suspended”, and “designated” does not follow; possible now: "
        "lifted; notice_deferred; notice_given; reinstated; replied."
    )


def test_a_sheet_that_is_none_is_called_by_its_own_name(prompt: Prompt, tmp_path: Path) -> None:
    sheet = tmp_path / "signed.txt"
    sheet.write_text("name,lat\nx,1\n")
    assert prompt("acknowledge", "import", sheet, by="104").err.startswith("signed.txt is no acknowledgement sheet: ")


def test_a_wrong_passphrase_says_no_more_than_an_unknown_person(prompt: Prompt) -> None:
    wrong = prompt("edition", "list", by="101", GEO_OFFLIMITS_PASSPHRASE="not the right words")
    unknown = prompt("edition", "list", by="999", GEO_OFFLIMITS_PASSPHRASE="not the right words")
    assert (wrong.code, wrong.err) == (unknown.code, unknown.err) == (1, wrong.err)


def test_without_a_terminal_nobody_is_asked_for_a_passphrase(prompt: Prompt) -> None:
    refused(prompt("edition", "list", by="101", GEO_OFFLIMITS_PASSPHRASE=""), 1, "GEO_OFFLIMITS_PASSPHRASE")


@pytest.mark.parametrize(
    "words", [("mission", "list"), ("check", "1,2"), ("edition", "list"), ("serve", "--port", "0"), ("upgrade",)]
)
class TestAStoreThatCannotBeUsed:
    def test_is_not_there(self, empty: Prompt, words: tuple[str, ...]) -> None:
        refused(empty(*words, by="101"), 1, "init")
        assert list(empty.folder.iterdir()) == []

    def test_is_another_program_s(self, empty: Prompt, words: tuple[str, ...]) -> None:
        with closing(sqlite3.connect(empty.store)) as connection:
            connection.execute("CREATE TABLE recipe (name TEXT)")
            connection.commit()
        before = empty.contents()
        refused(empty(*words, by="101"), 1, "register.db")
        assert empty.contents() == before

    def test_is_no_database(self, empty: Prompt, words: tuple[str, ...]) -> None:
        empty.store.write_text("shopping list")
        refused(empty(*words, by="101"), 1, "register.db")
        assert empty.store.read_text() == "shopping list"

    def test_is_a_folder(self, empty: Prompt, words: tuple[str, ...]) -> None:
        empty.store.mkdir()
        refused(empty(*words, by="101"), 1, "register.db")

    def test_is_newer_than_this_program(self, prompt: Prompt, words: tuple[str, ...]) -> None:
        with closing(sqlite3.connect(prompt.store)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        before = prompt.contents()
        refused(prompt(*words, by="101"), 1, "newer")
        assert prompt.contents() == before


def test_lost_keys_are_said_before_anything_is_published_or_served(prompt: Prompt) -> None:
    shutil.rmtree(prompt.folder / "data" / "keys")
    refused(prompt("serve", "--port", "0"), 1, "There are no keys")
    before = prompt.contents()
    refused(prompt("edition", "publish", "--renew", by="101"), 1, "There are no keys")
    assert prompt.contents() == before


def test_a_settings_file_that_cannot_be_read_is_one_json_document_too(prompt: Prompt, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("stroe = 'x'")
    said = prompt("--config", config, "mission", "list", "--json")
    assert (said.code, said.json["issues"][0]["field"]) == (1, "stroe")
    refused(prompt("--config", tmp_path / "none.toml", "mission", "list"), 1, "TOML")
    refused(prompt("mission", "list", GEO_OFFLIMITS_PORT="many"), 1, "port")


def test_a_text_with_two_meanings_comes_with_its_readings(prompt: Prompt) -> None:
    said = prompt("check", "95.0,10.0", "--json")
    assert said.code == 1
    assert said.json["readings"] == [{"lat": 10, "lon": 95, "uncertainty_m": pytest.approx(7_840, abs=1)}]


@pytest.mark.parametrize("name", ["NUL \x00 inside", "x" * 201, "half \udcff of a character"])
def test_a_name_that_is_no_text_is_refused(prompt: Prompt, name: str) -> None:
    before = prompt.contents()
    assert prompt(*PROPOSE, "--name", name, by="103").code in {1, 2}
    assert prompt("premises", "rename", "ISLE-0001", name, by="103").code in {1, 2}
    assert prompt.contents() == before


def test_bytes_that_are_no_text_are_never_not_listed(prompt: Prompt) -> None:
    refused(prompt("find", "caf\udce9"), 2, "not UTF-8")
    refused(prompt("check", "\udcff"), 2, "not UTF-8")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("{", "JSON"),
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "Feature", "properties": {}, "geometry": null}', "no polygon"),
        ('{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [NaN, 1]}}', "NaN"),
    ],
)
def test_an_outline_that_is_none_is_refused(prompt: Prompt, tmp_path: Path, text: str, sentence: str) -> None:
    outline = tmp_path / "outline.geojson"
    outline.write_text(text)
    before = prompt.contents()
    refused(prompt(*PROPOSE, "--name", "X", "--outline", outline, by="103"), 1, sentence)
    assert prompt.contents() == before


def test_an_outline_that_crosses_itself_is_refused(prompt: Prompt, tmp_path: Path) -> None:
    bow = square(-16, -31.5, 0.01)
    ring = bow["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    refused(prompt(*PROPOSE, "--name", "X", "--outline", geojson(tmp_path / "bow.geojson", bow), by="103"), 1, "cross")


def test_a_mission_must_be_named_where_there_are_two(prompt: Prompt) -> None:
    prompt(
        "mission", "add", "OTHER", "--name", "Other", "--organisation", "EU", "--territory", "iso:IS",
        "--timezone", "Atlantic/Reykjavik", by="100",
    ).done()  # fmt: skip
    refused(prompt("check", "1,2"), 1, f"{MISSION}, OTHER")
    assert prompt("check", "-31.6,-15.9", "--mission", MISSION).code == 4
    assert prompt("check", "-31.6,-15.9", GEO_OFFLIMITS_MISSION=MISSION).code == 4
