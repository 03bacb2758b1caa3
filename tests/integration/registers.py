"""Tables and stores for the tests of importing and exporting a register."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy import select

from app.forms.issues import Value
from app.history.entities import ENTITIES
from app.models.queries import register
from app.models.queries.register import RecordView
from app.models.rows import values_of
from app.models.schema import ENTITY_TABLES, op
from app.services.register_import import ImportResult, RegisterImport, named_column_map
from app.services.workplace import Workplace
from app.workbooks.writing import Column
from app.workbooks.xlsx_writing import About, write_xlsx
from tests.dumps import dump_store
from tests.parts import alone
from tests.workplaces import KEY

#: Makes an installation of a unit (`conftest.made`).
Made = Callable[..., Workplace]
SAMPLE = Path(__file__).parents[1] / "samples" / "register-12k.csv.gz"
MAP = named_column_map("register-sample")


def table(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a plain .csv."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([titles, *rows])
    return path


def sheet(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> Path:
    """Write a plain .xlsx."""
    about = About("x", "x", "DS", "Ghi chú", ())
    write_xlsx(path, [Column(title) for title in titles], list(rows), about, alone)
    return path


def sample_rows() -> list[dict[str, str]]:
    """The sample register."""
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def part_of_sample(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """Some rows of the sample as a file."""
    return table(path, list(rows[0]), [list(row.values()) for row in rows])


def take(workplace: Workplace, path: Path, unit: str | None = None) -> ImportResult:
    """Import with the titles of the templates."""
    return RegisterImport(workplace).run(path, unit)


def operations(workplace: Workplace, ent_id: str | None = None) -> int:
    """How many operations the log holds, of all records or of one."""
    statement = select(op.c.op_id)
    if ent_id is not None:
        statement = statement.where(op.c.ent_id == ent_id)
    with workplace.store.read() as reading:
        return len(reading.execute(statement).all())


def everything(workplace: Workplace, entity: str) -> list[RecordView]:
    """All visible records of a type."""
    with workplace.store.read() as reading:
        return [one for page in register.stream(reading, entity) for one in page]


def circumstances(workplace: Workplace) -> list[dict[str, Value]]:
    """All circumstances."""
    table_ = ENTITY_TABLES["circumstance"]
    with workplace.store.read() as reading:
        return [
            values_of("circumstance", dict(row))
            for row in reading.execute(select(table_)).mappings()
        ]


def by_name(workplace: Workplace) -> dict[str, RecordView]:
    """Full name → child."""
    return {str(one.values.get("full_name")): one for one in everything(workplace, "child")}


def ids(workplace: Workplace) -> dict[str, set[str]]:
    """Record ids by type."""
    with workplace.store.read() as reading:
        return {
            name: set(reading.execute(select(ENTITY_TABLES[name].c.id)).scalars())
            for name in ENTITIES
        }


def state(workplace: Workplace) -> object:
    return dump_store(workplace.settings.store_path, KEY)


def counts(result: ImportResult) -> tuple[int, int, int]:
    return result.created, result.changed, result.unchanged


def names(result: ImportResult) -> list[tuple[int, str]]:
    return [(one.row, one.message_id.removeprefix("import.issue_")) for one in result.issues]
