"""Columns of days that lost their date format: Excel's count of days is proposed, never taken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.services.importing.issues import Correction
from app.services.register_import import ImportResult, RegisterImport, issue_text
from app.services.workplace import Workplace
from tests.integration.registers import Made, by_name, names, table, take

DATES = frozenset((Correction.DATES,))
TITLES = ("rec_id", "Họ và tên", "Ngày sinh")


def days(workplace: Workplace) -> dict[str, object]:
    return {name: one.values.get("birth_date") for name, one in by_name(workplace).items()}


def proposed(result: ImportResult) -> dict[str, object]:
    return {one.proposal.text: one.proposal.becomes for one in result.issues if one.proposal}


def book(path: Path, cells: Sequence[str | int | float], *, from_1904: bool = False) -> Path:
    """A workbook whose dates stand in General format."""
    made = openpyxl.Workbook()
    if from_1904:
        made.epoch = CALENDAR_MAC_1904
    sheet = made.active
    assert sheet is not None
    sheet.append(TITLES)
    for number, cell in enumerate(cells, 1):
        sheet.append([str(number), f"Đinh Thị {'ABCDEFGH'[number]}", cell])
    made.save(path)
    return path


def test_counts_of_days_are_kept_and_proposed_as_days(made: Made, tmp_path: Path) -> None:
    workplace = made()
    path = book(tmp_path / "a.xlsx", [42767, 40515, "01/05/2019", 43000.5])
    preview = RegisterImport(workplace).preview(path)
    result = take(workplace, path)
    wanted = {"42767": "2017-02-01", "40515": "2010-12-03", "43000.5": "2017-09-22"}
    assert proposed(preview.result) == proposed(result) == wanted
    assert result.proposals == {Correction.DATES: 3}
    assert names(result) == [(2, "proposal"), (3, "proposal"), (5, "proposal")]
    assert "Excel" in issue_text(result.issues[0])
    assert "42767" not in issue_text(result.issues[0])
    assert sorted(map(str, days(workplace).values())) == [
        "2019-05-01",
        "40515",
        "42767",
        "43000.5",
    ]
    other = RegisterImport(workplace).run(path, accepted=frozenset((Correction.ZEROS,)))
    assert (other.operations, other.accepted) == (0, 0)
    confirmed = RegisterImport(workplace).run(path, accepted=DATES)
    assert (confirmed.changed, confirmed.accepted, confirmed.issue_count) == (3, 3, 0)
    assert sorted(map(str, days(workplace).values())) == [
        "2010-12-03",
        "2017-02-01",
        "2017-09-22",
        "2019-05-01",
    ]
    assert take(workplace, path).operations == 0


def test_a_workbook_that_counts_from_1904_means_other_days(made: Made, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [41305], from_1904=True)
    assert proposed(take(made(), path)) == {"41305": "2017-02-01"}


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["150519", "40515"], id="a date typed without its zero among typed dates"),
        pytest.param(["40515"], id="nothing tells a count from a date without its zero"),
        pytest.param(["42767", "01052019"], id="typed dates in the column"),
        pytest.param(["99999"], id="a day too far ahead"),
        pytest.param(["142767"], id="no number of five digits"),
        pytest.param(["4276", "9999999"], id="more or fewer digits"),
    ],
)
def test_what_may_mean_something_else_is_not_proposed(
    made: Made, tmp_path: Path, cells: list[str]
) -> None:
    rows = [[str(at), f"Đinh {at}", cell] for at, cell in enumerate(cells)]
    result = take(made(), table(tmp_path / "a.csv", TITLES, rows))
    assert Correction.DATES not in result.proposals


def test_other_columns_than_days_are_left_alone(made: Made, tmp_path: Path) -> None:
    rows = [["1", "Đinh Mai", "42767"]]
    result = take(made(), table(tmp_path / "a.csv", ("rec_id", "Họ và tên", "CCCD"), rows))
    assert Correction.DATES not in result.proposals
