"""The closed list of what an operation may be about, and the shape of each field.

The kinds of this table decide how a value is stored in a column; a value of another kind is kept
beside the row, never lost (`materialise`). Fields that are not listed here belong to a newer
template or program: they are kept in the row's `extra` map. Nothing here knows labels or rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple


class Kind(Enum):
    """How a value is written in an operation (MERGE.md, "Values")."""

    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    SET = "set"


class Family(Enum):
    """Who answers for a record of this type at the door."""

    ROOT = "root"  # has an owner unit of its own
    SUB = "sub"  # belongs to a household or child, named once in `record`
    PAIR = "pair"  # is about two children, named once in `record` and `other_child`
    REFERENCE = "reference"  # signed by the province, the same for everyone


class EntityType(NamedTuple):
    """One type of record: who answers for it at the door, and its fields."""

    name: str
    family: Family
    fields: Mapping[str, Kind]


#: The exact type a value of a kind nearly always has. `fits` decides; comparing types is faster.
TYPE_OF: Mapping[Kind, type] = MappingProxyType(
    {Kind.TEXT: str, Kind.INT: int, Kind.BOOL: bool, Kind.SET: list}
)

#: Fields any record may carry. `_key` is what the id was derived from; `_seen` the heads of the
#: sub-records that somebody who hid the record had seen.
SYSTEM_FIELDS = MappingProxyType({"_key": Kind.TEXT, "_deleted": Kind.BOOL, "_seen": Kind.SET})

#: Values of `owner_unit` that name no unit: the child left the province, or nobody knows where to.
OUTSIDE = "outside"
UNKNOWN = "unknown"


def _fields(text: str = "", ints: str = "", bools: str = "", sets: str = "") -> Mapping[str, Kind]:
    fields: dict[str, Kind] = {}
    for names, kind in (
        (text, Kind.TEXT),
        (ints, Kind.INT),
        (bools, Kind.BOOL),
        (sets, Kind.SET),
    ):
        for name in names.split():
            fields[name] = kind
    return MappingProxyType(fields)


_ROOT = "owner_unit template hidden_reason merged_into"

HOUSEHOLD = EntityType(
    "household",
    Family.ROOT,
    _fields(
        text=_ROOT
        + """ village household_no head_name head_personal_id head_sex head_ethnicity address_detail
        phone residence_status poverty_status poverty_standard poverty_certificate_no note
        book_number enumerator_name enumerator_phone survey_round survey_date""",
        ints="head_birth_year poverty_year",
        bools="entered_in_error complete",
        sets="family_problem_flags warning_reasons",
    ),
)

CHILD = EntityType(
    "child",
    Family.ROOT,
    _fields(
        text=_ROOT
        + """ household full_name other_name birth_date sex ethnicity nationality religion
        personal_id relation_to_head birth_place origin_place birth_registered birth_cert_no
        residence_status life_status name_status
        father_name father_ethnicity father_personal_id father_status father_occupation
        father_away_since mother_name mother_ethnicity mother_personal_id mother_status
        mother_occupation mother_away_since
        caregiver_name caregiver_relation caregiver_phone care_arrangement facility_name
        bhyt_number has_bhyt bhxh_number vaccination_status weight_kg height_cm disability_level
        disability_cert_no serious_disease injury_type
        schooling_status education_level school_name dropout_date dropout_reason
        circumstance_answer monthly_allowance allowance_category""",
        ints="""line_no birth_order twin_group father_birth_year mother_birth_year birth_weight_g
        grade highest_grade_completed""",
        bools="parents_divorced intervention_plan entered_in_error complete",
        sets="nutrition_status disability_types warning_reasons inherited",
    ),
)

_ALL = (
    HOUSEHOLD,
    CHILD,
    EntityType(
        "circumstance",
        Family.SUB,
        _fields(
            text="""record group circumstance_from circumstance_to evidence_ref verification_status
            source""",
            ints="episode",
            bools="_deleted",
            sets="subgroups",
        ),
    ),
    EntityType(
        "support",
        Family.SUB,
        _fields(
            text="record support_date support_provider",
            ints="support_amount",
            bools="_deleted",
            sets="support_type",
        ),
    ),
    EntityType(
        "life_event",
        Family.SUB,
        _fields(
            text="record event event_date event_place event_unit death_cause note act",
            bools="_deleted",
        ),
    ),
    EntityType(
        "review",
        Family.SUB,
        _fields(
            text="""record result reason reviewer reviewed_on rule handover typist sample
            sample_name finding""",
            ints="""retyped_fields differing_fields taken_fields returned_fields
            sample_size sample_of missing_children""",
            bools="_deleted typed_by_import",
            sets="reviewed_heads differing_names finding_fields",
        ),
    ),
    EntityType(
        "note",
        Family.SUB,
        _fields(
            text="record about note author written_on act hidden_reason",
            bools="_deleted protected",
        ),
    ),
    EntityType(
        "village",
        Family.ROOT,
        _fields(
            text="owner_unit name kind merged_into hidden_reason successor",
            ints="list_order expected_households expected_children",
            bools="entered_in_error",
        ),
    ),
    EntityType(
        "person",
        Family.ROOT,
        _fields(
            text="owner_unit full_name title roles phone merged_into hidden_reason",
            bools="entered_in_error active",
        ),
    ),
    EntityType(
        "enumerator",
        Family.ROOT,
        _fields(
            text="""owner_unit round full_name title phone assigned_on ended_on note
            merged_into hidden_reason""",
            bools="entered_in_error",
            sets="villages",
        ),
    ),
    EntityType(
        "book",
        Family.ROOT,
        _fields(
            text="""owner_unit round village book_number enumerator supplied_on supplied_by
            issued_on issued_to collected_on collected_by checked_on checked_by entered_on
            returned_on returned_to lost_on note merged_into hidden_reason""",
            ints="sheets households children",
            bools="entered_in_error",
        ),
    ),
    EntityType(
        "handover",
        Family.ROOT,
        _fields(
            text="""owner_unit sent_to sent_on sent_by sent_by_title sent_receiver
            sent_receiver_title sent_round sent_manifest sent_station sent_file sent_sha256 sent_app
            received_commune_on received_commune_by received_commune_by_title
            received_commune_from received_commune_from_title received_commune_manifest
            received_commune_round
            received_district_on received_district_by received_district_by_title
            received_district_from received_district_from_title received_district_manifest
            received_district_round
            received_province_on received_province_by received_province_by_title
            received_province_from received_province_from_title received_province_manifest
            received_province_round
            verdict_commune verdict_commune_on verdict_commune_by verdict_commune_reason
            verdict_district verdict_district_on verdict_district_by verdict_district_reason
            verdict_province verdict_province_on verdict_province_by verdict_province_reason""",
            ints="""sent_seq sent_bytes sent_households sent_children sent_girls sent_incomplete
            sent_errors sent_warnings sent_ops sent_touched_households sent_touched_children
            received_commune_households received_commune_children received_commune_girls
            received_commune_incomplete
            received_commune_refused received_commune_waiting
            received_district_households received_district_children received_district_girls
            received_district_incomplete
            received_district_refused received_district_waiting
            received_province_households received_province_children received_province_girls
            received_province_incomplete
            received_province_refused received_province_waiting""",
            bools="""received_commune_set_aside received_district_set_aside
            received_province_set_aside""",
            sets="sent_units sent_answers",
        ),
    ),
    EntityType(
        "match_decision",
        Family.PAIR,
        _fields(
            text="record other_child verdict basis reason moved_from decided_by decided_on act"
        ),
    ),
    EntityType(
        "round",
        Family.REFERENCE,
        _fields(
            text="""name kind reference_date born_from opens_on closes_on enumerators_until
            commune_until district_until province_until template_edition state""",
            ints="moved_out_quarters",
            sets="blocking_rules units",
        ),
    ),
    EntityType(
        "org_unit",
        Family.REFERENCE,
        _fields(text="code edition name kind tier parent valid_from valid_to"),
    ),
    EntityType(
        "org_unit_successor",
        Family.REFERENCE,
        _fields(text="old_unit new_unit valid_from", bools="split"),
    ),
    EntityType(
        "form_template",
        Family.REFERENCE,
        _fields(text="form edition valid_from valid_to content", ints="version"),
    ),
    EntityType(
        "code_list",
        Family.REFERENCE,
        _fields(text="name edition valid_from valid_to content"),
    ),
    EntityType(
        "erase",
        Family.REFERENCE,
        _fields(text="record ground decided_by decided_on content"),
    ),
)

ENTITIES: Mapping[str, EntityType] = MappingProxyType({entity.name: entity for entity in _ALL})

ROOTS = tuple(e.name for e in _ALL if e.family is Family.ROOT)
SUBS = tuple(e.name for e in _ALL if e.family is Family.SUB)
PAIRS = tuple(e.name for e in _ALL if e.family is Family.PAIR)
#: Roots that sub-records belong to, by their `record` field.
HOLDERS = (HOUSEHOLD.name, CHILD.name)
REFERENCES = tuple(e.name for e in _ALL if e.family is Family.REFERENCE)


#: Fields of households and children that no person types into: their kind is never another.
_BOOKKEEPING = frozenset(("entered_in_error", "complete", "warning_reasons", "inherited"))


def may_be_unread(ent_type: str, name: str) -> bool:
    """Whether the field may hold text that a person wrote and nobody could read yet (MERGE.md,
    "Values"). A text field can hold any text anyway.
    """
    holder = ENTITIES.get(ent_type)
    return (
        ent_type in HOLDERS
        and holder is not None
        and name in holder.fields
        and name not in _BOOKKEEPING
    )


def fits(kind: Kind, value: object) -> bool:
    """Whether a value of an operation body has the given kind (null fits every kind)."""
    if value is None:
        return True
    if kind is Kind.TEXT:
        return isinstance(value, str)
    if kind is Kind.INT:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is Kind.BOOL:
        return isinstance(value, bool)
    return isinstance(value, list)
