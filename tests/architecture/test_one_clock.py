"""One calendar: what day it is, is asked of the workplace (`Workplace.today`, `Frame.today`).

A page that asked the system by itself would word a day otherwise than the services judge it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
_CALENDARS = ("date", "datetime")


def days_asked_of_the_system(source: str) -> Iterator[int]:
    """The lines that call `date.today()` or `datetime.today()`, whatever stands before it."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute) or node.attr not in ("today", "utcnow"):
            continue
        owner = node.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if name in _CALENDARS:
            yield node.lineno


def test_nobody_asks_the_system_what_day_it_is() -> None:
    found = [
        f"{path.relative_to(APP)}:{line}"
        for path in sorted(APP.rglob("*.py"))
        for line in days_asked_of_the_system(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("from datetime import date\ndate.today()", [2]),
        ("import datetime\ndatetime.date.today()", [2]),
        ("from datetime import datetime\nask = datetime.today", [2]),
        ("frame.today\nworkplace.today()", []),
    ],
)
def test_what_asks_the_system_is_found(source: str, lines: list[int]) -> None:
    assert list(days_asked_of_the_system(source)) == lines
