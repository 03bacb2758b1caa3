"""A document as a PDF file: whole or not at all, the same bytes for the same document.

The metadata hold the kind of document and nothing else: no author, no unit, no time.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import uuid
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QUuid
from PySide6.QtGui import QPdfWriter

from app.errors import AppError, KnownError
from app.printing.fonts import UNITS_PER_POINT, load_document_fonts
from app.printing.painter import pages_of, paint
from app.reports.document import Document

_TIMES = re.compile(rb"/(?:CreationDate|ModDate) \(D:[0-9]{14}Z?(?:[+-][0-9]{2}'[0-9]{2}')?\)")
_GLYPHS_TO_TEXT = re.compile(rb"beginbfrange\n.*?endbfrange", re.DOTALL)
#: A target in a list, or that of a range `<from> <to> <target>`.
_SPACE_IN_TABLE = re.compile(rb"(\[|> |<[0-9A-F]{4}> <[0-9A-F]{4}> )<0009>(?= <|\]|\n)")
#: Stands for the id of the file until its content is known.
_PLACEHOLDER = uuid.UUID(int=0x5E0F5E0F5E0F4E0F8E0F5E0F5E0F5E0F)
_XMP = (
    "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    "</x:xmpmeta><?xpacket end='w'?>"
)


def pdf_bytes(document: Document) -> bytes:
    """The document as PDF 1.4, fonts embedded. The same document gives the same bytes."""
    load_document_fonts()
    pages = pages_of(document)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPdfVersion(QPdfWriter.PdfVersion.PdfVersion_1_4)
    writer.setResolution(72 * UNITS_PER_POINT)
    writer.setTitle(document.title)
    writer.setCreator("")
    writer.setDocumentId(QUuid(str(_PLACEHOLDER)))
    writer.setDocumentXmpMetadata(QByteArray(_XMP.encode("utf-8")))
    paint(pages, writer)
    # The file ends when the writer goes: it writes the table of objects then.
    del writer
    raw = bytes(buffer.data().data())
    buffer.close()
    return _without_time_and_chance(_with_spaces(raw))


def _with_spaces(raw: bytes) -> bytes:
    """Qt's table from glyphs to text names the space U+0009; make it U+0020, or copies have tabs.

    May go when Qt writes U+0020 (a test extracts text with spaces). No length changes.
    """

    def corrected(table: re.Match[bytes]) -> bytes:
        return _SPACE_IN_TABLE.sub(rb"\1<0020>", table[0])

    return _GLYPHS_TO_TEXT.sub(corrected, raw)


def _without_time_and_chance(raw: bytes) -> bytes:
    """Blank the times Qt writes and derive the file's id from its content; no length changes."""
    still = _TIMES.sub(lambda found: b" " * len(found[0]), raw)
    name = uuid.UUID(bytes=hashlib.sha256(still).digest()[:16])
    return still.replace(_id_token(_PLACEHOLDER), _id_token(name))


def _id_token(value: uuid.UUID) -> bytes:
    """How Qt writes the id in the trailer: the hex digits of its text."""
    return str(value).encode("ascii").hex().encode("ascii")


def write_pdf(document: Document, path: Path) -> None:
    """Write the document to `path`, replacing what stood there only when all is on the disk.

    Raises KnownError `printing.disk_full`, `printing.cannot_write`, and `printing.no_pdf` for a
    path that does not end in .pdf: it may be the very bundle that the record is about.
    """
    if path.suffix.lower() != ".pdf":
        raise KnownError("printing.no_pdf", "printing.no_pdf.hint", file=path.name)
    data = pdf_bytes(document)
    try:
        _replace(path, data)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".sotreem-", suffix=".pdf.part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _cannot_write(path: Path, error: OSError) -> AppError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return KnownError("printing.disk_full", "printing.disk_full.hint", file=path.name)
    return KnownError("printing.cannot_write", "printing.cannot_write.hint", file=path.name)
