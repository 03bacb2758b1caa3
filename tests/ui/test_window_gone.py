"""Whom the register follows no longer is shown so wherever one meets it: by a word and a sign."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.i18n import set_language, text
from app.services.life_events.desk import LifeEvents
from app.services.life_events.views import Draft
from app.ui.household import grid
from app.ui.register.rows import STATE
from app.ui.register.tree import BookPlace
from tests.ui.looks import cut_words
from tests.ui.test_window_quarter import begin_round
from tests.ui.window_desk import UNIT, Desk, prepared_home
from tests.village_of_three import child_id, home_id, settle_village


def village_with_a_death_and_a_move(
    qtbot: QtBot, folder: Path, scale: float = 1.0
) -> tuple[Desk, str]:
    """The window on a village of three: of household 2 one child died and one moved out; with the
    day of both as people write it.
    """
    desk = Desk(qtbot, prepared_home(folder), scale).unlock()
    with desk.workplace.write() as work:
        settle_village(work, UNIT)
        work.commit()
    begin_round(desk)
    today = desk.workplace.today()
    events = LifeEvents(desk.workplace)
    home = home_id(UNIT, "2")
    died = {"event_date": today.isoformat(), "death_cause": "disease"}
    events.write(Draft("died", home, child_id(UNIT, "2", 1), died))
    moved = {"event_date": today.isoformat(), "event_place": "tỉnh Bình Dương"}
    events.write(Draft("moved_out", home, child_id(UNIT, "2", 2), moved))
    return desk, f"{today:%d/%m/%Y}"


def _read_register(desk: Desk) -> None:
    desk.go_to("register")
    desk.shell.register.load()
    desk.settle()


def test_a_list_says_who_died_and_who_moved_out_and_when(qtbot: QtBot, tmp_path: Path) -> None:
    desk, day = village_with_a_death_and_a_move(qtbot, tmp_path)
    _read_register(desk)
    rows = desk.shell.register.rows
    desk.until(lambda: rows.rowCount() == 4 and rows.index(3, STATE).data() != "…")
    said = {rows.index(row, 0).data(): rows.index(row, STATE).data() for row in range(4)}
    assert said["Đinh Văn Tèo"] == f"■ đã chết {day}"
    assert said["Đinh Thị Ré"] == f"→ đã chuyển đi {day}"
    assert said["Phạm Thị Hân"] == "✓ xong"
    desk.close()


def test_the_tree_counts_in_a_household_whom_it_counts_in_the_village(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = village_with_a_death_and_a_move(qtbot, tmp_path)
    _read_register(desk)
    tree = desk.shell.register.tree
    for _ in range(2):
        for item in tree.items():
            item.setExpanded(True)
        desk.settle()
    lines = {item.text(0): item.toolTip(0) for item in tree.items()}
    assert "Thôn Phước Thọ   3 hộ · 2 trẻ" in lines
    assert "không tính" in lines["2 · Đinh Thị Nga   0 trẻ (+2)"]
    assert "1 · Phạm Văn Rơm   1 trẻ" in lines
    assert "01/05/2014" in lines["Đinh Văn Tèo   ■ đã chết"]
    assert "Đinh Thị Ré   → đã chuyển đi" in lines
    # Counted by the commune and by no village, in a line with nothing below.
    away = "(chuyển đi, vẫn tính)   1 trẻ"
    assert "Vẫn tính ở xã đến khi nơi mới nhận trẻ" in lines[away]
    (last,) = [item for item in tree.items() if item.text(0) == away]
    tree.setCurrentItem(last)
    assert (last.childCount(), tree.place) == (0, BookPlace()), "it stands for the whole commune"
    desk.close()


def test_the_page_says_it_on_the_line_and_above_the_form(qtbot: QtBot, tmp_path: Path) -> None:
    desk, day = village_with_a_death_and_a_move(qtbot, tmp_path)
    desk.shell.open_household(home_id(UNIT, "2"), child_id(UNIT, "2", 1))
    desk.settle()
    page = desk.page
    signs = [grid.sign_of(line.state) for line in page.grid.lines]
    assert signs == ["■", "→"]
    assert [line.note for line in page.grid.lines] == ["đã chết", "đã chuyển đi"]
    assert page.gone.isVisible()
    assert f"Trẻ này đã chết ngày {day} (biến động «Chết»)" in page.gone.words.text()
    page.step_line(1)
    desk.settle()
    assert f"đã chuyển đi ngày {day}" in page.gone.words.text()
    desk.shell.open_household(home_id(UNIT, "1"))
    desk.settle()
    assert not page.gone.isVisible()
    assert [grid.sign_of(line.state) for line in page.grid.lines] == ["✓"]
    desk.close()


def test_nothing_of_it_is_cut_off_in_large_letters(qtbot: QtBot, tmp_path: Path) -> None:
    for language in ("vi", "en"):
        desk, _ = village_with_a_death_and_a_move(qtbot, tmp_path / language, 1.5)
        set_language(language)
        try:
            desk.shell.open_household(home_id(UNIT, "2"), child_id(UNIT, "2", 1))
            desk.settle()
            assert desk.page.gone.isVisible()
            assert cut_words(desk.page.gone) == []
        finally:
            set_language("vi")
            desk.close()


def test_a_household_that_moved_away_shows_no_bare_id_and_no_false_error(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, day = village_with_a_death_and_a_move(qtbot, tmp_path)
    home = home_id(UNIT, "1")
    moved = {
        "event_date": desk.workplace.today().isoformat(),
        "event_place": "tỉnh Bình Dương",
    }
    done = LifeEvents(desk.workplace).write(Draft("moved_out", home, "", moved))
    assert done.unfinished == 0
    desk.shell.open_household(home)
    desk.settle()
    page = desk.page
    assert page.village.text() == "Thôn Phước Thọ"
    assert f"Cả hộ đã chuyển đi ngày {day}" in page.gone.words.text()
    assert [line.note for line in page.grid.lines] == ["đã chuyển đi"]
    assert [one.sentence for held in page._judged.values() for one in held.found] == []
    # The next household of the book is one of the commune.
    assert page.keeper.page is not None
    assert page.keeper.page.owner == UNIT
    desk.close()


def test_the_list_keeps_its_state_with_large_letters(qtbot: QtBot, tmp_path: Path) -> None:
    desk, _ = village_with_a_death_and_a_move(qtbot, tmp_path, 1.5)
    _read_register(desk)
    assert not desk.shell.register.table.isColumnHidden(STATE)
    desk.close()


def test_a_tree_that_is_read_twice_at_once_has_every_village_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk, _ = village_with_a_death_and_a_move(qtbot, tmp_path)
    desk.go_to("register")
    for _ in range(3):
        desk.shell.register.load()
    desk.settle()
    lines = [one.text(0).partition("  ")[0] for one in desk.shell.register.tree.items()]
    gone = text("register.departed_short")
    assert sorted(lines) == [gone, "Thôn Phước Lộc", "Thôn Phước Thọ", "Tất cả"]
    desk.close()
