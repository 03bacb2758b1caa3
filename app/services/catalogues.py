"""The catalogue of this installation, read from its store: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Mapping

from app.forms.catalogue import (
    Catalogue,
    ListRow,
    References,
    SuccessorRow,
    TemplateRow,
    UnitRow,
    catalogue_of,
)
from app.models.queries.references import ReferenceRow, provisional_units, references
from app.models.store import Reading


def read_catalogue(reading: Reading, *, signed_only: bool = False) -> Catalogue:
    """What ships with the program with what this store has accepted; the same one for the same
    data.

    Until the PC is enrolled the unit it was set up for may stand in it by a file alone; whatever
    is decided about trust asks `signed_only`.
    """
    units = {(one.code, one.edition): one for one in map(_unit, references(reading, "org_unit"))}
    if not signed_only:
        for row in provisional_units(reading):
            units.setdefault((row["code"], row["edition"]), unit_row(row))
    return catalogue_of(
        References(
            tuple(sorted(_template(one) for one in references(reading, "form_template"))),
            tuple(sorted(_list(one) for one in references(reading, "code_list"))),
            tuple(sorted(units.values())),
            tuple(sorted(_successor(one) for one in references(reading, "org_unit_successor"))),
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
