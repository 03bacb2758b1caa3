"""What a list held against the register comes to, in four parts, and what it would change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from app.forms.age import is_under_16
from app.forms.facts import Facts
from app.forms.rules.events import allowance_categories
from app.matching.placed import Band
from app.models.queries import crosscheck as queries
from app.models.queries import register
from app.models.queries.crosscheck import BookChild, FileRow, KeptRow
from app.models.store import Reading
from app.services.crosscheck.listed import ListKind, ListRow, RowKind, statuses
from app.services.crosscheck.one_child import stands_for
from app.services.crosscheck.placing import candidates_of, is_grown, said_of
from app.services.crosscheck.supports import is_noted
from app.services.crosscheck.views import (
    BookRow,
    ListResult,
    ListSummary,
    Missing,
    Offered,
    ResultRow,
    Settled,
    Standing,
    Totals,
)
from app.services.surroundings import child_context, frame_of
from app.services.workplace import Workplace

_POOR = frozenset(("1", "2"))
_GETS = "1"
#: Groups that may bring a monthly allowance (domain.md 2.5). C05 is of level A: whoever read here
#: that an allowance is missing would read the group.
_ENTITLING = frozenset(("C01", "C02", "C03", "C04"))
_LEVEL_A = "k3"
#: The answer in `ResultRow.proposed` where something is to be noted for the child.
TO_NOTE = "yes"


def result_of(
    workplace: Workplace,
    reading: Reading,
    file: FileRow,
    kept: Sequence[KeptRow],
    summary: ListSummary,
    units: Collection[str],
) -> ListResult:
    """The result of rows that were placed (`placing.placed`)."""
    kind = ListKind(file.kind)
    children = [one for one in kept if one.kind == RowKind.CHILD.value]
    said = {one.number: said_of(one) for one in kept}
    offered = {one.number: candidates_of(one) for one in children}
    ids = {one.child for one in children} | {
        each.child for found in offered.values() for each in found
    }
    book = queries.children_named(reading, ids - {""})
    by_block = statuses([said[one.number] for one in kept])
    status: dict[str, str] = {}
    unclear = 0
    if kind is ListKind.POVERTY:
        status, unclear = _households(children, said, by_block, book)
    rows = []
    for one in children:
        child = book.get(one.child)
        row = said[one.number]
        proposed = ""
        held_back = ""
        unsaid = False
        if child is not None:
            if kind is ListKind.POVERTY:
                listed = status.get(child.household, "")
                unsaid = not listed
                proposed = listed if listed not in ("", child.poverty) else ""
                if int(child.poverty_year or 0) > file.year:
                    # What was found out later is not undone by an older list.
                    proposed, held_back = "", proposed
            elif kind is ListKind.ALLOWANCE:
                proposed = TO_NOTE if child.allowance != _GETS else ""
            elif not is_noted(reading, file, child.id):
                proposed = TO_NOTE
        rows.append(
            ResultRow(
                one.number,
                row,
                _standing(workplace, one, row, child, proposed or held_back, unsaid=unsaid),
                child,
                tuple(
                    Offered(book[each.child], each.chance, each.evidence)
                    for each in offered[one.number]
                    if each.child in book
                ),
                decided=bool(one.decision),
                decided_by=one.decided_by,
                settled=Settled(one.settled) if one.settled else None,
                proposed=proposed,
                held_back=held_back,
                applied=one.act is not None,
            )
        )
    only_book = _only_book(workplace, reading, kind, rows, units)
    counted = Counter(one.standing for one in rows)
    totals = Totals(
        len(rows),
        counted[Standing.BOTH],
        counted[Standing.DIFFERS],
        counted[Standing.REVIEW],
        counted[Standing.ONLY_LIST],
        counted[Standing.SETTLED],
        counted[Standing.GROWN],
        len(only_book),
        counted[Standing.UNSAID],
    )
    grown_ups = sum(one.kind in (RowKind.HEAD.value, RowKind.ADULT.value) for one in kept)
    acts = tuple(queries.in_order(reading, {one.act for one in children if one.act}))
    return ListResult(summary, totals, tuple(rows), only_book, grown_ups, unclear, acts)


def _standing(
    workplace: Workplace,
    one: KeptRow,
    row: ListRow,
    child: BookChild | None,
    differing: str,
    *,
    unsaid: bool,
) -> Standing:
    if child is not None:
        if unsaid:
            return Standing.UNSAID
        return Standing.DIFFERS if differing else Standing.BOTH
    if one.band == Band.REVIEW.value:
        return Standing.REVIEW
    if one.settled:
        return Standing.SETTLED
    if is_grown(row, workplace.today()):
        return Standing.GROWN
    return Standing.ONLY_LIST


def _households(
    children: Sequence[KeptRow],
    said: Mapping[int, ListRow],
    by_block: Mapping[str, str],
    book: Mapping[str, BookChild],
) -> tuple[dict[str, str], int]:
    """Household of the book → the one status that the list gives it; how many it gives two."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in children:
        child = book.get(one.child)
        if child is not None and child.household:
            row = said[one.number]
            found[child.household].add(by_block.get(row.block, "") if row.block else row.status)
    clear = {home: next(iter(says)) for home, says in found.items() if len(says) == 1}
    several = sum(len(says - {""}) > 1 or says == {""} for says in found.values())
    return clear, several


