"""What a unit above did not take, as its writer meets it: on the record, beside the field, with the
value that is lost and the reason; in the list where it has no record; never offered where only the
one above can take it in.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.forms.issues import Value
from app.history.door import Reason, State
from app.i18n import text
from app.models.materialising import Touched
from app.models.schema import refused_above
from app.models.work import Change, Recorded
from app.services.stopped_lines import StoppedLines
from app.services.worklist import Duty
from app.sync.apply import take_back
from app.ui.household.field_edit import Key as FieldKey
from tests.e2e.command_line import Homes
from tests.e2e.test_copies import receive, send, type_child
from tests.ui.window_desk import CTRL, UNIT, Desk, Key, prepared_home
from tests.ui.window_session import COMMUNE, DISTRICT, homes, sit_down

__all__ = ["homes"]  # a fixture

NAME, WANTED, LATER = "Phạm Thị Hân", "Phạm Thị Đổi", "Phạm Văn Lía"
WHY = f"không được nhận: {text('waiting.told.dropped_here')} (Thành phố Quảng Ngãi trả lời)."


def refused(homes: Homes, *changes: str) -> str:
    """The district takes the first bundle back and drops what builds on it; the commune is told.
    Returns the child whose changes were dropped.
    """
    commune, district = homes.at(COMMUNE), homes.at(DISTRICT)
    type_child(commune, "2", NAME)
    _, first = homes.carry(commune, district, DISTRICT)
    district.must("handover", "undo", first["handover"], "--reason", "Giao nhầm")
    (child,) = commune.must("register", "search", NAME)
    for one in changes:
        commune.must("register", "set", child["id"], one)
    receive(district, str(send(commune, DISTRICT, homes)["file"]))
    for one in district.must("waiting", "list"):
        if one["state"] == "waiting":
            district.must("waiting", "drop", one["operation"])
    receive(commune, str(send(district, COMMUNE, homes)["file"]))
    return str(child["id"])


def open_from_worklist(desk: Desk) -> None:
    desk.go_to("home")
    desk.shell.home.load()
    desk.settle()
    home = desk.shell.home
    assert home.view is not None
    desk.tab_to(home.lines)
    desk.press(Key.Key_Home)
    while home.lines.tasks[home.lines.currentRow()].duty is not Duty.REFUSED_ABOVE:
        desk.press(Key.Key_Down)
    desk.enter()
    desk.until(lambda: desk.shell.pages.currentWidget() is desk.page)
    desk.settle()


def messages(desk: Desk, name: str) -> list[str]:
    return [one.text for one in desk.page.child_form.looks[FieldKey("", name)].messages]


def test_enter_on_the_worklist_s_line_comes_to_the_field_with_the_lost_value_and_the_reason(
    qtbot: QtBot, homes: Homes
) -> None:
    child = refused(homes, f"full_name={WANTED}")
    desk, _page = sit_down(qtbot, homes, COMMUNE)
    open_from_worklist(desk)
    told = f"«{WANTED}» {WHY}"
    assert desk.child.id == child
    assert desk.at() == "full_name"
    assert told in messages(desk, "full_name")
    # In the list at the foot it comes first, before what the program finds.
    foot = desk.page.foot
    assert foot.first.whole.startswith(f"{NAME} · Họ và tên trẻ: {told}")
    desk.tab_to(foot.all)
    desk.press(Key.Key_Space)
    assert any(told in foot.list.item(at).text() for at in range(foot.list.count()))
    # F8 comes by it from anywhere else.
    desk.page.child_form.focus(FieldKey("", "sex"))
    for _ in range(foot.list.count()):
        desk.press(Key.Key_F8)
        desk.settle()
        if desk.at() == "full_name":
            break
    assert desk.at() == "full_name"
    # Written anew it is answered.
    desk.text(WANTED)
    desk.press(Key.Key_Return, CTRL)
    desk.settle()
    desk.shell.open_household(desk.page.keeper.household.id, child)  # type: ignore[union-attr]
    desk.settle()
    assert told not in messages(desk, "full_name")
    desk.close()


def test_what_is_masked_stays_masked_and_what_is_in_no_register_is_told_on_its_household(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock(stay=True)
    with desk.workplace.write() as work:
        values: dict[str, Value] = {"owner_unit": UNIT, "household_no": "1", "head_name": "Lê Bình"}
        made = work.record(Change("household", values))
        flags: dict[str, Value] = {"family_problem_flags": ["R03.3"]}
        home, base = made.id, made.base
        flagged = work.record(Change("household", flags, id=home, base=base))
        child: dict[str, Value] = {
            "owner_unit": UNIT,
            "household": home,
            "line_no": 1,
            "full_name": "Lê Mai",
        }
        mai = work.record(Change("child", child)).id
        ma = work.record(Change("child", {**child, "line_no": 2, "full_name": LATER}))
        secret = work.record(
            Change("circumstance", {"record": mai, "group": "C05", "episode": 1}, key="C05/1")
        )
        open_one = work.record(
            Change("circumstance", {"record": mai, "group": "C01", "episode": 1}, key="C01/1")
        )
        work.commit()
    _refuse(desk, (home, flagged), (ma.id, ma), (secret.id, secret), (open_one.id, open_one))
    open_from_worklist(desk)
    assert desk.at() == "family_problem_flags"
    looks = desk.page.household_form.looks[FieldKey("", "family_problem_flags")]
    assert text("refusals.masked", why=WHY.rstrip(".")) in [one.text for one in looks.messages]
    told = [f"{one.who} · {one.field}: {one.sentence}" for one in desk.page.foot._lines]
    (of_household,) = [one for one in told if one.startswith("Hộ · Cả hồ sơ")]
    assert LATER in of_household
    (of_mai,) = [one for one in told if one.startswith("Lê Mai · Cả hồ sơ")]
    assert of_mai.count(WHY) == 2
    assert "C01" in of_mai
    assert any(LATER in one for one in _everything(desk))
    assert not [one for one in (*told, *_everything(desk)) if "C05" in one or "R03.3" in one]
    desk.close()


def _refuse(desk: Desk, *operations: tuple[str, Recorded]) -> None:
    """The unit above does not take them: as a bundle from above says so."""
    touched = Touched()
    with desk.workplace.write() as work:
        named = [(ent_id, done.op_id) for ent_id, done in operations if done.op_id is not None]
        take_back(work, named, State.REFUSED, Reason.REFUSED_ABOVE, touched)
        for ent_id, op_id in named:
            row = {"op_id": op_id, "sender": DISTRICT, "ent_id": ent_id, "reason": "dropped-here"}
            work.connection.execute(refused_above.insert().values(row))
        work.bring_up_to_date(touched)
        work.commit()


def _everything(desk: Desk) -> list[str]:
    """All that the list of what is in no register tells."""
    return [one.says for one in StoppedLines(desk.workplace).list()]


def test_what_only_the_unit_above_can_take_in_is_not_offered_and_the_list_says_what_it_was(
    qtbot: QtBot, homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(homes, f"full_name={WANTED}")
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.go_to("handover")
    desk.settle()
    desk.tab_to(page.to_stopped)
    desk.enter()
    desk.settle()
    assert desk.focus() is page.stopped.table
    monkeypatch.setattr(desk.shell.notices, "ask", pytest.fail)
    said = []
    for _ in range(page.stopped.rows.rowCount()):
        assert not page.stopped.admit.isEnabled()
        page.stopped.admit_now()
        said.append(page.stopped.whole.text())
        desk.press(Key.Key_Down)
    only = text("handovers.stopped.only", unit="thành phố Quảng Ngãi")
    assert all(only in one for one in said)
    assert any(f"Họ và tên trẻ: {WANTED}" in one for one in said)
    assert not any(DISTRICT in one for one in said), "units are called by their names"
    desk.close()


def test_what_has_no_page_here_is_left_at_that_and_its_line_goes_from_the_worklist(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(qtbot, prepared_home(tmp_path)).unlock(stay=True)
    with desk.workplace.write() as work:
        values: dict[str, Value] = {"owner_unit": UNIT, "household_no": "7", "head_name": "Lê Bình"}
        made = work.record(Change("household", values))
        work.commit()
    _refuse(desk, (made.id, made))
    desk.go_to("home")
    desk.shell.home.load()
    desk.settle()
    home, page = desk.shell.home, desk.shell.handover
    assert page is not None
    desk.tab_to(home.lines)
    desk.press(Key.Key_Home)
    assert home.lines.tasks[home.lines.currentRow()].duty is Duty.REFUSED_ABOVE
    desk.enter()
    desk.until(lambda: desk.shell.pages.currentWidget() is page)
    desk.settle()
    stopped = page.stopped
    assert desk.focus() is stopped.table
    assert not stopped.admit.isEnabled()
    assert not stopped.drop.isEnabled()
    assert not stopped.open.isEnabled()
    assert text("handovers.stopped.dismiss") in stopped.whole.text()
    asked: list[str] = []

    def ask(question):  # type: ignore[no-untyped-def]
        asked.append(question.text)
        return answers.pop(0)

    monkeypatch.setattr(desk.shell.notices, "ask", ask)
    answers = ["keep", "dismiss"]
    desk.tab_to(stopped.dismiss)
    desk.enter()
    desk.settle()
    assert stopped.dismiss.isEnabled()
    desk.tab_to(stopped.dismiss)
    desk.enter()
    desk.settle()
    assert len(asked) == 2
    assert "Lê Bình" in asked[0]
    assert not stopped.dismiss.isEnabled()
    assert stopped.rows.rowCount() == 1, "it is kept, and the list tells what it was"
    assert text("handovers.stopped.only_no_page", unit="") not in stopped.whole.text()
    desk.go_to("home")
    desk.settle()
    assert Duty.REFUSED_ABOVE not in [one.duty for one in home.lines.tasks]
    desk.close()
