"""What a newer program said of a handover before the update is read where it belongs after it."""

from __future__ import annotations

from pathlib import Path

from alembic import command

from app.history.operation import Value
from app.models import migrate
from app.models.connection import connect
from app.models.integrity import differing_tables
from app.models.schema import ENTITY_TABLES
from app.models.store import create_store, open_store
from app.models.work import Change
from tests.workplaces import COMMUNE, KEY


def test_a_word_that_an_older_program_kept_for_later_is_read_after_its_update(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    store = create_store(path, KEY, COMMUNE)
    said: dict[str, Value] = {"received_district_set_aside": True, "received_ward_set_aside": "x"}
    with store.write("An") as work:
        work.record(Change("handover", {"owner_unit": COMMUNE, **said}))
        work.record(Change("handover", {"owner_unit": COMMUNE}))
        work.commit()
    store.close()
    engine = connect(path, KEY)
    with migrate.rebuilding(engine) as connection:
        command.downgrade(migrate.config(connection), "0021")
        # As the program of that revision would have left it.
        kept = '{"received_district_set_aside":true,"received_ward_set_aside":"x"}'
        connection.exec_driver_sql(
            "UPDATE handover SET _extra = ? WHERE _extra IS NOT NULL", (kept,)
        )
    migrate.upgrade(engine, lambda: None)
    handover = ENTITY_TABLES["handover"]
    with engine.connect() as connection:
        rows = connection.execute(handover.select()).mappings().all()
    (told,) = [row for row in rows if row["_extra"]]
    assert told["received_district_set_aside"] is True
    assert told["_extra"] == '{"received_ward_set_aside":"x"}'
    engine.dispose()
    store = open_store(path, KEY, before_migration=lambda: None)
    with store.write("An") as work:
        assert differing_tables(work) == []
    store.close()
