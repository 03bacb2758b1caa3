"""The self-test passes on a sound installation and names what is broken in a damaged one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.services import known_answers, selftest
from app.services.selftest import SelfTest
from app.services.workplace import Cancelled, Progress, Workplace
from tests.dumps import dump_store
from tests.workplaces import KEY, make_workplace, settle


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    with made.write() as work:
        settle(work, 40)
        work.audit("import", rows=40)
        work.commit()
    yield made
    made.store.close()


def _damage(workplace: Workplace, statement: str) -> None:
    _with_connection(workplace, lambda connection: connection.execute(text(statement)))


def _with_connection(workplace: Workplace, act: Callable[[Connection], object]) -> None:
    with workplace.write() as work:
        act(work.connection)
        work.commit()


def _failed(workplace: Workplace) -> list[str]:
    return [one.name for one in SelfTest(workplace).run().results if not one.passed]


def test_a_sound_installation_passes_every_test_and_is_left_as_it_was(
    workplace: Workplace,
) -> None:
    before = dump_store(workplace.settings.store_path, KEY)
    report = SelfTest(workplace).run()
    assert [one.name for one in report.results if not one.passed] == []
    assert report.passed
    assert dump_store(workplace.settings.store_path, KEY) == before


DAMAGE = {
    "a row changed behind the log's back": (
        "UPDATE child SET full_name = 'x' WHERE id = (SELECT min(id) FROM child)",
        "store.rebuild",
    ),
    "a row that no operation made": ("DELETE FROM household", "store.rebuild"),
    "a conflict invented": (
        "INSERT INTO conflict (ent_id, field_group, ent_type, heads)"
        " SELECT id, 'full_name', 'child', x'' FROM child LIMIT 1",
        "store.rebuild",
    ),
    "an operation's author changed": (
        "UPDATE op SET author = 'x' WHERE position = 3",
        "store.operations",
    ),
    "an operation's body changed": (
        "UPDATE op SET body = '{}' WHERE position = 3",
        "store.operations",
    ),
    "an event changed": ("UPDATE audit_event SET account = 'x'", "store.audit"),
    "an event taken out": ("UPDATE audit_event SET number = number + 1", "store.audit"),
}


@pytest.mark.parametrize(("statement", "expected"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_named(workplace: Workplace, statement: str, expected: str) -> None:
    _damage(workplace, statement)
    assert expected in _failed(workplace)


def test_a_page_of_the_file_changed_from_outside_is_named(workplace: Workplace) -> None:
    store = workplace.settings.store_path
    with workplace.store.read() as reading:
        reading.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(store.read_bytes())
        content[-100] ^= 1
        store.write_bytes(bytes(content))
        from app.models import soundness

        assert soundness.cipher_errors(reading)


def test_a_wrong_known_answer_is_named(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {**known_answers.KNOWN_ANSWERS, "age": lambda: False}
    monkeypatch.setattr("app.services.selftest.KNOWN_ANSWERS", broken)
    assert _failed(workplace) == ["known-answer.age"]


def test_a_self_test_can_be_stopped(workplace: Workplace) -> None:
    with pytest.raises(Cancelled):
        SelfTest(workplace).run(Progress(cancelled=lambda: True))


def test_known_answers_bite(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(answer() for answer in known_answers.KNOWN_ANSWERS.values())
    monkeypatch.setattr(known_answers, "_PLAIN", b"So Tre Am")
    assert not known_answers.KNOWN_ANSWERS["age"]()
    assert not known_answers.KNOWN_ANSWERS["signature"]()
    monkeypatch.setattr(known_answers, "_OPERATION", "00")
    assert not known_answers.KNOWN_ANSWERS["operation"]()


def test_what_failed_says_what_to_do_next_and_what_passed_says_nothing() -> None:
    steps = {
        name: selftest.TestResult(name, False, "#7", 0.1).next_step
        for name in ("known-answer.age", "resources.files", "store.pages", "store.audit")
    }
    assert "cài lại" in steps["known-answer.age"]
    assert steps["resources.files"] == steps["known-answer.age"]
    assert "Sao lưu" in steps["store.pages"]
    assert "người quản lý khóa" in steps["store.audit"]
    assert selftest.TestResult("store.audit", True, "", 0.1).next_step == ""
