"""A file decides nothing between two people who wrote two values: the field stays as it is, and
whoever imports is told."""

from __future__ import annotations

from pathlib import Path

from app.history.operation import Value
from app.models.queries import register
from app.models.work import Change
from app.services.register_import import ImportResult, RegisterImport
from app.services.workplace import Workplace
from tests.integration.registers import Made, everything, table, take

TITLES = (
    *("village", "household_no", "head_name", "line_no", "full_name", "birth_date", "sex"),
    *("mother_name", "phone", "circumstance_codes", "circumstance_from"),
)
ROW = ("Thôn 1", "1", "Đinh Lía", "1", "Phạm Thị Hân", "2015-03-02", "2", "Hồ Thị A", "0912345678")
LEFT = "undecided"


def _file(folder: Path, *, mother: str, phone: str = "0912345678", since: str = "") -> Path:
    row = [*ROW[:7], mother, phone, "C04" if since else "", since]
    return table(folder / f"{mother}{phone}{since}.csv", TITLES, [row])


def _said_twice(workplace: Workplace, entity: str, *said: dict[str, Value]) -> str:
    """Two people had the same page before them and wrote two things of it."""
    (found,) = everything(workplace, entity)
    with workplace.write() as work:
        for values in said:
            work.record(
                Change(entity, values, found.id, base=found.heads, loaded=dict(found.values))
            )
        work.commit()
    return found.id


def _issues(result: ImportResult) -> list[tuple[str, str]]:
    return [(one.message_id.removeprefix("import.issue_"), one.column) for one in result.issues]


def _held(workplace: Workplace, entity: str, ent_id: str) -> tuple[dict[str, Value], int]:
    with workplace.store.read() as reading:
        found = register.record(reading, entity, ent_id)
    assert found is not None
    return dict(found.values), found.conflicts


def test_a_name_in_conflict_is_left_and_told_and_counted_in_the_preview(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    take(workplace, _file(tmp_path, mother="Hồ Thị A"))
    child = _said_twice(
        workplace, "child", {"mother_name": "Hồ Thị B"}, {"mother_name": "Hồ Thị C"}
    )
    before = _held(workplace, "child", child)
    assert before[1] == 1
    path = _file(tmp_path, mother="Hồ Thị D")
    seen = RegisterImport(workplace).preview(path).result
    done = take(workplace, path)
    for result in (seen, done):
        assert (result.changed, result.unchanged, result.operations) == (0, 1, 0)
        assert (result.undecided, _issues(result)) == (1, [(LEFT, "mother_name")])
    assert _held(workplace, "child", child) == before
    # What nobody disputes is taken over beside it.
    path = _file(tmp_path, mother="Hồ Thị D", phone="0987654321")
    assert take(workplace, path).undecided == 1
    assert everything(workplace, "household")[0].values["phone"] == "0987654321"
    assert _held(workplace, "child", child) == before


def test_a_group_is_left_as_a_whole(made: Made, tmp_path: Path) -> None:
    """One field of it is disputed, the file knows another one: writing that one writes all."""
    workplace = made()
    take(workplace, _file(tmp_path, mother=""))
    child = _said_twice(workplace, "child", {"mother_status": "1"}, {"mother_status": "2"})
    before = _held(workplace, "child", child)
    result = take(workplace, _file(tmp_path, mother="Hồ Thị D"))
    assert (result.undecided, result.operations) == (1, 0)
    assert _held(workplace, "child", child) == before


def test_a_value_that_somebody_wrote_already_is_no_news_and_decides_nothing_either(
    made: Made, tmp_path: Path
) -> None:
    workplace = made()
    take(workplace, _file(tmp_path, mother="Hồ Thị A"))
    child = _said_twice(
        workplace, "child", {"mother_name": "Hồ Thị B"}, {"mother_name": "Hồ Thị C"}
    )
    for mother in ("Hồ Thị A", "Hồ Thị B", "Hồ Thị C"):
        take(workplace, _file(tmp_path, mother=mother))
        assert _held(workplace, "child", child)[1] == 1


def test_a_circumstance_whose_days_are_disputed_keeps_both(made: Made, tmp_path: Path) -> None:
    workplace = made()
    take(workplace, _file(tmp_path, mother="Hồ Thị A", since="2019-01-01"))
    one = _said_twice(
        workplace,
        "circumstance",
        {"circumstance_from": "2019-02-01", "circumstance_to": None},
        {"circumstance_from": "2019-03-01", "circumstance_to": None},
    )
    before = _held(workplace, "circumstance", one)
    assert before[1] == 1
    result = take(workplace, _file(tmp_path, mother="Hồ Thị A", since="2019-04-01"))
    assert (result.undecided, [name for name, _ in _issues(result)]) == (1, [LEFT])
    assert _held(workplace, "circumstance", one) == before


def test_a_stamp_that_two_programs_wrote_stops_no_import(made: Made, tmp_path: Path) -> None:
    """What goes along with a change by itself waits; the change does not."""
    workplace = made()
    take(workplace, _file(tmp_path, mother="Hồ Thị A"))
    child = _said_twice(workplace, "child", {"template": "child/98"}, {"template": "child/99"})
    result = take(workplace, _file(tmp_path, mother="Hồ Thị D"))
    values, conflicts = _held(workplace, "child", child)
    assert (values["mother_name"], conflicts, result.undecided) == ("Hồ Thị D", 1, 0)
