"""The map frame: Folium builds the map, our own files serve it, and no data passes through a template."""

from geo_offlimits.frame.assets import Asset, AssetMissingError, asset_url, served_files, static_root, vendor_path
from geo_offlimits.frame.figure import OutsideAssetError, PageParts
from geo_offlimits.frame.labels import MapLabels
from geo_offlimits.frame.maps import (
    Reader,
    Streets,
    StreetsKind,
    comparison_map,
    lookup_map,
    rows_map,
    standalone_map,
    street_scripts,
)

__all__ = [
    "Asset",
    "AssetMissingError",
    "MapLabels",
    "OutsideAssetError",
    "PageParts",
    "Reader",
    "Streets",
    "StreetsKind",
    "asset_url",
    "comparison_map",
    "lookup_map",
    "rows_map",
    "served_files",
    "standalone_map",
    "static_root",
    "street_scripts",
    "vendor_path",
]
