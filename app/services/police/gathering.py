"""The children who stand on the lists right now, in the order of the paper books.

What is wrong with whom says a run of the whole check; nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.errors import KnownError
from app.forms.issues import Issue, Value
from app.forms.schema import Field
from app.forms.units import Tier
from app.models import police_lists
from app.models.police_lists import Printed
from app.models.queries import importing, register
from app.models.queries.police import children_now
from app.models.queries.register import RecordView
from app.models.store import Reading
from app.services.checks import Checks, FoundIssue
from app.services.police.defects import Kind, answered_fields, asked_of, kind_of
from app.services.village_places import NamedVillage, village_meant
from app.services.workplace import Progress, Workplace

#: What a row prints beside the answered fields.
VILLAGE, HOUSEHOLD_NO, HEAD, ASKED = "village", "household_no", "head_name", "asked"
#: Kept beside the name of the village, which another one may bear; never printed.
VILLAGE_ID = "village_id"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child on one of the lists. `printed` is what its row says: the stored values of the fields
    that the police answer, the names of village and head, the number of the household, and what is
    to be verified (`defects.asked_of`, separated by blanks). `out`: it stands on a list that the
    police have now.
    """

    child: str
    household: str
    village: str
    kind: Kind
    printed: Printed
    out: bool = False


@dataclass(frozen=True, slots=True)
class VillageCount:
    """How many children of a village ("" for none) stand on each list, and how many of these are on
    one that the police have now.
    """

    id: str
    name: str
    by_kind: Mapping[Kind, int]
    out_by_kind: Mapping[Kind, int]

    @property
    def out(self) -> int:
        """How many the police have on a list already."""
        return sum(self.out_by_kind.values())


class Gathering:
    """Finds them."""

    def __init__(self, workplace: Workplace, checks: Checks) -> None:
        self._workplace = workplace
        self._checks = checks

    def commune_named(self, named: str | None) -> str:
        """The commune that a list is about: the one that is named, or this installation's. Raises
        KnownError `police.one_commune` for another unit, `units.unknown`, `units.outside_scope`.
        """
        workplace = self._workplace
        unit = workplace.unit if named is None else workplace.unit_named(named)
        workplace.scope_units(unit)
        if workplace.tree.units.tier(unit) is not Tier.COMMUNE:
            raise KnownError("police.one_commune", "police.one_commune_hint", unit=unit)
        return unit

    def villages_named(self, unit: str, names: Sequence[str]) -> list[str]:
        """The ids of villages of a commune by name or id. Raises as `village_meant`."""
        if not names:
            return []
        with self._workplace.store.read() as reading:
            known = [
                NamedVillage(one.id, str(one.values.get("name") or ""), unit)
                for one in register.villages(reading, unit)
            ]
        return [village_meant(self._workplace, known, {unit}, name) for name in names]

    def find(self, unit: str, progress: Progress | None = None) -> list[Candidate]:
        """The children of a commune who stand on a list, as the books go, those of no village
        last. Raises Cancelled.
        """
        units = self._workplace.scope_units(unit)
        issues: dict[str, list[Issue]] = defaultdict(list)

        def note(found: Sequence[FoundIssue]) -> None:
            for one in found:
                if one.entity == "child":
                    issues[one.id].append(one.issue)

        self._checks.run_units(note, units, progress)
        with self._workplace.store.read() as reading:
            counted = children_now(reading, units, self._workplace.today())
            out = police_lists.children_out(reading)
            found = [
                _told_out(candidate, out)
                for candidate in self._candidates(reading, units, issues)
                if candidate.child in counted
            ]
        return sorted(found, key=lambda one: not one.village)

    def _candidates(
        self, reading: Reading, units: Collection[str], issues: Mapping[str, Sequence[Issue]]
    ) -> Iterator[Candidate]:
        fields = answered_fields(self._workplace.catalogue.newest("child"))
        homes = register.household_ids(reading, units)
        households = register.records(reading, "household", homes)
        children = importing.children_of_households(reading, homes, units)
        pairs = [(households.get(home), one) for home in homes for one in children.get(home, ())]
        for page in importing.children_outside_households(reading, units):
            pairs += [(None, one) for one in page]
        known = {str(one.values.get("village") or "") for one in households.values()} - {""}
        names = {
            one: str(view.values.get("name") or "")
            for one, view in register.records(reading, "village", known).items()
        }
        for home, child in pairs:
            asked = asked_of(child.values, issues.get(child.id, ()))
            kind = kind_of(asked)
            if kind is not None:
                yield _candidate(home, child, kind, asked, names, fields)


def _candidate(
    home: RecordView | None,
    child: RecordView,
    kind: Kind,
    asked: Sequence[str],
    names: Mapping[str, str],
    fields: Mapping[str, Field],
) -> Candidate:
    of_home: Mapping[str, Value] = {} if home is None else home.values
    village = str(of_home.get("village") or "")
    printed = {
        **printed_values(child.values, fields),
        VILLAGE: names.get(village, ""),
        VILLAGE_ID: village,
        HOUSEHOLD_NO: str(of_home.get("household_no") or ""),
        HEAD: str(of_home.get("head_name") or ""),
        ASKED: " ".join(asked),
    }
    return Candidate(
        child.id,
        "" if home is None else home.id,
        village,
        kind,
        {name: value for name, value in printed.items() if value},
    )


def printed_values(values: Mapping[str, Value], fields: Collection[str]) -> dict[str, str]:
    """The stored values of the fields that the police answer; all of them are texts."""
    return {name: str(value) for name in fields if (value := values.get(name)) is not None}


def _told_out(one: Candidate, out: Collection[str]) -> Candidate:
    if one.child not in out:
        return one
    return Candidate(one.child, one.household, one.village, one.kind, one.printed, out=True)


def by_village(found: Sequence[Candidate]) -> list[VillageCount]:
    """The counts of each village, in the order of the books; children of no village last."""
    kinds: dict[str, Counter[Kind]] = defaultdict(Counter)
    out: dict[str, Counter[Kind]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for one in found:
        kinds[one.village][one.kind] += 1
        out[one.village][one.kind] += one.out
        names.setdefault(one.village, one.printed.get(VILLAGE, ""))
    in_order = sorted(names, key=lambda village: not village)
    return [VillageCount(one, names[one], dict(kinds[one]), dict(out[one])) for one in in_order]
