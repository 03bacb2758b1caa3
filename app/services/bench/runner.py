"""Run figures one after the other in a folder that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from app.errors import KnownError
from app.services.bench import (
    age_speed,
    checking,
    duplicates,
    handover,
    interface,
    lists,
    many_files,
    memory,
    saving,
    small_bundle,
    spreadsheet,
    windows,
)
from app.services.bench.figure import Figure, Line, NotMeasured
from app.services.bench.workshop import CHILDREN, Workshop
from app.services.workplace import Progress

#: In the order in which they are measured. Saving and the memory of an export write to the giver's
#: store, so they come after what reads it.
FIGURES: Sequence[Figure] = (
    windows.FIRST_PAINT,
    windows.RECORD,
    interface.KEYS,
    interface.OPEN,
    interface.WORK,
    interface.LIST,
    interface.SEARCH,
    age_speed.AGE,
    handover.EXPORT,
    handover.SIZE,
    handover.IMPORT,
    handover.READING,
    handover.AGAIN,
    handover.DECLARED,
    handover.ENCRYPTION,
    checking.CHECK,
    spreadsheet.SPREADSHEET,
    duplicates.DUPLICATES,
    lists.LISTS,
    saving.SAVE,
    memory.MEMORY,
    small_bundle.SMALL,
    many_files.MANY,
)

#: Names for several figures at once.
GROUPS: Mapping[str, Sequence[Figure]] = {
    "ui": (
        windows.FIRST_PAINT,
        interface.KEYS,
        interface.OPEN,
        interface.WORK,
        interface.LIST,
        interface.SEARCH,
    ),
}


def chosen(names: Sequence[str], figures: Sequence[Figure] = FIGURES) -> Sequence[Figure]:
    """The figures that are named, or belong to a named group; all when none is named. Raises
    KnownError `bench.unknown_figure`.
    """
    known: dict[str, Sequence[Figure]] = {figure.name: (figure,) for figure in figures}
    known |= GROUPS
    for name in names:
        if name not in known:
            raise KnownError(
                "bench.unknown_figure",
                "bench.unknown_figure_hint",
                name=name,
                names=", ".join(known),
            )
    wanted = {figure.name for name in names for figure in known[name]}
    return [figure for figure in figures if not names or figure.name in wanted]


def run(
    figures: Sequence[Figure],
    children: int = CHILDREN,
    *,
    progress: Progress | None = None,
    before: Callable[[Figure], None] = lambda _figure: None,
) -> Iterator[Line]:
    """The rows of the table, each as soon as it was measured. Raises Cancelled.

    `before` is told what comes next. Nothing is left on the disk, however it ends.
    """
    with tempfile.TemporaryDirectory(prefix="sotreem-bench-", ignore_cleanup_errors=True) as folder:
        workshop = Workshop(Path(folder) / "world", children, progress)
        try:
            for figure in figures:
                before(figure)
                yield from _lines(figure, workshop)
        finally:
            workshop.close()


def _lines(figure: Figure, workshop: Workshop) -> list[Line]:
    try:
        measured = {one.row: one for one in figure.measure(workshop)}
    except NotMeasured as said:
        return [Line(row, None, said.reason) for row in figure.rows]
    return [Line(row, measured[row.name]) for row in figure.rows]
