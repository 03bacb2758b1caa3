"""Whole-store validation says what each record's own page says, and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KnownError
from app.forms.issues import Value
from app.forms.schema import Severity
from app.ids import derived_id
from app.models.work import Change
from app.services.checks import Checks, FoundIssue
from app.services.records import Records
from app.services.rights import Right
from app.services.workplace import Cancelled, Progress, Workplace
from tests.dumps import dump_store
from tests.workplaces import COMMUNE, KEY, again, make_workplace, settle

OTHER = "21064@2024"
Plain = tuple[str, str, str, str, str, str]


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path)
    with made.write() as work:
        settle(work, 150)
        work.commit()
    yield made
    made.store.close()


def _all(workplace: Workplace, unit: str | None = None) -> list[FoundIssue]:
    found: list[FoundIssue] = []
    Checks(workplace).run(found.extend, unit)
    return found


def _plain(entity: str, ent_id: str, issue: object) -> Plain:
    return (
        getattr(issue, "entity", "") or entity,
        getattr(issue, "record", "") or ent_id,
        issue.field,  # type: ignore[attr-defined]
        issue.rule,  # type: ignore[attr-defined]
        issue.severity.value,  # type: ignore[attr-defined]
        issue.message_id,  # type: ignore[attr-defined]
    )


def _one_by_one(workplace: Workplace) -> list[Plain]:
    from app.models.queries import register

    with workplace.store.read() as reading:
        households = [o.id for page in register.stream(reading, "household") for o in page]
    found: list[Plain] = []
    for ent_id in households:
        page = Records(workplace).household(ent_id)
        found += [_plain("household", ent_id, issue) for issue in page.issues]
        for child in page.children:
            found += [_plain("child", child.record.id, issue) for issue in child.issues]
    return sorted(found)


def _spoil(workplace: Workplace) -> None:
    """Ids held twice, a hidden sibling, a circumstance taken back, an incomplete household."""
    from app.models.queries import register

    with workplace.store.read() as reading:
        children = [o for page in register.stream(reading, "child") for o in page][:8]
    number = next(str(o.values["personal_id"]) for o in children if "personal_id" in o.values)
    with workplace.write() as work:
        for one in children[:3]:
            work.record(Change("child", {"personal_id": number}, id=one.id))
        work.record(Change("child", {"entered_in_error": True}, id=children[3].id))
        work.record(Change("child", {"birth_date": "2031-01-01"}, id=children[4].id))
        work.record(Change("child", {"a_newer_field": "x"}, id=children[5].id))
        work.commit()


def test_the_bulk_check_finds_exactly_what_every_page_shows(workplace: Workplace) -> None:
    _spoil(workplace)
    bulk = sorted(_plain(one.entity, one.id, one.issue) for one in _all(workplace))
    assert bulk == _one_by_one(workplace)
    assert any(rule == "pid_unique" for _, _, _, rule, _, _ in bulk)


def test_counts_add_up_to_the_issues_handed_out(workplace: Workplace) -> None:
    found: list[FoundIssue] = []
    summary = Checks(workplace).run(found.extend)
    assert summary.issues == len(found) == sum(summary.by_severity.values())
    assert sum(summary.by_rule.values()) == len(found)
    assert summary.children == 150
    wrong = {one.id for one in found if one.issue.severity is Severity.ERROR}
    assert 0 < summary.with_errors <= len(wrong)
    assert summary.declared == summary.with_errors  # the invented clerks declared everything


def test_every_message_is_a_sentence_without_a_name_in_it(workplace: Workplace) -> None:
    from app.models.queries import register

    with workplace.store.read() as reading:
        names = {
            str(o.values["full_name"])
            for page in register.stream(reading, "child")
            for o in page
            if len(str(o.values.get("full_name", ""))) > 6
        }
    for one in _all(workplace):
        assert one.message
        assert not any(name in one.message for name in names)


def test_a_child_without_a_known_household_is_checked_too(workplace: Workplace) -> None:
    values: dict[str, Value] = {"owner_unit": COMMUNE, "full_name": "Lê Thị Lạc"}
    with workplace.write() as work:
        nowhere = work.record(Change("child", values))
        lost = work.record(Change("child", {**values, "household": derived_id("no", "home")}))
        work.commit()
    summary = Checks(workplace).run(lambda _found: None)
    assert summary.children == 152
    found = {one.id for one in _all(workplace)}
    assert {nowhere.id, lost.id} <= found


def test_a_child_of_another_unit_in_a_household_is_checked_once_and_for_its_own_unit(
    tmp_path: Path,
) -> None:
    workplace = make_workplace(tmp_path / "district", "522@2024")
    with workplace.write() as work:
        settle(work, 30, (COMMUNE, "21025@2024"))
        work.commit()
    from app.models.queries import register

    with workplace.store.read() as reading:
        mine = next(
            o
            for page in register.stream(reading, "child", [COMMUNE])
            for o in page
            if o.values.get("household")
        )
    with workplace.write() as work:
        work.record(Change("child", {"owner_unit": "21025@2024"}, id=mine.id))
        work.record(Change("child", {"personal_id": "1"}, id=mine.id))
        work.commit()
    everything = [one.id for one in _all(workplace)]
    there = [one.id for one in _all(workplace, "21025@2024")]
    here = [one.id for one in _all(workplace, COMMUNE)]
    assert mine.id in there
    assert mine.id not in here
    assert sorted(everything) == sorted(here + there)
    workplace.store.close()


def test_a_unit_outside_the_scope_is_refused(workplace: Workplace) -> None:
    with pytest.raises(KnownError) as refused:
        Checks(workplace).run(lambda _found: None, OTHER)
    assert refused.value.message_id == "units.outside_scope"


def test_a_cancelled_check_stops_and_leaves_no_file(workplace: Workplace, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        Checks(workplace).to_file(
            tmp_path / "issues.csv", progress=Progress(cancelled=lambda: True)
        )
    assert not list(tmp_path.glob("*issues*"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_holds_one_row_for_each_issue(
    workplace: Workplace, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"issues.{kind}"
    summary = Checks(workplace).to_file(path)
    if kind == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            mark, *rows = csv.reader(file)
        assert mark[0].startswith("LƯU HÀNH NỘI BỘ · Đặng An")
    else:
        from app.workbooks.reading import open_workbook

        with open_workbook(path) as book:
            rows = list(book.rows(book.sheets[0]))
    assert len(rows) == summary.issues + 1


def test_a_list_of_an_unknown_kind_is_refused_before_anything_is_read(
    workplace: Workplace, tmp_path: Path
) -> None:
    with pytest.raises(KnownError) as refused:
        Checks(workplace).to_file(tmp_path / "issues.pdf")
    assert refused.value.message_id == "check.file_kind"


def test_a_list_needs_the_right_to_export(workplace: Workplace, tmp_path: Path) -> None:
    clerk = again(workplace, frozenset({Right.ENTER}))
    with pytest.raises(KnownError) as refused:
        Checks(clerk).to_file(tmp_path / "issues.csv")
    assert refused.value.message_id == "rights.denied"
    assert not (tmp_path / "issues.csv").exists()


def test_a_check_changes_nothing(workplace: Workplace) -> None:
    before = dump_store(workplace.settings.store_path, KEY)
    _all(workplace)
    assert dump_store(workplace.settings.store_path, KEY) == before


def test_errors_and_warnings_are_those_of_the_whole_store(workplace: Workplace) -> None:
    found = [one.issue.severity for one in _all(workplace)]
    counted = Checks(workplace).errors_and_warnings(Progress())
    assert counted == (found.count(Severity.ERROR), found.count(Severity.WARNING))
