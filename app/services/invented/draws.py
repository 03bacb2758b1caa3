"""What every invented record is drawn with: dice, a calendar, numbers that never repeat.

Only `Random.random` and `Random.getrandbits` are used: their streams are the same in every Python
version, so a seed gives the same register everywhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from app.forms.code_lists import load_code_list
from app.services.invented.names import BITS, Table, table

#: Children leave the register on their sixteenth birthday (Luật Trẻ em 102/2016/QH13 Đ1).
LEAVING_AGE = 16
#: Odd and not divisible by 5, so that multiples run through all endings before repeating one.
_STRIDE_6 = 381_407
_STRIDE_8 = 48_271_639


class Dice:
    """Draws from one seeded stream."""

    __slots__ = ("_bits", "random", "stream")

    def __init__(self, seed: int) -> None:
        self.stream = Random(seed)
        self.random = self.stream.random
        self._bits = self.stream.getrandbits

    def pick(self, words: Table) -> str:
        """One word of a drawing table."""
        return words[self._bits(BITS)]

    def below(self, count: int) -> int:
        """A number from 0 to count − 1."""
        return int(self.random() * count)

    def key(self) -> str:
        """16 hexadecimal digits."""
        return f"{self._bits(64):016x}"


class Calendar:
    """The days on which a child of the register may be born, by index; the last is the reference
    date. Index 0 is the first day whose children are still under 16 on the reference date.
    """

    __slots__ = ("days", "last", "months_old", "reference", "school_year", "text", "years")

    def __init__(self, reference: date) -> None:
        self.reference = reference
        first = _years_before(reference, LEAVING_AGE) + timedelta(days=1)
        self.days = (reference - first).days + 1
        self.last = self.days - 1
        dates = [first + timedelta(days=index) for index in range(self.days)]
        self.text = [day.isoformat() for day in dates]
        self.years = [day.year for day in dates]
        self.months_old = [_months_between(day, reference) for day in dates]
        # The school year runs from September to May (domain.md 4.3).
        self.school_year = reference.year - (reference.month < 9)

    def month_before(self, months: int) -> str:
        """The month that lies `months` before the reference date, as `YYYY-MM`."""
        count = self.reference.year * 12 + self.reference.month - 1 - months
        return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: the birthday is on 28 February in other years
        return day.replace(year=day.year - years, day=28)


def _months_between(born: date, today: date) -> int:
    months = (today.year - born.year) * 12 + today.month - born.month
    return months - (today.day < born.day)


class Numbers:
    """Personal ids, insurance numbers and telephones, none given twice in one run (but phones)."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._next: dict[str, int] = {}
        self._offset_8 = dice.below(10**8)
        self._cards = 0
        prefixes = [
            (item.code, 5.0 if item.label_vi == "Viettel" else 1.5)
            for item in load_code_list("phone_prefixes")
        ]
        self._prefixes = table(prefixes)

    def personal_id(self, province: str, year: int, *, woman: bool) -> str:
        """PPP G YY NNNNNN: province of birth registration, century and sex, year, number
        (NĐ 137/2015/NĐ-CP Đ13). G is 0/1 for the 1900s, 2/3 for the 2000s, odd for women.
        """
        century_sex = (year // 100 - 19) * 2 + woman
        stem = f"{province}{century_sex}{year % 100:02d}"
        number = self._next.get(stem)
        if number is None:
            number = self._dice.below(10**6)
        self._next[stem] = (number + _STRIDE_6) % 1_000_000
        return f"{stem}{number:06d}"

    def insurance(self, province: str) -> str:
        """The ten digits of a social-insurance number."""
        self._cards += 1
        number = (self._offset_8 + self._cards * _STRIDE_8) % 100_000_000
        return f"{province}{number:08d}"

    def phone(self) -> str:
        """A ten-digit mobile number of today's prefixes."""
        return f"{self._dice.pick(self._prefixes)}{self._dice.below(10**7):07d}"
