"""Templates: reading them from bytes, checking them, and what a new version may not change.

A template that names an unknown rule, condition, type or code list is refused whole, with the field
and the reason; it is never half used. The built-in ones stand in `resources/templates/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import msgspec

from app.errors import KnownError
from app.forms.code_lists import CodeList, load_code_list
from app.forms.field_types import TYPE_NAMES, field_type, needs_code_list
from app.forms.rules import CONDITIONS, RULES
from app.forms.schema import Field, Label, RuleUse, Section, Severity, Template, bound
from app.forms.tables import is_day
from app.forms.template_limits import all_plain, is_sentence, oversized
from app.settings import resources_dir

__all__ = [
    "MAX_TEMPLATE_BYTES",
    "Field",
    "Label",
    "RuleUse",
    "Section",
    "Severity",
    "Template",
    "TemplateError",
    "builtin_templates",
    "check_history",
    "check_succession",
    "check_template",
    "load_template",
    "merge_groups",
    "newest",
]

#: Fields of the record that no template lists, but that are merged with fields that it does.
SYSTEM_MERGE_GROUPS: Mapping[str, Mapping[str, str]] = {"household": {"owner_unit": "place"}}
#: A code list by its name; raises KeyError when there is none.
Codes = Callable[[str], CodeList]
#: A name goes into operations as it is (app.history.operation).
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_decoder = msgspec.json.Decoder(Template, strict=True)
#: What msgspec says of JSON that does not fit: the place, a field that is missing or unknown, and
#: the byte from which it is none.
_PLACE = re.compile(r"- at `([^`]+)`")
_NAMED = re.compile(r"field `([^`]+)`")
_BYTE = re.compile(r"\(byte (\d+)\)")
#: A template travels as one text of an operation (app.history.operation.MAX_CONTENT_BYTES).
MAX_TEMPLATE_BYTES = 512 * 1024


class TemplateError(KnownError):
    """A template that cannot be used. `reason` names what it breaks, `field` where."""

    def __init__(self, reason: str, field: str = "", detail: str = "", **place: int) -> None:
        super().__init__(
            f"forms.template.{reason}", "forms.template.hint", field=field, detail=detail, **place
        )
        self.reason = reason
        self.field = field


def load_template(content: bytes, codes: Codes = load_code_list) -> Template:
    """Read and check one template file (UTF-8 JSON). Raises TemplateError.

    `codes` gives a code list by its name, raising KeyError; those shipped with the program.
    """
    if len(content) > MAX_TEMPLATE_BYTES:
        raise TemplateError("too_large", detail=f"{MAX_TEMPLATE_BYTES // 1024} KiB")
    try:
        template = _decoder.decode(content)
        # The shape is known to be flat by now; a key given twice would have one reader take the
        # first and another the last.
        json.loads(content, object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError) as problem:
        raise _unreadable(str(problem), content) from problem
    check_template(template, codes)
    return template


def _unreadable(said: str, content: bytes) -> TemplateError:
    """In our words what the reader of JSON `said` in English: where the shape of a template is not
    kept, else the line and column from which the file is no JSON.
    """
    names = (_PLACE.search(said), _NAMED.search(said))
    where = ".".join(one[1] for one in names if one is not None).strip("$.")
    if where:
        return TemplateError("unreadable", detail=where)
    found = _BYTE.search(said)
    at = int(found[1]) if found is not None else 0
    if "truncated" in said:
        at = len(content)
    before = content[:at].decode(errors="ignore")
    return TemplateError(
        "malformed", line=before.count("\n") + 1, column=len(before) - before.rfind("\n")
    )


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise TemplateError("key_twice", detail=next(n for n in names if names.count(n) > 1))
    return found


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


def check_template(template: Template, codes: Codes = load_code_list) -> None:
    """Check names, types, rules, conditions, code lists and desk order. Raises TemplateError."""
    for problem in _problems(template, codes):
        raise problem


def _problems(template: Template, codes: Codes) -> Iterator[TemplateError]:
    yield from _head_problems(template)
    names = [field.name for field in template.fields]
    for name in names:
        if names.count(name) > 1:
            yield TemplateError("name_twice", name)
        if not _NAME.fullmatch(name):
            yield TemplateError("name_form", name)
    seen_aliases: set[str] = set()
    for field in template.fields:
        yield from _field_problems(field, template, codes)
        for alias in field.aliases:
            if alias in seen_aliases or alias in names:
                yield TemplateError("alias_twice", field.name, alias)
            seen_aliases.add(alias)


def _head_problems(template: Template) -> Iterator[TemplateError]:
    if not template.edition or template.version < 1:
        yield TemplateError("edition")
    for day in (template.valid_from, template.valid_to):
        if day is not None and not is_day(day):
            yield TemplateError("day", detail=day)
    if template.valid_to is not None and template.valid_to < template.valid_from:
        yield TemplateError("validity")
    if not all_plain(template):
        yield TemplateError("control")
    for name, what in oversized(template):
        yield TemplateError("oversized_field" if name else "oversized", name, what)
    sections = [section.name for section in template.sections]
    for name in sections:
        if sections.count(name) > 1:
            yield TemplateError("section_twice", detail=name)
    if sorted(template.desk) != sorted(sections):
        yield TemplateError("desk")


def _field_problems(field: Field, template: Template, codes: Codes) -> Iterator[TemplateError]:
    if field.type not in TYPE_NAMES:
        yield TemplateError("type", field.name, field.type)
        return
    if needs_code_list(field.type) != (field.code_list is not None):
        yield TemplateError("code_list_needed", field.name)
        return
    if (name := field.code_list) is not None:
        try:
            field = bound(field, codes(name))
        except (KnownError, KeyError, OSError, ValueError):
            yield TemplateError("code_list", field.name, name)
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
    if use.message is not None and not is_sentence(use.message):
        yield TemplateError("message", field.name, use.message)
    if use.other is not None and use.other not in {f.name for f in template.fields}:
        yield TemplateError("rule_field", field.name, use.other)
    elif use.other == field.name or field.name in _named_by(use, template):
        # A rule that leads back to its own field could never be satisfied, or says nothing.
        yield TemplateError("rule_circle", field.name, use.rule)


def _named_by(use: RuleUse, template: Template) -> set[str]:
    """The fields that the same rule leads to, from field to field, beginning with the one named."""
    found: set[str] = set()
    waiting = [use.other] if use.other is not None else []
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [
            one.other
            for field in template.fields
            if field.name == name
            for one in field.rules
            if one.rule == use.rule and one.other is not None
        ]
    return found


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
    _check_kept([old], new)


def check_history(earlier: Iterable[Template], new: Template) -> None:
    """`check_succession` against every earlier version: a name that was dropped for a while comes
    back with the meaning it had. Raises TemplateError.
    """
    known = sorted((one for one in earlier if one.form == new.form), key=lambda one: one.version)
    if known and new.version <= known[-1].version:
        raise TemplateError("succession_version")
    _check_kept(known, new)


def _check_kept(earlier: Iterable[Template], new: Template) -> None:
    known = list(earlier)
    before = {f.name: (f, s) for one in known for s in one.sections for f in s.fields}
    last = max((one.version for one in known), default=0)
    for section in new.sections:
        for field in section.fields:
            if field.name not in before:
                if field.since <= last:
                    raise TemplateError("since", field.name)
                continue
            old_field, old_section = before[field.name]
            if not (old_field.stored or field.stored):
                continue
            for reason, read in _FOR_EVER:
                if read(old_field, old_section) != read(field, section):
                    raise TemplateError(reason, field.name)
