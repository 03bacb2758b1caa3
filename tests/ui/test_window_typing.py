"""Input methods compose, retype and commit; pastes are whatever somebody copied. Text survives."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.household.field_edit import LONGEST, FieldEdit
from app.ui.household.field_edit import Key as FieldKey
from tests.ui.window_desk import CTRL, Desk, Key, prepared_home


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path):
    made = Desk(qtbot, prepared_home(tmp_path)).unlock()
    made.new_household()
    flashing = QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0)
    yield made
    QApplication.setCursorFlashTime(flashing)
    made.close()


def field(desk: Desk, name: str) -> FieldEdit:
    desk.page.child_form.focus(FieldKey("", name))
    found = desk.page.child_form.edit(FieldKey("", name))
    assert found is not None
    return found


def compose(desk: Desk, steps: Sequence[str], committed: str) -> None:
    """What ibus and its kin send: a growing word under the cursor, then the word itself.

    Qt tells nobody what is being composed: the picture of the field does.
    """
    edit = desk.focus()
    bare = edit.grab().toImage()
    for word in steps:
        QCoreApplication.sendEvent(edit, QInputMethodEvent(word, []))
        shown = edit.grab().toImage()
        assert shown != bare
        desk.settle()
        assert edit.grab().toImage() == shown, "judging leaves the word under the cursor"
    done = QInputMethodEvent()
    done.setCommitString(committed)
    QCoreApplication.sendEvent(desk.focus(), done)
    desk.settle()


#: Telex keys with what Unikey does to the text: letters typed, or (letters taken back, retyped).
_UNIKEY = {
    "full_name": (
        ["P", "h", "a", "m", (2, "ạm"), " ", "T", "h", "i", (1, "ị"), " ", "H", "a", (1, "â"), "n"],
        "Phạm Thị Hân",
    ),
    "ethnicity": (["H", "r", "e", (1, "ê")], "Hrê"),
}


@pytest.mark.parametrize("name", sorted(_UNIKEY))
def test_a_word_that_is_taken_back_and_retyped_is_never_rewritten_by_the_page(
    desk: Desk, name: str
) -> None:
    keys, whole = _UNIKEY[name]
    edit = field(desk, name)
    expected = ""
    for key in keys:
        back, words = key if isinstance(key, tuple) else (0, key)
        for _ in range(back):
            desk.press(Key.Key_Backspace)
            expected = expected[:-1]
            assert edit.text() == expected
        desk.text(words)
        expected += words
        assert edit.text() == expected
        desk.settle()
        assert edit.text() == expected, "judging and suggesting leave the text alone"
    assert expected == whole
    desk.enter()
    assert desk.child.values[name] == {"full_name": whole, "ethnicity": "18"}[name]


def test_a_word_under_composition_stays_while_the_page_judges_and_is_stored_composed(
    desk: Desk,
) -> None:
    edit = field(desk, "full_name")
    compose(desk, ["P", "Ph", "Phạ", "Phạm"], unicodedata.normalize("NFD", "Phạm"))
    desk.text(" ")
    compose(desk, ["H", "Hâ"], "Hân")
    assert unicodedata.normalize("NFC", edit.text()) == "Phạm Hân"
    desk.enter()
    assert desk.child.values["full_name"] == "Phạm Hân"


def test_a_composition_over_a_selected_value_replaces_it_once(desk: Desk) -> None:
    edit = field(desk, "full_name")
    desk.text("Phạm Văn Cũ")
    desk.enter()
    edit = field(desk, "full_name")
    assert edit.selectedText() == "Phạm Văn Cũ"
    compose(desk, ["M", "Mớ"], "Mới")
    assert edit.text() == "Mới"


_HOSTILE = {
    "ten megabytes": "Phạm " * (2 << 20),
    "lines": "Phạm\r\nThị\nHân\u2028Hoa\u2029",
    "control": "Phạm\x00\x1b[31m\x07 Thị\tHân\x7f",
    "direction": "\u202ePhạm\u2066 Thị\u200f Hân\u202c",
}


@pytest.mark.parametrize("what", sorted(_HOSTILE))
@pytest.mark.parametrize("name", ["full_name", "birth_date", "ethnicity"])
def test_a_hostile_paste_is_cut_to_one_plain_line_and_the_page_lives_on(
    desk: Desk, what: str, name: str
) -> None:
    edit = field(desk, name)
    QGuiApplication.clipboard().setText(_HOSTILE[what])
    desk.press(Key.Key_V, CTRL)
    desk.settle()
    pasted = edit.text()
    assert 0 < len(pasted) <= LONGEST
    desk.enter()
    desk.settle()
    desk.page.save_all()
    desk.settle()
    kept = str(desk.child.values.get(name) or "")
    assert not [one for one in kept if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")]
    other = field(desk, "birth_place")
    desk.text("Bình Sơn")
    assert other.text() == "Bình Sơn"
