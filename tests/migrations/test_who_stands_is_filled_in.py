"""An older store learns on its upgrade which record stands for a child that was written twice."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

from alembic import command

from app.models import doubled, migrate
from app.models.connection import connect
from app.models.queries import counting
from app.models.schema import same_child
from app.models.store import create_store
from app.models.work import Change
from tests.workplaces import COMMUNE, KEY

SCRIPTS = sorted(Path(migrate.__file__).parent.glob("migrations/versions/*.py"))
#: What changes with the program: a script that asks it may break whoever comes from long ago.
LIVE = ("app.models.schema", "app.models.doubled", "app.models.queries", "app.services")


def test_the_upgrade_comes_to_what_saving_comes_to(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = create_store(path, KEY, COMMUNE)
    short = {"owner_unit": COMMUNE, "residence_status": "3"}

    with store.write("An") as work:
        home = work.record(Change("household", {"owner_unit": COMMUNE})).id
        guests = work.record(Change("household", short)).id

        def child(**values: str) -> str:
            said = {"owner_unit": COMMUNE, "household": home, "full_name": "Hạ", **values}
            return work.record(Change("child", said)).id

        def same(one: str, other: str, basis: str = "duplicate") -> None:
            first, second = sorted((one, other))
            values = {"record": first, "other_child": second, "verdict": "same", "basis": basis}
            values["decided_by"] = "An"
            work.record(Change("match_decision", values))

        same(child(), child())
        three = [child() for _ in range(3)]
        same(*three[:2])
        same(*three[1:])
        same(child(life_status="DECEASED"), child())
        same(child(life_status="DECEASED"), child(life_status="ENTERED_IN_ERROR"))
        same(child(household=guests), child())
        same(child(residence_status="4"), child(residence_status="4"))
        gone = child()
        same(gone, child(), "move")
        left = {"life_status": "MOVED_OUT", "owner_unit": "unknown"}
        work.record(Change("child", left, gone))
        same(child(), "00000000-0000-7000-8000-000000000001")
        same(child(), "00000000-0000-7000-8000-000000000002", "move")
        merged, into = child(), child()
        same(merged, child())
        work.record(Change("child", {"merged_into": into}, merged))
        work.commit()
    store.close()
    engine = connect(path, KEY)
    rows = same_child.select().order_by(same_child.c.record)
    basis = counting.Basis(date(2026, 9, 30))
    with engine.connect() as connection:
        before = connection.execute(rows).all()
        counted = counting.counts(connection, (COMMUNE,), basis)
    assert len(before) == 8 * 2 + 2 * 3
    assert len({row.stands for row in before}) > 6
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), "0025")
    migrate.upgrade(engine, lambda: None)
    with engine.connect() as connection:
        assert connection.execute(rows).all() == before
        assert counting.counts(connection, (COMMUNE,), basis) == counted
        doubled.refresh_all(connection)
        assert connection.execute(rows).all() == before
    engine.dispose()


def test_no_script_asks_what_changes_with_the_program() -> None:
    asked = [
        (path.name, node.module)
        for path in SCRIPTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(LIVE)
    ]
    assert len(SCRIPTS) > 20
    assert asked == []
