"""A record as the rows read so far want it, and what of that is really new.

A file says again and again what was imported before. A value is taken over only when it is news:
when the record does not hold it, and never held it until somebody else changed it. So importing a
file again changes nothing, not even what was corrected in between; a changed row edits only the
fields in which it differs; a blank cell empties nothing. A text that nobody can read and the value
proposed for it are one statement: whichever of them the record holds, the other is no news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.forms.issues import Value
from app.models.queries.importing import Writing
from app.services.importing.unread import Unread

#: Acts of imports begin so; what they wrote may be written over by a later file.
ACT_PREFIX = "import-"


@dataclass(slots=True)
class Draft:
    """One household or child of a batch. `key` is set for one that is to be created.

    `said` are the values the rows state; for a household, of which several rows speak, `said_in`
    tells which row stated each; `unread` which of them could not be read; `outdated` in which of
    them the register is ahead. `seen_before`: an earlier batch of this file spoke of the record.
    """

    entity: str
    id: str
    owner: str
    key: str | None = None
    loaded: Mapping[str, Value] = field(default_factory=dict)
    heads: tuple[bytes, ...] = ()
    hidden: bool = False
    seen_before: bool = False
    said: dict[str, Value] = field(default_factory=dict)
    said_in: dict[str, int] = field(default_factory=dict)
    unread: dict[str, Unread] = field(default_factory=dict)
    outdated: set[str] = field(default_factory=set)
    kept: int = 0

    @property
    def is_new(self) -> bool:
        """Whether the record is to be created."""
        return self.key is not None

    def say(self, name: str, value: Value, row: int, unread: Unread | None = None) -> bool:
        """Take a statement of a row; False when an earlier row said something else.

        What can be read comes before what cannot, in whichever order the rows stand.
        """
        held = self.unread.get(name)
        clearer = held is not None and not held.accepted and (unread is None or unread.accepted)
        if name not in self.said or clearer:
            self.said[name] = value
            self.said_in[name] = row
            if unread is None:
                self.unread.pop(name, None)
            else:
                self.unread[name] = unread
            return True
        return self.said[name] == value or (
            unread is not None and not unread.accepted and held is None
        )

    def differing(self) -> list[str]:
        """The fields in which the rows differ from the record."""
        loaded, unread = self.loaded, self.unread
        return [
            name
            for name, value in self.said.items()
            if loaded.get(name) != value
            and not (name in unread and unread[name].is_met_by(loaded.get(name)))
        ]


def is_news(name: str, meanings: Sequence[Value], written: Sequence[Writing]) -> bool:
    """Whether a file may write a value (`meanings`: all spellings of it) into a field that now
    holds another one.

    Not when the record once had it and a person, or another PC, has since changed it: then the
    file is the older source. When the change came from an import here, the newer file counts.
    """
    writings = [one for one in written if name in one.body]
    if not any(one.body[name] in meanings for one in writings):
        return True
    newest = writings[-1]
    return newest.act is not None and newest.act.startswith(ACT_PREFIX)
