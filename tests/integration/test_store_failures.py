"""What the disk does to the store is told as a known error, and nothing is half written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, table, text

from app.errors import KnownError
from app.i18n import LANGUAGES, catalogue
from app.models.connection import world_failure
from app.models.work import Change
from app.services.workplace import Workplace
from tests.dumps import dump_store
from tests.workplaces import COMMUNE, KEY, make_workplace, settle


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    yield made
    made.store.close()


def _save_beyond_the_end(workplace: Workplace) -> None:
    """Save more than fits: SQLite says the same when the disk is full."""
    with workplace.write() as work:
        pages = work.connection.execute(text("PRAGMA page_count")).scalar_one()
        work.connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        settle(work, 400, seed=2)
        work.commit()


def _read_everything(workplace: Workplace) -> None:
    with workplace.store.read() as reading:
        for name in ("child", "household", "op"):
            reading.execute(select(text("*")).select_from(table(name))).all()


def _ask_for_what_is_not_there(workplace: Workplace) -> None:
    with workplace.write() as work:
        work.record(Change("child", {"owner_unit": COMMUNE}))
        work.connection.execute(text("SELECT * FROM nowhere"))


def test_a_full_disk_during_a_save_is_told_and_nothing_is_saved(workplace: Workplace) -> None:
    with workplace.write() as work:
        settle(work, 20)
        work.commit()
    before = dump_store(workplace.settings.store_path, KEY)
    with pytest.raises(KnownError) as failed:
        _save_beyond_the_end(workplace)
    assert failed.value.message_id == "store.disk_full"
    assert failed.value.parameters == {"file": "store.db"}
    assert dump_store(workplace.settings.store_path, KEY) == before


def test_a_damaged_page_is_told_when_it_is_met(workplace: Workplace) -> None:
    with workplace.write() as work:
        settle(work, 300)
        work.commit()
    workplace.store.close()
    store = workplace.settings.store_path
    content = bytearray(store.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40_960] = bytes(40_960)
    store.write_bytes(bytes(content))
    with pytest.raises(KnownError) as failed:
        _read_everything(workplace)
    assert failed.value.message_id in ("store.damaged", "store.unreadable")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "said",
    [
        "database or disk is full",
        "database disk image is malformed",
        "disk I/O error",
        "unable to open database file",
        "attempt to write a readonly database",
        "database is locked",
    ],
)
def test_each_failure_of_the_world_has_its_sentence_and_next_step(said: str, language: str) -> None:
    known = world_failure(Exception(said), Path("/somewhere/store.db"))
    assert known is not None
    sentences = catalogue(language)
    assert sentences[known.message_id].format(**known.parameters)
    assert known.hint_id is not None
    assert sentences[known.hint_id]


def test_a_mistake_of_ours_stays_a_bug(workplace: Workplace) -> None:
    assert world_failure(Exception("no such column: x"), Path("store.db")) is None
    with pytest.raises(Exception, match="no such table"):
        _ask_for_what_is_not_there(workplace)
