"""What a file really is, by its first bytes: names lie, and people rename.

Refuses, in words of its own, what looks like a table but is none we may read: a workbook under a
password, the Excel of before 2007, a web page named .xlsx, an archive that unpacks to absurd sizes.
"""

from __future__ import annotations

import re
import zipfile
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from app.plain_files import open_plain
from app.workbooks.cells import BadFile


class FileKind(Enum):
    """What can be read."""

    XLSX = "xlsx"
    TEXT = "text"
    GZIP = "gzip"  # of a text


#: A whole province (271,707 children, 42 columns) unpacks to about 600 MB of sheet, which is read
#: as a stream. Parts that have to be held in memory are bounded far lower.
MAX_UNPACKED = 2 << 30
MAX_HELD = 200 << 20
#: Sheets shrink 10 to 40 times; beyond this only a file made for the purpose does.
MAX_RATIO = 250
_RATIO_COUNTS_FROM = 8 << 20
_OUTWARD = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\x00-\x1f]")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_GZIP = b"\x1f\x8b"
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta", b"<style")
_OTHERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"MZ")
_HEAD = 1 << 16


def kind_of(path: Path) -> FileKind:
    """The kind of a file. Raises BadFile for everything that is not a readable table."""
    try:
        with open_plain(path) as file:
            head = file.read(_HEAD)
            if head.startswith(_OLE):
                raise BadFile(_ole_reason(file), path.name)
    except OSError as problem:
        raise BadFile("unreachable", path.name) from problem
    if not head:
        raise BadFile("empty", path.name)
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return FileKind.XLSX
    if head.startswith(_GZIP):
        return FileKind.GZIP
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_MARKUP):
        raise BadFile("web_page", path.name)
    if head.startswith(_OTHERS):
        raise BadFile("no_table", path.name)
    return FileKind.TEXT


def _ole_reason(file: BinaryIO) -> str:
    """An OLE container is an encrypted workbook (ECMA-376 part 2: stream "EncryptedPackage") or a
    workbook of Excel 97–2003. Its directory may stand anywhere in the file.
    """
    wanted = "EncryptedPackage".encode("utf-16-le")
    file.seek(0)
    before = b""
    while block := file.read(1 << 20):
        if wanted in before + block:
            return "password"
        before = block[-len(wanted) :]
    return "old_excel"


def _is_inflated(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_COUNTS_FROM and unpacked > MAX_RATIO * max(packed, 1)


def check_archive(archive: zipfile.ZipFile, file: str) -> None:
    """Look at the declared sizes before anything is unpacked. Raises BadFile.

    The sizes bind: `zipfile` stops at the declared size and fails when the content goes on.
    """
    total = packed = 0
    names: set[str] = set()
    for part in archive.infolist():
        if part.flag_bits & 0x1:
            raise BadFile("password", file)
        # Two parts of one name are two workbooks in one: each program opens the other of them. And
        # nothing here is ever unpacked to a disk, but whoever wrote such a path hoped for it.
        if part.filename in names or _OUTWARD.search(part.filename):
            raise BadFile("strange_part", file, place=part.filename)
        names.add(part.filename)
        total += part.file_size
        packed += part.compress_size
        if _is_inflated(part.file_size, part.compress_size):
            raise BadFile("bomb", file)
    if total > MAX_UNPACKED or _is_inflated(total, packed):
        raise BadFile("bomb", file)
    if "xl/workbook.bin" in names:
        raise BadFile("binary_excel", file)
    if "xl/workbook.xml" not in names:
        raise BadFile("no_table", file)
