"""Entry point: the window by default, a command when one is given.

Builds the way to the services through `app.bootstrap` and hands it to a face; decides nothing else.
"""

from __future__ import annotations

import signal
import sys

from app.bootstrap import open_services
from app.cli.options import window_settings


def main() -> int:
    """Run the program and return its exit code."""
    settings = window_settings(sys.argv[1:])
    if settings is None:
        # Python's own handler would end the process by the signal when Ctrl+C is pressed after the
        # answer, while it shuts down. The command itself listens as long as it runs.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from app.cli.program import main as run_command

        return run_command(sys.argv[1:], open_services)
    # Qt is loaded only for the window, the command line only for commands.
    from app.ui.application import run

    return run(settings, open_services)


if __name__ == "__main__":
    sys.exit(main())
