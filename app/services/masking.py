"""Which stored values are masked from whom: the sensitive groups of level A (3-data.md).

A field is of level A by its template, a circumstance by its group. Masked values keep their place,
so that people see that something is there and whom to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from app.errors import KnownError
from app.forms.code_lists import load_code_list
from app.forms.issues import Value
from app.forms.template import newest
from app.services.rights import Right
from app.services.workplace import Workplace
from app.text.normalize import clean

MASK = "\u2022\u2022\u2022"
#: Fields of a circumstance that say nothing about what it is.
_OPEN = frozenset(("id", "record", "episode", "_key"))


@cache
def _sensitive_fields(entity: str) -> frozenset[str]:
    template = newest("household" if entity == "household" else "child")
    return frozenset(field.name for field in template.fields_of(entity) if field.sensitivity == "A")


@cache
def _sensitive_codes() -> frozenset[str]:
    return frozenset(
        item.code
        for item in load_code_list("circumstances")
        if item.extra.get("sensitivity") == "A"
    )


def masked_fields(entity: str, values: Mapping[str, Value]) -> frozenset[str]:
    """The fields of a record that may be seen only with the right to reveal."""
    if entity == "circumstance" and _is_sensitive(values):
        return frozenset(values) - _OPEN
    return _sensitive_fields(entity)


def _is_sensitive(values: Mapping[str, Value]) -> bool:
    codes = _sensitive_codes()
    subgroups = values.get("subgroups")
    named = subgroups if isinstance(subgroups, list) else []
    return values.get("group") in codes or any(code in codes for code in named)


def masked(entity: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values of a record as they are shown to somebody without the right to reveal."""
    hidden = masked_fields(entity, values)
    return {name: MASK if name in hidden else value for name, value in values.items()}


class Revealing:
    """Looking behind the mask: with the right, for a reason, and on record."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def note(self, entity: str, ent_id: str, reason: str) -> None:
        """Allow one look at one record and write it into the audit trail.

        The reason is kept as typed, whoever it names: it is read when the look is checked later.
        Raises KnownError `rights.denied`, `masking.no_reason`.
        """
        self._workplace.require(Right.REVEAL)
        said = clean(reason)
        if not said:
            raise KnownError("masking.no_reason", "masking.no_reason_hint")
        self._workplace.audit("reveal", entity=entity, record=ent_id, reason=said)
