"""The entry point of the command ``coefgate``; says what to install when the commands' part is missing."""

from __future__ import annotations

import signal
import sys

from coefgate.problems import ENVIRONMENT, INTERRUPTED, MISSING_EXTRA, PASS
from coefgate.runtime.command_names import LINES


def main() -> None:
    """Run the command line and exit with its code."""
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN:  # whoever starts it may want it to go on
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: nothing is left behind
    try:
        sys.exit(_run())
    except KeyboardInterrupt:  # while modules are still being imported
        sys.exit(INTERRUPTED)


def _run() -> int:
    arguments = sys.argv[1:]
    if arguments and arguments[0] in LINES:  # these need no package
        from coefgate.runtime import command_line

        return command_line.run(arguments[0], arguments[1:])
    try:
        from coefgate.commands.cli import run
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            raise
        return _without(error.name, arguments)
    return run(arguments)


def _without(package: str, arguments: list[str]) -> int:
    """Say what works without the commands' packages, and how to get them."""
    asked = not arguments or arguments[0] in ("-h", "--help")
    if asked:
        from coefgate.runtime.ending import emit

        works = "\n".join(f"  {name:<8}{line}" for name, line in LINES.items())
        emit(f"Usage: coefgate COMMAND [ARGS]...\n\nCommands that work here:\n{works}")
    message = MISSING_EXTRA.format(name=package)
    print(f"coefgate: {message}", file=sys.stderr)  # noqa: T201 (click may be what is missing)
    return PASS if asked else ENVIRONMENT


if __name__ == "__main__":
    main()
