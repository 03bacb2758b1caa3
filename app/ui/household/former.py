"""What a record holds in fields that its form no longer has: read only, and said with their names.

A new version of a form may drop a field; the values stay in the store (3-data.md, "Templates").
Whoever opens such a record must see that nothing was lost. Knows no widget.
"""

from __future__ import annotations

from typing import NamedTuple

from app.forms.schema import Template
from app.services.entry import EntryPage
from app.ui.household.codec import Codec
from app.ui.household.session import OpenRecord


class FormerField(NamedTuple):
    """A field that the form had once, by the words of the last version that had it."""

    label: str
    value: str


def former_fields(page: EntryPage, record: OpenRecord, template: Template) -> list[FormerField]:
    """The values of a record under names that `template` does not have and an earlier version
    had, in its order. What is masked is not among them.
    """
    unknown = {name for name, value in record.values.items() if value is not None} - {
        field.name for field in template.fields
    }
    found: list[FormerField] = []
    versions = page.frame.catalogue.versions(template.form)
    for version in sorted(versions, key=lambda one: one.version, reverse=True):
        for field in version.fields_of(template.form):
            if field.name in unknown and field.stored:
                unknown.discard(field.name)
                codec = Codec(field, tuple(page.choices.get(field.name, ())))
                shown = codec.show(record.values[field.name])
                found.append(FormerField(str(field.label), shown))
    return found
