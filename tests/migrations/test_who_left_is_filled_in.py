"""An older store learns on its upgrade in whose book a child is counted that left one."""

from __future__ import annotations

from pathlib import Path

from alembic import command

from app.models import migrate
from app.models.connection import connect
from app.models.schema import departed
from app.models.store import create_store
from app.models.work import Change
from tests.workplaces import COMMUNE, KEY

ELSEWHERE = "21025@2024"


def test_the_upgrade_comes_to_what_saving_comes_to(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = create_store(path, KEY, COMMUNE)
    with store.write("An") as work:
        ids = [
            work.record(Change("child", {"owner_unit": COMMUNE, "full_name": str(n)})).id
            for n in range(4)
        ]
        for child, unit in zip(ids, (ELSEWHERE, "outside", "unknown"), strict=False):
            work.record(Change("child", {"life_status": "MOVED_OUT", "owner_unit": unit}, child))
        taken = Change("child", {"owner_unit": ELSEWHERE}, ids[2])
        work.record(taken)
        work.commit()
    store.close()
    engine = connect(path, KEY)
    rows = departed.select().order_by(departed.c.record)
    with engine.connect() as connection:
        before = connection.execute(rows).all()
    assert {(row.record, row.unit) for row in before} == {
        (ids[0], COMMUNE),
        (ids[1], COMMUNE),
        (ids[2], ELSEWHERE),
    }
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), "0016")
    migrate.upgrade(engine, lambda: None)
    with engine.connect() as connection:
        assert connection.execute(rows).all() == before
    engine.dispose()
