"""The texts of a workbook that its cells refer to by number."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping

from app.workbooks.cells import BadFile
from app.workbooks.markup import MAX_TEXT, local_name, read_part
from app.workbooks.rich_text import RunCollector
from app.workbooks.xlsx_parts import is_held

_PART = "xl/sharedStrings.xml"
#: A province has 271,707 children, each with some four texts that no other has.
MAX_TEXTS = 4 << 20


def read_shared_texts(archive: zipfile.ZipFile, file: str) -> list[str]:
    """The texts by their numbers, a RichText where runs name their fonts; an empty list when the
    workbook has none. Raises BadFile.
    """
    if not is_held(archive, _PART, file):
        return []
    reading = _Reading(file)
    read_part(archive, _PART, file, reading.start, reading.end, reading.text)
    return reading.texts


class _Reading:
    """The state between the events of the part."""

    def __init__(self, file: str) -> None:
        self.texts: list[str] = []
        self._file = file
        self._pieces: list[str] = []
        self._runs = RunCollector()
        self._length = 0
        self._taking = False
        self._phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = local_name(name)
        if local == "t":
            self._taking = not self._phonetic
        elif local in ("r", "rFont"):
            self._runs.note(local, attributes, self._pieces)
        elif local == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        local = local_name(name)
        if local == "t":
            self._taking = False
        elif local == "si":
            self.texts.append(self._runs.finish(self._pieces))
            self._length = 0
            if len(self.texts) > MAX_TEXTS:
                raise BadFile("bomb", self._file)
        elif local == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if self._taking:
            self._pieces.append(data)
            self._length += len(data)
            if self._length > MAX_TEXT:
                raise BadFile("long_text", self._file, place=_PART)
