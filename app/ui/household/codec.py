"""Between a field's text on the screen and its stored value.

A code is shown with its number («1 · Nam») where people know the number; a reference by the name of
the record it names. A short list without such numbers is chosen from by the place in it that it
shows while it is open; the place is never stored. What a person types is never rewritten here:
reading judges, showing is for a field that nobody is typing in. Knows no widget.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app import i18n
from app.forms.code_lists import CodeItem, CodeList, load_code_list, lookup_key
from app.forms.field_types import FieldProblem, Language, field_type
from app.forms.issues import Value
from app.forms.schema import Field, codes_of
from app.services.entry import Choice
from app.text.fold import fold
from app.text.normalize import clean
from app.text.spelling import may_be_one, may_begin, spelling

#: Suggestions offered at a time of a long list; a list up to the second length is offered whole,
#: before anything is typed.
MOST_SUGGESTIONS = 9
SHORT_LIST = 12
_SEPARATOR = " · "
_NUMBER = re.compile(r"[0-9]{1,3}")
_PUBLIC_CODE = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
_LAST_PIECE = re.compile(r"(?:^|.*;)\s*", re.DOTALL)
_CODED = frozenset(("enum", "code", "multi", "bool"))


class Suggestion(NamedTuple):
    """One line of the list under a field: what is put into the field, and what is shown."""

    text: str
    label: str
    new: bool = False


def language() -> Language:
    """The language of labels, as field types name it."""
    return "en" if i18n.language() == "en" else "vi"


@dataclass(frozen=True, slots=True)
class Codec:
    """One field's reading and showing. `choices` are what a reference may name."""

    field: Field
    choices: tuple[Choice, ...] = ()
    year: int = 2049

    @property
    def is_coded(self) -> bool:
        """Whether a list opens under the field."""
        return self.field.type in _CODED or bool(self.choices) or self.is_village

    @property
    def is_village(self) -> bool:
        """Whether an unknown name may be added to the list: the commune's own list of villages."""
        return self.field.type == "ref" and self.field.name == "village"

    def parse(self, text: str) -> Value:
        """The stored value of a text. Raises FieldProblem."""
        if self.field.type == "ref" and (self.choices or self.is_village):
            return self._reference(text)
        kind = field_type(self.field, self.year)
        if self.field.type in ("enum", "code") and _SEPARATOR in text:
            head = text.partition(_SEPARATOR)[0].strip()
            if _NUMBER.fullmatch(head) or _PUBLIC_CODE.fullmatch(head):
                return kind.parse(head)
        chosen = self._by_place(text.strip())
        return kind.parse(text) if chosen is None else chosen.code

    def _by_place(self, typed: str) -> CodeItem | None:
        """The line of a short list without numbers of its own that a typed number means."""
        items = self._counted()
        if items is None or not _NUMBER.fullmatch(typed):
            return None
        place = int(typed)
        return items.items[place - 1] if 0 < place <= len(items) else None

    def _counted(self) -> CodeList | None:
        """The list whose lines are counted: short, one choice, and no number in it that people
        know. Who types 1 for the first level of schools means no place in a list.
        """
        if self.field.type not in ("enum", "code"):
            return None
        items = self._list()
        if items is None or len(items) > SHORT_LIST:
            return None
        return None if any(map(_speaks_of_numbers, items)) else items

    def _reference(self, text: str) -> Value:
        wanted = fold(clean(text))
        if not wanted:
            return None
        typed = clean(text)
        begun = [one for one in self.choices if _called(one).startswith(wanted)]
        found = (
            [one for one in begun if spelling(one.label) == spelling(typed)]
            or [one for one in begun if may_be_one(one.label, typed)]
            or [one for one in begun if may_begin(one.label, typed)]
        )
        if len(found) == 1:
            return found[0].id
        if found:
            raise FieldProblem("forms.problem.code_ambiguous", count=len(found))
        if self.is_village:
            raise FieldProblem("entry.village_unknown")
        raise FieldProblem("forms.problem.code_unknown")

    def problem_of(self, stored: Value) -> FieldProblem | None:
        """Why the field cannot hold a stored value; None when it can."""
        return None if self.field.type == "ref" else field_type(self.field, self.year).check(stored)

    def show(self, value: Value) -> str:
        """The text of a value."""
        if value is None:
            return ""
        if self.field.type == "ref":
            return next((one.label for one in self.choices if one.id == value), str(value))
        items = self._list()
        if items is not None and isinstance(value, str):
            if value not in items:
                return value  # nobody could read it: shown as it was written
            label = items.label(value, language())
            return f"{value}{_SEPARATOR}{label}" if _NUMBER.fullmatch(value) else label
        if items is not None and isinstance(value, list) and all(map(_PUBLIC_CODE.match, value)):
            return "; ".join(value)
        return field_type(self.field, self.year).format(value, language())

    def suggestions(self, text: str) -> list[Suggestion]:
        """What the text may become, the best first."""
        if self.field.type == "ref":
            return self._references(text)
        items = self._list()
        if items is None:
            return []
        if self.field.type == "multi":
            return self._of_several(items, text)
        found = items.complete("" if _SEPARATOR in text else text)
        exact = self._by_place(text.strip())
        if exact is None and text.strip():
            exact = items.find(text)
        ordered = [exact, *(one for one in found if one is not exact)] if exact else list(found)
        most = SHORT_LIST if len(items) <= SHORT_LIST else MOST_SUGGESTIONS
        if self._counted() is None:
            return [self._line(one) for one in ordered[:most]]
        places = {one.code: place for place, one in enumerate(items, start=1)}
        return [
            self._line(one)._replace(label=f"{places[one.code]}{_SEPARATOR}{one.label(language())}")
            for one in ordered[:most]
        ]

    def _of_several(self, items: CodeList, text: str) -> list[Suggestion]:
        match = _LAST_PIECE.match(text)
        kept = text[: match.end()] if match is not None else ""
        taken = {lookup_key(piece) for piece in kept.split(";")}
        found = [
            one
            for one in items.complete(text[len(kept) :])
            if lookup_key(one.code) not in taken and lookup_key(one.label(language())) not in taken
        ]
        lead = kept.rstrip() + " " if kept.strip() else ""
        return [
            Suggestion(lead + self._written(one), self._line(one).label)
            for one in found[:MOST_SUGGESTIONS]
        ]

    def _written(self, item: CodeItem) -> str:
        return item.code if _PUBLIC_CODE.fullmatch(item.code) else item.label(language())

    def _line(self, item: CodeItem) -> Suggestion:
        label = item.label(language())
        if _has_number(item.code):
            whole = f"{item.code}{_SEPARATOR}{label}"
            return Suggestion(whole, whole)
        return Suggestion(label, label)

    def _references(self, text: str) -> list[Suggestion]:
        wanted = fold(clean(text))
        names = [(one, _called(one)) for one in self.choices]
        begun = (one for one, name in names if name.startswith(wanted))
        starts = [one for one in begun if may_begin(one.label, clean(text))]
        others = [one for one, name in names if name.startswith(wanted) and one not in starts]
        inside = [one for one, name in names if wanted in name and not name.startswith(wanted)]
        lines = [Suggestion(one.label, one.label) for one in starts + inside]
        known = any(may_be_one(one.label, clean(text)) for one in starts)
        if self.is_village and wanted and not known:
            name = clean(text)
            # Among others it is no line that a mistyped name becomes by Enter alone.
            said = "entry.add_village_by_keys" if self.choices else "entry.add_village"
            lines = lines[:MOST_SUGGESTIONS]
            lines.append(Suggestion(name, i18n.text(said, name=name), new=True))
        # Villages with a longer number or another mark are other ones: Enter takes none of them.
        return (lines + [Suggestion(one.label, one.label) for one in others])[
            : MOST_SUGGESTIONS + 1
        ]

    def _list(self) -> CodeList | None:
        if self.field.type == "bool":
            return load_code_list("yes_no")
        return codes_of(self.field)

    def short_labels(self) -> list[str]:
        """How the values of a short list are shown; empty for a long list."""
        items = self._list()
        if items is None or len(items) > SHORT_LIST:
            return []
        return [self._line(one).label for one in items]

    def opens_at_once(self) -> bool:
        """Whether the whole list is short enough to be offered before anything is typed."""
        items = self._list()
        if self.field.type == "ref":
            return 0 < len(self.choices) <= SHORT_LIST
        return items is not None and len(items) <= SHORT_LIST


def _called(choice: Choice) -> str:
    return choice.folded or fold(choice.label)


def _speaks_of_numbers(item: CodeItem) -> bool:
    names = (item.label_vi, item.label_en, *item.aliases)
    return _has_number(item.code) or any(map(str.isdigit, "".join(names)))


def _has_number(code: str) -> bool:
    return bool(_NUMBER.fullmatch(code) or _PUBLIC_CODE.fullmatch(code))


def resolve(codec: Codec, text: str, chosen: Sequence[Suggestion], row: int) -> str:
    """The text a field takes when a person goes on from it.

    What can be read stays as typed; a text that several items fit becomes the highlighted one.
    """
    try:
        codec.parse(text)
    except FieldProblem:
        if 0 <= row < len(chosen) and not chosen[row].new:
            return chosen[row].text
    return text
