"""What a child takes over from siblings once the clerk has said what it is to the head.

A new line begins with what the child before it says. Where that one was a nephew and this one is
the head's own, the parents that stand there and were not confirmed are another child's.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.forms.derived import taken_again
from app.forms.schema import Template
from app.ui.household.session import OpenRecord


def take_again(record: OpenRecord, template: Template, siblings: Sequence[OpenRecord]) -> None:
    """Bring what was taken over and not confirmed to what siblings of the same relation say. What
    was typed, confirmed or left empty by hand stays.
    """
    loose = set(record.inherited)
    if record.new:
        touched = record.visited | record.texts.keys()
        loose |= {
            one.name
            for one in template.fields
            if record.values.get(one.name) is None and one.name not in touched
        }
    taken = taken_again(template, record.values, [one.values for one in siblings], loose)
    for name, value in taken.items():
        if value is None and name not in record.values:
            continue
        record.values[name] = value
        if value is None:
            record.inherited.discard(name)
        else:
            record.inherited.add(name)
