"""What a column holds by what stands in it, where its title says nothing. Only proposed: a person
confirms it. Refuses to guess between columns that hold the same kind of thing, as a father's and
a mother's name do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from app.forms.code_lists import lookup_key
from app.forms.field_types import FieldProblem, field_type
from app.services.importing.targets import Role, Target, Titles
from app.services.importing.words import begins_as_village, words

#: So many of the cells have to be of a kind, of at least so many.
_SHARE, _LEAST = 0.8, 2
_PERSONAL_ID = re.compile(r"0?[0-9]{11}")
_PHONE = re.compile(r"(?:0|\+?84)?[ .-]?[1-9](?:[ .-]?[0-9]){8,9}")
_DATE = re.compile(r"[0-9]{1,4}[/.\-][0-9]{1,4}(?:[/.\-][0-9]{1,4})?|20[0-9]{2}")
_NAME = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*(?: [^\W\d_]+(?:['’ʼ-][^\W\d_]+)*){1,6}")
_GIVEN = re.compile(r"[^\W\d_]+")
#: A code that two lists know says nothing of itself.
_CODE = re.compile(r"[0-9]{1,3}")


class Guesses:
    """Guesses for the columns of one table, each field once. `taken` are the names of targets that
    titles explain already.
    """

    def __init__(self, titles: Titles, taken: Collection[str]) -> None:
        self._titles = titles
        self._taken = set(taken)
        self.given = titles.by_name["full_name.given"]
        self._tests: Sequence[tuple[str, Callable[[str], bool]]] = (
            ("personal_id", _is_personal_id),
            ("birth_date", self._is_birth),
            ("household.phone", _is_phone),
            ("sex", self._reads("sex")),
            ("circumstance_codes", _is_group),
            ("village", begins_as_village),
            ("commune_code", _is_commune),
            ("ethnicity", self._reads("ethnicity")),
            ("full_name", _is_name),
        )

    def of(self, texts: Sequence[str]) -> Target | None:
        """What the cells of a column hold; None where they tell nothing or it is taken."""
        if len(texts) < _LEAST:
            return None
        for name, fits in self._tests:
            if sum(map(fits, texts)) >= _SHARE * len(texts):
                target = self._titles.by_name.get(name)
                if target is None or target.name in self._taken or self._is_split(target):
                    return None
                self._taken.add(target.name)
                return target
        return None

    def is_given(self, texts: Sequence[str]) -> bool:
        """Whether the cells hold one word each, as the names do that people are called by."""
        if len(texts) < _LEAST:
            return False
        return sum(1 for one in texts if _GIVEN.fullmatch(one)) >= _SHARE * len(texts)

    def family_of(self, target: Target | None) -> Target | None:
        """The part that is left of the name where its last word stands beside; None of others."""
        whole = self._titles.by_name["full_name"]
        if target is None or target.name != whole.name:
            return None
        return self._titles.by_name["full_name.family"]

    def _is_split(self, target: Target) -> bool:
        """Whether the file has the field in parts."""
        return any(one.startswith(f"{target.name}.") for one in self._taken)

    def _is_birth(self, text: str) -> bool:
        return _DATE.fullmatch(text) is not None and self._reads("birth_date")(text)

    def _reads(self, name: str) -> Callable[[str], bool]:
        target = self._titles.by_name[name]
        if target.role is not Role.FIELD or target.field is None:
            return lambda _text: False
        reader = field_type(target.field)

        def reads(text: str) -> bool:
            if _CODE.fullmatch(text):
                return False
            try:
                return reader.parse(text) is not None
            except FieldProblem:
                return False

        return reads


def _is_personal_id(text: str) -> bool:
    return _PERSONAL_ID.fullmatch(re.sub(r"[ .]", "", text)) is not None


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def _is_commune(text: str) -> bool:
    return bool(words("communes").after(text))


def _is_group(text: str) -> bool:
    return (
        re.fullmatch(r"[CRK][0-9]{2}(?:\.[0-9]+)?(?:\s*[;,]\s*[CRK][0-9]{2}.*)*", text) is not None
    )


def _is_name(text: str) -> bool:
    """Two words or more, each with a capital: no address and no remark."""
    return (
        _NAME.fullmatch(text) is not None
        and all(word[0].isupper() for word in text.split(" "))
        and bool(lookup_key(text))
    )
