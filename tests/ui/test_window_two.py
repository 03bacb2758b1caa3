"""Two programs on one register: the second is told in words, and the first loses nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import PASSPHRASE, Desk, Key, prepared_home

ROOT = Path(__file__).resolve().parents[2]
#: The program, but for how long it waits for a home that another holds.
_IMPATIENT = """
import sys
import app.services.home
from app.__main__ import main
app.services.home._WAIT_SECONDS = 0.5
sys.exit(main())
"""


def _typing(qtbot: QtBot, tmp_path: Path) -> Desk:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("Phạm Thị H")
    return desk


def test_a_second_window_says_who_holds_the_register_and_opens_it_when_it_is_free(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.home._WAIT_SECONDS", 0.5)
    first = _typing(qtbot, tmp_path)
    second = Desk(qtbot, first.settings)
    second.text(PASSPHRASE)
    second.press(Key.Key_Return)
    page = second.window.unlock_page
    assert page is not None
    second.until(lambda: page.message.property("state") == "error")
    assert text("home.in_use", process=os.getpid()) in page.message.text()
    assert text("home.in_use_hint") in page.message.text()
    first.window.activateWindow()
    first.until(first._has_keyboard)
    first.text("ân")
    first.settle()
    assert first.child.texts["full_name"] == "Phạm Thị Hân"
    first.close()
    second.window.activateWindow()
    second.until(second._has_keyboard)
    page.field.clear()
    second.unlock()
    rows = second.shell.entry.child_rows(second.shell.entry.child_ids())
    assert [row.full_name for row in rows] == ["Phạm Thị Hân"]
    second.close()


def test_a_command_beside_the_window_changes_nothing_and_says_what_to_do(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = _typing(qtbot, tmp_path)
    sheet = tmp_path / "so.csv"
    sheet.write_text("full_name\nPhạm Văn Tín\n", encoding="utf-8")
    command = [sys.executable, "-c", _IMPATIENT, "--home", str(desk.settings.home), "--json"]
    environment = {**os.environ, "SOTREEM_PASSPHRASE": PASSPHRASE}
    with subprocess.Popen(
        [*command, "register", "import", str(sheet)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as beside:
        letters = iter("ânbinhminhquangvinh")
        while beside.poll() is None:
            desk.text(next(letters, ""))
            desk.qtbot.waitUntil(lambda: not desk.shell.drafts.waiting)
        assert beside.stdout is not None
        said = json.loads(beside.stdout.read())
    assert beside.returncode == 1
    assert said["error"] == "home.in_use"
    desk.settle()
    typed = desk.child.texts["full_name"]
    assert typed.startswith("Phạm Thị Hâ")
    desk.page.save_all()
    desk.settle()
    rows = desk.shell.entry.child_rows(desk.shell.entry.child_ids())
    assert [row.full_name for row in rows] == [typed]
    desk.close()
