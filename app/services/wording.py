"""Records in the words of their forms: labels for names, words for codes. For screens, not files.

What is masked stays masked: the values come from a sight (`app.services.masking`) and are only put
into words here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app.forms.catalogue import Catalogue
from app.forms.field_types import field_type
from app.forms.field_types.base import Language
from app.i18n import language
from app.services.masking import MASKED, Shown, ShownRecord
from app.services.typed_values import form_of


@dataclass(frozen=True, slots=True)
class Worded:
    """One value of a record: the field's name, its label (empty where no form has the field), and
    the value as the form shows it, or the mask.
    """

    name: str
    label: str
    value: Shown


def in_words(catalogue: Catalogue, record: ShownRecord) -> list[Worded]:
    """The values of a record in the order of its form, then those that stand in no form."""
    return values_in_words(catalogue, record.entity, record.values, record.values.get("template"))


def values_in_words(
    catalogue: Catalogue, entity: str, values: Mapping[str, Shown], stamp: object
) -> list[Worded]:
    """Some values of a record that was saved with the form `stamp`, in the order of that form."""
    template = catalogue.of_record(form_of(entity), stamp)
    fields = {one.name: one for one in template.fields_of(entity)}
    order = [name for name in fields if name in values]
    order += sorted(name for name in values if name not in fields and name[0] != "_")
    found = []
    for name in order:
        value, field = values[name], fields.get(name)
        if field is not None and value is not None and value is not MASKED:
            value = field_type(field).format(value, cast(Language, language()))
        found.append(Worded(name, "" if field is None else str(field.label), value))
    return found


def labels(catalogue: Catalogue) -> Mapping[str, str]:
    """Label by field name, over the newest forms; a child's where both forms have the name."""
    found: dict[str, str] = {}
    for form in ("child", "household"):
        template = catalogue.newest(form)
        for entity in template.entities:
            for field in template.fields_of(entity):
                found.setdefault(field.name, str(field.label))
    return found
