"""An import is one act: as long as it is here alone it can be taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.errors import KnownError
from app.i18n import text
from app.models import log
from app.models.schema import bundle_out
from app.models.work import Change
from app.services.register_import import RegisterImport
from app.services.stopped_lines import StoppedLines
from app.services.workplace import Workplace
from app.sync.delivery import collect
from tests.dumps import dump_store
from tests.integration.registers import MAP, SAMPLE, by_name, circumstances, everything, ids, table
from tests.properties.fleet import DISTRICT_1, TREE
from tests.workplaces import COMMUNE, KEY, make_workplace

TITLES = ("hh_id", "rec_id", "name", "dob", "Thôn", "Hoàn cảnh")


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path / "home", COMMUNE)
    yield made
    made.store.close()


def visible(workplace: Workplace) -> dict[str, object]:
    """Everything that is shown: the rows of the travelling tables."""
    dump = dump_store(workplace.settings.store_path, KEY)
    return {name: dump[name] for name in ids(workplace)}


def refused(workplace: Workplace, act: str) -> str:
    before = dump_store(workplace.settings.store_path, KEY)
    with pytest.raises(KnownError) as caught:
        RegisterImport(workplace).set_aside(act)
    assert dump_store(workplace.settings.store_path, KEY) == before
    return caught.value.message_id


def test_a_whole_import_is_taken_back_and_may_come_again(workplace: Workplace) -> None:
    empty = visible(workplace)
    first = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    taken = visible(workplace)
    assert RegisterImport(workplace).set_aside(first.act) == first.operations
    assert visible(workplace) == empty
    reasons = {one.why for one in StoppedLines(workplace).list()}
    assert reasons == {text("waiting.reason.set_aside_here")}, "no bundle brought it"
    assert list(collect(workplace.store, TREE, DISTRICT_1, "1").operations()) == []
    again = RegisterImport(workplace).run(SAMPLE, columns=MAP)
    assert (again.created, again.operations) == (first.created, first.operations)
    assert {name: len(rows) for name, rows in visible(workplace).items()} == {  # type: ignore[arg-type]
        name: len(rows)  # type: ignore[arg-type]
        for name, rows in taken.items()
    }
    assert refused(workplace, first.act) == "import.act_unknown"


def test_what_an_import_changed_is_again_what_it_was(workplace: Workplace, tmp_path: Path) -> None:
    service = RegisterImport(workplace)
    service.run(table(tmp_path / "a.csv", TITLES, [["h", "1", "Mai", "2019", "Thôn 1", "R01.2"]]))
    before = visible(workplace)
    rows = [["h", "1", "Mai", "2018", "Thôn 2", "R01.1; C04.1"], ["h", "2", "Mây", "2020", "", ""]]
    second = service.run(table(tmp_path / "b.csv", TITLES, rows))
    assert visible(workplace) != before
    service.set_aside(second.act)
    assert visible(workplace) == before
    assert by_name(workplace)["Mai"].values["birth_date"] == "2019"
    assert [one["subgroups"] for one in circumstances(workplace)] == [["R01.2"]]


def test_work_of_a_person_on_it_is_not_swept_away(workplace: Workplace, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", TITLES, [["h", "1", "Mai", "2019", "Thôn 1", ""]])
    result = RegisterImport(workplace).run(path)
    child = by_name(workplace)["Mai"]
    with workplace.write() as work:
        work.record(Change("child", {"sex": "2"}, id=child.id, base=child.heads))
        work.commit()
    assert refused(workplace, result.act) == "import.act_built_on"
    assert len(everything(workplace, "child")) == 1


def test_what_a_later_import_put_on_it_keeps_its_household_and_its_village(
    workplace: Workplace, tmp_path: Path
) -> None:
    service = RegisterImport(workplace)
    titles = ("Số hộ", "rec_id", "name", "dob", "Thôn")
    first = service.run(table(tmp_path / "a.csv", titles, [["H601", "1", "Mai", "2019", "Tổ 30"]]))
    for name, rows in (
        ("of the household", [["H601", "2", "Mây", "2020", "Tổ 30"]]),
        ("of the village", [["H602", "3", "Mận", "2020", "Tổ 30"]]),
    ):
        second = service.run(table(tmp_path / "b.csv", titles, rows))
        assert second.created == 1, name
        before = visible(workplace)
        assert refused(workplace, first.act) == "import.act_built_on", name
        assert visible(workplace) == before
        service.set_aside(second.act)
    service.set_aside(first.act)
    assert everything(workplace, "child") == everything(workplace, "household") == []


def test_a_child_put_into_a_household_that_an_import_only_changed_is_no_hindrance(
    workplace: Workplace, tmp_path: Path
) -> None:
    service = RegisterImport(workplace)
    titles = ("Số hộ", "rec_id", "name", "dob", "Chủ hộ")
    service.run(table(tmp_path / "a.csv", titles, [["H601", "1", "Mai", "2019", ""]]))
    second = service.run(
        table(tmp_path / "b.csv", titles, [["H601", "1", "Mai", "2019", "Đinh Văn Bình"]])
    )
    assert second.operations == 1
    service.run(table(tmp_path / "c.csv", titles, [["H601", "3", "Mận", "2020", ""]]))
    assert service.set_aside(second.act) == 1


def test_what_was_sent_stays(workplace: Workplace, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", TITLES, [["h", "1", "Mai", "2019", "Thôn 1", ""]])
    result = RegisterImport(workplace).run(path)
    with workplace.write() as work:
        sent = {
            "bundle_id": b"b" * 32,
            "replica": workplace.store.replica,
            "unit": DISTRICT_1,
            "seq": 1,
            "log_from": 0,
            "log_to": log.last_position(work.connection),
            "file": "a",
            "bytes": 1,
            "sha256": "0",
            "certificate": "0",
            "created": 0,
        }
        work.connection.execute(insert(bundle_out).values(sent))
        work.commit()
    assert refused(workplace, result.act) == "import.act_sent"
