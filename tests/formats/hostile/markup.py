"""Hostile XML: KML, KMZ and GPX."""

import zipfile

from tests.formats.hostile.making import (
    NAMES,
    Case,
    Cases,
    Lure,
    escaped,
    gpx,
    kml,
    lying,
    named,
    placemark,
    waypoint,
    zipped,
)


def cases(lure: Lure) -> Cases:
    yield from _entities(lure)
    yield from _names(lure)
    yield from _kml(lure)
    yield from _gpx()
    yield from _kmz(lure)
    yield from _disguises(lure)


def _entities(lure: Lure) -> Cases:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
    declared = {
        "file": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{lure.canary}">]>',
        "http": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{lure.url}">]>',
        "external-dtd": f'<!DOCTYPE x SYSTEM "{lure.url}">',
        "parameter": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{lure.url}"> %p; <!ENTITY e "">]>',
        "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}<!ENTITY e "&l11;">]>',
        "quadratic": f'<!DOCTYPE x [<!ENTITY e "{"a" * 1_000_000}">]>',
        "recursive": '<!DOCTYPE x [<!ENTITY e "&f;"><!ENTITY f "&e;">]>',
        "public": f'<!DOCTYPE x PUBLIC "-//X//X" "{lure.url}">',
    }
    for title, before in declared.items():
        yield Case(f"kml-entity-{title}", "list.kml", kml(placemark("&e;"), before))
        yield Case(f"gpx-entity-{title}", "list.gpx", gpx(waypoint("&e;" * 50), before))
    wide = kml(placemark("&e;"), declared["file"]).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    yield Case("kml-entity-utf16", "list.kml", wide)
    yield Case("kml-entity-undeclared", "list.kml", kml(placemark("&e;")))


def _names(lure: Lure) -> Cases:
    for title, name in NAMES.items():
        text = escaped(named(name, lure))
        yield Case(f"kml-name-{title}", "list.kml", kml(placemark(text)), "read")
        yield Case(f"gpx-name-{title}", "list.gpx", gpx(waypoint(text)), "read")


