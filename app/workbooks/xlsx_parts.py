"""The parts of a workbook that its sheets refer to: sheet list and styles."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.text.old_text import OldEncoding, encoding_of_font
from app.workbooks.cells import BadFile
from app.workbooks.file_kinds import MAX_HELD
from app.workbooks.markup import local_name, read_part

#: A list of a thousand sheets is a hundred times smaller.
MAX_LIST, MAX_SHEETS = 16 << 20, 1000
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


class Shown(Enum):
    """How a sheet shows a number, as far as it changes what the number means."""

    NUMBER = "number"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`zeros` is the number of digits a format like `000000000000` fills up to."""

    shown: Shown = Shown.NUMBER
    zeros: int = 0


class Visibility(Enum):
    """Whether Excel shows a sheet: one that is hidden a person can show; one that is very hidden
    only a program can (ECMA-376 part 1, 18.18.68).
    """

    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook and the part that holds it."""

    name: str
    part: str
    visibility: Visibility


_PLAIN = NumberFormat()
_DAY, _MONTH = NumberFormat(Shown.DAY), NumberFormat(Shown.MONTH)
_TIME = NumberFormat(Shown.TIME)
#: Built-in formats that show dates (ECMA-376 part 1, 18.8.30); 27–36 and 50–58 are East Asian.
_BUILT_IN: Mapping[int, NumberFormat] = {
    **dict.fromkeys((14, 15, 16, 22), _DAY),
    17: _MONTH,
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), _TIME),
    **dict.fromkeys(range(27, 37), _DAY),
    **dict.fromkeys(range(50, 59), _DAY),
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ONLY_ZEROS = re.compile(r"0[0 .\-]*")


def read_format(code: str) -> NumberFormat:
    """What a number format code shows (ECMA-376 part 1, 18.8.31): only its first section counts."""
    written = _LITERAL.sub(lambda match: " " if match[0][0] == "\\" else "", code)
    written = written.partition(";")[0].strip().lower()
    if written in ("general", "@", ""):
        return _PLAIN
    if _ONLY_ZEROS.fullmatch(written) and "." not in written:
        zeros = written.count("0")
        return NumberFormat(zeros=zeros) if zeros > 1 else _PLAIN
    if "0" in written or "#" in written or "?" in written:
        return _PLAIN
    clock = "h" in written or "s" in written
    if "d" in written:
        return _DAY
    if "m" in written and not clock:
        return _MONTH
    if "y" in written:
        return _DAY if clock else NumberFormat(Shown.YEAR)
    return _TIME if clock else _PLAIN


def read_sheets(archive: zipfile.ZipFile, file: str) -> tuple[tuple[SheetPart, ...], bool]:
    """The sheets in the order of their tabs, and whether dates count from 1904."""
    for part in (_WORKBOOK, _RELATIONS):
        is_held(archive, part, file, MAX_LIST)
    targets = _relations(archive, file)
    found: list[SheetPart] = []
    names: set[str] = set()
    from_1904 = False

    def start(element: str, attributes: Mapping[str, str]) -> None:
        nonlocal from_1904
        local = local_name(element)
        if local == "sheet":
            relation = next((v for k, v in attributes.items() if local_name(k) == "id"), "")
            target = targets.get(relation)
            # Chart sheets and macro sheets have other relations; they hold no rows.
            if target is not None:
                name = attributes.get("name", "")
                if name in names:  # no program writes that; which of the two was meant?
                    raise BadFile("damaged", file, place=name)
                names.add(name)
                found.append(SheetPart(name, target, _state(attributes)))
        elif local == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in ("1", "true")

    read_part(archive, _WORKBOOK, file, start, _nothing, _nothing)
    if not found:
        raise BadFile("no_table", file)
    if len(found) > MAX_SHEETS:
        raise BadFile("bomb", file)
    return tuple(found), from_1904


def _state(attributes: Mapping[str, str]) -> Visibility:
    state = attributes.get("state", "visible")
    return next((one for one in Visibility if one.value == state), Visibility.HIDDEN)


def _relations(archive: zipfile.ZipFile, file: str) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if local_name(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        if attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            found[attributes.get("Id", "")] = target.lstrip("/")

    read_part(archive, _RELATIONS, file, start, _nothing, _nothing)
    return found


def _nothing(_text: str) -> None:
    return


def is_held(archive: zipfile.ZipFile, part: str, file: str, most: int = MAX_HELD) -> bool:
    """Whether a part that is read as a whole is there. Raises BadFile for one that is too large."""
    if part not in archive.namelist():
        return False
    if archive.getinfo(part).file_size > most:
        raise BadFile("bomb", file)
    return True


@dataclass(frozen=True, slots=True)
class Styles:
    """What the styles of a workbook say, by the number of a cell's style: the number format, and
    the code its font was made for. `fonts` is empty where no font is an old one.
    """

    formats: Sequence[NumberFormat] = ()
    fonts: Sequence[OldEncoding | None] = ()


def read_styles(archive: zipfile.ZipFile, file: str) -> Styles:
    """Number formats and old fonts; none when the workbook has no styles."""
    part = "xl/styles.xml"
    if not is_held(archive, part, file):
        return Styles()
    own: dict[int, NumberFormat] = {}
    formats: list[NumberFormat] = []
    named: list[OldEncoding | None] = []
    used: list[int] = []
    inside = ""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        local = local_name(name)
        if local == "numFmt":
            own[small_number(attributes.get("numFmtId"))] = read_format(
                attributes.get("formatCode", "")
            )
        elif local in ("cellXfs", "fonts"):
            inside = local
        elif local == "xf" and inside == "cellXfs":
            number = small_number(attributes.get("numFmtId"))
            formats.append(own.get(number) or _BUILT_IN.get(number, _PLAIN))
            used.append(small_number(attributes.get("fontId")))
        elif local == "font" and inside == "fonts":
            named.append(None)
        elif local == "name" and inside == "fonts" and named:
            named[-1] = encoding_of_font(attributes.get("val", ""))

    def end(name: str) -> None:
        nonlocal inside
        if local_name(name) == inside:
            inside = ""

    read_part(archive, part, file, start, end, _nothing)
    fonts = [named[one] if one < len(named) else None for one in used] if any(named) else []
    return Styles(formats, fonts if any(fonts) else ())


def small_number(text: str | None) -> int:
    """A number of up to nine digits; 0 for anything else."""
    return int(text) if text is not None and is_small(text) else 0


def is_small(text: str) -> bool:
    """Whether a text is a number of up to nine digits and nothing else."""
    return text.isascii() and text.isdigit() and len(text) < 10
