"""The keys of a unit in its administration: copies of the files, a new root, the sheet of it."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.i18n import language, set_language
from app.services.trust import newest_root, trust_of
from app.settings import Settings
from app.ui.admin.keys import KeysSection
from tests.e2e.command_line import PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.ui.looks import cut_words, nameless, poor_contrast
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk

__all__ = ["_enrolled_pair", "enrolled_pair"]


def _opened(qtbot: QtBot, homes: Homes) -> tuple[Desk, KeysSection]:
    desk = Desk(qtbot, Settings(homes.at(PROVINCE).home)).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "keys")
    assert isinstance(section, KeysSection)
    return desk, section


def test_the_key_files_are_copied_and_brought_back_by_keys(
    qtbot: QtBot, enrolled_pair: Homes
) -> None:
    desk, section = _opened(qtbot, enrolled_pair)
    assert desk.focus() is section.to
    desk.text(str(enrolled_pair.folder / "not-there"))
    desk.tab_to(section.copy)
    desk.enter()
    assert "Không thấy USB" in section.message.text()
    assert desk.focus() is section.to
    section.to.clear()
    desk.text(str(enrolled_pair.stick))
    desk.tab_to(section.copy)
    desk.enter()
    desk.settle()
    copies = enrolled_pair.stick / "SoTreEm-51-khoa"
    assert "3 tệp khóa" in section.message.text()
    authority = enrolled_pair.at(PROVINCE).home / "authority"
    names = sorted(one.name for one in authority.iterdir())
    assert sorted(one.name for one in copies.iterdir()) == names
    shutil.rmtree(authority)
    desk.tab_to(section.source)
    desk.text(str(copies))
    desk.enter()
    desk.text(PASSPHRASE)
    desk.tab_to(section.take)
    desk.enter()
    desk.settle()
    assert "Đã lấy lại 3 tệp khóa" in section.message.text()
    assert sorted(one.name for one in authority.iterdir()) == names
    desk.close()


def _root(desk: Desk) -> str:
    """The fingerprint of the newest root that is trusted at this PC."""
    with desk.workplace.store.read() as reading:
        return newest_root(trust_of(desk.workplace, reading).roots).fingerprint


def test_a_new_root_is_made_after_a_question_and_its_sheet_names_the_old_one(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, enrolled_pair.folder)
    desk, section = _opened(qtbot, enrolled_pair)
    old = _root(desk)
    assert old in section.roots.text()
    assert section.make is not None
    asked, answers = [], [1, 0]

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    desk.tab_to(section.make)
    desk.enter()
    assert "mật khẩu giữ khóa" in section.message.text()
    assert desk.focus() is section.root_secret
    desk.text(PASSPHRASE)
    desk.tab_to(section.make)
    desk.enter()
    desk.settle()
    assert "phải hủy" in asked[0]
    assert _root(desk) == old, "who says no changes nothing"
    desk.enter()
    desk.settle()
    new = _root(desk)
    assert new != old, section.message.text()
    assert new in section.roots.text()
    assert old in section.roots.text()
    assert desk.focus() is section.printing
    desk.enter()
    desk.settle()
    words = paper.take().split()
    assert [one for one in words if one in new.split("-")] == new.split("-")
    assert old in words
    desk.close()
    status = enrolled_pair.at(PROVINCE).must("authority", "status")
    assert status["root_fingerprint"] == new


@pytest.mark.parametrize(("scale", "spoken"), [(1.0, "vi"), (1.5, "vi"), (1.5, "en")])
def test_nothing_in_the_parts_for_keys_is_cut_nameless_or_pale(
    qtbot: QtBot, enrolled_pair: Homes, scale: float, spoken: str
) -> None:
    before = language()
    set_language(spoken)
    try:
        home = enrolled_pair.at(PROVINCE).home
        desk = Desk(qtbot, Settings(home), scale).unlock(PASSPHRASE, stay=True)
        for name in ("issuing", "stations", "keys", "reopening"):
            desk.shell._show_section(name)
            desk.settle()
            for measure in (cut_words, nameless, poor_contrast):
                assert measure(desk.window) == [], name
            section = desk.shell.admin.sections[name]
            assert section.width() <= desk.shell.admin.stack.width(), name
        desk.close()
    finally:
        set_language(before)
