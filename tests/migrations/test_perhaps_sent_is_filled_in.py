"""An older store that once took a new id learns on its upgrade: all of it may have been sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command

from app.models import migrate, replica
from app.models.connection import connect
from app.models.log import last_position
from app.models.store import create_store
from app.models.work import Change
from tests.workplaces import COMMUNE, KEY


@pytest.mark.parametrize("renewed", [True, False])
def test_what_lies_in_a_store_that_took_a_new_id_may_have_been_sent(
    tmp_path: Path, renewed: bool
) -> None:
    path = tmp_path / "store.db"
    store = create_store(path, KEY, COMMUNE)
    with store.write("An") as work:
        if renewed:
            work.take_new_replica()
        work.record(Change("child", {"owner_unit": COMMUNE, "full_name": "Trần Ân"}))
        work.commit()
    store.close()
    engine = connect(path, KEY)
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), "0020")
        assert replica.perhaps_sent(connection) == 0
    migrate.upgrade(engine, lambda: None)
    with engine.connect() as connection:
        assert last_position(connection) == 1
        assert replica.perhaps_sent(connection) == int(renewed)
    engine.dispose()
