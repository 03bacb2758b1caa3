"""A store is looked over by itself; once damaged it is only read, until restored or proved."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.errors import KnownError
from app.models import integrity, soundness
from app.models.connection import connect
from app.models.store import open_store
from app.models.work import Change
from app.services import checkup, home
from app.services.backups import Backups
from app.services.installation import install, unlock
from app.services.records import Records
from app.services.selftest import SelfTest
from app.services.workplace import Cancelled, Progress, Workplace
from app.settings import Settings
from tests.e2e.command_line import PASSPHRASE, Prompt
from tests.workplaces import COMMUNE, KEY, make_workplace, reopened, settle

DAY = 86_400
_CHILD = Change("child", {"owner_unit": COMMUNE})


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    made.settings.keyslots_path.write_bytes(b"{}")
    with made.write() as work:
        settle(work, 40)
        work.commit()
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed") / "home"
    install(
        Settings(folder),
        unit=COMMUNE,
        user="an",
        full_name="An",
        title="",
        passphrase=PASSPHRASE,
    )
    settings = Settings(folder)
    store = open_store(
        settings.store_path, unlock(settings, PASSPHRASE).dek, before_migration=lambda: None
    )
    with store.write("An") as work:
        settle(work, 200)
        work.commit()
    store.close()
    return folder


@pytest.fixture
def prompt(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    folder = tmp_path / "home"
    shutil.copytree(installed, folder)
    made = Prompt(folder, monkeypatch)
    made.must("backup", "create")
    return made


def _at(workplace: Workplace, seconds: float) -> None:
    workplace.clock = workplace.store.clock = lambda: seconds


def _open(workplace: Workplace, *, hurried: bool = False) -> KnownError | None:
    checkup.at_open(workplace.settings, workplace.store, KEY, hurried=hurried)
    return workplace.store.refusal


def _change_behind_the_log(path: Path, key: bytes) -> None:
    """Rows that do not follow from the log: only the rebuilding test can see it."""
    engine = connect(path, key)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.exec_driver_sql(
            "INSERT INTO conflict (ent_id, field_group, ent_type, heads)"
            " VALUES ('x', 'full_name', 'child', x'')"
        )
    engine.dispose()


def _damage_a_page(path: Path) -> None:
    """Turn one bit in the middle, among the records."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_a_sound_store_passes_and_is_remembered_without_saying_anything(
    workplace: Workplace,
) -> None:
    assert _open(workplace) is None
    remembered = workplace.settings.checkup_path
    said = json.loads(remembered.read_text(encoding="utf-8"))
    assert said["replica"] == workplace.store.replica
    assert said["damage"] == ""
    assert stat.S_IMODE(remembered.stat().st_mode) == 0o600
    assert not checkup.due(workplace)


