"""The audit trail as a list: numbers first, rows by page, narrowed to a person or a kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.services.audit_trail import AuditTrail
from app.services.workplace import Workplace
from tests.workplaces import make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _written(workplace: Workplace, who: str, *events: str) -> None:
    with workplace.store.write(who) as work:
        for event in events:
            work.audit(event, rows=len(event))
        work.commit()


def test_numbers_come_newest_first_and_their_rows_in_that_order(workplace: Workplace) -> None:
    before = len(AuditTrail(workplace).find().numbers)
    _written(workplace, "An", "import", "export", "backup")
    trail = AuditTrail(workplace)
    found = trail.find()
    assert len(found.numbers) == before + 3
    assert list(found.numbers) == sorted(found.numbers, reverse=True)
    rows = trail.rows(found.numbers[:3])
    assert [one.number for one in rows] == list(found.numbers[:3])
    assert [one.event for one in rows] == ["backup", "export", "import"]
    assert rows == trail.recent(3)


def test_a_list_is_narrowed_to_a_person_a_kind_or_both_and_names_all_there_are(
    workplace: Workplace,
) -> None:
    _written(workplace, "An", "import", "export")
    _written(workplace, "Bình", "import", "backup", "import")
    trail = AuditTrail(workplace)

    def events(who: str = "", kind: str = "") -> list[tuple[str, str]]:
        rows = trail.rows(trail.find(who, kind).numbers)
        return [(one.account, one.event) for one in rows]

    assert events("An") == [("An", "export"), ("An", "import")]
    assert events(kind="import") == [("Bình", "import"), ("Bình", "import"), ("An", "import")]
    assert events("Bình", "backup") == [("Bình", "backup")]
    assert events("An", "backup") == []
    narrowed = trail.find("An", "backup")
    assert {"An", "Bình"} <= set(narrowed.accounts)
    assert {"import", "export", "backup"} <= set(narrowed.kinds)


def test_looking_writes_nothing(workplace: Workplace) -> None:
    _written(workplace, "An", "import")
    trail = AuditTrail(workplace)
    before = list(trail.find().numbers)
    trail.rows(before)
    trail.verify()
    assert list(trail.find().numbers) == before


def test_a_row_that_was_taken_out_is_asked_for_in_vain(workplace: Workplace) -> None:
    _written(workplace, "An", "import", "export", "backup")
    trail = AuditTrail(workplace)
    numbers = list(trail.find().numbers[:3])
    with workplace.write() as work:
        gone = {"number": numbers[1]}
        work.connection.execute(text("DELETE FROM audit_event WHERE number = :number"), gone)
        work.commit()
    assert [one.number for one in trail.rows(numbers)] == [numbers[0], numbers[2]]
    assert trail.verify().broken_at == numbers[1]
