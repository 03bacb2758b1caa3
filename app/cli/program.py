"""`sotreem GROUP COMMAND …`: find the command, run it, and turn every end into an exit code.

The only place that catches everything: whatever is not a known failure is a bug, gets a calm
sentence and a report without personal data.
"""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Sequence

from app.bug_report import write_report
from app.cli.exit_code import ExitCode
from app.cli.groups import GROUPS, group_module
from app.cli.options import BadGlobalOption, GlobalOptions, split
from app.cli.output import Output, use_utf8
from app.cli.parser import CommandParser, UsageProblem, complaint
from app.cli.session import OpenServices, Session
from app.cli.written import BROKEN, NO_PATH
from app.errors import AppError, KnownError
from app.i18n import at_command_line, set_language, text
from app.system_failures import known

PROGRAM = "sotreem"
#: A command of a group, as a report may name it; anything else could be somebody's name.
_WORD = re.compile(r"[a-z-]{2,20}")


def main(arguments: Sequence[str], open_services: OpenServices) -> int:
    """Run one command line and return its exit code."""
    with at_command_line():
        return _main(arguments, open_services)


def _main(arguments: Sequence[str], open_services: OpenServices) -> int:
    use_utf8()
    set_language(_language_of(arguments))
    output = Output(as_json="--json" in arguments, out=sys.stdout, notes=sys.stderr)
    try:
        options, rest = split(arguments)
        return int(_run(options, rest, output, open_services))
    except BadGlobalOption as problem:
        _usage(output, _global_complaint(str(problem)), _overview().format_usage())
    except UsageProblem as problem:
        _usage(output, problem.sentence, problem.usage)
    except SystemExit as done:  # argparse printed a help page
        return int(done.code or 0)
    return int(ExitCode.USAGE)


def _language_of(arguments: Sequence[str]) -> str:
    """The language of complaints about the line itself: what can be read of it."""
    try:
        return split(arguments)[0].settings.language
    except BadGlobalOption:
        return "en" if "en" in arguments else "vi"


def _global_complaint(message: str) -> str:
    """What is wrong with a global option; all of them are named where argparse says no more."""
    named = message.endswith((NO_PATH, BROKEN))
    return complaint(message) if named else text("cli.usage.global")


def _usage(output: Output, sentence: str, usage: str) -> None:
    output.note(usage.rstrip())
    output.failed("cli.usage", sentence)


def _run(
    options: GlobalOptions, rest: Sequence[str], output: Output, open_services: OpenServices
) -> ExitCode:
    if not rest:
        raise UsageProblem(text("cli.usage.no_command"), _overview().format_usage())
    name = rest[0]
    if name in ("-h", "--help"):
        output.answer({"groups": list(GROUPS)}, _overview().format_help().rstrip().split("\n"))
        return ExitCode.DONE
    if name not in GROUPS:
        raise UsageProblem(text("cli.usage.no_group", name=name), _overview().format_usage())
    session = Session(options, output, open_services)
    command = " ".join([name, *filter(_WORD.fullmatch, rest[1:2])])
    try:
        with session.interruption.heeded():
            return _call(session, name, rest[1:])
    except KeyboardInterrupt:
        output.failure(_stopped(session))
        return ExitCode.KNOWN_ERROR
    except BrokenPipeError:
        _close_stdout()
        return ExitCode.KNOWN_ERROR
    except UsageProblem:
        raise
    except Exception as error:  # noqa: BLE001 - the last door: what comes here is told, not lost
        return _failed(session, error, command)


def _call(session: Session, name: str, rest: Sequence[str]) -> ExitCode:
    parser = _group(name, rest)
    arguments: Namespace = parser.parse_args(list(rest))
    code: ExitCode = arguments.run(session, arguments)
    sys.stdout.flush()
    return code


def _group(name: str, words: Sequence[str] | None = None) -> CommandParser:
    """The parser of a group for a line of `words`; None: with all that its commands take."""
    about = text(f"cli.group.{name}")
    parser = CommandParser(prog=f"{PROGRAM} {name}", description=about, words=words)
    group_module(name).add_commands(parser)
    return parser


def _stopped(session: Session) -> KnownError:
    """What to say of a stopped command: that nothing changed only where nothing can have."""
    if session.interruption.saved:
        return KnownError("work.cancelled_late", "work.cancelled_late_hint")
    return KnownError("work.cancelled")


def _failed(session: Session, error: Exception, command: str) -> ExitCode:
    expected = known(error)
    if expected is not None and expected.message_id == "work.cancelled":
        expected = _stopped(session)
    if expected is not None:
        session.output.failure(expected)
        return ExitCode.KNOWN_ERROR
    path = write_report(error, session.settings.home, command)
    sentence = text("errors.bug")
    if isinstance(error, AppError):
        sentence = f"{sentence} ({error.message_id})"
    after = text("errors.bug_hint", file=path) if path else text("errors.bug_no_report")
    session.output.failed("errors.bug", f"{sentence}\n{after}")
    return ExitCode.BUG


def _overview() -> CommandParser:
    """The help page of the whole program."""
    parser = CommandParser(prog=PROGRAM, description=text("cli.about"))
    parser.add_argument("--home", metavar=text("cli.arg.folder"), help=text("cli.option.home"))
    parser.add_argument("--json", action="store_true", help=text("cli.option.json"))
    parser.add_argument("--lang", metavar="vi|en", help=text("cli.option.lang"))
    parser.add_argument(
        "--passphrase-file",
        metavar=text("cli.arg.file"),
        help=text("cli.option.passphrase_file"),
    )
    parser.add_argument("--user", metavar=text("cli.arg.name"), help=text("cli.option.user"))
    commands = parser.add_subparsers(
        title=text("cli.help.groups"), metavar=text("cli.help.group"), required=True
    )
    for name in GROUPS:
        commands.add_parser(name, help=text(f"cli.group.{name}"))
    return parser


def _close_stdout() -> None:
    """The reader of our output went away; let nothing complain about it at exit."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
