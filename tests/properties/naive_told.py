"""What a delivery says of itself, counted a second time from what stood before and stands after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.history.door import State
from app.history.operation import Operation
from app.models.rows import values_of
from app.models.schema import ENTITY_TABLES
from app.sync.apply import Outcome

if TYPE_CHECKING:
    from tests.properties.fleet import Replica

#: (household or child, id) → everything a person sees on its page.
Pages = dict[tuple[str, str], str]
_ALL_OF = {name: select(table) for name, table in ENTITY_TABLES.items()}


def pages(here: Replica) -> Pages:
    parts: dict[str, list[str]] = {}
    found: dict[tuple[str, str], list[str]] = {}
    with here.store.read() as connection:
        for name in ("circumstance", "support", "life_event", "note"):
            for row in connection.execute(_ALL_OF[name]).mappings():
                if not row["_hidden"]:
                    parts.setdefault(row["record"], []).append(name + _words(name, dict(row)))
        for name in ("household", "child"):
            for row in connection.execute(_ALL_OF[name]).mappings():
                words = f"{bool(row['_hidden'])}" + _words(name, dict(row))
                found[name, row["id"]] = [words, *sorted(parts.get(row["id"], ()))]
    return {key: "\n".join(lines) for key, lines in found.items()}


def _words(name: str, row: dict[str, object]) -> str:
    shown = {k: v for k, v in values_of(name, row).items() if k[0] != "_" and k != "template"}
    return row["id"] + repr(sorted(shown.items()))


def check_told(
    outcome: Outcome,
    states: tuple[Mapping[bytes, State], Mapping[bytes, State]],
    seen: tuple[Pages, Pages],
    delivered: Collection[Operation],
) -> None:
    """The numbers that a person reads, by the states and the pages before and after."""
    before, after = seen
    for name, new, changed in (
        ("household", outcome.households_new, outcome.households_changed),
        ("child", outcome.children_new, outcome.children_changed),
    ):
        born = {key for key in after.keys() - before.keys() if key[0] == name}
        other = {key for key in before if key[0] == name and after.get(key) != before[key]}
        assert (new, changed) == (len(born), len(other)), name
    came = {(o.ent_type, o.ent_id) for o in delivered} & before.keys()
    assert outcome.unchanged == len({key for key in came if after.get(key) == before[key]})
    was, now = states
    brought = {one.op_id for one in delivered}

    def became(state: State, *earlier: State) -> int:
        return sum(
            1
            for op_id, old in was.items()
            if old in earlier
            and now[op_id] is state
            and not (old is not State.ACCEPTED and op_id in brought)
        )

    refused = became(State.REFUSED, State.ACCEPTED, State.WAITING)
    assert outcome.newly_refused + outcome.late_refused == refused
    assert outcome.newly_waiting == became(State.WAITING, State.ACCEPTED)
    assert outcome.late_waiting == became(State.WAITING, State.REFUSED)
