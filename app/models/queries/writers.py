"""Who wrote an operation: the person who was signed in, where the written name alone would not
tell two of this PC apart.

An operation bears a written name, for it travels, and a sign-in name means something on its own PC
only. Two accounts of this PC may bear one written name; what was written here is then told by who
had signed in last: a row of the audit trail that holds where the log stood. Of what came from
elsewhere, or was written before such rows, the written name is all there is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Row, select

from app.models import accounts
from app.models.schema import audit_event

#: The event of the audit trail, and the detail that says where the log stood.
SIGN_IN, POSITION = "sign-in", "position"


class Writer(NamedTuple):
    """A written name; `account` is the sign-in name where that is needed and known, else ""."""

    name: str
    account: str = ""

    @property
    def called(self) -> str:
        """How people are told apart in words."""
        return f"{self.name} ({self.account})" if self.account else self.name


class Writers:
    """Who wrote what, as this PC can tell in one reading of its store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._shared = _shared_names(connection)
        self._known: tuple[Sequence[int], Sequence[str]] | None = None

    def of(self, name: str, position: int, bundle: int | None) -> Writer:
        """Who wrote the operation at a position of the log, which a bundle may have brought."""
        if name not in self._shared or bundle is not None:
            return Writer(name)
        if self._known is None:
            self._known = _sign_ins(self._connection)
        place = bisect_left(self._known[0], position)
        return Writer(name, self._known[1][place - 1] if place else "")

    def account(self, name: str, account: str) -> Writer:
        """How what an account of this PC writes now is told."""
        return Writer(name, account if name in self._shared else "")


def writers(connection: Connection, rows: Iterable[Row[str, int, int | None]]) -> frozenset[Writer]:
    """Who wrote operations, each told by (written name, position, the bundle that brought it)."""
    told = Writers(connection)
    return frozenset(told.of(name, position, bundle) for name, position, bundle in rows)


def _shared_names(connection: Connection) -> frozenset[str]:
    """Written names that more than one account of this PC bears, whether it may sign in or not."""
    counted = Counter(one.full_name or one.name for one in accounts.accounts(connection))
    return frozenset(name for name, times in counted.items() if times > 1)


def _sign_ins(connection: Connection) -> tuple[Sequence[int], Sequence[str]]:
    """Where the log stood when somebody signed in, in order, and who that was."""
    rows = connection.execute(
        select(audit_event.c.details)
        .where(audit_event.c.event == SIGN_IN)
        .order_by(audit_event.c.number)
    ).scalars()
    stood: list[int] = []
    who: list[str] = []
    for details in rows:
        told = msgspec.json.decode(details, type=dict[str, str | int])
        if POSITION not in told:
            continue
        here = int(told[POSITION])
        # The log is shorter after an import was set aside: what stood beyond is gone.
        while stood and stood[-1] >= here:
            stood.pop()
            who.pop()
        stood.append(here)
        who.append(str(told["account"]))
    return stood, who
