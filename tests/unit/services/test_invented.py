"""The invented register: the same for the same seed, plausible, and wrong where it says so."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date
from itertools import pairwise

import pytest

from app.errors import KnownError
from app.forms.code_lists import load_code_list
from app.forms.context import Context
from app.forms.schema import Severity
from app.forms.template import newest
from app.forms.units import Tier, load_units
from app.forms.validator import validate
from app.services.invented import (
    COLUMNS,
    InventedChild,
    InventedHousehold,
    generate,
    rows,
    write_csv,
)
from app.text.normalize import is_clean
from tests.growth import growth

COMMUNES = ("21010@2024", "21064@2024", "21484@2024", "21118@2024", "21307@2024", "536@2024")
REFERENCE = date(2025, 6, 1)


@pytest.fixture(scope="module")
def register() -> list[InventedHousehold]:
    return list(generate(11, 20_000, COMMUNES, REFERENCE))


@pytest.fixture(scope="module")
def children(register: list[InventedHousehold]) -> list[InventedChild]:
    return [child for household in register for child in household.children]


@pytest.fixture(scope="module")
def sound(children: list[InventedChild]) -> list[InventedChild]:
    return [child for child in children if child.error is None]


def digest(households: list[InventedHousehold]) -> str:
    return json.dumps([asdict(household) for household in households], sort_keys=True)


def test_the_same_seed_gives_the_same_register_and_another_seed_another() -> None:
    first = digest(list(generate(3, 300, COMMUNES, REFERENCE)))
    assert first == digest(list(generate(3, 300, COMMUNES, REFERENCE)))
    assert first != digest(list(generate(4, 300, COMMUNES, REFERENCE)))


def test_the_register_does_not_depend_on_the_process_that_makes_it() -> None:
    code = (
        "import datetime, hashlib, json, dataclasses\n"
        "from app.services.invented import generate\n"
        f"made = generate(3, 300, {COMMUNES!r}, datetime.date(2025, 6, 1))\n"
        "text = json.dumps([dataclasses.asdict(h) for h in made], sort_keys=True)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@pytest.mark.parametrize("number", [0, 1, 2, 7, 1000])
def test_exactly_the_asked_number_of_children_is_made(number: int) -> None:
    made = list(generate(1, number, COMMUNES, REFERENCE))
    assert sum(len(household.children) for household in made) == number
    assert all(1 <= len(household.children) <= 4 for household in made)


def test_every_commune_gets_children_in_its_turn(register: list[InventedHousehold]) -> None:
    order = [household.commune for household in register]
    assert [ref for ref, after in pairwise([*order, ""]) if ref != after] == list(COMMUNES)
    counts = Counter(order)
    assert min(counts.values()) * 4 > max(counts.values())


def test_wrong_units_and_numbers_are_refused_before_anything_is_made() -> None:
    with pytest.raises(KnownError):
        generate(1, 10, ["99999@2024"], REFERENCE)
    with pytest.raises(ValueError, match="units below"):
        generate(1, 10, ["51@2024"], REFERENCE)
    with pytest.raises(ValueError, match="at least one commune"):
        generate(1, 10, [], REFERENCE)
    with pytest.raises(ValueError, match="at least one commune"):
        generate(1, -1, COMMUNES, REFERENCE)


def test_keys_and_places_in_the_book_are_unique(register: list[InventedHousehold]) -> None:
    keys = [child.key for household in register for child in household.children]
    keys += [household.key for household in register]
    assert len(set(keys)) == len(keys)
    lines = [
        (
            household.commune,
            household.village,
            household.values["household_no"],
            child.values["line_no"],
        )
        for household in register
        for child in household.children
    ]
    assert len(set(lines)) == len(lines)


def test_siblings_share_parents_carers_and_family_name(
    register: list[InventedHousehold],
) -> None:
    shared = ("father_birth_year", "mother_birth_year", "father_status", "mother_status")
    several = [household for household in register if len(household.children) > 1]
    assert len(several) > 1000
    for household in several:
        values = [child.values for child in household.children if child.error is None]
        for name in (*shared, "father_name", "mother_name", "care_arrangement", "relation_to_head"):
            assert len({child.get(name) for child in values}) <= 1
        families = {
            str(child["full_name"]).split(" ")[0]
            for child in values
            if child["name_status"] == "OFFICIAL"
        }
        assert len(families) <= 1
        names = [str(child["full_name"]) for child in values if child["name_status"] == "OFFICIAL"]
        assert len(set(names)) == len(names)


def test_a_child_bears_the_name_of_its_father_among_these_peoples(
    sound: list[InventedChild],
) -> None:
    named = [
        child.values
        for child in sound
        if child.values["name_status"] == "OFFICIAL" and "father_name" in child.values
    ]
    assert all(
        str(values["full_name"]).split(" ")[0] == str(values["father_name"]).split(" ")[0]
        for values in named
    )


def test_siblings_are_born_in_order_and_ten_months_apart_unless_twins(
    register: list[InventedHousehold],
) -> None:
    twins = 0
    for household in register:
        for one, other in pairwise(household.children):
            first, second = one.values.get("birth_date"), other.values.get("birth_date")
            if one.values.get("twin_group") and other.values.get("twin_group") and first == second:
                twins += 1
                assert one.values["birth_order"] + 1 == other.values["birth_order"]
            elif first and second and len(str(first)) == len(str(second)) == 10:
                days = date.fromisoformat(str(second)) - date.fromisoformat(str(first))
                assert days.days >= 280
    assert 50 < twins < 300


def test_twins_have_names_that_differ_in_the_last_word_only() -> None:
    found = 0
    for household in generate(5, 20_000, ["21010@2024"], REFERENCE):
        twins = [child.values for child in household.children if child.values.get("twin_group")]
        if len(twins) == 2 and all(each["name_status"] == "OFFICIAL" for each in twins):
            one, other = (str(each["full_name"]).split(" ") for each in twins)
            assert one[:-1] == other[:-1]
            assert one[-1] != other[-1]
            found += 1
    assert found > 30


def test_personal_ids_obey_the_rule_and_stand_with_85_in_100_children(
    children: list[InventedChild], sound: list[InventedChild]
) -> None:
    share = sum("personal_id" in child.values for child in children) / len(children)
    assert 0.83 < share < 0.87
    for child in sound:
        number = child.values.get("personal_id")
        if number is None:
            continue
        assert isinstance(number, str)
        assert len(number) == 12
        assert number.isdigit()
        assert number[:3] in ("051", "079")
        assert number[3] == {"1": "2", "2": "3"}[str(child.values["sex"])]
        assert number[4:6] == str(child.values["birth_date"])[2:4]
        assert child.values["birth_registered"] == "1"


def test_no_id_is_given_twice_but_by_planted_mistake(
    register: list[InventedHousehold], children: list[InventedChild]
) -> None:
    sound_ids = [
        child.values["personal_id"]
        for child in children
        if "personal_id" in child.values and child.error not in ("id_twice", "id_year", "id_sex")
    ]
    assert len(set(sound_ids)) == len(sound_ids)
    parents = {
        household.children[0].values["father_personal_id"]
        for household in register
        if "father_personal_id" in household.children[0].values
    }
    assert not parents & set(sound_ids)
    doubled = [child for child in children if child.error == "id_twice"]
    assert doubled
    assert all(child.values["personal_id"] in set(sound_ids) for child in doubled)


def test_two_children_in_a_hundred_have_a_known_mistake(children: list[InventedChild]) -> None:
    wrong = Counter(child.error for child in children if child.error)
    assert 0.016 < wrong.total() / len(children) < 0.024
    assert len(wrong) == 11
    by_kind = defaultdict(list)
    for child in children:
        if child.error:
            by_kind[child.error].append(child.values)
    assert all("ethnicity" not in values for values in by_kind["no_ethnicity"])
    assert all("birth_date" not in values for values in by_kind["no_birth_date"])
    assert all(
        str(values["personal_id"])[3] != {"1": "2", "2": "3"}[str(values["sex"])]
        for values in by_kind["id_sex"]
    )


def test_about_42_fields_of_a_child_are_filled(children: list[InventedChild]) -> None:
    mean = sum(len(child.values) for child in children) / len(children)
    print(f"invented: {mean:.1f} fields a child")
    assert 40.5 < mean < 43.5


def test_nobody_is_sixteen_or_unborn_on_the_reference_date(children: list[InventedChild]) -> None:
    days = [str(child.values["birth_date"]) for child in children if "birth_date" in child.values]
    exact = [day for day in days if len(day) == 10]
    assert min(exact) > "2009-06-01"
    assert max(exact) <= "2025-06-01"
    assert 0.01 < 1 - len(exact) / len(days) < 0.05
    assert {len(day) for day in days} == {4, 7, 10}


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2015, 9, 1), date(2026, 1, 1)])
def test_any_reference_date_works(day: date) -> None:
    made = list(generate(2, 400, ["21484@2025"], day))
    births = [
        str(child.values.get("birth_date", day.isoformat()))
        for household in made
        for child in household.children
    ]
    assert max(births) <= day.isoformat()
    assert min(birth[:4] for birth in births) >= str(day.year - 16)


def test_names_follow_the_frequencies_of_the_lists() -> None:
    made = generate(9, 20_000, ["21010@2024"], REFERENCE)
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    words: Counter[int] = Counter()
    for household in made:
        child = household.children[0].values
        if child["name_status"] == "OFFICIAL":
            parts = str(child["full_name"]).split(" ")
            first[parts[0]] += 1
            words[len(parts)] += 1
            if child["sex"] == "1":
                last[parts[-1]] += 1
    total = first.total()
    assert [name for name, _ in first.most_common(3)] == ["Nguyễn", "Trần", "Lê"]
    assert 0.27 < first["Nguyễn"] / total < 0.38
    assert last["Huy"] > last["Khiêm"] > 0
    assert len(first) > 35
    assert words.most_common(1)[0][0] == 3
    assert 0.04 < words[4] / total < 0.2


def test_the_highlands_have_their_own_people_and_villages() -> None:
    made = list(generate(9, 3000, ["21307@2024"], REFERENCE))
    peoples = Counter(
        str(child.values.get("ethnicity")) for household in made for child in household.children
    )
    assert peoples["18"] > peoples["01"] > 0
    assert any(household.village == "Thôn Làng Rầm" for household in made)


def test_names_of_other_orders_are_made() -> None:
    tree = load_units()
    communes = [
        tree.find(name, edition="2024", tier=Tier.COMMUNE)[0].unit.ref
        for name in ("Ea H'leo, Đắk Lắk", "Măng Bút, Kon Tum")
    ]
    made = [list(generate(2, 1500, [ref], REFERENCE)) for ref in communes]
    ede = [
        child.values
        for household in made[0]
        for child in household.children
        if child.values.get("ethnicity") == "11" and child.values["name_status"] == "OFFICIAL"
    ]
    assert ede
    for values in ede:
        name, mother = str(values["full_name"]), str(values.get("mother_name", ""))
        assert name.startswith("H'" if values["sex"] == "2" else "Y ")
        if mother:
            assert name.rsplit(" ", 1)[1] == mother.rsplit(" ", 1)[1]
    xodang = [
        child.values
        for household in made[1]
        for child in household.children
        if child.values.get("ethnicity") == "16" and child.values["name_status"] == "OFFICIAL"
    ]
    assert xodang
    assert all(
        str(values["full_name"]).startswith("Y " if values["sex"] == "2" else "A ")
        for values in xodang
    )


def test_newborns_without_birth_certificate_may_have_a_placeholder(
    children: list[InventedChild],
) -> None:
    status = {"Trai": "PLACEHOLDER_TRAI", "Gái": "PLACEHOLDER_GAI", "Chưa đặt tên": "UNKNOWN"}
    unnamed = [child.values for child in children if child.values["name_status"] != "OFFICIAL"]
    assert len(unnamed) > 10
    for values in unnamed:
        assert values["name_status"] == status[str(values["full_name"])]
        assert values["birth_registered"] == "2"
        assert "personal_id" not in values
        if values["full_name"] == "Trai":
            assert values["sex"] == "1"


LISTS = {
    "sex": "sexes",
    "ethnicity": "ethnic_groups",
    "nationality": "countries",
    "name_status": "name_status",
    "relation_to_head": "relations",
    "residence_status": "child_residence",
    "life_status": "life_status",
    "birth_registered": "birth_registered",
    "has_bhyt": "yes_no_unknown",
    "father_status": "parent_status",
    "mother_status": "parent_status",
    "caregiver_relation": "caregiver_relations",
    "care_arrangement": "care_arrangements",
    "vaccination_status": "vaccination_status",
    "nutrition_status": "nutrition_status",
    "disability_types": "disability_types",
    "disability_level": "disability_levels",
    "schooling_status": "schooling_status",
    "education_level": "education_levels",
    "dropout_reason": "dropout_reasons",
    "circumstance_answer": "circumstance_answers",
    "monthly_allowance": "yes_no",
    "allowance_category": "allowance_categories",
}


def test_every_code_is_in_its_list_and_every_list_of_codes_is_sorted(
    children: list[InventedChild],
) -> None:
    for name, code_list in LISTS.items():
        known = set(load_code_list(code_list).codes)
        seen: set[str] = set()
        for child in children:
            value = child.values.get(name)
            if isinstance(value, list):
                assert value == sorted(set(value))
                seen.update(value)
            elif value is not None:
                seen.add(str(value))
        assert seen, name
        assert seen <= known, name


def test_values_have_stored_form(register: list[InventedHousehold]) -> None:
    for household in register:
        for values in (household.values, *(child.values for child in household.children)):
            for name, value in values.items():
                assert value is not None, name
                assert isinstance(value, (str, int, bool, list)), name
                if isinstance(value, str):
                    assert value, name
                    assert is_clean(value), name


def test_schooling_fits_the_age(sound: list[InventedChild]) -> None:
    start = 2024  # the school year of a reference date in June 2025
    statuses: Counter[str] = Counter()
    for child in sound:
        values = child.values
        expected = start - int(str(values["birth_date"])[:4]) - 5
        statuses[str(values["schooling_status"])] += 1
        if "grade" in values:
            assert values["grade"] in (expected, expected - 1)
            assert values["schooling_status"] == "1"
        if values["schooling_status"] in ("2", "3"):
            assert expected >= 1
        if values["schooling_status"] == "2":
            assert isinstance(values["highest_grade_completed"], int)
            assert values["highest_grade_completed"] < expected
            assert values["dropout_date"] <= "2025-06"
        if values["schooling_status"] == "0":
            assert expected < 1
    assert statuses["1"] > 10 * statuses["2"] > 0


def test_parents_statuses_have_plausible_rates(register: list[InventedHousehold]) -> None:
    pairs = Counter(
        (
            str(household.children[0].values["father_status"]),
            str(household.children[0].values["mother_status"]),
        )
        for household in register
    )
    total = pairs.total()
    assert 0.82 < pairs["ALIVE_HOME", "ALIVE_HOME"] / total < 0.90
    assert 0.02 < pairs["ALIVE_AWAY", "ALIVE_AWAY"] / total < 0.06
    assert 0.008 < pairs["DECEASED", "ALIVE_HOME"] / total < 0.025
    assert pairs["DECEASED", "DECEASED"] > 0
    assert len(pairs) > 15


def test_circumstances_follow_from_the_facts(
    register: list[InventedHousehold],
) -> None:
    parents = load_code_list("circumstances")
    seen: Counter[str] = Counter()
    for household in register:
        poverty = household.values["poverty_status"]
        for child in household.children:
            values = child.values
            groups = {found.group: found for found in child.circumstances}
            assert len(groups) == len(child.circumstances)
            seen.update(groups.keys())
            if child.error != "circumstances_not_asked":
                assert values["circumstance_answer"] == ("some" if groups else "none")
            assert ("R01" in groups) == (poverty in ("1", "2"))
            assert ("C04" in groups) == ("disability_level" in values)
            if "C13" in groups:
                assert groups["C13"].subgroups == (f"C13.{poverty}",)
            dead = [values["father_status"], values["mother_status"]].count("DECEASED")
            assert ("C01" in groups) == (dead == 2)
            assert ("R07" in groups) == (dead == 1)
            assert not {"C08", "R02"} <= set(groups)
            for group, found in groups.items():
                for sub in found.subgroups:
                    item = parents.get(sub)
                    assert item is not None
                    assert item.extra["parent"] == group
                assert found.values["group"] == group
                assert found.values.get("subgroups", []) == list(found.subgroups)
                assert str(found.values["circumstance_from"]) <= str(
                    household.values["survey_date"]
                )
                if group in {"C05", "C09", "C10", "C11", "C12"}:
                    assert "evidence_ref" in found.values
    assert {"R01", "R02", "R03", "R06", "R07", "C01", "C03", "C04", "C08", "C13"} <= set(seen)


def issues_of(household: InventedHousehold, child: InventedChild, severity: Severity) -> set[str]:
    siblings = [other.values for other in household.children if other is not child]
    circumstances = [
        {**found.values, "record": child.key, "id": f"{child.key}-{found.group}"}
        for found in child.circumstances
    ]
    context = Context(
        reference_date=REFERENCE,
        today=REFERENCE,
        owner_unit=household.commune,
        household=household.values,
        siblings=siblings,
        circumstances=circumstances,
        events=(),
    )
    found = validate(newest("child"), child.values, context)
    return {f"{issue.field}/{issue.rule}" for issue in found if issue.severity is severity}


def test_the_validator_finds_errors_in_no_sound_child_and_in_the_spoilt_ones(
    register: list[InventedHousehold],
) -> None:
    found: dict[str, list[set[str]]] = defaultdict(list)
    for household in register[::3]:
        for child in household.children:
            errors = issues_of(household, child, Severity.ERROR)
            if child.error is None:
                assert not errors
            else:
                found[child.error].append(errors)
    always = {
        "id_year": "personal_id/consistent_birth_year",
        "id_sex": "personal_id/consistent_sex_digit",
        "no_ethnicity": "ethnicity/required",
        "no_schooling": "schooling_status/required",
        "no_birth_date": "birth_date/required",
        "circumstances_not_asked": "circumstance_answer/circumstance_answer_given",
        "allowance_without_category": "allowance_category/required_when",
    }
    for kind, rule in always.items():
        assert found[kind], kind
        assert all(rule in errors for errors in found[kind]), kind


def test_the_validator_finds_no_error_in_the_households(
    register: list[InventedHousehold],
) -> None:
    template = newest("household")
    for household in register[::10]:
        context = Context(reference_date=REFERENCE, today=REFERENCE, owner_unit=household.commune)
        issues = validate(template, {**household.values, "survey_round": "r"}, context)
        assert not [issue for issue in issues if issue.severity is Severity.ERROR]


def test_the_table_has_the_columns_of_the_sample_and_one_line_a_child() -> None:
    file = io.StringIO(newline="")
    assert write_csv(generate(3, 500, COMMUNES, REFERENCE), file) == 500
    lines = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == 501
    records = [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]
    assert {record["sex"] for record in records} == {"M", "F"}
    assert {record["district"] for record in records} == {
        "522",
        "524",
        "535",
        "525",
        "529",
        "536",
    } - {"536"} | {""}
    assert all(record["commune"].isdigit() for record in records)
    assert len({record["rec_id"] for record in records}) == 500


def test_the_table_is_the_register() -> None:
    household = next(iter(generate(3, 4, COMMUNES, REFERENCE)))
    row = dict(zip(COLUMNS, next(rows([household])), strict=True))
    child = household.children[0].values
    assert row["name"] == child["full_name"]
    assert row["dob"] == child["birth_date"]
    assert row["head"] == household.values["head_name"]


def test_memory_stays_flat_and_a_child_costs_the_same_in_a_large_register() -> None:
    def make(number: int) -> None:
        for _ in generate(1, number, COMMUNES, REFERENCE):
            pass

    def peak(number: int) -> int:
        tracemalloc.start()
        make(number)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(500)  # lists and tables are read once
    small, large = peak(1000), peak(8000)
    print(f"invented: peak {small:,} and {large:,} bytes")
    assert large < small + 300_000
    assert growth(make, 1000) < 9, "quadratic is 16"
