"""Writing an Excel workbook of plain tables as a stream: rows go straight into the archive.

Written here because the usual library keeps the rows of a sheet in the system's folder for
temporary files, where persons' data have no business, and takes ten times as long. Knows four
looks of a cell; refuses formulas: a text stays a text whatever it begins with.
Format: ECMA-376 part 1 (SpreadsheetML), transitional.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

from app.errors import KnownError
from app.workbooks.writing import Column, Noted, Value, whole_file
from app.workbooks.xlsx_reading import column_letters

#: Rows an Excel sheet can hold (18.3.1.73).
MAX_ROWS = 1_048_576
_letters = cache(column_letters)
_MIN_WIDTH, _MAX_WIDTH = 6, 60
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = date(1899, 12, 30)
# What XML cannot hold, and what would be read as a character code (22.9.2.19).
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
#: Styles by number: 1 text, 2 head of a column, 3 day.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFDDE7F0"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1"'
    ' applyFont="1" applyFill="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook says about itself: its properties, and a last sheet of pairs of texts."""

    title: str
    author: str
    sheet: str
    note_sheet: str
    notes: tuple[tuple[str, str], ...]


def write_xlsx(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    about: About,
    noted: Noted,
    *,
    on_row: Callable[[int], None] = lambda _count: None,
) -> int:
    """Write a sheet of rows under a frozen head row, and a sheet about the file.

    Returns the number of rows. The file appears whole or not at all. Raises KnownError
    `import.too_many_rows` beyond what a sheet holds, and what `whole_file` raises.
    """
    with (
        whole_file(path, noted) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        _frame(archive, about)
        with _sheet(archive, 1, [column.width for column in columns], head=True) as out:
            out.write(_row(1, [column.title for column in columns], 2))
            count = 0
            for row in rows:
                count += 1
                if count >= MAX_ROWS:
                    raise KnownError(
                        "import.too_many_rows", "import.too_many_rows_hint", file=path.name
                    )
                out.write(_row(count + 1, row, 1))
                on_row(count)
        with _sheet(archive, 2, [30, 70], head=False) as out:
            for number, line in enumerate(about.notes, start=1):
                out.write(_row(number, line, 1))
    return count


def _row(number: int, values: Sequence[Value], style: int) -> bytes:
    cells = [f'<row r="{number}">']
    for at, value in enumerate(values):
        if value is None or value == "":
            continue
        place = f"{_letters(at)}{number}"
        if isinstance(value, str):
            cells.append(
                f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
                f"{_text(value)}</t></is></c>"
            )
        elif isinstance(value, date):
            cells.append(f'<c r="{place}" s="3"><v>{(value - _EPOCH).days}</v></c>')
        else:
            cells.append(f'<c r="{place}"><v>{value}</v></c>')
    cells.append("</row>")
    return "".join(cells).encode()


def _text(value: str) -> str:
    if not value.isprintable() or "_x" in value:
        value = _SPECIAL.sub(lambda match: f"_x{ord(match[0]):04X}_", value)
    return xml_escape(value)


@contextmanager
def _sheet(
    archive: zipfile.ZipFile, number: int, widths: Sequence[int], *, head: bool
) -> Iterator[IO[bytes]]:
    cols = "".join(
        f'<col min="{at}" max="{at}" customWidth="1"'
        f' width="{min(max(width, _MIN_WIDTH), _MAX_WIDTH)}"/>'
        for at, width in enumerate(widths, start=1)
    )
    pane = (
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if head else ""
    )
    selected = ' tabSelected="1"' if head else ""
    # Sizes are not known beforehand; a province's sheet passes what a small entry may hold.
    with archive.open(_info(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as out:
        out.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"'
            f"{selected}>{pane}</sheetView></sheetViews>"
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>'.encode()
        )
        yield out
        out.write(b"</sheetData></worksheet>")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _frame(archive: zipfile.ZipFile, about: About) -> None:
    """Everything but the sheets."""
    sheets = "".join(
        f'<sheet name={quoteattr(name[:31])} sheetId="{at}" r:id="rId{at}"/>'
        for at, name in enumerate((about.sheet, about.note_sheet), start=1)
    )
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    relation = "<Relationship Id={} Type={} Target={}/>"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + relation.format('"rId1"', f'"{_DOC}/officeDocument"', '"xl/workbook.xml"')
        + relation.format(
            '"rId2"',
            f'"{_PACKAGE}/relationships/metadata/core-properties"',
            '"docProps/core.xml"',
        )
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}">'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + relation.format('"rId1"', f'"{_DOC}/worksheet"', '"worksheets/sheet1.xml"')
        + relation.format('"rId2"', f'"{_DOC}/worksheet"', '"worksheets/sheet2.xml"')
        + relation.format('"rId3"', f'"{_DOC}/styles"', '"styles.xml"')
        + "</Relationships>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(about.title)}</dc:title><dc:creator>{_text(about.author)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{now}</dcterms:created></cp:coreProperties>',
    }
    for name, content in parts.items():
        archive.writestr(_info(name), _XML + content)
    archive.writestr(_info("xl/styles.xml"), _STYLES)
