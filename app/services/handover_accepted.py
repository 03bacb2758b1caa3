"""What a handover was when it was accepted: the giver's half as the receiver had it before him.

The record belongs to the giver, who may write his half again whenever he likes (`by` is a claim,
and a modified client states what it likes). What was stated inside the bundle, and what was
accepted, stays what it was; that the giver has written otherwise since is told beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.history.materialise import Ancestry, ancestry, materialise
from app.history.operation import Operation, Value
from app.models import bundles, log
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.handover_stated import with_stated
from app.services.handover_values import ACCEPTED, TIERS, is_stated, text_of
from app.services.workplace import ScopeTree
from app.sync.stated import read_kept

_GIVERS = "sent_"
#: What the giver's half says of later handovers, and what nobody accepts with this one.
_BESIDE = frozenset(("sent_answers",))


def as_held(
    reading: Reading, tree: ScopeTree, here: str, views: Sequence[RecordView]
) -> dict[str, tuple[RecordView, bool]]:
    """Handover → its record as the unit `here` holds it, and whether the giver has written his half
    otherwise since it was accepted.

    Receiver, number, file and counts are those of the signed bundle, where it went out or came in
    here and states any; everything else of the giver's half is as it stood when it was accepted. So
    written otherwise is also what differs from the bundle.
    """
    accepted = [one.id for one in views if accepting_tiers(tree, one.values)]
    operations = log.operations_of(reading, accepted) if accepted else {}
    went = {one.handover: one for one in bundles.outgoing(reading)}
    came = {one.handover: one for one in bundles.incoming(reading)}
    found: dict[str, tuple[RecordView, bool]] = {}
    for one in views:
        values, rewritten = _when_accepted(
            one.values, accepting_tiers(tree, one.values), operations.get(one.id, ())
        )
        signed: dict[str, Value] = {}
        kept: bytes | None = None
        if one.id in went:
            sent = went[one.id]
            signed = {"sent_to": sent.unit, "sent_seq": sent.seq, "sent_file": sent.file.name}
            kept = sent.stated
        elif one.id in came:
            got = came[one.id]
            signed = {"sent_to": here, "sent_seq": got.seq, "sent_file": got.file.name}
            kept = got.stated
        stated = None if kept is None else read_kept(kept)
        values, otherwise = with_stated(values, stated)
        view = replace(one, values={**values, **signed})
        found[one.id] = (view, rewritten or otherwise)
    return found


def answering_tiers(tree: ScopeTree, values: Mapping[str, Value]) -> list[str]:
    """The tiers that may answer for a handover, the lowest first: those above its giver. What a
    giver says in another one is no answer; the door lets none in, a PC of his own unit may hold it.
    """
    above = tree.tiers_above(text_of(values, "owner_unit"))
    return [tier for tier in TIERS if tier in above]


def accepting_tiers(tree: ScopeTree, values: Mapping[str, Value]) -> list[str]:
    """The tiers above its giver that accepted a handover, the lowest first."""
    return [
        tier for tier in answering_tiers(tree, values) if values.get(f"verdict_{tier}") == ACCEPTED
    ]


def _when_accepted(
    values: Mapping[str, Value], tiers: Sequence[str], operations: Collection[Operation]
) -> tuple[Mapping[str, Value], bool]:
    if not tiers or not _is_said_twice(operations):
        return values, False
    graph = ancestry({one.op_id: one.parents for one in operations})
    by_id = {one.op_id: one for one in operations}
    # Whoever accepted first had the giver's half before him; units above follow.
    stood = _state_of(by_id, graph, _deciding(by_id, graph, tiers))
    if not is_stated(stood):
        # Accepted before the half had come with the next bundle: its first word counts.
        stood = {**stood, **_first_said(by_id, graph)}
    theirs = {name: value for name, value in stood.items() if name.startswith(_GIVERS)}
    now = {name: value for name, value in values.items() if name.startswith(_GIVERS)}
    kept = {name: value for name, value in values.items() if not name.startswith(_GIVERS)}
    rewritten = any(
        theirs.get(name) != now.get(name) for name in (theirs.keys() | now.keys()) - _BESIDE
    )
    return {**kept, **theirs}, rewritten


def _is_said_twice(operations: Collection[Operation]) -> bool:
    """Whether anything of the giver's half was ever written in two ways."""
    said: dict[str, Value] = {}
    for one in operations:
        for name, value in (one.body or {}).items():
            if name.startswith(_GIVERS) and said.setdefault(name, value) != value:
                return True
    return False


def _deciding(
    by_id: Mapping[bytes, Operation], graph: Ancestry, tiers: Sequence[str]
) -> list[bytes]:
    """The first operation that accepts for the lowest of some tiers, by depth and id."""
    found = [
        one for one in graph.order if (by_id[one].body or {}).get(f"verdict_{tiers[0]}") == ACCEPTED
    ]
    return sorted(found, key=lambda one: (graph.depth[graph.index[one]], one))[:1]


def _state_of(
    by_id: Mapping[bytes, Operation], graph: Ancestry, heads: Sequence[bytes]
) -> dict[str, Value]:
    seen = 0
    for one in heads:
        at = graph.index[one]
        seen |= graph.ancestors[at] | 1 << at
    held = [by_id[one] for at, one in enumerate(graph.order) if seen >> at & 1]
    return dict(materialise(held).values)


def _first_said(by_id: Mapping[bytes, Operation], graph: Ancestry) -> dict[str, Value]:
    """The first half that states counts, by depth and id."""
    stating = [one for one in graph.order if "sent_households" in (by_id[one].body or {})]
    first = min(stating, key=lambda one: (graph.depth[graph.index[one]], one), default=None)
    body = {} if first is None else by_id[first].body or {}
    return {name: value for name, value in body.items() if name.startswith(_GIVERS)}
