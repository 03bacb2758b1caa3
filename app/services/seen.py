"""How far the store was when this PC last used it, in a file beside it.

A store that comes back older than that was replaced by a copy behind the program's back: its
replica id has a second history then. The number is that of the newest audit row, which every use of
the store moves on. It cannot notice a copy of the whole home: there the first bundle that goes
round shows it (`app.sync.apply`). Says nothing of what is in the store.
"""

from __future__ import annotations

import json

from app import logs
from app.errors import KnownError
from app.models import audit
from app.models.store import Store
from app.services.home import write_secret
from app.settings import Settings


def went_back(settings: Settings, replica: str, number: int) -> bool:
    """Whether this replica was further once than audit row `number`."""
    try:
        said = json.loads(settings.seen_path.read_text(encoding="ascii"))
        return bool(said["replica"] == replica and int(said["audit"]) > number)
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError):
        return False  # a damaged note says nothing; the next use of the store writes it anew


def note(settings: Settings, store: Store) -> None:
    """Remember how far the store is now. Raises KnownError `files.…`."""
    with store.read() as reading:
        number = audit.newest(reading)
    content = json.dumps({"audit": number, "replica": store.replica})
    write_secret(settings.seen_path, content.encode("ascii"))


def note_at_close(settings: Settings, store: Store) -> None:
    """The same when the store is closed: what was done is done, whether or not this is written."""
    try:
        note(settings, store)
    except KnownError as error:
        logs.event("store.not_noted", reason=error.message_id)
