"""Start the command line."""

from __future__ import annotations

import sys


def main() -> int:
    """Run ``redline`` with the process's arguments; return its exit code."""
    from redline.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
