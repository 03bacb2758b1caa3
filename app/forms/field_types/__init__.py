"""Field types: typed text ↔ stored value ↔ text for people. `field_type` picks the one of a field.

Each family has its file. A type judges shapes; whether a value fits the person is a rule's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from app.forms.code_lists import CodeList
from app.forms.field_types.base import FieldProblem, FieldType, Language
from app.forms.field_types.code_types import CodeType, MultiType
from app.forms.field_types.date_types import DateType, MonthType, PartialDateType
from app.forms.field_types.id_types import (
    CertificateType,
    DigitsType,
    HealthCardType,
    PersonalIdType,
    PhoneType,
    ReferenceType,
    UnitType,
    UuidType,
)
from app.forms.field_types.number_types import BoolType, DecimalType, IntType, MoneyType, YearType
from app.forms.field_types.text_types import NameType, NoteType, TextType, name_status_of
from app.forms.schema import Field, codes_of

__all__ = [
    "TYPE_NAMES",
    "FieldProblem",
    "FieldType",
    "Language",
    "field_type",
    "name_status_of",
    "needs_code_list",
]

#: Reference year where the caller named none: two-digit years up to it are of this century.
_DEFAULT_YEAR = 2049

_MAKERS: dict[str, Callable[[Field, int], FieldType]] = {
    "text": lambda field, _: TextType(field.max_length),
    "note": lambda field, _: NoteType(field.max_length),
    "name": lambda _, __: NameType(),
    "partial_date": lambda _, year: PartialDateType(year),
    "date": lambda _, year: DateType(year),
    "month": lambda _, year: MonthType(year),
    "year": lambda _, year: YearType(year),
    "int": lambda _, __: IntType(),
    "decimal": lambda _, __: DecimalType(),
    "money": lambda _, __: MoneyType(),
    "bool": lambda _, __: BoolType(),
    "event": lambda _, __: BoolType(),
    "enum": lambda field, _: CodeType(_codes(field)),
    "code": lambda field, _: CodeType(_codes(field)),
    "multi": lambda field, _: MultiType(_codes(field)),
    "pid12": lambda _, __: PersonalIdType(),
    "health_card": lambda _, __: HealthCardType(),
    "digits10": lambda _, __: DigitsType(10),
    "phone": lambda _, __: PhoneType(),
    "birth_certificate": lambda _, __: CertificateType(),
    "unit": lambda _, __: UnitType(),
    "ref": lambda _, __: ReferenceType(),
    "user": lambda _, __: ReferenceType(),
    "uuid": lambda _, __: UuidType(),
}

#: The closed list of type names a template may use.
TYPE_NAMES = frozenset(_MAKERS)
_CODED = frozenset(("enum", "code", "multi"))


def needs_code_list(type_name: str) -> bool:
    """Whether a field of this type must name a code list."""
    return type_name in _CODED


def _codes(field: Field) -> CodeList:
    found = codes_of(field)
    if found is None:
        raise KeyError(field.name)
    return found


@lru_cache(maxsize=1024)
def field_type(field: Field, reference_year: int = _DEFAULT_YEAR) -> FieldType:
    """The type of a template's field. `reference_year` decides the century of two-digit years.

    Raises KeyError for a type name this program does not know.
    """
    return _MAKERS[field.type](field, reference_year)
