"""The mistakes of an invented register: two children in a hundred have one, and it is known which.

Every mistake is a value that a real store can hold; text that no field type accepts is not among
them, because it could not have been stored.
"""

from __future__ import annotations

from collections.abc import Callable

from app.forms.issues import Value
from app.services.invented.draws import Dice

#: Share of children with a planted mistake.
ERROR_RATE = 0.02

Values = dict[str, Value]


class ErrorPlanter:
    """Plants mistakes; remembers one id in order to give it twice."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._earlier_id: str | None = None
        self._kinds: tuple[tuple[str, Callable[[Values], bool]], ...] = (
            ("id_year", self._id_year),
            ("id_sex", self._id_sex),
            ("id_twice", self._id_twice),
            ("no_ethnicity", self._no_ethnicity),
            ("no_parent_name", self._no_parent_name),
            ("no_schooling", self._no_schooling),
            ("no_birth_date", self._no_birth_date),
            ("grade_for_age", self._grade_for_age),
            ("allowance_without_category", self._allowance_without_category),
            ("card_too_old", self._card_too_old),
            ("circumstances_not_asked", self._circumstances_not_asked),
        )

    def plant(self, values: Values) -> str | None:
        """With the chance `ERROR_RATE`, spoil one thing and name it; else None."""
        dice = self._dice
        name = None
        if dice.random() < ERROR_RATE:
            first = dice.below(len(self._kinds))
            for step in range(len(self._kinds)):
                kind, spoil = self._kinds[(first + step) % len(self._kinds)]
                if spoil(values):
                    name = kind
                    break
        number = values.get("personal_id")
        if isinstance(number, str) and name is None:
            self._earlier_id = number
        return name

    def _id_year(self, values: Values) -> bool:
        number = values.get("personal_id")
        if not isinstance(number, str):
            return False
        wrong = (int(number[4:6]) + 1 + self._dice.below(3)) % 100
        values["personal_id"] = f"{number[:4]}{wrong:02d}{number[6:]}"
        return True

    def _id_sex(self, values: Values) -> bool:
        number = values.get("personal_id")
        if not isinstance(number, str):
            return False
        values["personal_id"] = f"{number[:3]}{int(number[3]) ^ 1}{number[4:]}"
        return True

    def _id_twice(self, values: Values) -> bool:
        if self._earlier_id is None or "personal_id" not in values:
            return False
        values["personal_id"] = self._earlier_id
        return True

    def _no_ethnicity(self, values: Values) -> bool:
        return values.pop("ethnicity", None) is not None

    def _no_parent_name(self, values: Values) -> bool:
        side = "father" if self._dice.random() < 0.6 else "mother"
        return values.pop(f"{side}_name", None) is not None

    def _no_schooling(self, values: Values) -> bool:
        return values.pop("schooling_status", None) is not None

    def _no_birth_date(self, values: Values) -> bool:
        return values.pop("birth_date", None) is not None

    def _grade_for_age(self, values: Values) -> bool:
        grade = values.get("grade")
        if not isinstance(grade, int) or grade > 7:
            return False
        values["grade"] = grade + 5
        return True

    def _allowance_without_category(self, values: Values) -> bool:
        values["monthly_allowance"] = "1"
        values.pop("allowance_category", None)
        return True

    def _circumstances_not_asked(self, values: Values) -> bool:
        if values["circumstance_answer"] != "none":
            return False
        values["circumstance_answer"] = "not_asked"
        return True

    def _card_too_old(self, values: Values) -> bool:
        card = values.get("bhyt_number")
        if not isinstance(card, str) or card.startswith("TE"):
            return False
        values["bhyt_number"] = f"TE1{card[3:]}"
        return True
