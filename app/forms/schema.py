"""The shape of a form template: what a template file may say, and nothing else.

A template is data, replaceable without a new program (3-data.md, "Templates"): sections in the
order of the paper book, fields with their type, label, help, rules and conditions *by name*. There
are no expressions. The structs refuse unknown keys, so a misspelt key is an error and not a silent
loss.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

import msgspec

from app import i18n
from app.forms.code_lists import CodeList, load_code_list


class Severity(Enum):
    """What an issue asks of the clerk (2-architecture.md, "Validation")."""

    ERROR = "error"  # blocks *complete*, never *save*
    WARNING = "warning"  # wants a reason, once
    NOTE = "note"  # informs


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages. `str()` gives the language in force, so it can fill a sentence."""

    vi: str
    en: str

    def __str__(self) -> str:
        return self.en if i18n.language() == "en" else self.vi


class RuleUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One named rule on a field, with its arguments. Which arguments a rule takes is its own.

    `message` replaces the rule's own message id. `other` names another field of the template;
    `low`/`high` are inclusive bounds; `values` codes or words; `condition` a named condition.
    """

    rule: str
    severity: Severity
    message: str | None = None
    other: str | None = None
    condition: str | None = None
    low: int | None = None
    high: int | None = None
    values: tuple[str, ...] = ()


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One field of the book.

    `stored` false: computed from other facts and shown, never in an operation. `auto`: filled in by
    the program; the clerk reads it. `entity` overrides the section's entity. `width` is a hint in
    characters; `max_length` a limit in characters. `merge_group` names the fields that are merged
    together (4-sync.md, "Merge groups"). `since` is the template version that brought the field.
    """

    name: str
    type: str
    label: Label
    help: Label
    required: bool = False
    stored: bool = True
    auto: bool = False
    entity: str | None = None
    code_list: str | None = None
    default: str | int | bool | None = None
    inherit_from_sibling: bool = False
    sensitivity: Literal["A", "B"] | None = None
    merge_group: str | None = None
    since: int = 1
    aliases: tuple[str, ...] = ()
    width: int | None = None
    max_length: int | None = None
    rules: tuple[RuleUse, ...] = ()
    applies_when: str | None = None


class BoundField(Field, frozen=True):
    """A field whose codes are those of an installation and not those shipped with the program.

    Made by `app.forms.catalogue`, never read from a file.
    """

    codes: CodeList | None = None


def bound(field: Field, codes: CodeList) -> BoundField:
    """The field with the list it is to take its codes from."""
    return BoundField(**{name: getattr(field, name) for name in _FIELD_NAMES}, codes=codes)


_FIELD_NAMES = Field.__struct_fields__


def codes_of(field: Field) -> CodeList | None:
    """The list a field takes its codes from; None for a field without one.

    Raises KeyError for a list that is neither bound to the field nor shipped.
    """
    if isinstance(field, BoundField):
        return field.codes
    return None if field.code_list is None else load_code_list(field.code_list)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A block of the page. `entity` is the travelling entity that stores its fields."""

    name: str
    label: Label
    entity: Literal["child", "household", "circumstance", "life_event", "support", "review"]
    fields: tuple[Field, ...]
    repeatable: bool = False
    optional: bool = False


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One version of a form. `edition` is what people see; `desk` the order of entry by section."""

    form: Literal["household", "child"]
    version: int
    edition: str
    title: Label
    valid_from: str
    valid_to: str | None
    desk: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in book order."""
        return tuple(field for section in self.sections for field in section.fields)

    def section(self, name: str) -> Section:
        """The section of that name; KeyError when there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        index: dict[str, Field] | None = self.__dict__.get("_index")
        if index is None:
            index = {field.name: field for field in self.fields}
            self.__dict__["_index"] = index
        return index[name]

    def fields_of(self, entity: str) -> tuple[Field, ...]:
        """The fields stored in (or shown with) one travelling entity, in book order."""
        return tuple(
            field
            for section in self.sections
            for field in section.fields
            if (field.entity or section.entity) == entity
        )

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities this template writes; the form's own comes first."""
        found = [
            self.form,
            *(field.entity or s.entity for s in self.sections for field in s.fields),
        ]
        return tuple(dict.fromkeys(found))
