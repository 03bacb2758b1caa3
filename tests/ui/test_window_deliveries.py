"""Who has handed over: the overview of a district, by keys, and the list of who is missing."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.i18n import number, text
from app.services.delivery_values import Gap, Stage
from app.services.delivery_words import note_words
from app.ui.handover.deliveries import COUNTS, NOTE, DeliveriesCard
from app.ui.handover.delivery_chart import Climb, DeliveryChart
from app.ui.theme import Theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.looks import amiss, cut_words
from tests.ui.window_desk import Desk
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, homes, sit_down

__all__ = ["homes"]  # a fixture


def _open(qtbot: QtBot, homes: Homes, scale: float = 1.0) -> tuple[Desk, DeliveriesCard]:
    desk, page = sit_down(qtbot, homes, DISTRICT, scale)
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.to_deliveries)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.deliveries.table
    return desk, page.deliveries


def test_other_numbers_than_were_stated_are_read_whole_beside_what_lies_taken_back(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử A")
    homes.carry(commune, district, DISTRICT)
    type_child(commune, "2", "Phạm Thị Thử B")
    _sent, got = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", got["handover"], "--reason", "Giao nhầm")
    homes.carry(commune, district, DISTRICT)
    desk, card = _open(qtbot, homes)
    (ours,) = [one for one in card.rows.lines if one.unit == COMMUNE]
    assert card.rows.words(ours, COUNTS) == "▲ 2 hộ · 2 trẻ (đếm 1 · 1)"
    assert card.rows.words(ours, NOTE) == text("deliveries.undone")
    assert cut_words(desk.window) == []
    desk.close()


def test_every_unit_below_is_told_with_its_newest_handover_and_what_is_missing(
    qtbot: QtBot, homes: Homes, tmp_path: Path
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử A")
    homes.carry(commune, district, DISTRICT)
    type_child(commune, "2", "Phạm Thị Thử B")
    lost = send(commune, DISTRICT, homes)
    Path(str(lost["file"])).unlink()
    type_child(commune, "3", "Phạm Thị Thử C")
    receive(district, str(send(commune, DISTRICT, homes)["file"]))
    desk, card = _open(qtbot, homes)
    units = {one.unit: one for one in card.rows.lines}
    assert len(units) > 3
    ours = units.pop(COMMUNE)
    assert (ours.stage, ours.handovers, ours.missing) == (Stage.RECEIVED, 2, (Gap(2, 2),))
    assert {one.stage for one in units.values()} == {Stage.NONE}
    said = text(
        "deliveries.said", accepted=0, received=1, returned=0, none=len(units), whole=len(units) + 1
    )
    assert card.said.text() == card.bar.accessibleName() == said
    card.write(tmp_path / "thieu.pdf")
    desk.settle()
    words = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "thieu.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "DANH SÁCH" in words
    assert ours.name not in words
    assert all(one.name.split()[-1] in words for one in units.values())

    at = [one.unit for one in card.rows.lines].index(COMMUNE)
    card.table.setCurrentIndex(card.rows.index(at, 0))
    desk.enter()
    desk.settle()
    page = desk.shell.handover
    assert page.one.isVisible()
    assert page.one.shown == (ours.last.id if ours.last else "")
    page.one.accept.setFocus()
    desk.enter()
    desk.settle()
    page.open_deliveries()
    desk.settle()
    assert {one.stage for one in card.rows.lines if one.unit == COMMUNE} == {Stage.ACCEPTED}
    desk.close()


def test_the_chart_climbs_with_each_unit_to_where_all_are_and_shows_the_last_day(
    qtbot: QtBot,
) -> None:
    days = (date(2026, 11, 3), date(2026, 11, 3), date(2026, 11, 12))
    climb = Climb(days, 6, date(2026, 11, 1), date(2026, 12, 20), date(2026, 11, 30))
    assert climb.steps == [(days[0], 2), (days[2], 3)]
    assert climb.span == (date(2026, 11, 1), date(2026, 12, 20))
    over = replace(climb, today=date(2026, 12, 31), due=None, start=None)
    assert over.span == (days[0], date(2026, 12, 31))
    early = replace(climb, days=(date(2026, 10, 28), *days))
    assert early.span == (date(2026, 10, 28), date(2026, 12, 20))
    above = QWidget()
    qtbot.addWidget(above)
    chart = DeliveryChart(Theme(), above)
    chart.resize(1000, chart.height())
    chart.show_climb(climb)
    assert "3/6 đơn vị" in chart.accessibleName()
    seen = chart.grab().toImage()
    accent = Theme().colour("accent").rgb()

    def ink(left: int, right: int, top: int) -> int:
        """How many dots between have the colour of the line, above `top`."""
        return sum(seen.pixel(x, y) == accent for x in range(left, right) for y in range(top))

    half = chart.height() // 2
    # Half of the units: the line runs at half height from the twelfth day on, not before.
    before, after = int(1000 * 5 / 49), int(1000 * 20 / 49)
    assert not ink(before, before + 20, half)
    assert ink(after, after + 20, half)


def test_what_was_taken_back_counts_as_nothing_handed_over(qtbot: QtBot, homes: Homes) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử A")
    _, first = homes.carry(commune, district, DISTRICT)
    type_child(commune, "2", "Phạm Thị Thử B")
    _, second = homes.carry(commune, district, DISTRICT)

    def told() -> dict[str, object]:
        units = district("handover", "deliveries").document["units"]
        (found,) = [one for one in units if one["unit"] == COMMUNE]
        return {name: found[name] for name in ("stage", "last", "undone")}

    district.must("handover", "accept", first["handover"])
    district.must("handover", "undo", second["handover"], "--reason", "Giao nhầm")
    assert told() == {"stage": "accepted", "last": first["handover"], "undone": True}
    answer = district("handover", "accept", second["handover"])
    assert (answer.code, answer.document["error"]) == (1, "handover.undone")
    assert "handover release" in answer.document["message"]
    district.must("handover", "return", first["handover"], "--reason", "Thiếu")
    district.must("handover", "undo", first["handover"], "--reason", "Giao nhầm")
    assert told() == {"stage": "none", "last": second["handover"], "undone": True}
    desk, card = _open(qtbot, homes)
    (ours,) = [one for one in card.rows.lines if one.unit == COMMUNE]
    assert (ours.stage, ours.handovers) == (Stage.NONE, 0)
    assert text("deliveries.undone") in note_words(ours)
    assert f"{len(card.rows.lines)} chưa giao" in card.said.text()
    desk.close()


def test_who_is_late_is_told_by_window_and_command(qtbot: QtBot, homes: Homes) -> None:
    commune, district, province = (homes.at(one) for one in (COMMUNE, DISTRICT, PROVINCE))
    found = district("handover", "deliveries")
    assert found.code == 0
    assert {one["late"] for one in found.document["units"]} == {False}
    days = ("--reference", "2026-09-30", "--opens", "2026-08-01", "--closes", "2026-09-30")
    province.must("round", "new", "Đợt Quý III/2026", *days)
    homes.carry(province, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    found = district("handover", "deliveries")
    assert found.code == 4
    # Nobody waits for a bundle of who has no PC.
    assert [one["unit"] for one in found.document["units"] if one["late"]] == [COMMUNE]
    desk, card = _open(qtbot, homes)
    assert "30/09/2026" in card.title.text()
    late = [one.unit for one in card.rows.lines if text("deliveries.late") in note_words(one)]
    assert late == [COMMUNE]
    assert text("deliveries.no_pc") in note_words(card.rows.lines[-1])
    desk.close()
    type_child(commune, "1", "Phạm Thị Thử A")
    homes.carry(commune, district, DISTRICT)
    found = district("handover", "deliveries")
    assert found.code == 0
    assert found.document["round"] == "Đợt Quý III/2026"
    desk, card = _open(qtbot, homes)
    said = f"1/{len(card.rows.lines)} đơn vị đã giao lần đầu; hạn 30/09/2026."
    assert said in card.chart.accessibleName()
    (ours,) = [one for one in card.rows.lines if one.unit == COMMUNE]
    assert ours.late_days > 0
    assert note_words(ours) == text("deliveries.came_late", days=number(ours.late_days))
    desk.close()
    # A commune has nobody below it.
    assert homes.at(COMMUNE)("handover", "deliveries").document["units"] == []
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    assert page.to_deliveries.isHidden()
    desk.close()


def test_another_round_is_chosen_by_keys_and_its_list_is_printed(
    qtbot: QtBot, homes: Homes, tmp_path: Path
) -> None:
    commune, district, province = (homes.at(one) for one in (COMMUNE, DISTRICT, PROVINCE))
    for name, opens, closes in (
        ("Quý II", "1/4/2026", "30/6/2026"),
        ("Quý III", "1/7/2026", "30/9/2026"),
        ("Quý IV", "1/10/2026", "31/12/2099"),
    ):
        days = ("--reference", closes, "--opens", opens, "--closes", closes)
        made = province.must("round", "new", name, *days)
        if name == "Quý II":
            province.must("round", "close", made["id"])
    homes.carry(province, district, DISTRICT)
    homes.carry(district, commune, COMMUNE)
    type_child(commune, "1", "Phạm Thị Thử A")
    words = ("--out", homes.stick, "--to", DISTRICT, "--round", "Quý III")
    receive(district, str(commune.must("handover", "send", *words)["file"]))
    desk, card = _open(qtbot, homes)
    offered = [card.round.itemText(at) for at in range(card.round.count())]
    assert offered == ["Quý IV", "Quý III", "Quý II (đã đóng)"]
    (ours,) = [one for one in card.rows.lines if one.unit == COMMUNE]
    assert (ours.stage, ours.other_round) == (Stage.NONE, "Quý III")
    desk.tab_to(card.round)
    desk.press(Qt.Key.Key_Down)
    desk.settle()
    assert "Quý III, hạn 30/09/2026" in card.title.text()
    assert desk.focus() is card.round
    (ours,) = [one for one in card.rows.lines if one.unit == COMMUNE]
    assert (ours.stage, ours.late) == (Stage.RECEIVED, True)
    card.write(tmp_path / "list.pdf")
    desk.settle()
    read = subprocess.run(
        ["pdftotext", tmp_path / "list.pdf", "-"], capture_output=True, check=True
    )
    words_of_list = " ".join(read.stdout.decode().split())
    assert "Quý III, hạn 30/09/2026" in words_of_list
    assert f"{ours.name} (muộn {ours.late_days} ngày)" in words_of_list
    desk.close()


def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, large_letters: float
) -> None:
    desk, _card = _open(qtbot, homes, large_letters)
    assert amiss(desk.window) == []
    desk.close()
