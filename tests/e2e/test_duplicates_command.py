"""`duplicates`: who may be written twice, in the register and in any list, at the prompt."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.e2e.command_line import Prompt
from tests.workplaces import COMMUNE

_HEADS = ["Họ và tên trẻ", "Ngày sinh", "Giới tính", "Họ tên mẹ", "Họ tên cha", "Chủ hộ", "Số hộ"]
_BOOK = [
    ["Đinh Thị Rế", "06/03/2016", "Nữ", "Đinh Thị Bích", "Đinh Văn Rơm", "Đinh Văn Rơm", "1"],
    ["Đinh Văn Rao", "01/09/2018", "Nam", "Đinh Thị Bích", "Đinh Văn Rơm", "Đinh Văn Rơm", "1"],
    ["DINH THI RE", "2016", "Nữ", "DINH THI BICH", "DINH VAN ROM", "DINH VAN RAY", "9"],
    *(
        [f"Phạm {middle} {given}", f"0{day}/05/2015", "Nam", "Lê Hoa", "Phạm An", "Phạm An", home]
        for home, middle, given, day in (
            ("2", "Văn", "Khoa", 1),
            ("3", "Duy", "Sơn", 2),
            ("4", "Minh", "Trí", 3),
            ("5", "Gia", "Huy", 4),
        )
    ),
]


def table(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture
def prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    made = Prompt(tmp_path / "home", monkeypatch)
    made.must("init", "--unit", COMMUNE, "--user", "an")
    return made


def test_a_child_of_two_households_is_found_and_told_with_reasons(
    prompt: Prompt, tmp_path: Path
) -> None:
    prompt.must("register", "import", table(tmp_path / "so.csv", [_HEADS, *_BOOK]), codes=(0, 4))
    out = tmp_path / "cap.csv"
    found = prompt.must("duplicates", "find", "--out", out, codes=(4,))
    (pair,) = [one for one in found if one["level"] in ("certain", "high")]
    names = {
        prompt.must("register", "show", one)["values"]["full_name"]
        for one in (pair["id_a"], pair["id_b"])
    }
    assert names == {"Đinh Thị Rế", "DINH THI RE"}
    assert "tên mẹ giống" in pair["reasons"]
    with out.open(encoding="utf-8-sig", newline="") as file:
        head, first, *_ = csv.reader(file)
    assert head == ["id_a", "id_b", "score", "level", "reasons"]
    assert first[:2] == [pair["id_a"], pair["id_b"]]
    assert "Rế" not in out.read_text(encoding="utf-8-sig"), "a file of pairs holds no names"
    told = prompt.told("duplicates", "find", codes=(4,))
    assert told[0].startswith("7 trẻ, ")
    assert prompt("duplicates", "find", "--out", out).document["error"] == "printing.file_there"


def test_a_list_of_people_is_looked_through_and_nothing_of_it_is_kept(
    prompt: Prompt, tmp_path: Path
) -> None:
    rows = [["Số", "Tên", "Sinh", "Mẹ", "Cha"]]
    rows += [[f"x{at}", one[0], one[1], one[3], one[4]] for at, one in enumerate(_BOOK)]
    rows[3][2] = "2016-03-06"
    file = table(tmp_path / "danh-sach.csv", rows)
    assert prompt("duplicates", "find", file).document["error"] == "duplicates.no_columns"
    map_file = tmp_path / "cot.json"
    said = {"id": "Số", "name": "Tên", "birth_date": "Sinh", "mother": "Mẹ", "father": "Cha"}
    map_file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    (pair, *_) = prompt.must("duplicates", "find", file, "--columns", map_file)
    assert (pair["id_a"], pair["id_b"]) == ("x0", "x2")
    assert pair["evidence"]["birth"] > 5, "a day is a day, however the list writes it"
    map_file.write_text(json.dumps({"tên": "Tên"}), encoding="utf-8")
    refused = prompt("duplicates", "find", file, "--columns", map_file)
    assert refused.document["error"] == "duplicates.no_field"
    map_file.write_text("[1", encoding="utf-8")
    refused = prompt("duplicates", "find", file, "--columns", map_file)
    assert refused.document["error"] == "duplicates.columns_unreadable"
    assert prompt.must("register", "search", "dinh") == []
