"""What the worst files cost a reader, measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import app
from tests.long_runs import slice_or_all
from tests.unit.workbooks.files import bomb, workbook

ROWS = slice_or_all(40_000, 1_000_000)
TITLES = "".join(
    f'<c r="{at}1" t="inlineStr"><is><t>{title}</t></is></c>'
    for at, title in zip("AB", ("Họ tên", "Ngày sinh"), strict=True)
)


def _cost(path: Path) -> dict[str, Any]:
    program = Path(__file__).parent / "reading_alone.py"
    root = str(Path(app.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(program), str(path)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
        text=True,
    )
    cost: dict[str, Any] = json.loads(done.stdout)
    print(path.name, path.stat().st_size, cost)
    return cost


def _formatted(path: Path, columns: str) -> Path:
    """A table of one child, and so many rows below it that hold nothing but a format."""
    workbook(path, "")
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    begin, _, end = parts.pop("xl/worksheets/sheet1.xml").partition(b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            child = '<row r="2"><c r="A2" t="inlineStr"><is><t>Mai</t></is></c></row>'
            sheet.write(begin + f'<row r="1">{TITLES}</row>{child}'.encode())
            for number in range(3, ROWS + 3):
                cells = "".join(f'<c r="{one}{number}" s="1"/>' for one in columns)
                row = f'<row r="{number}" spans="1:10" s="1" customFormat="1" ht="15.75">'
                sheet.write(f"{row}{cells}</row>".encode())
            sheet.write(b"</sheetData>" + end)
    return path


@pytest.mark.parametrize("columns", ["", "ABCDEFGHIJ"], ids=["rows", "rows of ten cells"])
def test_a_million_rows_that_only_format_cost_less_than_half_a_minute(
    tmp_path: Path, columns: str
) -> None:
    cost = _cost(_formatted(tmp_path / "a.xlsx", columns))
    assert (cost["rows"], cost["reason"]) == (1, "")
    assert cost["seconds"] < 30
    assert cost["mb"] < 500


def test_a_gigabyte_in_a_megabyte_costs_less_than_two_seconds(tmp_path: Path) -> None:
    cost = _cost(bomb(tmp_path / "a.xlsx", 1024))
    assert cost["reason"] == "bomb"
    assert cost["seconds"] < 2
    assert cost["mb"] < 100
