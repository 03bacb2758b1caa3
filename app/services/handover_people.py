"""Who hands over and who receives, by name and title, on both sides of a handover.

They are proposed from the directory of people and from earlier handovers between the two units, and
may be typed anew: what was typed is remembered by the handover it stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.history.operation import Value
from app.models.queries import handovers as handover_queries
from app.models.queries import register
from app.services.handover_values import number_of, text_of
from app.services.workplace import Workplace
from app.text.normalize import clean

#: How many are proposed: more than ever hand over in a unit.
_MOST = 24


@dataclass(frozen=True, slots=True)
class Signer:
    """A person on one side; either may be empty, to be written by hand."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Signers:
    """Who hands over, and who receives."""

    giver: Signer = Signer()
    receiver: Signer = Signer()

    def cleaned(self) -> Signers:
        """Without needless blanks."""
        return Signers(*(Signer(clean(one.name), clean(one.title)) for one in self._both()))

    def _both(self) -> tuple[Signer, Signer]:
        return self.giver, self.receiver


@dataclass(frozen=True, slots=True)
class KnownSigners:
    """Who may be meant on each side, the likeliest first."""

    givers: tuple[Signer, ...] = ()
    receivers: tuple[Signer, ...] = ()


class HandoverPeople:
    """Use case: the names that are proposed."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def proposed(self, giver: str, receiver: str) -> KnownSigners:
        """For a handover from one unit to another; one of them is this one."""
        workplace = self._workplace
        with workplace.store.read() as reading:
            found = [one.values for one in handover_queries.handovers(reading)]
            directory = [
                one.values
                for page in register.stream(reading, "person", sorted({giver, receiver}))
                for one in page
                if one.values.get("active") is not False
            ]
        earlier = sorted(found, key=_when, reverse=True)
        between = [
            one
            for one in earlier
            if {text_of(one, "owner_unit"), text_of(one, "sent_to")} == {giver, receiver}
        ]
        units = workplace.tree.units

        def tier(unit: str) -> str:
            return workplace.tree.tier(unit) if unit in units else ""

        return KnownSigners(
            *(
                _first(
                    (
                        *self._signed_in(unit),
                        *_of_handovers(unit, between, tier),
                        *_of_directory(unit, directory),
                        *_of_handovers(unit, earlier, tier),
                    )
                )
                for unit in (giver, receiver)
            )
        )

    def _signed_in(self, unit: str) -> Iterator[Signer]:
        account = self._workplace.account
        if unit == self._workplace.unit:
            yield Signer(account.name_on_paper, account.title if account.name_on_paper else "")


def _when(values: Mapping[str, Value]) -> tuple[str, int]:
    return text_of(values, "sent_on"), number_of(values, "sent_seq")


def said_by_giver(values: Mapping[str, Value]) -> Signers:
    """Both people as the giver's half names them."""
    return Signers(
        Signer(text_of(values, "sent_by"), text_of(values, "sent_by_title")),
        Signer(text_of(values, "sent_receiver"), text_of(values, "sent_receiver_title")),
    )


def said_by_receiver(values: Mapping[str, Value], tier: str) -> Signers:
    """Both people as the half of the receiver, which is of `tier`, names them."""
    prefix = f"received_{tier}_"
    return Signers(
        Signer(text_of(values, prefix + "from"), text_of(values, prefix + "from_title")),
        Signer(text_of(values, prefix + "by"), text_of(values, prefix + "by_title")),
    )


def both(values: Mapping[str, Value], tier: str) -> Signers:
    """Who handed over and who received: each as its own side says it, else as the other does."""
    theirs, ours = said_by_giver(values), said_by_receiver(values, tier)
    return Signers(
        theirs.giver if theirs.giver.name else ours.giver,
        ours.receiver if ours.receiver.name else theirs.receiver,
    )


def _of_handovers(
    unit: str, found: Iterable[Mapping[str, Value]], tier: Callable[[str], str]
) -> Iterator[Signer]:
    for values in found:
        giver, to = text_of(values, "owner_unit"), text_of(values, "sent_to")
        if unit not in (giver, to):
            continue
        signed = both(values, tier(to or unit))
        if giver == unit:
            yield signed.giver
        if to == unit:
            yield signed.receiver


def _of_directory(unit: str, found: Iterable[Mapping[str, Value]]) -> Iterator[Signer]:
    for values in found:
        if text_of(values, "owner_unit") == unit:
            yield Signer(text_of(values, "full_name"), text_of(values, "title"))


def _first(found: Iterable[Signer]) -> tuple[Signer, ...]:
    """Each name once, with the first title that was said of it."""
    kept: dict[str, Signer] = {}
    for one in found:
        key = clean(one.name).casefold()
        if key and (key not in kept or not kept[key].title):
            kept[key] = one
    return tuple(kept.values())[:_MOST]
