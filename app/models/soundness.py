"""What must hold of any file that is to be taken for a store: asked before it is opened or trusted.

Cheap and read only. The proofs over every operation stand in `app.models.integrity`. Refuses to
mend anything: what is wrong is said, and the way back is a backup.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, select

from app.models import migrate
from app.models.schema import op, setting


def is_store(connection: Connection) -> bool:
    """Whether a store was once made here to its end: revision, unit, and a log that can be read."""
    if migrate.revision_of(connection) is None:
        return False
    tables = inspect(connection)
    if not (tables.has_table(setting.name) and tables.has_table(op.name)):
        return False
    unit = connection.execute(select(setting.c.value).where(setting.c.name == "unit")).scalar()
    connection.execute(select(op.c.position).limit(1)).first()
    return bool(unit)


def quick_errors(connection: Connection) -> list[str]:
    """What SQLite says about its pages when it does not compare indexes with their tables."""
    said = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    return [str(line) for line in said if line != "ok"]


def page_errors(connection: Connection) -> list[str]:
    """What SQLite says about its own pages and indexes; empty when nothing is wrong."""
    said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [str(line) for line in said if line != "ok"]


def cipher_errors(connection: Connection) -> list[str]:
    """Pages whose authentication code does not fit (SQLCipher); empty when all do."""
    said = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
    return [str(line) for line in said]
