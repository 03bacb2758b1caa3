"""The workbook of a list: one sheet for a commune, a row a child, columns to be filled.

One sheet and a column for the village, not a sheet for each: whoever answers filters and sorts it,
and it comes back in one piece. Titles are Vietnamese in whatever language the program runs; reading
finds the columns again by them, wherever they stand by then. Code and name stand first and stay in
sight while somebody fills the columns at the right. These are texts: of digits no zero is lost, and
no day is turned into another one by a Windows that puts the month first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.forms.schema import Field
from app.models.police_lists import ListRow, Printed
from app.services.entry_columns import code_texts
from app.services.police.defects import Kind, shown
from app.services.police.gathering import ASKED, HEAD, HOUSEHOLD_NO, VILLAGE
from app.workbooks.writing import Column, Value, csv_text, plain_text
from app.workbooks.xlsx_sheets import Entry, Look, NamedRange, Sheet

ORDER, CODE, KIND, NOT_HERE, REMARK = "order", "code", "kind", "not_here", "remark"
_WIDTHS = {
    ORDER: 6,
    CODE: 15,
    KIND: 17,
    VILLAGE: 16,
    HOUSEHOLD_NO: 8,
    HEAD: 20,
    ASKED: 34,
    NOT_HERE: 16,
    REMARK: 30,
    "personal_id": 16,
    "full_name": 24,
    "birth_date": 12,
    "sex": 9,
    "ethnicity": 12,
}
_NAME_WIDTH = 22
_WHOLE_DATE = 10
#: How many columns stay in sight: up to the name, by which a row is known.
_FROZEN = 3
_NAME = "full_name"
_MARK = "x"
_RANGE = "police_"


def printed_columns(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The columns that the program fills, by name, from the left."""
    others = (one for one in fields if one != _NAME)
    return (ORDER, CODE, _NAME, KIND, VILLAGE, HOUSEHOLD_NO, HEAD, *others, ASKED)


def answer_title(name: str, texts: Mapping[str, str]) -> str:
    """What stands above the column for the right value of a field."""
    return texts["answer"].format(column=texts[f"cell.{name}"])


class Book(NamedTuple):
    """The sheets of the workbook, and the ranges whose texts are offered."""

    sheets: tuple[Sheet, ...]
    ranges: tuple[NamedRange, ...]


def book(
    rows: Sequence[ListRow], fields: Mapping[str, Field], texts: Mapping[str, str], today: date
) -> Book:
    """The list, and a sheet of what is offered where only a few answers are possible."""
    titles = columns(fields, texts)
    offered = {name: it for name, field in fields.items() if (it := code_texts(field, today))}
    offered[NOT_HERE] = (_MARK,)
    first = len(titles) - len(fields) - 2
    asked = (*fields, NOT_HERE, REMARK)
    listing = Sheet(
        texts["offered"],
        [Column(texts["offered.column"], 32), Column(texts["offered.value"], 40)],
        [(texts[f"cell.{name}"], one) for name, every in offered.items() for one in every],
    )
    main = Sheet(
        texts["sheet"],
        titles,
        cells(rows, fields, texts),
        entries={
            at: _entry(name, name in offered, texts) for at, name in enumerate(asked, start=first)
        },
        entry_rows=len(rows),
        looks=dict.fromkeys(range(first, len(titles)), Look.TEXT),
        frozen=_FROZEN,
    )
    ranges, at = [], 2
    for name, every in offered.items():
        ranges.append(NamedRange(_RANGE + name, listing.name, 1, at, at + len(every) - 1))
        at += len(every)
    return Book((main, listing), tuple(ranges))


def _entry(name: str, is_offered: bool, texts: Mapping[str, str]) -> Entry:
    # A people may be written in more ways than its list has; those are read as well.
    told = texts.get(f"told.{name}", "")
    return Entry(
        prompt_title=texts[f"cell.{name}"],
        prompt=texts.get(f"prompt.{name}", ""),
        named=_RANGE + name if is_offered else "",
        strict=bool(told),
        told=told,
    )


def columns(fields: Mapping[str, Field], texts: Mapping[str, str]) -> list[Column]:
    """All columns: what is printed, then what is to be filled."""
    printed = [
        Column(texts[f"cell.{one}"], _WIDTHS.get(one, _NAME_WIDTH))
        for one in printed_columns(fields)
    ]
    answers = [Column(answer_title(one, texts), _WIDTHS.get(one, _NAME_WIDTH)) for one in fields]
    last = [Column(texts[f"cell.{one}"], _WIDTHS[one]) for one in (NOT_HERE, REMARK)]
    return [*printed, *answers, *last]


def cells(
    rows: Sequence[ListRow], fields: Mapping[str, Field], texts: Mapping[str, str]
) -> Iterator[list[Value]]:
    """A row for each child; one that was erased by law has but its code."""
    for one in rows:
        printed = one.printed or {}
        said: dict[str, Value] = {
            ORDER: one.place,
            CODE: one.code,
            KIND: texts[f"short.{one.kind}"],
            ASKED: asked_words(printed, texts) if one.printed else texts["erased"],
        }
        for name in (VILLAGE, HOUSEHOLD_NO, HEAD):
            said[name] = _text(printed.get(name, ""))
        for name, field in fields.items():
            said[name] = cell_of(name, field, printed)
        yield [said[name] for name in printed_columns(fields)]


def cell_of(name: str, field: Field, printed: Printed) -> Value:
    """A printed value as it stands in its cell; a whole date is a date."""
    stored = printed.get(name)
    if stored is None:
        return None
    if name == "birth_date" and len(stored) == _WHOLE_DATE:
        try:
            return date.fromisoformat(stored)
        except ValueError:
            return _text(stored)  # unreadable text is asked about, as it was written
    return _text(shown(field, stored))


def asked_words(printed: Printed, texts: Mapping[str, str]) -> str:
    """What is to be verified of a child, in words."""
    asked = printed.get(ASKED, "").split()
    words = dict.fromkeys(texts[f"ask.{one.replace('/', '.')}"] for one in asked)
    return "; ".join(words)


def kind_words(kind: Kind, texts: Mapping[str, str]) -> str:
    """A list by its full name."""
    return texts[f"kind.{kind.value}"]


def _text(value: str) -> str:
    # The reader takes an apostrophe before a sign of a formula away: see `workbooks.writing`.
    return csv_text(value) if plain_text(value) != value else value
