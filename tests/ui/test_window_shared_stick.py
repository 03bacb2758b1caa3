"""A stick that several communes carry to one district: what is not this unit's is no alarm."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.handover.many_rows import WHAT
from app.ui.handover.page import HandoverPage
from app.ui.theme import Theme
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.window_desk import CTRL, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, PROVINCE, homes, sit_down

__all__ = ["homes"]  # a fixture

NEIGHBOUR = "21211@2024"


def _stick(homes: Homes) -> dict[str, Path]:
    """What two communes send up lies beside what the district sent down, which was received."""
    district, neighbour, commune = homes.at(DISTRICT), homes.init(NEIGHBOUR), homes.at(COMMUNE)
    root = homes.at(PROVINCE).must("authority", "status")["root_fingerprint"]
    homes.enrol(district, neighbour, root)
    type_child(commune, "1", "Phạm Thị Hân")
    type_child(neighbour, "1", "Phạm Văn Lía")
    sent = {
        "own": send(commune, DISTRICT, homes),
        "neighbour": send(neighbour, DISTRICT, homes),
        "down": send(district, COMMUNE, homes),
    }
    files = {name: Path(str(one["file"])) for name, one in sent.items()}
    receive(commune, files["down"])
    return files


def _look_at(desk: Desk, page: HandoverPage, place: Path) -> None:
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.receiving.file)
    desk.press(Key.Key_A, CTRL)
    desk.text(str(place))
    desk.enter()
    desk.settle()


def test_what_is_for_others_stands_last_and_is_no_alarm(qtbot: QtBot, homes: Homes) -> None:
    files = _stick(homes)
    desk, page = sit_down(qtbot, homes, COMMUNE)
    _look_at(desk, page, files["own"].parent)
    many = page.many
    assert many.isVisible()
    assert many.title.text() == "Tìm thấy 3 tệp: 1 của đơn vị mình, 2 gửi cho đơn vị khác"
    told = {one.look.file: many.rows.words(one, WHAT) for one in many.rows.lines}
    assert told[files["own"]] == "máy này lập, gửi cho thành phố Quảng Ngãi"
    assert told[files["neighbour"]] == "gửi cho thành phố Quảng Ngãi"
    assert many.rows.lines[0].look.file == files["down"], "its own file comes first"
    error = Theme().colour("error")
    assert not [one for one in many.rows.lines if many.rows.colour(one, WHAT) == error]
    # At length below the list, with what to do.
    desk.tab_to(many.table)
    for _ in range(2):
        desk.press(Key.Key_Down)
    assert "mở tệp tại máy của đơn vị được gửi" in many.whole.text() or "mang USB" in (
        many.whole.text()
    )
    desk.close()


def test_one_file_of_a_neighbour_sends_nobody_to_the_telephone(qtbot: QtBot, homes: Homes) -> None:
    files = _stick(homes)
    desk, page = sit_down(qtbot, homes, COMMUNE)
    _look_at(desk, page, files["neighbour"])
    said = page.receiving.facts.text
    assert "gửi cho đơn vị thành phố Quảng Ngãi (522@2024)" in said
    assert "giữ khóa" not in said
    desk.close()


def test_beside_the_only_file_that_fits_the_others_are_only_counted(
    qtbot: QtBot, homes: Homes
) -> None:
    files = _stick(homes)
    fresh = Path(str(send(homes.at(DISTRICT), COMMUNE, homes)["file"]))
    files["down"].unlink()
    desk, page = sit_down(qtbot, homes, COMMUNE)
    _look_at(desk, page, fresh.parent)
    assert page.receiving.take.isEnabled()
    said = page.receiving.facts.text
    assert "2 tệp gửi cho đơn vị khác" in said
    assert files["neighbour"].name not in said
    desk.close()
