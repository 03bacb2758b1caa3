"""Files with persons are written in one place, which marks them and notes that they leave."""

from __future__ import annotations

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
_WRITERS = frozenset(("write_xlsx", "write_sheets", "write_csv"))
_HOMES = ("app.workbooks", "app.services.invented.sheet")
#: Who else may write a table, and why.
_ALLOWED = {
    "services/marked_files.py": "the place itself",
    "services/duplicates.py": "pairs of a plain file that came from elsewhere; ids, no names",
    "services/police/issuing.py": "on record as a list of its own before its file is written",
    "services/invented/__init__.py": "invented children",
}


def test_only_one_place_writes_tables_that_leave_the_store() -> None:
    found = set()
    for path in APP.rglob("*.py"):
        place = path.relative_to(APP).as_posix()
        if place.startswith("workbooks/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith(_HOMES)
                and any(one.name in _WRITERS for one in node.names)
            ):
                found.add(place)
    assert found <= set(_ALLOWED)
