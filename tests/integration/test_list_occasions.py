"""Two gifts of one year, on a real store: neither is lost, and none is noted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import KnownError
from app.models.queries import register
from app.services.crosscheck.desk import CrossCheck
from app.services.crosscheck.listed import ListKind
from app.services.crosscheck.taking import SupportGiven
from app.services.workplace import Workplace
from tests.integration.registers import table
from tests.integration.test_crosscheck import _GIFT, Village
from tests.integration.test_crosscheck import village as village

_GIVEN_ON = SupportGiven("gift", "2026-02-01", "A")


def gift(path: Path, amount: str) -> Path:
    rows = [["1", "Phạm Gia Khoa", "1/3/2016", "5A", "Phạm Văn Khoa", amount]]
    return table(path, _GIFT, rows)


def amounts(workplace: Workplace, child: str) -> list[int]:
    with workplace.store.read() as reading:
        found = register.belonging_to(reading, [child])[child]
    return sorted(
        int(str(one.values["support_amount"])) for one in found if one.entity == "support"
    )


def test_two_occasions_of_a_year_are_two_supports(village: Village, tmp_path: Path) -> None:
    workplace, _homes, children = village
    desk = CrossCheck(workplace)
    for name, amount in (("Quà Tết", "100000"), ("Quà Trung thu", "700000")):
        file = gift(tmp_path / f"{amount}.csv", amount)
        found = desk.take_in(file, ListKind.SUPPORT, occasion=name)
        desk.apply(found.list.id, _GIVEN_ON)
        assert desk.result(found.list.id).list.current
    assert amounts(workplace, children[0]) == [100000, 700000]
    assert all(one.current for one in desk.lists())


def test_the_same_file_again_stays_of_its_occasion(village: Village, tmp_path: Path) -> None:
    workplace, _homes, children = village
    desk = CrossCheck(workplace)
    file = gift(tmp_path / "a.csv", "100000")
    desk.apply(desk.take_in(file, ListKind.SUPPORT, occasion="Quà Tết").list.id, _GIVEN_ON)
    again = desk.take_in(file, ListKind.SUPPORT)
    assert again.rows[0].proposed == ""
    assert amounts(workplace, children[0]) == [100000]


def test_a_gift_without_title_and_occasion_is_refused(village: Village, tmp_path: Path) -> None:
    workplace, _homes, _children = village
    desk = CrossCheck(workplace)
    with pytest.raises(KnownError, match=r"crosscheck\.no_occasion"):
        desk.take_in(gift(tmp_path / "a.csv", "100000"), ListKind.SUPPORT)
    assert desk.lists() == ()


def test_acts_stand_in_the_order_in_which_they_were_written(
    village: Village, tmp_path: Path
) -> None:
    workplace, _homes, children = village
    desk = CrossCheck(workplace)
    rows = [["1", "Phạm Gia Khoa", "1/3/2016", "5A", "Phạm Văn Khoa", "1"]]
    rows += [[str(at), f"Lê Mới {'ABCDEF'[at]}", "7/7/2017", "5A", "", "1"] for at in range(6)]
    file = table(tmp_path / "a.csv", _GIFT, rows)
    found = desk.take_in(file, ListKind.SUPPORT, occasion="Quà Tết")
    written = [desk.apply(found.list.id, _GIVEN_ON).act]
    for row, child in zip(found.rows[1:], children[4:], strict=True):
        desk.decide(found.list.id, row.number, child)
        written.append(desk.apply(found.list.id, _GIVEN_ON).act)
    assert list(desk.result(found.list.id).acts) == written
