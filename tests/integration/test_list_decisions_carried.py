"""What people decided about rows of one list, and which rows of the next it holds for."""

from __future__ import annotations

from pathlib import Path

from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.views import ListResult, Settled
from tests.integration.registers import table
from tests.integration.test_crosscheck import Village
from tests.integration.test_crosscheck import village as village

_TITLES = ("TT", "Họ và tên", "Năm sinh", "Thôn")


def by_village(found: ListResult) -> dict[str, tuple[str, Settled | None]]:
    return {
        one.row.village: (one.child.id if one.child is not None else "", one.settled)
        for one in found.rows
    }


def test_a_decision_follows_its_row_and_not_its_place(village: Village, tmp_path: Path) -> None:
    workplace, _homes, children = village
    desk = CrossCheck(workplace)
    first = table(
        tmp_path / "a.csv",
        _TITLES,
        [["1", "Trần Văn Lạ", "2016", "Thôn 1"], ["2", "Trần Văn Lạ", "2016", "Thôn 2"]],
    )
    found = desk.take_in(first, ListKind.SUPPORT, occasion="Quà Tết")
    desk.decide(found.list.id, found.rows[0].number, children[0])
    desk.settle(found.list.id, found.rows[1].number, Settled.NOT_HERE)
    sorted_anew = table(
        tmp_path / "b.csv",
        _TITLES,
        [["1", "Trần Văn Lạ", "2016", "Thôn 2"], ["2", "Trần Văn Lạ", "2016", "Thôn 1"]],
    )
    again = desk.take_in(sorted_anew, ListKind.SUPPORT, occasion="Quà Tết")
    assert by_village(again) == {"Thôn 1": (children[0], None), "Thôn 2": ("", Settled.NOT_HERE)}
    other = table(
        tmp_path / "c.csv", (*_TITLES, "Lớp"), [["1", "Trần Văn Lạ", "2016", "Thôn 2", "5A"]]
    )
    third = desk.take_in(other, ListKind.SUPPORT, occasion="Quà Trung thu")
    assert by_village(third) == {"Thôn 2": ("", None)}, "settled for another occasion"


def test_of_two_rows_that_say_the_same_nothing_is_carried(village: Village, tmp_path: Path) -> None:
    workplace, _homes, children = village
    desk = CrossCheck(workplace)
    alike = ["Trần Văn Lạ", "2016", "Thôn 1"]
    first = table(tmp_path / "a.csv", _TITLES, [["1", *alike], ["2", *alike]])
    found = desk.take_in(first, ListKind.SUPPORT, occasion="Quà Tết")
    desk.decide(found.list.id, found.rows[0].number, children[0])
    same = desk.take_in(first, ListKind.SUPPORT)
    assert [bool(one.decided) for one in same.rows] == [True, False], "the same file says which"
    for name, rows in (("b", [["9", *alike], ["8", *alike]]), ("c", [["7", *alike]])):
        other = table(tmp_path / f"{name}.csv", _TITLES, rows)
        again = desk.take_in(other, ListKind.SUPPORT, occasion="Quà Tết")
        assert not any(one.decided for one in again.rows)
