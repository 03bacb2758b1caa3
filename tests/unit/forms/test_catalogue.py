"""What an installation goes by: what ships with the program, and what the province sent since."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.forms.catalogue import Catalogue, catalogue_of, packaged, stamp_for
from app.forms.code_lists import load_code_list
from app.forms.context import Context
from app.forms.field_types import field_type
from app.forms.references import ListRow, References, SuccessorRow, TemplateRow, UnitRow
from app.forms.template import load_template
from app.forms.units import load_units
from app.forms.validator import validate
from app.services.catalogues import PROGRAM_COLUMNS
from app.settings import resources_dir
from tests.unit.forms.invented import GOOD_CHILD

PROVINCE, COMMUNE, NEIGHBOUR = "51@2025", "21484@2025", "21010@2024"
COLUMNS = "code,label_vi,label_en,aliases,valid_from,valid_to,note"
WHEN = date(2027, 3, 1)


def template(version: int = 2, **changes: Any) -> dict[str, Any]:
    """The child's form with a section of its own for one new field."""
    path = resources_dir() / "templates" / "child.v1.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    section = {
        "name": "internet",
        "label": {"vi": "Internet", "en": "Internet"},
        "entity": "child",
        "fields": [
            {
                "name": "internet_at_home",
                "type": "enum",
                "label": {"vi": "Có Internet ở nhà", "en": "Internet at home"},
                "help": {"vi": "Nhà trẻ có Internet không.", "en": "Whether there is Internet."},
                "required": True,
                "code_list": "internet_kinds",
                "since": version,
            }
        ],
    }
    return {
        **content,
        "version": version,
        "edition": "2027.1",
        "valid_from": "2027-01-01",
        "sections": [*content["sections"], section],
        "desk": [*content["desk"], "internet"],
        **changes,
    }


def row(content: dict[str, Any]) -> TemplateRow:
    return TemplateRow("child", content["version"], json.dumps(content, ensure_ascii=False))


KINDS = ListRow("internet_kinds", "2027.1", "2027-01-01", f"{COLUMNS}\nF,Cáp quang,Fibre,,,,\n")


def unit(
    code: str,
    parent: str,
    edition: str = "2027",
    name: str = "Ba Mới",
    kind: str = "commune",
    begins: str = "2027-01-01",
    ends: str = "",
) -> UnitRow:
    return UnitRow(code, edition, name, kind, parent, begins, ends)


def reasons(catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(one.what, one.reason) for one in catalogue.unusable]


def test_without_reference_data_it_is_what_ships_with_the_program_the_very_same_tree() -> None:
    assert catalogue_of(References()) is packaged()
    assert packaged().units is load_units()
    assert packaged().code_list("sexes") is load_code_list("sexes")
    with pytest.raises(KeyError):
        packaged().code_list("internet_kinds")


def test_the_same_data_give_the_same_catalogue_and_so_the_same_compiled_forms() -> None:
    assert catalogue_of(References(lists=(KINDS,))) is catalogue_of(References(lists=(KINDS,)))


def test_a_new_field_is_judged_by_a_list_that_came_with_it() -> None:
    found = Catalogue(References((row(template()),), (KINDS,)))
    form = found.newest("child")
    assert (form.version, found.unusable) == (2, ())
    typed = field_type(form.field("internet_at_home"))
    assert typed.parse("cap quang") == "F"
    assert typed.format("F", "vi") == "Cáp quang"
    context = Context(WHEN, code_list=found.code_list)
    said = {
        (one.field, one.rule)
        for value in (None, "X")
        for one in validate(form, {**GOOD_CHILD, "internet_at_home": value}, context)
        if one.field == "internet_at_home"
    }
    assert said == {("internet_at_home", "required"), ("internet_at_home", "type")}


def test_a_record_is_shown_by_its_own_template_and_edited_by_the_newest_of_the_round() -> None:
    found = Catalogue(References((row(template()),), (KINDS,)))
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert found.of_record("child", "child.v1").version == 1
    assert found.of_record("child", "child.v2").version == 2
    assert found.for_editing("child", "child.v1", before).version == 1
    assert found.for_editing("child", "child.v1", after).version == 2
    assert found.for_editing("child", "child.v2", before).version == 2
    assert found.newest("child", date(1990, 1, 1)).version == 1


