"""Which unit a written name means, and how sure that is: "TT. Ba Tơ - H. Ba Tơ - Quảng Ngãi".

A name is recognised where only one unit fits all that was written. One slip (a letter, a mark, the
kind, or one of these in a unit above) is a proposal for a person to confirm. Two units that fit are
two candidates. A former unit stands for the one into which it went whole; of one that was split,
and of a district, the parts are told and none is chosen.

Knows no tree and no list: whoever asks hands the units in. Refuses to read addresses: a village or
a house before the commune must be a piece of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.matching.unit_reading import ANYWHERE, Context, Found, How, Outcome, Reading, UnitName
from app.matching.unit_segments import Parser, Parting, Segment
from app.matching.unit_times import NO_TIMES, Timed, TimeWords
from app.matching.unit_words import (
    Entry,
    Fit,
    Word,
    differ_by_one,
    fit,
    key_of,
    plain_of,
    with_figures,
    words_of,
)

#: Letters below which one more or less is another name: `Ba`, `Bo`, `Gào`.
_SHORTEST = 5
#: How many candidates are told; a "Tân Lập" lies in half the provinces.
MOST_TOLD = 50
_OF_FIT = {Fit.EXACT: How.NAME, Fit.BARE: How.BARE, Fit.PARTLY: How.PARTLY, Fit.OTHER: How.MARK}
_ORDER = {how: place for place, how in enumerate(How)}


@dataclass(frozen=True, slots=True)
class _Fitting:
    """A unit that fits a text but for at most one slip. `strict`: what was written above it are
    units in which it lies itself. `short`: too short a name for a letter more or less to be a slip;
    it may be meant and is never proposed.
    """

    unit: UnitName
    how: How
    slips: int = 0
    strict: bool = True
    short: bool = False


class UnitNames:
    """All units of all editions by their names. The indexes are made when they are needed first;
    nothing is written afterwards that another thread could see half.
    """

    def __init__(
        self,
        units: Iterable[UnitName],
        kind_words: Mapping[str, Collection[str]],
        *,
        offices: Collection[str] = (),
        below: Collection[str] = (),
        times: TimeWords = NO_TIMES,
    ) -> None:
        """`kind_words`: kind → the words and abbreviations before a name of it. `offices`: words
        that may stand before or beside a unit ("UBND"); `below`: those that begin the name of a
        place inside a commune ("Thôn"). `times`: words of when a unit is called so ("cũ").
        """
        self._units = {unit.ref: unit for unit in units}
        self._words = kind_words, offices, below, times

    def recognise(self, text: str, context: Context = ANYWHERE) -> Reading:
        """Which unit a text means: a code, `CODE@EDITION`, or a name, with or without its kind and
        the units above it, in either order.
        """
        coded = [one for one in self._coded(text.strip()) if _allowed(one.unit, context)]
        if coded:
            return self._decided(coded, context)
        elsewhere = Reading(Outcome.UNKNOWN)
        for partings in self._parser.readings(text):
            sure = [one for one in self._fitting(partings, context) if not one.slips]
            if not sure:
                continue
            inside = self._inside(sure, context)
            if inside or len(partings[0]) > 1:
                return self._decided(inside or sure, context)
            elsewhere = Reading(Outcome.ELSEWHERE, found=self._told(sure))
        timed = self._parser.times.of(text)
        if timed is not None:
            read = self._timed(timed, context)
            if read.outcome is not Outcome.UNKNOWN:
                return read
        slipped = self._inside(self._slipped(text, context), context)
        return self._decided(slipped, context) if slipped else elsewhere

    # --- indexes ----------------------------------------------------------------------------

    @cached_property
    def _named(self) -> Mapping[str, Sequence[Entry[UnitName]]]:
        """Key → the units whose names have it; a roman numeral also in figures."""
        index: dict[str, list[Entry[UnitName]]] = defaultdict(list)
        for unit in self._units.values():
            words = words_of(unit.name)
            if not words:
                continue
            index[key_of(words)].append(Entry(unit, words))
            figures = with_figures(words)
            if figures is not None:
                index[key_of(figures)].append(Entry(unit, figures))
        return dict(index)

    @cached_property
    def _short(self) -> Mapping[str, Sequence[Entry[UnitName]]]:
        """Key of an abbreviation → its units; no slip is looked for in it."""
        index: dict[str, list[Entry[UnitName]]] = defaultdict(list)
        for unit in self._units.values():
            for one in unit.also:
                words = words_of(one)
                index[key_of(words)].append(Entry(unit, words))
        return dict(index)

    @cached_property
    def _spelled(self) -> Mapping[str, Sequence[Entry[UnitName]]]:
        """Every way to write a name without marks, `y` and `i` as they stand too → its units."""
        index: dict[str, dict[str, Entry[UnitName]]] = defaultdict(dict)
        for entries in self._named.values():
            for entry in entries:
                for way in (key_of(entry.words), plain_of(entry.words)):
                    index[way][entry.unit.ref] = entry
        return {way: tuple(found.values()) for way, found in index.items()}

    @cached_property
    def _ways(self) -> list[str]:
        return list(self._spelled)

    @cached_property
    def _by_code(self) -> Mapping[str, Sequence[UnitName]]:
        index: dict[str, list[UnitName]] = defaultdict(list)
        for unit in self._units.values():
            index[_code(unit)].append(unit)
        return dict(index)

    @cached_property
    def _parser(self) -> Parser:
        return Parser({*self._named, *self._short}, *self._words)

    @cached_property
    def _made_of(self) -> Mapping[str, Sequence[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for unit in self._units.values():
            for new in (unit.whole, *unit.parts):
                if new:
                    index[new].append(unit.ref)
        return dict(index)

    @cached_property
    def _below(self) -> Mapping[str, Sequence[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for unit in self._units.values():
            index[unit.parent].append(unit.ref)
        return dict(index)

    @cached_property
    def _surroundings(self) -> dict[str, frozenset[str]]:
        return {}

    def _above(self, ref: str) -> list[str]:
        found: list[str] = []
        unit = self._units.get(ref)
        while unit is not None and unit.parent and unit.parent not in found:
            found.append(unit.parent)
            unit = self._units.get(unit.parent)
        return found

    def _around(self, ref: str) -> frozenset[str]:
        """Every unit in which a unit lies or lay: those above it, above what it was made of and
        above what became of it, and what became of these whole.
        """
        known = self._surroundings.get(ref)
        if known is None:
            unit = self._units[ref]
            line = {ref, *self._made_of.get(ref, ()), unit.whole, *unit.parts} - {""}
            found = {above for one in line for above in self._above(one)}
            found |= {one.whole for above in found if (one := self._units.get(above))}
            known = self._surroundings[ref] = frozenset(found - {""})
        return known

    # --- what fits --------------------------------------------------------------------------

    def _coded(self, text: str) -> Iterator[_Fitting]:
        """The units of a code. Two or three figures may be the number of a ward as well."""
        if "@" in text and text in self._units:
            yield _Fitting(self._units[text], How.CODE)
        if text.isascii() and text.isdigit():
            found = {unit.ref: _Fitting(unit, How.CODE) for unit in self._by_code.get(text, ())}
            if len(text) <= 3 and found:
                for entry in self._named.get(key_of(words_of(text)), ()):
                    found.setdefault(entry.unit.ref, _Fitting(entry.unit, How.NAME))
            yield from found.values()

    def _fitting(self, partings: Iterable[Parting], context: Context) -> list[_Fitting]:
        """The units that a text may mean, however it is parted: the smallest stands first or last.

        Of each, the reading with the fewest slips.
        """
        found: dict[str, _Fitting] = {}
        for parting in partings:
            for leaf, above in _orders(parting):
                for unit, words in self._called(leaf):
                    if not _allowed(unit, context):
                        continue
                    one = self._weighed(unit, words, leaf, above)
                    held = found.get(unit.ref)
                    if one is not None and (held is None or _rank(one) < _rank(held)):
                        found[unit.ref] = one
        return sorted(found.values(), key=_rank)

    def _called(self, segment: Segment) -> Iterable[Entry[UnitName]]:
        if segment.near is not None:
            return segment.near
        return (*self._named.get(segment.key, ()), *self._short.get(segment.key, ()))

    def _weighed(
        self, unit: UnitName, words: Sequence[Word], leaf: Segment, above: Sequence[Segment]
    ) -> _Fitting | None:
        """A unit beside what was written; None where more than one slip lies between them."""
        how, slips = _compared(words, leaf)
        if leaf.kinds is not None and unit.kind not in leaf.kinds:
            how, slips = How.KIND, slips + 1
        strict = True
        own = self._above(unit.ref)
        for one in above:
            if one.code:
                if one.code != _code(unit):
                    return None
                continue
            least = self._slips_above(one, own)
            if least:  # neither these nor without a slip: those of before and after
                wider = self._slips_above(one, self._around(unit.ref))
                if wider < least:
                    least, strict = wider, False
            if least:
                how, slips = How.ABOVE, slips + least
        if slips > 1:
            return None
        how = how if strict or slips else How.FORMERLY_IN
        letter = [one for one in (leaf, *above) if one.near is not None]
        return _Fitting(unit, how, slips, strict, any(not _is_long(one.key) for one in letter))

    def _slips_above(self, written: Segment, units: Collection[str]) -> int:
        """With how many slips one of the units is called so; two where none is."""
        fewest = 2
        for unit, words in self._called(written):
            if unit.ref in units:
                slips = _compared(words, written)[1]
                slips += int(written.kinds is not None and unit.kind not in written.kinds)
                fewest = min(fewest, slips)
        return fewest

    def _slipped(self, text: str, context: Context) -> list[_Fitting]:
        """The units from which a text differs by one slip."""
        partings = [one for each in self._parser.readings(text) for one in each]
        return self._fitting([*partings, *self._parser.with_slip(text, self._near)], context)

    def _near(self, words: Sequence[Word]) -> Sequence[Entry[UnitName]]:
        """The units called so but for one letter."""
        ways = {key_of(words), plain_of(words)}
        alike = {
            near: None
            for way in sorted(ways)
            for near, _, _ in process.extract(
                way, self._ways, scorer=OSA.distance, score_cutoff=1, limit=None
            )
        }
        found = {
            entry.unit.ref: entry
            for near in alike
            for entry in self._spelled[near]
            if key_of(entry.words) != key_of(words) and differ_by_one(words, entry.words)
        }
        return tuple(found.values())

    # --- before and after -------------------------------------------------------------------

    def _timed(self, said: Timed, context: Context) -> Reading:
        """What a text means that says of when it is."""
        if context.lasting is not None:
            return Reading(Outcome.UNKNOWN)  # said twice
        lasting = said.lasting
        read = self.recognise(said.text, replace(context, lasting=lasting))
        if not said.other:
            return read
        other = self.recognise(said.other, replace(context, lasting=not lasting))
        if Outcome.ELSEWHERE in (read.outcome, other.outcome):
            return Reading(Outcome.ELSEWHERE, found=read.found)
        old, new = (other, read) if lasting else (read, other)
        return self._became(old, new)

    def _became(self, old: Reading, new: Reading) -> Reading:
        """A former unit beside what it is today, or beside a unit in which it now lies."""
        wanted = {one.today for one in new.found} - {""}
        fitting: dict[str, Found] = {}
        for one in old.found:
            for today in (one.today,) if one.today else one.parts:
                if today in wanted or not wanted.isdisjoint(self._above(today)):
                    unit = one.unit if one.today else today
                    fitting.setdefault(today, Found(unit, one.how, today))
        if not fitting:
            return Reading(Outcome.UNKNOWN)
        found = tuple(fitting.values())
        if len(found) > 1:
            return Reading(Outcome.AMBIGUOUS, found=found)
        slips = Outcome.PROPOSED in (old.outcome, new.outcome)
        outcome = Outcome.PROPOSED if slips else Outcome.RECOGNISED
        return Reading(outcome, found[0].today, found[0].unit, found[0].how, found)

    # --- the decision -----------------------------------------------------------------------

    def _inside(self, fitting: list[_Fitting], context: Context) -> list[_Fitting]:
        if not context.within:
            return fitting
        wanted = set(context.within)
        return [
            one
            for one in fitting
            if one.unit.ref in wanted or not wanted.isdisjoint(self._around(one.unit.ref))
        ]

    def _decided(self, fitting: list[_Fitting], context: Context) -> Reading:
        """What is said of units that fit alike: all sure, or all but for one slip."""
        kept = fitting
        if context.communes:
            kept = [one for one in kept if one.unit.holds] or kept
        kept = [one for one in kept if one.strict] or kept
        if context.day is not None:
            day = context.day
            kept = [one for one in kept if one.unit.stood_on(day)] or kept
        told = self._told(kept)
        best = kept[0]
        todays = {one.today for one in told}
        if len(todays) > 1 or ("" in todays and len(told) > 1):
            return Reading(Outcome.AMBIGUOUS, found=told)
        # Of an old and a new unit that are one today the newest: it is called so now.
        newest = max(one.unit.partition("@")[2] for one in told)
        ours = [one for one in told if one.unit.endswith(f"@{newest}")]
        named, how = ours[0].unit if len(ours) == 1 else "", ours[0].how
        if "" not in todays:
            if best.short:
                return Reading(Outcome.AMBIGUOUS, found=told)
            outcome = Outcome.PROPOSED if best.slips else Outcome.RECOGNISED
            return Reading(outcome, told[0].today, named, how, told)
        unit = self._units[named]
        return Reading(Outcome.SPLIT if unit.parts else Outcome.ABOLISHED, "", named, how, told)

    def _told(self, fitting: Sequence[_Fitting]) -> tuple[Found, ...]:
        return tuple(
            Found(one.unit.ref, one.how, today, () if today else self._parts_of(one.unit))
            for one in fitting[:MOST_TOLD]
            for today in [self._today(one.unit)]
        )

    def _today(self, unit: UnitName) -> str:
        """The unit that answers for one today; empty where it was split or abolished."""
        seen = {unit.ref}
        while unit.whole and unit.whole not in seen and unit.whole in self._units:
            seen.add(unit.whole)
            unit = self._units[unit.whole]
        return "" if unit.parts or unit.abolished else unit.ref

    def _parts_of(self, unit: UnitName) -> tuple[str, ...]:
        """What is there today of a unit that was split, or of one whose communes went on."""
        found: dict[str, None] = {}
        for one in unit.parts or [unit.ref, *self._below.get(unit.ref, ())]:
            below = self._units[one]
            if below.ref != unit.ref and (today := self._today(below)):
                found[today] = None
            elif below.ref != unit.ref:
                found.update(dict.fromkeys(below.parts))
        return tuple(sorted(found))


def _compared(words: Sequence[Word], written: Segment) -> tuple[How, int]:
    """How a name was written and with how many slips; two where it is another name."""
    if written.near is not None:
        return How.LETTER, 1
    fits = fit(written.words, words)
    if fits is Fit.OTHER and not differ_by_one(written.words, words):
        return How.MARK, 2
    return _OF_FIT[fits], int(fits >= Fit.PARTLY)


def _orders(parting: Parting) -> Iterator[tuple[Segment, Sequence[Segment]]]:
    """The name of the unit itself and the others: it stands first, or last."""
    codes = [one for one in parting if one.code]
    names = [one for one in parting if not one.code]
    if names:
        yield names[0], [*names[1:], *codes]
    if len(names) > 1:
        yield names[-1], [*names[:-1], *codes]


def _rank(one: _Fitting) -> tuple[int, bool, int, int, str]:
    edition = one.unit.ref.partition("@")[2]
    newest = -int("".join(filter(str.isdigit, edition)) or 0)
    return one.slips, not one.strict, _ORDER[one.how], newest, one.unit.ref


def _allowed(unit: UnitName, context: Context) -> bool:
    if context.lasting is not None and unit.lasts is not context.lasting:
        return False
    return not context.edition or unit.ref.endswith(f"@{context.edition}")


def _code(unit: UnitName) -> str:
    return unit.ref.partition("@")[0]


def _is_long(key: str) -> bool:
    return len(key.replace(" ", "")) >= _SHORTEST
