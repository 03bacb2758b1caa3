"""What an edition of a code list may say, the same for one loaded here and one that came.

A code that was given means the same for ever: an edition may add codes, correct labels and end a
code by a date; what a code belongs to, and what is masked, stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.forms.code_lists import COLUMNS, CodeList, code_list_of, load_code_list
from app.forms.references import Fault, fault
from app.forms.tables import Line, is_day, read_table

#: Lists the program itself is built on; an edition of them comes with a new program only.
BUILT_IN = frozenset(("unit_kinds", "unit_tiers", "yes_no", "phone_prefixes"))
MAX_LABEL = 300
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_RESERVED = re.compile(r"units.*|unit_.*")
_EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}")


def head_faults(name: str, edition: str) -> Iterator[Fault]:
    """What is wrong with the name of a list and of its edition."""
    if not _NAME.fullmatch(name):
        yield fault("list_name", name=name)
    if name in BUILT_IN or _RESERVED.fullmatch(name):
        yield fault("list_built_in", name=name)
    if not _EDITION.fullmatch(edition):
        yield fault("edition", edition=edition)


def line_faults(lines: Sequence[Line]) -> Iterator[Fault]:
    """What is wrong with the lines by themselves."""
    seen: dict[str, int] = {}
    for line in lines:
        code, number = line["code"], line.number
        if not _CODE.fullmatch(code):
            yield fault("code", line=number, code=code)
        if code in seen:
            yield fault("code_twice", line=number, code=code, first=seen[code])
        seen[code] = number
        if not line["label_vi"] or not line["label_en"]:
            yield fault("label", line=number, code=code)
        if max(len(line["label_vi"]), len(line["label_en"])) > MAX_LABEL:
            yield fault("too_long", line=number, most=MAX_LABEL)
        yield from day_faults(line, number)


def day_faults(line: Mapping[str, str], number: int | None = None) -> Iterator[Fault]:
    """What is wrong with the days a line counts from and to."""
    for column in ("valid_from", "valid_to"):
        if line[column] and not is_day(line[column]):
            yield fault("day", line=number, day=line[column])
    if line["valid_to"] and line["valid_to"] < line["valid_from"]:
        yield fault("validity", line=number)


def kept_faults(before: CodeList, titles: Sequence[str], lines: Sequence[Line]) -> Iterator[Fault]:
    """What would change the meaning of the codes in force, or unmask them."""
    given = {line["code"]: line for line in lines}
    for item in before:
        for column in item.extra:
            if column not in titles:
                yield fault("list_column", name=before.name, column=column)
        line = given.get(item.code)
        parent = item.extra.get("parent")
        if line is not None and parent and line["parent"] != parent:
            # What it belongs to is its meaning.
            yield fault("code_meaning", line=line.number, code=item.code, column="parent")
    for code in _misplaced_levels(before.name, lines):
        yield fault("code_level", line=given[code].number, code=code)


def dropped_faults(before: CodeList, lines: Sequence[Line]) -> Iterator[Fault]:
    """The codes in force that are left out. Of a list that came they stay behind the new ones."""
    given = {line["code"] for line in lines}
    for item in before:
        if item.code not in given:
            yield fault("code_dropped", name=before.name, code=item.code)


def read_list(
    before: CodeList, edition: str, valid_from: str, content: str
) -> tuple[CodeList, Fault | None]:
    """An edition that came in a bundle, to follow `before`, and the first thing wrong with it.

    Raises FaultyError for content that is no list at all.
    """
    titles, lines = read_table(content, COLUMNS)
    found = [
        *head_faults(before.name, edition),
        *([] if is_day(valid_from) else [fault("list_day", name=before.name, day=valid_from)]),
        *line_faults(lines),
    ]
    # Only of a list that is sound by itself can be asked what it changes.
    found = found or [*kept_faults(before, titles, lines)]
    if found:
        return before, found[0]
    return code_list_of(before.name, lines), None


def _misplaced_levels(name: str, lines: Sequence[Line]) -> Iterator[str]:
    """The groups and sub-groups of a list of circumstances whose level is not that of the list
    shipped with the program, where the masks come from: a known code keeps its level, a new
    sub-group has that of its group, a new group comes with a new program.
    """
    if name != "circumstances":
        return
    shipped = load_code_list(name)
    for line in lines:
        code = line["code"]
        known = shipped.get(code) or shipped.get(code.partition(".")[0])
        if known is None or line.get("sensitivity", "") != known.extra.get("sensitivity", ""):
            yield code
