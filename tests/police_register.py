"""A commune with children for each list of the police, and a pen that fills their workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.forms.issues import Value
from app.models.queries import register
from app.models.work import Change
from app.reports.document_texts import document_texts
from app.services.checks import Checks
from app.services.police.answers import PoliceAnswers
from app.services.police.gathering import Gathering
from app.services.police.issuing import PoliceLists
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, write

#: Nothing is amiss with her: every field that the police are asked about is there and sound.
SOUND: Mapping[str, Value] = {
    "full_name": "Đinh Thị Hạ",
    "birth_date": "2019-05-01",
    "sex": "2",
    "ethnicity": "01",
    "birth_registered": "1",
    "personal_id": "051319000001",
    "father_name": "Đinh Văn Rơ",
    "father_status": "ALIVE_HOME",
    "mother_name": "Đinh Thị Bông",
    "mother_status": "ALIVE_HOME",
    "nationality": "VN",
}


def village(workplace: Workplace, name: str, unit: str = COMMUNE) -> str:
    return write(workplace, "village", owner_unit=unit, name=name)


def household(workplace: Workplace, of_village: str, number: str, unit: str = COMMUNE) -> str:
    return write(
        workplace,
        "household",
        owner_unit=unit,
        village=of_village,
        household_no=number,
        head_name="Đinh Văn Rơ",
    )


def child(workplace: Workplace, home: str, unit: str = COMMUNE, **values: Value) -> str:
    """A sound child but for these values; None takes one away."""
    said = {"owner_unit": unit, "household": home, **SOUND, **values}
    return write(
        workplace, "child", **{name: value for name, value in said.items() if value is not None}
    )


def desks(workplace: Workplace) -> tuple[PoliceLists, PoliceAnswers]:
    gathering = Gathering(workplace, Checks(workplace))
    return PoliceLists(workplace, gathering), PoliceAnswers(workplace)


def values_of(workplace: Workplace, ent_id: str) -> Mapping[str, Value]:
    with workplace.store.read() as reading:
        found = register.record(reading, "child", ent_id)
    assert found is not None
    return found.values


def edit(workplace: Workplace, ent_id: str, **values: Value) -> None:
    with workplace.write() as work:
        work.record(Change("child", values, ent_id))
        work.commit()


class Pen:
    """Somebody of the police with the workbook open in a spreadsheet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        found = self.book.worksheets[0]
        assert isinstance(found, Worksheet)
        self.sheet = found
        self._texts = document_texts("police_list")

    def title(self, name: str) -> str:
        """`sex` is the column to fill, `printed.sex` the one that is printed."""
        printed = name.removeprefix("printed.")
        title = self._texts[f"cell.{printed}"]
        if name in ("code", "kind", "not_here", "remark", "village") or printed != name:
            return title
        return self._texts["answer"].format(column=title)

    def column(self, name: str) -> int:
        title = self.title(name)
        return next(cell.column for cell in self.sheet[1] if cell.value == title)

    def row(self, name: str) -> int:
        """The row of the child of that name."""
        at = self.column("printed.full_name")
        for row in range(2, self.sheet.max_row + 1):
            if (self.sheet.cell(row, at).value or "") == name:
                return row
        raise AssertionError(name)

    def cell(self, row: int, name: str) -> Any:
        return self.sheet.cell(row, self.column(name)).value

    def fill(self, who: str, **answers: object) -> Pen:
        row = self.row(who)
        for name, said in answers.items():
            self.sheet.cell(row, self.column(name)).value = said  # type: ignore[assignment]
        return self

    def change(self, deed: Callable[[Worksheet], None]) -> Pen:
        deed(self.sheet)
        return self

    def save(self, path: Path | None = None) -> Path:
        where = path or self.path.with_name(f"answered-{self.path.name}")
        self.book.save(where)
        return where
