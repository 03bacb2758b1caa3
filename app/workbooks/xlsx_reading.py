"""The rows of an Excel sheet as a stream: memory does not grow with the number of rows.

Written on the XML parser itself because the usual library builds a tree whose row elements stay in
memory, reads texts inside cells very slowly, and fails on styles it does not know. Refuses to
compute anything: of a formula only the stored result is read.
"""

from __future__ import annotations

import errno
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.workbooks.blank_cells import BlankSieve
from app.workbooks.cells import BadFile, SheetRow
from app.workbooks.file_kinds import check_archive
from app.workbooks.markup import events, local_name
from app.workbooks.merged import Merges
from app.workbooks.rich_text import in_font
from app.workbooks.shared_texts import read_shared_texts
from app.workbooks.sheet_reading import (
    MAX_COLUMNS,
    MAX_ROWS,
    SheetReading,
    column_letters,
    is_hidden,
)
from app.workbooks.xlsx_parts import (
    SheetPart,
    Visibility,
    read_sheets,
    read_styles,
    small_number,
)

__all__ = ["MAX_COLUMNS", "XlsxFile", "column_letters"]

_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="[A-Z]+[0-9]+:[A-Z]+([0-9]{1,7})"')


class XlsxFile:
    """An open workbook. Use as a context."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self._merges: dict[str, Merges] = {}
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as problem:
            raise BadFile("cut", self.file) from problem
        except OSError as problem:
            # A list of parts that was damaged sends the reader to before the file's first byte.
            cut = problem.errno == errno.EINVAL
            raise BadFile("cut" if cut else "unreachable", self.file) from problem
        try:
            check_archive(self._archive, self.file)
            self._parts, self.from_1904 = read_sheets(self._archive, self.file)
            self._styles = read_styles(self._archive, self.file)
            texts = read_shared_texts(self._archive, self.file)
            # In a font of Unicode a text says what its letters say, wherever it stands.
            self._texts = texts if self._styles.fonts else [in_font(one, None) for one in texts]
        except BaseException:
            self._archive.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets in the order of their tabs, visible ones before hidden ones."""
        ordered = sorted(self._parts, key=lambda one: one.visibility is not Visibility.VISIBLE)
        return tuple(one.name for one in ordered)

    @property
    def hidden_sheets(self) -> Mapping[str, Visibility]:
        """The sheets that Excel does not show."""
        return {
            one.name: one.visibility
            for one in self._parts
            if one.visibility is not Visibility.VISIBLE
        }

    def hidden_columns(self, sheet: str) -> frozenset[int]:
        """The columns of a sheet (0 is A) that are not shown."""
        found: set[int] = set()
        begun = False

        def start(name: str, attributes: Mapping[str, str]) -> None:
            nonlocal begun
            local = local_name(name)
            begun = begun or local == "sheetData"
            if local == "col" and not begun and is_hidden(attributes, "width"):
                first, last = (small_number(attributes.get(one)) for one in ("min", "max"))
                found.update(range(max(first - 1, 0), min(last, MAX_COLUMNS)))

        part = self._part(sheet).part
        for _ in events(self._archive, part, self.file, start, _ignored, _ignored):
            if begun:
                break
        return frozenset(found)

    def _part(self, sheet: str) -> SheetPart:
        return next(one for one in self._parts if one.name == sheet)

    def expected_rows(self, sheet: str) -> int:
        """The last row by the sheet's own account; 0 when it gives none."""
        try:
            with self._archive.open(self._part(sheet).part) as stream:
                found = _DIMENSION.search(stream.read(4096))
        except (KeyError, zipfile.BadZipFile, OSError, EOFError) as problem:
            raise BadFile("damaged", self.file, place=sheet) from problem
        return int(found[1]) if found else 0

    def merges(self, sheet: str) -> Merges:
        """The merged cells of a sheet; looked for once."""
        known = self._merges.get(sheet)
        if known is not None:
            return known
        found = Merges()
        part = self._part(sheet).part
        try:
            with self._archive.open(part) as stream:
                found.read(stream)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
            raise BadFile("damaged", self.file, place=sheet) from problem
        except OverflowError as problem:
            raise BadFile("bomb", self.file) from problem
        except OSError as problem:
            raise BadFile("unreachable", self.file) from problem
        self._merges[sheet] = found
        return found

    def rows(self, sheet: str, last: int = MAX_ROWS) -> Iterator[SheetRow]:
        """The rows that hold anything up to number `last`, in order. Raises BadFile where the sheet
        is damaged.
        """
        reading = SheetReading(self.file, sheet, self._texts, self._styles, self.from_1904)
        part = self._part(sheet).part
        for _ in events(
            self._archive,
            part,
            self.file,
            reading.start,
            reading.end,
            reading.text,
            reading.place,
            BlankSieve(),
        ):
            yield from (row for row in reading.ready if row.number <= last)
            reading.ready.clear()
            if reading.row > last:
                return


def _ignored(_: str) -> None:
    return
