"""One way to write: the log and the rows of travelling records have one writer each."""

from __future__ import annotations

import re
from pathlib import Path

APP = Path(__file__).parents[3] / "app"
WRITES = re.compile(
    r"""(?: \b(?:insert|update|delete)\(\s* | \binsert_rows\(\s*[\w.]+,\s* )
        (?P<table> op\b | conflict\b | record_owner(?:_ever)?\b | entered\b | departed\b
                 | ENTITY_TABLES | self\.table\b | table\b )
      | \b(?P<first> op | conflict | record_owner(?:_ever)? | entered | departed )
        \.(?:insert|update|delete)\(
      | (?:INSERT\ INTO|UPDATE|DELETE\ FROM)\ "? (?P<sql> op | child | household | circumstance )\b
    """,
    re.VERBOSE,
)
#: File → what it may write. The yardstick fills a throw-away file that no one works with.
WRITERS = {
    "models/bulk.py": "the statement that the others ask for",
    "models/log.py": "the log: new operations",
    "models/erasing.py": "the log: bodies that the law takes away",
    "models/queries/receiving.py": "the log: states after a judgement",
    "models/materialising.py": "rows, conflicts, owners",
    "models/yardstick.py": "a file of its own, to compare with",
}


def test_the_log_and_the_rows_have_one_writer_each():
    found = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        if "migrations" not in path.parts and WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert found == WRITERS.keys()


def test_the_search_would_find_a_second_writer():
    for line in (
        "connection.execute(update(op).where(x))",
        "insert_rows(connection, conflict, columns, rows)",
        "connection.execute(op.insert().values(x))",
        "connection.execute(delete(ENTITY_TABLES[name]))",
        'cursor.execute("UPDATE child SET full_name = 1")',
    ):
        assert WRITES.search(line), line
    assert not WRITES.search("connection.execute(select(op).where(x))")
