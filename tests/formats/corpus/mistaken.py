"""Lists with what people get wrong, or write in their own way: places, hours, days, kinds, rows."""

from tests.formats.corpus.island import csv, feature, geojson, point

PLACES: dict[str, bytes] = {
    "three-notations.csv": csv(
        [
            ("Name", "Coordinates"),
            ("Blue Lantern", "-31.4901, -15.9512"),
            ("Old Anchor", "31°33'25.6\"S 16°03'11.9\"W"),
            ("Casa Verde", "28J DL 09658 15688"),
            ("The Parrot", "geo:-31.6612,-15.9077"),
        ]
    ),
    "degrees-minutes-seconds.csv": csv(
        [
            ("Name", "Latitude", "Longitude"),
            ("Blue Lantern", "31°29′24″S", "15°57′04″W"),
            ("Old Anchor", "-31.5571", "-16.0533"),
        ]
    ),
    "decimal-commas-in-one-cell.csv": csv(
        [("Name", "GPS"), ("Blue Lantern", "-31,4901; -15,9512"), ("Old Anchor", "-31,5571 -16,0533")], delimiter="\t"
    ),
    "grid-of-100-m.csv": csv([("Name", "MGRS"), ("Blue Lantern", "28J DL 096 156"), ("Old Anchor", "28JDL000081")]),
    "grid-without-square.csv": csv([("Name", "Grid"), ("Blue Lantern", "096 156"), ("Old Anchor", "28J DL 000 081")]),
    "grid-with-another-zone.csv": csv(
        [("Name", "MGRS"), ("Blue Lantern", "58J DL 09658 15688"), ("Old Anchor", "28J DL 00032 08173")]
    ),
    "columns-swapped.csv": csv(
        [
            ("Name", "Latitude", "Longitude"),
            ("Blue Lantern", "-15.9512", "-31.4901"),
            ("Old Anchor", "-16.0533", "-31.5571"),
            ("Casa Verde", "-15.9077", "-31.6612"),
            ("The Parrot", "-15.9", "-31.5"),
        ]
    ),
    "one-row-swapped.csv": csv(
        [
            ("Name", "Latitude", "Longitude"),
            ("Blue Lantern", "-31.4901", "-15.9512"),
            ("Old Anchor", "-16.0533", "-31.5571"),
            ("Casa Verde", "-31.6612", "-15.9077"),
        ]
    ),
    "decimal-mark-lost.csv": csv(
        [("Name", "Lat", "Lon"), ("Blue Lantern", "-314901", "-159512"), ("B", "-31.5", "-15.9")]
    ),
    "beyond-the-pole.csv": csv([("Name", "Lat", "Lon"), ("Blue Lantern", "95", "-15.9"), ("B", "-31.5", "-15.9")]),
    "half-a-position.csv": csv([("Name", "Lat", "Lon"), ("Blue Lantern", "-31.4901", ""), ("B", "", "-15.9")]),
    "zero-zero.csv": csv([("Name", "Lat", "Lon"), ("Blue Lantern", "0", "0.0")]),
    "not-a-number.csv": csv([("Name", "Lat", "Lon"), ("Blue Lantern", "NaN", "-15.9"), ("B", "n/a", "n/a")]),
    "two-places-in-a-row.csv": csv(
        [("Name", "Lat", "Lon", "MGRS"), ("Blue Lantern", "-31.4901", "-15.9512", "28J DL 00032 08173")]
    ),
    "accuracy.csv": csv(
        [("Name", "Lat", "Lon", "Accuracy (m)"), ("A Bar", "-31.49", "-15.95", "25 m"), ("B", "-31.5", "-15.9", "good")]
    ),
    "towns-only.csv": csv(
        [
            ("Name", "Town"),
            ("Blue Lantern", "Ostrel"),
            ("Old Anchor", "HALVERA"),
            ("Casa Verde", "Lumbra"),
            ("Mole", "Atlantis"),
        ]
    ),
    "towns-in-cyrillic.csv": csv([("Назив", "Насеље"), ("Плава лампа", "Острел"), ("Сидро", "Халвера")]),
    "sectors-only.csv": csv(
        [("Name", "Sector"), ("Blue Lantern", "North"), ("Old Anchor", "Sector South"), ("C", "West")]
    ),
    "no-place-at-all.csv": csv([("Name", "Remarks"), ("Blue Lantern", "moves every week"), ("Old Anchor", "")]),
    "some-placed-some-not.csv": csv(
        [
            ("Name", "Lat", "Lon", "Town"),
            ("Blue Lantern", "-31.4901", "-15.9512", "Ostrel"),
            ("Old Anchor", "", "", "Halvera"),
        ]
    ),
    "outside.geojson": geojson(
        feature(point(-15.9512, 31.4901), name="Sign Lost"), feature(point(-15.9, -41.5), name="Digit")
    ),
}
KINDS: dict[str, bytes] = {
    "kinds-instead-of-places.csv": csv(
        [
            ("Name", "Remarks"),
            ("All massage parlours in Ostrel", ""),
            ("All unlicensed bars in Sector North", ""),
            ("Any casino", ""),
            ("All Bar One", "a name"),
        ]
    ),
    "kinds-in-french.csv": csv(
        [("Nom",), ("Toutes les boîtes de nuit à Ostrel",), ("Tous les bars du secteur South",), ("Tous Ensemble",)]
    ),
    "kinds-in-an-unknown-place.csv": csv([("Name",), ("All hotels in Atlantis",), ("All hotels in Lumbra",)]),
    "kinds-by-column.csv": csv(
        [
            ("Subject", "Kind", "Sector", "Name"),
            ("category rule", "massage parlour", "North", ""),
            ("category rule", "bar", "", ""),
            ("category rule", "", "North", "No kind"),
            ("premises", "bar", "", "All bars"),
        ]
    ),
    "kinds-without-names.csv": csv(
        [("Name", "Kind", "Town"), ("", "bar", "Ostrel"), ("Blue Lantern", "bar", "Ostrel")]
    ),
    "kinds-with-typos.csv": csv(
        [("Name", "Kind"), ("Blue Lantern", "resturant"), ("B Bar", "Night-Club"), ("C", "zzz")]
    ),
    "unknown-words.csv": csv(
        [
            ("Name", "Basis", "Restriction", "Binds"),
            ("Blue Lantern", "gossip", "maybe", "martians"),
            ("B", "drugs", "caution", "police"),
        ]
    ),
}
TIMES: dict[str, bytes] = {
    "hours.csv": csv(
        [
            ("Name", "Hours"),
            ("A Bar", "1700-0100"),
            ("B Bar", "Fri-Sat 20:00-02:00"),
            ("C Bar", "daily after 22h"),
            ("D Bar", "Mo-Th 18:00-24:00; closed Sunday"),
            ("E Bar", "24/7"),
            ("F Bar", ""),
        ]
    ),
    "hours-french.csv": csv(
        [
            ("Nom", "Horaires"),
            ("A", "17h00-1h00"),
            ("B", "du lundi au jeudi de 18h à 1h, fermé le dimanche"),
            ("C", "tous les jours à partir de 22h"),
            ("D", "ven.–sam. 20 h – 4 h"),
        ],
        delimiter=";",
    ),
    "hours-unreadable.csv": csv(
        [
            ("Name", "Opening hours"),
            ("A", "8-2"),
            ("B", "when the band plays"),
            ("C", "18:00"),
            ("D", "25:00-02:00"),
            ("E", "closed"),
        ]
    ),
    "hours-of-other-zones.csv": csv(
        [
            ("Name", "Hours"),
            ("A", "20:00-02:00 UTC"),
            ("B", "20:00-02:00 (Africa/Juba)"),
            ("C", "20:00-02:00 UTC+2"),
            ("D", "20:00-02:00 CET"),
        ]
    ),
    "days-first.csv": csv(
        [("Name", "Since"), ("A", "04/03/2026"), ("B", "25/03/2026"), ("C", "01/02/2026"), ("D", "31/01/2026")]
    ),
    "months-first.csv": csv([("Name", "Since"), ("A", "03/04/2026"), ("B", "03/25/2026")]),
    "days-in-doubt.csv": csv([("Name", "Since"), ("A", "04/03/2026"), ("B", "05/06/2026"), ("C", "2026-03-25")]),
    "days-in-both-orders.csv": csv([("Name", "Since"), ("A", "25/03/2026"), ("B", "03/25/2026"), ("C", "04/05/2026")]),
    "days-in-words.csv": csv(
        [
            ("Name", "Since", "Until"),
            ("A", "4 March 2026", "31 December 2026"),
            ("B", "4 mars 2026", "31 déc. 2026"),
            ("C", "4. март 2026.", "31. децембар 2026."),
            ("D", "٤ مارس ٢٠٢٦", "31 dhjetor 2026"),
        ]
    ),
    "days-as-serials.csv": csv([("Name", "Since"), ("A", "46085"), ("B", "soon")]),
    "days-backwards.csv": csv(
        [("Name", "From", "To"), ("A", "2026-03-04", "2026-03-01"), ("B", "2026-03-04", "2026-03-04")]
    ),
}
SHAPES: dict[str, bytes] = {
    "unclosed-quote.csv": b'Name,Lat,Lon\r\n"Blue Lantern,-31.4901,-15.9512\r\nOld Anchor,-31.5571,-16.0533\r\n',
    "too-many-cells.csv": b"Name,Lat,Lon\r\nOld Anchor, Upper Deck,-31.5571,-16.0533\r\nB,-31.5,-15.9\r\n",
    "formula-failed.csv": csv([("Name", "Lat", "Lon"), ("#REF!", "-31.4901", "-15.9512"), ("B", "-31.5", "-15.9")]),
    "names-missing.csv": csv([("Name", "Lat", "Lon"), ("", "-31.4901", "-15.9512"), ("B", "-31.5", "-15.9")]),
    "a-sum-at-the-end.csv": csv([("Name", "Lat", "Lon"), ("B", "-31.5", "-15.9"), ("Total: 1", "", "")]),
    "no-names.csv": csv([("Lat", "Lon"), ("-31.4901", "-15.9512")]),
    "marks-and-brackets.csv": csv([("Name", "Lat", "Lon"), ("{{ 7*7 }} </script>", "-31.4901", "-15.9512")]),
    "nothing-known.csv": csv([("foo", "baz"), ("1", "2"), ("3", "4")]),
}
MISTAKEN = PLACES | KINDS | TIMES | SHAPES
