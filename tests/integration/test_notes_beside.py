"""A note belongs to a household or a child and is no part of its page: nothing stumbles over it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.schema import ENTITY_TABLES
from app.models.work import Change
from app.services.checks import Checks
from app.services.entry import Entry
from app.services.records import Records
from app.services.register_export import RegisterExport
from app.services.workplace import Progress, Workplace
from tests.integration.registers import Made
from tests.workplaces import settle


def small_register(made: Made) -> tuple[Workplace, str, str]:
    """A small register, one of its households and a child of that."""
    workplace = made()
    with workplace.write() as work:
        settle(work, 6)
        work.commit()
    table = ENTITY_TABLES["child"]
    with workplace.store.read() as reading:
        child, home = reading.execute(select(table.c.id, table.c.household)).first()
    return workplace, home, child


@pytest.fixture
def noted(made: Made) -> tuple[Workplace, str, str]:
    """The same; the household and the child have a note each."""
    workplace, home, child = small_register(made)
    with workplace.write() as work:
        for record in (home, child):
            work.record(Change("note", {"record": record, "note": "Hỏi lại trạm y tế"}, key="1"))
        work.commit()
    return workplace, home, child


def test_the_register_is_checked_as_without_it(noted: tuple[Workplace, str, str]) -> None:
    workplace, _, child = noted
    before = Checks(workplace).counted(Progress()).by_rule
    with workplace.write() as work:
        changed = {"record": child, "note": "Đã hỏi"}
        work.record(Change("note", changed, key="2"))
        work.commit()
    assert Checks(workplace).counted(Progress()).by_rule == before


def test_its_child_is_shown_opened_saved_and_exported(
    noted: tuple[Workplace, str, str], tmp_path: Path
) -> None:
    workplace, home, child = noted
    records = Records(workplace)
    assert records.show(child).record.id == child
    assert child in {one.record.id for one in records.household(home).children}
    records.set_fields(child, {"other_name": "Tí"})
    page = Entry(workplace).page(home)
    assert page is not None
    assert "note" not in {part.entity for held in page.belongings.values() for part in held}
    assert records.show(child).record.values["other_name"] == "Tí"
    RegisterExport(workplace).export(tmp_path / "register.csv")
