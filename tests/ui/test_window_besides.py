"""What a bundle brings besides people's records is said before it is taken in and after."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.handover.register import ANSWER
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import send, type_child
from tests.ui.window_desk import Key
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, homes, receive, sit_down

__all__ = ["homes"]  # a fixture

ROUND = "Quý IV/2026"


def test_a_new_round_and_a_receipt_with_its_round_are_told_before_and_after(
    qtbot: QtBot, homes: Homes
) -> None:
    province, district, commune = (homes.at(one) for one in (PROVINCE, DISTRICT, COMMUNE))
    days = ("--reference", "1/10/2026", "--opens", "1/10/2026", "--closes", "31/12/2026")
    province.must("round", "new", ROUND, *days)
    homes.carry(province, district, DISTRICT)
    down = Path(str(send(district, COMMUNE, homes)["file"]))
    desk, page = sit_down(qtbot, homes, COMMUNE)
    for told in receive(desk, page, down):
        assert f"Đợt rà soát mới: «{ROUND}», đến hết ngày 31/12/2026" in told
    desk.close()

    type_child(commune, "1", "Phạm Thị Hân")
    homes.carry(commune, district, DISTRICT)
    down = Path(str(send(district, COMMUNE, homes)["file"]))
    desk, page = sit_down(qtbot, homes, COMMUNE)
    for told in receive(desk, page, down):
        assert f"Biên nhận của huyện cho gói số 1: 1 hộ, 1 trẻ, đợt «{ROUND}»" in told
        assert "Đợt rà soát mới" not in told, "that came before"
    (row,) = [
        row
        for row in range(page.table.rowCount())
        if (item := page.table.item(row, ANSWER)) is not None and ROUND in item.toolTip()
    ]
    assert desk.focus() is page.table
    # What was received in the very second in which it was sent may stand before it or after.
    away = row - page.table.currentRow()
    for _ in range(abs(away)):
        desk.press(Key.Key_Down if away > 0 else Key.Key_Up)
    desk.enter()
    told = page.one.facts.text
    assert "Huyện đã nhận đợt «Quý IV/2026» · " in told
    assert "Đợt rà soát Quý IV/2026" in told
    desk.close()


def test_of_many_files_each_says_what_it_brought_besides(qtbot: QtBot, homes: Homes) -> None:
    province, district = homes.at(PROVINCE), homes.at(DISTRICT)
    for name, opens in ((ROUND, "1/10/2026"), ("Rà soát bổ sung", "1/11/2026")):
        days = ("--reference", opens, "--opens", opens, "--closes", "31/12/2026")
        province.must("round", "new", name, *days)
        homes.carry(province, district, DISTRICT)
        down = Path(str(send(district, COMMUNE, homes)["file"]))
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.text(str(down.parent))
    desk.enter()
    desk.settle()
    assert desk.focus() is page.many.take
    desk.enter()
    desk.settle()
    told = [one.words for one in page.many.rows.lines if one.result is not None]
    for said, name in zip(told, (ROUND, "Rà soát bổ sung"), strict=True):
        assert f"Đợt rà soát mới: «{name}», đến hết ngày 31/12/2026" in said
    desk.close()


def test_a_second_pc_of_the_unit_is_told_when_it_comes_and_when_it_is_revoked(
    qtbot: QtBot, homes: Homes
) -> None:
    district = homes.at(DISTRICT)
    known = {one["station"] for one in district.must("authority", "stations")}
    second = homes.at(COMMUNE + "-second")
    second.must("init", "--unit", COMMUNE, "--user", "binh")
    root = homes.at(PROVINCE).must("authority", "status")["root_fingerprint"]
    homes.enrol(district, second, root)
    first = Path(str(send(district, COMMUNE, homes)["file"]))
    desk, page = sit_down(qtbot, homes, COMMUNE)
    for told in receive(desk, page, first):
        assert "Máy mới được cấp chứng thư: xã Tịnh Châu" in told
    desk.close()
    (newest,) = {one["station"] for one in district.must("authority", "stations")} - known
    district.must("authority", "revoke", newest)
    later = Path(str(send(district, COMMUNE, homes)["file"]))
    desk, page = sit_down(qtbot, homes, COMMUNE)
    for told in receive(desk, page, later):
        assert "Máy không còn được giao nhận: xã Tịnh Châu" in told
        assert "Máy mới" not in told
    desk.close()
