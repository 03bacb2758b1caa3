"""A new version of a form, checked against the schema and against what is stored.

A stored name never changes and never gets another meaning (3-data.md, "Templates"): not against any
earlier version, not against the columns of the store, not against values that records already keep
under it. A field may be dropped: it is hidden, its values stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from app.forms.catalogue import Catalogue, stamp_of
from app.forms.context import Context
from app.forms.field_types import field_type
from app.forms.schema import Field, Template, bound
from app.forms.succession import contradictions
from app.forms.template import TemplateError, check_history, load_template
from app.forms.template_limits import MAX_VERSION
from app.forms.validator import validate
from app.history.operation import Value
from app.models.queries.references import references, values_kept_aside
from app.models.store import Reading
from app.models.work import Change
from app.services.catalogues import PROGRAM_COLUMNS
from app.services.reference_data.files import Refused, Said, read_text, refused


def read_template(path: Path, catalogue: Catalogue, reading: Reading) -> Template:
    """The template of a file that may be loaded now. Raises Refused."""
    text = read_text(path)
    try:
        template = load_template(text.encode(), catalogue.code_list)
        check_history(catalogue.versions(template.form), template)
    except TemplateError as error:
        raise Refused("template", path.name, problem=Said(error)) from error
    for problem in _problems(template, catalogue, reading, path.name):
        raise problem
    # The rules are put together and run once: a form that could not be used is not sent out.
    empty: dict[str, Value] = {}
    for entity in template.entities:
        validate(_bound(template, catalogue), empty, Context(date.min.replace(year=2000)), entity)
    return template


def change_of(template: Template) -> Change:
    """The reference record of a template; the id says form and version."""
    values: dict[str, Value] = {
        "form": template.form,
        "version": template.version,
        "edition": template.edition,
        "valid_from": template.valid_from,
        "valid_to": template.valid_to,
        "content": msgspec.json.encode(template).decode(),
    }
    return Change("form_template", values, key=stamp_of(template.form, template.version))


def _bound(template: Template, catalogue: Catalogue) -> Template:
    sections = tuple(
        msgspec.structs.replace(
            section, fields=tuple(_bound_field(one, catalogue) for one in section.fields)
        )
        for section in template.sections
    )
    return msgspec.structs.replace(template, sections=sections)


def _bound_field(field: Field, catalogue: Catalogue) -> Field:
    return field if field.code_list is None else bound(field, catalogue.code_list(field.code_list))


def _problems(
    template: Template, catalogue: Catalogue, reading: Reading, file: str
) -> Iterator[Refused]:
    stored = {
        version
        for one in references(reading, "form_template")
        if one.text("form") == template.form
        and isinstance(version := one.values.get("version"), int)
        and version <= MAX_VERSION
    }
    if template.version <= max(stored, default=0):
        # One that only a newer program can use counts as well: its number is taken.
        yield Refused("version_taken", file, version=template.version, newest=max(stored))
    earlier = catalogue.versions(template.form)
    for found in contradictions(earlier, template, PROGRAM_COLUMNS):
        yield refused(found, file)
    known = {field.name for one in earlier for field in one.fields}
    for entity in template.entities:
        for field in template.fields_of(entity):
            if field.name not in known:
                yield from _new_field_problems(
                    _bound_field(field, catalogue), entity, reading, file
                )


def _new_field_problems(
    field: Field, entity: str, reading: Reading, file: str
) -> Iterator[Refused]:
    kept = field_type(field)
    other = sum(
        kept.check(value) is not None for _, value in values_kept_aside(reading, entity, field.name)
    )
    if other:
        yield Refused("field_values", file, field=field.name, count=other)
