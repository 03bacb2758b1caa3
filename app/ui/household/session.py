"""What is open on a household page: values as loaded, text as typed, and what a save is made of.

Saving follows 4-sync.md, "Saving from a form": an operation is based on the heads its values were
loaded with and holds the fields that differ from them; afterwards the base is that operation. Text
that a field cannot hold stays text, is never saved and never lost. Knows no widget and no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from app.forms.field_types import FieldProblem
from app.forms.issues import Value
from app.forms.schema import Template
from app.ids import derived_id, new_id
from app.models.work import Change
from app.services.entry import Choice
from app.services.masking import ShownRecord
from app.services.saving import RecordSave, Saved
from app.ui.household.codec import Codec

#: Bookkeeping of the record that the page itself sets.
_OWN = frozenset(("complete", "inherited", "template"))


@dataclass(frozen=True, slots=True)
class BegunReason:
    """What was typed so far as the reason for an issue; `issue` is its key. `asked` while the
    question stands on the page.
    """

    issue: str
    text: str = ""
    asked: bool = True


@dataclass(slots=True)
class OpenRecord:
    """One record open in a form.

    `key` is what a new record's id is derived from, None for one that the store knows. `texts` are
    typed and not yet saved, by field; `problems` say why one cannot be read. `changed_under` holds
    what somebody else made of a field since it was loaded. `contested` fields were written
    differently by two sides when the page was last read, and show one of the values. `sent_back`
    says, by field, who sent it back and why, under "" what is about the whole record; `refused` in
    the same way what a unit above did not take. `visited`
    fields have been left once, so that what they lack may be said aloud. `masked` fields hold
    something that was not given to the page: they are in neither `values` nor `loaded`, so a save
    leaves them as they are until they are typed over; nothing typed is no value for them.
    `revealed` were masked, and are shown for a reason. `reason` is one begun and not given yet.
    """

    entity: str
    id: str
    values: dict[str, Value]
    loaded: dict[str, Value] = field(default_factory=dict)
    base: tuple[bytes, ...] = ()
    key: str | None = None
    texts: dict[str, str] = field(default_factory=dict)
    problems: dict[str, FieldProblem] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)
    changed_under: dict[str, Value] = field(default_factory=dict)
    contested: frozenset[str] = frozenset()
    sent_back: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)
    revealed: set[str] = field(default_factory=set)
    parts: list[OpenRecord] = field(default_factory=list)
    touched: bool = False
    reason: BegunReason | None = None

    @property
    def new(self) -> bool:
        """Whether the store does not know it yet."""
        return self.key is not None

    @property
    def blank(self) -> bool:
        """Whether it is a line that was opened and nothing typed into: it is nobody's statement."""
        return self.new and not self.touched

    @property
    def unsaved(self) -> bool:
        """Whether something was typed, chosen or removed that the store does not hold."""
        return (
            self.touched
            or (not self.new and any(map(self._differs, self.values)))
            or any(part.unsaved for part in self.parts)
        )

    @property
    def waits(self) -> bool:
        """Whether a draft of it is kept: something is unsaved, or a reason is being asked for."""
        return self.unsaved or (self.reason is not None and self.reason.asked)

    def type(self, codec: Codec, text: str) -> None:
        """Take over what was typed into a field; the text stays as it is."""
        name = codec.field.name
        self.touched = True
        self.texts[name] = text
        self.inherited.discard(name)
        if name in self.masked and not text.strip():
            # What nobody saw nobody empties: the field is masked again.
            self.texts.pop(name)
            self.values.pop(name, None)
            self.problems.pop(name, None)
            return
        try:
            self.values[name] = codec.parse(text)
        except FieldProblem as problem:
            self.problems[name] = problem
            if name in self.masked:
                self.values.pop(name, None)
            else:
                self.values[name] = self.loaded.get(name)
        else:
            self.problems.pop(name, None)

    def put(self, name: str, value: Value) -> None:
        """Set a value that was chosen rather than typed."""
        self.touched = True
        self.values[name] = value
        self.texts.pop(name, None)
        self.problems.pop(name, None)
        self.inherited.discard(name)

    def changes(self) -> dict[str, Value]:
        """The fields that differ from what was loaded, or all of a new record."""
        if self.new:
            return {name: value for name, value in self.values.items() if value is not None}
        return {name: value for name, value in self.values.items() if self._differs(name)}

    def _differs(self, name: str) -> bool:
        value, loaded = self.values[name], self.loaded.get(name)
        return value is not loaded and (value != loaded or type(value) is not type(loaded))

    def change(self, complete: bool | None = None) -> Change:
        """The save of this record. `complete` None leaves the clerk's declaration as it is."""
        values = self.changes()
        if self.entity in ("child", "household"):
            if complete is not None and complete != self.loaded.get("complete"):
                values["complete"] = complete
            marks: list[str] | None = sorted(self.inherited) or None
            if self.entity == "child" and marks != (self.loaded.get("inherited") or None):
                values["inherited"] = marks
        if self.new:
            return Change(self.entity, values, key=self.key)
        return Change(self.entity, values, id=self.id, base=self.base, loaded=dict(self.loaded))

    def hides(self, name: str) -> bool:
        """Whether a field stands masked on the page: nobody typed over it."""
        return name in self.masked and name not in self.values and name not in self.texts

    @property
    def is_secret(self) -> bool:
        """Whether it is a line of which not even the kind is shown."""
        return self.entity == "circumstance" and self.hides("group")

    # --- drafts -----------------------------------------------------------------------------

    def as_draft(self) -> dict[str, object]:
        """Plain values from which `from_draft` makes the same open record again.

        What was revealed is masked in it again: whoever opens a draft gives a reason of their own.
        """
        kept_out = {n for n in self.revealed if self.values.get(n) == self.loaded.get(n)}
        return {
            "entity": self.entity,
            "id": self.id,
            "key": self.key,
            "base": [one.hex() for one in self.base],
            "loaded": {n: v for n, v in self.loaded.items() if n not in self.revealed},
            "values": {n: v for n, v in self.values.items() if n not in kept_out},
            "masked": sorted(self.masked | self.revealed),
            "texts": dict(self.texts),
            "inherited": sorted(self.inherited),
            "visited": sorted(self.visited),
            "reason": None if self.reason is None else asdict(self.reason),
            "touched": self.touched,
            "parts": [part.as_draft() for part in self.parts],
        }


