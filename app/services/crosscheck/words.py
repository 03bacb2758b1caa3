"""The words that lists of poverty, allowances and gifts are written with, as data.

`resources/lists/crosscheck_columns.json`; all of them folded as `lookup_key` does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from app.forms.code_lists import lookup_key
from app.services.crosscheck.poverty_wording import UNCLEAR, PovertyWording
from app.settings import resources_dir


class Role(Enum):
    """What a column of a list says."""

    NAME = "name"
    BIRTH = "birth"
    BIRTH_MALE = "birth_male"
    BIRTH_FEMALE = "birth_female"
    AGE = "age"
    SEX = "sex"
    SEX_MALE = "sex_male"
    SEX_FEMALE = "sex_female"
    PERSONAL_ID = "personal_id"
    HEAD = "head"
    RELATION = "relation"
    MOTHER = "mother"
    FATHER = "father"
    ADULTS = "adults"
    VILLAGE = "village"
    ADDRESS = "address"
    HOUSEHOLD = "household"
    PHONE = "phone"
    ETHNICITY = "ethnicity"
    POVERTY = "poverty"
    CATEGORY = "category"
    COEFFICIENT = "coefficient"
    AMOUNT = "amount"
    SINCE = "since"
    SUPPORT = "support"
    PROVIDER = "provider"
    NUMBER = "number"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class _Title:
    role: Role
    whole: frozenset[str]
    within: tuple[str, ...]
    unless: tuple[str, ...]

    def fits(self, key: str) -> bool:
        """Whether a folded title is one of these."""
        if key in self.whole:
            return True
        padded = f" {key} "
        return any(f" {one} " in padded for one in self.within) and not any(
            f" {one} " in padded for one in self.unless
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is known of how such lists are worded."""

    titles: tuple[_Title, ...]
    poverty: PovertyWording
    sexes: Mapping[str, str]
    heads: frozenset[str]
    adults: frozenset[str]
    marks: frozenset[str]
    villages: tuple[str, ...]
    totals: tuple[str, ...]
    closing: tuple[str, ...]

    def role_of(self, title: str) -> Role | None:
        """What a column of this title says; None where the title says nothing. A title of two rows
        is written `Năm sinh / Nam`.
        """
        upper, slash, lower = title.rpartition(" / ")
        if slash and (sex := self.sexes.get(lookup_key(lower))) is not None:
            above = self._role(upper)
            if above is Role.BIRTH:
                return Role.BIRTH_MALE if sex == "1" else Role.BIRTH_FEMALE
            if above is Role.SEX:
                return Role.SEX_MALE if sex == "1" else Role.SEX_FEMALE
        return self._role(title) or (self._role(lower) if slash else None)

    def _role(self, title: str) -> Role | None:
        key = lookup_key(title)
        return next((one.role for one in self.titles if key and one.fits(key)), None)

    def poverty_of(self, text: str) -> str:
        """The code of `poverty_status` that a cell or a heading means; "" for none, UNCLEAR where a
        person has to say which.
        """
        return self.poverty.of(text)

    def ticked(self, title: str) -> str:
        """The status that a tick under this title means; "" for none, UNCLEAR where it names two.
        The lower of two rows of titles goes before the upper.
        """
        upper, slash, lower = title.rpartition(" / ")
        said = lower if self.poverty.of(lower) or not slash else upper
        code = self.poverty.of(said)
        return code if code == UNCLEAR or self.poverty.says_only(said) else ""

    def is_mark(self, text: str) -> bool:
        """Whether a cell holds nothing but a tick."""
        return (lookup_key(text) or text.strip()) in self.marks

    def sex_of(self, text: str) -> str:
        """The code of `sexes` that a cell means; "" for none."""
        return self.sexes.get(lookup_key(text), "")

    def is_village(self, text: str) -> bool:
        """Whether a heading names a village."""
        key = lookup_key(text)
        return any(key.startswith(f"{one} ") or _numbered(key, one) for one in self.villages)

    def is_total(self, text: str) -> bool:
        """Whether a row that begins so adds others up."""
        key = lookup_key(text)
        return any(key == one or key.startswith(f"{one} ") for one in self.totals)

    def closes(self, text: str) -> bool:
        """Whether a text stands below a list, where it is signed."""
        key = lookup_key(text)
        return any(one in key for one in self.closing)


def _numbered(key: str, word: str) -> bool:
    rest = key.removeprefix(word)
    return rest != key and rest.isdigit()


@cache
def list_words() -> Words:
    """The words that ship with the program."""
    file = resources_dir() / "lists" / "crosscheck_columns.json"
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    titles = tuple(
        _Title(
            Role(one["role"]),
            frozenset(one.get("is", ())),
            tuple(one.get("has", ())),
            tuple(one.get("unless", ())),
        )
        for one in said["roles"]
    )

    def coded(name: str) -> dict[str, str]:
        return {word: code for code, words in said[name].items() for word in words}

    return Words(
        titles,
        PovertyWording(
            coded("poverty_words"),
            tuple(said["poverty_says_nothing"]),
            frozenset(said["poverty_denying"]),
            frozenset(said["poverty_doubtful"]),
            frozenset(said["poverty_linking"]),
            frozenset(said["poverty_belonging"]),
        ),
        coded("sex_words"),
        frozenset(said["head_words"]),
        frozenset(said["adult_words"]),
        frozenset(said["marks"]),
        tuple(said["village_words"]),
        tuple(said["total_words"]),
        tuple(said["closing_words"]),
    )
