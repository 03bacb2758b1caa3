"""Children of an invented register who are written into it a second time, by another hand.

As it happens (domain.md 9 item 8): under the grandparents' household, at a temporary residence, in
the commune a family moved to; one child of a family or all of them. The second hand leaves marks
out, writes what it hears, drops a middle name, does not know the day, calls the mother by her
husband's name. Which record is whose is known, so that a search for them can be judged.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from app.forms.issues import Value
from app.services.invented.draws import Dice, Numbers
from app.services.invented.names import communities, table, word_list
from app.services.invented.register import InventedChild, InventedHousehold
from app.text.fold import fold
from app.text.spelling import HOOK, TILDE

Values = dict[str, Value]

#: Where the second record stands.
GRANDPARENTS, TEMPORARY, MOVED, WHOLE_FAMILY = "grandparents", "temporary", "moved", "family"
_WHERE = table([(GRANDPARENTS, 30), (TEMPORARY, 30), (MOVED, 25), (WHOLE_FAMILY, 15)])
#: Of a hundred second records how many show each slip; they are drawn apart, so several meet.
_NO_MARKS, _CAPITALS, _CHILD_NAME, _PARENT_NAME = 22, 18, 26, 30
_BIRTH, _ID_KEPT, _PHONE, _YEARS, _HEAD = 34, 6, 45, 42, 45
_HEARD = (("tr", "ch"), ("ch", "tr"), ("s", "x"), ("x", "s"), ("gi", "d"), ("d", "gi"))


def doubled(
    households: Iterable[InventedHousehold], seed: int, share: float = 0.02
) -> Iterator[tuple[InventedHousehold, dict[str, str]]]:
    """The households as they are, and between them those that hold second records; with each the
    key of the child that each of its children is (empty for a household that is none).

    `share` of the children are written twice. Second records come after the first, in some commune
    of the households that passed before.
    """
    writer = _Second(Dice(seed), share)
    for one in households:
        yield one, {}
        yield from writer.write(one)


def _called() -> str:
    """How one calls a woman by her husband's name."""
    (word,) = word_list("called_by_husband")
    return word


class _Second:
    def __init__(self, dice: Dice, share: float) -> None:
        self._dice = dice
        self._numbers = Numbers(dice)
        self._share = share
        self._places: list[tuple[str, str, str]] = []
        self._count = 0

    def write(self, one: InventedHousehold) -> Iterator[tuple[InventedHousehold, dict[str, str]]]:
        dice = self._dice
        place = (one.commune, one.district, one.village)
        if not self._places or self._places[-1] != place:
            self._places.append(place)
        named = [child for child in one.children if child.values.get("full_name")]
        for child in named:
            if dice.random() >= self._share:
                continue
            where = dice.pick(_WHERE)
            copied = named if where == WHOLE_FAMILY else [child]
            yield self._household(one, copied, where)

    def _household(
        self, one: InventedHousehold, copied: Sequence[InventedChild], where: str
    ) -> tuple[InventedHousehold, dict[str, str]]:
        dice = self._dice
        self._count += 1
        commune, district, village = (
            (one.commune, one.district, one.village)
            if where == GRANDPARENTS and dice.below(3)
            else self._places[dice.below(len(self._places))]
        )
        hand = Hand(dice)
        values = dict(one.values)
        values["household_no"] = f"{900 + self._count}"
        if where == GRANDPARENTS or dice.below(100) < _HEAD:
            values["head_name"] = hand.name(str(values.get("head_name") or ""))
        if dice.below(100) < _PHONE:
            values["phone"] = self._numbers.phone()
        children, truth = [], {}
        for child in copied:
            key = dice.key()
            truth[key] = child.key
            children.append(replace(child, key=key, values=hand.child(child.values)))
        made = InventedHousehold(dice.key(), commune, district, village, values, tuple(children))
        return made, truth


