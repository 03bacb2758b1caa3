"""A previewed bundle is looked at record by record before it is taken in; by keys alone."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.i18n import text
from app.services.arrivals import Arrival
from app.ui.handover.page import HandoverPage
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.looks import amiss
from tests.ui.window_desk import Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture


def _previewed(qtbot: QtBot, homes: Homes, scale: float = 1.0) -> tuple[Desk, HandoverPage, Path]:
    """A child that is here is renamed below, and another one is new there."""
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử")
    homes.carry(commune, district, DISTRICT)
    (child,) = commune.must("register", "search", "Phạm Thị Thử")
    commune.must("register", "set", child["id"], "full_name=Phạm Thị Thứ")
    type_child(commune, "2", "Phạm Văn Mới")
    file = Path(str(send(commune, DISTRICT, homes)["file"]))
    return *_rows_of(qtbot, homes, DISTRICT, file, scale), file


def _rows_of(
    qtbot: QtBot, homes: Homes, unit: str, file: Path, scale: float = 1.0
) -> tuple[Desk, HandoverPage]:
    desk, page = sit_down(qtbot, homes, unit, scale)
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.text(str(file))
    desk.enter()
    desk.settle()
    desk.tab_to(page.receiving.see_rows)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.arrivals.table
    return desk, page


def test_each_record_is_told_with_what_stands_and_what_would_stand(
    qtbot: QtBot, homes: Homes
) -> None:
    desk, page, _ = _previewed(qtbot, homes)
    card = page.arrivals
    assert [one.arrival for one in card.rows.lines] == [
        Arrival.CHANGED,
        *[Arrival.NEW] * (len(card.rows.lines) - 1),
    ]
    assert "Phạm Thị Thử → Phạm Thị Thứ" in card.whole.text()
    assert {one.who for one in card.rows.lines} >= {"Phạm Thị Thứ", "Phạm Văn Mới"}
    told = text("arrivals.in_village", village="Thôn 1", households="1", children="2")
    assert told in card.villages.text()
    assert len(desk.shell.entry.child_ids()) == 1, "nothing was taken in"
    desk.press(Key.Key_Escape)
    assert desk.focus() is page.receiving.take
    assert not card.isVisible()
    desk.enter()
    desk.settle()
    assert len(desk.shell.entry.child_ids()) == 2
    assert page.receiving.see_rows.isHidden()
    desk.close()


def test_what_waits_comes_back_or_is_taken_back_is_told_with_its_name_village_and_why(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Hân")
    _sent, first = homes.carry(commune, district, DISTRICT)
    type_child(commune, "2", "Phạm Văn Dòng")
    _sent, second = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", second["handover"], "--reason", "Giao nhầm")
    ids = [commune.must("register", "search", one)[0]["id"] for one in ("Hân", "Dòng")]
    commune.must("register", "set", ids[1], "other_name=Bé")
    up = Path(str(send(commune, DISTRICT, homes)["file"]))
    desk, page = _rows_of(qtbot, homes, DISTRICT, up)
    (waits,) = [one for one in page.arrivals.rows.lines if one.arrival is Arrival.WAITING]
    assert (waits.who, waits.village) == ("Phạm Văn Dòng", "Thôn 1")
    assert waits.why
    desk.close()

    receive(district, up)
    district.must("waiting", "drop", ids[1])
    why = ("--reason", "Sai ngày sinh")
    district.must("handover", "return", first["handover"], "--record", ids[0], *why)
    desk, page = _rows_of(qtbot, homes, COMMUNE, Path(str(send(district, COMMUNE, homes)["file"])))
    told = {one.arrival: one for one in page.arrivals.rows.lines}
    assert told[Arrival.REFUSED].who == "Phạm Văn Dòng"
    assert "thành phố Quảng Ngãi" in told[Arrival.REFUSED].why
    assert told[Arrival.RETURNED].who == "Phạm Thị Hân"
    assert told[Arrival.RETURNED].why.endswith(": Sai ngày sinh")
    desk.press(Key.Key_Down)
    assert "Sai ngày sinh" in page.arrivals.whole.text()
    desk.close()


def test_a_household_that_goes_to_another_village_is_told_by_the_names_of_both(
    qtbot: QtBot, homes: Homes
) -> None:
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "1", "Phạm Thị Thử")
    homes.carry(commune, district, DISTRICT)
    (child,) = commune.must("register", "search", "Phạm Thị Thử")
    home = commune.must("register", "show", child["id"])["values"]["household"]
    village = commune.must("village", "add", "Thôn Khác")["id"]
    commune.must("register", "set", home, f"village={village}", codes=(0, 4))
    file = Path(str(send(commune, DISTRICT, homes)["file"]))
    desk, page = _rows_of(qtbot, homes, DISTRICT, file)
    assert "Thôn 1 → Thôn Khác" in page.arrivals.whole.text()
    desk.close()


def test_with_large_letters_nothing_is_cut_and_everything_is_reached(
    qtbot: QtBot, homes: Homes, large_letters: float
) -> None:
    desk, _page, _ = _previewed(qtbot, homes, large_letters)
    assert amiss(desk.window) == []
    desk.close()
