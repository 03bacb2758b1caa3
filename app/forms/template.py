"""Templates: reading them from bytes, checking them, and what a new version may not change.

A template that names an unknown rule, condition, type or code list is refused whole, with the field
and the reason; it is never half used. The built-in ones stand in `resources/templates/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

import msgspec

from app.errors import KnownError
from app.forms.code_lists import load_code_list
from app.forms.field_types import TYPE_NAMES, field_type, needs_code_list
from app.forms.rules import CONDITIONS, RULES
from app.forms.schema import Field, Label, RuleUse, Section, Severity, Template
from app.settings import resources_dir

__all__ = [
    "Field",
    "Label",
    "RuleUse",
    "Section",
    "Severity",
    "Template",
    "TemplateError",
    "builtin_templates",
    "check_succession",
    "check_template",
    "load_template",
    "merge_groups",
    "newest",
]

#: Fields of the record that no template lists, but that are merged with fields that it does.
SYSTEM_MERGE_GROUPS: Mapping[str, Mapping[str, str]] = {"household": {"owner_unit": "place"}}
_decoder = msgspec.json.Decoder(Template, strict=True)


class TemplateError(KnownError):
    """A template that cannot be used. `reason` names what it breaks, `field` where."""

    def __init__(self, reason: str, field: str = "", detail: str = "") -> None:
        super().__init__(
            f"forms.template.{reason}", "forms.template.hint", field=field, detail=detail
        )
        self.reason = reason
        self.field = field


def load_template(content: bytes) -> Template:
    """Read and check one template file (UTF-8 JSON). Raises TemplateError."""
    try:
        template = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise TemplateError("unreadable", detail=str(problem)) from problem
    check_template(template)
    return template


@cache
def builtin_templates() -> tuple[Template, ...]:
    """The templates that ship with the program, by form and version."""
    found = [
        load_template(path.read_bytes())
        for path in sorted((resources_dir() / "templates").glob("*.v*.json"))
    ]
    return tuple(sorted(found, key=lambda template: (template.form, template.version)))


def newest(form: str) -> Template:
    """The newest built-in template of a form (`household` or `child`); KeyError when none."""
    for template in reversed(builtin_templates()):
        if template.form == form:
            return template
    raise KeyError(form)


def merge_groups(template: Template) -> dict[str, str]:
    """Field → merge group, for the fields that are merged with others (4-sync.md, "Merge groups").

    A field that is not listed is its own group; so is `birth_date`, whose precision is in its text.
    """
    groups = {field.name: field.merge_group for field in template.fields if field.merge_group}
    groups.update(SYSTEM_MERGE_GROUPS.get(template.form, {}))
    return groups


def check_template(template: Template) -> None:
    """Check names, types, rules, conditions, code lists and desk order. Raises TemplateError."""
    for problem in _problems(template):
        raise problem


def _problems(template: Template) -> Iterator[TemplateError]:
    names = [field.name for field in template.fields]
    for name in names:
        if names.count(name) > 1:
            yield TemplateError("name_twice", name)
        if not name.isascii() or not name.isidentifier() or name != name.lower():
            yield TemplateError("name_form", name)
    if sorted(template.desk) != sorted(section.name for section in template.sections):
        yield TemplateError("desk")
    if template.valid_to is not None and template.valid_to < template.valid_from:
        yield TemplateError("validity")
    seen_aliases: set[str] = set()
    for field in template.fields:
        yield from _field_problems(field, template)
        for alias in field.aliases:
            if alias in seen_aliases or alias in names:
                yield TemplateError("alias_twice", field.name, alias)
            seen_aliases.add(alias)


def _field_problems(field: Field, template: Template) -> Iterator[TemplateError]:
    if field.type not in TYPE_NAMES:
        yield TemplateError("type", field.name, field.type)
        return
    if needs_code_list(field.type) != (field.code_list is not None):
        yield TemplateError("code_list_needed", field.name)
        return
    if field.code_list is not None and not _list_exists(field.code_list):
        yield TemplateError("code_list", field.name, field.code_list)
        return
    if not (field.label.vi and field.label.en and field.help.vi and field.help.en):
        yield TemplateError("words", field.name)
    if field.since > template.version or field.since < 1:
        yield TemplateError("since", field.name)
    if field.applies_when is not None and field.applies_when not in CONDITIONS:
        yield TemplateError("condition", field.name, field.applies_when)
    if field.default is not None and field_type(field).check(field.default) is not None:
        yield TemplateError("default", field.name)
    for use in field.rules:
        yield from _use_problems(use, field, template)


def _use_problems(use: RuleUse, field: Field, template: Template) -> Iterator[TemplateError]:
    rule = RULES.get(use.rule)
    if rule is None:
        yield TemplateError("rule", field.name, use.rule)
        return
    given = {
        name
        for name, value in (
            ("other", use.other),
            ("condition", use.condition),
            ("low", use.low),
            ("high", use.high),
            ("values", use.values or None),
        )
        if value is not None
    }
    if not rule.takes <= given:
        yield TemplateError("rule_arguments", field.name, use.rule)
    if use.condition is not None and use.condition not in CONDITIONS:
        yield TemplateError("condition", field.name, use.condition)
    if use.other is not None and use.other not in {f.name for f in template.fields}:
        yield TemplateError("rule_field", field.name, use.other)


def _list_exists(name: str) -> bool:
    try:
        load_code_list(name)
    except (KnownError, KeyError, OSError, ValueError):
        return False
    return True


#: What a stored name keeps for ever, with the reason given when it does not.
_FOR_EVER: tuple[tuple[str, Callable[[Field, Section], object]], ...] = (
    ("succession_type", lambda field, _: field.type),
    ("succession_merge_group", lambda field, _: field.merge_group),
    ("succession_entity", lambda field, section: field.entity or section.entity),
    ("succession_stored", lambda field, _: field.stored),
    ("succession_code_list", lambda field, _: field.code_list),
)


def check_succession(old: Template, new: Template) -> None:
    """Whether `new` may follow `old`: same form, later version, and every stored name that both
    have keeps its type, merge group, entity and code list (3-data.md: "A stored field name never
    changes or gets another meaning"). A dropped field is hidden, its values are kept. Raises
    TemplateError.
    """
    if old.form != new.form or new.version <= old.version:
        raise TemplateError("succession_version")
    before = {f.name: (f, s) for s in old.sections for f in s.fields}
    for section in new.sections:
        for field in section.fields:
            if field.name not in before:
                if field.since <= old.version:
                    raise TemplateError("since", field.name)
                continue
            old_field, old_section = before[field.name]
            if not (old_field.stored or field.stored):
                continue
            for reason, read in _FOR_EVER:
                if read(old_field, old_section) != read(field, section):
                    raise TemplateError(reason, field.name)
