"""An empty workbook to fill in where there is no program: made from the form in force.

Titles in the order of the book, the section they belong to above them, lists to choose from, what
the book means by a field beside the cell, and a sheet of explanations. Filled in it is read by
`register import` as it is. Holds nobody; once filled in it does, so it bears the mark already.

Each line bears a number in the last column, so that a correction made in the file and read again
finds the child that the line was read for.

Days are cells for text: a cell for days would take 5/6 for the 6th of May on a PC whose Windows
speaks English, and nobody would see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from app.errors import KnownError
from app.i18n import text
from app.models.queries import importing, register
from app.models.store import Reading
from app.services.entry_columns import Choices, EntryColumn, OfPlace, entry_columns, lists_of
from app.services.importing.entry_lines import line_keys
from app.services.importing.units_of_rows import UnitsOfRows, Verdict
from app.services.marked_files import about_of, write_book
from app.services.rights import Right
from app.services.surroundings import frame_of
from app.services.workplace import Workplace
from app.text.sort_key import natural_key
from app.workbooks.writing import Column, Value
from app.workbooks.xlsx_sheets import Band, Entry, Look, NamedRange, Sheet

#: Rows for which something is offered and checked: more than any village has children.
ROWS = 3000
_NARROW = 8
_PREFIX = "list_"
_REQUIRED = " *"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class EntryFile:
    """What was written: the file, how many columns it asks for and how many of them must be
    filled in, and how many lists it offers.
    """

    file: Path
    columns: int
    required: int
    lists: int


class EntryWorkbook:
    """Use case: the empty entry workbook."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def write(self, path: Path, unit: str | None = None, village: str | None = None) -> EntryFile:
        """Write the workbook for a unit (None: this installation's), for all its villages or one.

        `village` is a name. Raises KnownError `rights.denied`, `export.xlsx_only`, `units.…`,
        `villages.unknown`, `export.village_of_one`, and what writing raises; then there is no file.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        chosen = workplace.unit if unit is None else workplace.unit_named(unit)
        units = workplace.scope_units(chosen)
        with workplace.store.read() as reading:
            frame = frame_of(workplace, reading)
            place = self._place(reading, chosen, units, village)
        forms = (frame.template_for("household", {}), frame.template_for("child", {}))
        columns = entry_columns(*forms, place, workplace.today())
        offered = lists_of(columns)
        listing, called = text("export.entry.lists"), text("export.entry.sheet")
        sheets = (
            Sheet(
                called,
                [
                    *(Column(_title(one), one.field.width or 14) for one in columns),
                    Column(forms[1].field("child_uid").label.vi, _NARROW),
                ],
                ([None] * len(columns) + [one] for one in line_keys(ROWS)),
                bands=_bands(columns),
                required=frozenset(at for at, one in enumerate(columns) if one.required),
                entries={at: _entry(one) for at, one in enumerate(columns)},
                entry_rows=ROWS,
                frozen=1,
                looks={at: Look.TEXT for at, one in enumerate(columns) if not one.is_number},
            ),
            _explained(columns),
            Sheet(
                listing,
                [Column(text("export.entry.list"), 40), Column(text("export.entry.value"), 60)],
                (
                    # The bare title beside «Nam» would look like the head of a table of children.
                    (text("export.entry.list_of", title=one.title), each)
                    for one in offered
                    for each in one.texts
                ),
            ),
        )
        title = text("export.entry.title", edition=forms[1].edition)
        notes = [
            (text(f"export.entry.how_{turn}"), text(f"export.entry.do_{turn}")) for turn in _HOW
        ]
        if village:
            notes.insert(0, (text("export.entry.village"), village))
        about = about_of(workplace, title, called, notes, unit=chosen, persons=True)
        write_book(workplace, path, sheets, about, _ranges(listing, offered))
        required = sum(one.required for one in columns)
        return EntryFile(path, len(columns), required, len(offered))

    def _place(
        self, reading: Reading, chosen: str, units: Sequence[str], village: str | None
    ) -> OfPlace:
        tree = self._workplace.tree.units
        of_one = tree.holds_records(chosen)
        communes = None
        if not of_one:
            if village:
                raise KnownError("export.village_of_one", "export.village_of_one_hint", unit=chosen)
            standing = [one for one in self._workplace.standing(units) if tree.holds_records(one)]
            communes = Choices(
                "unit", text("export.entry.units"), _told_apart(self._workplace, standing), True
            )
        names = [
            str(one.values.get("name") or "")
            for unit in units
            for one in register.villages(reading, unit)
        ]
        # One name in two communes is offered once: the column of the commune tells which.
        known = sorted({one for one in names if one}, key=natural_key)
        if village:
            if village not in known:
                raise KnownError("villages.unknown", "villages.unknown_hint", name=village)
            known = [village]
        rounds = tuple(importing.rounds_by_name(reading))
        return OfPlace(
            communes,
            _choices("village", text("export.entry.villages"), known, closed=bool(village)),
            _choices("round", text("export.entry.rounds"), rounds, closed=True),
        )


def _ranges(sheet: str, offered: Sequence[Choices]) -> Iterator[NamedRange]:
    """Where each list stands: one under the other, for two of them side by side would look like a
    table of children to whoever reads the file.
    """
    first = 2
    for one in offered:
        yield NamedRange(_PREFIX + one.name, sheet, 1, first, first + len(one.texts) - 1)
        first += len(one.texts)


#: The lines of the sheet of notes that say how the workbook is filled in.
_HOW = ("rows", "required", "days", "lists", "several", "lines", "back")


def _choices(name: str, title: str, texts: Sequence[str], *, closed: bool) -> Choices | None:
    return Choices(name, title, tuple(texts), closed) if texts else None


def _told_apart(workplace: Workplace, units: Sequence[str]) -> tuple[str, ...]:
    """What a row may call each commune: its name where the import reads it as nothing else, its
    code where others bear the name, or bore it before a decree.
    """
    tree, today = workplace.tree.units, workplace.today()
    reader = UnitsOfRows(tree, workplace.own_editions, units, "", today, workplace.reach())
    said = []
    for one in units:
        name = tree.unit(one).full_name("vi")
        read = reader.of_cell(name)
        sure = read.verdict is Verdict.TAKEN and read.unit == one
        said.append(name if sure else one)
    return tuple(said)


def _title(column: EntryColumn) -> str:
    """The title; a star says what the colour says."""
    return column.title + _REQUIRED if column.required else column.title


def _bands(columns: Sequence[EntryColumn]) -> tuple[Band, ...]:
    """The sections, behind the name that stands before all of them."""
    found = []
    at = 2
    sections = groupby(columns[1:], key=lambda one: one.section)
    for number, (section, group) in enumerate(sections, 1):
        last = at + len(list(group)) - 1
        # Numbered as on paper; a bare heading could be taken for the title of a column.
        found.append(Band(at, last, f"{_roman(number)}. {section}"))
        at = last + 1
    return tuple(found)


def _roman(number: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        while number >= value:
            said, number = said + letters, number - value
    return said


def _entry(column: EntryColumn) -> Entry:
    low, high = column.whole or (None, None)
    offered = column.choices
    strict = offered.closed if offered is not None else column.whole is not None
    if column.whole is not None:
        told = text("export.entry.not_whole", low=column.whole[0], high=column.whole[1])
    else:
        told = text("export.entry.not_listed")
    return Entry(
        prompt_title=column.title,
        prompt=_cut(column.field.help.vi),
        named=_PREFIX + offered.name if offered is not None else "",
        low=low,
        high=high,
        strict=strict,
        told=told,
    )


def _cut(said: str, most: int = 255) -> str:
    """As many whole sentences as a prompt holds."""
    if len(said) <= most:
        return said
    whole = said[:most].rpartition(". ")[0]
    return f"{whole}." if whole else said[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _explained(columns: Sequence[EntryColumn]) -> Sheet:
    heads = (("section", 24), ("column", 36), ("required", 12), ("how", 26), ("help", 60))

    def rows() -> Iterator[Sequence[Value]]:
        name, bands = columns[0], _bands(columns)
        of_name = [one for one in bands if columns[one.first - 1].section == name.section]
        for band in (*(Band(1, 1, one.title) for one in of_name[:1]), *bands):
            for one in columns[band.first - 1 : band.last]:
                must = text("export.entry.must") if one.required else ""
                yield band.title, one.title, must, _how(one), one.field.help.vi

    titles = [Column(text(f"export.entry.column.{name}"), width) for name, width in heads]
    return Sheet(text("export.entry.explained"), titles, rows(), wrapped=True)


def _how(column: EntryColumn) -> str:
    """How a cell is filled in, in a few words."""
    if column.choices is not None:
        return text(f"export.entry.choose_{'one' if column.choices.closed else 'any'}")
    if column.whole is not None:
        return text("export.entry.write_whole")
    if column.is_number:
        return text("export.entry.write_number")
    kind = column.field.type
    if kind in ("date", "partial_date", "month", "pid12", "phone"):
        return text(f"export.entry.write_{kind}")
    return text("export.entry.write_text")
