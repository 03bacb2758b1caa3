"""How sensitive a value is: level A is masked, level B stays on the record (3-data.md).

Level A (C05, C06, C07, C09–C12, K01, R03.3, R04.4): masked until somebody with the right gives a
reason, never in village prints. Level B: never in logs, file names, village lists, or exports
without the right. The levels of codes stand in the list of circumstances, those of fields in the
template. Nothing here decides who has the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from app.forms.code_lists import load_code_list
from app.forms.issues import Value, Values
from app.forms.schema import Field
from app.forms.template import newest

_ORDER = {None: 0, "B": 1, "A": 2}
#: Fields whose level is that of the codes they hold.
_BY_CODE = frozenset(("family_problem_flags", "circumstance_codes"))
#: Fields of a circumstance that say nothing about what it is. Its `_key` does: it names the group.
_OPEN = frozenset(("id", "record", "_deleted"))
#: Kept reasons of warnings, one "field/rule: reason" a line.
REASONS = "warning_reasons"


@cache
def code_level(code: str) -> str | None:
    """`A`, `B` or None for a group or sub-group; an unknown code of a masked group is masked."""
    codes = load_code_list("circumstances")
    item = codes.get(code) or codes.get(code.split(".")[0])
    return (item.extra.get("sensitivity") or None) if item else None


def highest(levels: Iterable[str | None]) -> str | None:
    """The stricter of several levels."""
    return max(levels, key=_ORDER.__getitem__, default=None)


def level_of(field: Field, value: Value) -> str | None:
    """The level of one value of a field: by its codes where the field holds groups."""
    if field.name in _BY_CODE and isinstance(value, list) and value:
        return highest(code_level(code) for code in value)
    return field.sensitivity


def level_of_circumstance(values: Values) -> str | None:
    """The level of a circumstance record: the strictest of its group and sub-groups."""
    group, subgroups = values.get("group"), values.get("subgroups")
    codes = [group] if isinstance(group, str) else []
    codes += subgroups if isinstance(subgroups, list) else []
    return highest(code_level(code) for code in codes)


def open_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that may be shown to somebody without the right to level A."""
    return tuple(code for code in codes if code_level(code) != "A")


@cache
def sensitive_fields(entity: str) -> frozenset[str]:
    """The fields of an entity that are of level A whatever they hold."""
    template = newest("household" if entity == "household" else "child")
    return frozenset(field.name for field in template.fields_of(entity) if field.sensitivity == "A")


def is_secret(values: Values) -> bool:
    """Whether what a circumstance is about is of level A. A group that is in no list may be one."""
    group = values.get("group")
    if isinstance(group, str) and group not in load_code_list("circumstances"):
        return True
    return level_of_circumstance(values) == "A"


def hidden_fields(entity: str, versions: Sequence[Values]) -> frozenset[str]:
    """The fields of a record that are masked, judged by everything it is or was.

    A field of level A is masked whatever it holds, because masking it for some values only would
    tell them. A circumstance that has ever been of a group of level A is masked as a whole.
    """
    fields = sensitive_fields(entity)
    if entity == "circumstance" and any(is_secret(one) for one in versions):
        return fields.union(*versions) - _OPEN
    return fields


def open_reasons(entity: str, lines: Value) -> list[str]:
    """The kept reasons that do not speak of a field of level A."""
    hidden = sensitive_fields(entity)
    held = lines if isinstance(lines, list) else []
    return [line for line in held if line.partition("/")[0] not in hidden]
