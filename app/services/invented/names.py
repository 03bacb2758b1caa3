"""Names of invented people, by community, with realistic frequencies.

The words and weights are data in `resources/invented/`. Nobody here exists; a name that equals that
of a living person does so by chance.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from random import Random
from typing import TypeAlias

from app.settings import resources_dir

#: Draws use this many random bits, so a share is exact to 1/4096.
BITS = 12
#: A list in which each word stands as often as its share of 4096 says: one draw is one index.
Table: TypeAlias = tuple[str, ...]


class NameOrder(StrEnum):
    """Where the family name stands (domain.md 9 item 4)."""

    FAMILY_FIRST = "family_first"
    FAMILY_LAST = "family_last"
    NO_FAMILY = "no_family"


def table(weighted: Sequence[tuple[str, float]]) -> Table:
    """A drawing table of 2**BITS words; shares are rounded by largest remainder.

    Raises ValueError when there is nothing to draw from.
    """
    total = sum(weight for _, weight in weighted)
    if total <= 0:
        raise ValueError("nothing to draw from")
    size = 1 << BITS
    exact = [(word, weight * size / total) for word, weight in weighted]
    counts = [int(share) for _, share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (counts[i] - exact[i][1], i))
    for index in by_remainder[: size - sum(counts)]:
        counts[index] += 1
    words = [word for (word, _), count in zip(exact, counts, strict=True) for _ in range(count)]
    return tuple(words)


def read_table_file(name: str) -> list[dict[str, str]]:
    """The rows of one file of `resources/invented/`."""
    with (resources_dir() / "invented" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@dataclass(frozen=True, slots=True)
class Community:
    """How people of one community are named, and how poor their households are (percent)."""

    name: str
    ethnicity: str
    order: NameOrder
    from_mother: bool
    man_prefix: str
    woman_prefix: str
    poor: int
    near_poor: int
    villages: str
    family: Table
    middles: Mapping[str, Table]
    givens: Mapping[str, Table]

    def write(self, family: str, middle: str, given: str, *, woman: bool) -> str:
        """The whole name in the community's order."""
        given = (self.woman_prefix if woman else self.man_prefix) + given
        if self.order is NameOrder.NO_FAMILY:
            return given
        if self.order is NameOrder.FAMILY_LAST:
            return f"{given} {family}"
        return f"{family} {middle} {given}" if middle else f"{family} {given}"

    def adult(self, random: Random, family: str, *, woman: bool) -> str:
        """The name of a parent or grandparent."""
        role = "mother" if woman else "father"
        bits = random.getrandbits
        return self.write(
            family, self.middles[role][bits(BITS)], self.givens[role][bits(BITS)], woman=woman
        )


#: The middle names of a community that has none.
_NO_MIDDLE: Table = ("",) * (1 << BITS)
_ROLES = ("father", "mother", "boy", "girl")


@cache
def communities() -> Mapping[str, Community]:
    """All communities by name, drawing tables ready."""
    words: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for row in read_table_file("names.csv"):
        words[row["community"], row["role"]].append((row["name"], float(row["weight"])))
    rows = {row["community"]: row for row in read_table_file("communities.csv")}

    def lists(community: str, role: str) -> Table:
        wanted: str = community
        while (wanted, role) not in words and rows[wanted]["names_like"]:
            wanted = rows[wanted]["names_like"]
        return table(words[wanted, role])

    def middles(community: str, role: str) -> Table:
        # One who has given names of his own but no middle names uses none.
        if (community, f"{role}_given") in words and (community, f"{role}_middle") not in words:
            return _NO_MIDDLE
        return lists(community, f"{role}_middle")

    return {
        name: Community(
            name=name,
            ethnicity=row["ethnicity"],
            order=NameOrder(row["order"]),
            from_mother=row["inherits"] == "mother",
            man_prefix=row["man_prefix"],
            woman_prefix=row["woman_prefix"],
            poor=int(row["poor"]),
            near_poor=int(row["near_poor"]),
            villages=row["villages"],
            family=lists(name, "family"),
            middles={role: middles(name, role) for role in _ROLES},
            givens={role: lists(name, f"{role}_given") for role in _ROLES},
        )
        for name, row in rows.items()
    }


@cache
def twin_names() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Pairs of given names for twins by `boy`, `girl`, `mixed` (a boy's name, a girl's name)."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read_table_file("twins.csv"):
        pairs[row["sexes"]].append((row["one"], row["other"]))
    return {sexes: tuple(found) for sexes, found in pairs.items()}


@cache
def words(kind: str) -> Table:
    """The drawing table of one kind of `words.csv`. Raises ValueError for an unknown kind."""
    return table(
        [(row["text"], float(row["weight"])) for row in _word_rows() if row["kind"] == kind]
    )


@cache
def word_list(kind: str) -> tuple[str, ...]:
    """The words of one kind, each once, in file order."""
    return tuple(row["text"] for row in _word_rows() if row["kind"] == kind)


@cache
def _word_rows() -> list[dict[str, str]]:
    return read_table_file("words.csv")
