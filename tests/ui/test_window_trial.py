"""The register of invented people in the window: opened from the first page, marked, left again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.services import demonstration
from app.settings import Settings
from app.ui.trial import Marked
from tests.ui.window_desk import PASSPHRASE, Desk, Key, prepared_home


def _content(folder: Path) -> dict[str, bytes]:
    kept = (one for one in sorted(folder.rglob("*")) if one.is_file())
    return {str(one.relative_to(folder)): one.read_bytes() for one in kept}


def _answer(desk: Desk, button: int, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Press a button of the question that comes, counted from the left as it was asked."""

    def answer(box: QMessageBox) -> int:
        box.buttons()[button].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)


def test_a_new_pc_tries_it_and_comes_back_to_its_first_question(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch,  # type: ignore[no-untyped-def]
) -> None:
    settings = Settings(tmp_path / "home")
    desk = Desk(qtbot, settings)
    first = desk.window.first_run
    assert first is not None
    desk.tab_to(first.trial)
    desk.enter()
    desk.until(lambda: desk.window.shell is not None)
    desk.settle()
    assert desk.workplace.demonstration
    marked = desk.window.centralWidget()
    assert isinstance(marked, Marked)
    assert marked.strip.isVisible()
    assert "BẢN THỬ" in desk.window.windowTitle()
    for page in desk.shell.navigation.names:
        desk.go_to(page)
        desk.settle()
        assert marked.strip.isVisible()
    assert not settings.keyslots_path.exists()
    looks = demonstration.demonstration_of(settings).home / "window.json"
    assert looks.exists(), "the trial looks like the window it was opened from"

    # A language that is chosen here could not be there at the next start: it is said, not promised.
    kept = looks.read_bytes()
    menu = desk.shell.account.menu()
    actions = {one.text(): one for one in menu.actions()}
    actions["English"].trigger()
    (said,) = desk.shell.notices.notices
    assert "không giữ lựa chọn này" in said.text
    assert looks.read_bytes() == kept
    assert actions["Tiếng Việt"].isChecked(), "the menu shows what counts"
    desk.press(Key.Key_Escape)

    desk.shell.lock()
    desk.settle()
    assert desk.window.unlock_page is not None
    assert demonstration.PASSPHRASE in desk.window.unlock_page.message.text()
    assert "BẢN THỬ" in desk.window.windowTitle()
    desk.unlock(demonstration.PASSPHRASE, stay=True)

    marked = desk.window.centralWidget()
    assert isinstance(marked, Marked)
    _answer(desk, 0, monkeypatch)
    desk.tab_to(marked.leave)
    desk.enter()
    desk.until(lambda: desk.window.first_run is not None)
    desk.until(lambda: not desk.window.tasks.busy)
    assert "BẢN THỬ" not in desk.window.windowTitle()
    assert not demonstration.demonstration_of(settings).home.exists()
    desk.window.close()


def test_nothing_of_it_reaches_the_real_register_and_back(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch,  # type: ignore[no-untyped-def]
) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock(stay=True)
    desk.tab_to(desk.shell.home.begin_card.trial)
    desk.enter()
    desk.until(lambda: desk.window.shell is not None and desk.workplace.demonstration)
    desk.settle()
    before = _content(settings.home)
    desk.new_household(survey_round="Quý thử", village="Thôn 1")
    desk.settle()
    _answer(desk, 1, monkeypatch)
    marked = desk.window.centralWidget()
    assert isinstance(marked, Marked)
    marked.leave.click()
    assert desk.window.shell is not None, "who stays, stays"
    _answer(desk, 0, monkeypatch)
    marked.leave.click()
    desk.until(lambda: desk.window.shell is None and desk.window.unlock_page is not None)
    desk.until(lambda: not desk.window.tasks.busy)
    assert _content(settings.home) == before
    desk.unlock(PASSPHRASE, stay=True)
    assert not desk.workplace.demonstration
    assert not isinstance(desk.window.centralWidget(), Marked)
    assert desk.shell.entry.child_ids() == []
    desk.close()
