"""The lists given to the commune police as they are kept here: rows, answers, the signed hand-back.

Local tables. What a row printed of a child goes when the law erases anything of the child or of
its household: the list then says only that somebody stood there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, or_, select, update

from app.models.bulk import chunks, insert_rows
from app.models.log import IDS_AT_ONCE
from app.models.schema import police_answer, police_list, police_outcome, police_row

#: What a row prints of a child by the name of the column; a value that is not there is absent.
Printed = Mapping[str, str]
_ERASED = ""


class ListRow(NamedTuple):
    """A row of a list. `code` names it on paper and in the file. `printed` is None where the law
    erased what it said.
    """

    place: int
    code: str
    child: str
    household: str
    kind: str
    printed: Printed | None


class HandBack(NamedTuple):
    """Who of the police signed the list that came back, as what, on which day (ISO), the number of
    the paper ("" for none); when it was received (UTC seconds), and by whom here.
    """

    signed_by: str
    title: str
    signed_on: str
    paper: str
    received: int
    received_by: str


class StoredList(NamedTuple):
    """A list that was issued: its number on this PC, its code, when (UTC seconds) and by whom."""

    id: str
    number: int
    unit: str
    code: str
    issued: int
    issued_by: str
    withdrawn: int | None
    withdrawn_by: str
    back: HandBack | None

    @property
    def is_out(self) -> bool:
        """Whether it is still with the police."""
        return self.withdrawn is None and self.back is None


class StoredAnswer(NamedTuple):
    """An answered file that was applied as one act; `undone` when that was taken back."""

    act: str
    list: str
    file_sha256: str
    read: int
    read_by: str
    undone: int | None


def next_number(connection: Connection) -> int:
    """The number of the next list of this PC."""
    highest = connection.execute(select(func.max(police_list.c.number))).scalar()
    return (highest or 0) + 1


def add(connection: Connection, made: StoredList, rows: Sequence[ListRow]) -> None:
    """Keep a list with its rows."""
    connection.execute(
        police_list.insert().values(
            id=made.id,
            number=made.number,
            unit=made.unit,
            code=made.code,
            issued=made.issued,
            issued_by=made.issued_by,
        )
    )
    insert_rows(
        connection,
        police_row,
        ("list", "place", "code", "child", "household", "kind", "printed"),
        [
            (
                made.id,
                one.place,
                one.code,
                one.child,
                one.household,
                one.kind,
                msgspec.json.encode(one.printed or {}).decode(),
            )
            for one in rows
        ],
    )


def remove(connection: Connection, list_id: str) -> None:
    """Forget a list that never left this PC."""
    connection.execute(delete(police_row).where(police_row.c.list == list_id))
    connection.execute(delete(police_list).where(police_list.c.id == list_id))


def lists(connection: Connection) -> list[StoredList]:
    """All lists, the newest first."""
    rows = connection.execute(select(police_list).order_by(police_list.c.number.desc())).mappings()
    return [
        StoredList(
            row["id"],
            row["number"],
            row["unit"],
            row["code"],
            row["issued"],
            row["issued_by"],
            row["withdrawn"],
            row["withdrawn_by"] or "",
            None
            if row["received"] is None
            else HandBack(
                row["signed_by"] or "",
                row["signed_title"] or "",
                row["signed_on"] or "",
                row["paper"] or "",
                row["received"],
                row["received_by"] or "",
            ),
        )
        for row in rows
    ]


def rows_of(connection: Connection, list_id: str) -> list[ListRow]:
    """The rows of a list in their order."""
    found = connection.execute(
        select(
            police_row.c.place,
            police_row.c.code,
            police_row.c.child,
            police_row.c.household,
            police_row.c.kind,
            police_row.c.printed,
        )
        .where(police_row.c.list == list_id)
        .order_by(police_row.c.place)
    )
    return [ListRow(*row[:5], _printed(row[5])) for row in found]


def issued_and_out(connection: Connection) -> list[int]:
    """When the lists were issued (UTC seconds) that are still with the police."""
    statement = select(police_list.c.issued).where(
        police_list.c.withdrawn.is_(None), police_list.c.received.is_(None)
    )
    return list(connection.execute(statement).scalars())


def children_out(connection: Connection) -> set[str]:
    """The children of lists that are still with the police."""
    out = select(police_list.c.id).where(
        police_list.c.withdrawn.is_(None), police_list.c.received.is_(None)
    )
    statement = select(police_row.c.child).where(police_row.c.list.in_(out)).distinct()
    return set(connection.execute(statement).scalars())


def withdraw(connection: Connection, list_id: str, when: int, by: str) -> None:
    """Note that a list was taken back."""
    connection.execute(
        update(police_list)
        .where(police_list.c.id == list_id)
        .values(withdrawn=when, withdrawn_by=by)
    )


def note_back(connection: Connection, list_id: str, back: HandBack | None) -> None:
    """Note the signed hand-back of a list; None takes it away again."""
    none = HandBack("", "", "", "", 0, "")
    said = none if back is None else back
    connection.execute(
        update(police_list)
        .where(police_list.c.id == list_id)
        .values(
            signed_by=said.signed_by or None,
            signed_title=said.title or None,
            signed_on=said.signed_on or None,
            paper=said.paper or None,
            received=None if back is None else said.received,
            received_by=said.received_by or None,
        )
    )


def add_answer(
    connection: Connection, answer: StoredAnswer, outcomes: Sequence[tuple[str, str]]
) -> None:
    """Keep an answered file with its (row code, outcome)."""
    connection.execute(
        police_answer.insert().values(
            act=answer.act,
            list=answer.list,
            file_sha256=answer.file_sha256,
            read=answer.read,
            read_by=answer.read_by,
        )
    )
    insert_rows(
        connection,
        police_outcome,
        ("act", "code", "outcome"),
        [(answer.act, code, outcome) for code, outcome in outcomes],
    )


def answers(connection: Connection) -> list[StoredAnswer]:
    """All answered files, in the order in which they were applied."""
    statement = select(
        police_answer.c.act,
        police_answer.c.list,
        police_answer.c.file_sha256,
        police_answer.c.read,
        police_answer.c.read_by,
        police_answer.c.undone,
    ).order_by(police_answer.c.read, police_answer.c.act)
    return [StoredAnswer(*row) for row in connection.execute(statement)]


def outcomes(connection: Connection) -> dict[str, dict[str, str]]:
    """Act → row code → outcome, of the answers that were not taken back."""
    found: dict[str, dict[str, str]] = {}
    statement = (
        select(police_outcome.c.act, police_outcome.c.code, police_outcome.c.outcome)
        .join(police_answer, police_answer.c.act == police_outcome.c.act)
        .where(police_answer.c.undone.is_(None))
    )
    for act, code, outcome in connection.execute(statement):
        found.setdefault(act, {})[code] = outcome
    return found


def note_undone(connection: Connection, act: str, when: int, by: str) -> None:
    """Note that an answered file was taken back."""
    connection.execute(
        update(police_answer).where(police_answer.c.act == act).values(undone=when, undone_by=by)
    )


def forget(connection: Connection, records: Collection[str]) -> None:
    """Take away what rows printed of these children, and of the children of these households."""
    for part in chunks(sorted(records), IDS_AT_ONCE):
        connection.execute(
            update(police_row)
            .where(or_(police_row.c.child.in_(part), police_row.c.household.in_(part)))
            .values(printed=_ERASED)
        )


def _printed(stored: str) -> Printed | None:
    return msgspec.json.decode(stored, type=dict[str, str]) if stored != _ERASED else None
