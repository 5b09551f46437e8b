"""Settings are refused where they are read, with the name, the value and what it may be."""

from dataclasses import fields
from pathlib import Path

import pytest

from geo_offlimits import settings
from geo_offlimits.errors import InputError
from geo_offlimits.settings import ENVIRONMENT_PREFIX, Settings

SECRET = "p4ss:w@rd/ü"
RANGED = [
    item for item in fields(Settings) if isinstance(item.default, int | float) and not isinstance(item.default, bool)
]


def from_environment(**values: str) -> Settings:
    return settings.load(environment={ENVIRONMENT_PREFIX + name.upper(): text for name, text in values.items()})


def from_file(folder: Path, text: str) -> Settings:
    config = folder / "settings.toml"
    config.write_text(text, encoding="utf-8")
    return settings.load(config, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("door_m", "1e9"),
        ("door_m", "-1"),
        ("door_m", "nan"),
        ("radius_m", "inf"),
        ("radius_m", "0"),
        ("name_match_score", "nan"),
        ("name_match_score", "101"),
        ("removal_share", "7"),
        ("port", "0"),
        ("port", "70000"),
        ("workers", "0"),
        ("expires_in_days", "-1"),
        ("session_hours", "-12"),
        ("session_idle_minutes", "0"),
        ("max_upload_mb", "0"),
        ("receive_seconds", "0"),
    ],
)
def test_a_value_out_of_range_is_refused_with_setting_value_and_range(name: str, value: str) -> None:
    with pytest.raises(InputError) as refusal:
        from_environment(**{name: value})
    for told in (name, str(float(value)).removesuffix(".0"), settings.span(name)):
        assert told in str(refusal.value)
    assert [issue.field for issue in refusal.value.issues] == [name]


@pytest.mark.parametrize("item", RANGED, ids=lambda item: item.name)
def test_every_number_has_a_range_that_holds_its_default_and_both_ends(item: object) -> None:
    name = item.name  # type: ignore[attr-defined]
    least, most = settings.range_of(name) or pytest.fail(f"{name} has no range")
    assert least <= getattr(Settings, name) < most
    for value in (least, most):
        assert getattr(from_environment(**{name: str(value)}), name) == value
        assert type(getattr(from_environment(**{name: str(value)}), name)) is type(getattr(Settings, name))


@pytest.mark.parametrize(
    "line",
    ["workers = inf", "workers = nan", "workers = 2.7", "workers = true", "port = []", "door_m = true", "mission = 5"],
)
def test_a_value_of_another_kind_in_a_file_is_refused(tmp_path: Path, line: str) -> None:
    name = line.split(maxsplit=1)[0]
    with pytest.raises(InputError, match=rf"setting {name} cannot be"):
        from_file(tmp_path, line)


def test_a_file_s_numbers_are_held_to_the_same_range(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"workers cannot be 65; give a number from 1 to 64"):
        from_file(tmp_path, "workers = 65")
    assert from_file(tmp_path, "workers = 64\ndoor_m = 7").door_m == 7.0


@pytest.mark.parametrize(
    ("written", "meant"),
    [("WORKER", "WORKERS"), ("DATADIR", "DATA_DIR"), ("BEHIND_A_PROXY", "BEHIND_PROXY"), ("PASPHRASE", "PASSPHRASE")],
)
def test_a_name_that_looks_like_a_misspelt_setting_is_refused_and_the_setting_named(written: str, meant: str) -> None:
    with pytest.raises(InputError, match=rf"GEO_OFFLIMITS_{written} is not .* GEO_OFFLIMITS_{meant}\b"):
        from_environment(**{written: "3"})


@pytest.mark.parametrize(
    "name", ["ACTOR", "PASSPHRASE", "NEW_PASSPHRASE", "DEMO_PASSPHRASE", "IMAGE", "COMPOSE_PROJECT"]
)
def test_names_that_others_use_are_left_alone(name: str) -> None:
    assert from_environment(**{name: "3"}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("workers = 3\ndoor_m = 6.5\n", encoding="utf-8")
    loaded = settings.load(config, {"GEO_OFFLIMITS_WORKERS": "5"})
    assert (loaded.workers, loaded.door_m) == (5, 6.5)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            f"postgresql+psycopg://app:{SECRET}@db.example:5432/register",
            "postgresql+psycopg://app:***@db.example:5432/register",
        ),
        (f"postgresql+psycopg://:{SECRET}@/register", "postgresql+psycopg://:***@/register"),
        (
            f"postgresql+psycopg:///r?user=app&password={SECRET}&host=x",
            "postgresql+psycopg:///r?user=app&password=***&host=x",
        ),
        ("postgresql+psycopg://app@db.example:5432/register", "postgresql+psycopg://app@db.example:5432/register"),
        ("postgresql://app@db.example:5432/r?password=a@b", "postgresql://app@db.example:5432/r?password=***"),
        ("sqlite:////data/a:b@c/register.db", "sqlite:////data/a:b@c/register.db"),
    ],
)
def test_the_password_in_a_store_s_address_is_not_shown(address: str, shown: str) -> None:
    known = Settings(store=address, owner_store=address)
    assert (known.shown("store"), known.shown("owner_store"), known.store) == (shown, shown, address)
    assert known.shown("port") == "8000"
