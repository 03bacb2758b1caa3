"""What a record holds in fields that its form no longer has: read only, and said with their names.

A new version of a form may drop a field; the values stay in the store (3-data.md, "Templates").
Whoever opens such a record must see that nothing was lost. Knows no widget.
"""

from __future__ import annotations

from typing import NamedTuple

from app.forms.code_lists import CodeList
from app.forms.schema import Section, Template
from app.i18n import language
from app.services.entry import EntryPage
from app.ui.household.codec import Codec
from app.ui.household.judging import parts_of
from app.ui.household.session import OpenRecord

_BETWEEN = " · "


class FormerField(NamedTuple):
    """A field that the form had once, by the words of the last version that had it."""

    label: str
    value: str


def former_fields(page: EntryPage, record: OpenRecord, template: Template) -> list[FormerField]:
    """The values of a record under names that `template` does not have and an earlier version
    had, in its order. What is masked is not among them.
    """
    return _fields_of(page, record, template, template.form)


def former_of_parts(
    page: EntryPage, record: OpenRecord, template: Template, groups: CodeList
) -> list[FormerField]:
    """The same of the lines that belong to a record, each named with its line. A line of which not
    even the kind is shown tells nothing.
    """
    found: list[FormerField] = []
    for entity in dict.fromkeys(part.entity for part in record.parts):
        section = _section_of(page, template.form, entity)
        if section is None:
            continue
        for place, part in enumerate(parts_of(record, entity), start=1):
            if part.is_secret:
                continue
            group = part.values.get("group")
            name = f"{section.label} {place}"
            if isinstance(group, str):
                name = f"{group} {groups.label(group, language())}"
            found += [
                one._replace(label=f"{name}{_BETWEEN}{one.label}")
                for one in _fields_of(page, part, template, entity)
            ]
    return found


def _section_of(page: EntryPage, form: str, entity: str) -> Section | None:
    """The section that lines of a kind stand in, by the last version that has one."""
    for version in _newest_first(page, form):
        for section in version.sections:
            if section.entity == entity:
                return section
    return None


def _newest_first(page: EntryPage, form: str) -> list[Template]:
    versions = page.frame.catalogue.versions(form)
    return sorted(versions, key=lambda one: one.version, reverse=True)


def _fields_of(
    page: EntryPage, record: OpenRecord, template: Template, entity: str
) -> list[FormerField]:
    unknown = {name for name, value in record.values.items() if value is not None} - {
        field.name for field in template.fields_of(entity)
    }
    found: list[FormerField] = []
    for version in _newest_first(page, template.form):
        for field in version.fields_of(entity):
            if field.name in unknown and field.stored:
                unknown.discard(field.name)
                codec = Codec(field, tuple(page.choices.get(field.name, ())))
                shown = codec.show(record.values[field.name])
                found.append(FormerField(str(field.label), shown))
    return found
