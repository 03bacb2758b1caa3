"""Which group totals may stand on a paper that leaves the office.

Sensitive groups of level A (HIV, law-breaking, drugs, violence, exploitation, sexual abuse,
trafficking, abduction) are left out entirely, because whoever files the paper is not among the
persons who may know (Law on Children 102/2016/QH13 art. 6.11 and 21; Decree 56/2017/ND-CP art. 33
and 36). Below the province a count of 1 to 4 could point at a child and is withheld; and with it
the total of its kind, from which it could be reckoned back. A count of 0 points at nobody and
stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Groups of level A (domain.md section 8), never on a handover record.
SENSITIVE_GROUPS = frozenset({"C05", "C06", "C07", "C09", "C10", "C11", "C12", "K01"})
#: Counts from 1 up to this one, excluded, are withheld below the province.
SMALLEST_COUNT = 5


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many children are in one group (`C01` to `K02`), with the group's official name."""

    code: str
    name: str
    children: int


@dataclass(frozen=True, slots=True)
class PrintableCount:
    """A group as it may be printed; `children` is None when the count is withheld."""

    code: str
    name: str
    children: int | None


def printable(number: int, *, whole_province: bool) -> int | None:
    """The number itself, or None when it is too small to be shown below the province."""
    if not whole_province and 0 < number < SMALLEST_COUNT:
        return None
    return number


def printable_groups(
    groups: Iterable[GroupCount], *, whole_province: bool
) -> tuple[PrintableCount, ...]:
    """The groups that may be printed, in the order given."""
    return tuple(
        PrintableCount(
            group.code, group.name, printable(group.children, whole_province=whole_province)
        )
        for group in groups
        if group.code not in SENSITIVE_GROUPS
    )


def printable_total(
    distinct: int, groups: Iterable[PrintableCount], *, whole_province: bool
) -> int | None:
    """`distinct` children in at least one of the printed `groups`, or None.

    None as soon as one of the groups is withheld, so that nobody can subtract.
    """
    if any(group.children is None for group in groups):
        return None
    return printable(distinct, whole_province=whole_province)


def printable_parts(
    parts: Mapping[str, int], totals: Mapping[str, int], *, whole_province: bool
) -> dict[str, int | None]:
    """Parts and the totals that they add up to, by name. As soon as one part is withheld, so are
    the totals: it could be reckoned back from them.
    """
    shown = {name: printable(one, whole_province=whole_province) for name, one in parts.items()}
    hidden = None in shown.values()
    return shown | {
        name: None if hidden else printable(one, whole_province=whole_province)
        for name, one in totals.items()
    }
