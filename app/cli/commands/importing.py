"""`register import`: preview a file, ask about proposals, take it in; `register undo`: take it out.

What the program believes a cell was meant to say is listed with its row and column; it is taken
only with `--accept`, or when somebody at the terminal says yes to that kind of proposal.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.exit_code import ExitCode
from app.cli.output import columns
from app.cli.parser import Commands
from app.cli.questions import agreed
from app.cli.session import Session
from app.cli.written import path
from app.i18n import number, text

if TYPE_CHECKING:
    from app.services.import_look import ImportLook
    from app.services.register_import import (
        ColumnMap,
        ColumnView,
        Correction,
        ImportIssue,
        ImportPreview,
        ImportResult,
        Proposal,
    )

#: Issues and proposals that are listed on a screen; `--json` gives all that were kept.
_SHOWN = 20
#: Rows that are named for one kind of issue.
_ROWS = 8
#: Kinds of issues that would drown among others: the same child twice.
_FIRST = (
    "import.issue_doubled_personal_id",
    "import.issue_held_personal_id",
    "import.issue_doubled_key",
    "import.issue_doubled_line",
    "import.issue_same_child",
    "import.issue_same_child_held",
    "import.issue_similar_child_held",
)
#: What may stand behind `--accept`: the kinds of proposals, all of them, or none.
_ALL, _NONE = "all", "none"
_ACCEPT = (
    "phones",
    "zeros",
    "dates",
    "units",
    "villages",
    "swapped",
    "years",
    "fonts",
    _ALL,
    _NONE,
)
#: What may stand behind `--hidden`.
_TAKE, _LEAVE = "take", "leave"


def add_import(commands: Commands) -> None:
    """Describe both commands."""
    load = commands.add_parser("import", help=text("cli.register.import"))
    load.add_argument(
        "file", type=path, metavar=text("cli.arg.file"), help=text("cli.register.import_file")
    )
    load.add_argument("--unit", metavar=text("cli.arg.unit"), help=text("cli.register.unit"))
    load.add_argument("--columns", type=path, metavar="MAP.json", help=text("cli.register.columns"))
    load.add_argument(
        "--sheet",
        action="append",
        metavar=text("cli.arg.name"),
        help=text("cli.register.import_sheet"),
    )
    load.add_argument("--preview", action="store_true", help=text("cli.register.preview"))
    load.add_argument(
        "--accept", action="append", choices=_ACCEPT, help=text("cli.register.accept")
    )
    load.add_argument(
        "--convert-old-fonts",
        dest="accept",
        action="append_const",
        const="fonts",
        help=text("cli.register.convert_old_fonts"),
    )
    load.add_argument(
        "--names-of",
        default="",
        metavar=text("cli.register.edition"),
        help=text("cli.register.names_of"),
    )
    load.add_argument("--hidden", choices=(_TAKE, _LEAVE), help=text("cli.register.hidden"))
    load.add_argument("--save-layout", action="store_true", help=text("cli.register.save_layout"))
    load.add_argument(
        "--forget-layout", action="store_true", help=text("cli.register.forget_layout")
    )
    load.runs(_import)
    undo = commands.add_parser("undo", help=text("cli.register.undo"))
    undo.add_argument("act", metavar=text("cli.arg.act"), help=text("cli.register.undo_act"))
    undo.runs(_undo)


def _import(session: Session, arguments: Namespace) -> ExitCode:
    preview: ImportPreview | None = None
    file: Path = arguments.file
    with session.open() as services:
        importer, look = services.register_import, services.import_look
        chosen = _map_of(look, arguments.columns)
        unit = services.workplace.unit_named(arguments.unit) if arguments.unit else None
        accepted, sheets = _accepted(arguments.accept), tuple(arguments.sheet or ())
        hidden = None if arguments.hidden is None else arguments.hidden == _TAKE
        if arguments.forget_layout:
            forgotten = look.forget_layout(file, *sheets[:1])
            session.output.note(text(f"cli.register.{'forgot' if forgotten else 'no'}_layout"))
        names_of: str = arguments.names_of
        undecided = arguments.accept is None or hidden is None or not names_of
        if not arguments.preview and undecided and session.asks:
            with session.progress("cli.register.looking") as progress:
                looked = importer.preview(
                    file, unit, chosen, progress, accepted, sheets, hidden=hidden, names_of=names_of
                )
            if looked.result.undated:
                names_of = _ask_edition(session, looked.result)
            if arguments.accept is None:
                accepted = _ask(session, looked.result)
            if hidden is None and looked.result.hidden_rows:
                count = number(looked.result.hidden_rows)
                hidden = agreed(session.output, text("cli.register.ask_hidden", count=count))
        with session.progress("cli.register.importing") as progress:
            if arguments.preview:
                preview = importer.preview(
                    file, unit, chosen, progress, accepted, sheets, hidden=hidden, names_of=names_of
                )
                result = preview.result
                if arguments.save_layout:
                    look.keep_layout(file, chosen, sheets[0] if sheets else None, names_of)
            else:
                result = importer.run(
                    file,
                    unit,
                    chosen,
                    progress,
                    accepted,
                    sheets,
                    hidden=hidden,
                    names_of=names_of,
                    remember=arguments.save_layout,
                )
    document = _document(result)
    lines: list[str] = []
    if preview is not None:
        lines += _preview_lines(preview)
        document["unknown_columns"] = list(preview.unknown)
        document["ignored_columns"] = list(preview.ignored)
        document["columns"] = [
            {"title": one.title, "field": one.field} for one in _planned(preview)
        ]
        document["looked_at"] = [
            {
                "letters": one.letters,
                "title": one.title,
                "field": one.field,
                "known_by": one.how.value,
            }
            for one in preview.columns
        ]
        document["map"] = preview.map
    lines += _result_lines(result, file, previewed=preview is not None)
    if arguments.save_layout:
        lines.append(text("cli.register.kept_layout"))
    session.output.answer(document, lines)
    waits = result.issue_count or result.other_sheets or (preview and preview.unknown)
    return ExitCode.WAITS if waits else ExitCode.DONE


def _undo(session: Session, arguments: Namespace) -> ExitCode:
    with session.open() as services:
        count = services.register_import.set_aside(arguments.act)
    session.output.answer(
        {"act": arguments.act, "operations": count},
        [text("cli.register.undone", count=number(count))],
    )
    return ExitCode.DONE


def _map_of(look: ImportLook, named: Path | None) -> ColumnMap | None:
    from app.services.register_import import load_column_map, named_column_map

    if named is None:
        return None
    # A bare word names a map that ships with the program, anything else is a file.
    shipped = not named.suffix and not named.exists()
    titles = look.titles()
    return named_column_map(str(named), titles) if shipped else load_column_map(named, titles)


def _accepted(said: Sequence[str] | None) -> frozenset[Correction]:
    from app.services.register_import import Correction

    if said is None:
        return frozenset()
    if _ALL in said:
        return frozenset(Correction)
    return frozenset(Correction(one) for one in said if one != _NONE)


def _ask(session: Session, found: ImportResult) -> frozenset[Correction]:
    """Show the proposals of each kind to the person at the terminal; the kinds that are taken."""
    taken: set[Correction] = set()
    for kind, count in found.proposals.items():
        for line in _proposal_lines(found.issues, kind, count):
            session.output.note(line)
        if agreed(session.output, text(f"cli.register.ask_{kind.value}", count=number(count))):
            taken.add(kind)
    return frozenset(taken)


def _ask_edition(session: Session, found: ImportResult) -> str:
    """Of which edition the names are, asked one by one; "" where the person knows of none."""
    session.output.note(text("cli.register.undated", count=number(found.undated)))
    for one in found.editions:
        if agreed(session.output, text("cli.register.ask_names_of", names=one.words)):
            return one.code
    return ""


def _proposal_lines(issues: Sequence[ImportIssue], kind: Correction, count: int) -> Iterator[str]:
    yield text(f"cli.register.proposed_{kind.value}", count=number(count))
    several = [one for one in issues if one.proposal and one.proposal.correction is kind]
    heads = [text(f"cli.column.{name}") for name in ("cell", "title", "in_file", "becomes")]
    rows = [
        [_cell(one), one.column, one.proposal.text, _becomes(one.proposal)]
        for one in several[:_SHOWN]
        if one.proposal is not None
    ]
    yield from (f"  {line}" for line in columns(heads, rows))
    hidden = count - len(rows)
    if hidden:
        yield f"  {text('import.issues_more', count=number(hidden))}"


def _cell(issue: ImportIssue) -> str:
    from app.services.register_import import cell_words

    place = cell_words(issue)
    return f"{issue.sheet}!{place}" if issue.sheet else place


def _becomes(proposal: Proposal) -> str:
    from app.services.register_import import Correction

    meant = str(proposal.becomes)
    is_day = proposal.correction in (Correction.DATES, Correction.SWAPPED, Correction.YEARS)
    return "/".join(reversed(meant.split("-"))) if is_day else meant


def _document(result: ImportResult) -> dict[str, object]:
    from app.services.register_import import issue_text

    return {
        "rows": result.rows,
        "created": result.created,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "issues": result.issue_count,
        "refused": result.refused,
        "skipped": result.skipped,
        "kept": result.kept,
        "households_created": result.households_created,
        "operations": result.operations,
        "act": result.act,
        "accepted": result.accepted,
        "by_content": result.by_content,
        "undecided": result.undecided,
        "called_same": result.recorded,
        "other_sheets": list(result.other_sheets),
        "hidden_rows": result.hidden_rows,
        "undated": result.undated,
        "names_of": result.names_of,
        "left_out": {
            kind.value: {"count": one.count, "first": list(one.first)}
            for kind, one in result.left_out.items()
        },
        "remembered_layout": result.remembered,
        "proposals": {kind.value: count for kind, count in result.proposals.items()},
        "first_proposals": [
            {
                "row": one.row,
                "column": one.column,
                "cell": one.place,
                "sheet": one.sheet,
                "kind": one.proposal.correction.value,
                "text": one.proposal.text,
                "becomes": one.proposal.becomes,
            }
            for one in result.issues
            if one.proposal is not None
        ],
        "first_issues": [
            {
                "row": one.row,
                "column": one.column,
                "cell": one.place,
                "sheet": one.sheet,
                "message": issue_text(one),
            }
            for one in result.issues
        ],
    }


def _planned(preview: ImportPreview) -> list[ColumnView]:
    """The columns that go somewhere, but for those that were only guessed."""
    from app.services.register_import import How

    return [
        one
        for one in preview.columns
        if one.target is not None and not one.ignored and one.how is not How.CONTENT
    ]


def _preview_lines(preview: ImportPreview) -> Iterator[str]:
    from app.services.register_import import How

    if preview.sheets == ("",):
        yield text("cli.register.previewed_text", row=preview.header_row)
    else:
        sheets = "», «".join(preview.sheets)
        yield text("cli.register.previewed", sheet=sheets, row=preview.header_row)
    if preview.result.remembered:
        yield text("cli.register.remembered_layout")
    heads = [text("cli.column.title"), text("cli.column.field")]
    yield from columns(heads, [[one.title, one.label] for one in _planned(preview)])
    for title in preview.ignored:
        yield text("cli.register.ignored_column", title=title)
    for title in preview.unknown:
        yield text("cli.register.unknown_column", title=title)
    for one in preview.columns:
        if one.how is How.CONTENT:
            yield text("cli.register.guessed_column", title=one.title, field=one.label)


def _result_lines(result: ImportResult, file: Path, *, previewed: bool) -> Iterator[str]:
    yield text(
        "cli.register.imported",
        rows=number(result.rows),
        created=number(result.created),
        changed=number(result.changed),
        unchanged=number(result.unchanged),
    )
    for name in ("refused", "skipped", "kept", "undecided", "accepted"):
        count = getattr(result, name)
        if count:
            yield text(f"cli.register.{name}", rows=number(count))
    yield from _recorded_line(result, previewed=previewed)
    for left, one in result.left_out.items():
        rows = ", ".join(one.first[:_ROWS]) + (", …" if one.count > _ROWS else "")
        yield text(f"cli.register.left_{left.value}", count=number(one.count), rows=rows)
    if previewed:
        yield from _to_decide_lines(result)
    for kind, count in result.proposals.items():
        yield from _proposal_lines(result.issues, kind, count)
    if result.proposals:
        options = " ".join(f"--accept {kind.value}" for kind in result.proposals)
        said = "accept_so" if previewed else "accept_again"
        yield text(f"cli.register.{said}", options=options)
    others = result.issue_count - sum(result.proposals.values())
    if others:
        yield text("cli.register.issues", count=number(others))
        yield from _issue_lines(result, others)
    if result.issue_count:
        if result.by_content and not previewed:
            count = number(result.by_content)
            yield text("import.issues_where_by_content", file=file.name, count=count)
        else:
            yield text("import.issues_where", file=file.name)
    if result.operations and not previewed:
        yield text("cli.register.act", act=result.act)
    if result.other_sheets:
        sheets = ", ".join(f"«{one}»" for one in result.other_sheets)
        yield text("cli.register.other_sheets", sheets=sheets)


def _to_decide_lines(result: ImportResult) -> Iterator[str]:
    """What has to be said before the import: of hidden rows, and of when the names are."""
    if result.hidden_rows:
        yield text("cli.register.hidden_rows", count=number(result.hidden_rows))
    if result.undated:
        yield text("cli.register.undated", count=number(result.undated))
        yield from (f"  --names-of {one.code}: {one.words}" for one in result.editions)
    elif result.names_of:
        words = next((e.words for e in result.editions if e.code == result.names_of), "")
        yield text("cli.register.names_of_taken", edition=result.names_of, names=words)


def _recorded_line(result: ImportResult, *, previewed: bool) -> Iterator[str]:
    if result.recorded:
        said = "duplicates.would_record" if previewed else "cli.duplicates.recorded"
        yield text(said, pairs=number(result.recorded))


def _issue_lines(result: ImportResult, others: int) -> Iterator[str]:
    """A line for each kind of issue and column: two children of one number first, then the rest as
    often as they come.
    """
    groups: dict[tuple[str, str], list[ImportIssue]] = {}
    for issue in result.issues:
        if issue.proposal is None:
            groups.setdefault((issue.message_id, issue.column), []).append(issue)

    def rank(kind: tuple[str, str]) -> tuple[int, int]:
        name = kind[0]
        return _FIRST.index(name) if name in _FIRST else len(_FIRST), -result.kinds[kind]

    shown = sorted(groups, key=rank)[:_SHOWN]
    for kind in shown:
        yield f"  {_issue_line(groups[kind], result.kinds[kind])}"
    hidden = others - sum(result.kinds[kind] for kind in shown)
    if hidden:
        yield f"  {text('import.issues_more', count=number(hidden))}"


def _issue_line(issues: Sequence[ImportIssue], count: int) -> str:
    from app.services.register_import import issue_text

    first, *more = issues
    if first.message_id == "import.issue_untitled":
        place = first.parameters["place"]
        return text("import.issues_untitled", column=first.column, count=number(count), place=place)
    said = issue_text(first)
    if count == 1:
        return said
    more_cells = ", ".join(_cell(one) for one in more[:_ROWS])
    key = "import.issue_cells" if first.place else "import.issue_rows"
    rows = text(key, rows=more_cells + (", …" if count - 1 > _ROWS else ""))
    return text("import.issue_and_others", issue=said, count=number(count - 1), rows=rows)
