"""A household's page as a sheet to lay beside the paper: all that is answered, in words.

Upper half: the household. Lower half: a row for each field that any child answers, a column for
each child, as the book has them side by side. The records come masked; a mask stays a mask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from app.forms.catalogue import Catalogue
from app.forms.field_types import field_type
from app.forms.field_types.base import Language
from app.forms.schema import Field, Template
from app.history.entities import SUBS
from app.i18n import language, text
from app.services.entry import EntryPage
from app.services.masking import MASKED, Shown, ShownRecord
from app.services.wording import Worded, entity_in_words, in_words

#: What a line of a circumstance, support or event is told by.
_TELLING = {
    "circumstance": ("group", "subgroups", "circumstance_from", "circumstance_to"),
    "support": ("support_type", "support_date", "support_provider"),
    "life_event": ("event", "event_date", "event_place"),
}
_REVIEW = "review"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: the field's name ("" for what belongs to a child), its label, a cell for each column,
    and what the book means by it. A masked cell is the mask.
    """

    field: str
    label: str
    cells: tuple[Shown, ...]
    help: str = ""


@dataclass(frozen=True, slots=True)
class CheckSheet:
    """The sheet. `children` are (id, name), one for each column of `rows`."""

    household: tuple[SheetRow, ...]
    children: tuple[tuple[str, str], ...]
    rows: tuple[SheetRow, ...]


def sheet_of(catalogue: Catalogue, page: EntryPage) -> CheckSheet:
    """The sheet of a page."""
    words = _Words(catalogue, page)
    template = page.frame.template_of("household", page.household.open_values)
    home = tuple(
        SheetRow(one.name, str(one.label), (said,), str(one.help))
        for one in _answerable(template)
        if (said := words.value(one, page.household)) is not None
    )
    rows: list[SheetRow] = []
    newest = max(
        (page.frame.template_of("child", one.open_values) for one in page.children),
        key=lambda one: one.version,
        default=None,
    )
    for field in () if newest is None else _answerable(newest):
        cells = tuple(words.value(field, child) for child in page.children)
        if any(one is not None for one in cells):
            rows.append(SheetRow(field.name, str(field.label), cells, str(field.help)))
    rows += words.belongings()
    names = tuple((one.id, str(one.open_values.get("full_name") or "")) for one in page.children)
    return CheckSheet(home, names, tuple(rows))


def _answerable(template: Template) -> list[Field]:
    return [one for one in template.fields_of(template.form) if one.stored]


class _Words:
    """Values of a page as its forms word them."""

    def __init__(self, catalogue: Catalogue, page: EntryPage) -> None:
        self._catalogue, self._page = catalogue, page
        self._language = cast(Language, language())
        self._named: Mapping[str, Mapping[str, str]] = {
            name: {one.id: one.label for one in choices} for name, choices in page.choices.items()
        }

    def value(self, field: Field, record: ShownRecord) -> Shown:
        """A value in words, the mask, or None."""
        value = record.values.get(field.name)
        if value is None or value is MASKED:
            return value
        named = self._named.get(field.name, {})
        if isinstance(value, str) and value in named:
            return named[value]
        return field_type(field).format(value, self._language) or None

    def belongings(self) -> list[SheetRow]:
        """A row for each kind of what belongs to the children, one line in a cell for each."""
        rows = []
        for entity in SUBS:
            if entity == _REVIEW:
                continue
            cells = tuple(
                self._lines(self._page.belongings.get(one.id, ()), entity)
                for one in self._page.children
            )
            if any(one is not None for one in cells):
                lines = text(f"second_check.lines.{entity}")
                rows.append(SheetRow("", entity_in_words(entity), cells, lines))
        return rows

    def _lines(self, parts: Sequence[ShownRecord], entity: str) -> Shown:
        held = [one for one in parts if one.entity == entity]
        if not held:
            return None
        lines = [self._line(in_words(self._catalogue, one), entity) for one in held]
        # Of a line that is masked whole nothing is told but that it is there.
        return "\n".join(lines)

    def _line(self, worded: Sequence[Worded], entity: str) -> str:
        said = {one.name: one.value for one in worded}
        told = [said.get(name) for name in _TELLING[entity]]
        shown = ["\N{BULLET}" * 3 if one is MASKED else str(one) for one in told if one is not None]
        return " · ".join(shown)
