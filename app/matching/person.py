"""What of a record is compared with others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """What of a record is compared, as stored; "" where nothing stands. `birth_date` may be a year
    or a month. `surname` holds the family name of lists that have a column for it: then `name` is
    the given name alone; else the given name is the last word of `name`, as in Vietnamese.
    """

    id: str
    name: str
    birth_date: str = ""
    sex: str = ""
    personal_id: str = ""
    mother: str = ""
    mother_year: str = ""
    father: str = ""
    father_year: str = ""
    head: str = ""
    phone: str = ""
    household: str = ""
    village: str = ""
    unit: str = ""
    address: str = ""
    surname: str = ""
