"""The entry point of the command ``coefgate``; says what to install when the commands' part is missing."""

from __future__ import annotations

import signal
import sys

from coefgate.problems import ENVIRONMENT, INTERRUPTED, MISSING_EXTRA


def main() -> None:
    """Run the command line and exit with its code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: nothing is left behind
    try:
        sys.exit(_run())
    except KeyboardInterrupt:  # while modules are still being imported
        sys.exit(INTERRUPTED)


def _run() -> int:
    try:
        from coefgate.commands.cli import run
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            raise
        message = MISSING_EXTRA.format(name=error.name)
        print(f"coefgate: {message}", file=sys.stderr)  # noqa: T201 (click may be what is missing)
        return ENVIRONMENT
    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
