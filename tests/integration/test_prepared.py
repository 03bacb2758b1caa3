"""A statement whose text is built once asks and answers as the one SQLAlchemy builds each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Integer, bindparam, func, select, update

from app.models.bulk import Prepared
from app.models.schema import counter, setting
from app.services.workplace import Workplace
from tests.workplaces import COMMUNE, make_workplace

_TAKE = (
    update(counter)
    .where(counter.c.name == "position")
    .values(value=counter.c.value + bindparam("taken", type_=Integer))
    .returning(counter.c.value)
)
#: A constant between two parameters, one of them twice: the order of values is not that of names.
_MIXED = select(
    func.count().filter(setting.c.name == bindparam("b")),
    func.count().filter(setting.c.value != "x"),
    func.count().filter(setting.c.name == bindparam("a")),
    func.count().filter(setting.c.value == bindparam("a")),
)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    made = make_workplace(tmp_path, COMMUNE)
    yield made
    made.store.close()


def test_it_changes_what_it_says_and_gives_it_back(workplace: Workplace) -> None:
    take = Prepared(_TAKE)
    with workplace.write() as work:
        before = work.connection.execute(select(counter.c.value)).scalar_one()
        assert take.one(work.connection, {"taken": 3}) == (before + 3,)
        assert take.one(work.connection, {"taken": 4}) == (before + 7,)
        assert work.connection.execute(select(counter.c.value)).scalar_one() == before + 7


def test_values_stand_where_their_names_do(workplace: Workplace) -> None:
    rows = [("one", "two"), ("two", "x"), ("three", "one"), ("four", "two")]
    with workplace.write() as work:
        work.connection.execute(
            setting.insert(), [dict(zip(("name", "value"), r, strict=True)) for r in rows]
        )
        prepared = Prepared(_MIXED)
        for values in (
            {"a": "two", "b": "four"},
            {"a": "x", "b": "none"},
            {"b": "one", "a": "one"},
        ):
            assert prepared.one(work.connection, values) == tuple(
                work.connection.execute(_MIXED, values).one()
            )


def test_a_missing_value_is_not_taken_for_null(workplace: Workplace) -> None:
    with workplace.store.read() as connection, pytest.raises(KeyError, match="b"):
        Prepared(_MIXED).one(connection, {"a": "one"})


def test_a_list_of_values_has_no_text_of_its_own(workplace: Workplace) -> None:
    asked = select(func.count()).where(setting.c.name.in_(["one", "two"]))
    with workplace.store.read() as connection, pytest.raises(ValueError, match="list"):
        Prepared(asked).one(connection, {})


def test_all_its_rows_come_in_their_order_and_none_where_there_are_none(
    workplace: Workplace,
) -> None:
    named = select(setting.c.name, setting.c.value).where(setting.c.value == bindparam("held"))
    asked = named.order_by(setting.c.name.desc())
    prepared = Prepared(asked)
    with workplace.write() as work:
        rows = [{"name": name, "value": "same"} for name in ("b", "c", "a")]
        work.connection.execute(setting.insert(), rows)
        found = prepared.rows(work.connection, {"held": "same"})
        assert found == [("c", "same"), ("b", "same"), ("a", "same")]
        assert found == [tuple(row) for row in work.connection.execute(asked, {"held": "same"})]
        assert prepared.rows(work.connection, {"held": "nothing like it"}) == []
