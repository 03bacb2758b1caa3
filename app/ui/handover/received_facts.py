"""What a bundle brings, line by line for people: before it is taken in, and after.

The same lines stand in the wizard and above the list of a preview's records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.history.door import Direction
from app.i18n import in_sentence, number, text
from app.models.lines import Continuity
from app.services.arrivals_besides import Besides
from app.services.duplicate_words import recorded_words
from app.services.exchange import Received
from app.services.handover_people import KnownSigners
from app.services.handover_receiving import FileResult
from app.services.handover_stated import differs, stated_words
from app.services.missing_numbers import gap_words
from app.ui.handover.desk import HandoverDesk, Returned
from app.ui.handover.facts import Fact
from app.ui.handover.pending import MOST_RETURNS, returned_words

_CHECK = "\N{CHECK MARK}"
#: Lines of what comes besides records: of more there is a number.
_MOST_BESIDES = 7
_SIGN = "\N{BLACK UP-POINTING TRIANGLE}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, and in words what it brings back; `said` is the message after it was
    taken in, by what may be done with its line in the register of handovers. `signers` are proposed
    where a receipt is to name them.
    """

    result: FileResult
    returned: tuple[Returned, ...] = ()
    said: str = ""
    handover: str = ""
    signers: KnownSigners | None = None


def outcome_of(desk: HandoverDesk, result: FileResult) -> Outcome:
    """Runs beside the window's thread: the words need the register."""
    got = result.received
    if got is None:
        return Outcome(result)
    line = next((one for one in desk.register() if one.id == got.handover), None)
    said = "handovers.no_line"
    if line is not None and line.direction == Direction.BESIDE.value:
        said = "handovers.copied"
    elif line is not None and line.has_file:
        below = line.direction == Direction.BELOW.value
        said = "handovers.send_receipt" if below else "handovers.from_above"
    signers = desk.signers(got.sender, "") if desk.is_below(got.sender) else None
    return Outcome(result, desk.returned(got.returned), said, got.handover, signers)


def facts_of(outcome: Outcome, unit_name: Callable[[str], str], *, taken: bool) -> tuple[Fact, ...]:
    """The lines of a file that was, or would be, taken in; none of one that is refused."""
    got = outcome.result.received
    if got is None:
        return ()
    sender = text("handovers.facts.sender", sender=unit_name(got.sender), seq=got.seq)
    numbers = text(
        "handovers.facts.records",
        households_new=number(got.households_new),
        children_new=number(got.children_new),
        households_changed=number(got.households_changed),
        children_changed=number(got.children_changed),
        unchanged=number(got.unchanged),
    )
    about = "handovers.about.taken" if taken else "handovers.about.would"
    facts = [
        Fact(text("handovers.about.sender"), f"{_CHECK} {sender}", "done"),
        Fact(text(about), f"{_CHECK} {numbers}" if taken else numbers, "done" if taken else ""),
        *_stated(got),
        _minded(got),
        *_besides(outcome.result.besides),
    ]
    if taken:
        facts += [Fact("", text(one), "warning") for one in _next_steps(got)]
    if outcome.result.time_question and not taken:
        facts.append(Fact("", f"{_SIGN} {text('handovers.receive_clock.unsure')}", "warning"))
    said = (*_line_of(got, unit_name, taken=taken), *_returns_of(outcome, unit_name, taken=taken))
    return (*facts, *(Fact("", f"{_SIGN} {words}", "warning") for words in said))


def _stated(got: Received) -> Iterator[Fact]:
    """What the giver says it handed over, against what is counted here."""
    if got.with_later:
        yield Fact(text("handovers.about.stated"), text("stated.with_later"))
    if got.stated is None or got.counted is None:
        return
    words, about = stated_words(got.stated, got.counted), text("handovers.about.stated")
    if differs(got.stated, got.counted):
        yield Fact(about, f"{_SIGN} {words}", "warning")
    else:
        yield Fact(about, f"{_CHECK} {words}", "done")


def _besides(found: Sequence[Besides]) -> Iterator[Fact]:
    """What comes besides people's records; the lines of one matter stand under one name."""
    for at, one in enumerate(found[:_MOST_BESIDES]):
        yield Fact(text("handovers.about.besides") if at == 0 else " ", one.message)
    more = len(found) - _MOST_BESIDES
    if more > 0:
        yield Fact(" ", text("handovers.besides_more", count=number(more)))


def _minded(got: Received) -> Fact:
    about, minded = text("handovers.about.minded"), minded_words(got)
    if not got.needs_a_person:
        return Fact(about, minded)
    return Fact(about, f"{_SIGN} {minded}", "warning")


def minded_words(got: Received) -> str:
    """How much of a bundle somebody has to look after."""
    return text(
        "handovers.facts.minded",
        conflicts=number(got.conflicts),
        waiting=number(got.waiting),
        refused=number(got.refused),
    )


def _next_steps(got: Received) -> Iterator[str]:
    if got.waiting:
        yield "handovers.next.waiting"
    if got.conflicts:
        yield "handovers.next.conflicts"
    if got.refused > got.turned_refused:
        yield "handovers.next.refused"


def _line_of(got: Received, unit_name: Callable[[str], str], *, taken: bool) -> Iterator[str]:
    """What it says of this PC's own changes, of the sending PC's line, and of this one's."""
    if got.recorded:
        yield recorded_words(got.recorded, taken=taken)
    if got.turned_refused or got.turned_waiting:
        yield text(
            "handovers.taken_back" if taken else "handovers.would_take_back",
            sender=unit_name(got.sender),
            refused=number(got.turned_refused),
            waiting=number(got.turned_waiting),
        )
    sender = in_sentence(unit_name(got.sender))
    if got.continuity is Continuity.FORK:
        yield text("handovers.fork", sender=sender)
    elif got.continuity is Continuity.GAP:
        yield gap_words("handovers.gap", got.missing, sender=sender)
    if got.ahead is not None:
        key = "handovers.own_clock" if got.clock_behind else "handovers.ahead"
        yield text(key, day=f"{got.ahead:%d/%m/%Y}")
    if taken and got.renewed is not None:
        yield text("handovers.new_replica")
    elif got.alarm:
        yield text("handovers.alarm")
    for one in got.unused:
        yield one.message


def _returns_of(outcome: Outcome, unit_name: Callable[[str], str], *, taken: bool) -> Iterator[str]:
    found = outcome.returned
    if taken and found:
        # They wait from now on, and the page tells them in full until they are answered.
        yield text("handovers.returned.above", count=len(found))
        return
    for one in found[:MOST_RETURNS]:
        yield returned_words(one, unit_name)
    more = len(found) - MOST_RETURNS
    if more > 0:
        yield text("handovers.returned.more", count=number(more))
