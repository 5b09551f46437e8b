"""Every setting once: name, default, range, unit and what it is for. Read from a TOML file, then the environment."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from geo_offlimits.errors import InputError, Issue

ENVIRONMENT_PREFIX = "GEO_OFFLIMITS_"
# Read from the environment elsewhere, and never settings: they would be written down.
SECRETS = frozenset({"actor", "passphrase", "new_passphrase", "demo_passphrase", "backup_passphrase", "session"}) | {
    "oidc_client_secret",
    "smtp_password",
}
# In postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE, or behind it as ?password=…; an @ in it may stand there as it is.
_PASSWORD = re.compile(r"(://[^:/?@]*:).*(?=@)|([?&]password=)[^&]*")
Range = tuple[float, float]


def _setting(default: Any, help_text: str, unit: str = "", *, between: Range | None = None) -> Any:
    return field(default=default, metadata={"help": help_text, "unit": unit, "between": between})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one installation. Paths are relative to the working directory of the process."""

    store: str = _setting(
        "sqlite:///geo_offlimits.db", "where the register lives: sqlite:///FILE or postgresql+psycopg://"
    )
    owner_store: str = _setting("", "the same store as the owner of its schema, for migrations on PostgreSQL")
    data_dir: Path = _setting(Path("geo_offlimits_data"), "keys, basemaps and attachments")
    host: str = _setting("127.0.0.1", "address the server listens on")
    port: int = _setting(8000, "port the server listens on", between=(1, 65535))
    workers: int = _setting(2, "server processes", between=(1, 64))
    mission: str = _setting("", "mission shown when a person belongs to several")
    language: str = _setting("en", "language when neither the person nor the browser asks for one")
    door_m: float = _setting(
        5.0, "within this distance of a footprint a person is at its door", "metres", between=(0, 100)
    )
    radius_m: float = _setting(100.0, "how far matches are shown around a position", "metres", between=(1, 100_000))
    name_match_score: float = _setting(85.0, "from this score a name counts as a match", "score", between=(50, 100))
    expires_in_days: int = _setting(
        30, "how long an edition is current unless told otherwise", "days", between=(1, 366)
    )
    removal_share: float = _setting(
        0.2, "publishing asks for confirmation when more than this share would go", "share", between=(0, 1)
    )
    delta_editions: int = _setting(
        100, "a device that holds an edition older than this many gets the whole list", "editions", between=(1, 100_000)
    )
    session_idle_minutes: int = _setting(
        30, "a session ends after this long without a request", "minutes", between=(1, 720)
    )
    session_hours: int = _setting(12, "a session ends after this long in any case", "hours", between=(1, 168))
    step_up_minutes: int = _setting(
        10,
        "who decides, publishes or reads evidence has shown within this time that it is they",
        "minutes",
        between=(1, 60),
    )
    oidc_issuer: str = _setting(
        "", "address of your organisation's OpenID provider, to sign in by it; empty: nobody does"
    )
    oidc_client_id: str = _setting("", "what the OpenID provider calls this server")
    oidc_name: str = _setting("", "what the button of sign-in by the OpenID provider calls it; empty: its host")
    oidc_trust_mfa: bool = _setting(
        default=False, help_text="a second factor that the OpenID provider says it saw counts here, too"
    )
    evidence_retention_days: int = _setting(
        3650, "after so long from their departure who somebody was may be erased", "days", between=(1, 36500)
    )
    smtp_host: str = _setting("", "your organisation's mail server, to distribute by mail; empty: nothing is mailed")
    smtp_port: int = _setting(587, "its port: 587 for starttls, 465 for implicit", between=(1, 65535))
    smtp_tls: str = _setting("", "starttls, implicit, or none (this machine only); empty: starttls, here none")
    smtp_user: str = _setting("", "who signs in at the mail server; empty: nobody does")
    smtp_seconds: int = _setting(
        60, "a mail server that takes longer for one answer counts as gone", "seconds", between=(1, 600)
    )
    mail_from: str = _setting("", "the address that mail comes from")
    mail_attempts: int = _setting(
        16, "after so many attempts, the last ones four hours apart, a message has failed", between=(1, 100)
    )
    campaign_on_publish: bool = _setting(
        default=False, help_text="publishing an edition opens a campaign about it, mailed where a mail server is set"
    )
    campaign_days: int = _setting(
        14, "time to acknowledge in a campaign that opens by itself", "days", between=(1, 366)
    )
    campaign_steps: str = _setting(
        "person -3, person +1, manager +2, head +7",
        "who is reminded by mail how many days before or after the deadline; empty: nobody is",
    )
    ask_every_days: int = _setting(
        0,
        "editions published within this time after an asking campaign inform; the next asks for all; 0: each may ask",
        "days",
        between=(0, 366),
    )
    public_url: str = _setting("", "where people open this server's pages, for the address in mail: https://…")
    behind_proxy: bool = _setting(default=False, help_text="trust X-Forwarded-* of one proxy that speaks HTTPS")
    max_upload_mb: int = _setting(16, "largest request body and import file", "megabytes", between=(1, 256))
    import_mb: int = _setting(
        32, "largest list that is imported; on pages within max_upload_mb", "megabytes", between=(1, 256)
    )
    import_rows: int = _setting(
        100_000, "most rows of a list that is sent to a page, where each takes memory", "rows", between=(1, 250_000)
    )
    geodata_seconds: int = _setting(
        5,
        "processor time that reading one GeoPackage, shapefile or FlatGeobuf may take",
        "seconds",
        between=(1, 60),
    )
    geodata_mb: int = _setting(512, "memory that reading one of them may take", "megabytes", between=(512, 4096))
    attachment_mb: int = _setting(
        10,
        "largest photo or letter attached to a listing; on pages within max_upload_mb",
        "megabytes",
        between=(1, 256),
    )
    request_log: bool = _setting(
        default=False, help_text="one line of JSON a request on standard error: no address, person, path or query"
    )
    receive_seconds: int = _setting(
        20, "a request that has not arrived whole after this long is closed", "seconds", between=(1, 600)
    )

    answer_seconds: int = _setting(
        120, "a process in which an answer takes longer ends, and another takes its place", "seconds", between=(1, 3600)
    )
    seal_devices: str = _setting(
        "patrols", "whose devices keep the list under a passphrase of their own: none, patrols or all"
    )
    device_idle_minutes: int = _setting(
        5, "a sealed device locks after this long without a touch", "minutes", between=(1, 720)
    )
    device_tries: int = _setting(
        10, "a sealed device is wiped after so many wrong passphrases", "tries", between=(3, 100)
    )
    rate_per_minute: int = _setting(
        1200, "most requests of one person, one token or, without either, one address", "a minute", between=(10, 10**6)
    )
    costly_per_minute: int = _setting(
        60, "most of them that cost much: exports, packages, files sent, comparisons", "a minute", between=(1, 10**6)
    )

    def shown(self, name: str) -> str:
        """A setting as it may be printed: the password in a store's address is `***`."""
        return _PASSWORD.sub(lambda found: f"{found[1] or found[2]}***", str(getattr(self, name)))


