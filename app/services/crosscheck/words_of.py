"""What a cross-check says in words, alike for both faces, for paper and for files."""

from __future__ import annotations

from collections.abc import Iterable

from app.forms.code_lists import load_code_list
from app.i18n import language, number, text
from app.matching.pair import Evidence
from app.models.queries.crosscheck import BookChild
from app.services.crosscheck.listed import ListKind, ListRow
from app.services.crosscheck.views import (
    BookRow,
    ListResult,
    ListSummary,
    ResultRow,
    Standing,
    Totals,
)
from app.text.days import day_in_words

#: Bits from which on something compared is worth a word.
_SAYS_SOMETHING = 0.5
#: What only a list says; everything else is worded as for children written twice.
_OF_LISTS = frozenset(("siblings", "adults"))


def reason_words(evidence: Iterable[Evidence]) -> str:
    """What speaks for a child, then what speaks against it."""
    said = []
    for part in sorted(evidence, key=lambda part: -part.bits):
        if abs(part.bits) < _SAYS_SOMETHING:
            continue
        side = "for" if part.bits > 0 else "against"
        area = "crosscheck" if part.what in _OF_LISTS else "duplicates"
        words = text(f"{area}.{side}.{part.what}")
        if words not in said:
            said.append(words)
    return "; ".join(said)


def poverty_words(code: str) -> str:
    """A poverty status in words; "" for none."""
    return load_code_list("poverty_status").label(code, language()) if code else ""


def birth_words(row: ListRow) -> str:
    """The date of birth of a row, as it was read where it could be."""
    return day_in_words(row.births[0]) if row.births else row.birth_written


def place_words(row: ListRow) -> str:
    """Which row of the file."""
    return text("crosscheck.row", row=number(row.number))


def adult_words(row: ListRow) -> str:
    """Who answers for the child on the list."""
    return ", ".join(dict.fromkeys(filter(None, (row.head, row.mother, row.father, *row.adults))))


def child_words(child: BookChild) -> str:
    """A child of the register in one line."""
    home = text("crosscheck.household", number=child.household_no) if child.household_no else ""
    parts = (child.name, day_in_words(child.birth_date), home, child.village)
    return ", ".join(filter(None, parts))


def list_words(one: ListSummary) -> str:
    """A list by kind and year."""
    return text(f"crosscheck.list.{one.kind.value}", year=str(one.year))


def difference_words(kind: ListKind, one: ResultRow) -> str:
    """What the list says otherwise than the book; "" for nothing."""
    if one.child is None:
        return ""
    if one.held_back:
        return text(
            "crosscheck.differs.later",
            book=poverty_words(one.child.poverty) or text("crosscheck.nothing_said"),
            year=one.child.poverty_year,
            list=poverty_words(one.held_back),
        )
    if not one.proposed:
        return ""
    if kind is ListKind.POVERTY:
        return text(
            "crosscheck.differs.poverty",
            book=poverty_words(one.child.poverty) or text("crosscheck.nothing_said"),
            list=poverty_words(one.proposed),
        )
    return text(f"crosscheck.differs.{kind.value}")


def standing_words(one: ResultRow) -> str:
    """Where a row stands, in a word or two."""
    if one.standing is Standing.SETTLED and one.settled is not None:
        return text(f"crosscheck.settled.{one.settled.value}")
    return text(f"crosscheck.standing.{one.standing.value}")


def missing_words(one: BookRow) -> str:
    """Why a child of the book is expected on the list."""
    return text(f"crosscheck.missing.{one.why.value}")


def total_words(found: ListResult) -> list[str]:
    """The counts, a line each; what is not there is left out."""
    counts = totals_of(found.totals)
    lines = [
        text(f"crosscheck.total.{name}", count=number(count)) for name, count in counts if count
    ]
    if found.unclear:
        lines.append(text("crosscheck.total.unclear", count=number(found.unclear)))
    return lines


def totals_of(totals: Totals) -> list[tuple[str, int]]:
    """The counts by name, in the order in which they are told."""
    return [
        ("rows", totals.rows),
        ("both", totals.both),
        ("differs", totals.differs),
        ("unsaid", totals.unsaid),
        ("review", totals.review),
        ("only_list", totals.only_list),
        ("settled", totals.settled),
        ("grown", totals.grown),
        ("only_book", totals.only_book),
    ]
