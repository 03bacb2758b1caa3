"""Bundles of a revoked PC in the window: listed, looked at, and taken in by name with the right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import set_language
from app.models import accounts
from app.models.accounts import AccountRow
from app.services.rights import RIGHTS_OF, Role, pack
from app.ui.handover.kept import FROM, SEQ, WHAT
from app.ui.handover.page import HandoverPage
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import pcs, send, type_child
from tests.ui.looks import amiss
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


@pytest.fixture
def large(qapp: QApplication) -> Iterator[None]:
    """Afterwards letters and language are what they were."""
    before = i18n.language()
    yield
    set_language(before)
    apply_theme(qapp, Theme())


def _everybody_can_read(desk: Desk) -> None:
    assert amiss(desk.window) == []


def _two_are_kept(homes: Homes) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    files = []
    for number, name in (("2", "Phạm Thị Hân"), ("3", "Hồ Thị Na")):
        type_child(commune, number, name)
        files.append(send(commune, DISTRICT, homes)["file"])
    (pc,) = pcs(district, COMMUNE).values()
    district.must("authority", "revoke", pc["station"])
    for file in files:
        district.must("handover", "receive", str(file), codes=(1,))


def _open(qtbot: QtBot, homes: Homes, scale: float = 1.0) -> tuple[Desk, HandoverPage]:
    desk, page = sit_down(qtbot, homes, DISTRICT, scale)
    desk.go_to("handover")
    desk.settle()
    (seeing,) = page.pending.buttons()
    desk.tab_to(seeing)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.kept.table
    return desk, page


def _lines(page: HandoverPage) -> list[tuple[str, str]]:
    rows = page.kept.rows
    return [
        (str(rows.data(rows.index(at, FROM))), str(rows.data(rows.index(at, SEQ))))
        for at in range(rows.rowCount())
    ]


def _names(desk: Desk) -> list[str]:
    rows = desk.shell.entry.child_rows(desk.shell.entry.child_ids())
    return sorted(row.full_name for row in rows)


def test_one_is_looked_at_then_taken_in_by_name_and_the_other_stays(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch, large: None
) -> None:
    _two_are_kept(homes)
    desk, page = _open(qtbot, homes, 1.5)
    card = page.kept
    assert _lines(page) == [("Xã Tịnh Châu", "1"), ("Xã Tịnh Châu", "2")]
    assert "thay đổi" in str(card.rows.data(card.rows.index(0, WHAT)))
    assert not card.take.isEnabled(), "one looks before one decides"
    desk.tab_to(card.look)
    desk.enter()
    desk.settle()
    assert "Mới: 1 hộ, 1 trẻ" in card.whole.text()
    _everybody_can_read(desk)
    assert _names(desk) == []
    asked: list[str] = []
    answers = ["keep", "take"]

    def ask(question):  # type: ignore[no-untyped-def]
        asked.append(question.text)
        assert question.choices[-1].id == "keep", "Escape keeps it"
        return answers.pop(0)

    monkeypatch.setattr(desk.shell.notices, "ask", ask)
    desk.tab_to(card.take)
    desk.enter()
    assert _lines(page) != []
    desk.enter()
    desk.settle()
    assert "gói số 1 của xã Tịnh Châu" in asked[0]
    assert len(asked) == 2
    assert _names(desk) == ["Phạm Thị Hân"]
    assert _lines(page) == [("Xã Tịnh Châu", "2")]
    assert "Đang giữ 1 gói" in page.pending.text
    assert not card.take.isEnabled()
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.table
    desk.close()


def test_who_does_not_hold_the_keys_sees_the_list_and_who_decides(
    qtbot: QtBot, homes: Homes, large: None
) -> None:
    _two_are_kept(homes)
    desk, _page = sit_down(qtbot, homes, DISTRICT)
    with desk.workplace.write() as work:
        row = AccountRow("an", "Nguyễn Thị An", "", pack(RIGHTS_OF[Role.CLERK]), active=True)
        accounts.put_account(work.connection, row)
        work.commit()
    desk.close()
    set_language("en")
    desk, page = _open(qtbot, homes, 1.5)
    _everybody_can_read(desk)
    assert [seq for _, seq in _lines(page)] == ["1", "2"]
    assert page.kept.look.isHidden()
    assert page.kept.take.isHidden()
    assert "Only the key holder" in page.kept.whole.text()
    desk.close()
