"""A folder of bundles received in one go: what each file is, then what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.handover_receiving import FileResult, Receiving
from app.ui.handover.many import ManyFiles
from app.ui.handover.many_rows import FROM, SEQ, WHAT
from app.ui.handover.page import HandoverPage
from app.ui.notify import Kind
from tests.e2e.command_line import Homes
from tests.e2e.modified_client import record_at
from tests.e2e.test_copies import type_child
from tests.ui.looks import amiss
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
    _take_folder(desk, page, folder)
    assert page.many.isVisible()
    return desk, page.many


def _take_folder(desk: Desk, page: HandoverPage, folder: Path) -> None:
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.press(Key.Key_A, CTRL)
    desk.text(str(folder))
    desk.enter()
    desk.settle()


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
    # Why, before the row ends; the file and its sender stand in columns of their own.
    assert cut.words.startswith("bị thiếu: mới có ")
    what = many.table.columnWidth(WHAT) - 24
    assert many.table.fontMetrics().horizontalAdvance(many.rows.words(cut, WHAT)) < what
    assert "hãy chép lại" in cut.whole.lower()
    assert [one.state for one in many.rows.lines] == ["error", "", ""]
    assert [one.look.seen.seq for one in (first, last) if one.look.seen] == [1, 4]
    assert desk.focus() is many.take
    assert not desk.shell.handover.sending.isVisible(), "the list has the whole page"
    assert many.take.text() == text("handovers.many.take", count="2")
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 4, "what was lost came with the next"
    said = _said(many)
    counts = text("handovers.many.new", households="1", children="1")
    assert said[1].endswith(text("handovers.many.brought", counts=counts)), said
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
    counts = text("handovers.many.new", households="1", children="1")
    assert _said(many)[1:] == [
        "chưa nhận",
        "\N{CHECK MARK} " + text("handovers.many.brought", counts=counts),
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
    told = [("done", {"taken": "2"}), ("done_refused", {"refused": "1"})]
    words = " · ".join(text(f"handovers.many.{key}", **numbers) for key, numbers in told)
    assert many.title.text() == words, "as many as the list shows"
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


def test_enter_on_a_file_shows_what_it_would_bring_and_escape_comes_back_to_its_line(
    qtbot: QtBot, homes: Homes
) -> None:
    folder = _stick(homes)
    desk, many = _look(qtbot, homes, folder)
    page = desk.shell.handover
    assert page is not None
    desk.tab_to(many.table)
    desk.press(Key.Key_Down)
    desk.press(Key.Key_Down)
    assert many.line is many.rows.lines[2]
    desk.enter()
    desk.settle()
    assert desk.focus() is page.arrivals.table
    assert not page.sending.isVisible(), "the records have the whole page"
    assert "gói số 4" in page.arrivals.facts.text
    assert "Mới: 4 hộ, 4 trẻ" in page.arrivals.facts.text
    named = {one.who for one in page.arrivals.rows.lines}
    assert named >= {"Phạm Thị Thử A", "Phạm Thị Thử D"}
    assert desk.shell.entry.child_ids() == [], "nothing was taken in"
    desk.press(Key.Key_Escape)
    assert desk.focus() is many.table
    assert many.line is many.rows.lines[2]
    counts = text("handovers.many.new", households="4", children="4")
    assert many.line.words == text("handovers.many.would_bring", counts=counts)
    assert counts in many.whole.text()
    # One that cannot be received has nothing to show.
    desk.press(Key.Key_Up)
    desk.press(Key.Key_Up)
    assert not many.see.isEnabled()
    desk.enter()
    desk.settle()
    assert many.isVisible()
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.receiving.file, "the register of handovers is empty yet"
    desk.close()


def test_the_only_file_that_fits_is_previewed_at_once_and_the_others_are_told(
    qtbot: QtBot, homes: Homes
) -> None:
    folder = _stick(homes)
    (first, cut, _last) = sorted(folder.iterdir())
    first.unlink()
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _take_folder(desk, page, folder)
    assert not page.many.isVisible()
    assert desk.focus() is page.receiving.take
    told = page.receiving.facts.text
    assert "gói số 4" in told
    assert f"{text('handovers.about.others')} Gói số 2" in told
    assert told.count(cut.name) == 1
    assert "hãy chép lại" in told.lower()
    assert desk.shell.entry.child_ids() == []
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 4
    # Nothing of the stick is new any more: all that lies there is a list.
    _take_folder(desk, page, folder)
    assert page.many.isVisible()
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
    desk, page = sit_down(qtbot, homes, DISTRICT)
    _take_folder(desk, page, Path(lost["file"]).parent)
    # What this very PC sent lies on the stick, too, and what came before.
    told = page.receiving.facts.text
    assert text("handovers.many.others_elsewhere", count="1") in told
    assert text("handovers.many.others_known", count="1") in told
    # The number is missing, the data are not: every bundle holds what was not acknowledged.
    assert text("handovers.many.missing") not in told
    assert desk.focus() is page.receiving.take
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 3
    desk.close()


def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, large_letters: float
) -> None:
    folder = _stick(homes)
    desk, _many = _look(qtbot, homes, folder, large_letters)
    assert amiss(desk.window) == []
    desk.close()
