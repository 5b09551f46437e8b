"""The files the map needs in a browser: ours in `static/`, the libraries' in `vendor/`. No other place exists.

A served file has an address such as `vendor/leaflet.js` or `frame/frame.js` below the web's static folder.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from geo_offlimits.errors import OfflimitsError

_HERE = Path(__file__).parent
_FOLDERS = {"frame": _HERE / "static", "vendor": _HERE / "vendor"}
STATIC_URL = "/static/"


class AssetMissingError(OfflimitsError):
    """A file of the map is not installed, or there never was one of that name."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"{address} is not among the map's files; install the package again (pip install -e .) so that the "
            "build fetches its browser libraries."
        )


@dataclass(frozen=True)
class Asset:
    """One file to be served: `address` below the static folder, its bytes' place and their SHA-256 (hex)."""

    address: str
    file: Path
    sha256: str

    @property
    def is_script(self) -> bool:
        return self.file.suffix == ".js"

    def url(self, static_url: str = STATIC_URL) -> str:
        """The address with the content's hash, so that a browser may keep the file for a year."""
        return f"{static_url}{self.address}?v={self.sha256[:12]}"


def static_root() -> Path:
    """The folder of our own scripts and styles."""
    return _FOLDERS["frame"]


def vendor_path(name: str) -> Path:
    """The file of a browser library, such as `leaflet.js`. Raises AssetMissingError."""
    return asset(f"vendor/{name}").file


@cache
def served_files() -> Mapping[str, Asset]:
    """Every file that may be served, by its address. A web server answers these and nothing else below them."""
    found = {
        address: Asset(address, file, hashlib.sha256(file.read_bytes()).hexdigest())
        for prefix, folder in _FOLDERS.items()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and (address := f"{prefix}/{file.relative_to(folder).as_posix()}")
    }
    return MappingProxyType(found)


def asset(address: str) -> Asset:
    """The file at `address`. Raises AssetMissingError."""
    try:
        return served_files()[address]
    except KeyError:
        raise AssetMissingError(address) from None


def asset_url(address: str, static_url: str = STATIC_URL) -> str:
    """The URL of `address` with its content's hash. Raises AssetMissingError."""
    return asset(address).url(static_url)
