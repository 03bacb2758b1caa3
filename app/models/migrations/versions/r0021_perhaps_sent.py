"""Up to where the log of a store that took a new id may have been sent without its knowing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_setting = sa.table("setting", sa.column("name"), sa.column("value"))
_counter = sa.table("counter", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    connection = op.get_bind()
    given_up = sa.select(_setting.c.value).where(_setting.c.name == "replicas-left")
    if not connection.execute(given_up).scalar():
        return
    # Where the log stood when it took the id nobody knows any more: all of it may have been sent.
    position = sa.select(_counter.c.value).where(_counter.c.name == "position")
    last = connection.execute(position).scalar_one()
    connection.execute(sa.insert(_setting).values(name="perhaps-sent", value=str(last)))


def downgrade() -> None:
    op.execute(sa.delete(_setting).where(_setting.c.name == "perhaps-sent"))
