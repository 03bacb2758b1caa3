"""Entry point: the window by default, a command when one is given.

Builds the way to the services through `app.bootstrap` and hands it to a face; decides nothing else.
"""

from __future__ import annotations

import sys

from app.bootstrap import open_services
from app.cli.options import window_settings


def main() -> int:
    """Run the program and return its exit code."""
    settings = window_settings(sys.argv[1:])
    if settings is None:
        from app.cli.program import main as run_command

        return run_command(sys.argv[1:], open_services)
    # Qt is loaded only for the window, the command line only for commands.
    from app.ui.application import run

    return run(settings, open_services)


if __name__ == "__main__":
    sys.exit(main())
