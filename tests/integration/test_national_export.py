"""The accepted register as a workbook by a mapping: who stands in it, how, and what stays out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from app.errors import KnownError
from app.models.queries import accepting, counting, register
from app.models.schema import audit_event
from app.models.work import Change
from app.services.bench.workshop import Workshop
from app.services.handover_register import HandoverRegister, SendBack
from app.services.handover_values import ACCEPTED
from app.services.masking import Reveal
from app.services.national.export import NationalExport
from app.services.rights import ALL_RIGHTS, Right
from app.services.workplace import Cancelled, Progress, Workplace
from tests.integration.test_import_undo import Two
from tests.workplaces import again, make_workplace

_NAME = {"title": "Tên", "source": "child.full_name"}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    made = Workshop(tmp_path / "world", 12)
    yield Two(made)
    made.close()


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """A province that accepted all it has; nothing is written there but rows of audit."""
    made = Workshop(tmp_path_factory.mktemp("accepted") / "world", 12)
    two = Two(made)
    _accept(two)
    yield two
    made.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    made = make_workplace(tmp_path_factory.mktemp("empty") / "home")
    yield made
    made.store.close()


def _map(path: Path, *columns: dict[str, Any], rows: str = "children", **sheet: Any) -> Path:
    said = {
        "format": "sotreem-export-map",
        "version": 1,
        "name": "thử",
        "about": "thử",
        "sheets": [{"name": "S", "rows": rows, "columns": list(columns), **sheet}],
    }
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def _rows(path: Path, sheet: int = 0) -> list[tuple[object, ...]]:
    found = openpyxl.load_workbook(path).worksheets[sheet]
    return [*found.iter_rows(values_only=True)]


def _accept(two: Two) -> str:
    handover = two.deliver().handover
    HandoverRegister(two.province).accept(handover)
    return handover


def _children(two: Two) -> list[str]:
    """The children of the district who count, in a fixed order; others are nobody's number."""
    with two.district.store.read() as reading:
        basis = counting.basis_of(reading, two.district.today())
        units = two.district.scope_units(None)
        return sorted(accepting.counted_children(reading, units, basis))


def test_nobody_goes_out_before_a_handover_was_accepted(two: Two, tmp_path: Path) -> None:
    two.deliver()
    export = NationalExport(two.province)
    with pytest.raises(KnownError) as refused:
        export.export(tmp_path / "a.xlsx")
    assert refused.value.message_id == "export.nothing_accepted"
    assert not (tmp_path / "a.xlsx").exists()
    seen = export.look()
    assert seen.children == 0
    assert seen.waiting.never == seen.waiting.total == len(_children(two))


def test_what_changed_since_and_what_was_sent_back_waits_and_is_counted(
    two: Two, tmp_path: Path
) -> None:
    _accept(two)
    export = NationalExport(two.province)
    whole = export.look()
    assert (whole.children, whole.waiting.total) == (len(_children(two)), 0)
    first, *_ = _children(two)
    two.write(two.district, Change("child", {"other_name": "Tý"}, id=first))
    assert export.look() == whole, "nothing of it has come yet"
    handover = two.deliver().handover
    seen = export.look()
    assert (seen.children, seen.waiting.changed, seen.waiting.sent_back) == (
        whole.children - 1,
        1,
        0,
    )
    done = export.export(tmp_path / "a.xlsx")
    assert dict(done.sheets)["Trẻ em"] == whole.children - 1
    last = _children(two)[-1]
    back = SendBack(last, "Sai ngày sinh")
    HandoverRegister(two.province).settle(handover, [back], ACCEPTED)
    seen = export.look()
    assert (seen.children, seen.waiting.changed, seen.waiting.sent_back) == (
        whole.children - 1,
        0,
        1,
    )


def test_a_household_that_changed_keeps_its_children_back(two: Two) -> None:
    _accept(two)
    export = NationalExport(two.province)
    first, *_ = _children(two)
    with two.province.store.read() as reading:
        child = register.record(reading, "child", first)
        assert child is not None
        home = str(child.values["household"])
        count = len(register.children_of(reading, home))
    two.write(two.district, Change("household", {"address_detail": "Xóm Mới"}, id=home))
    two.deliver()
    assert export.look().waiting.changed == count
    two.write(two.province, Change("household", {"address_detail": "Xóm Cũ"}, id=home))
    assert export.look().waiting.changed == count, "the province's own word accepts nobody else's"