def _kml(lure: Lure) -> Cases:
    link = f"<NetworkLink><Link><href>{lure.url}</href></Link></NetworkLink>"
    overlay = f"<GroundOverlay><Icon><href>{lure.url}</href></Icon></GroundOverlay>"
    style = f"<Style><IconStyle><Icon><href>file://{lure.canary}</href></Icon></IconStyle></Style>"
    ring = " ".join(f"{at / 1e5},{at % 7 / 1e5}" for at in range(1_000_000))
    polygon = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
    yield Case("kml-link-alone", "list.kml", kml(link))
    yield Case("kml-link", "list.kml", kml(link + placemark()), "read")
    yield Case("kml-overlay", "list.kml", kml(overlay + placemark()), "read")
    yield Case("kml-style", "list.kml", kml(style + placemark()), "read")
    yield Case("kml-schema-url", "list.kml", kml(placemark("A", f'<SchemaData schemaUrl="{lure.url}"/>')), "read")
    yield Case(
        "kml-include", "list.kml", kml(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{lure.canary}"/>')
    )
    yield Case("kml-stylesheet", "list.kml", kml(placemark(), f'<?xml-stylesheet href="{lure.url}"?>'), "read")
    yield Case("kml-vertices", "list.kml", kml(placemark("A", f"{polygon}</Polygon>")), "read")
    yield Case("kml-comments", "list.kml", kml("<!--" * 500_000))
    yield Case("kml-doctypes", "list.kml", b"<?xml?>" + b"<!DOCTYPE[" * 500_000)
    yield from _long_kml(lure)


def _long_kml(lure: Lure) -> Cases:
    yield Case("kml-deep", "list.kml", kml("<Folder>" * 100_000))
    yield Case("kml-many-elements", "list.kml", kml("<a/>" * 5_000_000))
    yield Case("kml-many-places", "list.kml", kml(placemark("") * 150_000))
    yield Case(
        "kml-attributes",
        "list.kml",
        kml("<a " + " ".join(f'a{at}=""' for at in range(200_000)) + "/>" + placemark()),
        "any",
    )
    yield Case("kml-long-text", "list.kml", kml(placemark("x" * 5_000_000)), "any")
    yield Case("kml-nan", "list.kml", kml(placemark("A", "<Point><coordinates>NaN,inf</coordinates></Point>")), "read")
    yield Case("kml-folders-unbalanced", "list.kml", kml("</Folder></Folder>" + placemark()))
    yield Case("kml-placemark-in-placemark", "list.kml", kml("<Placemark>" * 50 + "</Placemark>" * 50), "any")
    yield Case(
        "kml-html",
        "list.kml",
        kml(placemark("A", f"<description><![CDATA[<iframe src='{lure.url}'>]]></description>")),
        "read",
    )
    yield Case("kml-encoding-unknown", "list.kml", kml(placemark()).replace(b"UTF-8", b"x-none"))
    yield Case("kml-encoding-utf7", "list.kml", kml(placemark()).replace(b"UTF-8", b"utf-7"), "any")
    yield Case(
        "kml-tags", "list.kml", kml(placemark("A", "<description>" + "&lt;" * 500_000 + "</description>")), "any"
    )


def _gpx() -> Cases:
    yield Case("gpx-track-alone", "list.gpx", gpx('<trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk>'))
    yield Case(
        "gpx-long-track",
        "list.gpx",
        gpx("<trk><trkseg>" + '<trkpt lat="1" lon="2"/>' * 900_000 + "</trkseg></trk>" + waypoint()),
        "read",
    )
    yield Case("gpx-no-numbers", "list.gpx", gpx('<wpt lat="a" lon="NaN"><name>A</name></wpt>'), "read")
    yield Case("gpx-no-attributes", "list.gpx", gpx("<wpt><name>A</name></wpt>"), "read")
    yield Case("gpx-cut", "list.gpx", gpx(waypoint())[:-20])
    yield Case("gpx-deep", "list.gpx", gpx(waypoint() + "<a>" * 200_000))
    yield Case("gpx-many", "list.gpx", gpx(waypoint("") * 150_000))
    yield Case("gpx-nul", "list.gpx", gpx(waypoint("A\0B")))


def _kmz(lure: Lure) -> Cases:
    honest = kml(placemark())
    yield Case("kmz-bomb", "list.kmz", zipped({"doc.kml": b" " * 68_000_000}))
    yield Case("kmz-lying-small", "list.kmz", lying(zipped({"doc.kml": kml(placemark("x" * 1_000_000))}), 10))
    yield Case("kmz-lying-large", "list.kmz", lying(zipped({"doc.kml": honest}), 2**32 - 2))
    yield Case("kmz-slip", "list.kmz", zipped({"../../../" + lure.marker: b"x", "doc.kml": honest}), "read")
    yield Case("kmz-slip-document", "list.kmz", zipped({"../../../tmp/doc.kml": honest}), "read")
    yield Case("kmz-nested", "list.kmz", zipped({"inner.kmz": zipped({"doc.kml": honest})}))
    yield Case("kmz-nested-deep", "list.kmz", _nested(50))
    yield Case("kmz-many-parts", "list.kmz", zipped({f"{at}.kml": b"x" for at in range(5_000)}))
    yield Case("kmz-not-kml", "list.kmz", zipped({"doc.kml": b"MZ\x90"}))
    yield Case(
        "kmz-entity", "list.kmz", zipped({"doc.kml": kml(placemark("&e;"), f'<!DOCTYPE x SYSTEM "{lure.url}">')})
    )
    yield Case("kmz-stored", "list.kmz", zipped({"doc.kml": honest}, zipfile.ZIP_STORED), "read")
    yield Case("kmz-bzip2", "list.kmz", zipped({"doc.kml": b" " * 68_000_000}, zipfile.ZIP_BZIP2))
    yield Case(
        "kmz-sealed",
        "list.kmz",
        zipped({"doc.kml": honest}).replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
        ),
    )
    yield Case("kmz-cut", "list.kmz", zipped({"doc.kml": honest})[:-30])
    yield Case("kmz-link", "list.kmz", zipped({"doc.kml": kml(f"<NetworkLink><href>{lure.url}</href></NetworkLink>")}))


def _nested(depth: int) -> bytes:
    content = b"x"
    for _ in range(depth):
        content = zipped({"doc.kmz": content})
    return content


def _disguises(lure: Lure) -> Cases:
    vrt = (
        f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{lure.canary}</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>"
    ).encode()
    wfs = f"<OGRWFSDataSource><URL>{lure.url}</URL></OGRWFSDataSource>".encode()
    wms = f'<GDAL_WMS><Service name="WMS"><ServerUrl>{lure.url}</ServerUrl></Service></GDAL_WMS>'.encode()
    for kind in ("kml", "gpx", "gpkg", "fgb", "zip", "geojson", "csv", "xlsx"):
        yield Case(f"vrt-called-{kind}", f"list.{kind}", vrt)
    yield Case("wfs-called-kml", "list.kml", wfs)
    yield Case("wms-called-gpkg", "list.gpkg", wms)
    yield Case("vsicurl-called-csv", "list.csv", f"/vsicurl/{lure.url}".encode())
    yield Case("html-called-kml", "list.kml", b"<!DOCTYPE html><html><script>1</script></html>")
    yield Case("svg-called-kml", "list.kml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    yield Case("elf-called-csv", "list.csv", b"\x7fELF\x02\x01\x01" + b"\0" * 60)
    yield Case("pickle-called-geojson", "list.geojson", b"cos\nsystem\n(S'touch " + lure.marker.encode() + b"'\ntR.")
    yield Case("gzip-called-csv", "list.csv", b"\x1f\x8b\x08\0\0\0\0\0")
