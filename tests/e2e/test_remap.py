"""`unit remap` at the prompt: what is to be divided, by which villages, and the act itself.

Trà Bùi (21142) went in two parts to two communes of 2025; its register came to the province.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command_line import Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.faults.ground import MAP, sheet_of

PROVINCE, OLD, ONE, OTHER = "51@2025", "21142@2024", "21136@2025", "21157@2025"


@pytest.fixture
def province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    prompt = Homes(tmp_path, monkeypatch).init(PROVINCE)
    sheet = sheet_of(tmp_path / "sheet.csv", (OLD,), 12, 5)
    prompt.must("register", "import", sheet, "--columns", MAP, "--unit", OLD, codes=(0, 4))
    return prompt


def test_a_split_unit_is_listed_divided_and_gone_from_the_list(
    province: Prompt, tmp_path: Path
) -> None:
    (split,) = province.must("unit", "remap")
    assert (split["unit"], split["children"], split["became"]) == (OLD, 12, [ONE, OTHER])
    villages = province.must("unit", "remap", OLD)
    assert sum(one["children"] for one in villages) == 12
    file = tmp_path / "villages.csv"
    lines = [f'"{one["name"]}",{(ONE, OTHER)[n % 2]}' for n, one in enumerate(villages)]
    file.write_text("\n".join(["village,unit", *lines]), encoding="utf-8")
    seen = province.must("unit", "remap", OLD, file, "--preview")
    assert province.must("unit", "remap", OLD) == villages, "a preview writes nothing"
    assert "chưa ghi gì" in province.told("unit", "remap", OLD, file, "--preview")[0]
    done = province.must("unit", "remap", OLD, file)
    assert done == seen
    assert {one["unit"]: one["children"] for one in done["parts"]} == {
        unit: sum(one["children"] for n, one in enumerate(villages) if n % 2 == at)
        for at, unit in enumerate((ONE, OTHER))
    }
    assert (done["children"], done["left_children"], set(done["to"])) == (12, 0, {ONE, OTHER})
    assert province.must("unit", "remap") == []
    assert province.must("unit", "remap", OLD) == []


def test_a_village_that_stays_is_told_and_a_wrong_file_changes_nothing(
    province: Prompt, tmp_path: Path
) -> None:
    villages = province.must("unit", "remap", OLD)
    file = tmp_path / "villages.csv"
    lines = [f"{one['id']},{ONE if n else ''}" for n, one in enumerate(villages)]
    file.write_text("\n".join(["village,unit", *lines[:-1]]), encoding="utf-8")
    assert said_plainly(province("unit", "remap", OLD, file)) == "dividing.not_named"
    wrong = [f"{one['id']},21484@2025" for one in villages]
    file.write_text("\n".join(["village,unit", *wrong]), encoding="utf-8")
    assert said_plainly(province("unit", "remap", OLD, file)) == "dividing.not_successor"
    assert province.must("unit", "remap", OLD) == villages
    file.write_text("\n".join(["village,unit", *lines]), encoding="utf-8")
    told = province.told("unit", "remap", OLD, file, codes=(4,))
    assert "ở lại" in told[-1]
    (left,) = province.must("unit", "remap", OLD)
    assert left["id"] == villages[0]["id"]


def test_a_division_is_previewed_and_taken_back_and_made_once_more(
    province: Prompt, tmp_path: Path
) -> None:
    villages = province.must("unit", "remap", OLD)
    file = tmp_path / "villages.csv"
    lines = [f"{one['id']},{ONE}" for one in villages]
    file.write_text("\n".join(["village,unit", *lines]), encoding="utf-8")
    assert province.must("unit", "remap", "--undo") == []
    assert said_plainly(province("unit", "remap", OLD, "--undo")) == "dividing.nothing_divided"
    done = province.must("unit", "remap", OLD, file)
    (divided,) = province.must("unit", "remap", "--undo")
    assert (divided["unit"], divided["children"]) == (OLD, done["children"])
    seen = province.must("unit", "remap", OLD, "--undo", "--preview")
    assert province.must("unit", "remap", OLD) == [], "a preview writes nothing"
    assert province.must("unit", "remap", OLD, "--undo") == seen
    assert (seen["children"], seen["records"]) == (12, done["to"][ONE])
    assert province.must("unit", "remap", OLD) == villages
    province.must("unit", "remap", OLD, file)
    # The new unit changes a child of it: its village stays, and is told.
    child = province.must("register", "search", "a", codes=(0, 4))[0]["id"]
    province.must("register", "set", child, "other_name=Bé", codes=(0, 4))
    told = province.told("unit", "remap", OLD, "--undo", codes=(4,))
    assert any("Ở lại đơn vị mới" in one for one in told)
    assert len(province.must("unit", "remap", OLD)) == len(villages) - 1