def test_the_pages_are_asked_on_every_opening_of_a_small_store(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _count(monkeypatch)
    for hurried in (False, True, False):
        assert _open(workplace, hurried=hurried) is None
    assert asked == ["quick"] * 3


def test_a_large_store_is_asked_once_a_day_and_never_while_a_window_waits(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "QUICK_BELOW", 0)
    asked = _count(monkeypatch)
    now = workplace.clock()
    _at(workplace, now)
    assert _open(workplace, hurried=True) is None
    assert asked == []
    assert checkup.due(workplace), "the window does it afterwards"
    assert checkup.look_over(workplace) is None
    assert asked == ["quick"]
    _at(workplace, now + DAY - 1)
    _open(workplace)
    assert asked == ["quick"]
    _at(workplace, now + DAY)
    _open(workplace)
    assert asked == ["quick", "quick"]
    _at(workplace, now - DAY)  # the clock was set back
    _open(workplace)
    assert asked == ["quick", "quick", "quick"]


def test_all_of_it_is_proved_once_a_week(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = workplace.clock()
    _at(workplace, now)
    _open(workplace)
    asked = _count(monkeypatch)
    _at(workplace, now + 7 * DAY - 1)
    _open(workplace)
    assert not checkup.due(workplace)
    _at(workplace, now + 7 * DAY)
    assert checkup.due(workplace)
    assert checkup.look_over(workplace) is None
    assert asked[1:] == ["pages", "cipher", "rebuild"]
    assert not checkup.due(workplace)
    assert not list(workplace.settings.home.glob("checkup.part*"))


def _count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []

    def counted(name: str, test: Callable[..., list[str]]) -> Callable[..., list[str]]:
        def run(*given: object) -> list[str]:
            asked.append(name)
            return test(*given)

        return run

    for place, attribute, name in (
        (soundness, "quick_errors", "quick"),
        (soundness, "page_errors", "pages"),
        (soundness, "cipher_errors", "cipher"),
        (integrity, "differing_tables", "rebuild"),
    ):
        monkeypatch.setattr(place, attribute, counted(name, getattr(place, attribute)))
    return asked


def test_rows_that_do_not_follow_from_the_log_are_found_within_the_week(
    workplace: Workplace,
) -> None:
    now = workplace.clock()
    _at(workplace, now)
    _open(workplace)
    Backups(workplace).create()
    _change_behind_the_log(workplace.settings.store_path, KEY)
    _at(workplace, now + 7 * DAY)
    assert _open(workplace) is None
    refusal = checkup.look_over(workplace)
    assert refusal is not None
    assert refusal.message_id == "store.only_reading"


@pytest.mark.parametrize(
    "write",
    [
        lambda it: Records(it).save([_CHILD]),
        lambda it: it.audit("something"),
        lambda it: Backups(it).create(),
    ],
    ids=["save", "audit", "backup"],
)
def test_what_is_damaged_is_read_and_never_written(
    workplace: Workplace, write: Callable[[Workplace], object]
) -> None:
    _open(workplace)
    copy = Backups(workplace).create().file
    _change_behind_the_log(workplace.settings.store_path, KEY)
    report = SelfTest(workplace).run()
    assert [one.name for one in report.results if not one.passed] == ["store.rebuild"]
    again = reopened(workplace)
    refusal = _open(again)
    assert refusal is not None
    assert (refusal.message_id, refusal.parameters["backup"]) == ("store.only_reading", str(copy))
    assert Records(again).search("nguyen")
    before = sorted(again.settings.backups_path.iterdir())
    with pytest.raises(KnownError) as refused:
        write(again)
    assert refused.value.message_id == "store.only_reading"
    assert sorted(again.settings.backups_path.iterdir()) == before
    again.store.close()


def test_a_self_test_by_hand_that_passes_lifts_the_refusal(workplace: Workplace) -> None:
    _open(workplace)
    checkup.note_result(workplace, ("store.pages",))
    assert _open(reopened(workplace)) is not None
    assert SelfTest(workplace).run().passed
    again = reopened(workplace)
    assert _open(again) is None
    again.store.close()


def test_a_restored_store_is_not_held_to_what_the_old_one_was(workplace: Workplace) -> None:
    _open(workplace)
    checkup.note_result(workplace, ("store.pages",))
    path = workplace.settings.store_path
    workplace.store.close()
    engine = connect(path, KEY)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE setting SET value = 'new' WHERE name = 'replica'")
    engine.dispose()
    again = reopened(workplace)
    assert _open(again) is None
    again.store.close()


@pytest.mark.parametrize("said", ["", "{", "[]", '{"replica": 1}', "\udcff"])
def test_a_memory_that_cannot_be_read_is_begun_anew(workplace: Workplace, said: str) -> None:
    workplace.settings.checkup_path.write_bytes(said.encode("utf-8", "surrogateescape"))
    assert _open(workplace) is None
    assert not checkup.due(workplace)


def test_what_a_killed_checkup_left_is_cleared_away(workplace: Workplace) -> None:
    for suffix in ("", "-wal", "-shm"):
        (workplace.settings.home / f"checkup.part{suffix}").write_bytes(b"x")
    home.clear_leftovers(workplace.settings)
    assert not list(workplace.settings.home.glob("checkup.part*"))


def test_a_damaged_page_is_found_when_it_is_opened_and_commands_say_the_way_back(
    prompt: Prompt,
) -> None:
    (copy,) = (prompt.home / "backups").glob("store-*.db")
    store = prompt.home / "store.db"
    _damage_a_page(store)
    refused = prompt("register", "import", "nothing.csv")
    assert refused.code == 1
    assert refused.document["error"] == "store.only_reading"
    assert f'sotreem backup restore "{copy}"' in refused.notes
    content = store.read_bytes()
    read = prompt("village", "list")
    assert read.code == 0
    assert "chỉ cho xem" in read.notes
    assert store.read_bytes() == content
    assert not Path(f"{store}-wal").exists() or not Path(f"{store}-wal").stat().st_size


def test_the_backup_that_is_named_brings_a_damaged_store_back(prompt: Prompt) -> None:
    (copy,) = (prompt.home / "backups").glob("store-*.db")
    _damage_a_page(prompt.home / "store.db")
    assert prompt("backup", "create").document["error"] == "store.only_reading"
    restored = prompt.must("backup", "restore", copy)
    assert Path(restored["kept"]).exists()
    answer = prompt("backup", "create")
    assert answer.code == 0
    assert "chỉ cho xem" not in answer.notes


def test_a_command_proves_a_small_store_when_the_week_is_over(
    prompt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(prompt.home)
    said = json.loads(settings.checkup_path.read_text(encoding="utf-8"))
    settings.checkup_path.write_text(json.dumps({**said, "whole": 0}), encoding="utf-8")
    monkeypatch.setattr(checkup, "QUICK_BELOW", 0)
    assert "sotreem selftest" in prompt("register", "search", "An").notes
    monkeypatch.undo()
    monkeypatch.setenv("SOTREEM_PASSPHRASE", PASSPHRASE)
    _change_behind_the_log(settings.store_path, unlock(settings, PASSPHRASE).dek)
    answer = prompt("village", "list")
    assert answer.code == 0
    assert "chỉ cho xem" in answer.notes
    assert prompt("backup", "create").document["error"] == "store.only_reading"


def test_two_rebuilds_at_once_do_not_take_each_others_copy_for_a_damaged_store(
    workplace: Workplace,
) -> None:
    begin = Barrier(2)

    def rebuilt(_number: int) -> list[list[str]]:
        begin.wait()
        return [checkup.differing_tables(workplace, Progress()) for _ in range(3)]

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(rebuilt, range(2)))
    assert found == [[[]] * 3] * 2
    assert not list(workplace.settings.home.glob("checkup.part*"))


def test_a_rebuild_counts_its_records_and_can_be_stopped_leaving_no_copy(
    workplace: Workplace,
) -> None:
    seen: list[tuple[int, int]] = []
    assert checkup.differing_tables(workplace, Progress(lambda *step: seen.append(step))) == []
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1], "the last step is the last record"
    asked: list[bool] = []

    def at_the_third() -> bool:
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(Cancelled):
        checkup.differing_tables(workplace, Progress(cancelled=at_the_third))
    assert not list(workplace.settings.home.glob("checkup.part*"))
    assert checkup.differing_tables(workplace, Progress()) == []
