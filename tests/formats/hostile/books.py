"""Hostile workbooks."""

from tests.formats.hostile.making import (
    NAMES,
    Case,
    Cases,
    Lure,
    book_parts,
    cells,
    escaped,
    lying,
    named,
    with_sheet,
    zipped,
)

_HEAD = cells(1, "Name", "Note")


def cases(lure: Lure) -> Cases:
    for title, name in NAMES.items():
        sheet = with_sheet(_HEAD + cells(2, escaped(named(name, lure)), "x"))
        yield Case(f"xlsx-name-{title}", "list.xlsx", sheet, "read")
    yield from _formulas(lure)
    yield from _outside(lure)
    yield from _sizes()


def _formulas(lure: Lure) -> Cases:
    for title, formula in {
        "service": f'WEBSERVICE("{lure.url}")',
        "external": f"'[{lure.canary}]Sheet1'!A1",
        "dde": f"cmd|'/c touch {lure.marker}'!A1",
        "circle": "A2+1",
    }.items():
        cell = f'<c r="A2"><f>{escaped(formula)}</f><v>1</v></c>'
        yield Case(f"xlsx-formula-{title}", "list.xlsx", with_sheet(f'{_HEAD}<row r="2">{cell}</row>'), "any")


def _outside(lure: Lure) -> Cases:
    honest = book_parts(["A", "x"])
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for title, target in (("file", f"file://{lure.canary}"), ("url", lure.url)):
        for kind in ("externalLinkPath", "hyperlink", "image", "oleObject"):
            linked = (
                f'<Relationships xmlns="{space}"><Relationship Id="r1" Type="{office}/{kind}" Target="{target}"'
                ' TargetMode="External"/></Relationships>'
            )
            parts = honest | {"xl/worksheets/_rels/sheet1.xml.rels": linked.encode()}
            yield Case(f"xlsx-{kind}-{title}", "list.xlsx", zipped(parts), "any")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{lure.canary}">]>'
    yield Case("xlsx-entity", "list.xlsx", with_sheet(_HEAD + cells(2, "&e;"), entity))
    yield Case(
        "xlsx-entity-url", "list.xlsx", with_sheet(_HEAD + cells(2, "&e;"), entity.replace(lure.canary, lure.url))
    )
    yield Case("xlsx-macro", "list.xlsm", zipped(honest | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 99}), "read")
    yield Case("xlsx-slip", "list.xlsx", zipped(honest | {"../../../" + lure.marker: b"x"}), "read")
    yield Case("xlsx-query", "list.xlsx", zipped(honest | {"xl/connections.xml": lure.url.encode()}), "any")


def _sizes() -> Cases:
    honest = book_parts(["A", "x"])
    yield Case("xlsx-bomb", "list.xlsx", zipped(honest | {"xl/media/a.png": b"\0" * 68_000_000}))
    yield Case("xlsx-bomb-strings", "list.xlsx", zipped(honest | {"xl/sharedStrings.xml": b"<si/>" * 3_000_000}))
    yield Case("xlsx-lying", "list.xlsx", lying(zipped({"xl/workbook.xml": b"\0" * 1_000_000}), 10))
    yield Case("xlsx-nested", "list.xlsx", zipped({"xl/list.xlsx": zipped(honest)}))
    yield Case("xlsx-dimension", "list.xlsx", with_sheet(_HEAD, beside='<dimension ref="A1:XFD1048576"/>'), "any")
    yield Case("xlsx-far-row", "list.xlsx", with_sheet(_HEAD + cells(999_999_999_999, "A")), "refused")
    yield Case("xlsx-far-column", "list.xlsx", with_sheet(_HEAD + '<row r="2"><c r="XFD2"><v>1</v></c></row>'), "any")
    yield Case("xlsx-no-column", "list.xlsx", with_sheet(_HEAD + '<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>'), "any")
    yield Case("xlsx-many-cells", "list.xlsx", with_sheet(_HEAD + "<row>" + "<c/>" * 3_000_000 + "</row>"))
    yield Case("xlsx-deep", "list.xlsx", with_sheet("<row>" * 200_000))
    yield Case("xlsx-shared-string", "list.xlsx", with_sheet(_HEAD + '<row r="2"><c t="s"><v>99999999</v></c></row>'))
    yield Case(
        "xlsx-bad-number", "list.xlsx", with_sheet(_HEAD + '<row r="2"><c t="n"><v>1e99999</v></c></row>'), "any"
    )
    yield Case(
        "xlsx-bad-date", "list.xlsx", with_sheet(_HEAD + '<row r="2"><c t="d"><v>9999-99-99</v></c></row>'), "any"
    )
    yield Case("xlsx-no-parts", "list.xlsx", zipped({"[Content_Types].xml": b"<Types/>"}))
    yield Case("xlsx-many-parts", "list.xlsx", zipped(honest | {f"xl/{at}.xml": b"" for at in range(3_000)}))
    yield Case("xlsx-cut", "list.xlsx", zipped(honest)[:-40])
    yield Case("xlsx-old", "list.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000)
