"""An older store that has sent bundles takes its scopes of today as those of its bundles."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select

from app.models import migrate, scope_out
from app.models.connection import connect
from app.models.schema import bundle_out
from app.models.schema import scope_out as table
from app.models.store import create_store
from tests.properties.fleet import empty_row
from tests.workplaces import COMMUNE, KEY

BELOW, NEW, MORE = "21010@2024", "21025@2024", "21064@2024"


@pytest.mark.parametrize("renewed", [False, True])
def test_a_unit_that_was_sent_to_is_not_sent_everything_anew(tmp_path: Path, renewed: bool) -> None:
    path = tmp_path / "store.db"
    store = create_store(path, KEY, COMMUNE)
    with store.write("An") as work:
        line = {"bundle_id": bytes(32), "replica": store.replica, "unit": BELOW, "seq": 1}
        work.connection.execute(bundle_out.insert().values(**{**empty_row(bundle_out), **line}))
        if renewed:
            work.take_new_replica()
        work.commit()
    mine = store.replica
    store.close()
    engine = connect(path, KEY)
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), "0022")
    migrate.upgrade(engine, lambda: None)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        # Nothing of a line of the id given up was acknowledged to this one: its cursor is 0.
        rows = [tuple(row) for row in connection.execute(select(table))]
        assert rows == ([] if renewed else [(BELOW, scope_out.WHOLE, 0)])
        late = scope_out.came_late(connection, BELOW, [BELOW], 1)
        assert late == ({BELOW} if renewed else set())
        scope_out.note(connection, mine, BELOW, [BELOW])
        scope_out.note(connection, mine, NEW, [NEW])
        assert [row.position for row in connection.execute(select(table))] == [0, 0]
        assert scope_out.came_late(connection, BELOW, [BELOW, MORE], 1) == {MORE}
    engine.dispose()
