"""One child entered twice in its household: both come in, and the import says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.forms.schema import Severity
from app.models.work import Change
from app.services.checks import Checks, FoundIssue
from app.services.records import Records
from app.services.workplace import Workplace
from tests.integration.registers import Made, by_name, everything, names, table, take

TITLES = ("Mã hộ (do phần mềm cấp)", "Họ và tên trẻ", "Ngày sinh", "Sinh đôi/sinh ba", "Chủ hộ")
ANH = ["h1", "Nguyễn Thị Ánh", "14/03/2016", "", "Nguyễn Văn Rơm"]
SHOUTED = ["h1", "NGUYỄN THỊ ÁNH", "14/03/2016", "", "Nguyễn Văn Rơm"]
REASON = "full_name/same_as_sibling: sinh đôi"


def remarks(workplace: Workplace) -> list[FoundIssue]:
    """What a check says of children entered twice."""
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend)
    return [one for one in found if one.issue.rule == "same_as_sibling"]


def test_two_rows_of_one_child_are_two_children_and_told(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", TITLES, [ANH, ["h1", "Nguyễn Văn Bê", *ANH[2:]], SHOUTED, ANH])
    result = take(workplace, path)
    assert (result.created, len(everything(workplace, "child"))) == (4, 4)
    assert names(result) == [(4, "same_child"), (5, "same_child")]
    assert [one.parameters["first"] for one in result.issues] == [2, 2]
    again = take(workplace, path)
    assert (again.operations, names(again)) == (0, names(result))
    found = remarks(workplace)
    assert len(found) == 3
    assert not any("Ánh" in one.message for one in found)
    (home,) = everything(workplace, "household")
    page = Records(workplace).household(home.id)
    on_page = [{issue.rule for issue in one.issues} for one in page.children]
    assert [("same_as_sibling" in rules) for rules in on_page].count(True) == 3


def test_what_a_reason_was_given_for_is_not_told_again(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = table(tmp_path / "a.csv", TITLES, [ANH, ["h1", "Nguyễn Thị Anh", *ANH[2:]]])
    assert names(take(workplace, path)) == [(3, "same_child")]
    with workplace.write() as work:
        for child in by_name(workplace).values():
            work.record(Change("child", {"warning_reasons": [REASON]}, id=child.id))
        work.commit()
    assert take(workplace, path).issue_count == 0
    assert {one.issue.severity for one in remarks(workplace)} == {Severity.NOTE}


def test_a_child_whom_the_register_has_is_told(made: Made, tmp_path: Path) -> None:
    workplace = made()
    take(workplace, table(tmp_path / "a.csv", TITLES, [ANH]))
    result = take(workplace, table(tmp_path / "b.csv", TITLES, [SHOUTED, SHOUTED]))
    assert names(result) == [(2, "same_child_held"), (3, "same_child")]
    assert len(remarks(workplace)) == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(["Gái", "14/03/2016", ""], ["Gái", "14/03/2016", ""], id="no names yet"),
        pytest.param(["Mai", "14/03/2016", "1"], ["Mài", "14/03/2016", "1"], id="marked as twins"),
        pytest.param(["Mai", "14/03/2016", ""], ["Mây", "14/03/2016", ""], id="other name"),
        pytest.param(["Mai", "14/03/2016", ""], ["Mai", "15/03/2016", ""], id="other day"),
        pytest.param(["Mai", "31/02/2016", ""], ["Mai", "31/02/2016", ""], id="no day"),
        pytest.param(["Mai", "", ""], ["Mai", "", ""], id="no day at all"),
    ],
)
def test_others_are_not_told(
    made: Made, tmp_path: Path, first: list[str], second: list[str]
) -> None:
    workplace = made()
    rows = [["h1", *first, "Rơm"], ["h1", *second, "Rơm"]]
    result = take(workplace, table(tmp_path / "a.csv", TITLES, rows))
    assert "same_child" not in [name for _, name in names(result)]
    assert remarks(workplace) == []


def test_a_namesake_in_another_household_is_not_told(made: Made, tmp_path: Path) -> None:
    workplace = made()
    result = take(workplace, table(tmp_path / "a.csv", TITLES, [ANH, ["h2", *ANH[1:]]]))
    assert (result.created, result.issue_count) == (2, 0)
    assert len(by_name(workplace)) == 1
    assert remarks(workplace) == []
