"""Rows hold every value, whatever its kind, and give it back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.history.entities import ENTITIES, SYSTEM_FIELDS
from app.history.operation import Value
from app.models.rows import (
    columns_of,
    entity_row,
    join_ids,
    join_names,
    split_ids,
    split_names,
    values_of,
)
from app.models.schema import ENTITY_TABLES

HEADS = (bytes([1]) * 32, bytes([2]) * 32)
_KNOWN = {name: (*entity.fields, *SYSTEM_FIELDS) for name, entity in sorted(ENTITIES.items())}
#: Names of columns that are no fields must not be reached by a field of a newer form.
_STRANGE = ("a_newer_field", "name_fold", "search_fold", "id", "_heads", "_hidden", "_extra")
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(max_size=8),
    st.lists(st.text(max_size=4), max_size=3).map(lambda items: sorted(set(items))),
)


def _records(ent_type: str) -> st.SearchStrategy[tuple[str, dict[str, Value]]]:
    names = st.sampled_from([*_KNOWN[ent_type], *_STRANGE])
    return st.tuples(st.just(ent_type), st.dictionaries(names, values, max_size=9))


def rows_of_any_record(test):
    """Records of every entity. How long drawing them takes says how busy the machine is, no more:
    a record is nine short values, so the check that it is not `too_slow` is left out."""
    quiet = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    return quiet(given(st.one_of([_records(name) for name in _KNOWN]))(test))


@rows_of_any_record
def test_whatever_a_record_holds_comes_back_from_its_row(record):
    ent_type, held = record
    row = entity_row(ent_type, "the id", held, HEADS, 2, True)
    columns = columns_of(ent_type)
    assert columns == tuple(column.name for column in ENTITY_TABLES[ent_type].columns)
    named = dict(zip(columns, row, strict=True))
    assert values_of(ent_type, named) == {n: v for n, v in held.items() if v is not None}
    assert named["id"] == "the id"
    assert split_ids(named["_heads"]) == HEADS
    assert (named["_conflicts"], named["_hidden"]) == (2, True)


@rows_of_any_record
def test_a_null_leaves_no_trace_in_a_row(record):
    ent_type, held = record
    without = {name: value for name, value in held.items() if value is not None}
    assert entity_row(ent_type, "x", held, HEADS, 0, False) == entity_row(
        ent_type, "x", without, HEADS, 0, False
    )


@pytest.mark.parametrize("ids", [(), HEADS[:1], HEADS])
def test_ids_are_joined_and_split(ids):
    assert split_ids(join_ids(ids)) == ids


@pytest.mark.parametrize("names", [(), ("below:21010@2024",), ("above:51@2024", "beside:1@2024")])
def test_bringers_are_joined_and_split(names):
    assert split_names(join_names(names) or None) == names
