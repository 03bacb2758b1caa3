"""What the window said was kept is there after the process was killed, in the same place."""

from __future__ import annotations

import json
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.settings import Settings
from app.ui.household.field_edit import Key as FieldKey
from app.ui.household.open_page import PLACE
from app.ui.household.session import OpenRecord
from app.ui.notify import Kind
from tests.counts import tell
from tests.long_runs import LONG
from tests.ui.test_draft_desk import LATEST
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key, prepared_home

ROOT = Path(__file__).resolve().parents[2]
#: Every one starts the program twice.
KILLS = 40 if LONG else 2
#: What stands for a new line that nothing was typed into.
_BLANK = ""


def _killed_typist(home: Path, wait: float = 0.0, seed: int = 1) -> list[dict[str, Any]]:
    """Type in a program of its own and kill it. What it had shown as kept last, and after that."""
    journal = home.parent / "shown"
    journal.unlink(missing_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.window_typist", str(home), str(journal), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as typist:
        assert typist.stdout is not None
        assert typist.stderr is not None
        said = typist.stdout.readline().strip()
        time.sleep(wait)
        typist.kill()
        why = typist.stderr.read()
    assert said == "kept", why
    whole = journal.read_text(encoding="utf-8").rpartition("\n")[0]
    states: list[dict[str, Any]] = [json.loads(line) for line in whole.splitlines()]
    last = max(place for place, state in enumerate(states) if state["kept"])
    # Where the keyboard is, is kept quietly within the same third of a second: what is shown as
    # kept is the text. A state that differs in nothing but the field may be the one on the disk.
    first = last
    while first and states[first - 1]["texts"] == states[last]["texts"]:
        first -= 1
    states[last]["fields_before"] = [one["place"] for one in states[first:last] if one["place"]]
    return states[last:]


def test_after_a_kill_the_page_opens_on_the_same_household_field_and_text(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    _killed_typist(settings.home)
    desk = Desk(qtbot, settings).unlock()
    assert desk.shell.pages.currentWidget() is desk.page
    household = desk.page.keeper.household
    assert household is not None
    assert household.new
    assert household.values["head_name"] == "Phạm Văn Rơm"
    assert desk.at() == "full_name"
    field = desk.page.child_form.edit(FieldKey("", "full_name"))
    assert field is not None
    assert field.text().startswith("Phạm Thị Hâ")
    desk.press(Key.Key_End)
    desk.text("n")
    desk.page.save_all()
    desk.settle()
    (row,) = desk.shell.entry.child_rows(desk.shell.entry.child_ids())
    assert row.full_name.startswith("Phạm Thị Hâ")
    desk.close()


def test_after_a_power_cut_the_cursor_stands_where_it_was_in_the_text(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.text("Phạm Hân")
    for _ in range(3):
        desk.press(Key.Key_Left)
    desk.text("Th")
    desk.until(lambda: not desk.shell.drafts.waiting)
    after = tmp_path / "after"
    after.mkdir()
    shutil.copytree(desk.settings.home, after / "home")
    desk.close()
    again = Desk(qtbot, Settings(after / "home")).unlock()
    assert again.at() == "full_name"
    told = [one.text for one in again.shell.notices.notices]
    assert text("window.went_on") in told
    again.text("ị ")
    again.settle()
    assert again.child.texts["full_name"] == "Phạm Thị Hân"
    again.close()


@pytest.mark.parametrize("moved_by", ["keys", "mouse"])
def test_after_a_power_cut_the_cursor_stands_where_it_was_moved_without_typing(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved_by: str
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.fill(full_name="Phạm Hân")
    desk.settle()
    desk.until(lambda: not desk.page._moves.isActive() and not desk.shell.drafts.waiting)
    puts: list[str] = []
    real = desk.shell.drafts.put

    def put(name: str, content: Mapping[str, object], *, quietly: bool = False) -> None:
        puts.append(name)
        real(name, content, quietly=quietly)

    monkeypatch.setattr(desk.shell.drafts, "put", put)
    desk.press(Key.Key_Up)
    assert desk.at() == "full_name"
    puts.clear()
    if moved_by == "keys":
        desk.press(Key.Key_Home)
        for _ in range(5):
            desk.press(Key.Key_Right)
    else:
        field = desk.focus()
        assert isinstance(field, QLineEdit)
        field.setCursorPosition(5)  # what a click does, at a place that the letters' widths decide
    desk.until(lambda: not desk.page._moves.isActive() and not desk.shell.drafts.waiting)
    assert puts == [PLACE], "once, however many letters it passed"
    after = tmp_path / "after"
    after.mkdir()
    shutil.copytree(desk.settings.home, after / "home")
    desk.close()
    again = Desk(qtbot, Settings(after / "home")).unlock()
    assert again.at() == "full_name"
    again.text("Thị ")
    again.settle()
    assert again.child.texts["full_name"] == "Phạm Thị Hân"
    again.close()


def test_what_was_shown_as_kept_is_there_wherever_the_program_was_killed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    numbers = random.Random(secrets.randbits(32))
    fields = later = 0
    for number in range(KILLS):
        folder = tmp_path / f"kill{number}"
        folder.mkdir()
        settings = prepared_home(folder)
        seed, wait = numbers.randrange(1 << 30), numbers.uniform(0.0, 2.0)
        shown, *after = _killed_typist(settings.home, wait, seed)
        desk = Desk(qtbot, settings).unlock()
        place = f"seed {seed}, killed after {wait:.3f} s"
        assert desk.shell.pages.currentWidget() is desk.page, place
        keeper = desk.page.keeper
        household = keeper.household
        assert household is not None
        assert household.id == shown["household"], place
        there = {one.id: one for one in (household, *keeper.lines)}
        for record, texts in shown["texts"].items():
            possible = [texts, *(one["texts"][record] for one in after if record in one["texts"])]
            found = _read(there[record], {name for one in possible for name in one})
            assert found in possible, f"{place}: {record} was {texts}, is {found}"
            fields += len(texts)
            later += found != texts
        # A new line that nothing was typed into has another id each time it is begun.
        places = [
            [at[0] if at[0] in one["texts"] else _BLANK, at[1]]
            for one in (shown, *after)
            for at in (one["place"], *one.get("fields_before", ()))
        ]
        at = desk.page._place
        assert at is not None
        record = there[at[0]]
        where = _BLANK if record.new and not record.touched else record.id
        assert [where, at[1].name] in places, f"{place}: {at} is not among {places}"
        assert desk.at() == at[1].name, place
        desk.close()
        shutil.rmtree(folder)
    tell(
        f"kills while somebody typed: {KILLS}; fields that had been shown as kept: {fields};"
        f" records with more than that: {later}"
    )
    assert fields >= KILLS


def test_a_line_that_nothing_was_typed_into_is_begun_again_at_its_field(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    assert desk.at() == "full_name"
    desk.enter()
    desk.settle()
    assert desk.at() == "birth_date"
    copy = tmp_path / "as-after-a-power-cut"
    shutil.copytree(settings.home, copy)
    desk.close()
    again = Desk(qtbot, Settings(copy)).unlock()
    assert again.shell.pages.currentWidget() is again.page
    assert again.child.new
    assert not again.child.touched
    assert again.at() == "birth_date"
    assert not again.shell.notices.notices, "nobody is gone"
    again.close()


def _read(record: OpenRecord, names: set[str]) -> dict[str, object]:
    """What stands on the page in some fields of a record, as the typist writes it down."""
    found = {name: record.texts.get(name, record.values.get(name)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def test_a_draft_of_a_saved_child_is_an_edit_and_not_a_second_child(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.press(Key.Key_PageUp)
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("Phạm Thị Hoa")
    desk.settle()
    # The program ends here without saving: the drafts alone remember.
    shell, opened = desk.shell, desk.window._opened
    assert opened is not None
    desk.window.shell = desk.window._opened = None
    desk.window.tasks.shutdown()
    shell.drafts.close()
    opened.services.close()
    desk.window.close()
    again = Desk(qtbot, settings).unlock()
    assert again.child.values["full_name"] == "Phạm Thị Hoa"
    assert again.child.base
    again.page.save_all()
    again.settle()
    rows = again.shell.entry.child_rows(again.shell.entry.child_ids())
    assert [row.full_name for row in rows] == ["Phạm Thị Hoa"]
    again.close()


def test_a_key_is_on_its_way_to_the_disk_by_a_timer_that_is_soon_over(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.settle()
    soon = desk.shell.drafts._soon
    assert not soon.isActive()
    desk.text("P")
    assert soon.isActive(), "no other timer comes before it"
    assert soon.interval() <= LATEST
    desk.settle()
    desk.close()


def test_the_status_bar_says_saving_until_the_disk_has_answered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.settle()
    assert "✓" in desk.shell.status.kept.text()
    desk.text("P")
    assert "Đang lưu" in desk.shell.status.kept.text()
    desk.settle()
    assert "✓" in desk.shell.status.kept.text()
    desk.close()


def test_the_status_bar_names_a_moment_only_for_what_was_saved(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    desk.press(Key.Key_Escape)
    desk.settle()
    desk.close()
    again = Desk(qtbot, settings).unlock()
    kept = again.shell.status.kept
    assert kept.text() == text("status.all_saved")
    (household,) = again.shell.entry.household_ids()
    again.shell.open_household(household)
    again.settle()
    for key in (Key.Key_F8, Key.Key_Return, Key.Key_F6, Key.Key_F8):
        again.press(key)
        again.settle()
    assert kept.text() == text("status.all_saved"), "the place of the keyboard is nothing saved"
    again.go_to("handover")
    again.settle()
    assert kept.text() == text("status.all_saved")
    again.go_to("register")
    again.shell.open_household(household)
    again.settle()
    again.page.child_form.focus(FieldKey("", "full_name"))
    again.text("P")
    assert kept.text() == text("status.saving")
    again.settle()
    assert kept.text() not in (text("status.saving"), text("status.all_saved"))
    again.close()


def test_what_changed_under_an_open_form_is_marked_and_unsaved_text_is_kept(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.press(Key.Key_PageUp)
    child = desk.child
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("Phạm Thị Hoa")
    desk.settle()
    services = desk.shell._services
    services.records.set_fields(child.id, {"full_name": "Phạm Thị Hạnh", "sex": "1"})
    desk.page.keeper.reload()
    desk.settle()
    assert child.values["full_name"] == "Phạm Thị Hoa"
    assert child.changed_under["full_name"] == "Phạm Thị Hạnh"
    told = [one.text for one in desk.page.child_form.looks[FieldKey("", "full_name")].messages]
    assert text("entry.changed_under", value="Phạm Thị Hạnh") in told
    assert child.values["sex"] == "1"
    desk.page.save_all()
    desk.settle()
    key = FieldKey("", "full_name")
    told = [one.text for one in desk.page.child_form.looks[key].messages]
    assert text("entry.contested") in told, "a page does not keep quiet about a conflict it shows"
    with services.workplace.store.read() as reading:
        from app.models.queries import register

        found = register.record(reading, "child", child.id)
    assert found is not None
    assert found.values["full_name"] in ("Phạm Thị Hoa", "Phạm Thị Hạnh")
    assert found.conflicts == 1, "two concurrent values of one field wait for a person"
    while desk.focus() is not desk.page.child_form.edit(FieldKey("", "schooling_status")):
        desk.enter()
    for _ in range(30):
        desk.press(Key.Key_F8)
        if desk.at() == "full_name":
            break
    assert desk.at() == "full_name", "F8 goes where a person has to decide"
    assert any(one.sentence == text("entry.contested") for _, one in desk.page._issues)
    desk.page.child_form.focus(key)
    desk.text("Phạm Thị Hòa")
    desk.page.save_all()
    desk.settle()
    assert child.contested == frozenset(), "what is written over both of them decides"
    assert text("entry.contested") not in [
        one.text for one in desk.page.child_form.looks[key].messages
    ]
    desk.close()


@pytest.mark.parametrize("leave", ["escape", "close"])
def test_leaving_and_closing_save_what_was_typed(qtbot: QtBot, tmp_path: Path, leave: str) -> None:
    settings = prepared_home(tmp_path)
    desk = Desk(qtbot, settings).unlock()
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    if leave == "escape":
        while desk.shell.pages.currentWidget() is desk.page:
            desk.press(Key.Key_Escape)
            desk.settle()
        assert len(desk.shell.entry.child_ids()) == 1
        register = desk.shell.register
        assert register.stack.currentWidget() is register.table
        assert desk.focus() is register.table, "the keyboard is not left on a page that is gone"
    desk.close()
    again = Desk(qtbot, settings).unlock()
    rows = again.shell.entry.child_rows(again.shell.entry.child_ids())
    assert [row.full_name for row in rows] == ["Phạm Thị Hân"]
    again.close()


def test_spoiled_drafts_are_set_aside_told_and_typing_is_safe_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = prepared_home(tmp_path)
    settings.drafts_path.write_bytes(b"x" * 9000)
    desk = Desk(qtbot, settings).unlock()
    (notice,) = desk.shell.notices.notices
    assert notice.kind is Kind.WARNING
    (kept,) = settings.home.glob("*.spoiled-*")
    assert kept.name in notice.text
    assert kept.read_bytes() == b"x" * 9000
    desk.new_household()
    desk.fill(full_name="Phạm Thị Hân")
    desk.settle()
    assert "✓" in desk.shell.status.kept.text()
    desk.close()


def test_who_saves_a_record_that_moved_away_is_told_whose_it_is_now(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock()
    desk.new_household()
    desk.fill(**PLAIN_CHILD)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.press(Key.Key_PageUp)
    services = desk.shell._services
    services.records.set_fields(desk.child.id, {"owner_unit": "00004@2025"})
    desk.page.keeper.reload()
    desk.settle()
    assert [one for one in desk.shell.notices.notices if one.topic == "elsewhere"] == []
    desk.page.child_form.focus(FieldKey("", "full_name"))
    desk.text("Phạm Thị Hoa")
    desk.page.save_all()
    desk.settle()
    (told,) = (one for one in desk.shell.notices.notices if one.topic == "elsewhere")
    assert told.kind is Kind.WARNING
    unit = desk.shell.entry.unit_name("00004@2025")
    assert told.text == text("entry.belongs_elsewhere", unit=unit)
    desk.close()
