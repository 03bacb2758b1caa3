"""Forms, code lists and units as the province loads them: what is refused, and where it then shows.

The province of these tests signs with a real key of its own.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.errors import KnownError
from app.forms.catalogue import Catalogue
from app.forms.code_lists import code_list_names, load_code_list
from app.forms.issues import Value
from app.forms.references import ListRow, References, SuccessorRow, TemplateRow, UnitRow
from app.forms.units import load_units
from app.history.entities import CHILD, Kind
from app.i18n import error_text
from app.models.queries import register
from app.models.queries.references import references
from app.models.work import Change
from app.services.authority import AuthorityDesk
from app.services.catalogues import PROGRAM_COLUMNS
from app.services.installation import read_what_waited
from app.services.reference_data.desk import ReferenceDesk
from app.services.reference_data.files import MAX_BYTES, Refused, said_of
from app.services.reference_signing import reference_signer
from app.services.rights import ALL_RIGHTS, Right
from app.services.surroundings import frame_of
from app.services.unit_lookup import UnitLookup
from app.services.workplace import Workplace
from app.settings import resources_dir
from app.sync.apply import apply_delivery
from app.sync.delivery import collect
from tests.dumps import dump_store
from tests.unit.forms.invented import GOOD_CHILD
from tests.unit.forms.test_catalogue import COLUMNS, template
from tests.workplaces import KEY, again, make_workplace, reopened

PROVINCE, COMMUNE = "51@2025", "21484@2025"
UNITS = "edition,code,name,kind,parent,valid_from,valid_to\n"
SUCCESSORS = "old,new,share\n"
NEW = UNITS + "2027,29999,Ba Mới,commune,51@2025,2027-01-01,\n"
TWO = NEW + "2027,29998,Ba Cũ,commune,51,2027-01-01,\n"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A province with its authority. Nothing that a test loads may stay: see `province`."""
    workplace = make_workplace(tmp_path_factory.mktemp("province"), PROVINCE)
    AuthorityDesk(workplace).found("một câu dài dễ nhớ")
    yield workplace
    workplace.store.close()


@pytest.fixture
def province(
    tmp_path: Path, founded: Workplace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workplace]:
    """The same province on a copy of its store."""
    del monkeypatch
    settings = founded.settings
    with founded.store.read() as reading:
        reading.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = settings.store_path.read_bytes()
    workplace = again(founded, ALL_RIGHTS)
    workplace.reference_signer = partial(reference_signer, workplace)
    workplace = _signing(reopened(workplace))
    yield workplace
    workplace.store.close()
    for path in settings.home.glob(f"{settings.store_path.name}*"):
        path.unlink()
    settings.store_path.write_bytes(kept)


def _signing(workplace: Workplace) -> Workplace:
    workplace.reference_signer = partial(reference_signer, workplace)
    return workplace


