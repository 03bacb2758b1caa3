"""Records in words: also what the program keeps beside the fields of the forms."""

from __future__ import annotations

import pytest

from app.forms.catalogue import packaged
from app.forms.code_lists import load_code_list
from app.history.entities import ENTITIES, Family
from app.i18n import set_language
from app.services.masking import MASKED, Shown
from app.services.wording import Labels, entity_in_words, values_in_words


def said(entity: str, **values: Shown) -> dict[str, tuple[str, Shown]]:
    found = values_in_words(packaged(), entity, values, None)
    return {one.name: (one.label, one.value) for one in found}


def test_a_review_is_told_in_words_and_without_hashes() -> None:
    told = said("review", result="returned", reviewed_heads=["ab" * 32, "cd" * 32], record="x")
    assert told["result"] == ("Kết quả", load_code_list("review_verdicts").label("returned"))
    assert told["reviewed_heads"] == ("Bản đã xem", "2 bản")
    assert told["record"] == ("Thuộc hồ sơ", "x")
    assert entity_in_words("review") == "Kiểm tra"


def test_groups_carry_their_names_and_masks_stay_masks() -> None:
    groups = load_code_list("circumstances")
    told = said("circumstance", group="C02", subgroups=["C02.1"], source="declared")
    assert told["group"][1] == f"C02 {groups.label('C02')}"
    assert told["subgroups"][1] == f"C02.1 {groups.label('C02.1')}"
    assert told["source"][1] == "Khai báo"
    hidden = said("circumstance", group=MASKED, subgroups=MASKED)
    assert [value for _, value in hidden.values()] == [MASKED, MASKED]


def test_truths_and_codes_of_later_lists_are_shown() -> None:
    assert said("child", complete=True)["complete"][1] == "Có"
    assert said("circumstance", group="C99")["group"][1] == "C99"
    set_language("en")
    try:
        assert said("child", complete=False)["complete"] == ("Complete", "No")
    finally:
        set_language("vi")


@pytest.mark.parametrize(
    "entity", [name for name, one in ENTITIES.items() if one.family is Family.SUB]
)
def test_every_field_of_what_belongs_to_a_child_has_a_label(entity: str) -> None:
    values: dict[str, Shown] = dict.fromkeys(ENTITIES[entity].fields, None)
    assert [name for name, (label, _) in said(entity, **values).items() if not label] == []


def test_a_field_of_two_forms_is_called_as_its_own_form_calls_it() -> None:
    forms = {form: packaged().newest(form) for form in ("household", "child")}
    both = {one.name for one in forms["household"].fields} & {
        one.name for one in forms["child"].fields
    }
    assert both, "where no name is in both forms this proves nothing"
    called = Labels(packaged())
    for name in both:
        for form, template in forms.items():
            assert called.of(form, name) == str(template.field(name).label)
        assert called.of("household", name) != called.of("child", name)


@pytest.mark.parametrize("form", ["household", "child"])
def test_every_field_of_a_form_is_called_as_the_form_says(form: str) -> None:
    template, called = packaged().newest(form), Labels(packaged())
    wrong = [
        one.name
        for entity in template.entities
        for one in template.fields_of(entity)
        if called.of(entity, one.name) != str(one.label)
    ]
    assert wrong == []


def test_what_no_form_has_is_called_by_the_programs_own_word() -> None:
    """Also where a form has a field of that name: a village book is no household."""
    called = Labels(packaged())
    assert called.of("user", "phone") == "Điện thoại"
    assert called.of("household", "phone") == "Số điện thoại liên hệ"
    assert called.of("note", "about") == "Về ô"
    assert called.of("note", "no_such_field") == ""
