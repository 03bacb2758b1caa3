"""What a previewed bundle would bring, record by record: `handover receive --preview`.

The same rows as the window's preview, with the same masks: what needs a person comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.arrivals import ArrivalRow, Arrivals, FieldChange
    from app.services.masking import Shown


def arrivals_document(found: Arrivals) -> dict[str, object]:
    """The rows and villages for `--json`; a masked value is `{"masked": true}`."""
    return {
        "records": [
            {
                "arrival": one.arrival.value,
                "entity": one.entity,
                "id": one.id,
                "who": one.who,
                "village": one.village_id or None,
                "village_name": one.village or None,
                "changes": [
                    {
                        "field": it.label,
                        "before": _document_of(it.before),
                        "after": _document_of(it.after),
                    }
                    for it in one.changes
                ],
                "why": one.why or None,
            }
            for one in found.rows
        ],
        "villages": [
            {
                "unit": one.unit or None,
                "id": one.id or None,
                "name": one.village or None,
                "households": one.households,
                "children": one.children,
            }
            for one in found.villages
        ],
        "more": found.more,
    }


def arrivals_lines(found: Arrivals) -> list[str]:
    """The villages, then a line a record."""
    lines = [
        text(
            "arrivals.in_village",
            village=one.place,
            households=number(one.households),
            children=number(one.children),
        )
        for one in found.villages
    ]
    if found.more:
        lines.append(text("arrivals.more", count=number(len(found.rows))))
    return [*lines, *(map(_line, found.rows) if found.rows else [text("arrivals.none")])]


def _line(row: ArrivalRow) -> str:
    about = " · ".join(filter(None, (row.who, row.what, row.village)))
    said = "; ".join(filter(None, (row.why, *map(_change, row.changes))))
    head = text("cli.handover.arrival", arrival=text(f"arrivals.{row.arrival.value}"), about=about)
    return f"{head}: {said}" if said else head


def _change(one: FieldChange) -> str:
    return text(
        "arrivals.change", label=one.label, before=_said(one.before), after=_said(one.after)
    )


def _said(value: Shown) -> str:
    from app.cli.shown import words_of

    return words_of(value) or text("conflicts.empty")


def _document_of(value: Shown) -> object:
    from app.services.masking import MASKED

    return {"masked": True} if value is MASKED else value
