"""Geospatial off-limits mapping for peacekeeping missions.

`read_edition(file)` opens a published edition for notebooks and scripts: two GeoDataFrames, look-ups and a map.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo_offlimits.notebook import read_edition

__version__ = "0.1.0"
__all__ = ["__version__", "read_edition"]


def __getattr__(name: str) -> Any:
    # GeoPandas takes most of a second to import; `geo-offlimits --help` should not pay for it.
    if name == "read_edition":
        return import_module("geo_offlimits.notebook").read_edition
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
