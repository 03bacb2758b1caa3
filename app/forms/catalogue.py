"""What an installation goes by: templates, code lists and units, shipped and received.

Tiers, units, agencies and templates change by decree, so they are dated data: the province signs
new ones, and they travel like records. A catalogue is what ships with the program together with
what was accepted here, as plain data; it reads no store. What this program cannot use, because a
newer one wrote it or because it contradicts what stands, is left out and named in `unusable`, never
half used. Old versions stay for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache

from msgspec import structs

from app.forms.code_lists import CodeItem, CodeList, load_code_list
from app.forms.list_checks import read_list
from app.forms.received_units import tree_with
from app.forms.references import (
    Fault,
    FaultyError,
    ListRow,
    References,
    TemplateRow,
    Unusable,
)
from app.forms.schema import Field, Template, bound
from app.forms.sensitivity import masks_of
from app.forms.succession import contradictions
from app.forms.template import TemplateError, builtin_templates, check_history, load_template
from app.forms.units import load_units

_STAMP = re.compile(r"(?P<form>[a-z]+)\.v(?P<version>[1-9][0-9]{0,5})")
#: Letters of a name that people are told; of what came it may be of any length.
_SHOWN = 40


class Catalogue:
    """Templates, code lists and units of one installation. Never changes once it is made."""

    def __init__(self, references: References) -> None:
        unusable: list[Unusable] = []
        self._lists = _lists(references.lists, unusable)
        self.templates = self._templates(references, unusable)
        self.masks = masks_of(self.templates)
        self.units = tree_with(load_units(), references.units, references.successors, unusable)
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

    def only(self, form: str) -> Template | None:
        """The template of a form of which there is one version: it serves every day and record."""
        known = self.versions(form)
        return known[0] if len(known) == 1 else None

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

    def _templates(self, references: References, unusable: list[Unusable]) -> tuple[Template, ...]:
        found = list(builtin_templates())
        for row in sorted(references.templates, key=lambda one: (one.form, one.version)):
            named = form_of_version(row.form, row.version)
            try:
                template = self._template(row)
                if template in found:
                    continue  # it ships with the program by now
                earlier = [one for one in found if one.form == template.form]
                check_history(earlier, template)
            except TemplateError as problem:
                said = tuple(problem.parameters.items())
                broken = Fault(problem.reason, problem.message_id, said)
                unusable.append(Unusable("form_template", named, broken))
                continue
            contradicts = next(contradictions(earlier, template, references.columns), None)
            if contradicts is not None:
                unusable.append(Unusable("form_template", named, contradicts))
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


def _lists(rows: Iterable[ListRow], unusable: list[Unusable]) -> dict[str, CodeList]:
    """Name → the newest edition, with the codes of earlier ones that it no longer names behind.

    A code that was given once means the same for ever, so every record stays readable.
    """
    found: dict[str, CodeList] = {}
    for row in sorted(rows, key=lambda one: (one.name, one.valid_from, one.edition)):
        older = found.get(row.name) or _shipped(row.name)
        try:
            newer, problem = read_list(older, row.edition, row.valid_from, row.content)
        except FaultyError as unread:
            newer, problem = older, unread.fault
        if problem is not None:
            unusable.append(Unusable("code_list", list_of_edition(row.name, row.edition), problem))
            continue
        left: Sequence[CodeItem] = [one for one in older if one.code not in newer]
        found[row.name] = CodeList(row.name, (*newer.items, *left))
    return found


def form_of_version(form: str, version: int) -> str:
    """How a version of a form is named to people; of what came it may be of any length."""
    return stamp_of(form[:_SHOWN], version)


def list_of_edition(name: str, edition: str) -> str:
    """How an edition of a list is named to people; of what came both may be of any length."""
    return f"{name[:_SHOWN]} {edition[:_SHOWN]}"


def _shipped(name: str) -> CodeList:
    try:
        return load_code_list(name)
    except KeyError:
        return CodeList(name, ())
