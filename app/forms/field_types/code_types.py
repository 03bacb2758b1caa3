"""Fields whose value is one code, or several codes, of a list.

A clerk types the code, the name, the name without marks, or enough of it to be the only one.
Refuses to choose between two candidates.
"""

from __future__ import annotations

import re
from itertools import pairwise

from app.forms.code_lists import CodeItem, CodeList, lookup_key
from app.forms.field_types.base import FieldProblem, Language, TypedField
from app.forms.issues import Value
from app.text.normalize import clean


class CodeType(TypedField[str]):
    """One code of a list."""

    kind = str

    def __init__(self, code_list: CodeList, allowed: tuple[str, ...] = ()) -> None:
        self.list = code_list
        self.codes = frozenset(allowed or code_list.codes)
        # Labels that two items share, or that hold the separator, are shown behind their code.
        self._behind_code = {
            (item.code, language): f"{item.code} {item.label(language).replace(';', ',')}"
            for item in code_list
            for language in ("vi", "en")
            if ";" in item.label(language) or code_list.find(item.label(language)) is not item
        }
        self._by_shown = {lookup_key(text): key[0] for key, text in self._behind_code.items()}

    def parse(self, text: str) -> Value:
        text = clean(text)
        return self.code_of(text) if text else None

    def code_of(self, text: str) -> str:
        """The one code that the text means. Raises FieldProblem when there is none or several."""
        item = self.list.find(text)
        if item is None and text.isascii() and text.isdigit():
            item = self._padded(text)
        if item is None:
            item = self.list.get(self._by_shown.get(lookup_key(text), ""))
        if item is None:
            item = self._only_completion(text)
        if item.code not in self.codes:
            raise FieldProblem("forms.problem.code_unknown")
        return item.code

    def _padded(self, digits: str) -> CodeItem | None:
        """`1` for `01`: the list's numbers may be written with leading zeros."""
        found = [i for i in self.list if i.code.isdigit() and int(i.code) == int(digits)]
        return found[0] if len(found) == 1 else None

    def _only_completion(self, text: str) -> CodeItem:
        key = lookup_key(text)
        found = [
            item
            for item in (self.list.complete(text) if key else ())
            if item.code in self.codes
            and any(
                lookup_key(word).startswith(key)
                for word in (item.label_vi, item.label_en, *item.aliases)
            )
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise FieldProblem("forms.problem.code_ambiguous", count=len(found))
        raise FieldProblem("forms.problem.code_unknown")

    def check(self, stored: Value) -> FieldProblem | None:
        # Asked for every coded field of every record: one look into a set.
        if stored is None or (type(stored) is str and stored in self.codes):
            return None
        if type(stored) is not str:
            return FieldProblem("forms.problem.kind")
        return FieldProblem("forms.problem.code_unknown")

    def judge(self, stored: str) -> FieldProblem | None:
        return None if stored in self.codes else FieldProblem("forms.problem.code_unknown")

    def show(self, stored: str, language: Language) -> str:
        return self._behind_code.get((stored, language)) or self.list.label(stored, language)


_HARD = re.compile(r"\s*[;\n]\s*")
_SOFT = re.compile(r"\s*[;,\n]\s*|\s+")


class MultiType(TypedField[list[str]]):
    """Several codes, sorted, each once. An empty answer is None: nothing was said.

    Items are separated by semicolons; codes and short names by commas or blanks too, as far as no
    item's own name holds the comma («Nghe, nói»).
    """

    kind: type[list[str]] = list

    def __init__(self, code_list: CodeList, allowed: tuple[str, ...] = ()) -> None:
        self.one = CodeType(code_list, allowed)

    def parse(self, text: str) -> Value:
        pieces = [piece for piece in _HARD.split(text.strip()) if clean(piece)]
        codes = {code for piece in pieces for code in self._codes_of(clean(piece))}
        return sorted(codes) or None

    def _codes_of(self, piece: str) -> list[str]:
        try:
            return [self.one.code_of(piece)]
        except FieldProblem:
            for split in (re.compile(r"\s*,\s*"), _SOFT):
                parts = [part for part in split.split(piece) if part]
                if len(parts) > 1:
                    found = self._each(parts)
                    if found is not None:
                        return found
            joined = self._joined(re.split(r"\s*,\s*", piece))
            if joined is not None:
                return joined
            raise

    def _each(self, parts: list[str]) -> list[str] | None:
        codes = [item.code for part in parts if (item := self.one.list.find(part)) is not None]
        return codes if len(codes) == len(parts) and self.one.codes.issuperset(codes) else None

    def _joined(self, parts: list[str]) -> list[str] | None:
        """Read a comma list in which some names hold a comma: the longest name first."""
        codes: list[str] = []
        start = 0
        while start < len(parts):
            for end in range(len(parts), start, -1):
                item = self.one.list.find(", ".join(parts[start:end]))
                if item is not None and item.code in self.one.codes:
                    codes.append(item.code)
                    start = end
                    break
            else:
                return None
        return codes

    def judge(self, stored: list[str]) -> FieldProblem | None:
        if not stored or not self.one.codes.issuperset(stored):
            return FieldProblem("forms.problem.code_unknown")
        if len(stored) > 1 and any(a >= b for a, b in pairwise(stored)):
            return FieldProblem("forms.problem.not_sorted", proposal=sorted(set(stored)))
        return None

    def show(self, stored: list[str], language: Language) -> str:
        return "; ".join([self.one.show(code, language) for code in stored])
