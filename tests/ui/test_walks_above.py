"""The review and the check at an office above: the commune is chosen first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.models.drafts import DraftStore
from app.services.entry import Entry
from app.services.life_events.desk import LifeEvents
from app.services.quarter import Quarter
from app.services.retyping import Retyping
from app.services.samples import Samples
from app.services.second_check import SecondCheck
from app.services.workplace import Workplace
from app.ui.check.page import SecondCheckPage
from app.ui.drafts import DraftDesk
from app.ui.quarter.event_drafts import EventDrafts
from app.ui.quarter.page import QuarterPage
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from tests.ui.recording_notifier import RecordingNotifier
from tests.village_of_three import DAY, child_id, home_id, open_round, settle_village, village_id
from tests.workplaces import KEY, make_workplace

ONE, OTHER = "21010@2024", "21025@2024"
DISTRICT = "522@2024"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, DISTRICT)
    made.clock = lambda: DAY
    with made.store.write("Lê Thị Nhập") as work:
        for unit in (ONE, OTHER):
            settle_village(work, unit)
        work.commit()
    open_round(made)
    yield made
    made.store.close()


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.shutdown()


def _open(qtbot: QtBot, page: QWidget) -> None:
    qtbot.addWidget(page)
    page.resize(1100, 600)
    page.show()
    page.activateWindow()
    page.load()  # type: ignore[attr-defined]
    page.begin()  # type: ignore[attr-defined]


def test_a_village_of_another_commune_is_walked(
    qtbot: QtBot, tasks: Tasks, district: Workplace, tmp_path: Path
) -> None:
    drafts = DraftDesk(tasks, lambda: DraftStore.opened(tmp_path / "drafts.db", KEY))
    page = QuarterPage(
        tasks,
        Quarter(district),
        LifeEvents(district),
        RecordingNotifier(),
        Theme(),
        EventDrafts(drafts),
    )
    _open(qtbot, page)
    qtbot.waitUntil(lambda: page.places.count() == 1)
    assert [page.communes.itemData(at) for at in range(page.communes.count())] == [ONE, OTHER]
    page.communes.setFocus()
    qtbot.keyClick(page.communes, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page._unit == OTHER and not tasks.busy)
    qtbot.keyClick(page.places, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 1)
    assert page._card is not None
    assert page._card.household == home_id(OTHER, "1")
    qtbot.keyClick(page.card.children_table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(page.done) == 1 and not tasks.busy)
    found = {one.unit: one.confirmed for one in Quarter(district).progress_by_commune()}
    assert found == {ONE: 0, OTHER: 1}
    drafts.close()


def test_a_household_of_another_commune_is_checked_and_a_sample_drawn_there(
    qtbot: QtBot, tasks: Tasks, district: Workplace, tmp_path: Path
) -> None:
    check = SecondCheck(district, Entry(district))
    drafts = DraftDesk(tasks, lambda: DraftStore.opened(tmp_path / "drafts.db", KEY))
    page = SecondCheckPage(
        tasks,
        check,
        Retyping(district),
        Samples(district),
        drafts,
        RecordingNotifier(),
        Theme(),
    )
    _open(qtbot, page)
    qtbot.waitUntil(lambda: page.places.count() == 1)
    page.communes.setFocus()
    qtbot.keyClick(page.communes, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page._unit == OTHER and not tasks.busy)
    qtbot.keyClick(page.places, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.stack.currentIndex() == 1)
    qtbot.keyClick(page.sheet, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.places.lines()[0].done == 1 and not tasks.busy)
    assert [one.state.value for one in check.walk(village_id(OTHER), OTHER)] == [
        "checked",
        "never",
        "never",
    ]
    page.count.setText("100")
    qtbot.keyClick(page.count, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.area.isVisible() and not tasks.busy)
    assert page._sample is not None
    homes = {one.household for one in page._sample.drawn}
    assert homes == {home_id(OTHER, one) for one in ("1", "2", "10")}
    assert {one.record for one in Retyping(district).form(home_id(OTHER, "2")).blanks} == {
        child_id(OTHER, "2", 1),
        child_id(OTHER, "2", 2),
    }
    drafts.close()
