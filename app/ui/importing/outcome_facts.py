"""The counts of an import in words: what it would do, or did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.i18n import number, text
from app.services.duplicate_words import recorded_words
from app.services.register_import import ImportResult
from app.ui.handover.facts import Fact

#: Rows that are named of one kind.
_ROWS = 6
#: A child that the register seems to hold already.
_SIMILAR = "import.issue_similar_child_held"


def facts_of(result: ImportResult, sheets: Sequence[str], *, previewed: bool) -> list[Fact]:
    """The lines."""
    return list(_facts(result, sheets, previewed=previewed))


def _facts(result: ImportResult, sheets: Sequence[str], *, previewed: bool) -> Iterator[Fact]:
    named = ", ".join(f"«{one}»" for one in sheets if one)
    if named:
        yield Fact(text("import_page.fact.sheets"), named)
    said = [
        text("import_page.count.rows", count=number(result.rows)),
        text("import_page.count.created", count=number(result.created)),
        text("import_page.count.changed", count=number(result.changed)),
        text("import_page.count.unchanged", count=number(result.unchanged)),
    ]
    yield Fact(text("import_page.fact.rows"), " · ".join(said), "" if previewed else "done")
    for name in ("refused", "undecided", "skipped", "kept", "accepted"):
        count = getattr(result, name)
        if count:
            state = "warning" if name in ("refused", "undecided") else ""
            words = text(f"import_page.count.{name}", count=number(count))
            yield Fact(text(f"import_page.fact.{name}"), words, state)
    if result.recorded:
        words = recorded_words(result.recorded, taken=not previewed)
        yield Fact(text("import_page.fact.called_same"), words, "warning")
    similar = sum(count for (kind, _), count in result.kinds.items() if kind == _SIMILAR)
    if similar:
        words = text("import_page.count.similar", count=number(similar))
        yield Fact(text("import_page.fact.similar"), words, "warning")
    if result.households_created:
        count = number(result.households_created)
        yield Fact(
            text("import_page.fact.households"), text("import_page.count.households", count=count)
        )
    left = [
        text(
            f"import_page.left.{kind.value}",
            count=number(one.count),
            rows=", ".join(one.first[:_ROWS]) + (", …" if one.count > _ROWS else ""),
        )
        for kind, one in result.left_out.items()
    ]
    if left:
        yield Fact(text("import_page.fact.left"), "; ".join(left))
    if result.other_sheets:
        names = ", ".join(f"«{one}»" for one in result.other_sheets)
        yield Fact(text("import_page.fact.others"), names, "warning")
