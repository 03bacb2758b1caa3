"""The re-survey of a handover (phúc tra): households drawn by lot, visited again, and what was
found at each.

The draw stays on this PC: the unit below is not told whom somebody will visit. A result is a review
of the household under the name and the seed of the sample; it travels up and down like any review
and says itself how many were drawn of how many. Results of one household and sample meet in one
record; two people who found different things there are a conflict, not the later one. Only what a
unit above the household says of it counts: its own unit may write reviews there, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import msgspec

from app.errors import KnownError
from app.forms.retyped import resurveyed_names
from app.history.door import RESURVEYED
from app.history.operation import Value
from app.i18n import number, text
from app.ids import derived_id
from app.models.queries import register, verifying
from app.models.queries.register import HouseholdRow, RecordView
from app.models.queries.verifying import RETURNED, Resurveyed
from app.models.store import Reading
from app.models.work import Change
from app.services.error_rate import Share, share
from app.services.handover_values import found_handover
from app.services.rights import Right
from app.services.samples import by_lot, new_seed
from app.services.second_check import hex_of, page_of, review_of
from app.services.verification import handed_over
from app.services.workplace import Workplace
from app.text.normalize import clean

#: More than anybody visits; the list stays a list that can be printed.
MOST_DRAWN = 1000
_SETTING = "resurvey_samples"


class Finding(Enum):
    """What was found at a household."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CHILDREN_MISSING = "children_missing"
    MOVED = "moved"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the fields that differ, the children that the book lacks, and a note."""

    finding: Finding
    fields: tuple[str, ...] = ()
    missing: int = 0
    note: str = ""
    by: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A household of the sample, by where the book has it; `found` is None before its visit."""

    household: str
    unit: str
    village: str
    number: str
    head: str
    children: int
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A sample: its name and seed, from how many it was drawn, in the order of the book.

    `village` is the name of the one it was drawn from, "" for the whole. `drawn` may be more than
    there are `lines`, on a PC that only heard of the results. `on` is the day (ISO).
    """

    name: str
    seed: str
    handover: str
    village: str
    drawn: int
    of: int
    on: str
    lines: tuple[SurveyLine, ...]

    @property
    def results(self) -> list[Found]:
        """What was found so far."""
        return [one.found for one in self.lines if one.found is not None]

    @property
    def count(self) -> Counter[Finding]:
        """How many households there are of each finding."""
        return Counter(one.finding for one in self.results)

    @property
    def fields(self) -> Counter[str]:
        """In how many households each field differed."""
        return Counter(name for one in self.results for name in one.fields)

    @property
    def missing(self) -> int:
        """How many children the book lacks."""
        return sum(one.missing for one in self.results)

    @property
    def wrong(self) -> int:
        """At how many households something else was found than stands in the book."""
        return len(self.results) - self.count[Finding.AGREES]

    @property
    def share(self) -> Share | None:
        """Their share, and what it says of all households it was drawn from."""
        return share(self.wrong, len(self.results), self.of)


class _Drawn(msgspec.Struct, frozen=True):
    """A sample as this PC keeps it."""

    name: str
    seed: str
    handover: str
    village: str | None
    of: int
    on: str
    households: list[str]


class Resurveys:
    """Use cases of the re-survey."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

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

        Raises KnownError `resurvey.count`, `resurvey.nobody`, `rights.denied`, and what looking
        a handover through raises.
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
            if not 0 < wanted <= MOST_DRAWN:
                raise KnownError("resurvey.count", "resurvey.count_hint", most=MOST_DRAWN)
            seed = clean(seed) or new_seed()
            chosen = by_lot(seed, frame, wanted)
            kept = self._kept()
            for one in kept:
                same = (one.handover, one.seed, one.village) == (came.id, seed, village)
                if same and {*one.households} == {*chosen}:
                    return self._survey(work.connection, one)
            ordinal = 1 + sum(one.handover == came.id for one in kept)
            code = came.id[:8]
            made = _Drawn(
                f"{code}-{ordinal}",
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
            survey = self._survey(work.connection, made)
            work.commit()
        return survey

    def of(self, handover: str) -> list[Survey]:
        """The samples of a handover, the newest first: those drawn here, and those whose results
        came from elsewhere: the unit that handed over sees them, too. Raises KnownError
        `handover.unknown`, `rights.denied`.
        """
        self._workplace.require(Right.READ)
        with self._workplace.store.read() as reading:
            return list(self._surveys(reading, found_handover(reading, handover).id))

    def one(self, handover: str, name: str = "") -> Survey:
        """The sample of a name, or the newest. Raises KnownError `resurvey.no_sample`."""
        found = self.of(handover)
        for one in found:
            if name in ("", one.name, one.seed):
                return one
        raise KnownError("resurvey.no_sample", "resurvey.no_sample_hint")

    def record(
        self, survey: Survey, household: str, found: Found, *, send_back: str = ""
    ) -> Survey:
        """What was found at a household that was drawn; said again, it is corrected. `send_back`
        sends the household back in the same act, for that reason.

        Raises KnownError `resurvey.not_drawn`, `resurvey.no_field`, `resurvey.no_children`,
        `resurvey.unknown_field`, `resurvey.too_much`, `rights.denied`.
        """
        workplace = self._workplace
        self._must_verify()
        if send_back:
            workplace.require(Right.HANDOVER)
        if all(one.household != household for one in survey.lines):
            raise KnownError("resurvey.not_drawn", "resurvey.not_drawn_hint")
        _must_be_whole(found)
        with workplace.write() as work:
            handed_over(workplace, work.connection, survey.handover)  # refuses one's own
            # What was drawn stays in the sample, also where the commune hid it meanwhile.
            page = page_of(work.connection, household, hidden=True)
            about = {"handover": survey.handover, "sample": survey.seed}
            values: dict[str, Value] = {
                **review_of(
                    workplace, household, RESURVEYED, clean(found.note), hex_of(page.heads)
                ),
                **about,
                "sample_name": survey.name,
                "sample_size": survey.drawn,
                "sample_of": survey.of,
                "finding": found.finding.value,
                "finding_fields": sorted(found.fields) or None,
                "missing_children": found.missing or None,
            }
            before = self._kept_result(work.connection, survey, household)
            if before is None:
                work.record(Change("review", values, key=_key_of(survey)))
            else:
                work.record(
                    Change("review", values, id=before.id, base=before.heads, loaded=before.values)
                )
            if send_back:
                own = register.record(work.connection, "household", household)
                heads = () if own is None else hex_of(own.heads)
                back = review_of(workplace, household, RETURNED, clean(send_back), heads)
                field = found.fields[0] if found.fields else None
                work.record(Change("review", {**back, **about, "rule": field}))
            work.audit("resurvey.result", handover=survey.handover)
            work.commit()
        return self.one(survey.handover, survey.name)

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
        """The id of a village of a handover by its id or name. Raises KnownError
        `verification.no_village`, and what looking a handover through raises.
        """
        with self._workplace.store.read() as reading:
            came = handed_over(self._workplace, reading, handover)
            found = {
                one.id
                for unit in came.units
                for one in register.villages(reading, unit)
                if name in (one.id, one.values.get("name"))
            }
        if len(found) != 1:
            raise KnownError("verification.no_village", "verification.no_village_hint", name=name)
        return found.pop()

    def _must_verify(self) -> None:
        """Who decides about a handover may look into it by a sample, and so may who checks."""
        if Right.HANDOVER not in self._workplace.account.rights:
            self._workplace.require(Right.CHECK)

    # --- reading ----------------------------------------------------------------------------

    def _kept(self) -> list[_Drawn]:
        said = self._workplace.store.setting(_SETTING)
        return msgspec.json.decode(said, type=list[_Drawn]) if said else []

    def _surveys(self, reading: Reading, handover: str) -> Iterator[Survey]:
        here = [one for one in self._kept() if one.handover == handover]
        told: dict[tuple[str, str], list[Resurveyed]] = {}
        for one in self._results(reading, handover):
            key = str(one.values.get("sample_name") or ""), str(one.values.get("sample") or "")
            told.setdefault(key, []).append(one)
        for drawn in here:
            told.pop((drawn.name, drawn.seed), None)
        elsewhere = [_heard_of(handover, *key, reviews) for key, reviews in told.items()]
        for drawn, size in sorted(
            [*((one, len(one.households)) for one in here), *elsewhere],
            key=lambda one: (one[0].on, one[0].name),
            reverse=True,
        ):
            yield self._survey(reading, drawn, size)

    def _results(self, reading: Reading, handover: str) -> list[Resurveyed]:
        return verifying.resurveys_of(reading, handover, self._is_believed)

    def _is_believed(self, unit: str, owner: str) -> bool:
        """Whether a unit stands above the owner of a household; "" is this one, who brought what
        was written here. What a unit in between accepted from below is its word.
        """
        unit, tree = unit or self._workplace.unit, self._workplace.tree
        if unit not in tree.units or owner not in tree.units:
            return False
        return tree.covers([unit], owner) and tree.tier(unit) != tree.tier(owner)

    def _kept_result(self, reading: Reading, survey: Survey, household: str) -> RecordView | None:
        """The review that holds what was found there, whoever wrote in it."""
        found = derived_id(household, _key_of(survey))
        return register.record(reading, "review", found)

    def _survey(self, reading: Reading, drawn: _Drawn, size: int = 0) -> Survey:
        found = {
            one.household: one.values
            for one in self._results(reading, drawn.handover)
            if one.values.get("sample_name") == drawn.name
            and one.values.get("sample") == drawn.seed
        }
        village = register.record(reading, "village", drawn.village) if drawn.village else None
        rows = register.household_rows(reading, drawn.households)
        return Survey(
            drawn.name,
            drawn.seed,
            drawn.handover,
            "" if village is None else str(village.values.get("name") or ""),
            size or len(drawn.households),
            drawn.of,
            drawn.on,
            tuple(_line(one, found.get(one.id)) for one in rows),
        )


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


def _key_of(survey: Survey) -> str:
    """What the id of a result is derived from, beside its household."""
    return f"resurvey/{survey.name}/{survey.seed}"


def _heard_of(
    handover: str, name: str, seed: str, results: Sequence[Resurveyed]
) -> tuple[_Drawn, int]:
    """A sample drawn on another PC, as far as its results say, and how many were drawn."""
    said = [one.values for one in results]
    homes = sorted({one.household for one in results})
    on = min(str(one.get("reviewed_on") or "") for one in said)
    of, size = (max(_number(one, key) for one in said) for key in ("sample_of", "sample_size"))
    return _Drawn(name, seed, handover, None, of, on, homes), max(size, len(homes))


def _line(row: HouseholdRow, said: Mapping[str, Value] | None) -> SurveyLine:
    return SurveyLine(
        row.id,
        row.owner_unit,
        row.village,
        row.household_no,
        row.head_name,
        row.children,
        None if said is None else _found(said),
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
        str(said.get("reason") or ""),
        str(said.get("reviewer") or ""),
        str(said.get("reviewed_on") or ""),
    )


def _number(said: Mapping[str, Value], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
