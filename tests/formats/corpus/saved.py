"""Lists that are sound but for how they were saved: encodings, delimiters, programs, languages, headers."""

from datetime import date, datetime

from tests.formats.corpus.island import csv, feature, geojson, gpx, kml, point, xlsx

HEADER = ("Name", "Latitude", "Longitude", "Town", "Kind of venue")
FRENCH = ("Nom", "Latitude", "Longitude", "Localité", "Type d’établissement")
ROWS = (
    ("Blue Lantern", "-31.4901", "-15.9512", "Ostrel", "bar"),
    ("Café Étoile", "-31.6612", "-15.9077", "Porto Velano", "café"),
    ("Old Anchor, “Upper Deck”", "-31.5571", "-16.0533", "Halvera", "night club"),
)
COMMAS = tuple((name, lat.replace(".", ","), lon.replace(".", ","), *rest) for name, lat, lon, *rest in ROWS)
SERBIAN = (
    ("Naziv", "Geografska širina", "Geografska dužina", "Naselje", "Radno vreme"),
    ("Plava lampa", "-31,4901", "-15,9512", "Ostrel", "pet–sub 20:00–04:00"),
    ("Čaršijska kuća", "-31,6612", "-15,9077", "Porto Velano", "svakog dana 18h do 02h"),
)
CYRILLIC = (
    ("Назив", "Географска ширина", "Географска дужина", "Насеље", "Радно време"),
    ("Плава лампа", "-31,4901", "-15,9512", "Острел", "пет–суб 20:00–04:00"),
    ("Чаршијска кућа", "-31,6612", "-15,9077", "Порто Велано", "сваког дана 18:00–02:00"),
)
ARABIC = (
    ("الاسم", "خط العرض", "خط الطول", "المحلة", "الساعات"),
    ("المصباح الأزرق", "-31.4901", "-15.9512", "أوستريل", "الجمعة–السبت 20:00–04:00"),
    ("المرساة", "-31.6612", "-15.9077", "بورتو فيلانو", "كل يوم 18:00–02:00"),
)
ALBANIAN = (
    ("Emri", "Gjerësia gjeografike", "Gjatësia gjeografike", "Vendbanimi", "Orari"),
    ("Llamba Blu", "-31.4901", "-15.9512", "Ostrel", "e premte 20:00 deri 04:00"),
    ("Spiranca e Vjetër", "-31.6612", "-15.9077", "Porto Velano", "çdo ditë 18:00–02:00"),
)
SAVED: dict[str, bytes] = {
    "plain.csv": csv([HEADER, *ROWS]),
    "unix-ends.csv": csv([HEADER, *ROWS], ends="\n"),
    "byte-order-mark.csv": csv([HEADER, *ROWS], encoding="utf-8-sig"),
    "semicolons.csv": csv([HEADER, *ROWS], delimiter=";", encoding="utf-8-sig"),
    "semicolons-commas.csv": csv([FRENCH, *COMMAS], delimiter=";", encoding="utf-8-sig"),
    "windows-1252.csv": csv([FRENCH, *COMMAS], delimiter=";", encoding="cp1252"),
    "utf-16-tabs.csv": csv([HEADER, *ROWS], delimiter="\t", encoding="utf-16"),
    "tabs.tsv": csv([HEADER, *ROWS], delimiter="\t"),
    "pipes.txt": csv([HEADER, *ROWS], delimiter="|"),
    "sep-line.csv": csv([HEADER, *ROWS], delimiter=";", before="sep=;\r\n"),
    "windows-1250.csv": csv(SERBIAN, delimiter=";", encoding="cp1250"),
    "windows-1251.csv": csv(CYRILLIC, delimiter=";", encoding="cp1251"),
    "windows-1256.csv": csv(ARABIC, encoding="cp1256"),
    "serbian-latin.csv": csv(SERBIAN, delimiter=";"),
    "serbian-cyrillic.csv": csv(CYRILLIC, delimiter=";"),
    "arabic.csv": csv(ARABIC),
    "albanian.csv": csv(ALBANIAN),
    "title-above.csv": csv([("Off-limits premises, as of March",), (), HEADER, *ROWS]),
    "blank-rows.csv": csv([HEADER, ROWS[0], (), ("", "", "", "", ""), ROWS[1], ()]),
    "notes-of-two-lines.csv": csv([(*HEADER, "Remarks"), (*ROWS[0], "seen twice\nsign removed"), (*ROWS[1], "")]),
    "repeated-columns.csv": csv([("Name", "Name", "Lat", "Lon"), ("Blue Lantern", "Lamp", "-31.4901", "-15.9512")]),
    "neutralised-cells.csv": csv([("Name", "Lat", "Lon"), ("'=Equal", "'-31.4901", "'-15.9512")]),
    "no-header.csv": csv(ROWS),
    "no-header-grid.csv": csv([("Blue Lantern", "28J DL 09658 15688"), ("Old Anchor", "28J DL 0003 0817")]),
    "no-header-hours.csv": csv(
        [
            ("Blue Lantern", "-31.4901", "-15.9512", "2026-03-04", "Fri-Sat 20:00-02:00"),
            ("Old Anchor", "-31.5571", "-16.0533", "2026-04-01", "1700-0100"),
        ]
    ),
    "no-header-towns.csv": csv([("Blue Lantern", "Ostrel"), ("Old Anchor", "Halvera"), ("Casa Verde", "Porto Velano")]),
    "no-header-longitude-first.csv": csv([(name, lon, lat) for name, lat, lon, *_ in ROWS]),
    "german-header.csv": csv([("Betrieb", "Breite", "Länge", "Ort", "Art"), *ROWS]),
    "spanish-header.csv": csv([("Local", "Ubicación"), *((name, f"{lat}, {lon}") for name, lat, lon, *_ in ROWS)]),
    "one-unknown-heading.csv": csv([("Name", "Lat", "Lon", "Stadt", "Art"), *ROWS]),
    "workbook.xlsx": xlsx(("List", [HEADER, *ROWS])),
    "workbook-numbers-and-dates.xlsx": xlsx(
        (
            "List",
            [
                ("Name", "Lat", "Lon", "Since", "Until"),
                ("Blue Lantern", -31.4901, -15.9512, date(2026, 3, 4), datetime(2027, 3, 4)),  # noqa: DTZ001
            ],
        )
    ),
    "workbook-title-above.xlsx": xlsx(("List", [("OFF LIMITS",), (), HEADER, *ROWS])),
    "workbook-two-sheets.xlsx": xlsx(("Read me", [("This list is restricted.",)]), ("List", [HEADER, *ROWS])),
    "workbook-no-header.xlsx": xlsx(("List", ROWS)),
    "points.geojson": geojson(
        feature(point(-15.9512, -31.4901), name="Blue Lantern", category="bar", hours="Fri-Sat 20:00-02:00"),
        feature(point(-16.0533, -31.5571), name="Old Anchor", since="2026-03-04"),
    ),
    "outline.geojson": geojson(
        feature(
            {
                "type": "Polygon",
                "coordinates": [
                    [[-15.95, -31.49], [-15.94, -31.49], [-15.94, -31.48], [-15.95, -31.48], [-15.95, -31.49]]
                ],
            },
            name="Docks",
            subject="area",
        ),
    ),
    "no-geometry.geojson": geojson(feature(None, name="Blue Lantern", locality="Ostrel"), feature(None, name="Casa")),
    "own-names.geojson": geojson(feature(point(-15.9512, -31.4901), Betrieb="Blue Lantern", Art="bar")),
    "folders.kml": kml(
        "<Folder><name>Bars</name><Placemark><name>Blue Lantern</name>"
        "<Point><coordinates>-15.9512,-31.4901,0</coordinates></Point></Placemark></Folder>"
    ),
    "waypoints.gpx": gpx('<wpt lat="-31.4901" lon="-15.9512"><name>Blue Lantern</name><cmt>by the mole</cmt></wpt>'),
}
