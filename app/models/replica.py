"""The id of this replica, and giving it up for a new one.

A replica id stands for one history of one store. Where the store may have a second one — a restored
backup, a copied disk — it takes a new id: its lines start anew at number 1 and its cursors at 0, so
everything is offered once more. That costs bytes, never data; two copies may both do it. What lay
in the log by then may have been sent already, by a bundle of which this store knows nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, update

from app.ids import new_id
from app.models import scope_out
from app.models.log import last_position
from app.models.schema import peer, setting

_NAME, _LEFT, _PERHAPS_SENT = "replica", "replicas-left", "perhaps-sent"
#: Ids this PC gave up, the newest last; older ones were said to everybody long ago.
MOST_LEFT = 32


def renew(connection: Connection) -> tuple[str, str]:
    """Give up the replica id of this store; returns (old, new)."""
    old, new = _setting(connection, _NAME), new_id()
    _put(connection, _NAME, new)
    _put(connection, _LEFT, " ".join([*left(connection), old][-MOST_LEFT:]))
    _put(connection, _PERHAPS_SENT, str(last_position(connection)))
    # What somebody has of the old line says nothing of the new one.
    connection.execute(update(peer).values(acked=0))
    scope_out.forget(connection)
    return old, new


def give_up(connection: Connection, ids: Collection[str]) -> None:
    """Say of further ids that this PC wrote under them and does so no more: a store that was
    replaced took them after the copy was made that now stands in its place.
    """
    known = left(connection)
    further = sorted({*ids} - {*known, _setting(connection, _NAME)})
    _put(connection, _LEFT, " ".join([*known, *further][-MOST_LEFT:]))


def left(connection: Connection) -> Sequence[str]:
    """The ids this PC wrote under before; whoever knows it by one of them need not wait for it."""
    return tuple(_setting(connection, _LEFT).split())


def perhaps_sent(connection: Connection) -> int:
    """The last position of the log that somebody may have without a bundle being known here that
    carried it: where the log stood when the newest id was taken. 0 where there was one id only.
    """
    return int(_setting(connection, _PERHAPS_SENT) or 0)


def _setting(connection: Connection, name: str) -> str:
    found = connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar()
    return found or ""


def _put(connection: Connection, name: str, value: str) -> None:
    connection.execute(setting.delete().where(setting.c.name == name))
    connection.execute(setting.insert().values(name=name, value=value))