def test_a_form_that_only_a_newer_program_can_use_is_named_and_its_records_keep_their_stamp() -> (
    None
):
    newer = template(3)
    newer["sections"][-1]["fields"][0]["type"] = "fingerprint"
    found = Catalogue(References((row(newer),)))
    assert reasons(found) == [("child.v3", "type")]
    shown = found.of_record("child", "child.v3")
    assert (shown.version, stamp_for(shown, "child.v3")) == (1, "child.v3")


def test_what_this_program_would_not_mask_is_not_used_at_all() -> None:
    secret = template()
    fields_of(secret)["school_name"]["sensitivity"] = "A"
    path = resources_dir() / "code_lists" / "circumstances.csv"
    content = path.read_text(encoding="utf-8") + "C01.9,Mới,New,,,,,C01,special,state,,A,\n"
    groups = ListRow("circumstances", "2027", "2027-01-01", content)
    found = Catalogue(References((row(secret),), (KINDS, groups)))
    assert reasons(found) == [("circumstances 2027", "code_level"), ("child.v2", "field_level")]
    assert found.code_list("circumstances") is load_code_list("circumstances")


@pytest.mark.parametrize("stamp", ["household.v1", "child.v0", "child.v01", "child", 7, None])
def test_a_stamp_that_says_nothing_means_the_newest_form(stamp: object) -> None:
    assert packaged().of_record("child", stamp) is packaged().newest("child")


def test_codes_that_a_newer_list_leaves_out_stay_readable() -> None:
    newer = ListRow("sexes", "2027", "2027-01-01", f"{COLUMNS}\n3,Khác,Other,,,,\n")
    found = Catalogue(References(lists=(newer,))).code_list("sexes")
    assert found.label("3") == "Khác"
    assert set(load_code_list("sexes").codes) < set(found.codes)
    assert "3" not in load_code_list("sexes")


def test_of_two_editions_the_later_day_decides_in_whatever_order_they_came() -> None:
    older = ListRow("sexes", "b", "2027-01-01", f"{COLUMNS}\n1,Cũ,Old,,,,\n")
    newer = ListRow("sexes", "a", "2028-01-01", f"{COLUMNS}\n1,Mới,New,,,,\n")
    for lists in ((older, newer), (newer, older)):
        assert Catalogue(References(lists=lists)).code_list("sexes").label("1") == "Mới"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sexes", "code\n1\n"),
        ("sexes", f"{COLUMNS}\n1,Nam\n"),
        ("sexes", f"{COLUMNS}\n1,Nam,M,,,,\n1,Nam,M,,,,\n"),
        ("unit_kinds", f"{COLUMNS}\nx,X,X,,,,\n"),
    ],
)
def test_a_list_that_cannot_be_used_is_named_and_the_shipped_one_stays(
    name: str, content: str
) -> None:
    found = Catalogue(References(lists=(ListRow(name, "2027", "2027-01-01", content),)))
    assert [one.entity for one in found.unusable] == ["code_list"]
    assert found.code_list(name) is load_code_list(name)


def test_a_new_unit_stands_in_the_tree_under_the_unit_that_goes_on() -> None:
    units = Catalogue(References(units=(unit("29999", PROVINCE),))).units
    assert units.unit("29999@2027").full_name() == "Xã Ba Mới"
    assert [one.ref for one in units.ancestors("29999@2027")] == [PROVINCE]
    assert units.covers([PROVINCE], "29999@2027")
    assert next(iter(units.find("ba moi"))).unit.ref == "29999@2027"
    assert "29999@2027" in {one.ref for one in units.children(PROVINCE)}
    assert "29999@2027" not in load_units()


def test_units_of_the_shipped_editions_stand_on_until_one_takes_their_place() -> None:
    moved = SuccessorRow(COMMUNE, "29999@2027", split=False)
    units = Catalogue(References(units=(unit("29999", PROVINCE),), successors=(moved,))).units
    day = date(2026, 12, 31)
    assert units.stands_on(COMMUNE, day)
    assert not units.stands_on(COMMUNE, WHEN)
    assert units.stands_on("29999@2027", WHEN)
    assert not units.stands_on("29999@2027", day)
    assert units.stands_on(PROVINCE, WHEN)
    assert not units.stands_on(NEIGHBOUR, WHEN)
    found = units.unit_on(COMMUNE.partition("@")[0], WHEN)
    assert found is None
    assert units.unit_on("29999", WHEN) == units.unit("29999@2027")


