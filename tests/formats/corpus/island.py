"""The invented island on which every list of the corpus lies, and the ways in which its lists are saved."""

import csv as csv_module
import io
import json
from collections.abc import Sequence
from typing import Any

import openpyxl
from shapely.geometry import Point, box

from geo_offlimits.lookup.gazetteer import Gazetteer, Place, PlaceKind

TIMEZONE = "Atlantic/Azores"
TERRITORY = box(-16.5, -31.9, -15.5, -31.3)


def _town(name: str, lon: float, lat: float, radius_m: float, *others: str) -> Place:
    point = Point(lon, lat)
    return Place(kind=PlaceKind.TOWN, name=name, geometry=point, radius_m=radius_m, other_names=others)


NEAR = Gazetteer(
    [
        _town("Porto Velano", -15.9059, -31.659, 2300, "Порто Велано", "بورتو فيلانو"),
        _town("Ostrel", -15.9529, -31.4877, 1500, "Острел", "أوستريل"),
        _town("Halvera", -16.0548, -31.5585, 1100, "Халвера"),
        _town("Lumbra", -15.8577, -31.5865, 1000),
        _town("Lumbra", -16.2577, -31.7865, 1000),
        Place(kind=PlaceKind.SECTOR, name="North", geometry=box(-16.2, -31.5, -15.7, -31.4)),
        Place(kind=PlaceKind.SECTOR, name="South", geometry=box(-16.2, -31.8, -15.7, -31.6)),
    ],
    TERRITORY,
)

Rows = Sequence[Sequence[Any]]


def csv(rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", before: str = "", ends: str = "\r\n") -> bytes:
    """A list as a program saves it; `before` stands above its first row."""
    text = io.StringIO()
    csv_module.writer(text, delimiter=delimiter, lineterminator=ends).writerows(rows)
    return (before + text.getvalue()).encode(encoding)


def xlsx(*sheets: tuple[str, Rows]) -> bytes:
    book = openpyxl.Workbook()
    for at, (title, rows) in enumerate(sheets):
        sheet = book.active if at == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


def geojson(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def kml(body: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    return f"{head}{body}</Document></kml>".encode()


def gpx(body: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
    return f"{head}{body}</gpx>".encode()
