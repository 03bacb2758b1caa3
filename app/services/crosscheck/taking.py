"""What a list says otherwise than the book, written into the book: ordinary saves under one act."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.code_lists import load_code_list
from app.forms.field_types.base import FieldProblem
from app.forms.field_types.date_types import PartialDateType
from app.forms.issues import Value
from app.models.queries import register
from app.models.queries.crosscheck import FileRow
from app.models.store import Reading
from app.models.undecided import open_groups
from app.models.work import Change
from app.services.crosscheck.listed import ListKind, ListRow
from app.services.crosscheck.supports import is_noted, support_key, support_of_words
from app.services.crosscheck.views import ListResult, Proposal, ResultRow
from app.services.saving import RecordSave
from app.services.workplace import Workplace

_POVERTY_GROUP = "poverty"
_ALLOWANCE = "monthly_allowance"
#: Nobody saw the decision: the form says to choose this one and to look again.
_CATEGORY_UNSEEN = "other"
_FIRST_DAY = 10


@dataclass(frozen=True, slots=True)
class SupportGiven:
    """What a list of support is of, as far as its rows do not say it themselves: a code of
    `support_types`, the day (ISO, whole), who gave it.
    """

    type: str = ""
    day: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The saves of a take-over, the rows they are for, and how many records wait for a decision."""

    saves: tuple[RecordSave, ...]
    rows: tuple[int, ...]
    households: int
    children: int
    undecided: int


def proposal_of(reading: Reading, file: FileRow, found: ListResult) -> Proposal:
    """What `taken_over` would write, in numbers."""
    rows = [one for one in found.rows if one.proposed]
    if ListKind(file.kind) is ListKind.POVERTY:
        homes = {one.child.household for one in rows if one.child is not None}
        stuck = _undecided(reading, homes, "household", _POVERTY_GROUP)
        return Proposal(
            households=len(homes - stuck), undecided=len(homes & stuck), print=_print_of(rows)
        )
    children = {one.child.id for one in rows if one.child is not None}
    stuck = _undecided(reading, children, "child", _ALLOWANCE)
    needs_day = sum(
        not day_of(one.row, found.list.year)
        for one in rows
        if one.child is not None and one.child.id not in stuck
    )
    return Proposal(
        children=len(children - stuck),
        undecided=len(children & stuck),
        needs_day=needs_day,
        print=_print_of(rows),
    )


def _print_of(rows: Sequence[ResultRow]) -> str:
    said = [
        (
            one.number,
            "" if one.child is None else one.child.id,
            "" if one.child is None else one.child.household,
            one.proposed,
            one.row.amount,
            one.row.since,
        )
        for one in rows
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def taken_over(
    workplace: Workplace,
    reading: Reading,
    file: FileRow,
    found: ListResult,
    given: SupportGiven,
) -> Taken:
    """The saves that take over what the list says. Raises KnownError `crosscheck.no_day`,
    `crosscheck.no_support`.
    """
    rows = [one for one in found.rows if one.proposed and one.child is not None]
    if ListKind(file.kind) is ListKind.POVERTY:
        return _poverty(reading, found, rows)
    return _supports(workplace, reading, file, found, rows, given)


def _poverty(reading: Reading, found: ListResult, rows: Sequence[ResultRow]) -> Taken:
    homes: dict[str, ResultRow] = {}
    for one in rows:
        if one.child is not None:
            homes.setdefault(one.child.household, one)
    stuck = _undecided(reading, homes, "household", _POVERTY_GROUP)
    saves = []
    for home, one in homes.items():
        record = None if home in stuck else register.record(reading, "household", home)
        if record is None:
            continue
        values: dict[str, Value] = {
            "poverty_status": one.proposed,
            "poverty_year": found.list.year,
        }
        saves.append(RecordSave(_changed("household", home, values, record)))
    done = {save.change.id for save in saves}
    numbers = [one.number for one in rows if one.child and one.child.household in done]
    return Taken(tuple(saves), tuple(numbers), len(saves), 0, len(stuck))


def _supports(
    workplace: Workplace,
    reading: Reading,
    file: FileRow,
    found: ListResult,
    rows: Sequence[ResultRow],
    given: SupportGiven,
) -> Taken:
    monthly = ListKind(file.kind) is ListKind.ALLOWANCE
    _check(given, workplace, monthly=monthly)
    by_child = {one.child.id: one for one in rows if one.child is not None}
    stuck = _undecided(reading, by_child, "child", _ALLOWANCE) if monthly else set()
    saves: list[RecordSave] = []
    numbers = []
    for child_id, one in by_child.items():
        record = register.record(reading, "child", child_id)
        if record is None or child_id in stuck:
            continue
        day = day_of(one.row, found.list.year) or given.day
        if not day:
            raise KnownError("crosscheck.no_day", "crosscheck.no_day_hint")
        support: dict[str, Value] = {
            "record": child_id,
            "support_type": [_type_of(one.row, given, monthly=monthly)],
            "support_date": day,
        }
        if provider := one.row.provider or given.provider:
            support["support_provider"] = provider
        if one.row.amount is not None:
            support["support_amount"] = one.row.amount
        if monthly:
            values = _allowance(record.values, one)
            saves.append(RecordSave(_changed("child", child_id, values, record)))
        saves += _noted(reading, support, file)
        numbers.append(one.number)
    return Taken(tuple(saves), tuple(numbers), 0, len(numbers), len(stuck))


def _noted(reading: Reading, support: dict[str, Value], file: FileRow) -> Iterator[RecordSave]:
    if not is_noted(reading, file, str(support["record"])):
        yield RecordSave(Change("support", support, key=support_key(file)))


def _allowance(child: Mapping[str, Value], one: ResultRow) -> dict[str, Value]:
    values: dict[str, Value] = {_ALLOWANCE: "1"}
    if not child.get("allowance_category"):
        named = load_code_list("allowance_categories").named(one.row.category)
        values["allowance_category"] = _CATEGORY_UNSEEN if named is None else named.code
    return values


def _type_of(row: ListRow, given: SupportGiven, *, monthly: bool) -> str:
    return _ALLOWANCE if monthly else support_of_words(row.support) or given.type


def _check(given: SupportGiven, workplace: Workplace, *, monthly: bool) -> None:
    known = load_code_list("support_types").codes
    if not monthly and given.type not in known:
        raise KnownError(
            "crosscheck.no_support", "crosscheck.no_support_hint", known=", ".join(known)
        )
    if given.day and (len(given.day) != _FIRST_DAY or given.day > workplace.today().isoformat()):
        raise KnownError("crosscheck.no_day", "crosscheck.no_day_hint")


def day_of(row: ListRow, year: int) -> str:
    """The day from which a row says that support was given; of a month the first. "" for none."""
    if not row.since:
        return ""
    try:
        stored = str(PartialDateType(year).parse(row.since) or "")
    except FieldProblem:
        return ""
    return stored if len(stored) == _FIRST_DAY else f"{stored}-01" if len(stored) == 7 else ""


def _changed(
    entity: str, ent_id: str, values: dict[str, Value], record: register.RecordView
) -> Change:
    return Change(entity, values, ent_id, base=record.heads, loaded=record.values, by_rule=True)


def _undecided(reading: Reading, ids: Collection[str], entity: str, group: str) -> set[str]:
    return {
        ent_id
        for (ent_type, ent_id), groups in open_groups(reading, ids).items()
        if ent_type == entity and group in groups
    }