def test_a_merger_is_read_through_the_map_and_a_split_is_not() -> None:
    new = (unit("29999", PROVINCE), unit("29998", PROVINCE))
    merged = SuccessorRow(COMMUNE, "29999@2027", split=False)
    split = SuccessorRow(COMMUNE, "29998@2027", split=True)
    whole = Catalogue(References(units=new, successors=(merged,))).units
    assert whole.covers(["29999@2027"], COMMUNE)
    assert not whole.covers([COMMUNE], "29999@2027")
    divided = Catalogue(References(units=new, successors=(merged, split))).units
    assert not divided.covers(["29999@2027"], COMMUNE)
    assert divided.covers([PROVINCE], COMMUNE)
    assert divided.is_split(COMMUNE)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (unit("29999", "51@2027"), "unit_parent"),
        (unit("29999", ""), "unit_parent"),
        (unit("51", PROVINCE, kind="province"), "unit_tier"),
        (unit("2999", PROVINCE), "unit_code"),
        (unit("29999", "29999@2027"), "unit_tier"),
        (unit("29999", "nowhere"), "unit_parent"),
        (unit("29999", "51@2024"), "unit_parent_gone"),
        (unit("29999", PROVINCE, begins="never"), "day"),
        (unit("29999", PROVINCE, begins=""), "day"),
        (unit("29999", PROVINCE, ends="2026-01-01"), "validity"),
        (unit("29999", PROVINCE, "27"), "unit_edition"),
        (unit("29999", PROVINCE, "2025"), "edition_day"),
        (unit("21484", PROVINCE, "2025", "Tên khác", begins="2025-07-01"), "unit_taken"),
    ],
)
def test_a_unit_that_does_not_fit_is_named_and_the_tree_stands(bad: UnitRow, reason: str) -> None:
    found = Catalogue(References(units=(bad,)))
    assert reasons(found) == [(f"{bad.code}@{bad.edition}", reason)]
    assert len(found.units) == len(load_units())


@pytest.mark.parametrize(
    ("bad", "reason", "called"),
    [
        (unit("29999", PROVINCE, name=""), "unit_name", "Xã 29999"),
        (unit("29999", PROVINCE, name="Ba \u202etới"), "control", "Xã 29999"),
        (unit("29999", PROVINCE, name="Ba\u3164Mới"), "control", "Xã 29999"),
        (unit("29999", PROVINCE, name="Ba" * 51), "too_long", "Xã 29999"),
        (unit("29999", PROVINCE, kind="province"), "unit_kind", "Ba Mới"),
        (unit("29999", PROVINCE, kind="of_tomorrow"), "unit_kind", "Ba Mới"),
    ],
)
def test_of_a_unit_that_is_called_wrongly_only_the_name_is_left_out(
    bad: UnitRow, reason: str, called: str
) -> None:
    """Else its PC would stand in no tree, and could not receive the corrected name."""
    found = Catalogue(References(units=(bad,)))
    assert reasons(found) == [("29999@2027", reason)]
    assert found.units.unit("29999@2027").full_name() == called
    assert found.units.covers([PROVINCE], "29999@2027")


def test_units_that_stand_in_a_ring_never_come_in() -> None:
    ring = (unit("299", "298@2027", kind="town"), unit("298", "299@2027", kind="town"))
    assert {reason for _, reason in reasons(Catalogue(References(units=ring)))} == {"unit_tier"}


def test_one_unit_with_another_day_does_not_move_its_edition() -> None:
    wrong = unit("29997", PROVINCE, begins="2026-02-01")
    rows = (wrong, unit("29998", PROVINCE), unit("29999", PROVINCE))
    found = Catalogue(References(units=rows))
    assert reasons(found) == [("29997@2027", "edition_day")]
    assert found.units.stands_on("29999@2027", WHEN)
    assert not found.units.stands_on("29999@2027", date(2026, 12, 31))


def test_the_same_succession_twice_is_one() -> None:
    moved = SuccessorRow(COMMUNE, "29999@2027", split=False)
    rows = References(units=(unit("29999", PROVINCE),), successors=(moved, moved))
    assert Catalogue(rows).units.covers(["29999@2027"], COMMUNE)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("", "29999@2027", "old_unknown"),
        (COMMUNE, "77777@2027", "new_unknown"),
        ("29999@2027", COMMUNE, "new_not_later"),
        ("29999@2027", "29999@2027", "new_not_later"),
        (NEIGHBOUR, "29999@2027", "old_succeeded"),
        (PROVINCE, "29999@2027", "successor_tier"),
    ],
)
def test_a_successor_that_would_turn_back_or_rewrite_the_map_is_left_out(
    old: str, new: str, reason: str
) -> None:
    found = Catalogue(
        References(units=(unit("29999", PROVINCE),), successors=(SuccessorRow(old, new, False),))
    )
    assert reasons(found) == [(f"{old} → {new}", reason)]
    assert not found.units.covers(["29999@2027"], COMMUNE)


