"""Entry point: the window by default, a command when one is given."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program and return its exit code."""
    return 0


if __name__ == "__main__":
    sys.exit(main())
