"""The catalogue of this installation, read from its store: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Mapping

from app.forms.catalogue import Catalogue, catalogue_of
from app.forms.references import ListRow, References, SuccessorRow, TemplateRow, UnitRow
from app.history.entities import ENTITIES, SYSTEM_FIELDS
from app.models.queries.references import ReferenceRow, provisional_units, references
from app.models.store import Reading

#: The (type of record, field) that the program stores by itself or goes by. `id` names a record
#: everywhere and is no field.
PROGRAM_COLUMNS = frozenset(
    (entity.name, name)
    for entity in ENTITIES.values()
    for name in (*entity.fields, *SYSTEM_FIELDS, "id")
)


def read_catalogue(reading: Reading, *, signed_only: bool = False) -> Catalogue:
    """What ships with the program with what this store has accepted; the same one for the same
    data.

    Until the PC is enrolled the unit it was set up for may stand in it by a file alone; whatever
    is decided about trust asks `signed_only`.
    """
    units = [_unit(one) for one in references(reading, "org_unit")]
    if not signed_only:
        signed = {(one.code, one.edition) for one in units}
        expected = map(unit_row, provisional_units(reading))
        units += [one for one in expected if (one.code, one.edition) not in signed]
    return catalogue_of(
        References(
            tuple(sorted(_template(one) for one in references(reading, "form_template"))),
            tuple(sorted(_list(one) for one in references(reading, "code_list"))),
            tuple(sorted(units)),
            tuple(sorted(_successor(one) for one in references(reading, "org_unit_successor"))),
            PROGRAM_COLUMNS,
        )
    )


def _template(row: ReferenceRow) -> TemplateRow:
    version = row.values.get("version")
    number = version if isinstance(version, int) else 0
    return TemplateRow(row.text("form"), number, row.text("content"))


def _list(row: ReferenceRow) -> ListRow:
    return ListRow(
        row.text("name"), row.text("edition"), row.text("valid_from"), row.text("content")
    )


def _unit(row: ReferenceRow) -> UnitRow:
    return UnitRow(*(row.text(name) for name in UnitRow._fields))


def unit_row(values: Mapping[str, str]) -> UnitRow:
    """A unit as a line of a file of units says it."""
    return UnitRow(*(values[name] for name in UnitRow._fields))


def _successor(row: ReferenceRow) -> SuccessorRow:
    return SuccessorRow(row.text("old_unit"), row.text("new_unit"), row.values.get("split") is True)
