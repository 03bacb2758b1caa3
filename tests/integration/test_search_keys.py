"""What a household is found by, as it is written and as an older store comes to it."""

from __future__ import annotations

import importlib
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from app.models.queries import register
from app.models.queries.register import RegisterFilter, search_words
from app.models.work import Change
from tests.workplaces import COMMUNE, make_workplace


def test_a_number_is_found_without_marks_and_a_telephone_in_groups_and_in_one(
    tmp_path: Path,
) -> None:
    workplace = make_workplace(tmp_path)
    owner = {"owner_unit": COMMUNE}
    found = {}
    with workplace.write() as work:
        for number, phone in (("12Đ", "0912345678"), ("12A", "0912 345 679")):
            values = {**owner, "head_name": "Lê Bình", "household_no": number, "phone": phone}
            home = work.record(Change("household", values)).id
            found[number] = work.record(Change("child", {**owner, "household": home})).id
        work.commit()
    for typed, number in (
        ("12Đ", "12Đ"),
        ("12d", "12Đ"),
        ("12đ lê", "12Đ"),
        ("12a", "12A"),
        ("0912 345 678", "12Đ"),
        ("0912345678", "12Đ"),
        ("0912345679", "12A"),
        ("0912.345.679", "12A"),
    ):
        with workplace.store.read() as reading:
            ids = register.child_ids(reading, RegisterFilter(words=search_words(typed)))
        assert ids == [found[number]], typed
    workplace.store.close()


def test_the_keys_of_an_older_store_are_written_anew() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE household (id TEXT, head_name TEXT, household_no TEXT, phone TEXT,"
                " head_personal_id TEXT, search_fold TEXT)"
            )
        )
        connection.execute(
            sa.text(
                "CREATE TABLE child (id TEXT, full_name TEXT, father_name TEXT, mother_name TEXT,"
                " personal_id TEXT, caregiver_phone TEXT, search_fold TEXT)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO household VALUES"
                " ('a', 'Lê Bình', '12Đ', '0912 345 678', NULL, 'le binh 12Đ 0912 345 678 '),"
                " ('b', 'Lê Mai', '12', '0912345678', NULL, 'as it was')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO child VALUES ('c', 'Lê Tí', NULL, NULL, NULL, '0912-345-678', 'x')"
            )
        )
        step = importlib.import_module("app.models.migrations.versions.r0008_search_keys")
        with Operations.context(MigrationContext.configure(connection)):
            step.upgrade()
        homes = dict(connection.execute(sa.text("SELECT id, search_fold FROM household")).all())
        (key,) = connection.execute(sa.text("SELECT search_fold FROM child")).scalars()
    assert homes["a"].split() == ["le", "binh", "12d", "0912345678"]
    assert homes["b"] == "as it was"
    assert key.split() == ["le", "ti", "0912345678"]


def test_a_household_is_found_by_its_number_with_the_word_before_it(tmp_path: Path) -> None:
    workplace = make_workplace(tmp_path)
    owner = {"owner_unit": COMMUNE}
    with workplace.write() as work:
        found = []
        for number, name in (("3", "Phạm Thị Hân"), ("5", "Hồ Thị Ré")):
            values = {**owner, "head_name": "Lê Bình", "household_no": number}
            home = work.record(Change("household", values)).id
            child = {**owner, "household": home, "full_name": name}
            found.append(work.record(Change("child", child)).id)
        work.commit()
    for typed, wanted in (
        ("hộ 3", found[:1]),
        ("Hộ số 3", found[:1]),
        ("số hộ 3 lê", found[:1]),
        ("hộ 4", []),
        ("hồ", found[1:]),
        ("hồ ré", found[1:]),
    ):
        with workplace.store.read() as reading:
            ids = register.child_ids(reading, RegisterFilter(words=search_words(typed)))
        assert ids == wanted, typed
    workplace.store.close()
