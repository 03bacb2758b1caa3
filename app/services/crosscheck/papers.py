"""The result of a cross-check as a paper and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from app.forms.code_lists import load_code_list
from app.i18n import text
from app.models.queries.crosscheck import BookChild
from app.reports.crosscheck import CrossCheckFacts, PaperPart, PaperRow, crosscheck_paper
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.handover_facts import Person
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.views import BookRow, ListResult, ResultRow, Standing
from app.services.crosscheck.words_of import (
    adult_words,
    birth_words,
    difference_words,
    list_words,
    missing_words,
    reason_words,
    standing_words,
    totals_of,
)
from app.services.parties import party_of, unit_in_sentence
from app.services.rights import Right
from app.services.table_export import Column, Holds, Table, TableExport, TableFile, Value
from app.services.workplace import Progress, Workplace
from app.text.days import day_in_words, whole_day

_COLUMNS = (
    ("row", 8),
    ("standing", 22),
    ("name", 28),
    ("born", 12),
    ("adults", 30),
    ("village", 16),
    ("book_name", 28),
    ("book_born", 12),
    ("household", 10),
    ("what", 48),
)


class CrossCheckPapers:
    """Use cases of printing a result and of carrying it away."""

    def __init__(self, workplace: Workplace, desk: CrossCheck, export: TableExport) -> None:
        self._workplace = workplace
        self._desk = desk
        self._export = export

    def print(self, list_id: str, put: Callable[[Document], None]) -> None:
        """Let the result be written by `put`; what it raises stops this. That it was printed is on
        record once it stands. Raises KnownError `rights.denied`, `crosscheck.unknown`.
        """
        self._workplace.require(Right.PRINT)
        found = self._desk.result(list_id)
        put(crosscheck_paper(self._facts(found), document_texts("crosscheck")))
        self._workplace.audit(
            "crosscheck.printed", kind=found.list.kind.value, unit=found.list.unit
        )

    def must_be_allowed(self) -> None:
        """Raise KnownError `rights.denied` where the account may not carry a result away."""
        self._export.must_be_allowed(Holds.PERSONS)

    def export(self, list_id: str, path: Path, progress: Progress | None = None) -> TableFile:
        """Write the result to a .xlsx or .csv. Raises what `TableExport.write` raises, and
        `crosscheck.unknown`.
        """
        self.must_be_allowed()
        found = self._desk.result(list_id)
        table = Table(
            kind="crosscheck",
            title=f"{text('window.page.crosscheck')}: {list_words(found.list)}",
            columns=[Column(text(f"crosscheck.column.{name}"), wide) for name, wide in _COLUMNS],
            rows=_lines(found),
            holds=Holds.PERSONS,
            total=len(found.rows) + len(found.only_book),
            listed=found.list.title,
            unit=found.list.unit,
        )
        return self._export.write(path, table, progress)

    def _facts(self, found: ListResult) -> CrossCheckFacts:
        workplace = self._workplace
        texts = document_texts("crosscheck")
        parts = (
            ("only_list", [_visit(one, texts) for one in found.of(Standing.ONLY_LIST)]),
            ("review", [_look(one, texts) for one in found.of(Standing.REVIEW)]),
            (
                "differs",
                [_differs(found.list.kind, one, texts) for one in found.of(Standing.DIFFERS)],
            ),
            ("only_book", [_missing(one, texts) for one in found.only_book]),
        )
        account = workplace.account
        return CrossCheckFacts(
            office=party_of(workplace, found.list.unit, Person()),
            unit=unit_in_sentence(workplace, found.list.unit),
            kind=found.list.kind.value,
            year=found.list.year,
            list_title=found.list.title,
            dated=workplace.today(),
            printed_by=account.full_name or account.name,
            totals=tuple(
                (texts[f"total.{name}"], count)
                for name, count in totals_of(found.totals)
                if count or name == "rows"
            ),
            parts=tuple(
                PaperPart(texts[f"part.{name}"], tuple(rows)) for name, rows in parts if rows
            ),
        )


def _visit(one: ResultRow, texts: Mapping[str, str]) -> PaperRow:
    what = texts["visit"].format(row=one.row.number)
    return PaperRow(one.row.name, birth_words(one.row), adult_words(one.row), one.row.village, what)


def _look(one: ResultRow, texts: Mapping[str, str]) -> PaperRow:
    name = one.offered[0].child.name if one.offered else ""
    what = texts["look"].format(row=one.row.number, name=name)
    return PaperRow(one.row.name, birth_words(one.row), adult_words(one.row), one.row.village, what)


def _differs(kind: ListKind, one: ResultRow, texts: Mapping[str, str]) -> PaperRow:
    what = texts[f"differs.{kind.value}"]
    if one.child is None:
        return PaperRow(one.row.name, birth_words(one.row), adult_words(one.row), "", what)
    if kind is ListKind.POVERTY:
        statuses = load_code_list("poverty_status")
        book = one.child.poverty
        what = what.format(
            book=statuses.label(book) if book else texts["nothing_said"],
            list=statuses.label(one.proposed),
        )
    return _of_book(one.child, what)


def _missing(one: BookRow, texts: Mapping[str, str]) -> PaperRow:
    return _of_book(one.child, texts[f"missing.{one.why.value}"])


def _of_book(child: BookChild, what: str) -> PaperRow:
    adults = dict.fromkeys(filter(None, (child.head, child.mother, child.father)))
    return PaperRow(
        child.name, day_in_words(child.birth_date), ", ".join(adults), child.village, what
    )


def _typed(day: str) -> Value:
    """A day that is known whole as a day, anything else as it is written."""
    return whole_day(day) or day


def _lines(found: ListResult) -> Iterator[tuple[Value, ...]]:
    for one in found.rows:
        child = one.child
        what = difference_words(found.list.kind, one)
        if one.standing is Standing.REVIEW and one.offered:
            child = one.offered[0].child
            what = reason_words(one.offered[0].evidence)
        yield (
            one.row.number,
            standing_words(one),
            one.row.name,
            _typed(birth_words(one.row)),
            adult_words(one.row),
            one.row.village,
            "" if child is None else child.name,
            "" if child is None else _typed(day_in_words(child.birth_date)),
            "" if child is None else child.household_no,
            what,
        )
    for missing in found.only_book:
        child = missing.child
        yield (
            None,
            text("crosscheck.standing.only_book"),
            "",
            "",
            child.head,
            child.village,
            child.name,
            _typed(day_in_words(child.birth_date)),
            child.household_no,
            missing_words(missing),
        )
