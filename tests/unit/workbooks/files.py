"""Small workbooks made by hand, part by part, to hold exactly what a test is about, and a large one
that is mostly air."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(
    path: Path,
    rows: str,
    *,
    styles: str = "",
    shared: str = "",
    properties: str = "",
    head: str = "",
    before: str = "",
    after: str = "",
) -> Path:
    """An .xlsx with one sheet «DS»; `rows` is what stands inside its sheetData, `before` and
    `after` around it.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}">{properties}'
            '<sheets><sheet name="DS" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}'
            "</worksheet>",
        )
        if styles:
            archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        if shared:
            archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{shared}</sst>')
    return path


def rewritten(path: Path, parts: dict[str, str | bytes | None]) -> Path:
    """The workbook with other parts in place of its own; None leaves one out."""
    with zipfile.ZipFile(path) as old:
        held: dict[str, str | bytes | None] = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**held, **parts}.items():
            if content is not None:
                new.writestr(name, content)
    return path


def bomb(path: Path, mebibytes: int) -> Path:
    """An archive of one true part, a sheet of blanks that unpacks to so many MiB."""
    block = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush the same bytes may follow each other as often as one likes.
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = piece * mebibytes + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    check = 0
    for _ in range(mebibytes):
        check = zlib.crc32(block, check)
    name = b"xl/worksheets/sheet1.xml"
    sizes = struct.pack("<IIIHH", check, len(packed), mebibytes << 20, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name + packed
    listed = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes + bytes(14) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(local), 0)
    path.write_bytes(local + listed + end)
    return path


def formats(*codes: str) -> str:
    """Styles 1, 2, … with these number formats; style 0 is plain."""
    numbers = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode="{code}"/>' for at, code in enumerate(codes)
    )
    cells = "".join(f'<xf numFmtId="{200 + at}"/>' for at, _ in enumerate(codes))
    return (
        f'<numFmts>{numbers}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{cells}</cellXfs>'
    )
