"""Code lists: complete, well formed, and read the way people write."""

from __future__ import annotations

from datetime import date

import pytest

from app.forms.code_lists import (
    CodeItem,
    CodeList,
    code_list_names,
    load_code_list,
    lookup_key,
    parse_code_list,
)

HEAD = "code,label_vi,label_en,aliases,valid_from,valid_to,note"


@pytest.mark.parametrize("name", code_list_names())
def test_every_list_is_well_formed_and_every_label_leads_back_to_its_code(name: str) -> None:
    codes = load_code_list(name)
    assert len(codes) >= 2
    for item in codes:
        assert item.code.isascii()
        assert item.label_en or name == "village_kinds"
        assert item.code == item.code.strip()
        assert item.label_vi == item.label_vi.strip()
        assert codes.find(item.code) is item
        meant = codes.named(item.label_vi)
        twins = [
            other for other in codes if lookup_key(other.label_vi) == lookup_key(item.label_vi)
        ]
        assert meant is (item if len(twins) == 1 else None)


def test_only_operators_and_kinds_of_city_share_a_label() -> None:
    doubled = {
        name
        for name in code_list_names()
        if len({lookup_key(item.label_vi) for item in load_code_list(name)})
        < len(load_code_list(name))
    }
    assert doubled == {"phone_prefixes", "unit_kinds"}


def test_circumstances_hold_23_groups_and_63_sub_groups_of_which_46_are_special() -> None:
    items = load_code_list("circumstances").items
    groups = [item for item in items if not item.extra["parent"]]
    subs = [item for item in items if item.extra["parent"]]
    assert (len(groups), len(subs)) == (23, 63)
    families = [item.extra["family"] for item in groups]
    assert [families.count(name) for name in ("special", "at_risk", "other")] == [14, 7, 2]
    assert sum(item.extra["family"] == "special" for item in subs) == 46


def test_every_sub_group_has_a_group_that_says_whether_one_or_several_may_be_chosen() -> None:
    codes = load_code_list("circumstances")
    for item in codes:
        parent = item.extra["parent"]
        if parent:
            group = codes.get(parent)
            assert group is not None
            assert item.code.startswith(parent + ".")
            assert group.extra["subgroups"] in {"one", "several"}
            assert item.extra["sensitivity"] >= group.extra["sensitivity"] or (
                item.extra["sensitivity"] == "A"
            )
    several = {item.code for item in codes if item.extra["subgroups"] == "several"}
    assert {"C10", "C11"} <= several
    assert not several & {"C01", "C02", "C03", "C04", "C06", "C07", "C08", "C12", "C13", "C14"}


def test_sensitivity_is_that_of_the_design() -> None:
    by_level: dict[str, set[str]] = {"A": set(), "B": set()}
    for item in load_code_list("circumstances"):
        if item.extra["sensitivity"]:
            by_level[item.extra["sensitivity"]].add(item.code)
    groups_a = {code for code in by_level["A"] if "." not in code}
    assert groups_a == {"C05", "C06", "C07", "C09", "C10", "C11", "C12", "K01"}
    assert {"R03.3", "R04.4"} == {code for code in by_level["A"] if code.startswith("R")}
    assert {"C04", "C04.1", "C13", "R03", "R03.1", "R04.1", "R05", "R05.2"} <= by_level["B"]


def test_ethnic_groups_are_found_by_name_before_number_in_two_numberings() -> None:
    groups = load_code_list("ethnic_groups")
    assert len(groups) == 56
    khmer, hoa = groups.get("05"), groups.get("06")
    assert khmer is not None
    assert hoa is not None
    assert (khmer.label_vi, khmer.extra["code_1979"]) == ("Khmer", "05")
    assert (hoa.label_vi, hoa.extra["code_1979"]) == ("Hoa", "04")
    official = {item.code for item in groups} - {"55", "99"}
    assert official == {f"{number:02d}" for number in range(1, 55)}
    assert {item.extra["code_1979"] for item in groups if item.code in official} == official


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hrê", "18"),
        ("hre", "18"),
        ("HRÊ", "18"),
        ("H'Mông", "08"),
        ("H’mông", "08"),
        ("Hmong", "08"),
        ("Khơ-me", "05"),
        ("Ê-đê", "11"),
        ("Thổ", "21"),  # an alias of Tày and Khmer too: the official name wins
        ("Lao", "35"),  # an alias of Phù Lá and La Hủ too
        ("Cor", "30"),
        ("Mán", None),  # alias of Dao and of La Chí
        ("Xá", None),
        ("Trại", None),
        ("Người sao Hỏa", None),
        ("", None),
    ],
)
def test_an_ethnic_name_is_understood_or_left_open(text: str, code: str | None) -> None:
    found = load_code_list("ethnic_groups").named(text)
    assert (found.code if found else None) == code


