"""A household of four children, typed from opening to complete and handed over; keys only.

Twins, a boy without a name yet, a child of whom only the year is known and whose parents are dead.
Collected by name alone: `test_window_real` runs it in a real window with a window manager.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.ui.household.proposal import Proposal
from tests.e2e.command_line import Homes
from tests.ui.window_desk import CTRL, PLAIN_CHILD, Desk, Key
from tests.ui.window_session import COMMUNE, DISTRICT, homes, send, sit_down

__all__ = ["homes"]

_OWN = ("full_name", "birth_date", "sex", "personal_id", "birth_registered")
_SCHOOL = ("schooling_status", "education_level", "grade")
_ASKED = ("circumstance_answer", "has_bhyt", "monthly_allowance")
_REASON = "Gia đình đang làm thủ tục"


def walk(desk: Desk, wanted: dict[str, str]) -> list[str]:
    """On with Enter to the save button, typing where a wanted field comes; Space confirms what the
    facts propose. What was proposed.
    """
    left, proposed = dict(wanted), []
    while desk.focus() is not desk.page.foot.save:
        focus = desk.focus()
        if isinstance(focus, Proposal):
            proposed.append(focus.accessibleName())
            desk.press(Key.Key_Space, text=" ")
            desk.settle()
            continue
        if desk.at() in left and not (desk.at() == "circumstance_answer" and proposed):
            desk.text(left.pop(desk.at()))
        assert desk.at(), f"the walk ended in {focus} before {sorted(left)}"
        desk.enter()
    left.pop("circumstance_answer", None)
    assert not left
    return proposed


def save(desk: Desk) -> None:
    """Ctrl+Enter; every warning gets its reason."""
    desk.press(Key.Key_Return, CTRL)
    while desk.page.foot.is_asking:
        desk.text(_REASON)
        desk.enter()
    desk.settle()


def of(*names: str, **more: str) -> dict[str, str]:
    return {**{name: PLAIN_CHILD[name] for name in names}, **more}


def test_a_household_of_four_is_typed_to_complete_and_handed_over(
    qtbot: QtBot, homes: Homes, tmp_path: Path
) -> None:
    desk, page = sit_down(qtbot, homes, COMMUNE)
    desk.new_household()
    # The first of the twins; their number stands behind the line that F4 opens.
    desk.fill(**of(*_OWN, "ethnicity"))
    desk.press(Key.Key_F4)
    desk.fill(birth_order="1", twin_group="1")
    further = {name for name in PLAIN_CHILD if name not in (*_OWN, "ethnicity")}
    assert walk(desk, of(*further)) == []
    save(desk)
    second = of(*_OWN, *_SCHOOL, *_ASKED, full_name="Phạm Thị Hoa", personal_id="051314004425")
    assert walk(desk, {**second, "birth_order": "2", "twin_group": "1"}) == []
    save(desk)
    # Born three weeks ago, not registered: the sex is his name.
    born = desk.today() - timedelta(days=21)
    boy = of(*_ASKED, full_name="Trai", birth_date=f"{born:%d%m%y}", sex="1")
    walk(desk, {**boy, "birth_registered": "2", "birth_order": "3", "schooling_status": "0"})
    save(desk)
    orphan = {
        **of(*_SCHOOL, *_ASKED),
        "full_name": "Đinh Văn Lép",
        "birth_date": "2014",
        "sex": "1",
        "personal_id": "051214004433",
        "relation_to_head": "cháu họ",
        "birth_registered": "1",
        "father_name": "Đinh Văn Rể",
        "father_birth_year": "1988",
        "father_status": "chết",
        "mother_name": "Phạm Thị Mận",
        "mother_birth_year": "1990",
        "mother_status": "đã mất",
        "care_arrangement": "người thân",
        "caregiver_name": "Phạm Văn Rơm",
        "caregiver_relation": "bác",
    }
    proposed = walk(desk, orphan)
    assert len(proposed) == 1
    assert "C01" in proposed[0]
    save(desk)
    assert desk.child.new, "the next line is begun"

    entry = desk.shell.entry
    (household,) = entry.household_rows(entry.household_ids())
    children = entry.child_rows(entry.child_ids())
    assert household.complete
    assert {one.full_name: (one.birth_date, one.complete) for one in children} == {
        "Phạm Thị Hân": ("2014-03-02", True),
        "Phạm Thị Hoa": ("2014-03-02", True),
        "Trai": (born.isoformat(), True),
        "Đinh Văn Lép": ("2014", True),
    }
    desk.go_to("handover")
    desk.settle()
    stick = tmp_path / "stick"
    stick.mkdir()
    file = send(desk, page, stick)
    desk.close()
    (got,) = homes.at(DISTRICT).must("handover", "receive", file)
    assert (got["status"], got["households_new"], got["children_new"]) == ("imported", 1, 4)
    found = homes.at(DISTRICT).must("register", "search", "dinh van lep")
    assert "Đinh Văn Lép" in str(found)
