"""Loading and listing reference data: the province loads, everybody may look.

What passes its check is written as signed operations in one transaction; it goes down with the next
bundle. What is refused changes nothing but the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.errors import KnownError
from app.forms.catalogue import Catalogue, form_of_version, list_of_edition, stamp_of
from app.forms.code_lists import code_list_names
from app.forms.list_checks import BUILT_IN
from app.forms.references import Unusable
from app.forms.template import builtin_templates
from app.models.queries.references import references
from app.models.store import Reading
from app.models.work import Change, UnitOfWork
from app.services.catalogues import read_catalogue
from app.services.reference_data import lists, templates, units
from app.services.reference_data.files import Refused, SaidOf
from app.services.reference_data.unused import Unused, of_unknown_type, unused
from app.services.reference_signing import reference_signer
from app.services.rights import Right
from app.services.surroundings import reference_day
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A version of a form. `shipped` with the program or loaded by the province; `in_use` for
    typing now; `needs_newer` says that only a newer program can use it («cần bản mới»), `faulty`
    that the province has to load it anew.
    """

    form: str
    version: int
    edition: str
    valid_from: str
    valid_to: str
    shipped: bool
    in_use: bool
    needs_newer: bool = False
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """An edition of a code list; without an edition it is the one shipped with the program."""

    name: str
    edition: str
    valid_from: str
    codes: int
    needs_newer: bool = False
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was written: the ids of the records, and how many of each type."""

    ids: tuple[str, ...]
    what: str
    count: int


class ReferenceDesk:
    """Use cases on forms, code lists and units."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    # --- looking ----------------------------------------------------------------------------

    def templates(self) -> list[TemplateView]:
        """Every version of every form known here, by form and version."""
        workplace = self._workplace
        with workplace.store.read() as reading:
            stored = references(reading, "form_template")
            day = reference_day(workplace, reading)
        shipped = {(one.form, one.version) for one in builtin_templates()}
        catalogue = workplace.catalogue
        usable = {(one.form, one.version) for one in catalogue.templates}
        found = [
            TemplateView(
                one.form,
                one.version,
                one.edition,
                one.valid_from,
                one.valid_to or "",
                (one.form, one.version) in shipped,
                one is catalogue.newest(one.form, day),
            )
            for one in catalogue.templates
        ]
        for row in stored:
            version = row.values.get("version")
            number = version if isinstance(version, int) else 0
            if (row.text("form"), number) not in usable:
                newer = self._needs_newer(form_of_version(row.text("form"), number))
                dates = (row.text("valid_from"), row.text("valid_to"))
                state = (False, False, newer, not newer)
                found.append(
                    TemplateView(row.text("form"), number, row.text("edition"), *dates, *state)
                )
        return sorted(found, key=lambda one: (one.form, one.version))

    def lists(self) -> list[ListView]:
        """Every code list: as shipped, and the editions loaded since, by name and day."""
        workplace = self._workplace
        with workplace.store.read() as reading:
            stored = references(reading, "code_list")
        unusable = {one.what for one in workplace.catalogue.unusable if one.entity == "code_list"}
        found = [
            ListView(name, "", "", len(workplace.catalogue.code_list(name)))
            for name in code_list_names()
            if name not in BUILT_IN
        ]
        for row in stored:
            name, edition = row.text("name"), row.text("edition")
            lines = row.text("content").count("\n")
            what = list_of_edition(name, edition)
            newer = what in unusable and self._needs_newer(what)
            state = (newer, what in unusable and not newer)
            found.append(ListView(name, edition, row.text("valid_from"), max(0, lines - 1), *state))
        return sorted(found, key=lambda one: (one.name, one.valid_from))

    def _needs_newer(self, what: str) -> bool:
        """Whether only a newer program can use something; else it was issued wrongly."""
        found = [one for one in self._workplace.catalogue.unusable if one.what == what]
        return all(one.needs_newer for one in found)

    def unused(self) -> list[Unused]:
        """What arrived and is not used here: kept, passed on, and what to do about it."""
        with self._workplace.store.read() as reading:
            return [*unused(reading), *of_unknown_type(reading)]

    # --- loading ----------------------------------------------------------------------------

    def load_template(self, path: Path) -> Loaded:
        """Load a new version of a form. Raises Refused, KnownError `rights.denied`,
        `rights.not_reference`, `enrol.not_enrolled`, OSError.
        """
        with self._loading("template") as (work, catalogue):
            template = templates.read_template(path, catalogue, work.connection)
            named = stamp_of(template.form, template.version)
            return self._write(work, [templates.change_of(template)], named, path.name)

    def load_list(self, path: Path, edition: str, valid_from: date, name: str = "") -> Loaded:
        """Load a new edition of a code list; an empty `name` is that of the file. Raises as
        `load_template`.
        """
        with self._loading("code_list") as (work, catalogue):
            new = lists.read_list(path, name, edition, valid_from, catalogue, work.connection)
            named = f"{new.name} {new.edition}"
            return self._write(work, [lists.change_of(new)], named, path.name)

    def load_units(self, path: Path, successors: Path | None = None) -> Loaded:
        """Load units of a new edition, and what became of old ones. Raises as `load_template`."""
        with self._loading("units") as (work, catalogue):
            found = units.read_units(path, successors, catalogue, self._workplace.unit)
            editions = sorted({line["edition"] for line in found.units.values()})
            return self._write(work, found.changes, ", ".join(editions), path.name)

    @contextmanager
    def _loading(self, kind: str) -> Iterator[tuple[UnitOfWork, Catalogue]]:
        workplace = self._workplace
        workplace.require(Right.ADMIN)
        with workplace.store.read() as reading:
            reference_signer(workplace, reading)  # whether this PC may sign at all
        try:
            with workplace.write() as work:
                yield work, read_catalogue(work.connection)
        except KnownError as problem:
            workplace.audit("reference_refused", kind=kind, reason=problem.message_id)
            raise

    def _write(self, work: UnitOfWork, changes: Sequence[Change], what: str, file: str) -> Loaded:
        before = set(read_catalogue(work.connection).unusable)
        done = work.record_many(changes)
        _require_usable(work.connection, before, file)
        work.audit("reference_loaded", what=what, records=len(done))
        work.commit()
        return Loaded(tuple(one.id for one in done), what, len(done))


def _require_usable(reading: Reading, before: set[Unusable], file: str) -> None:
    """What every PC below will make of it is tried here first."""
    for one in read_catalogue(reading).unusable:
        if one not in before:
            raise Refused("unusable", file, what=one.what, problem=SaidOf(one))
