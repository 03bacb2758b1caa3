"""Who wrote: the name that the operations of an account bear, and whether a person is among those
who wrote something.
"""

from __future__ import annotations

from collections.abc import Collection

from app.models.queries.writers import Writer
from app.services.workplace import Account


def writes_as(account: Account) -> str:
    """The name an account's operations bear."""
    return account.full_name or account.name


def is_among(account: Account, writers: Collection[Writer]) -> bool:
    """Whether a person is one of those who wrote: by sign-in name where that is known, so that two
    of one written name are two.
    """
    return any(
        one.account == account.name if one.account else one.name == writes_as(account)
        for one in writers
    )
