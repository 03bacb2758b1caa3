"""The accounts of this PC: who may sign in here, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from app.models import accounts
from app.services.rights import Right, unpack
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account; one that is not active cannot sign in."""

    name: str
    full_name: str
    title: str
    rights: frozenset[Right]
    active: bool


class Accounts:
    """Use cases on accounts."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def list(self) -> list[AccountView]:
        """All accounts, by sign-in name."""
        with self._workplace.store.read() as reading:
            rows = accounts.accounts(reading)
        return [
            AccountView(row.name, row.full_name, row.title, unpack(row.rights), row.active)
            for row in rows
        ]