def written(folder: Path, name: str, content: str | bytes | dict[str, Any]) -> Path:
    path = folder / name
    if isinstance(content, dict):
        content = json.dumps(content, ensure_ascii=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def a_list(folder: Path, content: str = f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\n") -> Path:
    return written(folder, "internet_kinds.csv", content)


def with_list(workplace: Workplace, folder: Path) -> ReferenceDesk:
    desk = ReferenceDesk(workplace)
    desk.load_list(a_list(folder), "2027.1", date(2027, 1, 1))
    return desk


def test_a_loaded_form_is_in_force_at_once_and_after_the_next_start(
    province: Workplace, tmp_path: Path
) -> None:
    desk = with_list(province, tmp_path)
    done = desk.load_template(written(tmp_path, "child.v2.json", template()))
    assert (done.what, done.count) == ("child.v2", 1)
    assert province.catalogue.newest("child").version == 2
    opened = _signing(reopened(province))
    views = ReferenceDesk(opened).templates()
    assert [(one.form, one.version, one.shipped) for one in views] == [
        ("child", 1, True),
        ("child", 2, False),
        ("household", 1, True),
    ]
    assert opened.catalogue.newest("child").field("internet_at_home").code_list == "internet_kinds"
    with opened.store.read() as reading:
        (row,) = references(reading, "form_template")
    assert row.values["edition"] == "2027.1"
    opened.store.close()


def test_a_value_of_a_new_field_stands_in_the_records_extra_map(
    province: Workplace, tmp_path: Path
) -> None:
    desk = with_list(province, tmp_path)
    desk.load_template(written(tmp_path, "child.v2.json", template(valid_from="2018-01-01")))
    from app.services.records import Records

    with province.write() as work:
        values = {**GOOD_CHILD, "owner_unit": COMMUNE, "template": "child.v1"}
        child = work.record(Change("child", values)).id
        work.commit()
    Records(province).set_fields(child, {"internet_at_home": "cáp quang"})
    assert "internet_at_home" not in CHILD.fields
    with province.store.read() as reading:
        found = register.record(reading, "child", child)
        assert found is not None
        frame = frame_of(province, reading)
    assert (found.values["internet_at_home"], found.values["template"]) == ("F", "child.v2")
    assert frame.template_of("child", found.values).version == 2
    assert frame.template_of("child", values).version == 1


def _without(name: str) -> dict[str, Any]:
    content = template()
    for section in content["sections"]:
        section["fields"] = [one for one in section["fields"] if one["name"] != name]
    return content


def _changed(changed: str, **changes: Any) -> dict[str, Any]:
    content = template()
    for section in content["sections"]:
        for field in section["fields"]:
            if field["name"] == changed:
                field.update(changes)
    return content


def _rule(name: str, **rule: Any) -> dict[str, Any]:
    return _changed(name, rules=[{"severity": "error", **rule}])


NEW_FIELD = "internet_at_home"
REFUSED: dict[str, tuple[Callable[[], str | bytes | dict[str, Any]], str, str]] = {
    "ten megabytes": (lambda: b" " * 10 * 1024 * 1024, "too_large", "512"),
    "no text": (lambda: b"\xff\xfe{}", "not_utf8", ""),
    "no json": (lambda: "{", "template", ""),
    "a key twice": (
        lambda: json.dumps(template()).replace('"version": 2', '"version": 2, "version": 2'),
        "template",
        "«version»",
    ),
    "brackets without end": (lambda: "[" * 200_000, "template", ""),
    "an unknown key": (lambda: template(colour="red"), "template", "colour"),
    "an unknown rule": (lambda: _rule("full_name", rule="magic"), "template", "magic"),
    "a rule on itself": (
        lambda: _rule("dropout_date", rule="not_before", other="dropout_date"),
        "template",
        "dropout_date",
    ),
    "an unknown type": (lambda: _changed(NEW_FIELD, type="fingerprint"), "template", "fingerprint"),
    "an unknown list": (lambda: _changed(NEW_FIELD, code_list="colours"), "template", "colours"),
    "a changed type": (lambda: _changed("school_name", type="int"), "template", "school_name"),
    "a changed list": (lambda: _changed("sex", code_list="yes_no"), "template", "sex"),
    "a changed group": (lambda: _changed("grade", merge_group="care"), "template", "grade"),
    "an old version": (lambda: template(1), "template", ""),
    "an earlier day": (lambda: template(valid_from="1999-01-01"), "valid_before", "2018-01-01"),
    "a wrong day": (lambda: template(valid_from="1.1.2027"), "template", "1.1.2027"),
    "a name of the program": (lambda: _changed(NEW_FIELD, name="complete"), "field_reserved", ""),
    "a name within": (lambda: _changed(NEW_FIELD, name="_heads"), "template", "_heads"),
    "a new merge group": (lambda: _changed(NEW_FIELD, merge_group="net"), "field_merge_group", ""),
    "a foreign entity": (lambda: _changed(NEW_FIELD, entity="village"), "field_entity", "internet"),
    "a field nobody stores": (lambda: _changed(NEW_FIELD, stored=False), "field_not_stored", ""),
    "a type that names records": (
        lambda: _changed(NEW_FIELD, type="uuid", code_list=None),
        "field_type",
        "uuid",
    ),
    "a mask on a known field": (
        lambda: _changed("school_name", sensitivity="A"),
        "field_level",
        "school_name",
    ),
    "a mask taken off": (
        lambda: _changed("allowance_category", sensitivity="B"),
        "field_level",
        "allowance_category",
    ),
    "without the name": (lambda: _without("full_name"), "field_needed", "full_name"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_form_that_may_not_be_loaded_is_refused_by_file_and_place_and_changes_nothing(
    province: Workplace, tmp_path: Path, case: str
) -> None:
    content, rule, place = REFUSED[case]
    desk = with_list(province, tmp_path)
    path = written(tmp_path, "mau.json", content())
    before = dump_store(province.settings.store_path, KEY)
    with pytest.raises(Refused) as refused:
        desk.load_template(path)
    assert refused.value.rule == rule
    said = error_text(refused.value)
    assert "mau.json" in said
    assert place in said
    assert dump_store(province.settings.store_path, KEY) == before
    assert province.catalogue.newest("child").version == 1


@pytest.mark.parametrize(
    "case", [one for one in REFUSED if one not in ("ten megabytes", "no text", "an old version")]
)
def test_a_form_that_may_not_be_loaded_is_not_used_when_it_comes(case: str) -> None:
    content, rule, place = REFUSED[case]
    text = said if isinstance(said := content(), str) else json.dumps(said)
    assert isinstance(text, str)
    kinds = ListRow("internet_kinds", "2027.1", "2027-01-01", f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\n")
    came = References((TemplateRow("child", 2, text),), (kinds,), columns=PROGRAM_COLUMNS)
    found = Catalogue(came)
    (one,) = found.unusable
    assert (one.entity, one.what) == ("form_template", "child.v2")
    assert one.reason == rule or one.fault.message_id.startswith("forms.template.")
    assert place in said_of(one)
    assert found.newest("child").version == 1


def test_a_dropped_field_is_hidden_and_comes_back_with_its_meaning_only(
    province: Workplace, tmp_path: Path
) -> None:
    desk = with_list(province, tmp_path)
    desk.load_template(written(tmp_path, "2.json", _without("school_name")))
    names = {one.name for one in province.catalogue.newest("child").fields}
    assert "school_name" not in names
    third = _changed("school_name", type="int")
    third["version"] = 3
    with pytest.raises(Refused) as refused:
        desk.load_template(written(tmp_path, "3.json", third))
    assert "school_name" in error_text(refused.value)


def test_values_that_records_already_keep_under_a_name_must_fit_the_new_field(
    province: Workplace, tmp_path: Path
) -> None:
    desk = with_list(province, tmp_path)
    with province.write() as work:
        values = {**GOOD_CHILD, "owner_unit": COMMUNE, NEW_FIELD: "satellite"}
        work.record(Change("child", values))
        work.commit()
    with pytest.raises(Refused) as refused:
        desk.load_template(written(tmp_path, "2.json", template()))
    assert (refused.value.rule, refused.value.parameters["count"]) == ("field_values", 1)


BAD_LISTS: dict[str, tuple[str, str, str, str]] = {
    "columns": ("kinds", "code,label\nA,B\n", "columns", "dòng 1"),
    "cells": ("kinds", f"{COLUMNS}\nA,B\n", "cells", "dòng 2"),
    "nothing": ("kinds", f"{COLUMNS}\n", "no_lines", ""),
    "twice": ("kinds", f"{COLUMNS}\nA,A,A,,,,\nA,B,B,,,,\n", "code_twice", "dòng 3"),
    "label": ("kinds", f"{COLUMNS}\nA,,A,,,,\n", "label", "dòng 2"),
    "code": ("kinds", f"{COLUMNS}\nA B,A,A,,,,\n", "code", "dòng 2"),
    "day": ("kinds", f"{COLUMNS}\nA,A,A,,2027,,\n", "day", "dòng 2"),
    "validity": ("kinds", f"{COLUMNS}\nA,A,A,,2027-01-02,2027-01-01,\n", "validity", "dòng 2"),
    "quote": ("kinds", f'{COLUMNS}\n"A,A,A,,,,\n', "not_csv", "dòng"),
    "control": ("kinds", f"{COLUMNS}\nA,A\x07,A,,,,\n", "control", "dòng 2"),
    "dropped": ("sexes", f"{COLUMNS}\n1,Nam,Male,,,,\n", "code_dropped", "2"),
    "built in": ("unit_kinds", f"{COLUMNS}\nA,A,A,,,,\n", "list_built_in", "unit_kinds"),
    "name": ("Các loại", f"{COLUMNS}\nA,A,A,,,,\n", "list_name", ""),
    "column gone": ("circumstances", f"{COLUMNS}\nC01,A,A,,,,\n", "list_column", "parent"),
}


@pytest.mark.parametrize("case", BAD_LISTS)
def test_a_list_that_may_not_be_loaded_is_refused_by_line_and_changes_nothing(
    province: Workplace, tmp_path: Path, case: str
) -> None:
    name, content, rule, place = BAD_LISTS[case]
    path = written(tmp_path, "danh-muc.csv", content)
    before = dump_store(province.settings.store_path, KEY)
    with pytest.raises(Refused) as refused:
        ReferenceDesk(province).load_list(path, "2027", date(2027, 1, 1), name)
    assert refused.value.rule == rule
    said = error_text(refused.value)
    assert "danh-muc.csv" in said
    assert place in said
    assert dump_store(province.settings.store_path, KEY) == before


@pytest.mark.parametrize("case", [one for one in BAD_LISTS if one != "dropped"])
def test_a_list_that_may_not_be_loaded_is_not_used_when_it_comes(case: str) -> None:
    name, content, rule, _ = BAD_LISTS[case]
    found = Catalogue(References(lists=(ListRow(name, "2027", "2027-01-01", content),)))
    (one,) = found.unusable
    assert (one.entity, one.what, one.reason) == ("code_list", f"{name} 2027", rule)
    assert name in said_of(one)
    if name in code_list_names():
        assert found.code_list(name) is load_code_list(name)


def _circumstances(change: Callable[[list[dict[str, str]]], None]) -> str:
    path = resources_dir() / "code_lists" / "circumstances.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        titles = list(reader.fieldnames or ())
    change(rows)
    lines = [titles, *([row[title] for title in titles] for row in rows)]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)


def test_a_guarded_group_stays_guarded_and_a_new_sub_group_comes_in(
    province: Workplace, tmp_path: Path
) -> None:
    desk = ReferenceDesk(province)

    def unguard(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["sensitivity"] == "A")["sensitivity"] = ""

    def group(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[0], "code": "C99", "label_vi": "Nhóm lạ", "aliases": ""})

    def move(rows: list[dict[str, str]]) -> None:
        rows[1]["parent"] = "C02"

    def add(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[1], "code": "C01.9", "label_vi": "Nhóm mới", "aliases": ""})

    for change, rule in ((unguard, "code_level"), (group, "code_level"), (move, "code_meaning")):
        path = written(tmp_path, "circumstances.csv", _circumstances(change))
        with pytest.raises(Refused) as refused:
            desk.load_list(path, "2027", date(2027, 1, 1))
        assert refused.value.rule == rule
    desk.load_list(
        written(tmp_path, "circumstances.csv", _circumstances(add)), "2027", date(2027, 1, 1)
    )
    assert province.catalogue.code_list("circumstances").label("C01.9") == "Nhóm mới"
    assert "C01.9" not in load_code_list("circumstances")


def test_an_edition_is_loaded_once_and_the_next_one_begins_later(
    province: Workplace, tmp_path: Path
) -> None:
    desk = with_list(province, tmp_path)
    for edition, day, rule in (
        ("2027.1", date(2028, 1, 1), "list_taken"),
        ("2027.2", date(2027, 1, 1), "list_before"),
    ):
        with pytest.raises(Refused) as refused:
            desk.load_list(a_list(tmp_path), edition, day)
        assert refused.value.rule == rule
    views = [one for one in desk.lists() if one.name == "internet_kinds"]
    assert [(one.edition, one.codes, one.needs_newer) for one in views] == [("2027.1", 1, False)]


def test_a_new_unit_is_found_listed_and_in_scope_at_once(
    province: Workplace, tmp_path: Path
) -> None:
    done = ReferenceDesk(province).load_units(written(tmp_path, "units.csv", NEW))
    assert (done.what, done.count) == ("2027", 1)
    lookup = UnitLookup(province)
    assert [one.ref for one in lookup.find("ba moi", edition="2027")] == ["29999@2027"]
    assert "29999@2027" in {one.ref for one in lookup.below(None)}
    assert lookup.below("29999@2027")[0].full_name == "Xã Ba Mới, tỉnh Quảng Ngãi"
    assert "29999@2027" in province.scope_units(None)
    with pytest.raises(KnownError):
        province.unit_named("29999")  # not before its day
    province.clock = lambda: 1_800_000_000.0
    assert province.unit_named("29999") == "29999@2027"
    assert "29999@2027" not in load_units()
    with province.store.read() as reading:
        frame = frame_of(province, reading)
    assert frame.unit_chain("29999@2027") == ("29999@2027", PROVINCE)
    assert frame.unit_in_force("29999@2027", date(2027, 1, 1))
    assert not frame.unit_in_force("29999@2027", date(2026, 12, 31))
    assert frame.unit_in_force(COMMUNE, date(2027, 1, 1))


def test_records_of_a_unit_that_merged_are_the_new_units_and_of_a_split_one_the_provinces(
    province: Workplace, tmp_path: Path
) -> None:
    other = "21034@2025"
    rows = f"{COMMUNE},29999@2027,whole\n{other},29999@2027,part\n{other},29998@2027,part\n"
    ReferenceDesk(province).load_units(
        written(tmp_path, "units.csv", TWO), written(tmp_path, "moves.csv", SUCCESSORS + rows)
    )
    tree = province.tree
    assert tree.covers(["29999@2027"], COMMUNE)
    assert not tree.covers([COMMUNE], "29999@2027")
    assert not tree.covers(["29999@2027"], other)
    assert tree.covers([PROVINCE], other)
    assert COMMUNE in tree.below("29999@2027")
    assert other in tree.below(PROVINCE)


BAD_UNITS: dict[str, tuple[str, str, str]] = {
    "edition": (UNITS + "27,29999,Ba,commune,51@2025,2027-01-01,\n", "", "unit_edition"),
    "code": (UNITS + "2027,2999,Ba,commune,51@2025,2027-01-01,\n", "", "unit_code"),
    "name": (UNITS + "2027,29999,,commune,51@2025,2027-01-01,\n", "", "unit_name"),
    "kind": (UNITS + "2027,29999,Ba,province,51@2025,2027-01-01,\n", "", "unit_kind"),
    "day": (UNITS + "2027,29999,Ba,commune,51@2025,,\n", "", "day"),
    "twice": (NEW + NEW.splitlines()[1] + "\n", "", "unit_twice"),
    "there already": (
        UNITS + "2025,21484,Tên mới,commune,51@2025,2025-07-01,\n",
        "",
        "unit_taken",
    ),
    "no parent": (UNITS + "2027,29999,Ba,commune,98@2027,2027-01-01,\n", "", "unit_parent"),
    "parent gone": (
        UNITS + "2027,29999,Ba,commune,51@2024,2027-01-01,\n",
        "",
        "unit_parent_gone",
    ),
    "another province": (
        UNITS + "2027,29999,Ba,commune,01@2025,2027-01-01,\n",
        "",
        "unit_outside",
    ),
    "two days": (NEW + "2027,29998,Ba,commune,51@2025,2027-02-01,\n", "", "edition_day"),
    "share": (NEW, f"{COMMUNE},29999@2027,half\n", "share"),
    "old unknown": (NEW, "99999@2025,29999@2027,whole\n", "old_unknown"),
    "old of another": (NEW, "00004@2025,29999@2027,whole\n", "old_unknown"),
    "new unknown": (NEW, f"{COMMUNE},29997@2027,whole\n", "new_unknown"),
    "not later": (NEW, f"{COMMUNE},21034@2025,whole\n", "new_not_later"),
    "known already": (NEW, "21010@2024,29999@2027,whole\n", "old_succeeded"),
    "a part alone": (NEW, f"{COMMUNE},29999@2027,part\n", "part_alone"),
    "two wholes": (
        TWO,
        f"{COMMUNE},29999@2027,whole\n{COMMUNE},29998@2027,whole\n",
        "shares_differ",
    ),
    "twice moved": (
        TWO,
        f"{COMMUNE},29999@2027,part\n{COMMUNE},29999@2027,part\n",
        "successor_twice",
    ),
}


#: What only a file can be: its lines stand beside each other, and it says who writes it.
ONLY_OF_FILES = {"twice", "another province", "share", "old of another", "a part alone"} | {
    "two wholes",
    "twice moved",
}


@pytest.mark.parametrize("case", [one for one in BAD_UNITS if one not in ONLY_OF_FILES])
def test_units_that_may_not_be_loaded_are_not_used_when_they_come(case: str) -> None:
    units, moves, rule = BAD_UNITS[case]
    rows = [
        UnitRow(*(one[n] for n in UnitRow._fields)) for one in csv.DictReader(units.splitlines())
    ]
    lines = csv.DictReader((SUCCESSORS + moves).splitlines())
    came = [SuccessorRow(one["old"], one["new"], one["share"] == "part") for one in lines]
    found = Catalogue(References(units=tuple(rows), successors=tuple(came)))
    assert rule in {one.reason for one in found.unusable}


@pytest.mark.parametrize("case", BAD_UNITS)
def test_units_that_may_not_be_loaded_are_refused_by_line_and_change_nothing(
    province: Workplace, tmp_path: Path, case: str
) -> None:
    units, rows, rule = BAD_UNITS[case]
    first = written(tmp_path, "units.csv", units)
    second = written(tmp_path, "moves.csv", SUCCESSORS + rows) if rows else None
    before = dump_store(province.settings.store_path, KEY)
    with pytest.raises(Refused) as refused:
        ReferenceDesk(province).load_units(first, second)
    assert refused.value.rule == rule
    said = error_text(refused.value)
    assert ("moves.csv" if rows else "units.csv") in said
    assert "dòng" in said
    assert dump_store(province.settings.store_path, KEY) == before


def test_loading_needs_the_right_and_the_provinces_signature(
    province: Workplace, tmp_path: Path
) -> None:
    path = written(tmp_path, "units.csv", NEW)
    without = _signing(again(province, ALL_RIGHTS - {Right.ADMIN}))
    with pytest.raises(KnownError) as refused:
        ReferenceDesk(without).load_units(path)
    assert refused.value.message_id == "rights.denied"
    commune = make_workplace(tmp_path / "commune", COMMUNE)
    with pytest.raises(KnownError) as unsigned:
        ReferenceDesk(commune).load_units(path)
    assert unsigned.value.message_id == "enrol.not_enrolled"
    commune.store.close()


def test_a_rolled_back_transaction_leaves_the_catalogue_as_it_was(
    province: Workplace, tmp_path: Path
) -> None:
    before = province.catalogue
    with province.write() as work:
        values = {
            "code": "29999",
            "edition": "2027",
            "name": "Ba Mới",
            "kind": "commune",
            "tier": "commune",
            "parent": PROVINCE,
            "valid_from": "2027-01-01",
        }
        work.record(Change("org_unit", values, key="29999@2027"))
        assert province.tree_in(work).exists("29999@2027")
        assert not province.tree.exists("29999@2027")
    assert province.catalogue is before


@pytest.mark.parametrize("unit_first", [True, False])
def test_a_decree_and_the_first_record_under_it_may_come_in_one_bundle(
    tmp_path: Path, unit_first: bool
) -> None:
    above = make_workplace(tmp_path / "province", "51@2024")
    below = make_workplace(tmp_path / "district", "524@2024")
    new = "29999@2024b"
    unit: dict[str, Value] = {
        "code": "29999",
        "edition": "2024b",
        "name": "Ba Mới",
        "kind": "commune",
        "tier": "commune",
        "parent": "524@2024",
        "valid_from": "2025-01-01",
    }
    with below.write() as work:
        work.sign_reference = lambda operation: operation
        work.record(Change("org_unit", unit, key=new))
        child = work.record(Change("child", {**GOOD_CHILD, "owner_unit": new})).id
        work.commit()
    delivery = collect(below.store, below.tree, "51@2024", "an")
    carried = sorted(delivery.operations(), key=lambda o: (o.ent_type == "child") is unit_first)
    with above.write() as work:
        # One operation a chunk, so that the order of the lines could tell.
        for at, operation in enumerate(carried, 1):
            one = replace(delivery, seq=at, operations=lambda held=operation: iter([held]))
            apply_delivery(
                *(work, one, above.tree_in(work), at),
                bundle_id=bytes(31) + bytes([at]),
                reference_signed=lambda _operation: True,
                tree_now=partial(above.tree_in, work),
            )
        work.commit()
    assert above.tree.exists(new)
    with above.store.read() as reading:
        found = register.record(reading, "child", child)
    assert found is not None
    assert found.values["owner_unit"] == new
    for workplace in (above, below):
        workplace.store.close()


def test_what_waited_for_a_newer_program_is_read_when_that_program_opens_the_store(
    province: Workplace,
) -> None:
    with province.write() as work:
        child = work.record(Change("child", {**GOOD_CHILD, "owner_unit": COMMUNE})).id
        # As the program before left it: it did not know the type, so nothing but the log holds it.
        work.connection.exec_driver_sql(
            "UPDATE op SET state = 'waiting', reason = 'newer-program' WHERE ent_id = ?", (child,)
        )
        work.connection.exec_driver_sql("DELETE FROM child WHERE id = ?", (child,))
        work.commit()
    desk = ReferenceDesk(province)
    assert [(one.entity, one.count) for one in desk.unused()] == [("child", 1)]
    read_what_waited(province)
    assert desk.unused() == []
    with province.store.read() as reading:
        found = register.record(reading, "child", child)
    assert found is not None
    assert found.values["full_name"] == GOOD_CHILD["full_name"]


def test_the_limit_of_a_file_is_that_of_one_operation() -> None:
    from app.forms.template import MAX_TEMPLATE_BYTES
    from app.history.operation import MAX_CONTENT_BYTES

    assert MAX_BYTES == MAX_CONTENT_BYTES == MAX_TEMPLATE_BYTES
    assert CHILD.fields["full_name"] is Kind.TEXT
