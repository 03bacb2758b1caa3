"""What an installation goes by: templates, code lists and units, shipped and received.

Tiers, units, agencies and templates change by decree, so they are dated data: the province signs
new ones, and they travel like records. A catalogue is what ships with the program together with
what was accepted here, as plain data; it reads no store. What this program cannot use, because a
newer one wrote it or because it contradicts what stands, is left out and named in `unusable`, never
half used. Old versions stay for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec import structs

from app.forms.code_lists import CodeItem, CodeList, load_code_list, parse_code_list
from app.forms.schema import Field, Template, bound
from app.forms.sensitivity import masks_of
from app.forms.succession import contradictions
from app.forms.template import TemplateError, builtin_templates, check_history, load_template
from app.forms.units import (
    TIER_OF_LENGTH,
    Edition,
    Share,
    Succession,
    Tier,
    Unit,
    UnitTree,
    load_units,
)
from app.ids import parse_unit

#: Lists the program itself is built on; an edition of them comes with a new program only.
BUILT_IN = frozenset(("unit_kinds", "unit_tiers", "yes_no", "phone_prefixes"))
_STAMP = re.compile(r"(?P<form>[a-z]+)\.v(?P<version>[1-9][0-9]{0,5})")
_TIERS = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)


class TemplateRow(NamedTuple):
    """An accepted `form_template`."""

    form: str
    version: int
    content: str


class ListRow(NamedTuple):
    """An accepted `code_list`: the whole list as CSV, with the day it counts from."""

    name: str
    edition: str
    valid_from: str
    content: str


class UnitRow(NamedTuple):
    """An accepted `org_unit`. `parent` is `CODE@EDITION`, empty for a province."""

    code: str
    edition: str
    name: str
    kind: str
    parent: str
    valid_from: str
    valid_to: str


class SuccessorRow(NamedTuple):
    """An accepted `org_unit_successor`; `new_unit` is empty for a unit that was abolished."""

    old_unit: str
    new_unit: str
    split: bool


class References(NamedTuple):
    """The accepted reference data of a store, each kind in an order of its own content."""

    templates: tuple[TemplateRow, ...] = ()
    lists: tuple[ListRow, ...] = ()
    units: tuple[UnitRow, ...] = ()
    successors: tuple[SuccessorRow, ...] = ()


class Unusable(NamedTuple):
    """Reference data this program cannot use: «cần bản mới». `what` names it, `reason` why."""

    entity: str
    what: str
    reason: str


class Catalogue:
    """Templates, code lists and units of one installation. Never changes once it is made."""

    def __init__(self, references: References) -> None:
        unusable: list[Unusable] = []
        self._lists = _lists(references.lists, unusable)
        self.templates = self._templates(references.templates, unusable)
        self.masks = masks_of(self.templates)
        self.units = _tree(references.units, references.successors, unusable)
        self.unusable: tuple[Unusable, ...] = tuple(unusable)

    # --- code lists -------------------------------------------------------------------------

    def code_list(self, name: str) -> CodeList:
        """The list of that name, the newest edition. Raises KeyError for an unknown name."""
        found = self._lists.get(name)
        return load_code_list(name) if found is None else found

    # --- templates --------------------------------------------------------------------------

    def newest(self, form: str, day: date | None = None) -> Template:
        """The newest template of a form; with `day`, the newest one valid then.

        When none is valid that day it is the newest of those that were, and before all of them
        the first: there is always a form to type into. Raises KeyError for an unknown form.
        """
        known = self.versions(form)
        if day is None:
            return known[-1]
        written = day.isoformat()
        begun = [one for one in known if one.valid_from <= written]
        valid = [one for one in begun if one.valid_to is None or written <= one.valid_to]
        return (valid or begun or known[:1])[-1]

    def versions(self, form: str) -> tuple[Template, ...]:
        """Every usable version of a form, oldest first. Raises KeyError for an unknown form."""
        found = tuple(one for one in self.templates if one.form == form)
        if not found:
            raise KeyError(form)
        return found

    def of_record(self, form: str, stamp: object) -> Template:
        """The template that a record was last saved with, by its field `template`.

        A record of a version that is not known or not usable here is shown by the newest one.
        """
        version = stamped_version(form, stamp)
        for one in self.versions(form):
            if one.version == version:
                return one
        return self.newest(form)

    def for_editing(self, form: str, stamp: object, day: date) -> Template:
        """The template that editing moves a record to: the newest one valid on `day`, the open
        round's; never one older than the record's own.
        """
        return max(self.newest(form, day), self._own(form, stamp, day), key=lambda one: one.version)

    def _own(self, form: str, stamp: object, day: date) -> Template:
        version = stamped_version(form, stamp)
        known = {one.version: one for one in self.versions(form)}
        return known.get(version) or self.newest(form, day)

    def _template(self, row: TemplateRow) -> Template:
        template = load_template(row.content.encode(), self.code_list)
        if (template.form, template.version) != (row.form, row.version):
            raise TemplateError("succession_version")
        return template

    def _templates(
        self, rows: Iterable[TemplateRow], unusable: list[Unusable]
    ) -> tuple[Template, ...]:
        found = list(builtin_templates())
        for row in sorted(rows, key=lambda one: (one.form, one.version)):
            named = stamp_of(row.form, row.version)
            try:
                template = self._template(row)
                if template in found:
                    continue  # it ships with the program by now
                earlier = [one for one in found if one.form == template.form]
                check_history(earlier, template)
            except TemplateError as problem:
                unusable.append(Unusable("form_template", named, problem.reason))
                continue
            broken = next(contradictions(earlier, template), None)
            if broken is not None:
                unusable.append(Unusable("form_template", named, broken.rule))
                continue
            found.append(template)
        ordered = sorted(found, key=lambda one: (one.form, one.version))
        return tuple(_bound(one, self._lists) for one in ordered)


@cache
def packaged() -> Catalogue:
    """What ships with the program, for where no installation exists."""
    return Catalogue(References())


@lru_cache(maxsize=4)
def catalogue_of(references: References) -> Catalogue:
    """The catalogue of a store's reference data. The same data give the same object: what was
    compiled from a template stays compiled.
    """
    return packaged() if references == References() else Catalogue(references)


def stamp_of(form: str, version: int) -> str:
    """How a record notes its template: `child.v1`."""
    return f"{form}.v{version}"


def stamp_for(template: Template, before: object) -> str:
    """The stamp of a record that is saved with `template` and bore the stamp `before`.

    A version that only a newer program can use stays on the record: going back would have the
    record checked by rules it has left behind.
    """
    version = max(template.version, stamped_version(template.form, before))
    return stamp_of(template.form, version)


def stamped_version(form: str, stamp: object) -> int:
    """The version of a stamp of that form; 0 for anything else."""
    match = _STAMP.fullmatch(stamp) if isinstance(stamp, str) else None
    return int(match["version"]) if match and match["form"] == form else 0


def _bound(template: Template, lists: Mapping[str, CodeList]) -> Template:
    """The template with its fields bound to lists that did not ship with the program."""
    if not any(field.code_list in lists for field in template.fields):
        return template
    return structs.replace(
        template,
        sections=tuple(
            structs.replace(section, fields=tuple(_bind(one, lists) for one in section.fields))
            for section in template.sections
        ),
    )


def _bind(field: Field, lists: Mapping[str, CodeList]) -> Field:
    codes = lists.get(field.code_list or "")
    return field if codes is None else bound(field, codes)


def misplaced_levels(codes: CodeList) -> tuple[str, ...]:
    """The groups and sub-groups of a list of circumstances whose level is not that of the list
    shipped with the program, where the masks come from: a known code keeps its level, a new
    sub-group has that of its group, a new group comes with a new program.
    """
    if codes.name != "circumstances":
        return ()
    shipped = load_code_list(codes.name)
    return tuple(
        item.code
        for item in codes
        if (known := shipped.get(item.code) or shipped.get(item.code.partition(".")[0])) is None
        or item.extra.get("sensitivity", "") != known.extra.get("sensitivity", "")
    )


# --- code lists -----------------------------------------------------------------------------


def _lists(rows: Iterable[ListRow], unusable: list[Unusable]) -> dict[str, CodeList]:
    """Name → the newest edition, with the codes of earlier ones that it no longer names behind.

    A code that was given once means the same for ever, so every record stays readable.
    """
    found: dict[str, CodeList] = {}
    for row in sorted(rows, key=lambda one: (one.name, one.valid_from, one.edition)):
        problem = "built_in" if row.name in BUILT_IN else ""
        try:
            newer = parse_code_list(row.name, row.content.splitlines())
        except (ValueError, KeyError, TypeError):
            newer, problem = CodeList(row.name, ()), "unreadable"
        if misplaced_levels(newer):
            problem = "level"
        if problem:
            unusable.append(Unusable("code_list", f"{row.name} {row.edition}", problem))
            continue
        older = found.get(row.name) or _shipped(row.name)
        left: Sequence[CodeItem] = [one for one in older if one.code not in newer]
        found[row.name] = CodeList(row.name, (*newer.items, *left))
    return found


def _shipped(name: str) -> CodeList:
    try:
        return load_code_list(name)
    except KeyError:
        return CodeList(name, ())


# --- units ----------------------------------------------------------------------------------


def _tree(
    rows: Sequence[UnitRow], successors: Sequence[SuccessorRow], unusable: list[Unusable]
) -> UnitTree:
    """The shipped tree with the units that came later; the very same one when none did.

    A unit comes in when all it names is there, so a ring of parents never does; a successor must
    be of a later edition than the unit it follows.
    """
    base = load_units()
    if not rows and not successors:
        return base
    editions = {one.code: one for one in base.editions}
    editions.update(_editions(rows, editions))
    units = dict(_units(base, rows, editions, unusable))

    def begins(ref: str) -> date:
        return editions[ref.partition("@")[2]].valid_from or date.min

    moves: list[Succession] = []
    for one in successors:
        known = (one.old_unit in base or one.old_unit in units) and (
            not one.new_unit or one.new_unit in base or one.new_unit in units
        )
        if not known:
            unusable.append(Unusable("org_unit_successor", one.old_unit, "unknown_unit"))
        elif one.new_unit and begins(one.old_unit) >= begins(one.new_unit):
            unusable.append(Unusable("org_unit_successor", one.old_unit, "not_later"))
        elif one.old_unit in base and base.successors(one.old_unit):
            unusable.append(Unusable("org_unit_successor", one.old_unit, "rewritten"))
        else:
            share = Share.PART if one.split else Share.WHOLE
            if not one.new_unit:
                share = Share.ABOLISHED
            moves.append(Succession(one.old_unit, one.new_unit, share))
    new_editions = [one for one in editions.values() if one not in base.editions]
    return base.with_changes(units.values(), moves, new_editions)


def _editions(
    rows: Iterable[UnitRow], known: Mapping[str, Edition]
) -> Iterator[tuple[str, Edition]]:
    """The editions that the rows speak of and the program does not know, dated by their units."""
    by_code: dict[str, list[UnitRow]] = {}
    for row in rows:
        if row.edition not in known and _day(row.valid_from) is not None:
            by_code.setdefault(row.edition, []).append(row)
    for code, members in by_code.items():
        begins = min(row.valid_from for row in members)
        ends = [row.valid_to for row in members]
        last = max(ends) if all(ends) else ""
        tiers = {TIER_OF_LENGTH.get(len(row.code)) for row in members}
        yield (
            code,
            Edition(code, _day(begins), _day(last), tuple(one for one in _TIERS if one in tiers)),
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _units(
    base: UnitTree,
    rows: Iterable[UnitRow],
    editions: Mapping[str, Edition],
    unusable: list[Unusable],
) -> Iterator[tuple[str, Unit]]:
    found: dict[str, Unit] = {}
    waiting = list(rows)
    while waiting:
        left: list[UnitRow] = []
        for row in waiting:
            unit = _unit(row, editions)
            above = unit and unit.parent
            if unit is None or unit.ref in base or unit.ref in found:
                unusable.append(Unusable("org_unit", f"{row.code}@{row.edition}", "unreadable"))
            elif not above or above in base or above in found:
                found[unit.ref] = unit
            else:
                left.append(row)
        if len(left) == len(waiting):
            unusable += [
                Unusable("org_unit", f"{row.code}@{row.edition}", "unknown_unit") for row in left
            ]
            break
        waiting = left
    yield from found.items()


def _unit(row: UnitRow, editions: Mapping[str, Edition]) -> Unit | None:
    ref = f"{row.code}@{row.edition}"
    try:
        parse_unit(ref)
        above = parse_unit(row.parent) if row.parent else None
    except ValueError:
        return None
    tier = TIER_OF_LENGTH[len(row.code)]
    stands_right = (above is None) == (tier is Tier.PROVINCE) and (
        above is None or len(above.code) < len(row.code)
    )
    if not (stands_right and row.name and row.edition in editions):
        return None
    return Unit(ref, row.code, row.edition, row.name, row.kind, tier, row.parent)
