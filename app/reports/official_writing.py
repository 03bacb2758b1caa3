"""How official documents write numbers, sizes, dates and hours; blanks are dots for the pen.

Sentences come from the caller's texts; nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

_TWO_DIGITS = 10
_KILO = 1024


def counted(number: int) -> str:
    """A count in running text: groups of three parted by points, one digit led by 0 (05)."""
    if 0 < number < _TWO_DIGITS:
        return f"0{number}"
    return grouped_number(number)


def grouped_number(number: int) -> str:
    """A number in groups of three parted by points: 271.707."""
    return f"{number:,}".replace(",", ".")


def first_capital(name: str) -> str:
    """A name as it begins a line: "xã Ba Tơ" as "Xã Ba Tơ"."""
    return name[:1].upper() + name[1:]


def file_size(size: int) -> str:
    """Bytes in the largest unit that leaves at least 1, one decimal after a comma: 1,2 MB."""
    if size < _KILO:
        return f"{size} byte"
    value, unit = size / _KILO, "KB"
    for larger in ("MB", "GB"):
        if value < _KILO:
            break
        value, unit = value / _KILO, larger
    return f"{value:.1f}".replace(".", ",") + f" {unit}"


def two_digits(number: int) -> str:
    """A number of at least two digits: 05, 12."""
    return f"{number:02d}"


def written_month(month: int) -> str:
    """Months 1 and 2 are led by 0, the others not (Decree 30/2020/ND-CP annex I part II.4)."""
    return f"0{month}" if month <= 2 else str(month)


def written_date(day: date | None, texts: Mapping[str, str]) -> str:
    """A date in words, or its blanks (Decree 30/2020/ND-CP annex I part II.4: leading zeros)."""
    if day is None:
        return texts["date.blank"]
    return texts["date"].format(
        day=two_digits(day.day), month=written_month(day.month), year=day.year
    )


def written_hour(moment: datetime | None, texts: Mapping[str, str]) -> str:
    """Hour and minute in words, or their blanks. `moment` is local time."""
    if moment is None:
        return texts["hour.blank"]
    return texts["hour"].format(hour=two_digits(moment.hour), minute=two_digits(moment.minute))
