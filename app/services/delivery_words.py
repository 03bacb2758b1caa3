"""The overview of handovers in words, the same in the window and on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.i18n import number, text
from app.models.queries.counting import Counts
from app.models.queries.rounds import RoundView
from app.services.delivery_values import Deliveries, Delivery, Gap, Share, Stage
from app.services.handover_register import HandoverView
from app.services.handover_values import COUNTED
from app.services.round_words import round_in_sentence
from app.services.rounds import OPEN

#: Gaps that are named in words, and numbers beyond which one is only counted.
_MOST_GAPS, _LONG_GAP = 5, 1000
_SHOWN = ("households", "children", "incomplete")


def title_of(found: Deliveries) -> str:
    """The heading of the overview: the round it is of, with its last day."""
    if not found.round_name:
        return text("deliveries.title")
    due = "" if found.due is None else f"{found.due:%d/%m/%Y}"
    return text("deliveries.in_round", round=found.round_name, due=due)


def summary_of(found: Deliveries) -> str:
    """How many units are how far."""
    said = text(
        "deliveries.said",
        accepted=number(found.count(Stage.ACCEPTED)),
        received=number(found.count(Stage.RECEIVED)),
        returned=number(found.count(Stage.RETURNED)),
        none=number(found.count(Stage.NONE)),
        whole=number(len(found.standing)),
    )
    outside = found.count(Stage.OUTSIDE)
    if not outside:
        return said
    return f"{said} {text('deliveries.said_outside', outside=number(outside))}"


def round_choice(one: RoundView) -> str:
    """A round as it stands among those that may be chosen."""
    return one.name if one.state == OPEN else text("deliveries.round_closed", round=one.name)


def other_open_rounds(found: Deliveries) -> str:
    """The sentence that names the open rounds that the overview is not of, "" without any."""
    others = [one for one in found.rounds if one.state == OPEN and one.id != found.round_id]
    if not others:
        return ""
    return text("deliveries.other_rounds", names=", ".join(f"«{one.name}»" for one in others))


def counts_words(one: Delivery, *, short: bool = False) -> str:
    """What the newest handover of a unit comes to, or those of the units that went into it: as
    givers stated, and where it was received with other numbers these too; before that word has come
    as it was received; "" where nobody has said. Of a unit without a PC see `note_words`. `short`:
    other numbers as a column has room for them.
    """
    views = one.parts or (() if one.last is None else (one.last,))
    said = [_said_of(view) for view in views]
    if not said or None in said:
        return ""
    stated = _sum(counts for counts in said if counts is not None)
    if not all(view.stated for view in views):
        return text("handovers.line_counts_received", **_numbers(stated))
    counted = _sum(_counted_here(view) for view in views)
    if (counted.households, counted.children) == (stated.households, stated.children):
        return text("handovers.line_counts", **_numbers(stated))
    return text(
        "handovers.line_counts_differ_short" if short else "handovers.line_counts_differ",
        households=number(stated.households),
        children=number(stated.children),
        counted_households=number(counted.households),
        counted_children=number(counted.children),
    )


def _said_of(view: HandoverView) -> Counts | None:
    """What a giver stated, or what was received of it; None where nobody has said."""
    counted = [got for got in view.receipts if not got.with_later]
    return view.stated or (counted[-1].counts if counted else None)


def _counted_here(view: HandoverView) -> Counts:
    """What the first receipt that says other numbers than the giver does says; else the giver's."""
    said = view.stated or Counts(0, 0, 0, 0)
    for got in view.receipts:
        other = (got.households, got.children) != (said.households, said.children)
        if other and view.counts_otherwise(got):
            return got.counts
    return said


def _sum(counts: Iterable[Counts]) -> Counts:
    found = list(counts)
    return Counts(*(sum(getattr(one, name) for one in found) for name in COUNTED))


def _numbers(said: Counts) -> dict[str, str]:
    return {name: number(getattr(said, name)) for name in _SHOWN}


def note_words(one: Delivery) -> str:
    """What is to be looked at with a unit, "" for nothing."""
    said = [*_of_days(one), *_of_whose(one), *_of_files(one)]
    return " · ".join(said)


def _of_days(one: Delivery) -> list[str]:
    said = []
    if one.late and one.is_outstanding:
        said.append(text("deliveries.late"))
    elif one.late:
        said.append(text("deliveries.came_late", days=number(one.late_days)))
    if one.newer:
        said.append(text("deliveries.newer"))
    if one.other_round:
        said.append(text("deliveries.other_round", round=round_in_sentence(one.other_round)))
    return said


def _of_whose(one: Delivery) -> list[str]:
    said = []
    if not one.has_pc:
        said.append(text("deliveries.no_pc"))
    held = one.held
    if held is not None and (held.households or held.children):
        households, children = number(held.households), number(held.children)
        said.append(text("deliveries.held", households=households, children=children))
    if one.gone:
        said.append(text("deliveries.gone"))
    if one.merged.delivered < one.merged.of:
        said.append(_share("merged", one.merged))
    if one.below.of and (one.has_pc or one.below.delivered):
        said.append(_share("below", one.below))
    return said


def _share(name: str, share: Share) -> str:
    delivered, whole = number(share.delivered), number(share.of)
    return text(f"deliveries.{name}", delivered=delivered, whole=whole)


def _of_files(one: Delivery) -> list[str]:
    said = []
    if one.sent_back:
        said.append(text("deliveries.sent_back", count=number(one.sent_back)))
    if one.kept:
        said.append(text("deliveries.kept", count=number(one.kept)))
    if one.undone:
        said.append(text("deliveries.undone"))
    if one.forked:
        said.append(text("deliveries.forked"))
    if one.missing:
        said.append(text("deliveries.missing", numbers=gap_words(one.missing)))
    return said


def gap_words(missing: Sequence[Gap]) -> str:
    """What is missing, as a few numbers: «2–7, 9 và 29.999.990 gói nữa»; "" for nothing.

    Short gaps are named and a long one only counted, so that it hides no other.
    """
    named = [one for one in missing if one.size <= _LONG_GAP][:_MOST_GAPS] or list(missing[:1])
    numbers = ", ".join(
        number(one.first) if one.size == 1 else f"{number(one.first)}–{number(one.last)}"
        for one in named
    )
    more = sum(one.size for one in missing) - sum(one.size for one in named)
    if not more:
        return numbers
    return text("deliveries.missing_more", numbers=numbers, more=number(more))
