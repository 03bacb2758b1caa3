"""Entry point: the window by default, a command when one is given.

Builds the way to the services through `app.bootstrap` and hands it to a face; decides nothing else.
"""

from __future__ import annotations

import sys

from app.cli.interruption import ignore, listen, listen_no_more


def main() -> int:
    """Run the program and return its exit code."""
    listen()
    # Only now what takes a while to load: Ctrl+C is heard while it does.
    from app.bootstrap import open_services
    from app.cli.options import window_settings

    settings = window_settings(sys.argv[1:])
    if settings is None:
        from app.cli.program import main as run_command

        try:
            return run_command(sys.argv[1:], open_services)
        finally:
            ignore()
    listen_no_more()
    # Qt is loaded only for the window, the command line only for commands.
    from app.ui.application import run

    return run(settings, open_services)


if __name__ == "__main__":
    sys.exit(main())
