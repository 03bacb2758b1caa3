"""What a person is told before a restore, line by line, for both faces."""

from __future__ import annotations

from datetime import UTC, datetime

from app.i18n import number, text
from app.services.restore_look import BeforeRestore, Held
from app.services.unit_views import called_unopened


def before_restore(found: BeforeRestore) -> list[tuple[str, str]]:
    """(sentence, state of the theme) in the order in which it is read: what it holds, what is here,
    what comes back by itself, what would be lost, and what to do next.
    """
    holds = found.holds
    told = [
        (
            text(
                "restore.holds",
                when=moment(found.made),
                saved=moment(holds.last_saved),
                **_numbers(holds),
            ),
            "",
        )
    ]
    if not found.same:
        told.append((text("restore.other", unit=called_unopened(found.unit)), "error"))
    if found.empty:
        told.append((text("restore.empty_here", unit=called_unopened(found.unit)), ""))
    elif found.here is None:
        told.append((text("restore.nothing_here"), "warning"))
    else:
        told.append((text("restore.here", **_numbers(found.here)), ""))
    told += _of_what_is_lacking(found)
    told += _of_what_stays_out(found)
    if not found.enrolled:
        told.append((text("restore.not_enrolled"), "warning"))
    return told


def _of_what_is_lacking(found: BeforeRestore) -> list[tuple[str, str]]:
    lacking = found.lacking
    if lacking is None:
        return []
    if not (lacking.received or lacking.handed_over or lacking.nowhere):
        return [(text("restore.nothing_lacking"), "done")]
    told = []
    if lacking.received:
        told.append((text("restore.received", count=number(lacking.received)), ""))
    if lacking.handed_over:
        sent = datetime.fromtimestamp(lacking.sent, tz=UTC).astimezone()
        told.append(
            (
                text(
                    "restore.handed_over",
                    count=number(lacking.handed_over),
                    seq=number(lacking.seq),
                    unit=called_unopened(lacking.unit),
                    day=f"{sent:%d/%m/%Y}",
                ),
                "",
            )
        )
    if lacking.nowhere:
        told.append(
            (
                text(
                    "restore.nowhere",
                    count=number(lacking.nowhere),
                    households=number(lacking.households),
                    children=number(lacking.children),
                ),
                "error",
            )
        )
    else:
        told.append((text("restore.nothing_lost"), "done"))
    return told


def _of_what_stays_out(found: BeforeRestore) -> list[tuple[str, str]]:
    out = found.stays_out
    if found.empty:
        return [(text("restore.undone_unknown.empty"), "warning")]
    if out is None:
        return [(text("restore.undone_unknown"), "warning")] if found.here is None else []
    told = []
    if out.bundles or out.operations:
        told.append(_counted("restore.stays_out", out.bundles, out.operations))
    again = found.used_again
    if again is not None and (again.bundles or again.operations):
        told.append(_counted("restore.used_again", len(again.bundles), len(again.operations)))
    return told


def _counted(key: str, bundles: int, operations: int) -> tuple[str, str]:
    return (text(key, bundles=number(bundles), count=number(operations)), "")


def _numbers(one: Held) -> dict[str, str]:
    return {"households": number(one.households), "children": number(one.children)}


def moment(when: datetime | None) -> str:
    """A moment on the clock of this PC."""
    return "–" if when is None else f"{when.astimezone():%H:%M %d/%m/%Y}"
