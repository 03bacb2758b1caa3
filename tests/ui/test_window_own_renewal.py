"""The province renews its own certificate in the window, with a question before its keys change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.services import enrolment_state
from app.settings import Settings
from app.ui.admin.enrolment import EnrolmentSection
from tests.e2e.command_line import PASSPHRASE, PROVINCE, Homes
from tests.e2e.conftest import _enrolled_pair, enrolled_pair
from tests.ui.paper import Paper
from tests.ui.window_admin import open_part
from tests.ui.window_desk import Desk, Key

__all__ = ["_enrolled_pair", "enrolled_pair"]


def test_a_province_is_led_to_its_own_renewal_and_to_new_keys_after_a_question(
    qtbot: QtBot, enrolled_pair: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(monkeypatch, enrolled_pair.folder)
    monkeypatch.setattr(enrolment_state, "RENEWAL", timedelta(days=4 * 366))
    home = enrolled_pair.at(PROVINCE).home
    desk = Desk(qtbot, Settings(home)).unlock(PASSPHRASE, stay=True)
    section = open_part(desk, "enrolment")
    assert isinstance(section, EnrolmentSection)
    assert "Hãy gia hạn ở phần dưới đây" in section.state.text()
    assert not section.ask.isVisible(), "nobody above could be asked"
    assert desk.focus() is section.secret
    listed = enrolled_pair.at(PROVINCE)

    desk.tab_to(section.renew)
    desk.enter()
    desk.settle()
    assert desk.focus() is section.secret, "the passphrase of the key is wanted"
    asked, answers = [], [1, 0]

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        box.buttons()[answers.pop(0)].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    desk.text(PASSPHRASE)
    desk.tab_to(section.new_keys)
    desk.press(Key.Key_Space)
    desk.tab_to(section.renew)
    desk.enter()
    desk.settle()
    assert "không mở được nữa" in asked[0]
    assert not section.message.isVisible() or "Đã gia hạn" not in section.message.text()
    desk.enter()
    desk.settle()
    assert "Đã gia hạn" in section.message.text(), section.message.text()
    assert "đã bị thu hồi" in section.message.text()
    assert desk.focus() is section.renewal_sheet
    desk.enter()
    assert "lập khóa mới" in " ".join(paper.take().split())

    # Without new keys nothing is asked; the clock that stands still gives nothing more to renew.
    desk.tab_to(section.secret)
    desk.text(PASSPHRASE)
    desk.tab_to(section.renew)
    desk.enter()
    desk.settle()
    assert len(asked) == 2
    desk.close()
    (own,) = [one for one in listed.must("authority", "stations") if one["own"]]
    assert own["state"] == "in_use"
