"""The record of one invented child: identity, health, schooling, in stored form.

Values agree with each other (age, grade, id, card); the few that do not are planted afterwards, by
`app.services.invented.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.forms.field_types import name_status_of
from app.forms.issues import Value
from app.services.invented.draws import Calendar, Dice, Numbers
from app.services.invented.families import Family
from app.services.invented.names import table, words
from app.services.invented.places import Place

#: Registration of birth is due within 60 days (Luật Hộ tịch 60/2014/QH13 Đ15).
REGISTRATION_DAYS = 60
#: Last grades of primary and lower-secondary school (Luật Giáo dục 2019 Đ28).
LAST_PRIMARY, LAST_LOWER_SECONDARY = 5, 9
_MONTHS_OF_CARD_TE = 72
_SMALL = 60  # months under which weight, height and nutrition are asked
_GIRL = "2"

_RESIDENCE = table([("1", 935), ("2", 30), ("3", 28), ("4", 7)])
_VACCINATION = table([("1", 84), ("2", 12), ("3", 1), ("9", 3)])
_NUTRITION = table(
    [
        ("normal", 84),
        ("underweight", 5),
        ("stunted", 6),
        ("stunted underweight", 3),
        ("wasted", 1),
        ("overweight", 2),
    ]
)
_DISABILITY = table([("1", 30), ("2", 15), ("3", 8), ("4", 14), ("5", 24), ("6", 9), ("2 5", 5)])
_DISABILITY_LEVEL = table([("1", 16), ("2", 54), ("3", 30)])
_DROPOUT_REASON = table(
    [
        ("earning", 30),
        ("economic", 26),
        ("learning", 24),
        ("health", 8),
        ("distance", 5),
        ("other", 7),
    ]
)


@dataclass(slots=True)
class Birth:
    """When and as whom a child was born. `day` is an index of the calendar."""

    day: int
    sex: str
    name: str
    line: int
    order: int
    twin: bool


class ChildMaker:
    """Draws the children of one register."""

    def __init__(self, dice: Dice, numbers: Numbers, calendar: Calendar) -> None:
        self._dice = dice
        self._numbers = numbers
        self._calendar = calendar
        self._whole_name = words("placeholder_boy"), words("placeholder_girl")

    def draw(
        self, place: Place, family: Family, poverty: str, birth: Birth, survey: int
    ) -> dict[str, Value]:
        """All fields of the child record but circumstances and allowance. `survey` is the day of
        the visit as an index of the calendar.
        """
        dice, calendar = self._dice, self._calendar
        random = dice.random
        values: dict[str, Value] = {
            "line_no": birth.line,
            "full_name": birth.name,
            "name_status": "OFFICIAL",
            "birth_date": self._birth_date(birth),
            "sex": birth.sex,
            "ethnicity": family.community.ethnicity,
            "nationality": "VN",
            "relation_to_head": family.relation,
            "birth_order": birth.order,
            "birth_place": dice.pick(place.born),
            "origin_place": place.origin,
            "residence_status": dice.pick(_RESIDENCE),
            "life_status": "ACTIVE",
            **family.for_child,
        }
        if birth.twin:
            values["twin_group"] = 1
        if random() < 0.07:
            values["other_name"] = dice.pick(words("other_name"))
        registered = self._registration(values, place, birth, survey)
        self._health(values, place, birth, poverty, registered=registered)
        self._schooling(values, place, calendar.years[birth.day], calendar.months_old[birth.day])
        return values

    def _birth_date(self, birth: Birth) -> str:
        """Some families know only the month or the year; nobody forgets a birth of this year."""
        text = self._calendar.text[birth.day]
        if birth.day > self._calendar.last - 500 or birth.twin:
            return text
        chance = self._dice.random()
        if chance < 0.012:
            return text[:4]
        return text[:7] if chance < 0.03 else text

    def _registration(
        self, values: dict[str, Value], place: Place, birth: Birth, survey: int
    ) -> bool:
        dice = self._dice
        random = dice.random
        newborn = survey - birth.day <= REGISTRATION_DAYS
        registered = random() < (0.55 if newborn else 0.988)
        if not registered:
            values["birth_registered"] = "2"
            if newborn and random() < 0.6:
                name = dice.pick(self._whole_name[birth.sex == _GIRL])
                values["full_name"] = name
                values["name_status"] = name_status_of(name)
            return False
        values["birth_registered"] = "1"
        year = self._calendar.years[birth.day]
        if random() < 0.86:
            values["birth_cert_no"] = f"{1 + dice.below(320)}/{year}"
        if random() < 0.862:
            # One in thirty was registered in another province.
            province = place.id_province if random() < 0.967 else "079"
            values["personal_id"] = self._numbers.personal_id(
                province, year, woman=birth.sex == _GIRL
            )
        return True

    def _health(
        self,
        values: dict[str, Value],
        place: Place,
        birth: Birth,
        poverty: str,
        *,
        registered: bool,
    ) -> None:
        dice, months = self._dice, self._calendar.months_old[birth.day]
        random = dice.random
        insured = registered and random() < 0.95
        values["has_bhyt"] = "1" if insured else "2"
        if insured and random() < 0.93:
            number = self._numbers.insurance(place.card_province)
            values["bhyt_number"] = self._card(months, poverty) + place.card_province + number
            if random() < 0.85:
                values["bhxh_number"] = number
        if months < 72:
            values["vaccination_status"] = dice.pick(_VACCINATION)
        if random() < (0.95 if months < 72 else 0.8):
            values["birth_weight_g"] = 2300 + 50 * int(16 * (random() + random()))
        if months < _SMALL and months > 0:
            self._growth(values, months)
        if random() < 0.011:
            values["disability_types"] = list(dice.pick(_DISABILITY).split(" "))
            values["disability_level"] = dice.pick(_DISABILITY_LEVEL)
            if random() < 0.9:
                values["disability_cert_no"] = f"{1 + dice.below(90):02d}/{self._year_of_paper()}"
        if random() < 0.004:
            values["serious_disease"] = dice.pick(words("disease"))

    def _card(self, months: int, poverty: str) -> str:
        """Object code and benefit digit of the printed card (domain.md 3.2)."""
        if months < _MONTHS_OF_CARD_TE:
            return "TE1"
        return {"1": "HN2", "2": "CN3"}.get(poverty, "HS4")

    def _growth(self, values: dict[str, Value], months: int) -> None:
        """Weight and height near the median of the age, as decimals in text form."""
        dice = self._dice
        kilograms = 3.4 + months * 0.75 if months < 7 else 8.1 + (months - 7) * 0.185
        centimetres = 50 + months * 2.6 if months < 7 else 68 + (months - 7) * 0.74
        nutrition = dice.pick(_NUTRITION)
        factor = 0.93 + 0.14 * dice.random()
        weight = kilograms * factor * (0.8 if "underweight" in nutrition else 1.0)
        height = centimetres * (0.97 + 0.06 * dice.random())
        height *= 0.95 if "stunted" in nutrition else 1.0
        values["weight_kg"] = f"{weight:.1f}".removesuffix(".0")
        values["height_cm"] = f"{height:.0f}"
        values["nutrition_status"] = nutrition.split(" ")

    def _year_of_paper(self) -> int:
        return self._calendar.reference.year - self._dice.below(4)

    def _schooling(self, values: dict[str, Value], place: Place, year: int, months: int) -> None:
        dice = self._dice
        random = dice.random
        # Expected grade = start of the school year − birth year − 5 (domain.md 4.3).
        expected = self._calendar.school_year - year - 5
        if expected < 1:
            if months >= 36 and random() < 0.93:
                self._attends(values, place, "kindergarten", None)
            elif 6 <= months < 36 and random() < 0.28:
                self._attends(values, place, "nursery", None)
            else:
                values["schooling_status"] = "0"
            return
        chance = random()
        if chance < 0.003:
            values["schooling_status"] = "3"
        elif expected > LAST_LOWER_SECONDARY and chance < 0.06:
            self._finished(values, place, learns=chance < 0.02)
        elif expected >= LAST_PRIMARY and chance < 0.004 + 0.004 * (expected - 3):
            self._left(values, expected)
        else:
            grade = expected - 1 if expected > 1 and random() < 0.03 else expected
            self._attends(values, place, self._level(grade), grade)

    def _attends(
        self, values: dict[str, Value], place: Place, level: str, grade: int | None
    ) -> None:
        values["schooling_status"] = "1"
        values["education_level"] = level
        if self._dice.random() < 0.96:
            values["school_name"] = self._dice.pick(place.schools[level])
        if grade is not None:
            values["grade"] = grade

    @staticmethod
    def _level(grade: int) -> str:
        if grade <= LAST_PRIMARY:
            return "primary"
        return "lower_secondary" if grade <= LAST_LOWER_SECONDARY else "upper_secondary"

    def _finished(self, values: dict[str, Value], place: Place, *, learns: bool) -> None:
        values["schooling_status"] = "5" if learns else "4"
        values["highest_grade_completed"] = LAST_LOWER_SECONDARY
        if learns:
            values["education_level"] = "continuing"
            values["school_name"] = self._dice.pick(place.schools["continuing"])

    def _left(self, values: dict[str, Value], expected: int) -> None:
        dice = self._dice
        missed = 1 + dice.below(min(3, expected - 2))
        values["schooling_status"] = "2"
        values["highest_grade_completed"] = max(expected - missed - 1, 0)
        values["dropout_date"] = self._calendar.month_before((missed - 1) * 12 + 1 + dice.below(10))
        values["dropout_reason"] = dice.pick(_DROPOUT_REASON)
