"""The built-in templates hold the whole book; a template that breaks its schema is refused."""

from __future__ import annotations

import ast
import csv
import json
import re
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import i18n
from app.forms.field_types import TYPE_NAMES
from app.forms.rules import CONDITIONS
from app.forms.schema import Template
from app.forms.template import (
    TemplateError,
    builtin_templates,
    check_succession,
    load_template,
    merge_groups,
    newest,
)
from app.history.entities import ENTITIES, Kind
from app.history.merge_groups import group_of
from app.settings import resources_dir

ROOT = Path(__file__).parents[3]
TEMPLATES = {form: newest(form) for form in ("household", "child")}
#: Names in the book's list that the record calls otherwise.
RENAMED = {"village_name": "village"}
#: Fields of the record that the book's list does not name.
ADDED = {"poverty_year", "circumstance_answer"}

#: How the list of the book names a type → the template's types for it.
TYPES = {
    "code": {"code", "unit"},
    "ref": {"ref"},
    "text": {"text", "name", "note", "health_card", "birth_certificate"},
    "int": {"int", "text"},
    "enum": {"enum", "text"},
}


def _rows() -> list[dict[str, str]]:
    path = Path(__file__).parent / "data" / "form_fields.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _content(form: str) -> dict[str, Any]:
    path = resources_dir() / "templates" / f"{form}.v1.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _load(content: dict[str, Any]) -> Template:
    return load_template(json.dumps(content, ensure_ascii=False).encode())


def test_every_row_of_the_book_stands_in_a_template_with_its_label_and_order() -> None:
    rows = _rows()
    assert len(rows) > 115
    for form, sections in (("household", {"book", "household"}), ("child", None)):
        template = TEMPLATES[form]
        wanted = [
            (row["section"], RENAMED.get(row["field_key"], row["field_key"]), row["vi_label"])
            for row in rows
            if (row["section"] in {"book", "household"}) == (sections is not None)
        ]
        have = [
            (section.name, field.name, field.label.vi)
            for section in template.sections
            for field in section.fields
            if field.name not in ADDED
        ]
        assert have == wanted


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['section']}-{row['field_key']}")
def test_type_and_requirement_follow_the_list_of_the_book(row: dict[str, str]) -> None:
    form = "household" if row["section"] in ("book", "household") else "child"
    field = TEMPLATES[form].field(RENAMED.get(row["field_key"], row["field_key"]))
    assert field.type in TYPES.get(row["type"], {row["type"]})
    asked = {use.rule for use in field.rules} & {"required", "required_when"}
    if row["required"] == "yes":
        in_answer = field.name == "circumstance_codes"  # V18 asks for the answer beside it
        assert field.required or not field.stored or in_answer or "required_when" in asked
    elif row["required"] == "auto":
        assert field.auto
    elif row["required"] == "no":
        assert not field.required
        # What the list demands in its validation rule is demanded on a condition.
        assert not asked or "required" in row["validation_rule"]
    elif row["required"] == "warn":
        assert any(u.rule == "required" and u.severity.value == "warning" for u in field.rules)


def test_both_languages_explain_every_field_in_a_sentence() -> None:
    for template in builtin_templates():
        for field in template.fields:
            for text in (field.help.vi, field.help.en):
                assert len(text) >= 40, field.name
                assert text.endswith((".", ".”")), field.name
            assert field.help.vi != field.help.en
            assert field.label.vi != field.label.en


def test_merge_groups_and_kinds_are_those_of_the_log() -> None:
    kinds = {"int": "INT", "year": "INT", "money": "INT", "bool": "BOOL", "multi": "SET"}
    for template in builtin_templates():
        groups = merge_groups(template)
        for entity in template.entities:
            names = {f.name for f in template.fields_of(entity) if f.stored}
            known = ENTITIES[entity].fields
            of_log = {n: g for n, g in group_of(entity).items() if n in names or n == "owner_unit"}
            assert {n: groups[n] for n in groups if n in known and n in of_log} == of_log
            assert {n for n in names if n in groups} <= set(of_log)
            for field in template.fields_of(entity):
                if field.stored and field.name in known:
                    assert known[field.name] is Kind[kinds.get(field.type, "TEXT")], field.name


