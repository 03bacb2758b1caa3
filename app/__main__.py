"""Entry point. Builds the way to the services through `app.bootstrap` and hands it to a face."""

from __future__ import annotations

import sys

from app.bootstrap import open_services
from app.cli.program import main as run_command


def main() -> int:
    """Run the program and return its exit code."""
    return run_command(sys.argv[1:], open_services)


if __name__ == "__main__":
    sys.exit(main())