def test_a_number_is_a_code_for_find_and_nothing_for_named() -> None:
    groups = load_code_list("ethnic_groups")
    assert groups.named("04") is None
    found = groups.find(" 04 ")
    assert found is not None
    assert found.label_vi == "Mường"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("relations", "con de", "child_by_birth"),
        ("relations", "Cháu ngoại", "grandchild_maternal"),
        ("sexes", "gái", "2"),
        ("sexes", "M", "1"),
        ("poverty_status", "Cận nghèo", "2"),
        ("disability_types", "nghe nói", "2"),
        ("disability_levels", "đặc biệt nặng", "1"),
        ("parent_status", "alive_home", "ALIVE_HOME"),
        ("parent_status", "Đi làm ăn xa", "ALIVE_AWAY"),
        ("education_levels", "Trung học cơ sở", "lower_secondary"),
        ("life_events", "Chuyển đi", "moved_out"),
        ("allowance_categories", "Đ5 k1 b", "k1b"),
        ("support_types", "Bảo hiểm y tế", "health_insurance"),
        ("countries", "Căm-pu-chia", "KH"),
    ],
)
def test_words_of_paper_and_excel_lead_to_codes(name: str, text: str, code: str) -> None:
    found = load_code_list(name).find(text)
    assert found is not None
    assert found.code == code


def test_allowance_points_d_and_d_with_stroke_stay_apart() -> None:
    codes = load_code_list("allowance_categories")
    assert len([code for code in codes.codes if code.startswith("k1")]) == 11
    assert codes.label("k1dd") != codes.label("k1d")
    # Folded they are the same text, so neither is taken for the other.
    assert codes.named("Đ5 k1 d") is None


def test_poverty_standards_follow_one_another_without_gap_or_overlap() -> None:
    items = load_code_list("poverty_standards").items
    for day, code in [
        (date(2016, 1, 1), "2016-2020"),
        (date(2021, 12, 31), "2016-2020"),
        (date(2022, 1, 1), "2021-2025"),
        (date(2025, 12, 31), "2021-2025"),
        (date(2026, 1, 1), "2026-2030"),
    ]:
        assert [item.code for item in items if item.is_valid_on(day)] == [code]
    assert load_code_list("poverty_standards").valid_on(date(2015, 12, 31)) == ()


def test_every_old_mobile_prefix_becomes_one_new_one() -> None:
    prefixes = load_code_list("phone_prefixes")
    former = {item.extra["former"]: item.code for item in prefixes if item.extra["former"]}
    assert len(former) == 5 + 5 + 8 + 2 + 1
    assert former["0120"] == "070"
    assert former["0169"] == "039"
    assert former["0199"] == "059"
    assert all(len(item.code) == 3 for item in prefixes)


def test_there_are_63_personal_id_provinces() -> None:
    codes = load_code_list("personal_id_provinces")
    assert len(codes) == 63
    assert (codes.label("051"), codes.label("062"), codes.label("087")) == (
        "Quảng Ngãi",
        "Kon Tum",
        "Đồng Tháp",
    )


def test_completion_puts_beginnings_first_and_aliases_last() -> None:
    groups = load_code_list("ethnic_groups")
    names = [item.label_vi for item in groups.complete("ho")]
    # the label Hoa; the second word of Cơ Ho; the alias Họ of Thổ
    assert names.index("Hoa") < names.index("Cơ Ho") < names.index("Thổ")
    assert [item.code for item in groups.complete("18")] == ["18"]
    assert groups.complete("") == groups.items
    assert groups.complete("zzz") == ()


def test_completion_for_a_day_offers_only_what_was_valid() -> None:
    standards = load_code_list("poverty_standards")
    assert [item.code for item in standards.complete("chuẩn", date(2023, 5, 1))] == ["2021-2025"]


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert load_code_list("sexes").label("7") == "7"
    assert load_code_list("sexes").label("2", "en") == "Female"


@pytest.mark.parametrize(
    "name", ["units-2024", "unit_successors", "no_such", "../secrets", "Sexes"]
)
def test_a_name_that_is_no_list_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        load_code_list(name)


@pytest.mark.parametrize(
    "text",
    [
        "code,label\n1,Một\n",
        f"{HEAD}\n1,Một\n",
        f"{HEAD}\n,Một,One,,,,\n",
        f"{HEAD}\n1,,One,,,,\n",
        f"{HEAD}\n1,Một,One,,31/12/2020,,\n",
        f"{HEAD}\n1,Một,One,,2021-01-01,2020-01-01,\n",
        f"{HEAD}\n1,Một,One,,,,,thừa\n",
        f"{HEAD}\n1,Một,One,,,,\n1,Hai,Two,,,,\n",
        "",
    ],
)
def test_a_list_that_is_not_well_formed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"code list|isoformat"):
        parse_code_list("trial", text.splitlines(keepends=True))


def test_a_label_goes_before_an_alias_and_two_aliases_cancel_out() -> None:
    trial = CodeList(
        "trial",
        (
            CodeItem("1", "Bình", "", aliases=("An", "Yên")),
            CodeItem("2", "An", "", aliases=("Yên",)),
        ),
    )
    assert trial.named("an") == trial.get("2")
    assert trial.named("yen") is None