def test_every_column_of_the_record_is_a_field_or_made_by_the_program() -> None:
    by_program = {
        "owner_unit", "template", "hidden_reason", "merged_into", "entered_in_error", "complete",
        "warning_reasons", "household", "inherited",
    }  # fmt: skip
    for form, template in TEMPLATES.items():
        names = {field.name for field in template.fields_of(form) if field.stored}
        assert set(ENTITIES[form].fields) - by_program == names


def test_desk_order_walks_every_section_once() -> None:
    child = TEMPLATES["child"]
    assert child.desk == (
        "child", "parents", "caregiver", "circumstance", "health", "education", "support", "event",
        "review",
    )  # fmt: skip
    assert [s.name for s in child.sections] == [
        "parents", "caregiver", "child", "health", "education", "circumstance", "support", "event",
        "review",
    ]  # fmt: skip


def test_sensitive_fields_carry_their_level() -> None:
    level = {f.name: f.sensitivity for t in builtin_templates() for f in t.fields}
    for name in ("family_problem_flags", "circumstance_codes", "evidence_ref"):
        assert level[name] == "A"
    for name in ("ethnicity", "religion", "serious_disease", "disability_level", "weight_kg"):
        assert level[name] == "B"
    assert level["full_name"] is None


def _change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Change the first field of the child section."""

    def apply(content: dict[str, Any]) -> None:
        field = content["sections"][2]["fields"][1]
        field[path] = value

    return apply


def _rule_saying(message: str) -> Callable[[dict[str, Any]], None]:
    return _change(
        "rules", [{"rule": "in_range", "severity": "error", "low": 1, "message": message}]
    )


def _top(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def apply(content: dict[str, Any]) -> None:
        content[key] = value

    return apply


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_top("colour", "blue"), "unreadable"),
        (_change("colour", "blue"), "unreadable"),
        (_top("version", "1"), "unreadable"),
        (_top("desk", ["child"]), "desk"),
        (_top("valid_to", "2017-01-01"), "validity"),
        (_change("name", "full_name"), "name_twice"),
        (_change("name", "Họ"), "name_form"),
        (_change("type", "blob"), "type"),
        (_change("code_list", "sexes"), "code_list_needed"),
        (_change("since", 2), "since"),
        (_change("applies_when", "full_moon"), "condition"),
        (_change("default", "x"), "default"),
        (_change("aliases", ["Họ tên"]), "alias_twice"),
        (_change("label", {"vi": "", "en": "Line"}), "words"),
        (_change("rules", [{"rule": "eval", "severity": "error"}]), "rule"),
        (_change("rules", [{"rule": "required", "severity": "fatal"}]), "unreadable"),
        (_change("rules", [{"rule": "not_before", "severity": "error"}]), "rule_arguments"),
        (
            _change("rules", [{"rule": "not_before", "severity": "error", "other": "nothing"}]),
            "rule_field",
        ),
        (
            _change("rules", [{"rule": "required_when", "severity": "error", "condition": "x"}]),
            "condition",
        ),
        (_rule_saying("no.such_sentence"), "message"),
        (_rule_saying("cli.waiting.none"), "message"),
        (_rule_saying("forms.rule.in_range"), "message"),
        (_change("width", -5), "oversized_field"),
        (_change("width", 10**9), "oversized_field"),
        (_change("max_length", 0), "oversized_field"),
        (_change("aliases", [""]), "oversized_field"),
        (_change("help", {"vi": "dài" * 1000, "en": "long"}), "oversized_field"),
        (_change("label", {"vi": "Dòng \u3164", "en": "Line"}), "control"),
        (_change("label", {"vi": "Dòng \u202e số", "en": "Line"}), "control"),
        (_top("version", 1_000_000), "oversized"),
        (_top("edition", "2" * 21), "oversized"),
        (_top("title", {"vi": "S" * 201, "en": "B"}), "oversized"),
    ],
)
def test_a_faulty_template_is_refused_with_its_reason(
    change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    content = _content("child")
    change(content)
    with pytest.raises(TemplateError) as refused:
        _load(content)
    assert refused.value.reason == reason


def test_unknown_code_list_is_refused() -> None:
    content = _content("child")
    sex = next(f for f in content["sections"][2]["fields"] if f["name"] == "sex")
    sex["code_list"] = "no_such_list"
    with pytest.raises(TemplateError) as refused:
        _load(content)
    assert (refused.value.reason, refused.value.field) == ("code_list", "sex")


def test_bytes_that_are_no_template_are_refused() -> None:
    for content in (b"", b"{", b"\xff\xfe", b"[]", b"null"):
        with pytest.raises(TemplateError):
            load_template(content)


def _second(change: Callable[[dict[str, Any]], None]) -> Template:
    content = _content("child")
    content["version"] = 2
    change(content)
    return _load(content)


def test_a_new_version_may_add_and_drop_fields_and_change_words() -> None:
    def change(content: dict[str, Any]) -> None:
        fields = content["sections"][2]["fields"]
        fields[2]["label"]["vi"] = "Họ tên trong giấy khai sinh"
        fields.pop(4)
        new = {**fields[2], "name": "nickname", "since": 2, "aliases": []}
        fields.append(new)

    check_succession(TEMPLATES["child"], _second(change))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_change("type", "text"), "succession_type"),
        (_change("merge_group", "place"), "succession_merge_group"),
        (_change("entity", "review"), "succession_entity"),
        (_change("stored", False), "succession_stored"),
        (_change("name", "line_number"), "since"),
        (_top("version", 1), "succession_version"),
    ],
)
def test_a_stored_name_never_changes_meaning(
    change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    def apply(content: dict[str, Any]) -> None:
        # Rules of the field fit its old type only.
        content["sections"][2]["fields"][1]["rules"] = []
        change(content)

    with pytest.raises(TemplateError) as refused:
        check_succession(TEMPLATES["child"], _second(apply))
    assert refused.value.reason == reason


def test_conditions_and_types_are_a_closed_list_that_the_templates_use() -> None:
    used = {f.applies_when for t in builtin_templates() for f in t.fields}
    used |= {u.condition for t in builtin_templates() for f in t.fields for u in f.rules}
    assert set(CONDITIONS) == used - {None}
    types = {f.type for t in builtin_templates() for f in t.fields}
    assert types <= TYPE_NAMES


# --- sentences -----------------------------------------------------------------------------------


def _message_ids() -> set[str]:
    """Every message id that stands in the code of the forms layer."""
    ids: set[str] = set()
    for path in (ROOT / "app" / "forms").rglob("*.py"):
        if path.name in ("units.py", "code_lists.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                ids.update(re.findall(r"^forms\.[a-z0-9_.]*[a-z0-9_]$", node.value))
    return ids


def test_every_message_id_of_the_code_has_a_sentence_in_both_languages() -> None:
    ids = _message_ids()
    assert len(ids) > 150
    for language in ("vi", "en"):
        assert ids <= i18n.catalogue(language).keys()


def test_both_languages_have_the_same_sentences_with_the_same_parameters() -> None:
    def parameters(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    vi = {k: v for k, v in i18n.catalogue("vi").items() if k.startswith("forms.")}
    en = {k: v for k, v in i18n.catalogue("en").items() if k.startswith("forms.")}
    assert vi.keys() == en.keys()
    for key, text in vi.items():
        assert parameters(text) == parameters(en[key]), key


def test_no_sentence_is_left_over() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "app" / "forms").rglob("*.py")
    )
    for key in i18n.catalogue("vi"):
        if key.startswith("forms."):
            assert key in source or key.rsplit(".", 1)[1] in source, key


def test_a_label_speaks_the_language_in_force() -> None:
    label = TEMPLATES["child"].field("sex").label
    try:
        i18n.set_language("en")
        assert f"{label}" == "Sex"
    finally:
        i18n.set_language("vi")
    assert f"{label}" == "Giới tính"
