"""What a statement costs in the tests: it is compiled once a run, not once a store.

SQLAlchemy keeps compiled statements by engine. The program opens one store and keeps it; the suite
opens thousands, and would spend a fifth of its time on compiling the same statements for each.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Engine
from sqlcipher3 import dbapi2

#: More statements than the program has.
_KEPT = 5_000


def share_statements(patch: pytest.MonkeyPatch) -> None:
    """From now on, every engine of this process keeps its compiled statements in one place."""
    first = sqlalchemy.create_engine("sqlite://", module=dbapi2, query_cache_size=_KEPT)
    first.connect().close()  # a dialect learns from its first connection what it speaks to
    first.dispose()
    real = sqlalchemy.create_engine

    def sharing(*args: Any, **named: Any) -> Engine:
        engine = real(*args, **named)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    patch.setattr(sqlalchemy, "create_engine", sharing)
