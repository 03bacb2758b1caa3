"""The workbook of a list: one sheet for a commune, a row a child, columns to be filled.

One sheet and a column for the village, not a sheet for each: whoever answers filters and sorts it,
and it comes back in one piece. Titles are Vietnamese in whatever language the program runs; reading
finds the columns again by them, wherever they stand by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from app.forms.schema import Field
from app.models.police_lists import ListRow, Printed
from app.services.police.defects import Kind, shown
from app.services.police.gathering import ASKED, HEAD, HOUSEHOLD_NO, VILLAGE
from app.workbooks.writing import Column, Value, csv_text, plain_text

ORDER, CODE, KIND, NOT_HERE, REMARK = "order", "code", "kind", "not_here", "remark"
_WIDTHS = {
    ORDER: 6,
    CODE: 15,
    KIND: 14,
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


def printed_columns(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The columns that the program fills, by name, from the left."""
    return (ORDER, CODE, KIND, VILLAGE, HOUSEHOLD_NO, HEAD, *fields, ASKED)


def answer_title(name: str, texts: Mapping[str, str]) -> str:
    """What stands above the column for the right value of a field."""
    return texts["answer"].format(column=texts[f"cell.{name}"])


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