def load(config: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `config` (TOML, top-level keys as in Settings), overridden by `GEO_OFFLIMITS_*`.

    A relative `store` file or `data_dir` written in a config file is relative to that file's folder.
    Raises InputError for an unreadable file, an unknown key, a name of the environment that looks like a misspelt
    setting, and a value of the wrong kind or out of its range.
    """
    values = _from_file(config) if config else {}
    values |= _from_environment(os.environ if environment is None else environment)
    return Settings(**{name: _in_range(name, _converted(name, value)) for name, value in values.items()})


def range_of(name: str) -> Range | None:
    """The least and the most that a setting of numbers may be; None for a setting that is no number."""
    found: Range | None = next(item.metadata["between"] for item in fields(Settings) if item.name == name)
    return found


def span(name: str) -> str:
    """The range in words, `from 1 to 64`; empty for a setting that is no number."""
    between = range_of(name)
    return f"from {between[0]} to {between[1]}" if between else ""


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    given = {
        key.removeprefix(ENVIRONMENT_PREFIX).lower(): text
        for key, text in environment.items()
        if key.startswith(ENVIRONMENT_PREFIX)
    }
    known = {item.name for item in fields(Settings)}
    for name in sorted(given.keys() - known - SECRETS):
        _refuse_misspelt(name, known | SECRETS)
    return {name: text for name, text in given.items() if name in known}


def _refuse_misspelt(name: str, known: set[str]) -> None:
    """The environment is shared: a name of somebody else's is left alone, one that is nearly ours is meant for us."""
    meant = next(iter(get_close_matches(name, known, n=1, cutoff=0.8)), None)
    if meant:
        written, right = (ENVIRONMENT_PREFIX + one.upper() for one in (name, meant))
        raise InputError(
            f"{written} is not a name of ours; did you mean {right}? Correct it or take it out of the environment.",
            Issue(field=name, reason="unknown setting", remedy=f"write {right}"),
        )


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


# A file's values have kinds of their own: 2.7 is no whole number, `true` no number, 5 no text.
_TAKEN: Mapping[type, frozenset[type]] = MappingProxyType(
    {str: frozenset({str}), int: frozenset({int, str}), float: frozenset({int, float, str})}
)


def _converted(name: str, value: Any) -> Any:
    kind: type[Any] = type(getattr(Settings, name))
    try:
        if kind is bool:
            return _truth(value)
        if kind in _TAKEN:
            return kind(value) if type(value) in _TAKEN[kind] else _not_of_kind(name, value, kind)
        return Path(value)
    except (TypeError, ValueError):
        return _not_of_kind(name, value, kind)


def _not_of_kind(name: str, value: Any, kind: type[Any]) -> NoReturn:
    raise InputError(
        f"The setting {name} cannot be {value!r}; give a value of kind {kind.__name__}.",
        Issue(field=name, value=str(value), reason=f"not a {kind.__name__}"),
    ) from None


def _in_range(name: str, value: Any) -> Any:
    between = range_of(name)
    if between and not between[0] <= value <= between[1]:  # NaN is in no range
        remedy = f"give a number {span(name)}"
        raise InputError(
            f"The setting {name} cannot be {value}; {remedy}.",
            Issue(field=name, value=str(value), reason="out of range", remedy=remedy),
        )
    return value


def _truth(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if isinstance(value, bool):
        return value
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(value) from None
