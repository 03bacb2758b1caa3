"""A folder of bundles received in one go: what each file is, then what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.i18n import set_language, text
from app.services.handover_receiving import FileResult, Receiving
from app.ui.handover.many import FILE, FROM, SEQ, WHAT, ManyFiles
from app.ui.notify import Kind
from app.ui.theme import Theme, apply_theme
from tests.e2e.command_line import Homes
from tests.e2e.modified_client import record_at
from tests.e2e.test_copies import type_child
from tests.long_runs import slice_or_all
from tests.ui.looks import cut_words, nameless, poor_contrast, unreachable, unseen_keyboard
from tests.ui.window_desk import CTRL, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def _stick(homes: Homes) -> Path:
    """A stick with bundles 1 to 4 of a commune, of which the second is cut and the third gone."""
    commune = homes.at(COMMUNE)
    files = []
    for number in range(1, 5):
        type_child(commune, str(number), f"Phạm Thị Thử {'ABCD'[number - 1]}")
        sent = commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
        files.append(Path(sent["file"]))
    files[1].write_bytes(files[1].read_bytes()[:-2048])
    files[2].unlink()
    return files[0].parent


def _look(qtbot: QtBot, homes: Homes, folder: Path, scale: float = 1.0) -> tuple[Desk, ManyFiles]:
    desk, page = sit_down(qtbot, homes, DISTRICT, scale)
    desk.go_to("handover")
    desk.settle()
    page.receiving.file.setFocus()
    desk.text(str(folder))
    desk.enter()
    desk.settle()
    assert page.many.isVisible()
    return desk, page.many


def _said(many: ManyFiles) -> list[str]:
    return [many.rows.words(one, WHAT) for one in many.rows.lines]


def test_each_file_is_told_before_and_after_and_a_bad_one_stops_none(
    qtbot: QtBot, homes: Homes
) -> None:
    folder = _stick(homes)
    desk, many = _look(qtbot, homes, folder)
    assert many.title.text() == text("handovers.many.found_bad", count="3", bad="1")
    # What somebody has to look after stands on top.
    cut, first, last = many.rows.lines
    assert first.look.fits
    assert last.look.fits
    assert cut.look.seen is None
    assert [many.rows.words(cut, one) for one in (FROM, SEQ)] == ["Xã Tịnh Châu", "2"]
    assert "hãy chép lại" in cut.words.lower()
    assert [one.state for one in many.rows.lines] == ["error", "", ""]
    assert [one.look.seen.seq for one in (first, last) if one.look.seen] == [1, 4]
    assert desk.focus() is many.take
    assert not desk.shell.handover.sending.isVisible(), "the list has the whole page"
    assert many.take.text() == text("handovers.many.take", count="2")
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 4, "what was lost came with the next"
    said = _said(many)
    brought = text("handovers.many.brought", new="2", changed="0")
    assert said[1].endswith(brought)
    told = (("done", {"taken": "2"}), ("done_refused", {"refused": "1"}))
    words = " · ".join(text(f"handovers.many.{key}", **numbers) for key, numbers in told)
    assert many.title.text() == words
    assert desk.focus() is many.table
    while desk.shell.notices.notices:
        desk.press(Key.Key_Escape)
    desk.press(Key.Key_Escape)
    assert desk.focus() is desk.shell.handover.table
    assert desk.shell.handover.table.rowCount() == 4

    # The same folder again: nothing to take in.
    again = desk.shell.handover
    again.receiving.file.setFocus()
    desk.enter()
    desk.settle()
    assert [one.endswith(text("handovers.many.already")) for one in _said(many)] == [
        False,
        True,
        True,
    ]
    assert many.take.isHidden()
    desk.close()


def test_who_stops_is_told_what_came_in_and_goes_on_with_the_rest(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _stick(homes)
    desk, many = _look(qtbot, homes, folder)
    take_one = Receiving._one

    def stopped_while_saving(self: Receiving, *given: Any, **named: Any) -> FileResult:
        result = take_one(self, *given, **named)
        assert many.work._ticket is not None
        many.work._ticket.cancel()  # from here on nothing of this file can be stopped
        return result

    with monkeypatch.context() as patched:
        patched.setattr(Receiving, "_one", stopped_while_saving)
        desk.enter()
        desk.settle()
    said = [one.text for one in desk.shell.notices.notices]
    told = [
        ("done", {"taken": "1"}),
        ("done_left", {"left": "1"}),
        ("done_refused", {"refused": "1"}),
    ]
    words = " · ".join(text(f"handovers.many.{key}", **numbers) for key, numbers in told)
    assert words in said
    assert not [one for one in said if text("work.cancelled") in one]
    assert many.title.text() == words
    assert [one.state for one in many.rows.lines] == ["error", "", "done"]
    assert _said(many)[1:] == [
        "chưa nhận",
        "\N{CHECK MARK} " + text("handovers.many.brought", new="2", changed="0"),
    ]
    register = desk.shell.register
    desk.until(lambda: register.count.text().startswith("1 "))
    assert many.take.text() == "Nhận tiếp 1 gói"
    assert many.receiver_row.isVisible()
    assert many.receiver_row.isEnabled()
    assert desk.focus() is many.take

    desk.enter()
    desk.settle()
    assert many.take.isHidden()
    assert [one.state for one in many.rows.lines] == ["error", "done", "done"]
    assert len(desk.shell.entry.child_ids()) == 4
    desk.close()


def test_what_came_in_before_a_failure_is_told_beside_it(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _stick(homes)
    desk, many = _look(qtbot, homes, folder)
    take_one, taken = Receiving._one, list[FileResult]()

    def gone_after_one(self: Receiving, *given: Any, **named: Any) -> FileResult:
        if taken:
            raise OSError(28, "No space left on device")
        taken.append(take_one(self, *given, **named))
        return taken[0]

    with monkeypatch.context() as patched:
        patched.setattr(Receiving, "_one", gone_after_one)
        desk.enter()
        desk.settle()
    kinds = {one.topic: one.kind for one in desk.shell.notices.notices}
    assert kinds["receiving"] is Kind.ERROR
    assert "received" in kinds
    assert many.take.text() == "Nhận tiếp 1 gói"
    assert many.title.text().startswith(text("handovers.many.done", taken="1"))
    desk.close()


def test_each_receipt_names_who_received_and_the_giver_stays_its_own(
    qtbot: QtBot, homes: Homes
) -> None:
    folder = _stick(homes)
    desk, many = _look(qtbot, homes, folder)
    assert many.receiver_row.isVisible()
    for edit, words in ((many.receiver.name, "Trần Thị Nhận"), (many.receiver.title, "Văn thư")):
        desk.tab_to(edit)
        desk.press(Key.Key_A, CTRL)
        desk.text(words)
    desk.tab_to(many.take)
    desk.enter()
    desk.settle()
    desk.close()
    district = homes.at(DISTRICT)
    received = [
        record_at(district.home, "handover", one["id"]).values
        for one in district.must("handover", "list")
        if one["receipts"]
    ]
    assert [
        (one["received_district_by"], one["received_district_by_title"]) for one in received
    ] == [("Trần Thị Nhận", "Văn thư")] * 2
    assert all(not one.get("received_district_from") for one in received)


def test_a_file_whose_predecessor_is_missing_says_so(qtbot: QtBot, homes: Homes) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử A")
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)  # the receipt: what comes now builds on the first
    type_child(commune, "2", "Phạm Thị Thử B")
    lost = commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    Path(lost["file"]).unlink()
    type_child(commune, "3", "Phạm Thị Thử C")
    commune.must("handover", "send", "--to", DISTRICT, "--out", homes.stick)
    desk, many = _look(qtbot, homes, Path(lost["file"]).parent)
    (line,) = [one for one in many.rows.lines if one.look.fits]
    # What this very PC sent lies on the stick, too, and what came before.
    assert len(many.rows.lines) == 3
    assert any(COMMUNE in one.words for one in many.rows.lines if one.look.seen is None)
    # The number is missing, the data are not: every bundle holds what was not acknowledged.
    assert not line.look.missing
    assert many.rows.words(line, FILE).endswith(".tebundle")
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 3
    desk.close()


@pytest.mark.parametrize("language", slice_or_all(["en"], ["vi", "en"]))
def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, language: str, qapp: QApplication
) -> None:
    before = i18n.language()
    folder = _stick(homes)
    set_language(language)
    try:
        desk, _many = _look(qtbot, homes, folder, 1.5)
        for measure in (cut_words, nameless, unreachable, poor_contrast, unseen_keyboard):
            assert measure(desk.window) == [], measure.__name__
        desk.close()
    finally:
        set_language(before)
        apply_theme(qapp, Theme())