class Hand:
    """How one second writer writes: the same of all names of one household."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._no_marks = self._chance(_NO_MARKS)
        self._capitals = self._chance(_CAPITALS)

    def _chance(self, percent: int) -> bool:
        return self._dice.below(100) < percent

    def child(self, first: Values) -> Values:
        values = dict(first)
        if self._chance(_CHILD_NAME):
            values["full_name"] = self._slip(str(values["full_name"]), child=True)
        for parent in ("father", "mother"):
            self._parent(values, parent)
        if isinstance(values.get("birth_date"), str) and self._chance(_BIRTH):
            values["birth_date"] = self._birth(str(values["birth_date"]))
        if not self._chance(_ID_KEPT):
            values.pop("personal_id", None)
        for name in ("full_name", "father_name", "mother_name"):
            if isinstance(values.get(name), str):
                values[name] = self.name(str(values[name]))
        return values

    def name(self, text: str) -> str:
        text = _without_marks(text) if self._no_marks else text
        return text.upper() if self._capitals else text

    def _parent(self, values: Values, parent: str) -> None:
        name = values.get(f"{parent}_name")
        if isinstance(name, str) and self._chance(_PARENT_NAME):
            drawn = self._dice.below(10)
            husband = values.get("father_name")
            if drawn < 3:
                values.pop(f"{parent}_name")
            elif drawn < 5 and parent == "mother" and isinstance(husband, str):
                values["mother_name"] = f"{_called()} {husband.split()[-1]}"
            else:
                values[f"{parent}_name"] = self._slip(name, child=False)
        year = values.get(f"{parent}_birth_year")
        if year is not None and self._chance(_YEARS):
            if self._dice.below(2):
                values.pop(f"{parent}_birth_year")
            elif isinstance(year, int):
                values[f"{parent}_birth_year"] = year + 1 - 2 * self._dice.below(2)

    def _slip(self, name: str, *, child: bool) -> str:
        words, dice = name.split(), self._dice
        ways: tuple[Callable[[list[str]], list[str]], ...] = (
            self._drop_middle,
            self._add_middle,
            self._heard,
            self._lose_mark,
            self._left_tone,
            self._shorten,
            self._letter,
        )
        # A slip in a child's own given name is rarer: it is read out and written down twice.
        return " ".join(ways[dice.below(len(ways) - (1 if child and dice.below(3) else 0))](words))

    def _drop_middle(self, words: list[str]) -> list[str]:
        if len(words) < 3:
            return words
        at = 1 + self._dice.below(len(words) - 2)
        return words[:at] + words[at + 1 :]

    def _add_middle(self, words: list[str]) -> list[str]:
        more = self._dice.pick(communities()["kinh"].middles["girl"])
        return [*words[:-1], more, words[-1]] if len(words) > 1 else words

    def _heard(self, words: list[str]) -> list[str]:
        at = self._dice.below(len(words))
        word = words[at]
        for written, heard in _HEARD:
            if word.lower().startswith(written):
                said = heard + word[len(written) :]
                return [*words[:at], said[0].upper() + said[1:], *words[at + 1 :]]
        return words

    def _lose_mark(self, words: list[str]) -> list[str]:
        at = self._dice.below(len(words))
        return [*words[:at], _without_marks(words[at]), *words[at + 1 :]]

    def _left_tone(self, words: list[str]) -> list[str]:
        parts = unicodedata.normalize("NFD", " ".join(words))
        for written, heard in ((HOOK, TILDE), (TILDE, HOOK)):
            if written in parts:
                return unicodedata.normalize("NFC", parts.replace(written, heard, 1)).split()
        return words

    def _shorten(self, words: list[str]) -> list[str]:
        return [f"{words[0][0]}.", *words[1:]] if len(words) > 1 else words

    def _letter(self, words: list[str]) -> list[str]:
        at = self._dice.below(len(words))
        word = words[at]
        if len(word) < 3:
            return words
        spot = 1 + self._dice.below(len(word) - 1)
        drawn = self._dice.below(3)
        if drawn == 0:
            word = word[:spot] + word[spot] + word[spot:]
        elif drawn == 1 and spot + 1 < len(word):
            word = word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
        else:
            word = word[:spot] + word[spot + 1 :]
        return [*words[:at], word, *words[at + 1 :]]

    def _birth(self, text: str) -> str:
        dice = self._dice
        if len(text) < 10:
            return text[:4]
        year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
        drawn = dice.below(6)
        if drawn == 0:
            return text[:4]
        if drawn == 1:
            return f"{year}-01-01"
        if drawn == 2 and day <= 12:
            return f"{year}-{day:02d}-{month:02d}"
        if drawn == 3:
            return f"{year + 1 - 2 * dice.below(2)}-{month:02d}-{min(day, 28):02d}"
        if drawn == 4:
            return f"{year}-{1 + dice.below(12):02d}-{min(day, 28):02d}"
        return f"{year}-{month:02d}-{1 + dice.below(28):02d}"


def _without_marks(word: str) -> str:
    plain = fold(word).split()
    kept = word.split()
    return " ".join(
        one.capitalize() if was[:1].isupper() else one
        for one, was in zip(plain, kept, strict=False)
    )
