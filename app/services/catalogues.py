"""The catalogue of this installation, read from its store: the one place where the two meet."""

from __future__ import annotations

from app.forms.catalogue import (
    Catalogue,
    ListRow,
    References,
    SuccessorRow,
    TemplateRow,
    UnitRow,
    catalogue_of,
)
from app.models.queries.references import ReferenceRow, references
from app.models.store import Reading


def read_catalogue(reading: Reading) -> Catalogue:
    """What ships with the program with what this store has accepted; the same one for the same
    data.
    """
    return catalogue_of(
        References(
            tuple(sorted(_template(one) for one in references(reading, "form_template"))),
            tuple(sorted(_list(one) for one in references(reading, "code_list"))),
            tuple(sorted(_unit(one) for one in references(reading, "org_unit"))),
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
    names = ("code", "edition", "name", "kind", "parent", "valid_from", "valid_to")
    return UnitRow(*(row.text(name) for name in names))


def _successor(row: ReferenceRow) -> SuccessorRow:
    return SuccessorRow(row.text("old_unit"), row.text("new_unit"), row.values.get("split") is True)
