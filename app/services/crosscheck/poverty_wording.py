"""What a text says of the poverty status of a household: one status, none, or nothing sure.

`Hộ thoát cận nghèo` and `Không thuộc hộ nghèo` hold the word for poor and mean the opposite;
`Hộ nghèo, cận nghèo` holds two. A status is taken only where a text leaves no choice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.forms.code_lists import lookup_key

#: A text speaks of poverty, and a person has to say what it means.
UNCLEAR = "?"
NOT_POOR = "0"
_CLAUSES = re.compile(r"[,;:/+()\n–]|\s-\s")


@dataclass(frozen=True, slots=True)
class PovertyWording:
    """Words as `lookup_key` folds them. `statuses`: word → code of `poverty_status`; `nothing`:
    phrases with the word for poor that say nothing of a household; `denying` words make the status
    behind them none, `doubtful` words make any status in their clause unsure; `linking` words may
    stand between a denying word and the status it denies; `belonging` ones carry it over commas.
    """

    statuses: Mapping[str, str]
    nothing: tuple[str, ...]
    denying: frozenset[str]
    doubtful: frozenset[str]
    linking: frozenset[str]
    belonging: frozenset[str]

    def of(self, text: str) -> str:
        """The code that a text means, "" where it speaks of none, UNCLEAR where it may mean two."""
        whole = lookup_key(text)
        if whole in self.statuses:
            return self.statuses[whole]
        found: set[str] = set()
        denied = False
        for clause in _CLAUSES.split(text):
            said, denied = self._clause(lookup_key(clause), denied=denied)
            found |= said
        return next(iter(found), "") if len(found) < 2 else UNCLEAR

    def says_only(self, text: str) -> bool:
        """Whether nothing but a status stands there, so that a tick under it means the status."""
        code = self.of(text)
        _before, words = self._marked(lookup_key(text))
        return code not in ("", UNCLEAR) and all(
            one in self.linking or one in self.denying or one.isdigit() or one in self.statuses
            for one in words
        )

    def _clause(self, key: str, *, denied: bool) -> tuple[set[str], bool]:
        """The statuses of a clause, and whether what follows the comma is denied as well."""
        if key in self.statuses:
            code = self.statuses[key]
            return {NOT_POOR if denied and code in ("1", "2") else code}, denied
        places, words = self._marked(key)
        if not places:
            return set(), False
        if self.doubtful.intersection(words):
            return {UNCLEAR}, False
        found: set[str] = set()
        before: Sequence[str] = ()
        start = 0
        carried = denied and all(one in self.linking or one in self.statuses for one in words)
        for at in places:
            before = words[start:at]
            code = self.statuses[words[at]]
            deniers = [one for one in before if one in self.denying]
            if deniers:
                behind = before[before.index(deniers[0]) + 1 :]
                # What is denied twice (`chưa thoát nghèo`) nobody guesses.
                direct = code != NOT_POOR and all(one in self.linking for one in behind)
                found.add(NOT_POOR if direct else UNCLEAR)
                carried = direct and bool(
                    self.belonging.intersection([*behind, *words[at].split()])
                )
            elif carried and all(one in self.linking for one in before):
                found.add(NOT_POOR)
            else:
                found.add(code)
                carried = False
            start = at + 1
        return found, carried

    def _marked(self, key: str) -> tuple[list[int], list[str]]:
        """The words of a key with each status as one word, and the places of those."""
        padded = f" {key} "
        for phrase in self.nothing:
            padded = padded.replace(f" {phrase} ", " ")
        words: list[str] = []
        places: list[int] = []
        split = padded.split()
        # The longest first: every near-poor household has the word for poor in its name.
        known = sorted((one.split() for one in self.statuses if len(one) > 3), key=len)[::-1]
        at = 0
        while at < len(split):
            met = next((one for one in known if split[at : at + len(one)] == one), None)
            if met is not None and " ".join(met) not in self.denying:
                places.append(len(words))
                words.append(" ".join(met))
                at += len(met)
            else:
                words.append(split[at])
                at += 1
        return places, words