def opened(view: ShownRecord) -> OpenRecord:
    """An open record as the store holds it, as far as it is shown."""
    marks = view.values.get("inherited")
    return OpenRecord(
        view.entity,
        view.id,
        view.open_values,
        view.open_values,
        view.heads,
        inherited=set(marks) if isinstance(marks, list) else set(),
        masked=set(view.masked),
    )


def following(number: Value) -> Value:
    """The number after one that is counted through, as wide as it; None after what is no number."""
    if isinstance(number, int):
        return number + 1
    if isinstance(number, str) and number.isascii() and number.isdigit():
        return str(int(number) + 1).zfill(len(number))
    return None


def begun(entity: str, anchor: str, values: Mapping[str, Value], key: str = "") -> OpenRecord:
    """A new record whose id is derived from `anchor` (its unit or record) and a key."""
    chosen = key or new_id()
    return OpenRecord(entity, derived_id(anchor, chosen), dict(values), key=chosen)


def from_draft(draft: Mapping[str, object], codecs: Mapping[str, Codec]) -> OpenRecord:
    """The open record of a draft. Texts are read again, so that their problems are known."""
    said = dict(draft)
    record = OpenRecord(
        str(said["entity"]),
        str(said["id"]),
        dict(_mapping(said["values"])),
        dict(_mapping(said["loaded"])),
        tuple(bytes.fromhex(str(one)) for one in _items(said["base"])),
        key=None if said["key"] is None else str(said["key"]),
        inherited={str(one) for one in _items(said["inherited"])},
        masked={str(one) for one in _items(said.get("masked", []))},
        visited={str(one) for one in _items(said["visited"])},
        reason=_reason(_mapping(said.get("reason"))),
        touched=bool(said["touched"]),
    )
    for name, text in _mapping(said["texts"]).items():
        record.texts[name] = str(text)
        codec = codecs.get(name)
        if codec is None:
            continue
        try:
            codec.parse(str(text))
        except FieldProblem as problem:
            record.problems[name] = problem
    for part in _items(said["parts"]):
        if isinstance(part, dict):
            record.parts.append(from_draft(part, codecs))
    return record


