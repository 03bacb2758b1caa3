"""The accounts of this PC: who may sign in here, and with which rights."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.models.bulk import insert_rows
from app.models.schema import account as account_table


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account: sign-in name, written name and title, packed rights."""

    name: str
    full_name: str
    title: str
    rights: str
    active: bool


_COLUMNS = ("name", "full_name", "title", "rights", "active")


def put_account(connection: Connection, row: AccountRow) -> None:
    """Add an account or change one of the same name."""
    values = (row.name, row.full_name, row.title, row.rights, row.active)
    insert_rows(connection, account_table, _COLUMNS, [values], "update")


def account(connection: Connection, name: str) -> AccountRow | None:
    """The account of a sign-in name."""
    return next((row for row in accounts(connection) if row.name == name), None)


def accounts(connection: Connection) -> list[AccountRow]:
    """All accounts, by name."""
    rows = connection.execute(select(account_table).order_by(account_table.c.name))
    return [AccountRow(row.name, row.full_name, row.title, row.rights, row.active) for row in rows]
