"""A record as the rows read so far want it, and what of that is really new.

A file says again and again what was imported before. A value is taken over only when it is news:
when the record does not hold it, and never held it until somebody else changed it. So importing a
file again changes nothing, not even what was corrected in between; a changed row edits only the
fields in which it differs; a blank cell empties nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.forms.issues import Value
from app.models.queries.importing import Writing

#: Acts of imports begin so; what they wrote may be written over by a later file.
ACT_PREFIX = "import-"


@dataclass(slots=True)
class Draft:
    """One household or child of a batch. `key` is set for one that is to be created.

    `said` are the values the rows state; for a household, of which several rows speak, `said_in`
    tells which row stated each. `seen_before`: an earlier batch of this file spoke of the record.
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
    kept: int = 0

    @property
    def is_new(self) -> bool:
        """Whether the record is to be created."""
        return self.key is not None

    def say(self, name: str, value: Value, row: int) -> bool:
        """Take a statement of a row; False when an earlier row said something else."""
        if name not in self.said:
            self.said[name] = value
            self.said_in[name] = row
            return True
        return self.said[name] == value

    def differing(self) -> list[str]:
        """The fields in which the rows differ from the record."""
        loaded = self.loaded
        return [name for name, value in self.said.items() if loaded.get(name) != value]


def is_news(name: str, value: Value, written: Sequence[Writing]) -> bool:
    """Whether a file may write this value into a field that now holds another one.

    Not when the record once had it and a person, or another PC, has since changed it: then the
    file is the older source. When the change came from an import here, the newer file counts.
    """
    writings = [one for one in written if name in one.body]
    if not any(one.body[name] == value for one in writings):
        return True
    newest = writings[-1]
    return newest.act is not None and newest.act.startswith(ACT_PREFIX)