def _reason(said: Mapping[str, Value]) -> BegunReason | None:
    if not said:
        return None
    return BegunReason(str(said["issue"]), str(said["text"]), bool(said["asked"]))


def _mapping(value: object) -> Mapping[str, Value]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A record as it went into a save, to tell afterwards what was typed meanwhile."""

    record: OpenRecord
    values: Mapping[str, Value]
    texts: Mapping[str, str]


def save_of(
    records: Iterable[OpenRecord], declared: Mapping[str, bool | None]
) -> tuple[list[RecordSave], list[Snapshot]]:
    """The saves of the records that have something to save, with their snapshots.

    `declared` says by id whether a record is declared complete now. The results of `Entry.save`
    come in the order of the snapshots.
    """
    saves: list[RecordSave] = []
    shots: list[Snapshot] = []
    for record in records:
        changed = [part for part in record.parts if part.unsaved]
        saves.append(
            RecordSave(
                record.change(declared.get(record.id)),
                tuple(part.change() for part in changed),
            )
        )
        shots += [Snapshot(one, dict(one.values), dict(one.texts)) for one in (record, *changed)]
    return saves, shots


def settle(shot: Snapshot, saved: Saved) -> None:
    """After a save: the base is the operation, the loaded values are the saved ones."""
    record = shot.record
    record.base = saved.base
    record.key = None
    record.changed_under.clear()
    written = dict(saved.values)
    for name in {*record.values, *written}:
        if record.values.get(name) == shot.values.get(name):
            record.values[name] = written.get(name)
    record.loaded = written
    for name, text in shot.texts.items():
        if record.texts.get(name) == text and name not in record.problems:
            record.texts.pop(name)
    record.touched = bool(record.texts)


def unveil(record: OpenRecord, view: ShownRecord) -> None:
    """Show what was masked, after a reason was given; what was typed over stays as typed."""
    refresh(record, view)
    for name in record.masked & view.values.keys():
        value = view.open_values[name]
        record.loaded[name] = value
        record.values.setdefault(name, value)
    record.revealed |= record.masked
    record.masked.clear()


def refresh(record: OpenRecord, view: ShownRecord) -> None:
    """Bring an open record to what the store holds now.

    Nothing unsaved is lost: a record with unsaved text keeps its base and its text, and the fields
    that changed under it are noted; any other record is simply loaded again.
    """
    if view.heads == record.base:
        return
    if not record.unsaved:
        record.values = view.open_values
        record.loaded = view.open_values
        record.masked = set(view.masked)
        record.base = view.heads
        record.changed_under.clear()
        return
    record.changed_under = {
        name: value
        for name, value in view.open_values.items()
        if name not in _OWN and value != record.loaded.get(name)
    }
    for name, value in record.changed_under.items():
        if name not in record.texts and record.values.get(name) == record.loaded.get(name):
            record.values[name] = record.loaded[name] = value


def codecs_of(
    template: Template, choices: Mapping[str, Sequence[Choice]], year: int
) -> dict[str, Codec]:
    """A codec for every field of a template; `choices` are what its references may name."""
    return {one.name: Codec(one, tuple(choices.get(one.name, ())), year) for one in template.fields}
