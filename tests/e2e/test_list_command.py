"""`list`: a list of poor households held against the register, at the prompt."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.e2e.command_line import Prompt
from tests.workplaces import COMMUNE

_HEADS = ["Họ và tên trẻ", "Ngày sinh", "Giới tính", "Họ tên mẹ", "Họ tên cha", "Chủ hộ", "Số hộ"]
_BOOK = [
    [
        f"Phạm Gia {given}",
        f"0{day}/05/2018",
        "Nam",
        "Lê Hoa",
        f"Phạm {given}",
        f"Phạm {given}",
        home,
    ]
    for home, given, day in (("1", "Khoa", 1), ("2", "Sơn", 2), ("3", "Trí", 3), ("4", "Huy", 4))
]
_LIST = [
    ["DANH SÁCH HỘ NGHÈO NĂM 2026", "", "", "", ""],
    ["TT", "Chủ hộ", "Tên trẻ em", "Năm sinh", "Diện"],
    ["1", "Phạm Khoa", "PHAM GIA KHOA", "2018", "HN"],
    ["2", "Phạm Sơn", "Phạm Gia Sin", "2018", "HCN"],
    ["3", "Trần Văn Lạ", "Trần Thị Mơ", "2019", "HN"],
]


def table(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture
def prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    made = Prompt(tmp_path / "home", monkeypatch)
    made.must("init", "--unit", COMMUNE, "--user", "an")
    made.must("register", "import", table(tmp_path / "so.csv", [_HEADS, *_BOOK]), codes=(0, 4))
    return made


def test_a_list_is_read_decided_taken_over_and_taken_back(prompt: Prompt, tmp_path: Path) -> None:
    file = table(tmp_path / "ngheo.csv", _LIST)
    seen = prompt.must("list", "poverty", file, "--preview")
    assert [one["role"] for one in seen["columns"]] == [
        "number",
        "head",
        "name",
        "birth",
        "poverty",
    ]
    assert (seen["children"], seen["known"]) == (3, None)
    assert prompt.must("list", "show") == []

    out = tmp_path / "ket_qua.csv"
    found = prompt.must("list", "poverty", file, "--out", out, codes=(4,))
    rows = {one["row"]: one for one in found["rows"]}
    assert {number: one["standing"] for number, one in rows.items()} == {
        3: "differs",
        4: "review",
        5: "only_list",
    }
    assert "Trần Thị Mơ" in out.read_text(encoding="utf-8-sig")

    child = rows[4]["candidates"][0]["child"]
    decided = prompt.must("list", "decide", found["list"], 4, child, codes=(4,))
    assert decided["rows"][0]["proposed"] == "2"
    assert len(prompt.must("list", "tasks", codes=(4,))) == 1
    settled = prompt.must("list", "settle", found["list"], 5, "not_here")
    assert settled["totals"]["settled"] == 1
    assert prompt.must("list", "tasks") == []

    assert prompt.must("list", "apply", found["list"], "--preview")["households"] == 2
    done = prompt.must("list", "apply", found["list"])
    assert done["households"] == 2
    assert prompt.must("list", "show", found["list"])["totals"]["differs"] == 0
    assert prompt.must("list", "undo", done["act"])["operations"] == 2
    assert prompt.must("list", "show", found["list"])["totals"]["differs"] == 2

    paper = tmp_path / "ket_qua.pdf"
    prompt.must("list", "print", found["list"], "--out", paper)
    assert paper.read_bytes().startswith(b"%PDF")
    told = prompt.told("list", "show")
    assert told[0] == "1 danh sách đã đối chiếu."
    prompt.must("list", "remove", found["list"])
    assert prompt.must("list", "show") == []
    events = {one["event"] for one in prompt.must("audit", "list")}
    assert {"crosscheck.taken_in", "crosscheck.applied", "crosscheck.printed"} <= events


def test_a_bad_column_file_and_an_unknown_list_are_told_in_words(
    prompt: Prompt, tmp_path: Path
) -> None:
    file = table(tmp_path / "ngheo.csv", _LIST)
    wrong = tmp_path / "cot.json"
    wrong.write_text('{"columns": {"Chủ hộ": "boss"}}', encoding="utf-8")
    refused = prompt("list", "poverty", file, "--columns", wrong)
    assert refused.code == 1
    assert refused.document["error"] == "crosscheck.no_role"
    assert prompt("list", "show", "no-such-list").document["error"] == "crosscheck.unknown"
    assert prompt.must("list", "show") == []
