"""What a bundle from above or beside brings besides people's records, in words: receipts, verdicts,
rounds, forms, code lists, units, erasures, and news about the PCs that hand over.

Told before it is taken in and after, by both faces. From below nothing of this comes that would be
news: its handovers are the register's, and what it passes on came from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.history.door import Direction
from app.i18n import in_sentence, number, text
from app.models import trust as store_trust
from app.models.bundles import IncomingBundle
from app.models.queries import brought, register
from app.models.queries.register import RecordView
from app.models.queries.rounds import RoundView, rounds
from app.models.store import Reading
from app.models.trust import TrustKind
from app.services.handover_values import (
    ACCEPTED,
    TIERS,
    is_with_later,
    number_of,
    set_aside_by,
    text_of,
)
from app.services.round_words import round_in_sentence
from app.services.wording import entity_in_words
from app.services.workplace import Workplace
from app.text.days import day_in_words
from app.text.normalize import clean

#: Receipts, forms and lists that are told one by one, the newest; the rest are counted.
_MOST = 4
#: Letters of a name that somebody else wrote.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Besides:
    """One thing that is told: what it is (`receipt`, `set_aside`, `round`, …), and the sentence."""

    what: str
    message: str


def besides_of(
    workplace: Workplace, new: Reading, old: Reading, bundle: IncomingBundle
) -> tuple[Besides, ...]:
    """What a bundle brings: `new` sees it taken in, `old` does not."""
    if bundle.direction == Direction.BELOW.value:
        return ()
    ids = brought.besides_records(new, bundle.number)
    teller = _Teller(workplace, new, old)
    known = {one.id for one in rounds(old)} if "round" in ids else set[str]()
    return (
        *teller.handovers(ids.get("handover", {})),
        *teller.references(ids, known),
        *_stations(workplace, new, old, bundle.station),
    )


def references_in_words(
    workplace: Workplace,
    reading: Reading,
    ids: Mapping[str, Mapping[str, set[str]]],
    begun: Collection[str],
) -> tuple[Besides, ...]:
    """Reference data that the next bundle to a unit brings (`leaving.besides`), as they are told
    where they arrive; `begun` are the rounds of them that begin with it.
    """
    known = {one for one in ids.get("round", {}) if one not in begun}
    return tuple(_Teller(workplace, reading, reading).references(ids, known))


def of_round(name: str) -> str:
    """Which round something was counted for."""
    return round_in_sentence(name)


def _counted(ids: Mapping[str, Mapping[str, set[str]]]) -> Iterator[Besides]:
    for what in ("org_unit", "org_unit_successor", "erase"):
        if what in ids:
            yield Besides(what, text(f"besides.{what}", count=len(ids[what])))


class _Teller:
    """Puts records into sentences."""

    def __init__(self, workplace: Workplace, new: Reading, old: Reading) -> None:
        self._workplace, self._new, self._old = workplace, new, old
        self._rounds: dict[str, RoundView] = {one.id: one for one in rounds(new)}

    def handovers(self, written: Mapping[str, set[str]]) -> Iterator[Besides]:
        """Receipts, acceptances, and what was set aside after a receipt or is in use again: of this
        unit's handovers each, of those below how many.
        """
        own: list[tuple[int, Besides]] = []
        below = Counter[tuple[str, str]]()
        for ent_id, view in register.records(self._new, "handover", written).items():
            for tier in TIERS:
                for what in self._told(tier, view, written[ent_id]):
                    if text_of(view.values, "owner_unit") == self._workplace.unit:
                        message = self._handover(what, tier, view)
                        own.append((number_of(view.values, "sent_seq"), Besides(what, message)))
                    else:
                        below[what, tier] += 1
        own.sort(key=lambda one: -one[0])
        yield from (one for _, one in own[:_MOST])
        if len(own) > _MOST:
            yield Besides("receipt", text("besides.receipts_more", count=len(own) - _MOST))
        for (what, tier), count in sorted(below.items()):
            words = text(f"besides.{what}_below", tier=text(f"besides.tier.{tier}"), count=count)
            yield Besides(what, words)

    def _told(self, tier: str, view: RecordView, written: Collection[str]) -> Iterator[str]:
        """What a tier newly says of a handover; returns are told with their reasons."""
        receipt, aside = f"received_{tier}_on", f"received_{tier}_set_aside"
        receipted = receipt in written and bool(text_of(view.values, receipt))
        if receipted:
            yield "receipt"
        if aside in written:
            lies_aside = bool(set_aside_by(view.values, (tier,)))
            own = text_of(view.values, "owner_unit") == self._workplace.unit
            if lies_aside and not (receipted and own):  # else the receipt's sentence says it
                yield "set_aside"
            before = register.record(self._old, "handover", view.id)
            lay_aside = before is not None and bool(set_aside_by(before.values, (tier,)))
            if lay_aside and not lies_aside:
                yield "used_again"
        if f"verdict_{tier}" in written and text_of(view.values, f"verdict_{tier}") == ACCEPTED:
            yield "accepted"

    def _handover(self, what: str, tier: str, view: RecordView) -> str:
        told: dict[str, object] = {
            "tier": text(f"besides.tier.{tier}"),
            "seq": number_of(view.values, "sent_seq"),
        }
        if what != "receipt":
            return text(f"besides.{what}", **told)
        prefix = f"received_{tier}_"
        for name in ("households", "children"):
            told[name] = number(number_of(view.values, prefix + name))
        what = "receipt_with_later" if is_with_later(view.values, tier) else "receipt"
        named = self._rounds.get(text_of(view.values, prefix + "round"))
        words = text(f"besides.{what}", **told)
        if named is not None:
            words = f"{words}, {of_round(_short(named.name))}"
        aside = bool(set_aside_by(view.values, (tier,)))
        return text("besides.set_aside_now", receipt=words) if aside else words

    def references(
        self, ids: Mapping[str, Mapping[str, set[str]]], known: Collection[str]
    ) -> Iterator[Besides]:
        """Rounds, forms, lists, units and erasures; `known` are the rounds that are no news."""
        yield from self.rounds(ids.get("round", {}), known)
        for entity in ("form_template", "code_list"):
            yield from self.named(entity, ids.get(entity, {}))
        yield from _counted(ids)

    def rounds(self, written: Mapping[str, set[str]], known: Collection[str]) -> Iterator[Besides]:
        """Rounds that can be gone by; of others it is told what is wrong with them."""
        for one in self._rounds.values():
            if one.id not in written:
                continue
            key = "new" if one.id not in known else "changed"
            if one.state != "open":
                key = "closed"
            told = {"round": _short(one.name), "due": day_in_words(one.closes_on)}
            yield Besides("round", text(f"besides.round_{key}", **told))

    def named(self, entity: str, written: Mapping[str, set[str]]) -> Iterator[Besides]:
        """Forms or code lists, by name and edition."""
        views = register.records(self._new, entity, written).values()
        told = sorted(
            (self._name(entity, one), _short(text_of(one.values, "edition"))) for one in views
        )
        for name, edition in told[:_MOST]:
            yield Besides(entity, text(f"besides.{entity}", name=name, edition=edition))
        if len(told) > _MOST:
            yield Besides(entity, text(f"besides.{entity}_more", count=len(told) - _MOST))

    @staticmethod
    def _name(entity: str, view: RecordView) -> str:
        if entity == "form_template":
            return entity_in_words(_short(text_of(view.values, "form")))
        return _short(text_of(view.values, "name"))


def _stations(workplace: Workplace, new: Reading, old: Reading, sender: str) -> Iterator[Besides]:
    """PCs that may hand over from now on, or no longer; roots; lists of what is revoked."""
    was, now = map(_active, (old, new))
    fresh = [unit for one, unit in now if (one, unit) not in was and one != sender]
    gone = [one[1] for one, active in now.items() if was.get(one) and not active]
    for what, units in (("station", fresh), ("station_out", gone)):
        if units:
            yield Besides(what, text(f"besides.{what}", units=_units(workplace, units)))
    if _newer(new, old, TrustKind.ROOT):
        yield Besides("root", text("besides.root"))
    if not gone and any(_newer(new, old, one) for one in (TrustKind.CRL, TrustKind.REVOKED)):
        yield Besides("revocations", text("besides.revocations"))


def _newer(new: Reading, old: Reading, kind: TrustKind) -> bool:
    """Whether there is something of a kind that was not here; a first list revokes nobody."""
    was = {one.name: one.number for one in store_trust.rows(old, kind)}
    now = store_trust.rows(new, kind)
    if kind is TrustKind.CRL:
        return any(one.number > was.get(one.name, one.number) for one in now)
    return any(one.name not in was for one in now)


def _units(workplace: Workplace, units: Sequence[str]) -> str:
    known = workplace.tree.units
    names = [
        one if (unit := known.get(one)) is None else in_sentence(unit.full_name())
        for one in sorted(set(units))
    ]
    more = len(names) - _MOST
    said = ", ".join(names[:_MOST])
    return f"{said}, …" if more > 0 else said


def _active(reading: Reading) -> dict[tuple[str, str], bool]:
    """PC and unit → whether it may hand over."""
    found = store_trust.stations(reading, active_only=False)
    return {(one.station, one.unit): one.active for one in found}


def _short(words: str) -> str:
    return clean(words)[:_SHOWN]
