"""What the browser is given comes from this package, all of it, and is light."""

import gzip
import json
import re
from pathlib import Path

import pytest

from geo_offlimits.frame import (
    AssetMissingError,
    PageParts,
    asset_url,
    lookup_map,
    served_files,
    static_root,
    vendor_path,
)
from web.compression import pressed

ROOT = Path(__file__).parents[2]


def parts(*, officer: bool = False) -> PageParts:
    return lookup_map(edition_url="/edition", basemap_url="/basemap", officer=officer)


def test_every_file_of_the_page_is_served_from_this_package() -> None:
    for url in (*parts(officer=True).stylesheets, *parts(officer=True).scripts):
        address, _, version = url.removeprefix("/static/").partition("?v=")
        assert served_files()[address].sha256.startswith(version)
        assert len(version) == 12


def test_the_pages_parts_name_no_other_host() -> None:
    page = parts(officer=True)
    assert "//" not in page.html + "".join(page.stylesheets + page.scripts)
    assert not re.search(r"https?:|['\"(]//", page.script)


def test_our_own_files_name_no_other_host() -> None:
    for file in static_root().iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), file.name


def test_a_file_that_is_not_installed_is_refused_with_the_remedy() -> None:
    with pytest.raises(AssetMissingError, match="install the package again"):
        asset_url("vendor/jquery.js")
    with pytest.raises(AssetMissingError):
        vendor_path("../assets.py")


def test_pictures_named_in_the_styles_are_there() -> None:
    for address, item in served_files().items():
        if address.endswith(".css"):
            for name in re.findall(r"url\([\"']?(images/[^\"')]+)", item.file.read_text(encoding="utf-8")):
                assert vendor_path(name).is_file(), f"{address} wants {name}"


def test_the_lock_has_exact_versions_and_no_registry_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted["dependencies"].values())
    assert lock["packages"][""]["dependencies"] == wanted["dependencies"]
    assert all("integrity" in facts for name, facts in lock["packages"].items() if name)
    assert "http" not in json.dumps(lock)


def test_the_first_view_is_light() -> None:
    page = parts()
    sizes = {item.address: len(pressed(item.file.read_bytes())) for item in page.assets}
    sizes["map.js"] = len(gzip.compress(page.script.encode()))
    for address, size in sizes.items():
        print(f"{size:7,d} bytes  {address}")  # noqa: T201  (the figures are asked for)
    locate = sum(size for address, size in sizes.items() if "Locate" in address)
    assert sum(sizes.values()) - locate <= 75_000, "Leaflet and our own files, as they travel"
    assert sum(sizes.values()) <= 80_000, "with the place finder"
    assert not any("protomaps" in address or "draw" in address for address in sizes), "fetched only when needed"
