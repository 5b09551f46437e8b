"""Every setting once: its name, default, unit and what it is for. Read from a TOML file, then from the environment."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from geo_offlimits.errors import InputError, Issue

ENVIRONMENT_PREFIX = "GEO_OFFLIMITS_"


def _setting(default: Any, help_text: str, unit: str = "") -> Any:
    return field(default=default, metadata={"help": help_text, "unit": unit})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one installation. Paths are relative to the working directory of the process."""

    store: str = _setting(
        "sqlite:///geo_offlimits.db", "where the register lives: sqlite:///FILE or postgresql+psycopg://"
    )
    owner_store: str = _setting("", "the same store as the owner of its schema, for migrations on PostgreSQL")
    data_dir: Path = _setting(Path("geo_offlimits_data"), "keys, basemaps and attachments")
    host: str = _setting("127.0.0.1", "address the server listens on")
    port: int = _setting(8000, "port the server listens on")
    workers: int = _setting(2, "server processes")
    mission: str = _setting("", "mission shown when a person belongs to several")
    language: str = _setting("en", "language when neither the person nor the browser asks for one")
    door_m: float = _setting(5.0, "within this distance of a footprint a person is at its door", "metres")
    radius_m: float = _setting(100.0, "how far matches are shown around a position", "metres")
    name_match_score: float = _setting(85.0, "from this score a name counts as a match", "0 to 100")
    expires_in_days: int = _setting(30, "how long an edition is current unless told otherwise", "days")
    removal_share: float = _setting(0.2, "publishing asks for confirmation when more than this share would go", "share")
    session_idle_minutes: int = _setting(30, "a session ends after this long without a request", "minutes")
    session_hours: int = _setting(12, "a session ends after this long in any case", "hours")
    behind_proxy: bool = _setting(default=False, help_text="trust X-Forwarded-* of one proxy that speaks HTTPS")
    max_upload_mb: int = _setting(16, "largest request body and import file", "megabytes")


def load(config: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `config` (TOML, top-level keys as in Settings), overridden by `GEO_OFFLIMITS_*`.

    A relative `store` file or `data_dir` written in a config file is relative to that file's folder.
    Raises InputError for an unreadable file, an unknown key or a value of the wrong kind.
    """
    values = _from_file(config) if config else {}
    known = {item.name for item in fields(Settings)}
    values |= {
        key.removeprefix(ENVIRONMENT_PREFIX).lower(): text
        for key, text in (os.environ if environment is None else environment).items()
        if key.startswith(ENVIRONMENT_PREFIX) and key.removeprefix(ENVIRONMENT_PREFIX).lower() in known
    }
    return Settings(**{name: _converted(name, value) for name, value in values.items()})


def _from_file(config: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise InputError(f"The settings file {config} cannot be read: {fault}. Give a TOML file.") from None
    unknown = sorted(set(values) - {item.name for item in fields(Settings)})
    if unknown:
        raise InputError(
            f"{config} has unknown settings: {', '.join(unknown)}; `geo-offlimits settings` lists the known ones.",
            *(Issue(field=name, reason="unknown setting") for name in unknown),
        )
    folder = config.parent.resolve()
    if "data_dir" in values:
        values["data_dir"] = folder / str(values["data_dir"])
    store = str(values.get("store", ""))
    if store.startswith("sqlite:///") and not store.startswith("sqlite:////"):
        values["store"] = f"sqlite:///{folder / store.removeprefix('sqlite:///')}"
    return values


def _converted(name: str, value: Any) -> Any:
    kind: type[Any] = type(getattr(Settings, name))
    try:
        if kind is bool:
            return _truth(value)
        return Path(value) if issubclass(kind, Path) else kind(value)
    except (TypeError, ValueError):
        raise InputError(
            f"The setting {name} cannot be {value!r}; give a value of kind {kind.__name__}.",
            Issue(field=name, value=str(value), reason=f"not a {kind.__name__}"),
        ) from None


def _truth(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(value) from None
