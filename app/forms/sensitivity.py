"""How sensitive a value is: level A is masked, level B stays on the record (3-data.md).

Level A (C05, C06, C07, C09–C12, K01, R03.3, R04.4): masked until somebody with the right gives a
reason, never in village prints. Level B: never in logs, file names, village lists, or exports
without the right. The levels of codes stand in the list of circumstances, those of fields in the
template. Nothing here decides who has the right.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from app.forms.code_lists import load_code_list
from app.forms.issues import Value, Values
from app.forms.schema import Field

_ORDER = {None: 0, "B": 1, "A": 2}
#: Fields whose level is that of the codes they hold.
_BY_CODE = frozenset(("family_problem_flags", "circumstance_codes"))


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
