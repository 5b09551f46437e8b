"""Lists that map programs save: earth viewers, receivers, and what a survey brings; with what goes wrong in them."""

import io
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
from shapely.geometry import LineString, Point, box

from tests.formats.corpus.island import gpx, kml

LANTERN, ANCHOR, CASA = (-15.9512, -31.4901), (-16.0533, -31.5571), (-15.9077, -31.6612)
UTM_28_SOUTH = 32728


def placemark(name: str, where: str, more: str = "") -> str:
    point = f"<Point><coordinates>{where}</coordinates></Point>" if where else ""
    return f"<Placemark><name>{name}</name>{more}{point}</Placemark>"


def layer(**columns: list[object]) -> gpd.GeoDataFrame:
    geometry = columns.pop("geometry")
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")


def _saved(made: gpd.GeoDataFrame, name: str, *, without: str = "", **how: str) -> bytes:
    """As GDAL saves it; a shapefile's parts in one archive."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        made.to_file(path, engine="pyogrio", **how)
        if path.suffix != ".shp":
            return path.read_bytes()
        parts = {one.name: one.read_bytes() for one in sorted(path.parent.iterdir()) if one.suffix != without}
    return _zipped(parts)


def _zipped(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


LISTED = layer(
    name=["Blue Lantern", "Café Étoile", "Old Anchor, “Upper Deck”"],
    kind=["bar", "café", "night club"],
    town=["Ostrel", "Porto Velano", "Halvera"],
    geometry=[Point(LANTERN), Point(CASA), Point(ANCHOR)],
)
MARKED: dict[str, bytes] = {
    "my-places.kml": kml(
        "<name>My Places</name><Folder><name>Temporary Places</name>"
        + placemark(" Blue  Lantern ", "-15.9512,-31.4901,0", "<description><![CDATA[<b>bar</b>]]></description>")
        + placemark("Blue Lantern", "-15.95121,-31.49011,0")
        + "<Placemark><name>Way home</name><LineString><coordinates>-15.9,-31.5 -15.8,-31.4</coordinates></LineString>"
        "</Placemark></Folder><NetworkLink><name>old list</name><Link><href>http://192.0.2.1/x.kml</href></Link>"
        "</NetworkLink>"
    ),
    "swapped.kml": kml(
        "".join(placemark(name, f"{lat},{lon}") for name, (lon, lat) in
                (("Blue Lantern", LANTERN), ("Old Anchor", ANCHOR), ("Casa Verde", CASA)))
    ),
    "corners-with-spaces.kml": kml(
        placemark("Blue Lantern", "-15.9512, -31.4901") + placemark("Casa", "-15.9077,-31.6612")
    ),
    "data-of-a-form.kml": kml(
        placemark("", "-15.9512,-31.4901", '<ExtendedData><Data name="Nom"><value>Lanterne bleue</value></Data>'
                  '<Data name="Horaires"><value>ven.–sam. 20 h – 4 h</value></Data></ExtendedData>')
        + placemark("Without a place", "")
    ),
    "area.kml": kml(
        "<Placemark><name>Docks</name><ExtendedData><Data name='subject'><value>area</value></Data></ExtendedData>"
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>-15.95,-31.49 -15.94,-31.49 -15.94,-31.48 -15.95,-31.48 "
        "-15.95,-31.49</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    ),
    "with-pictures.kmz": _zipped(
        {"doc.kml": kml(placemark("Blue Lantern", "-15.9512,-31.4901")), "files/front.jpg": b"\xff\xd8\xff\xe0"}
    ),
    "without-a-document.kmz": _zipped({"files/front.jpg": b"\xff\xd8\xff\xe0 a picture", "notes.txt": b"none"}),
    "patrol.gpx": gpx(
        '<wpt lat="-31.4901" lon="-15.9512"><time>2026-03-04</time><name>001</name><cmt>Blue Lantern</cmt></wpt>'
        '<wpt lat="-31.5571" lon="-16.0533"><time>2026-03-04</time><name>002</name><cmt>Old Anchor</cmt></wpt>'
        '<trk><name>patrol</name><trkseg><trkpt lat="-31.49" lon="-15.95"/></trkseg></trk>'
    ),
    "no-number.gpx": gpx('<wpt lat="31,49 S" lon="-15.9512"><name>Blue Lantern</name></wpt><wpt lat="-31.6612" '
                         'lon="-15.9077"><name>Casa Verde</name></wpt>'),
}  # fmt: skip
SURVEYED: dict[str, bytes] = {
    "in-metres.gpkg": _saved(LISTED.to_crs(UTM_28_SOUTH), "list.gpkg", driver="GPKG"),
    "points-and-a-line.gpkg": _saved(
        layer(name=["Blue Lantern", "Patrol"], geometry=[Point(LANTERN), LineString([LANTERN, ANCHOR])]),
        "list.gpkg",
        driver="GPKG",
    ),
    "short-columns.zip": _saved(LISTED.rename(columns={"kind": "kind of ve"}), "list.shp", encoding="cp1252"),
    "without-its-system.zip": _saved(LISTED, "list.shp", without=".prj"),
    "areas.fgb": _saved(
        layer(name=["Docks", ""], subject=["area", "area"], geometry=[box(-15.95, -31.49, -15.94, -31.48)] * 2),
        "list.fgb",
        driver="FlatGeobuf",
    ),
    "elsewhere.fgb": _saved(
        layer(name=["Blue Lantern"], geometry=[Point(15.9512, 31.4901)]), "list.fgb", driver="FlatGeobuf"
    ),
}
