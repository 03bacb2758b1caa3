"""A village whose name is written with one slip is proposed, and makes no second village."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.importing.issues import Correction
from app.services.register_import import RegisterImport, issue_text
from app.services.workplace import Workplace
from tests.integration.registers import Made, everything, table, take

OURS = "21100@2025"
HEADS = ("Thôn", "Số hộ", "STT trong hộ", "Họ và tên trẻ")
TAKEN = frozenset((Correction.VILLAGES,))


def listed(path: Path, *rows: tuple[str, str]) -> Path:
    """A list of children, each (village, name) in a household of its own."""
    return table(path, HEADS, [(where, str(at), "1", who) for at, (where, who) in enumerate(rows)])


def villages(workplace: Workplace) -> list[str]:
    return sorted(str(one.values["name"]) for one in everything(workplace, "village"))


@pytest.fixture
def workplace(made: Made, tmp_path: Path) -> Workplace:
    """With two villages in its register."""
    workplace = made(OURS)
    take(workplace, listed(tmp_path / "first.csv", ("Thôn Đông Hòa", "Mai"), ("Thôn 1", "Lan")))
    return workplace


@pytest.mark.parametrize("written", ["Thôn Đông Hào", "Thôn Đông Hoàa", "Đông Hóa"])
def test_a_slip_waits_for_somebody_and_makes_no_village(
    workplace: Workplace, tmp_path: Path, written: str
) -> None:
    path = table(
        tmp_path / "b.csv", HEADS, [(written, "7", "1", "Cúc"), ("Thôn 1", "8", "1", "Đào")]
    )
    importer = RegisterImport(workplace)
    first = importer.run(path)
    assert (first.created, first.refused, first.proposals) == (1, 1, {Correction.VILLAGES: 1})
    issue = first.issues[0]
    assert issue.proposal is not None
    assert (issue.proposal.text, issue.proposal.becomes) == (written, "Thôn Đông Hòa")
    assert (issue.place, "Đông" in issue_text(issue)) == ("A2", False)
    assert villages(workplace) == ["Thôn 1", "Thôn Đông Hòa"]
    second = importer.run(path, accepted=TAKEN)
    assert (second.created, second.unchanged, second.refused, second.accepted) == (1, 1, 0, 1)
    assert villages(workplace) == ["Thôn 1", "Thôn Đông Hòa"]
    assert importer.run(path, accepted=TAKEN).operations == 0


@pytest.mark.parametrize("written", ["Thôn 2", "Tổ 1", "Thôn Nam", "Thôn 11", "Tổ Đông Hòa"])
def test_another_number_kind_or_name_is_another_village(
    workplace: Workplace, tmp_path: Path, written: str
) -> None:
    path = table(tmp_path / "b.csv", HEADS, [(written, "7", "1", "Cúc")])
    result = RegisterImport(workplace).run(path)
    assert (result.created, result.proposals) == (1, {})
    assert len(villages(workplace)) == 3


def test_two_villages_of_one_file_may_differ_by_a_letter(made: Made, tmp_path: Path) -> None:
    workplace = made(OURS)
    path = listed(tmp_path / "a.csv", ("Thôn Đông Hòa", "Mai"), ("Thôn Đông Hóa", "Lan"))
    result = RegisterImport(workplace).run(path)
    assert (result.created, result.proposals) == (2, {})
    assert RegisterImport(workplace).run(path).unchanged == 2


def test_a_child_that_is_here_is_not_moved_to_a_village_with_a_slip(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = listed(tmp_path / "b.csv", ("Thôn Đông Hào", "Mai"))
    before = [one.values.get("village") for one in everything(workplace, "household")]
    assert RegisterImport(workplace).run(path).refused == 1
    assert RegisterImport(workplace).run(path, accepted=TAKEN).unchanged == 1
    assert [one.values.get("village") for one in everything(workplace, "household")] == before