def _only_book(
    workplace: Workplace,
    reading: Reading,
    kind: ListKind,
    rows: Sequence[ResultRow],
    units: Collection[str],
) -> tuple[BookRow, ...]:
    """Children of the book, under 16, who are expected on the list and stand in none of its rows.
    Who may be a row that waits for a look is not called missing before.
    """
    if kind is ListKind.SUPPORT:
        return ()
    met = {one.child.id for one in rows if one.child is not None}
    maybe = {
        each.child.id for one in rows if one.standing is Standing.REVIEW for each in one.offered
    }
    homes = {one.child.household for one in rows if one.child is not None}
    entitled = _entitled(workplace, reading, units) if kind is ListKind.ALLOWANCE else frozenset()
    book = list(queries.book_children(reading, units))
    stands = stands_for(reading, {*met, *maybe, *entitled, *(one.id for one in book)})
    named = {stands[one] for one in met | maybe}
    entitled = frozenset(stands[one] for one in entitled)
    found = []
    for child in book:
        # A double is expected nowhere: the child is, where it counts.
        if stands[child.id] != child.id or child.id in named or not _is_child(workplace, child):
            continue
        why = None
        if kind is ListKind.POVERTY and child.poverty in _POOR:
            at_home = child.household in homes
            why = Missing.POOR_CHILD if at_home else Missing.POOR_HOUSEHOLD
        elif kind is ListKind.ALLOWANCE and child.allowance == _GETS:
            why = Missing.ALLOWANCE
        elif child.id in entitled:
            why = Missing.ENTITLED
        if why is not None:
            found.append(BookRow(child, why))
    return tuple(found)


def _is_child(workplace: Workplace, child: BookChild) -> bool:
    try:
        return not child.birth_date or is_under_16(child.birth_date, workplace.today())
    except ValueError:
        return True  # a text that is no date says nothing of an age


def _entitled(workplace: Workplace, reading: Reading, units: Collection[str]) -> frozenset[str]:
    """Children whose circumstances bring a monthly allowance, by the one rule of the validator
    (`allowance_categories`): a group that brings none is never called missing (domain.md 2.5).
    """
    frame = frame_of(workplace, reading)
    candidates = queries.with_groups(reading, units, _ENTITLING)
    belongings = register.belonging_to(reading, candidates)
    found = set()
    for child_id in candidates:
        child = register.record(reading, "child", child_id)
        if child is None:
            continue
        home = register.record(reading, "household", str(child.values.get("household") or ""))
        household = {} if home is None else home.values
        owner = str(child.values.get("owner_unit") or frame.unit)
        context = child_context(
            frame, child_id, household, (), belongings.get(child_id, []), owner, None
        )
        if allowance_categories(Facts(child.values, context)) - {_LEVEL_A}:
            found.add(child_id)
    return frozenset(found)
