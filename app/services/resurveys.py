"""The re-survey of a handover (phúc tra): households drawn by lot, visited again, and what was
found at each.

The draw stays on this PC: the unit below is not told whom somebody will visit. A result is a review
of the household under the name and the seed of the sample; it travels up and down like any review
and says itself how many were drawn of how many. Results of one household and sample meet in one
record; two people who found different things there are a conflict, not the later one. Only what a
unit above the giver of the handover says counts, for the household's own unit may write reviews
there, too; and only the unit that drew a sample writes into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import msgspec

from app.errors import KnownError
from app.forms.retyped import resurveyed_names
from app.forms.words import holds_private_words
from app.history.door import RESURVEYED, TIERS
from app.history.operation import Value
from app.i18n import number, text
from app.ids import derived_id
from app.models.queries import register, verifying
from app.models.queries.counting import Basis
from app.models.queries.erasing import erased_among, erasures
from app.models.queries.register import HouseholdRow, RecordView
from app.models.queries.verifying import RETURNED, Resurveyed
from app.models.store import Reading
from app.models.work import Change
from app.services.handover_values import found_handover, text_of
from app.services.masking import Reveal, look, reason_seen, require_reveal, require_sight
from app.services.rights import Right, allows
from app.services.samples import by_lot, new_seed
from app.services.second_check import hex_of, page_of, review_of
from app.services.surveys import Finding, Found, Survey, SurveyLine
from app.services.verification import counted_for, handed_over
from app.services.village_places import NamedVillage, place_words, unit_names, village_meant
from app.services.workplace import Workplace
from app.text.normalize import clean

#: More than anybody visits; the list stays a list that can be printed.
MOST_DRAWN = 1000
_SETTING = "resurvey_samples"
_WHOLE = 100


class _Drawn(msgspec.Struct, frozen=True):
    """A sample as this PC keeps it."""

    name: str
    seed: str
    handover: str
    village: str | None
    of: int
    on: str
    households: list[str]


class _Known(NamedTuple):
    """A sample with the unit that drew it, and how many households it drew."""

    drawn: _Drawn
    unit: str
    size: int


class Resurveys:
    """Use cases of the re-survey."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    @property
    def may_reveal(self) -> bool:
        """Whether the signed-in account may read a masked note, for a reason."""
        return allows(self._workplace.account.rights, Right.REVEAL)

    def draw(
        self,
        handover: str,
        count: int = 0,
        percent: int = 0,
        village: str | None = None,
        seed: str = "",
    ) -> Survey:
        """Draw households in which a child counts, from all of a handover or from one village (by
        its id): so many, or so many of a hundred. The same draw asked for again is the same sample.

        Raises KnownError `resurvey.count`, `resurvey.percent`, `resurvey.nobody`, `rights.denied`,
        and what looking a handover through raises.
        """
        workplace = self._workplace
        workplace.require(Right.READ)
        self._must_verify()
        with workplace.write() as work:
            came = handed_over(workplace, work.connection, handover)
            frame = verifying.holding_children(work.connection, came.units, village, came.basis)
            if not frame:
                raise KnownError("resurvey.nobody", "resurvey.nobody_hint")
            wanted = count or -(-len(frame) * percent // 100)
            if percent > _WHOLE:
                raise KnownError("resurvey.percent", "resurvey.percent_hint")
            if not 0 < wanted <= MOST_DRAWN:
                raise KnownError("resurvey.count", "resurvey.count_hint", most=MOST_DRAWN)
            seed = clean(seed) or new_seed()
            chosen = by_lot(seed, frame, wanted)
            asked = wanted if wanted > len(chosen) else 0
            kept = self._kept()
            for one in kept:
                same = (one.handover, one.seed, one.village) == (came.id, seed, village)
                if same and {*one.households} == {*chosen}:
                    return replace(self._drawn(work.connection, one), asked=asked)
            made = _Drawn(
                self._name(kept, came.id, seed),
                seed,
                came.id,
                village,
                len(frame),
                workplace.today().isoformat(),
                verifying.in_book_order(work.connection, chosen),
            )
            keeping = msgspec.json.encode([*kept, made]).decode()
            workplace.store.put_settings(work, {_SETTING: keeping})
            work.audit("resurvey.drawn", handover=came.id, rows=len(chosen))
            survey = replace(self._drawn(work.connection, made), asked=asked)
            work.commit()
        return survey

    def _name(self, kept: Sequence[_Drawn], handover: str, seed: str) -> str:
        """The name of a new sample. Unit and seed stand in it: those of two tiers on one handover,
        and of two PCs of a unit, are told apart, and who draws the same again means the same one.
        """
        again = 1 + sum((one.handover, one.seed) == (handover, seed) for one in kept)
        code = self._workplace.unit.partition("@")[0]
        name = f"{handover[:8]}-{code}-{seed}"
        return name if again == 1 else f"{name}-{again}"

    def of(self, handover: str, reveal: Reveal | None = None) -> list[Survey]:
        """The samples of a handover, the newest first: those drawn here, and those whose results
        came from elsewhere: the unit that handed over sees them, too.

        Notes as `reason_seen` tells them; with a reveal all of them, and each look at one that is
        masked is on record. Raises KnownError `handover.unknown`, `rights.denied`,
        `masking.no_reason`.
        """
        self._workplace.require(Right.READ)
        require_reveal(self._workplace, reveal)
        with self._workplace.store.read() as reading:
            known = found_handover(reading, handover)
            if reveal is None:
                return list(self._surveys(reading, known))
            results = self._results(reading, known)
        masked = [one.review.id for one in results if holds_private_words(_note(one.values))]
        look(self._workplace, reveal, [("review", one) for one in masked])
        with self._workplace.store.read() as reading:
            return list(self._surveys(reading, known, is_open=True))

    def one(
        self,
        handover: str,
        name: str = "",
        *,
        own_first: bool = False,
        reveal: Reveal | None = None,
    ) -> Survey:
        """The sample of a name, a seed, or both (`Survey.key`); without any the newest, with
        `own_first` the newest of this unit if there is one. Raises KnownError `resurvey.no_sample`,
        `resurvey.several_samples` naming those that fit, and what `of` raises.
        """
        name, found = clean(name), self.of(handover, reveal)
        if not name:
            own = [one for one in found if one.own]
            found = (own or found if own_first else found)[:1]
        fitting = [one for one in found if name in ("", one.name, one.seed, one.key)]
        if not fitting:
            raise KnownError("resurvey.no_sample", "resurvey.no_sample_hint")
        if len(fitting) > 1:
            raise KnownError(
                "resurvey.several_samples",
                "resurvey.several_samples_hint",
                name=name,
                count=len(fitting),
                samples="; ".join(f"«{one.key}»" for one in fitting),
            )
        return fitting[0]

    def record(
        self, survey: Survey, household: str, found: Found, *, send_back: str = ""
    ) -> Survey:
        """What was found at a household that was drawn; said again, it is corrected. `send_back`
        sends the household back in the same act, for that reason. A note that is masked stays where
        none is typed, and is written over by nobody who may not read it.

        Raises KnownError `resurvey.not_drawn`, `resurvey.erased` for a household of which the law
        left nothing, `resurvey.not_own` for another unit's sample, `resurvey.no_field`,
        `resurvey.no_children`, `resurvey.unknown_field`, `resurvey.too_much`, `rights.denied`.
        """
        workplace = self._workplace
        self._must_verify()
        if send_back:
            workplace.require(Right.HANDOVER)
        drawn = {*survey.erased, *(one.household for one in survey.lines)}
        if household not in drawn:
            raise KnownError("resurvey.not_drawn", "resurvey.not_drawn_hint")
        _must_be_whole(found)
        with workplace.write() as work:
            handed_over(workplace, work.connection, survey.handover)  # refuses one's own
            if not survey.own:
                raise KnownError("resurvey.not_own", "resurvey.not_own_hint", unit=survey.unit)
            if erased_among(work.connection, "household", [household]):
                raise KnownError("resurvey.erased", "resurvey.erased_hint")
            # What was drawn stays in the sample, also where the commune hid it meanwhile.
            page = page_of(work.connection, household, hidden=True)
            about = {"handover": survey.handover, "sample": survey.seed}
            values: dict[str, Value] = {
                **review_of(
                    workplace, household, RESURVEYED, clean(found.note), hex_of(page.heads)
                ),
                **about,
                "sample_name": survey.name,
                "sample_size": survey.drawn + len(survey.erased),
                "sample_of": survey.of + len(survey.erased),
                "finding": found.finding.value,
                "finding_fields": sorted(found.fields) or None,
                "missing_children": found.missing or None,
            }
            work.record(self._result(work.connection, survey, household, values))
            if send_back:
                own = register.record(work.connection, "household", household)
                heads = () if own is None else hex_of(own.heads)
                back = review_of(workplace, household, RETURNED, clean(send_back), heads)
                field = found.fields[0] if found.fields else None
                work.record(Change("review", {**back, **about, "rule": field}))
            work.audit("resurvey.result", handover=survey.handover)
            work.commit()
        return self.one(survey.handover, survey.key)

    def _result(
        self, reading: Reading, survey: Survey, household: str, values: dict[str, Value]
    ) -> Change:
        """A result, said first or again. What stands there and nobody believes is said in full."""
        found = derived_id(household, _key_of(survey.key))
        # Whoever wrote in it.
        before = register.record(reading, "review", found)
        if before is None:
            return Change("review", values, key=_key_of(survey.key))
        values["reason"] = self._note_over(before, str(values["reason"] or ""))
        results = self._results(reading, found_handover(reading, survey.handover))
        stands = any(one.review.id == found for one in results)
        loaded = before.values if stands else {"record": household}
        return Change("review", values, id=found, base=before.heads, loaded=loaded)

    def _note_over(self, before: RecordView, typed: str) -> Value:
        """The note of a result that is said again. Raises KnownError `rights.denied`."""
        stood = _note(before.values)
        if reason_seen(self._workplace, stood) == stood:
            return typed or None
        if typed:
            require_sight(self._workplace, "review", [before.values], ["reason"])
        return typed or stood

    def reason_of(self, found: Found) -> str:
        """The reason by which a household goes back to whoever typed it: what was found."""
        codes = self._workplace.catalogue.code_list("survey_findings")
        said = [codes.label(found.finding.value, "vi")]
        labels = self.labels()
        said += [labels.get(name, name) for name in found.fields]
        words = f"{text('resurvey.reason')}: {'; '.join(said)}"
        if found.missing:
            words += f" ({number(found.missing)})"
        return f"{words}. {clean(found.note)}".rstrip(" ")

    def labels(self) -> dict[str, str]:
        """Field that a visit may find to differ → what the forms call it."""
        catalogue = self._workplace.catalogue
        return {
            one.name: str(one.label)
            for form, names in resurveyed_names().items()
            for one in catalogue.newest(form).fields_of(form)
            if one.name in names
        }

    def village_named(self, handover: str, name: str) -> str:
        """The id of a village of a handover by its id or name, with its unit where another has a
        village of that name. Raises KnownError `verification.no_village`,
        `verification.several_villages`, and what looking a handover through raises.
        """
        with self._workplace.store.read() as reading:
            came = handed_over(self._workplace, reading, handover)
            villages = [
                NamedVillage(one.id, str(one.values.get("name") or ""), unit)
                for unit in came.units
                for one in register.villages(reading, unit)
            ]
        units = {one.unit for one in villages}
        return village_meant(self._workplace, villages, units, name)

    def _must_verify(self) -> None:
        """Who decides about a handover may look into it by a sample, and so may who checks."""
        if Right.HANDOVER not in self._workplace.account.rights:
            self._workplace.require(Right.CHECK)

    # --- reading ----------------------------------------------------------------------------

    def _kept(self) -> list[_Drawn]:
        said = self._workplace.store.setting(_SETTING)
        return msgspec.json.decode(said, type=list[_Drawn]) if said else []

    def _surveys(
        self, reading: Reading, handover: RecordView, *, is_open: bool = False
    ) -> Iterator[Survey]:
        results = self._results(reading, handover)
        told: dict[tuple[str, str], list[Resurveyed]] = {}
        for one in results:
            key = str(one.values.get("sample_name") or ""), str(one.values.get("sample") or "")
            told.setdefault(key, []).append(one)
        kept = [one for one in self._kept() if one.handover == handover.id]
        for drawn in kept:
            told.pop((drawn.name, drawn.seed), None)
        here = [_Known(one, self._workplace.unit, len(one.households)) for one in kept]
        heard = [
            _heard_of(
                handover.id,
                *key,
                reviews,
                self._highest(reviews),
                _visited_and_erased(reading, key),
            )
            for key, reviews in sorted(told.items())
        ]
        # Those of one day in the order in which they were drawn here.
        ordered = sorted([*heard, *here], key=lambda one: one.drawn.on)
        basis = counted_for(self._workplace, reading, handover)
        for known in reversed(ordered):
            yield self._survey(reading, known, results, basis, is_open=is_open)

    def _drawn(self, reading: Reading, drawn: _Drawn) -> Survey:
        """A sample that was drawn here."""
        handover = found_handover(reading, drawn.handover)
        known = _Known(drawn, self._workplace.unit, len(drawn.households))
        basis = counted_for(self._workplace, reading, handover)
        return self._survey(reading, known, self._results(reading, handover), basis)

    def _results(self, reading: Reading, handover: RecordView) -> list[Resurveyed]:
        giver = text_of(handover.values, "owner_unit")
        believed = partial(self._is_believed, giver)
        return verifying.resurveys_of(reading, handover.id, believed)

    def _is_believed(self, giver: str, unit: str) -> bool:
        """Whether a unit stands above the giver of a handover; "" is this one, who brought what
        was written here. What a unit in between accepted from below is its word.
        """
        unit, tree = unit or self._workplace.unit, self._workplace.tree
        if unit not in tree.units or giver not in tree.units:
            return False
        height = TIERS.index(tree.tier(unit)) - TIERS.index(tree.tier(giver))
        return height > 0 and tree.covers([unit], giver)

    def _highest(self, reviews: Sequence[Resurveyed]) -> str:
        """Whose sample it is: who drew it wrote in it, and before samples had the unit in their
        name a unit below may have written into it by mistake.
        """
        tree, own = self._workplace.tree, self._workplace.unit
        units = sorted({by or own for one in reviews for by in one.by})
        return max(units, key=lambda unit: TIERS.index(tree.tier(unit)))

    def _survey(
        self,
        reading: Reading,
        known: _Known,
        results: Sequence[Resurveyed],
        basis: Basis,
        *,
        is_open: bool = False,
    ) -> Survey:
        drawn = known.drawn
        found = {
            one.household: self._seen(_found(one.values), is_open=is_open)
            for one in results
            if one.values.get("sample_name") == drawn.name
            and one.values.get("sample") == drawn.seed
        }
        village = register.record(reading, "village", drawn.village) if drawn.village else None
        erased = erased_among(reading, "household", drawn.households)
        homes = [one for one in drawn.households if one not in erased]
        children = verifying.counting_children(reading, homes, basis)
        rows = register.household_rows(reading, homes)
        units = unit_names(self._workplace, {one.owner_unit for one in rows})
        return Survey(
            drawn.name,
            drawn.seed,
            drawn.handover,
            "" if village is None else str(village.values.get("name") or ""),
            known.size - len(erased),
            drawn.of - len(erased),
            drawn.on,
            tuple(_line(one, units, children.get(one.id, 0), found.get(one.id)) for one in rows),
            known.unit,
            known.unit == self._workplace.unit,
            tuple(sorted(erased)),
        )

    def _seen(self, found: Found | None, *, is_open: bool) -> Found | None:
        """What was found, with its note as the signed-in account may read it."""
        if found is None or is_open:
            return found
        note = reason_seen(self._workplace, found.note)
        return replace(found, note=note, masked=note != found.note)


def field_names() -> tuple[str, ...]:
    """The fields that a visit may find to differ, in the order of the book."""
    return tuple(name for names in resurveyed_names().values() for name in names)


def _must_be_whole(found: Found) -> None:
    if found.finding is Finding.DIFFERS and not found.fields:
        raise KnownError("resurvey.no_field", "resurvey.no_field_hint")
    if found.finding is Finding.CHILDREN_MISSING and found.missing < 1:
        raise KnownError("resurvey.no_children", "resurvey.no_children_hint")
    alone = found.finding not in (Finding.DIFFERS, Finding.CHILDREN_MISSING)
    if found.missing < 0 or (alone and (found.fields or found.missing)):
        raise KnownError("resurvey.too_much", "resurvey.too_much_hint")
    for name in found.fields:
        if name not in field_names():
            raise KnownError("resurvey.unknown_field", "resurvey.unknown_field_hint", field=name)


def _key_of(sample: str) -> str:
    """What the id of a result is derived from, beside its household."""
    return f"resurvey/{sample}"


def _visited_and_erased(reading: Reading, sample: tuple[str, str]) -> list[str]:
    """The households of a sample that were visited and erased by law since: of the result nothing
    is left but its id, which follows from household and sample.
    """
    key = _key_of("/".join(sample))
    ids = {derived_id(one.record, key): one.record for one in erasures(reading)}
    return [ids[one] for one in register.ids_among(reading, "review", ids)]


def _heard_of(
    handover: str,
    name: str,
    seed: str,
    results: Sequence[Resurveyed],
    unit: str,
    erased: Sequence[str],
) -> _Known:
    """A sample drawn on another PC, as far as its results say; of `erased` nothing else is left."""
    said = [one.values for one in results]
    homes = sorted({*erased, *(one.household for one in results)})
    on = min(str(one.get("reviewed_on") or "") for one in said)
    of, size = (max(_number(one, key) for one in said) for key in ("sample_of", "sample_size"))
    return _Known(_Drawn(name, seed, handover, None, of, on, homes), unit, max(size, len(homes)))


def _line(
    row: HouseholdRow,
    units: Mapping[str, str],
    children: int,
    found: Found | None,
) -> SurveyLine:
    return SurveyLine(
        row.id,
        row.owner_unit,
        row.village,
        row.household_no,
        row.head_name,
        children,
        found,
        place_words(row.village, row.owner_unit, units),
    )


def _found(said: Mapping[str, Value]) -> Found | None:
    try:
        finding = Finding(str(said.get("finding")))
    except ValueError:
        return None  # of a newer program: no result that this one could count
    fields = said.get("finding_fields")
    return Found(
        finding,
        tuple(map(str, fields)) if isinstance(fields, list) else (),
        _number(said, "missing_children"),
        _note(said),
        str(said.get("reviewer") or ""),
        str(said.get("reviewed_on") or ""),
    )


def _note(said: Mapping[str, Value]) -> str:
    return str(said.get("reason") or "")


def _number(said: Mapping[str, Value], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
