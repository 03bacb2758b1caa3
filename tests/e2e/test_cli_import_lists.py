"""`register import` with a list as a commune keeps it: its map, its hidden rows, its old font."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from app.bootstrap import open_services
from app.cli.program import main
from app.text.old_text import OldEncoding, encode
from tests.e2e.command_line import Prompt

#: What waits for a person: `ExitCode.WAITS`.
WAITS = 4


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "home"
    with pytest.MonkeyPatch.context() as patch:
        Prompt(folder, patch).must("init", "--unit", "21010@2024", "--user", "an")
    return folder


@pytest.fixture
def prompt(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    shutil.copytree(prepared, tmp_path / "home")
    return Prompt(tmp_path / "home", monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for row in (
        ("Họ và tên", "Ngày sinh", "Nơi ở"),
        ("Thôn 1", None, None),
        ("Đinh Thị Mai", "05/13/2019", "Thôn 1"),
        (encode("Đinh Thị Mười", OldEncoding.TCVN3), "01/05/19", "Thôn 2"),
        ("Hồ Văn Nơ", "2018", "Thôn 2"),
        ("Cộng", 3, None),
    ):
        page.append(row)
    page.cell(4, 1).font = Font(name=".VnTime")  # type: ignore[arg-type]
    page.row_dimensions[5].hidden = True
    made.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_the_map_that_a_preview_prints_is_edited_and_given_back(
    prompt: Prompt, file: Path, tmp_path: Path
) -> None:
    document = prompt.must("register", "import", file, "--preview", codes=(WAITS,))
    assert document["unknown_columns"] == ["Nơi ở"]
    assert document["map"]["columns"] == {
        "Họ và tên": "full_name",
        "Ngày sinh": "birth_date",
        "Nơi ở": {"village": True},
    }, "a guess stands in the map for whoever takes it over"
    assert document["looked_at"][2]["known_by"] == "content"
    assert {"rows", "created", "changed", "unchanged", "issues"} <= document.keys()
    kept = tmp_path / "map.json"
    kept.write_text(json.dumps(document["map"]), encoding="utf-8")
    words = ("register", "import", file, "--columns", kept, "--hidden", "take", "--save-layout")
    result = prompt.must(*words, codes=(WAITS,))
    assert (result["rows"], result["created"]) == (3, 3)
    assert result["proposals"] == {"swapped": 1, "years": 1, "fonts": 1}
    assert result["left_out"]["section"]["first"] == ["2"]
    assert result["left_out"]["total"]["first"] == ["6"]
    cells = {one["cell"] for one in result["first_proposals"]}
    assert cells == {"B3", "A4", "B4"}
    # Without a map: the columns were remembered.
    words = ("register", "import", file, "--hidden", "take", "--accept", "all")
    again = prompt.must(*words)
    assert (again["remembered_layout"], again["changed"], again["issues"]) == (True, 2, 0)
    assert prompt.must(*words)["operations"] == 0


def test_hidden_rows_are_refused_until_the_line_says_what_becomes_of_them(
    prompt: Prompt, file: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "map.json"
    kept.write_text(json.dumps({"ignore": ["Nơi ở"]}), encoding="utf-8")
    words = ("register", "import", file, "--columns", kept)
    refused = prompt.must(*words, codes=(1,))
    assert refused["error"] == "import.hidden_rows"
    result = prompt.must(*words, "--hidden", "leave", "--convert-old-fonts", codes=(WAITS,))
    assert (result["created"], result["hidden_rows"]) == (2, 1)
    assert [one["full_name"] for one in prompt.must("register", "search", "Đinh Thị Mười")] == [
        "Đinh Thị Mười"
    ]


def test_a_layout_that_is_forgotten_is_asked_about_again(
    prompt: Prompt, file: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "map.json"
    kept.write_text(json.dumps({"ignore": ["Nơi ở"]}), encoding="utf-8")
    words = ("register", "import", file, "--preview")
    prompt.must(*words, "--columns", kept, "--save-layout", codes=(WAITS,))
    assert prompt.must(*words, codes=(WAITS,))["unknown_columns"] == []
    forgotten = prompt.must(*words, "--forget-layout", codes=(WAITS,))
    assert forgotten["unknown_columns"] == ["Nơi ở"]


def test_a_person_is_told_what_was_guessed_and_what_was_left_out(
    prompt: Prompt, file: Path
) -> None:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        words = ("register", "import", str(file), "--preview")
        code = main(["--home", str(prompt.home), *words], open_services)
    said = out.getvalue()
    assert code == WAITS
    assert "«Nơi ở»: theo nội dung thì có thể là «Thôn, tổ dân phố»" in said
    assert "1 dòng cộng, bỏ qua: dòng 6." in said
    assert "B3" in said
    assert "13/05/2019" in said
