"""Communes named in a column: recognised however they are written, confirmed for one slip, refused
where several are meant.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.importing.issues import Correction
from app.services.register_import import RegisterImport, issue_text
from tests.integration.registers import Made, everything, table

OURS, WHOLE, SPLIT, PART = "21100@2025", "21100@2024", "21142@2024", "21136@2025"
HEADS = ("commune", "Thôn", "Số hộ", "STT trong hộ", "Họ và tên trẻ")


def naming(folder: Path, *communes: str) -> Path:
    """A list with a child in each of these communes."""
    given = ("Mai", "Lan", "Cúc", "Trúc", "Đào")
    rows = [
        (commune, "Thôn 1", str(at), "1", f"Phạm Thị {given[at]}")
        for at, commune in enumerate(communes)
    ]
    return table(folder / "list.csv", HEADS, rows)


def test_a_commune_is_recognised_with_its_kind_its_district_and_without_marks(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(OURS)
    written = (
        "Bình Chương",
        "XÃ BÌNH CHƯƠNG",
        "xa binh chuong",
        "X.Bình Chương (H.Bình Sơn)",
        "Quảng Ngãi - Bình Sơn - Bình Chương",
    )
    result = RegisterImport(workplace).run(naming(tmp_path, *written))
    assert (result.created, result.refused, result.issue_count) == (5, 0, 0)
    assert {one.values["owner_unit"] for one in everything(workplace, "child")} == {OURS}


def test_a_beginning_of_a_name_is_no_name(made: Made, tmp_path: Path) -> None:
    result = RegisterImport(made(OURS)).run(naming(tmp_path, "Bình Chương", "Bình Ch"))
    assert (result.created, result.refused) == (1, 1)


def test_a_commune_with_one_slip_is_proposed_and_taken_when_it_is_confirmed(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(OURS)
    path = naming(tmp_path, "Xã Bình Chương", "Xã Bình Chươn", "Xã Bình Chưởng")
    first = RegisterImport(workplace).run(path)
    assert (first.created, first.refused) == (1, 2)
    assert first.proposals == {Correction.UNITS: 2}
    proposal = first.issues[0].proposal
    assert proposal is not None
    assert proposal.text == "Xã Bình Chươn"
    assert proposal.becomes == "Xã Bình Chương, tỉnh Quảng Ngãi (21100@2025)"
    assert "Bình" not in issue_text(first.issues[0]), "names in cells are for the proposal alone"
    confirmed = frozenset((Correction.UNITS,))
    second = RegisterImport(workplace).run(path, accepted=confirmed)
    assert (second.created, second.unchanged, second.refused) == (2, 1, 0)
    assert (second.accepted, second.proposals) == (2, {})
    again = RegisterImport(workplace).run(path, accepted=confirmed)
    assert (again.created, again.changed, again.unchanged, again.operations) == (0, 0, 3, 0)


def test_a_former_commune_that_was_split_is_refused_where_a_part_of_it_lies(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(PART)
    tree = workplace.tree.units
    former = ", ".join(one.full_name() for one in (tree.unit(SPLIT), *tree.ancestors(SPLIT)))
    ours = tree.unit(PART).full_name()
    result = RegisterImport(workplace).run(naming(tmp_path, ours, former))
    assert (result.created, result.refused) == (1, 1)
    assert [one.message_id for one in result.issues] == ["import.issue_unit_split"]


@pytest.mark.parametrize(
    ("written", "issue"),
    [("huyện Bình Sơn", "unit_tier"), ("không rõ xã nào", "unit"), ("xã", "unit")],
)
def test_what_is_no_commune_is_refused_and_said(
    made: Made, tmp_path: Path, written: str, issue: str
) -> None:
    result = RegisterImport(made(OURS)).run(naming(tmp_path, "Bình Chương", written))
    assert (result.created, result.refused) == (1, 1)
    assert [one.message_id for one in result.issues] == [f"import.issue_{issue}"]


def test_rows_of_other_communes_are_left_to_them(made: Made, tmp_path: Path) -> None:
    path = naming(tmp_path, "Bình Chương", "Xã Ba Vinh", "Xã Điện Quan")
    result = RegisterImport(made(OURS)).run(path)
    assert (result.created, result.refused, result.skipped) == (1, 0, 2)


def test_a_village_with_its_number_in_words_is_the_one_that_is_there(
    made: Made, tmp_path: Path
) -> None:
    workplace = made(OURS)
    ways = ("Thôn 1", "Thôn Một", "T.1", "thôn 01", "THÔN SỐ 1", "Tổ 1", "Thôn 11")
    rows = [
        (village, str(at), "1", name)
        for at, (village, name) in enumerate(
            zip(ways, ("Mai", "Lan", "Cúc", "Trúc", "Đào", "Liễu", "Huệ"), strict=True)
        )
    ]
    path = table(tmp_path / "list.csv", HEADS[1:], [(*row[:3], f"Đinh {row[3]}") for row in rows])
    assert RegisterImport(workplace).run(path).created == 7
    held = [str(one.values["name"]) for one in everything(workplace, "village")]
    assert sorted(held) == ["Thôn 1", "Thôn 11", "Tổ 1"]
