"""The parts of a workbook around its sheets: styles, names, properties, what holds them together.

Format: ECMA-376 part 1 (SpreadsheetML) and part 2 (packages), transitional.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

from app.workbooks.xlsx_sheets import About

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: What the format allows as the name of a sheet: 31 characters without these (18.2.19).
_NO_NAME = re.compile(r"[\[\]:*?/\\']")
_MOST_NAME = 31
# What XML cannot hold, and what would be read as a character code (22.9.2.19).
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

TEXT, HEAD, DAY, BAND, REQUIRED, WRAPPED = 1, 2, 3, 4, 5, 6
_XF = '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="{}" xfId="0" applyNumberFormat="1"'
_TOP = ' applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
_FILL = (
    '<fill><patternFill patternType="solid"><fgColor rgb="FF{}"/>'
    '<bgColor indexed="64"/></patternFill></fill>'
)
_LINE = '<{} style="thin"><color rgb="FF8A9BAB"/></{}>'
#: Styles by number: 1 text, 2 head of a column, 3 day, 4 heading of a band, 5 head of a column that
#: must be filled in, 6 text that breaks.
_STYLES = "".join(
    (
        f'{XML}<styleSheet xmlns="{MAIN}">',
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>',
        '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>',
        '<font><b/><sz val="11"/><name val="Calibri"/></font>',
        '<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font></fonts>',
        '<fills count="5"><fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
        *(_FILL.format(one) for one in ("DDE7F0", "1F4E79", "FCE4B6")),
        "</fills>",
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>',
        *(_LINE.format(side, side) for side in ("left", "right", "top", "bottom")),
        "<diagonal/></border></borders>",
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
        '</cellStyleXfs><cellXfs count="7">',
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
        _XF.format(49, 0, 0, 0) + "/>",
        _XF.format(49, 1, 2, 1) + ' applyFont="1" applyFill="1" applyBorder="1"' + _TOP,
        _XF.format(164, 0, 0, 0) + "/>",
        _XF.format(49, 2, 3, 1) + ' applyFont="1" applyFill="1" applyBorder="1"' + _TOP,
        _XF.format(49, 1, 4, 1) + ' applyFont="1" applyFill="1" applyBorder="1"' + _TOP,
        _XF.format(49, 0, 0, 0) + _TOP,
        '</cellXfs><cellStyles count="1">',
        '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
)


def sheet_name(name: str) -> str:
    """A name as a sheet may bear it."""
    return _NO_NAME.sub(" ", name)[:_MOST_NAME].strip() or "1"


def text_of(value: str) -> str:
    """A text as XML holds it."""
    if not value.isprintable() or "_x" in value:
        value = _SPECIAL.sub(lambda match: f"_x{ord(match[0]):04X}_", value)
    return xml_escape(value)


def attribute(value: str) -> str:
    """A text as the value of an attribute, with its quotes."""
    return quoteattr(_SPECIAL.sub(lambda match: f"_x{ord(match[0]):04X}_", value))


def info(name: str) -> zipfile.ZipInfo:
    """An entry of the archive, packed; its time says nothing of this PC."""
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def write_package(
    archive: zipfile.ZipFile, sheets: Sequence[str], names: Mapping[str, str], about: About
) -> None:
    """Write everything but the sheets, which lie under `xl/worksheets/sheetN.xml` in this order.

    `names` are defined names with what they mean; `name!N` is one of sheet N (from 0) alone.
    """
    for name, content in _parts(sheets, names, about).items():
        archive.writestr(info(name), XML + content)
    archive.writestr(info("xl/styles.xml"), _STYLES)


def _parts(sheets: Sequence[str], names: Mapping[str, str], about: About) -> dict[str, str]:
    override = '<Override PartName="{}" ContentType="{}"/>'
    numbered = list(enumerate(sheets, start=1))
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + override.format("/xl/workbook.xml", f"{_TYPE}.sheet.main+xml")
        + "".join(
            override.format(f"/xl/worksheets/sheet{at}.xml", f"{_TYPE}.worksheet+xml")
            for at, _ in numbered
        )
        + override.format("/xl/styles.xml", f"{_TYPE}.styles+xml")
        + override.format(
            "/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"
        )
        + "</Types>",
        "_rels/.rels": _relations(
            (f"{_DOC}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "xl/workbook.xml": _workbook(sheets, names),
        "xl/_rels/workbook.xml.rels": _relations(
            *((f"{_DOC}/worksheet", f"worksheets/sheet{at}.xml") for at, _ in numbered),
            (f"{_DOC}/styles", "styles.xml"),
        ),
        "docProps/core.xml": _core(about),
    }


def _relations(*targets: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _workbook(sheets: Sequence[str], names: Mapping[str, str]) -> str:
    listed = "".join(
        f'<sheet name={attribute(name)} sheetId="{at}" r:id="rId{at}"/>'
        for at, name in enumerate(sheets, start=1)
    )
    defined = ""
    for name, meaning in names.items():
        called, _, of_sheet = name.partition("!")
        scope = f' localSheetId="{of_sheet}"' if of_sheet else ""
        hidden = ' hidden="1"' if called.endswith("_FilterDatabase") else ""
        defined += (
            f"<definedName name={attribute(called)}{scope}{hidden}>{text_of(meaning)}</definedName>"
        )
    defined = f"<definedNames>{defined}</definedNames>" if defined else ""
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_DOC}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets>{defined}</workbook>"
    )


def _core(about: About) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mark = f"<cp:category>{text_of(about.mark)}</cp:category>" if about.mark else ""
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{text_of(about.title)}</dc:title><dc:creator>{text_of(about.author)}"
        f'</dc:creator>{mark}<dcterms:created xsi:type="dcterms:W3CDTF">{now}</dcterms:created>'
        "</cp:coreProperties>"
    )
