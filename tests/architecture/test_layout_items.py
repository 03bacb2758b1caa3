"""Items of layouts are asked of nobody: widgets and nested layouts know their places themselves.

PySide6 (6.11) keeps the wrapper of an item that left its layout and gives it for whatever comes to
the same address: a wrong type at best, the end of the program at worst.
"""

from __future__ import annotations

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
_ASKED = frozenset(("itemAt", "takeAt", "itemAtPosition"))


def asking_lines(source: str) -> list[int]:
    """The lines that ask a layout for an item."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _ASKED
    ]


def test_nobody_asks_a_layout_for_its_items() -> None:
    found = [
        f"{path.relative_to(APP)}:{line}"
        for path in sorted(APP.rglob("*.py"))
        for line in asking_lines(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_who_asks_is_found() -> None:
    assert asking_lines("first = grid.itemAtPosition(0, 0)\nlayout.itemAt(1).widget()") == [1, 2]
    assert asking_lines("layout.indexOf(field)") == []