def test_the_shipped_templates_pass_the_check_that_loaded_ones_pass() -> None:
    for path in sorted((resources_dir() / "templates").glob("*.v*.json")):
        assert load_template(path.read_bytes()).form == path.name.partition(".")[0]


def fields_of(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for part in content["sections"] for field in part["fields"]}


def without_name(content: dict[str, Any]) -> None:
    for part in content["sections"]:
        part["fields"] = [one for one in part["fields"] if one["name"] != "full_name"]


def birth_as_text(content: dict[str, Any]) -> None:
    fields_of(content)["birth_date"].update(type="text", rules=[])


def other_merge_group(content: dict[str, Any]) -> None:
    fields_of(content)["full_name"]["merge_group"] = "of_my_own"


def sex_by_ethnic_groups(content: dict[str, Any]) -> None:
    fields_of(content)["sex"]["code_list"] = "ethnic_groups"


def escape_in_a_label(content: dict[str, Any]) -> None:
    fields_of(content)["full_name"]["label"]["vi"] = "Họ\x1b[2Jtên"


def new_merge_group(content: dict[str, Any]) -> None:
    fields_of(content)["internet_at_home"]["merge_group"] = "place"


def first_version_again(content: dict[str, Any]) -> None:
    content["version"] = 1
    fields_of(content)["internet_at_home"]["since"] = 1


def begins_before_the_last(content: dict[str, Any]) -> None:
    content["valid_from"] = "2017-12-31"


def _rename(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda content: fields_of(content)["internet_at_home"].update(name=name)


writes_the_owner, names_the_record, system_name = map(_rename, ("owner_unit", "id", "_seen"))


def writes_a_village(content: dict[str, Any]) -> None:
    fields_of(content)["internet_at_home"]["entity"] = "village"


def turns_the_reading(content: dict[str, Any]) -> None:
    fields_of(content)["full_name"]["help"]["vi"] = "Họ \u2066tên"


def says_no_sentence(content: dict[str, Any]) -> None:
    use = {"rule": "required", "severity": "error", "message": "no.such"}
    fields_of(content)["internet_at_home"]["rules"] = [use]


def endless_help(content: dict[str, Any]) -> None:
    fields_of(content)["full_name"]["help"]["en"] = "x" * 1001


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (without_name, "field_needed"),
        (birth_as_text, "succession_type"),
        (other_merge_group, "succession_merge_group"),
        (sex_by_ethnic_groups, "succession_code_list"),
        (escape_in_a_label, "control"),
        (new_merge_group, "field_merge_group"),
        (first_version_again, "succession_version"),
        (begins_before_the_last, "valid_before"),
        (writes_the_owner, "field_reserved"),
        (names_the_record, "field_reserved"),
        (writes_a_village, "field_entity"),
        (system_name, "name_form"),
        (turns_the_reading, "control"),
        (says_no_sentence, "message"),
        (endless_help, "oversized_field"),
    ],
)
def test_a_received_form_that_contradicts_what_stands_is_named_and_left_out_whole(
    spoil: Callable[[dict[str, Any]], None], reason: str
) -> None:
    content = template()
    spoil(content)
    found = Catalogue(References((row(content),), (KINDS,), columns=PROGRAM_COLUMNS))
    assert reasons(found) == [(f"child.v{content['version']}", reason)]
    assert found.templates == packaged().templates


def test_a_form_is_held_against_received_versions_too_in_whatever_order_they_came() -> None:
    later = template(3)
    fields_of(later)["internet_at_home"].update(type="text", since=2)
    del fields_of(later)["internet_at_home"]["code_list"]
    for rows in ((row(template()), row(later)), (row(later), row(template()))):
        found = Catalogue(References(rows, (KINDS,)))
        assert reasons(found) == [("child.v3", "succession_type")]
        assert found.newest("child").version == 2


def test_a_received_form_that_ships_with_the_program_by_now_is_no_contradiction() -> None:
    path = resources_dir() / "templates" / "child.v1.json"
    same = TemplateRow("child", 1, path.read_text(encoding="utf-8"))
    assert Catalogue(References((same,))).unusable == ()
