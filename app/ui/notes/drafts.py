"""Notes that were begun and not saved: kept as drafts at every change.

Leaving the page, locking and a power cut lose nothing: the words stand there again when the notes
of the same child or household are opened. A draft is forgotten when the note is saved or emptied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.ui.drafts import DraftDesk

#: Before the names of drafts of notes.
DRAFTS = "note/"


@dataclass(frozen=True, slots=True)
class BegunNote:
    """What stands in the field of a new note; `household` is the page that leads to it."""

    household: str
    words: str
    protected: bool = False


class NoteDrafts:
    """The begun notes of this account."""

    def __init__(self, drafts: DraftDesk) -> None:
        self._drafts = drafts
        self._kept: dict[str, BegunNote] = {}

    def take(self, found: Mapping[str, Mapping[str, object]]) -> None:
        """What an earlier run left, among all drafts by name."""
        self._kept = {
            name.removeprefix(DRAFTS): BegunNote(
                str(draft.get("household") or ""),
                str(draft.get("words") or ""),
                bool(draft.get("protected")),
            )
            for name, draft in found.items()
            if name.startswith(DRAFTS)
        } | self._kept

    def of(self, record: str) -> BegunNote | None:
        """What was begun about a child or household, None for nothing."""
        return self._kept.get(record)

    @property
    def begun(self) -> Mapping[str, BegunNote]:
        """Everything that was begun, by the child or household it is about."""
        return self._kept

    def keep(self, record: str, note: BegunNote) -> None:
        """Keep what stands in the field now."""
        if not note.words.strip():
            self.drop(record)
            return
        self._kept[record] = note
        self._drafts.put(
            f"{DRAFTS}{record}",
            {"household": note.household, "words": note.words, "protected": note.protected},
        )

    def drop(self, record: str) -> None:
        """It was saved, or emptied."""
        if self._kept.pop(record, None) is not None:
            self._drafts.drop(f"{DRAFTS}{record}")
