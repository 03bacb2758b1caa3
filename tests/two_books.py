"""A district with two communes, in whose books one child may stand twice."""

from __future__ import annotations

from datetime import date

from app.forms.issues import Value
from app.models.queries import counting
from app.services.workplace import Workplace
from tests.workplaces import write

BINH_THANH, BINH_DONG = "21046@2024", "21049@2024"
UNITS = (BINH_THANH, BINH_DONG)
BASIS = counting.Basis(date(2026, 9, 30))


def child(workplace: Workplace, unit: str, number: str = "12", **values: Value) -> str:
    """A child in a household of its own; without `values` always the same one. Returns its id."""
    home = write(
        workplace, "household", owner_unit=unit, household_no=number, head_name="Đinh Văn Rơ"
    )
    said: dict[str, Value] = {
        "owner_unit": unit,
        "household": home,
        "full_name": "Đinh Thị Hạ",
        "birth_date": "2019-05-01",
        "sex": "2",
        **values,
    }
    return write(workplace, "child", **said)
