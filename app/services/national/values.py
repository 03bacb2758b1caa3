"""What stands in a cell of a mapped workbook: from the records to the form the mapping asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.forms.field_types import field_type
from app.forms.issues import Value
from app.forms.units import Tier, UnitTree
from app.models.queries.importing import Held
from app.services.national.mapping import Form, MapColumn, MapFilter, Source
from app.services.register_lines import Line, child_value, group_codes
from app.text.days import day_in_words, whole_day
from app.workbooks.writing import Value as Written

_YES, _NO = (True, "1"), (False, "2")
_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Row:
    """What one row of a sheet is made of; `circumstance` where the rows are those."""

    line: Line
    circumstance: Held | None


class Cells:
    """Values and words of rows."""

    def __init__(
        self,
        units: UnitTree,
        village_name: Callable[[str], str],
        rounds: Mapping[str, str],
        *,
        revealing: bool,
    ) -> None:
        """`village_name` names a village, `rounds` id → name; without `revealing` no group of
        level A is told.
        """
        self._units = units
        self._village_name = village_name
        self._rounds = rounds
        self._revealing = revealing
        #: By title of a column: values that its `codes` or `yes_no` do not name.
        self.unmapped: Counter[str] = Counter()
        self._named: dict[str, dict[str, str]] = {}

    def cell(self, column: MapColumn, row: Row) -> Written:
        """What a column says of a row."""
        if not column.sources:
            return column.fixed
        said = [self._said(column, source, self.value(source, row)) for source in column.sources]
        if len(said) == 1:
            return said[0]
        texts = [_text(one) for one in said if one not in (None, "")]
        return column.join.join(texts) or None

    def fits(self, wanted: MapFilter, row: Row) -> bool:
        """Whether a row passes a filter."""
        value = self.value(wanted.source, row)
        held = {str(one) for one in value} if isinstance(value, list) else {str(value)}
        held = set() if value is None else held
        if wanted.among is not None:
            return bool(held & wanted.among)
        if wanted.not_in is not None:
            return not held & wanted.not_in
        return bool(held) == wanted.filled

    def value(self, source: Source, row: Row) -> Value:
        """The stored value of a source; None for none."""
        child, household = row.line.child, row.line.household
        match source.of:
            case "child":
                return child_value(row.line, source.name, revealing=self._revealing)
            case "household":
                return None if household is None else household.values.get(source.name)
            case "circumstance":
                held = row.circumstance
                return None if held is None else held.values.get(source.name)
            case "circumstances":
                return group_codes(row.line, revealing=self._revealing) or None
            case "record":
                one = child if source.name == "child_id" else household
                return None if one is None else one.id
            case "village":
                place = None if household is None else household.values.get("village")
                return self._village_name(str(place)) if place else None
        return self._unit(str(child.values.get("owner_unit") or "")).get(source.name)

    def _unit(self, ref: str) -> dict[str, str]:
        found = self._named.get(ref)
        if found is None:
            found = self._named[ref] = {}
            if ref in self._units:
                for one in (self._units.unit(ref), *self._units.ancestors(ref)):
                    tier = {Tier.COMMUNE: "commune", Tier.DISTRICT: "district"}.get(one.tier)
                    tier = tier or "province"
                    found.setdefault(f"{tier}_code", one.code)
                    found.setdefault(f"{tier}_name", one.full_name("vi"))
        return found

    def _said(self, column: MapColumn, source: Source, value: Value) -> Written:
        if value is None:
            return None
        if column.yes_no is not None:
            yes, no = column.yes_no
            if value in _YES or value in _NO:
                return yes if value in _YES else no
            self.unmapped[column.title] += 1
            return column.other or None
        if column.codes is not None:
            return self._translated(column, column.codes, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if column.form in (Form.DAY, Form.ISO, Form.YEAR):
            return _dated(column.form, str(value))
        if column.form is Form.CODE or source.field is None:
            return _BETWEEN.join(value) if isinstance(value, list) else _text(value)
        if source.name == "survey_round":
            return self._rounds.get(str(value), str(value))
        return field_type(source.field).format(value, "vi") or None

    def _translated(self, column: MapColumn, codes: Mapping[str, str], value: Value) -> str | None:
        held = [str(one) for one in (value if isinstance(value, list) else [value])]
        self.unmapped[column.title] += sum(one not in codes for one in held)
        said = (codes.get(one, column.other) for one in held)
        return _BETWEEN.join(filter(None, said)) or None


def _dated(form: Form, stored: str) -> Written:
    if form is Form.ISO:
        return stored
    if form is Form.YEAR:
        year = stored[:4]
        return int(year) if year.isdecimal() and year.isascii() else stored
    return whole_day(stored) or day_in_words(stored)


def _text(value: object) -> str:
    return "true" if value is True else "false" if value is False else str(value)