def test_what_the_top_writes_itself_is_accepted(two: Two) -> None:
    _accept(two)
    whole = NationalExport(two.province).look()
    first, *_ = _children(two)
    two.write(two.province, Change("child", {"other_name": "Tý"}, id=first))
    assert NationalExport(two.province).look() == whole


def test_a_giver_knows_what_of_its_own_was_accepted_above(two: Two) -> None:
    """The district typed all of it: until the province's word comes, nothing is accepted there."""
    two.deliver()
    assert NationalExport(two.district).look().children == 0


def test_the_shipped_mapping_says_that_it_is_our_own(accepted: Two, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    done = NationalExport(accepted.province).export(path)
    assert [name for name, _ in done.sheets] == ["Trẻ em", "Hộ gia đình", "Hoàn cảnh"]
    book = openpyxl.load_workbook(path)
    notes = " ".join(str(c.value) for row in book["Ghi chú"].iter_rows() for c in row if c.value)
    assert "không cam kết nạp được vào phần mềm quốc gia" in notes
    assert "Chưa lấy được bố cục" in notes
    assert "LƯU HÀNH NỘI BỘ" in notes
    titles, *rows = _rows(path)
    at = titles.index("Ngày, tháng, năm sinh")
    assert datetime in {type(row[at]) for row in rows} <= {datetime, str}
    assert {type(row[titles.index("Số định danh cá nhân/CCCD")]) for row in rows} <= {
        str,
        type(None),
    }
    place = [titles.index(one) for one in ("Mã xã", "Thôn/Tổ dân phố", "Số hộ")]
    homes = {tuple(row[one] for one in place) for row in rows}
    assert len(_rows(path, 1)) - 1 == len(homes) > 5


def test_each_way_to_write_a_value(two: Two, tmp_path: Path) -> None:
    child, *_ = _children(two)
    values: dict[str, Any] = {
        "full_name": "=Đinh",
        "sex": "2",
        "birth_date": "2019-05",
        "line_no": 7,
    }
    two.write(two.district, Change("child", {**values, "parents_divorced": True}, id=child))
    _accept(two)
    columns: list[dict[str, Any]] = [
        {"title": "id", "source": "record.child_id"},
        _NAME,
        {"title": "words", "source": "child.sex"},
        {"title": "code", "source": "child.sex", "as": "code"},
        {"title": "other", "source": "child.sex", "codes": {"1": "M"}, "other": "?"},
        {"title": "codes", "source": "child.sex", "codes": {"2": "F"}, "other": ""},
        {"title": "day", "source": "child.birth_date", "as": "day"},
        {"title": "iso", "source": "child.birth_date", "as": "iso"},
        {"title": "year", "source": "child.birth_date", "as": "year"},
        {"title": "line", "source": "child.line_no"},
        {"title": "yes", "source": "child.parents_divorced", "yes_no": ["x", "-"]},
        {"title": "joined", "source": ["unit.commune_code", "child.line_no"], "join": "/"},
        {"title": "fixed", "fixed": "VN"},
    ]
    mapping = _map(tmp_path / "m.json", *columns)
    NationalExport(two.province).export(tmp_path / "a.xlsx", mapping)
    row = next(one for one in _rows(tmp_path / "a.xlsx") if one[0] == child)
    with two.province.store.read() as reading:
        held = register.record(reading, "child", child)
    assert held is not None
    code = str(held.values["owner_unit"]).partition("@")[0]
    assert row[1:] == (
        *("=Đinh", "Nữ", "2", "?", "F", "05/2019", "2019-05", 2019, 7, "x"),
        *(f"{code}/7", "VN"),
    )


def test_filters_choose_rows_and_one_by_a_secret_is_refused(accepted: Two, tmp_path: Path) -> None:
    export = NationalExport(accepted.province)
    girls = _map(
        tmp_path / "m.json",
        {"title": "sex", "source": "child.sex", "as": "code"},
        where=[{"source": "child.sex", "in": ["2"]}, {"source": "child.full_name", "filled": True}],
    )
    export.export(tmp_path / "a.xlsx", girls)
    _head, *rows = _rows(tmp_path / "a.xlsx")
    assert rows
    assert {row[0] for row in rows} == {"2"}
    secret = _map(
        tmp_path / "s.json", _NAME, where=[{"source": "circumstances.codes", "in": ["C05"]}]
    )
    with pytest.raises(KnownError) as refused:
        export.export(tmp_path / "b.xlsx", secret)
    assert refused.value.message_id == "export.map_secret_filter"


def test_level_a_goes_out_for_a_reason_only(two: Two, tmp_path: Path) -> None:
    child, *_ = _children(two)
    values: dict[str, Any] = {"record": child, "group": "C05", "episode": 1}
    two.write(two.district, Change("circumstance", values, key="C05/1"))
    with two.district.store.read() as reading:
        home = register.record(reading, "child", child)
    assert home is not None
    flags: dict[str, Any] = {"family_problem_flags": ["1"]}
    two.write(two.district, Change("household", flags, id=str(home.values["household"])))
    _accept(two)
    export = NationalExport(two.province)
    columns = (
        {"title": "groups", "source": "circumstances.codes", "as": "code"},
        {"title": "family", "source": "household.family_problem_flags", "as": "code"},
    )
    mapping = _map(tmp_path / "m.json", *columns)
    done = export.export(tmp_path / "a.xlsx", mapping)
    assert done.left_out == ("family",)
    assert done.withheld
    head, *rows = _rows(tmp_path / "a.xlsx")
    assert head == ("groups",)
    assert "C05" not in str(rows)
    shown = export.export(tmp_path / "b.xlsx", mapping, reveal=Reveal("báo cáo Sở"))
    assert (shown.left_out, shown.withheld) == ((), False)
    assert "C05" in str(_rows(tmp_path / "b.xlsx"))
    with pytest.raises(KnownError) as refused:
        export.export(tmp_path / "c.xlsx", mapping, reveal=Reveal(" "))
    assert refused.value.message_id == "masking.no_reason"
    with two.province.store.read() as reading:
        query = select(audit_event.c.details).where(audit_event.c.event == "export-national")
        told = [*reading.execute(query).scalars()]
    assert [done.sha256 in told[0], shown.sha256 in told[1]] == [True, True]
    assert "shown" in told[1]


@pytest.mark.parametrize(
    ("column", "error"),
    [
        ({"title": "a", "source": "child.nobody"}, "unknown_field"),
        ({"title": "a", "source": "circumstance.group"}, "unknown_field"),
        ({"title": "a", "source": "household.children_count"}, "unknown_field"),
        ({"title": "a", "source": "child.sex", "as": "roman"}, "form"),
        ({"title": "a", "source": "child.sex", "codes": {"9x": "?"}}, "unknown_code"),
        ({"title": "a", "source": "village.name", "codes": {"1": "?"}}, "no_codes"),
        ({"title": "a", "source": "child.sex", "codes": {"1": "M"}}, "uncovered"),
        ({"title": "a", "source": "child.full_name", "codes": {"A": "B"}}, "uncovered"),
        ({"title": "a", "source": "child.sex", "yes_no": ["x", ""]}, "no_question"),
        ({"title": "a", "source": "child.full_name", "yes_no": ["x", ""]}, "no_question"),
        ({"title": "a", "source": "child.sex", "fixed": "x"}, "source_or_fixed"),
        ({"title": "a"}, "source_or_fixed"),
        ({"title": " ", "fixed": "x"}, "twice"),
        ({"title": "TÊN", "fixed": "x"}, "twice"),
        ({"title": "a", "sorce": "child.sex"}, "unknown_key"),
        ({"title": 7, "source": "child.sex"}, "unreadable"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_by_its_place(
    empty: Workplace, tmp_path: Path, column: dict[str, Any], error: str
) -> None:
    with pytest.raises(KnownError) as refused:
        NationalExport(empty).look(_map(tmp_path / "m.json", _NAME, column))
    assert refused.value.message_id == f"export.map_{error}"
    assert refused.value.parameters["file"] == "m.json"


@pytest.mark.parametrize("way", ["in", "not_in"])
def test_a_filter_that_names_no_value_is_refused(
    empty: Workplace, tmp_path: Path, way: str
) -> None:
    mapping = _map(tmp_path / "m.json", _NAME, where=[{"source": "child.sex", way: []}])
    with pytest.raises(KnownError) as refused:
        NationalExport(empty).look(mapping)
    assert refused.value.message_id == "export.map_filter"


def test_values_that_a_mapping_does_not_name_are_counted(accepted: Two, tmp_path: Path) -> None:
    girls = {"title": "Gái", "source": "child.sex", "codes": {"2": "x"}, "other": ""}
    path = tmp_path / "a.xlsx"
    done = NationalExport(accepted.province).export(path, _map(tmp_path / "m.json", girls, _NAME))
    empty = sum(row[0] is None for row in _rows(path)[1:])
    assert empty > 0
    assert done.unmapped == (("S", "Gái", empty),)
    notes = openpyxl.load_workbook(path)["Ghi chú"]
    told = [row[1] for row in notes.iter_rows(values_only=True)]
    assert f"cột «Gái» ở trang «S»: {empty} giá trị" in told
    whole = NationalExport(accepted.province).export(tmp_path / "b.xlsx")
    assert whole.unmapped == ()


def test_a_mapping_that_changed_since_somebody_looked_is_not_used(
    accepted: Two, tmp_path: Path
) -> None:
    export = NationalExport(accepted.province)
    mapping = _map(tmp_path / "m.json", _NAME)
    seen = export.look(mapping)
    _map(mapping, {"title": "Tên", "source": "child.other_name"})
    with pytest.raises(KnownError) as refused:
        export.export(tmp_path / "a.xlsx", mapping, looked_at=seen.mapping_sha256)
    assert refused.value.message_id == "export.map_changed"
    assert not (tmp_path / "a.xlsx").exists()
    now = export.look(mapping).mapping_sha256
    assert export.export(tmp_path / "a.xlsx", mapping, looked_at=now).sha256


def test_files_that_are_no_mapping_are_refused(empty: Workplace, tmp_path: Path) -> None:
    look = NationalExport(empty).look
    path = tmp_path / "m.json"
    told = []
    good = json.loads(_map(path, _NAME).read_text(encoding="utf-8"))
    for said in (
        b"",
        b"\xff\xfe{}",
        b"[1]",
        b" " * (1 << 21),
        json.dumps({**good, "version": 2}).encode(),
        json.dumps({**good, "sheets": []}).encode(),
        json.dumps({**good, "sheets": good["sheets"] * 2}).encode(),
    ):
        path.write_bytes(said)
        with pytest.raises(KnownError) as refused:
            look(path)
        told.append(refused.value.message_id.removeprefix("export.map_"))
    assert told == [*["unreadable"] * 4, "version", "sheets", "twice"]
    with pytest.raises(KnownError) as gone:
        look(tmp_path / "gone.json")
    assert gone.value.message_id == "import.file_unreachable"


def test_without_the_right_or_stopped_there_is_no_file(accepted: Two, tmp_path: Path) -> None:
    path = tmp_path / "out" / "a.xlsx"
    path.parent.mkdir()
    without = again(accepted.province, ALL_RIGHTS - {Right.EXPORT, Right.ENTER, Right.REVEAL})
    with pytest.raises(KnownError) as refused:
        NationalExport(without).export(path)
    assert refused.value.message_id == "rights.denied"
    with pytest.raises(KnownError) as no_csv:
        NationalExport(accepted.province).export(path.with_suffix(".csv"))
    assert no_csv.value.message_id == "export.xlsx_only"
    with pytest.raises(Cancelled):
        NationalExport(accepted.province).export(path, progress=Progress(cancelled=lambda: True))
    assert not [*path.parent.iterdir()]
